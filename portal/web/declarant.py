"""The pages of a declarant, from its bodies to the receipt."""

from portal.web import deposit, form, home, preview_page, receipt, report, sites, template

ROUTERS = tuple(room.router for room in (home, sites, template, form, deposit, report, preview_page, receipt))

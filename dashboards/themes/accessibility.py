"""The accessibility statement: what was tested, what is known to be missing, whom to write to."""

from dashboards.data import Edition
from dashboards.themes import Page


def page(edition: Edition) -> Page:
    """The page `accessibilite.html`; it says the same of every edition."""
    return Page("accessibilite.html", "accessibilite.html.j2", "Accessibilité", "methode.html")

"""Where a text of the data leads: the web addresses inside it, cut out, and the page of the site it names."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

_ADDRESS = re.compile(r"https?://[^\s<>\"'«»]+")
_AFTER = ".,;:!?)"  # ends a sentence, not an address
_SITE = re.compile(r"[0-9]{14}-[0-9]{2}")

SITES = "centres"  # the folder of the pages of sites
MEASURES = "mesures"  # that of the pages of their measures


def site(identifier: str) -> str:
    """The page of a site, from `tableaux-de-bord/`; '' for what is not the number of a site: it would name any file."""
    return f"{SITES}/{identifier}.html" if _SITE.fullmatch(identifier) else ""


def measures(identifier: str) -> str:
    """The page of the measures of a site, as `site` gives its own."""
    return f"{MEASURES}/{identifier}.html" if _SITE.fullmatch(identifier) else ""


def site_of(key: str) -> str:
    """The number of the site that the key of a published row names; '' when it names none."""
    parts = dict(part.split("=", 1) for part in key.split(";") if "=" in part)
    return parts.get("id_centre", "")


def pieces(text: str) -> Iterator[tuple[str, str]]:
    """The text in order, as (what is shown, address): an address shows its host, a plain text has none ('')."""
    end = 0
    for found in _ADDRESS.finditer(text):
        address = found.group().rstrip(_AFTER)
        host = _host(address)
        if host:
            yield text[end : found.start()], ""
            yield host, address
            end = found.start() + len(address)
    yield text[end:], ""


def _host(address: str) -> str:
    """The host that the address leads to, whatever stands before an `@`; '' when there is none."""
    try:
        host = urlsplit(address).hostname
    except ValueError:  # a broken IPv6 literal: the address stays a text
        return ""
    return (host or "").removeprefix("www.")

"""The web addresses inside a text of the data, cut out so that a page can make links of them, and of nothing else."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

_ADDRESS = re.compile(r"https?://[^\s<>\"'«»]+")
_AFTER = ".,;:!?)"  # ends a sentence, not an address


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

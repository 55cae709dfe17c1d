"""SVG elements as text: escaped, with short stable numbers."""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from html import escape as _escape
from typing import Any

_BOLD = re.compile(r"<b>(.*?)</b>", re.DOTALL)
_BREAK = "<br>"
_CHARACTER, _BOLD_CHARACTER = 0.54, 0.58  # mean width of a character, in heights of its font
_DASHES: Mapping[str, str | None] = {"solid": None, "dash": "9 6", "dot": "2 4"}
LINE = 1.3  # height of a line of text, in heights of its font


_SPECIAL = re.compile("[&<>\"']")


class Unknown(ValueError):
    """A part of a figure that the still drawing does not know: it would be left out in silence."""


def escape(text: str) -> str:
    """A text or an attribute of HTML or SVG; most hold nothing to escape, and the library looks five times."""
    return _escape(text) if _SPECIAL.search(text) else text


def number(value: float) -> str:
    """A coordinate in pixels, to a hundredth, without needless zeros."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


@cache
def _named(key: str) -> str:
    return key.rstrip("_").replace("_", "-")


def element(name: str, content: str = "", /, **attributes: Any) -> str:
    """An element; `_` in the name of an attribute stands for `-`, an attribute that is None is left out."""
    told = "".join(
        f' {_named(key)}="{number(value) if isinstance(value, float) else escape(str(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    return f"<{name}{told}>{content}</{name}>" if content else f"<{name}{told}/>"


def dashes(line: Mapping[str, Any]) -> str | None:
    """The `stroke-dasharray` of a Plotly line, None when it is solid."""
    dash = line.get("dash") or "solid"
    if dash not in _DASHES:
        raise Unknown(f"dash {dash}")
    return _DASHES[dash]


def lines_of(text: str) -> Sequence[str]:
    """The lines of a text of Plotly: `<br>` ends one; `<b>` and entities stay in it."""
    return text.split(_BREAK)


def spans(line: str) -> str:
    """A line of such a text as SVG: the only tag it may hold is `<b>`; its entities are already written."""
    return _BOLD.sub(r'<tspan font-weight="bold">\1</tspan>', line)


def width(line: str, size: float) -> float:
    """About how wide a line is drawn, in pixels, whatever font the reader has."""
    bold = sum(len(part) for part in _BOLD.findall(line))
    plain = len(re.sub(r"<[^>]*>", "", line).replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">")) - bold
    return size * (_BOLD_CHARACTER * bold + _CHARACTER * plain)

"""Whether a text is a geometry in Well-Known Text (OGC 06-103r4), upper case, as the format `wkt` of a string asks."""

import re
from collections.abc import Mapping

_TOKEN = re.compile(r"\s*([A-Z]+|[(),]|[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?|$)")
_DIMENSIONS = ("ZM", "Z", "M")
_DEPTH_LIMIT = 50
_POINT, _POINTS, _RINGS, _CURVES = "point", "points", "rings", "curves"
_BODIES: Mapping[str, str] = {
    "POINT": _POINT,
    "LINESTRING": _POINTS,
    "CIRCULARSTRING": _POINTS,
    "COMPOUNDCURVE": "single curves",
    "CURVEPOLYGON": _CURVES,
    "POLYGON": _RINGS,
    "TRIANGLE": "ring",
    "MULTIPOINT": "multipoint",
    "MULTICURVE": _CURVES,
    "MULTILINESTRING": _RINGS,
    "MULTISURFACE": "surfaces",
    "MULTIPOLYGON": "polygons",
    "POLYHEDRALSURFACE": "polygons",
    "TIN": "triangles",
    "GEOMETRYCOLLECTION": "geometries",
}
"""Geometry -> what stands between its parentheses."""

_ITEMS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "single curves": (_POINTS, ("CIRCULARSTRING",)),
    _CURVES: (_POINTS, ("CIRCULARSTRING", "COMPOUNDCURVE")),
    _RINGS: (_POINTS, ()),
    "multipoint": (_POINT, ()),
    "surfaces": (_RINGS, ("CURVEPOLYGON",)),
    "polygons": (_RINGS, ()),
    "triangles": ("ring", ()),
    "geometries": ("", tuple(_BODIES)),
}
"""List between parentheses -> its items when they bear no name, and the names that they may bear."""


def is_wkt(text: str) -> bool:
    """Whether the whole text is one geometry."""
    try:
        reader = _Reader(text)
        reader.geometry(tuple(_BODIES))
    except ValueError:
        return False
    return reader.token == ""


class _Reader:
    """Reads a text token by token; a ValueError says that it is no geometry."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._place = 0
        self._depth = 0
        self.token = ""
        self._advance()

    def _advance(self) -> str:
        token, match = self.token, _TOKEN.match(self._text, self._place)
        if match is None:
            raise ValueError(self._text)
        self.token, self._place = match[1], match.end()
        return token

    def _expect(self, token: str) -> None:
        if self._advance() != token:
            raise ValueError(self._text)

    def geometry(self, names: tuple[str, ...]) -> None:
        """A named geometry; `POINTZ` and `POINT Z` are the same."""
        name = self._advance()
        for dimension in _DIMENSIONS:
            if name not in _BODIES and name.removesuffix(dimension) in _BODIES:
                name = name.removesuffix(dimension)
                break
        else:
            if self.token in _DIMENSIONS:
                self._advance()
        if name not in names:
            raise ValueError(self._text)
        self._body(_BODIES[name])

    def _body(self, kind: str) -> None:
        if self.token == "EMPTY":
            self._advance()
            return
        self._depth += 1
        if self._depth > _DEPTH_LIMIT:
            raise ValueError(self._text)
        self._expect("(")
        self._item(kind)
        while kind not in (_POINT, "ring") and self.token == ",":
            self._advance()
            self._item(kind)
        self._expect(")")
        self._depth -= 1

    def _item(self, kind: str) -> None:
        if kind in (_POINT, _POINTS):
            self._position()
        elif kind == "ring":
            self._body(_POINTS)
        else:
            unnamed, names = _ITEMS[kind]
            if self.token in ("(", "EMPTY"):
                self._body(unnamed)
            else:
                self.geometry(names)

    def _position(self) -> None:
        numbers = 0
        while self.token not in ("(", ")", ",", "") and not self.token.isalpha():
            self._advance()
            numbers += 1
        if not 2 <= numbers <= 4:
            raise ValueError(self._text)

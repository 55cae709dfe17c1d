"""Hypothesis strategies: fields of every type, and texts as spreadsheets, exports and careless people write them."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from hypothesis import strategies as st

V2 = "https://datapackage.org/profiles/2.0/tableschema.json"
BITS = (
    *("0", "1", "2", "9", "12", "2023", "-", "+", ".", ",", " ", "\u00a0", "\u202f", "e", "E", "_", "%", "€", "T", "Z"),
    *(":", "/", ";", "true", "TRUE", "Oui", "NaN", "inf", "Infinity", "\n", "\t", "2023-01-02", "10:00:00", "+02:00"),
    *("01/02/2023", "[", "]", "{", "}", '"a"', '"lon"', "P", "1D", "W", "a", "b", "é", "@", "x.fr", "http", "\uff11"),
    *("\u0663", "\x00", "\x07", "W01", "janv", "null", "(", ")", "=", "n.c.", "'", '"', "\u2212", "\ufeff", "\u0301"),
)
TEXTS: Mapping[str, Sequence[str]] = {
    "number": (
        *("1 234,5", "1234.5", "1,234", "1.234,5", "1\u202f234,5", "1e5", "1E+400", "1_000", "  5 ", "5.", ".5", "+5"),
        *("-0", "-0,0", "0", "12", "-7.25", "5 kWh", "$5", "12 €", "12 %", "Infinity", "-inf", "NaN", "sNaN", "0x1F"),
        *("12345678901234567890", "0.1", "00012", "1 2 3", "١٢٣", "1,5 0", "--5", "5-", "(5)", "1'000"),
    ),
    "boolean": ("true", "True", "TRUE", "1", "0", "false", "FALSE", "Oui", "oui", "Non", "vrai", "tRue", " true"),
    "date": (
        *("2023-01-02", "2023-1-2", "1/2/2023", "01/02/2023", "31/02/2023", "2023-02-30", "2023", "230102", "45000"),
        *("3 janvier 2023", "3 January 2023", "March 12", "2999-01-01", "0023-01-01", "9999-12-31", " 2023-01-02"),
        *("2023-01-02T00:00:00", "٢٠٢٣-٠١-٠٢", "2023/01/02", "02.01.2023", "2023-01"),
    ),
    "datetime": (
        *("2023-01-02T10:00:00", "2023-01-02T10:00:00Z", "2023-01-02 10:00:00", "2023-01-02 10:00:00.5+02:00"),
        *("2023-W01-1T10:00:00", "2023-01-02x10:00:00", "2023-01-02T24:00:00", "20230102T1000+02:00", "2023-01-02"),
        *("02/01/2023 10:00", "2023-01-02T10:00", "2023-01-02T10:00:00+0200", "2023-13-01T10:00:00", "10:00 EST"),
    ),
    "time": ("10:00:00", "10:00", "24:00:00", "10:00:00Z", "10:00:00.25", "25:00:00", "9:00:00", "10h00", "10+02:00"),
    "year": ("2023", "23", "0023", "20233", " 202", "+202", "-202", "2_23", "1999", "٢٠٢٣", "2023.0"),
    "yearmonth": ("2023-01", "2023-1", "2023-13", "23-01", " 2023 - 01", "2023-00", "2023/01", "-1-1", "1999-12"),
    "duration": ("P1Y2M", "P1DT2H", "PT5M", "P", "P1W", "-P1D", "P1.5D", "PT", "P1D\n", "1D", "P0003-06-04T12:30:05"),
    "object": ('{"a": 1}', "{}", '{"a": 1, "a": 2}', '{"a": NaN}', "[1]", "{'a': 1}", "null", '{"a":{"b":[1]}}'),
    "array": (
        "[1, 2]",
        "[]",
        '["a"]',
        '["a", 1, null]',
        "[NaN]",
        "[1,]",
        '{"a":1}',
        "[[1]]",
        "1,2",
        '["a", ""]',
        "[0]",
    ),
    "list": ("1,2,3", "a,b", "1;2", "2023-01-02;2023-01-03", "1,,2", ",", "1, 2", "1_0,2", "true,false", "-0"),
    "geopoint": (
        "2.3,48.8",
        "2.3, 48.8",
        "181,0",
        "0,91",
        "[2.3, 48.8]",
        '["2.3", 48]',
        '{"lon": 2, "lat": 48}',
        "2.3",
    ),
    "geojson": (
        *('{"type": "Point", "coordinates": [1, 2]}', '{"type": "Point", "coordinates": [1, 2, 3]}'),
        *(
            '{"type": "Feature", "geometry": null, "properties": null}',
            '{"type": "LineString", "coordinates": [[1, 2]]}',
        ),
        *('{"type": "FeatureCollection", "features": [{"type": "Point"}]}', '{"type": "Polygon", "arcs": [[0, 1]]}'),
        *('{"type": "GeometryCollection", "geometries": []}', '{"type": "Topology", "objects": {}, "arcs": []}'),
        *('{"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 0]]]}', '{"type": 5}', "{}"),
        *('{"type": "Point", "coordinates": [1, true]}', '{"type": "Point", "coordinates": [1, 2], "crs": null}'),
    ),
    "string": (
        *(
            "a",
            "ab",
            "abc",
            "1",
            "a@b.fr",
            "a@b",
            "http://x.fr",
            "x.fr",
            "mailto:a",
            "12345678-1234-5678-1234-567812345678",
        ),
        *(
            "{12345678123456781234567812345678}",
            "YWJj",
            "YWJ j",
            "YW*Jj",
            "YWJ",
            "n.c.",
            " a ",
            "abc\n",
            "é",
            "=1+1",
            "a|b",
        ),
    ),
}
NOTHING = ("", "", "n.c.", "-", " ", "None", "ND")
_SAME = {"integer": "number", "any": "string"}
BOUNDS: Mapping[str, Sequence[Any]] = {
    "number": (0, 1.5, "12", -3, "1e3"),
    "integer": (0, 12, "2023", -3),
    "date": ("2023-01-02", "1999-12-31"),
    "datetime": ("2023-01-02T10:00:00", "1999-12-31T00:00:00"),
    "time": ("10:00:00", "12:30:00"),
    "year": (2000, 2023, "2022"),
    "yearmonth": ("2023-01", "1999-12"),
}
_FORMATS: Mapping[str, Sequence[str]] = {
    "string": ("default", "default", "email", "uri", "uuid", "binary"),
    "date": ("default", "any", "%d/%m/%Y", "%Y", "%y%m%d", "%d %B %Y"),
    "datetime": ("default", "any", "%d/%m/%Y %H:%M", "%Y-%m-%dT%H:%M:%S%z"),
    "time": ("default", "any", "%H:%M"),
    "geopoint": ("default", "array", "object"),
    "geojson": ("default", "topojson"),
}
_SIZES = {"minLength": st.integers(0, 3), "maxLength": st.integers(0, 6)}
_ENUMS: Mapping[str, Sequence[Any]] = {
    "number": (0, "1234.5", 1.5, 12),
    "integer": (0, "12", 2023.0),
    "boolean": (True, "1"),
    "year": (2023, "1999"),
    "yearmonth": ("2023-01",),
    "duration": ("P1DT2H", "PT26H"),
    "geopoint": ("2.3,48.8", [2.3, 48.8], {"lon": 2, "lat": 48}),
    "array": ([1, 2], "[]"),
    "object": ({"a": 1}, "{}"),
    "string": ("a", "abc", "1", "a@b.fr", "YWJj"),
    "any": ("a", "1", 1),
}
_NOTATIONS: Mapping[str, Mapping[str, Sequence[Any]]] = {
    "number": {
        "decimalChar": (",", ".", "@"),
        "groupChar": (" ", "\u202f", ".", "'", "", ", "),
        "bareNumber": (True, False),
        "floatNumber": (True, False),
    },
    "integer": {"bareNumber": (True, False)},
    "boolean": {"trueValues": (["Oui", "oui"], ["1", "true"]), "falseValues": (["Non"], ["0", "oui"])},
    "list": {"delimiter": (",", ";", ", "), "itemType": ("string", "integer", "boolean", "number", "date", "time")},
    "array": {
        "arrayItem": (
            {"type": "integer", "constraints": {"minimum": 1}},
            {"type": "string", "constraints": {"enum": ["a"], "required": True}},
            {"type": "number"},
            {"constraints": {"required": True}},
        )
    },
}
TYPES = (*TEXTS, "integer", "any")


@st.composite
def fields(draw: st.DrawFn, name: str = "c", kind: str | None = None) -> dict[str, Any]:
    """A field that Frictionless takes (under the second version of the standard) and can apply without a crash."""
    kind = kind or draw(st.sampled_from(TYPES))
    field: dict[str, Any] = {"name": name, "type": kind}
    if kind in _FORMATS and (form := draw(st.sampled_from(_FORMATS[kind]))) != "default":
        field["format"] = form
    for key, values in _NOTATIONS.get(kind, {}).items():
        if draw(st.integers(0, 2)) == 0:
            field[key] = draw(st.sampled_from(values))
    if field.get("decimalChar", ".") == field.get("groupChar"):
        del field["groupChar"]
    if draw(st.integers(0, 4)) == 0:
        field["missingValues"] = draw(st.sampled_from([["n.c."], ["", "-"], [], [{"value": "ND", "label": "inconnu"}]]))
    constraints = draw(_constraints(kind, field.get("format", "default")))
    return {**field, "constraints": constraints} if constraints else field


@st.composite
def _constraints(draw: st.DrawFn, kind: str, form: str) -> dict[str, Any]:
    constraints: dict[str, Any] = {}
    if draw(st.integers(0, 2)) == 0:
        constraints["required"] = draw(st.booleans())
    if kind in BOUNDS and form == "default" and draw(st.booleans()):
        for key in draw(
            st.sets(st.sampled_from(["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"]), max_size=2)
        ):
            constraints[key] = draw(st.sampled_from(BOUNDS[kind]))
    if kind in _ENUMS and form == "default" and draw(st.integers(0, 3)) == 0:
        constraints["enum"] = draw(st.lists(st.sampled_from(_ENUMS[kind]), min_size=1, max_size=3))
    if kind in ("string", "array", "list", "object") and draw(st.integers(0, 2)) == 0:
        key = draw(st.sampled_from(sorted(_SIZES)))
        constraints[key] = draw(_SIZES[key])
    if kind == "string" and draw(st.integers(0, 3)) == 0:
        constraints["pattern"] = draw(
            st.sampled_from(["[a-z]+", "^a.*$", "a|b", "\\d{1,3}", "(a|b)+", ".*@.*", "[^=]*"])
        )
    return constraints


@cache
def texts(kind: str) -> st.SearchStrategy[str]:
    """Texts for a column of that type: right ones, right ones with a slip, texts of other types, rubbish."""
    right = st.sampled_from(TEXTS[_SAME.get(kind, kind)])
    others = st.sampled_from([text for group in TEXTS.values() for text in group])
    return st.one_of(
        right, slips(right), st.sampled_from(NOTHING), others, st.lists(st.sampled_from(BITS), max_size=4).map("".join)
    )


@st.composite
def slips(draw: st.DrawFn, source: st.SearchStrategy[str]) -> str:
    """A text with one character or bit added, replaced or left out."""
    text = draw(source)
    place = draw(st.integers(0, len(text)))
    bit = draw(st.sampled_from(("", *BITS)))
    return text[:place] + bit + text[place + draw(st.integers(0, 1)) :]

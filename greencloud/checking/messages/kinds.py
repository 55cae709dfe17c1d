"""What a column expects, from the type and format of its field: a noun, and how to write it, with an example."""

import datetime as dt
from collections.abc import Callable, Mapping

from greencloud.checking.messages.words import or_empty, quoted
from greencloud.tables import Field

_EXAMPLE = dt.datetime(2025, 12, 31, 23, 59, 58)
# strptime directive -> what a French model writes for it.
_MODELS: Mapping[str, str] = {
    "%d": "JJ",
    "%m": "MM",
    "%Y": "AAAA",
    "%y": "AA",
    "%H": "hh",
    "%I": "hh",
    "%M": "mm",
    "%S": "ss",
    "%f": "ffffff",
    "%j": "JJJ",
    "%U": "SS",
    "%W": "SS",
    "%p": "AM ou PM",
    "%b": "mois abrégé en anglais",
    "%B": "mois en anglais",
    "%a": "jour abrégé en anglais",
    "%A": "jour en anglais",
    "%z": "+hhmm",
    "%Z": "fuseau",
    "%%": "%",
}
_COMPOUND = {"%T": "%H:%M:%S", "%F": "%Y-%m-%d", "%D": "%m/%d/%y", "%R": "%H:%M"}
_DEFAULTS = {"date": "%Y-%m-%d", "datetime": "%Y-%m-%dT%H:%M:%S", "time": "%H:%M:%S"}
_DATED = {
    "date": ("une date", "la date"),
    "datetime": ("une date avec heure", "la date et l'heure"),
    "time": ("une heure", "l'heure"),
}

_Kind = tuple[str, str]
_FORMATS: Mapping[tuple[str, str], _Kind] = {
    ("string", "email"): ("une adresse électronique", "Écrivez une seule adresse, par exemple contact@mairie.fr"),
    ("string", "uri"): ("une adresse web complète", "Écrivez-la avec son début, par exemple https://www.exemple.fr"),
    ("string", "uuid"): (
        "un identifiant UUID",
        "Recopiez l'identifiant entier, par exemple 123e4567-e89b-12d3-a456-426614174000",
    ),
    ("string", "binary"): ("un contenu codé en base64", "Codez le contenu en base64, par exemple Qm9uam91cg=="),
    ("string", "wkt"): ("une géométrie au format WKT", "Écrivez par exemple POINT (2.3522 48.8566)"),
    ("geopoint", "default"): (
        "un point (longitude,latitude)",
        "Écrivez la longitude, une virgule, la latitude, avec des points décimaux, par exemple 2.3522,48.8566",
    ),
    ("geopoint", "array"): (
        "un point ([longitude, latitude])",
        "Écrivez la longitude puis la latitude entre crochets, par exemple [2.3522, 48.8566]",
    ),
    ("geopoint", "object"): (
        "un point (longitude et latitude nommées)",
        'Écrivez par exemple {"lon": 2.3522, "lat": 48.8566}',
    ),
    ("geojson", "default"): (
        "un objet GeoJSON",
        'Exportez la géométrie en GeoJSON, par exemple {"type": "Point", "coordinates": [2.3522, 48.8566]}',
    ),
    ("geojson", "topojson"): ("un objet TopoJSON", "Exportez la géométrie au format TopoJSON"),
}
_TYPES: Mapping[str, _Kind] = {
    "string": ("un texte", "Saisissez un texte"),
    "any": ("une valeur", "Saisissez une valeur"),
    "integer": ("un nombre entier", "Saisissez un nombre entier, par exemple 2025"),
    "year": ("une année", "Saisissez l'année sur quatre chiffres, par exemple 2025"),
    "yearmonth": ("un mois", "Écrivez l'année et le mois sous la forme AAAA-MM, par exemple 2025-12"),
    "duration": ("une durée", "Écrivez par exemple PT1H30M pour une heure et demie, ou P3D pour trois jours"),
    "array": ("une liste entre crochets", 'Écrivez par exemple ["a", "b"]'),
    "object": ("un objet entre accolades", 'Écrivez par exemple {"nom": "valeur"}'),
}


def kind(field: Field) -> _Kind:
    """What the field expects, and the sentence that says how to write it."""
    known = _COMPUTED.get(field.type)
    noun, how = known(field) if known else _FORMATS.get((field.type, field.format)) or _TYPES[field.type]
    return noun, f"{how}{or_empty(field)}."


def model(field: Field) -> str | None:
    """A date's format as a French model (JJ/MM/AAAA); None when any format is accepted."""
    if field.format == "any":
        return None
    return _replaced(_strptime(field), _MODELS)


def _number(field: Field) -> _Kind:
    return "un nombre", f"Saisissez un nombre seul, par exemple 314870 ou 314870{field.decimal_char}5"


def _boolean(field: Field) -> _Kind:
    expected = ", ".join(quoted(value) for value in field.true_values + field.false_values)
    return "une réponse oui ou non", f"Saisissez l'une des valeurs attendues : {expected}"


def _dated(field: Field) -> _Kind:
    noun, what = _DATED[field.type]
    example = _EXAMPLE.strftime(_strptime(field))
    written = model(field)
    form = "" if written is None else f" sous la forme {written}"
    return noun, f"Écrivez {what}{form}, par exemple {example}"


def _list(field: Field) -> _Kind:
    delimiter = str(field.descriptor.get("delimiter") or ",")
    items = {
        "integer": " de nombres entiers",
        "number": " de nombres",
        "boolean": " de réponses oui ou non",
        "date": " de dates",
        "datetime": " de dates avec heure",
        "time": " d'heures",
    }.get(str(field.descriptor.get("itemType")), "")
    return f"une liste{items}", f"Séparez les éléments par {quoted(delimiter)}"


def _strptime(field: Field) -> str:
    pattern = _DEFAULTS[field.type] if field.format in ("default", "any") else field.format
    return _replaced(pattern.removeprefix("fmt:"), _COMPOUND)


def _replaced(pattern: str, table: Mapping[str, str]) -> str:
    for directive, written in table.items():
        pattern = pattern.replace(directive, written)
    return pattern


_COMPUTED: Mapping[str, Callable[[Field], _Kind]] = {
    "number": _number,
    "boolean": _boolean,
    "list": _list,
    **dict.fromkeys(_DATED, _dated),
}

"""The checks of one value: each distinct value is judged once, and those that SQL proves right never leave DuckDB.

A check carries values that pass and values that fail; the tests run them all.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from greencloud.checking.custom.names import canonical
from greencloud.checking.custom.rows import Found, select, text
from greencloud.checking.sql import literal
from greencloud.rules.siret_invalide import SIREN_FAUX, SIRET_FAUX
from greencloud.tables import CustomCheck, Table, quote

if TYPE_CHECKING:
    import duckdb

Judge = Callable[[Any], str | None]
"""Says what is wrong with a value: None when nothing is, else the cause as `messages.custom` knows it, or `forme`."""

WRONG = "forme"
_FEW = 500


@dataclass(frozen=True)
class ValueCheck:
    """A check of the values of one column.

    `judge` makes a judge from the parameters. `proof` is SQL over `{0}`: where it holds the value is certainly right.
    """

    judge: Callable[[Mapping[str, Any]], Judge]
    passes: tuple[Any, ...]
    fails: tuple[Any, ...]
    types: tuple[str, ...] = ("string",)
    proof: str = "FALSE"


def run(connection: "duckdb.DuckDBPyConnection", relation: str, check: CustomCheck, table: Table) -> Iterator[Found]:
    """The rows whose value fails a check of one value."""
    own = CHECKS[canonical(check.name)]
    column = quote(check.params["column"])
    unproven = f"{column} IS NOT NULL AND NOT coalesce({own.proof.format(column)}, FALSE)"
    query = f"SELECT DISTINCT {column} FROM {quote(relation)} WHERE {unproven}"
    values = [value for (value,) in connection.execute(query).fetchall()]
    if not values:
        return
    judged = judge(canonical(check.name), check.params)
    causes = {text(value): cause for value in values if (cause := judged(value)) is not None}
    if not causes:
        return
    wrong = [value for value in values if text(value) in causes]
    among = f"{column} IN ({', '.join(literal(value) for value in wrong)})" if len(wrong) <= _FEW else unproven
    for found in select(connection, relation, column, among):
        if found.value in causes:
            yield found._replace(detail=causes[found.value])


def judge(name: str, params: Mapping[str, Any]) -> Judge:
    """The judge of a check under its current name; made once for the same parameters, its lists are long."""
    return _judge(name, tuple(sorted((key, str(value)) for key, value in params.items() if key != "column")))


@cache
def _judge(name: str, params: tuple[tuple[str, str], ...]) -> Judge:
    return CHECKS[name].judge(dict(params))


def _digits(length: int) -> str:
    """SQL: whether `{0}` is made of that many digits."""
    return f"regexp_full_match({{0}}, '{'[0-9]' * length}')"


def _luhn(right: str) -> str:
    """SQL: a condition on `chiffres`, the digits of `{0}` as a number of which four bits make a digit."""
    return f"[{right} FOR chiffres IN [try_cast('0x' || {{0}} AS BIGINT)]][1]"


def _siret(params: Mapping[str, Any]) -> Judge:
    import frformat

    right = frformat.Siret().is_valid
    siren = frformat.Siren().is_valid

    def judge(value: str) -> str | None:
        if right(value):
            return None
        digits = re.sub(r"[\s.]", "", value)
        if not re.fullmatch(r"\d+", digits) or len(digits) != 14:
            return _length(digits)
        return "cle" if siren(digits[:9]) else "cle-siren"

    return judge


def _siren(params: Mapping[str, Any]) -> Judge:
    import frformat

    right = frformat.Siren().is_valid

    def judge(value: str) -> str | None:
        if right(value):
            return None
        digits = re.sub(r"[\s.]", "", value)
        return "cle" if re.fullmatch(r"\d{9}", digits) else _length(digits)

    return judge


def _length(digits: str) -> str:
    """`chiffres:13` for thirteen digits, which a reader has more use for than a wrong form."""
    return f"chiffres:{len(digits)}" if re.fullmatch(r"[0-9]+", digits) else WRONG


def _format(name: str) -> Callable[[Mapping[str, Any]], Judge]:
    """A format of frformat without parameters."""

    def make(params: Mapping[str, Any]) -> Judge:
        import frformat

        right = getattr(frformat, name)().is_valid
        return lambda value: None if right(value) else WRONG

    return make


def _versioned(name: str) -> Callable[[Mapping[str, Any]], Judge]:
    """A list of frformat that has vintages: `cog` (or `version`) says which, the latest by default."""

    def make(params: Mapping[str, Any]) -> Judge:
        import frformat

        right = getattr(frformat, name)(str(params.get("cog", params.get("version", "latest")))).is_valid
        return lambda value: None if right(value) else WRONG

    return make


def _vintages(name: str) -> Callable[[], tuple[str, ...]]:
    """The vintages of a list of frformat."""

    def offered() -> tuple[str, ...]:
        import frformat

        known = (str(vintage.value) for vintage in frformat.Millesime)
        return tuple(vintage for vintage in known if _exists(getattr(frformat, name), vintage))

    return offered


def _exists(make: Callable[[str], Any], vintage: str) -> bool:
    try:
        make(vintage)
    except ValueError:
        return False
    return True


def _deed(params: Mapping[str, Any]) -> Judge:
    import frformat

    right = frformat.NomenclatureActe().is_valid

    def judge(value: str) -> str | None:
        if "/" not in value:
            return "oblique-absente"
        if right(value):
            return None
        prefix, _, rest = value.partition("/")
        return "espace-oblique" if right(f"{prefix.strip()}/{rest.strip()}") else "prefixe"

    return judge


def _gps(params: Mapping[str, Any]) -> Judge:
    import frformat

    right = frformat.CoordonneesGPSFrancaises.is_valid

    def judge(value: str) -> str | None:
        longitude, latitude = _point(value)
        if right(longitude, latitude):
            return None
        return "inversees" if right(latitude, longitude) else WRONG

    return judge


def _point(value: str) -> tuple[float, float]:
    """Longitude and latitude of a geopoint in any of its three formats; its type has been checked."""
    if value.lstrip().startswith("{"):
        point = json.loads(value)
        return float(point["lon"]), float(point["lat"])
    longitude, latitude = value.strip(" []").split(",")
    return float(longitude.strip(' "')), float(latitude.strip(' "'))


def _years(params: Mapping[str, Any]) -> Judge:
    year_alone = str(params.get("allow-year-only", "false")).lower() in ("true", "yes")

    def judge(value: str) -> str | None:
        span = re.fullmatch(r"([0-9]{4})/([0-9]{4})", value)
        if span is None:
            allowed = year_alone and re.fullmatch(r"[0-9]{4}", value)
            return None if allowed else ("forme-ou-annee" if year_alone else WRONG)
        first, last = span.groups()
        if first == last:
            return "egales"
        return None if first < last else "inversees"

    return judge


def _telephone(params: Mapping[str, Any]) -> Judge:
    import phonenumbers

    def valid(value: str, country: str | None) -> bool:
        try:
            number = phonenumbers.parse(value, country)
        except phonenumbers.NumberParseException:
            return False
        short = country is not None and phonenumbers.is_valid_short_number(number)
        return short or phonenumbers.is_valid_number(number)

    return lambda value: None if valid(value, "FR") or valid(value, None) else WRONG


def _opening_hours(params: Mapping[str, Any]) -> Judge:
    import opening_hours

    return lambda value: None if opening_hours.validate(value) else WRONG


_VERSIONED = {
    "code-commune-insee": ("CodeCommuneInsee", ("35238", "2A004", "97101"), ("35000", "75056 ", "2a004", "Rennes")),
    "commune": ("Commune", ("Rennes", "L'Haÿ-les-Roses"), ("Rennes Métropole", "rennes")),
    "canton": ("Canton", ("Bordeaux-1",), ("Bordeaux-99",)),
    "departement": ("Departement", ("Ille-et-Vilaine",), ("Ille et Vilaine", "35")),
    "code-departement": ("CodeDepartement", ("35", "2A", "01", "976"), ("20", "1", "99")),
    "region": ("Region", ("Bretagne", "Occitanie"), ("Alsace",)),
    "code-region": ("CodeRegion", ("53", "11", "01"), ("42", "1")),
    "pays": ("Pays", ("Allemagne",), ("Germany",)),
    "code-pays-iso2": ("CodePaysISO2", ("DE",), ("DEU", "de")),
    "code-pays-iso3": ("CodePaysISO3", ("DEU",), ("DE",)),
}
VINTAGES: Mapping[str, Callable[[], tuple[str, ...]]] = {
    name: _vintages(known) for name, (known, _, _) in _VERSIONED.items()
}
"""The checks against a dated list of INSEE, each with what finds its vintages."""

CHECKS: Mapping[str, ValueCheck] = {
    "siret": ValueCheck(
        _siret,
        passes=("99988877900017", "35600000049837", "999 888 779 00017"),
        fails=("99988877900018", "35600000049838", "9998887790001", "9,99889E+13", "siret"),
        proof=f"{_digits(14)} AND " + _luhn(f"NOT ({SIREN_FAUX} OR {SIRET_FAUX})"),
    ),
    "siren": ValueCheck(
        _siren,
        passes=("999888779", "356000000"),
        fails=("999888778", "99988877", "siren"),
        proof=f"{_digits(9)} AND " + _luhn(f"NOT ({SIRET_FAUX})"),
    ),
    **{
        name: ValueCheck(_versioned(known), passes=passes, fails=fails)
        for name, (known, passes, fails) in _VERSIONED.items()
    },
    "code-postal": ValueCheck(_format("CodePostal"), passes=("35000", "97400"), fails=("35999", "3500")),
    "code-fantoir": ValueCheck(_format("CodeFantoir"), passes=("4500A", "7755A"), fails=("4500", "7755a")),
    "code-rna": ValueCheck(_format("CodeRNA"), passes=("W751004076",), fails=("751004076", "W75100407")),
    "id-rnb": ValueCheck(_format("IdRNB"), passes=("PG46YY6YWCX8",), fails=("PG46-YY6Y-WCX8", "PG46YY6YWCX0")),
    "longitude-l93": ValueCheck(
        _format("LongitudeL93"), passes=(652000.5, 0.0), fails=(2.35, 5e6), types=("number", "integer")
    ),
    "latitude-l93": ValueCheck(
        _format("LatitudeL93"), passes=(6862000.5,), fails=(48.85, 0.0), types=("number", "integer")
    ),
    "nomenclature-acte": ValueCheck(
        _deed,
        passes=("Fonction publique/foobar", "libertes PUBLIQUES et pouvoirs de police/x"),
        fails=("Fonction publique", "Fonction publique / x", "Voirie/x"),
    ),
    "coordonnees-gps-francaises": ValueCheck(
        _gps,
        passes=("2.294481,48.85837", "[2.294481, 48.85837]", '{"lon": 55.45, "lat": -20.88}'),
        fails=("48.85837,2.294481", "[13.4, 52.5]"),
        types=("geopoint",),
    ),
    "year-interval-value": ValueCheck(
        _years, passes=("2017/2018",), fails=("2017/2017", "2018/2017", "2017-2018", "17/18", "2017")
    ),
    "phone-number-value": ValueCheck(
        _telephone,
        passes=("01 99 00 27 37", "+33 1 99 00 27 37", "0199002737", "115", "3949", "+32 2 501 21 11"),
        fails=("01 99 00 27", "téléphone", "99 00 27 37 01 02"),
    ),
    "opening-hours-value": ValueCheck(
        _opening_hours,
        passes=("Mo-Fr 08:00-18:00", "24/7", "Mo-Sa 10:00-12:30,14:00-18:00; PH off"),
        fails=("Mo-Fr 8h-18h", "du lundi au vendredi", "Mo-Fr 25:00-26:00"),
    ),
}
"""Every check of one value, under its current name."""

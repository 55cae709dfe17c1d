"""SQL that reads the cells of readings: stamps, numbers, steps, units.

Each has a way at full speed for what nearly every cell is, and a slower one for the other spellings; DuckDB takes the
slower one for those cells alone. What neither understands is NULL, never a guess.
"""

from collections.abc import Iterable, Mapping

from greencloud.checking.sql import literal

UNITS: Mapping[str, str] = {
    **{unit.lower(): unit for unit in ("W", "kW", "MW", "Wh", "kWh", "MWh")},
    "watt": "W",
    "watts": "W",
    "kilowatt": "kW",
    "kilowatts": "kW",
    "kw.h": "kWh",
    "kilowattheure": "kWh",
    "kilowattheures": "kWh",
}
"""The spelling of a unit in small letters -> the unit."""
_STEPS = {f"PT{minutes}M": 60 * minutes for minutes in (5, 10, 15, 30, 60)} | {"PT1H": 3600}
_OFFSETS = (("+01:00", 3600), ("+02:00", 7200), ("Z", 0))
"""How nearly all stamps end that are written with an offset, and its seconds."""
_PLAIN = "____-__-_____:__:__"  # 2023-01-01 00:10:00, as LIKE says it
_WRITTEN_OFFSET = r"[:hH]\d{2}(?:[.,]\d+)?\s*(Z|UTC|[+-]\d{2}):?(\d{2})?(?::00)?\s*$"
_RESPELT = (
    (r"^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})\b", r"\3-\2-\1"),  # the day first
    (r"\b(\d{1,2})[hH](\d{2})\b", r"\1:\2"),
    (r"(:\d{2})(?:[.,]0+)?\s*(?:Z|UTC|[+-]\d{2}:?(?:\d{2})?)$", r"\1"),
)
_DURATION = r"^P(?:(\d{1,9})D)?(?:T(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9})S)?)?$"
_FLAGS = {
    **dict.fromkeys(("oui", "true", "vrai", "1", "o", "estime", "estimee"), "TRUE"),
    **dict.fromkeys(("non", "false", "faux", "0", "n", "mesure", "mesuree", "reel", "reelle", ""), "FALSE"),
}
_SPACES = "[ \u00a0\u202f']"
_FRENCH_NUMBER = rf"[+-]?(?:\d{{1,3}}(?:{_SPACES}\d{{3}})+|\d+)?(?:,\d+)?"


def wall(cell: str) -> str:
    """SQL: the wall-clock time of a stamp, ISO or French (day first), with or without seconds and an offset."""
    # A cast keeps the clock of a stamp, whatever its offset. The CASE around the slower way is what keeps the optimizer
    # from working out its parts for every row.
    slow = f"CASE WHEN {cell} IS NOT NULL THEN {_slow_wall(cell)} END"
    return f"coalesce(TRY_CAST({cell} AS TIMESTAMP), {slow})"


def offset(cell: str) -> str:
    """SQL: the seconds east of UTC that a stamp is written with, NULL when it is written without."""
    usual = " ".join(f"WHEN ends_with({cell}, {literal(end)}) THEN {seconds}" for end, seconds in _OFFSETS)
    found = f"regexp_extract({cell}, {literal(_WRITTEN_OFFSET)}, ['heures', 'minutes'])"
    hours, minutes = f"({found}).heures", f"coalesce(TRY_CAST(({found}).minutes AS INTEGER), 0)"
    sign = f"CASE WHEN starts_with({hours}, '-') THEN -60 ELSE 60 END"
    other = (
        f"CASE {hours} WHEN 'Z' THEN 0 WHEN 'UTC' THEN 0 WHEN '' THEN NULL "
        f"ELSE TRY_CAST({hours} AS INTEGER) * 3600 + {sign} * {minutes} END"
    )
    return f"CASE WHEN {cell} LIKE '{_PLAIN}' THEN NULL {usual} ELSE {other} END::INTEGER"


def no_stamp(read: str) -> str:
    """SQL: whether a stamp was not read, or is one of the endless ones that a cast understands."""
    return f"CASE WHEN isfinite({read}) THEN FALSE ELSE TRUE END"


def _slow_wall(cell: str) -> str:
    """SQL: the same of a stamp in another spelling, put in the one that a cast understands."""
    text = f"trim({cell})"
    for pattern, replacement in _RESPELT:
        text = f"regexp_replace({text}, {literal(pattern)}, {literal(replacement)})"
    return f"TRY_CAST({text} AS TIMESTAMP)"


def formatted(cell: str, form: str) -> str:
    """SQL: the wall-clock time of a stamp in a strptime format, 24:00 being the midnight that follows."""
    midnight = f"TRY_STRPTIME(replace({cell}, '24:00', '00:00'), {literal(form)}) + INTERVAL 1 DAY"
    return f"coalesce(TRY_STRPTIME({cell}, {literal(form)}), CASE WHEN contains({cell}, '24:00') THEN {midnight} END)"


def number(cell: str, decimal: str | None = None) -> str:
    """SQL: a number with a decimal point or, as the French write it, a decimal comma and spaces between thousands.

    `decimal`: the only decimal mark that is understood; a point then parts thousands where the mark is a comma. Both
    are understood when it is None.
    """
    plain = f"CASE WHEN contains({cell}, '_') THEN NULL ELSE TRY_CAST({cell} AS DECIMAL(18,6)) END"
    if decimal == ".":
        grouped = rf"regexp_full_match(trim({cell}), '[+-]?\d{{1,3}}(,\d{{3}})+(\.\d+)?')"
        return f"coalesce({plain}, CASE WHEN {grouped} THEN TRY_CAST(replace({cell}, ',', '') AS DECIMAL(18,6)) END)"
    marks = f"replace({cell}, '.', '')" if decimal == "," else cell
    bare = f"regexp_replace(trim({marks}), {literal(_SPACES)}, '', 'g')"
    written = f"regexp_full_match(trim({marks}), {literal(_FRENCH_NUMBER)}) AND {bare} <> ''"
    if decimal == ",":
        written += (
            rf" AND (NOT contains({cell}, '.') OR regexp_full_match(trim({cell}), '[+-]?\d{{1,3}}(\.\d{{3}})+(,\d+)?'))"
        )
    french = f"CASE WHEN {written} THEN TRY_CAST(replace({bare}, ',', '.') AS DECIMAL(18,6)) END"
    return french if decimal == "," else f"coalesce({plain}, {french})"


def unit(cell: str) -> str:
    """SQL: one of the units of readings, NULL for any other."""
    quick = " ".join(f"WHEN {literal(known)} THEN {literal(known)}" for known in dict.fromkeys(UNITS.values()))
    slow = " ".join(f"WHEN {literal(key)} THEN {literal(known)}" for key, known in UNITS.items())
    return f"CASE {cell} {quick} ELSE CASE lower(trim({cell})) {slow} END END"


def step(cell: str) -> str:
    """SQL: the seconds of an ISO 8601 duration of days, hours, minutes or seconds, or of a number of minutes."""
    quick = " ".join(f"WHEN {literal(text)} THEN {seconds}" for text, seconds in _STEPS.items())
    parts = f"regexp_extract(upper(trim({cell})), {literal(_DURATION)}, ['j', 'h', 'm', 's'])"
    sizes = {"j": 86400, "h": 3600, "m": 60, "s": 1}
    total = " + ".join(f"coalesce(TRY_CAST(({parts}).{name} AS BIGINT), 0) * {size}" for name, size in sizes.items())
    minutes = f"CASE WHEN regexp_full_match(trim({cell}), '\\d{{1,4}}') THEN TRY_CAST({cell} AS INTEGER) * 60 END"
    return f"TRY_CAST(CASE {cell} {quick} ELSE nullif(coalesce({minutes}, {total}), 0) END AS INTEGER)"


def filled(cell: str) -> str:
    """SQL: whether a cell holds more than blanks."""
    return f"coalesce(trim({cell}), '') <> ''"


def first_of(cases: Mapping[str, str]) -> str:
    """SQL: the first value whose condition holds (condition -> code), NULL when none does."""
    whens = " ".join(f"WHEN {condition} THEN {literal(code)}" for condition, code in cases.items())
    return f"CASE {whens} END"


def shown(texts: Mapping[str, str], otherwise: str) -> str:
    """SQL: what was written where the problem lies: `texts` for its code, the other cell for any other."""
    whens = " ".join(f"WHEN {literal(code)} THEN {text}" for code, text in texts.items())
    return f"CASE probleme {whens} ELSE {otherwise} END"


def absent(value: str) -> str:
    """SQL: whether a cell says that there is no value."""
    return among(f"upper(coalesce(trim({value}), ''))", ("", "NULL", "NA", "N/A", "NAN", "-", "ND"))


def among(text: str, words: Iterable[str]) -> str:
    """SQL: whether a text is one of these. DuckDB makes a join of a long IN, and a join mixes the lines of a file."""
    return f"list_contains([{', '.join(map(literal, words))}], {text})"


def meter(cell: str) -> str:
    """SQL: the number of a meter as written, without the blanks around it; NULL when there is none."""
    return f"CASE WHEN contains({cell}, ' ') THEN nullif(trim({cell}), '') ELSE nullif({cell}, '') END"


def missing(value: str, read: str) -> dict[str, str]:
    """The cases of a cell whose number is not read: an absent value, or one that is no number."""
    return {
        f"CASE WHEN {read} IS NULL THEN {absent(value)} ELSE FALSE END": "valeur_absente",
        f"{read} IS NULL": "valeur_illisible",
    }


def flag(text: str) -> str:
    """SQL: whether a cell says yes; an empty one says no, one that says neither is NULL."""
    words = " ".join(f"WHEN {literal(word)} THEN {value}" for word, value in _FLAGS.items())
    slow = f"CASE lower(strip_accents(trim({text}))) {words} END"
    return f"CASE WHEN {text} IS NULL THEN FALSE ELSE CASE {text} {words} ELSE {slow} END END"


UNTOLD = "estime_illisible"
"""The problem of a line that may be metered or estimated, in a word that is not known."""

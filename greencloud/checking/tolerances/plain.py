"""Which texts the default mode takes as they stand: what SQL may prove on its own.

The shapes are regular expressions for DuckDB (no look-around), held against whole texts. Such a text is its own
canonical spelling, has one reading and calls for no note; constraints and the calendar remain to be proven.
"""

from greencloud.checking.tolerances import identifiers
from greencloud.tables import Field, Table

_YEAR = "(?:1[0-9]|2[01])[0-9]{2}"
_DAY = f"{_YEAR}-[01][0-9]-[0-3][0-9]"
_CLOCK = "(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]"
_WHOLE = "0|-?[1-9][0-9]{0,14}"
_SHAPES = {
    "year": _YEAR,
    "yearmonth": f"{_YEAR}-(?:0[1-9]|1[0-2])",
    "date": _DAY,
    "datetime": f"{_DAY}T{_CLOCK}Z?",
    "time": _CLOCK,
}
_SAME_DAY = ("default", "any", "%Y-%m-%d")
# Printable characters whose accents stand on their letters; in front, no mark of a formula, an error or a ruling.
_ACCENTED = "\u00a1-\u00ac\u00ae-\u02ff"
_BEYOND_ASCII = f"{_ACCENTED}\u2010-\u2027\u2030-\u205e\u20a0-\u20bf"
_LETTERS = f"!-~{_BEYOND_ASCII}"
_FIRST = f'!"$-),/-<>?A-DF-^`-{{}}{_ACCENTED}\u2018-\u201f\u20a0-\u20bf'
_ENDED = f"[{_LETTERS} \u00a0\u202f\n]*[{_LETTERS}]"
# « Err:502 » is a broken result of a spreadsheet.
_TEXT = f"[{_FIRST}](?:{_ENDED})?|E(?:[!-qs-~{_BEYOND_ASCII}](?:{_ENDED})?| {_ENDED})?"
# The digits behind a SIREN in a SIRET that lost none: not five zeros.
_ESTABLISHMENT = "|".join(f"{'0' * zeros}[1-9][0-9]{{{4 - zeros}}}" for zeros in range(5))
_IDENTIFIERS = {"siret": f"[0-9]{{9}}(?:{_ESTABLISHMENT})", "siren": "[0-9]{9}"}


def clear_number(mark: str, always: bool = False) -> str:
    """The shape of the numbers of one reading, with decimals behind that mark (as a pattern writes it): `always`, or
    perhaps.

    « 314.870 » may have two readings by its column: three decimals only behind a zero or more than three digits. Behind
    the 17th digit all would be lost.
    """
    how = "" if always else "?"
    return "|".join(
        (
            rf"(?:0|-?[1-9][0-9]{{0,4}})(?:{mark}(?:[0-9]{{1,2}}|[0-9]{{4,12}})){how}",
            rf"-?[1-9][0-9]{{5,9}}(?:{mark}(?:[0-9]{{1,2}}|[0-9]{{4,7}})){how}",
            rf"-?[1-9][0-9]{{10,14}}(?:{mark}[0-9]{{1,2}}){how}",
            rf"(?:0|-?[1-9][0-9]{{3,13}}){mark}[0-9]{{3}}",
        )
    )


def plain(field: Field, table: Table) -> str | None:
    """The shape of the texts that the default mode takes as they stand, None when nothing is that certain."""
    if kind := identifiers.kind(field, table):
        return _IDENTIFIERS[kind]
    if field.type in ("number", "integer"):
        return _number(field)
    if field.type == "date":
        return _DAY if field.format in _SAME_DAY else None
    if field.format != "default" or "enum" in field.constraints:
        return None
    return _TEXT if field.type in ("string", "any") else _SHAPES.get(field.type)


def _number(field: Field) -> str | None:
    if set(field.decimal_char + field.group_char) & set("0123456789-"):
        return None
    if field.type == "integer" or field.decimal_char != "." or field.group_char == ".":
        return _WHOLE
    return clear_number(r"\.")

"""The custom checks of the French national catalogue, under its names and with its meaning.

Identifier checks are those of frformat; the others compare columns of one row. A check that this module does not know
is refused, as in Validata: plain Frictionless would ignore it without a word.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import duckdb

from greencloud.checking import messages
from greencloud.checking.cells import ROW, literal
from greencloud.checking.report import Finding
from greencloud.descriptors import get, texts
from greencloud.tables import CustomCheck, SchemaError, Table, quote

_DEPRECATED = {"french-siret-value": "siret", "french-siren-value": "siren"}
_IDENTIFIERS = ("siret", "siren", "code-commune-insee")
_LISTS = ("othercolumns", "columns")
_PARAMETERS = {
    "one-of-required": ("column1", "column2"),
    "compare-columns-value": ("column", "column2", "op"),
    "cohesive-columns-value": ("column", "othercolumns"),
    "sum-columns-value": ("column", "columns"),
}
_COG = re.compile(r"latest|201[5-9]|202[0-4]")
_OPERATORS = (">", ">=", "==", "<=", "<")


def refuse_unknown_checks(table: Table) -> None:
    """Raise SchemaError when a custom check is unknown, or lacks a parameter, or names columns it cannot compare."""
    for check in table.custom_checks:
        name, where = canonical(check.name), f"Le contrôle « {check.name} » du schéma"
        if name not in _CHECKS:
            raise SchemaError(f"{where} est inconnu. Contrôles connus : {known()}.")
        _refuse_parameters(check, _PARAMETERS.get(name, ("column",)), where)
        missing = [column for column in _columns(check) if column not in table.column_names]
        if missing:
            raise SchemaError(f"{where} nomme des colonnes absentes : {', '.join(missing)}.")
        _refuse_types(name, [table.field(column).type for column in _columns(check)], where)


def _refuse_parameters(check: CustomCheck, wanted: Sequence[str], where: str) -> None:
    for key in wanted:
        if key in _LISTS:
            texts(check.params, key, where)
        else:
            get(check.params, key, str, where)
    if "op" in wanted and check.params["op"] not in _OPERATORS:
        raise SchemaError(f"{where} a un opérateur inconnu : {check.params['op']}.")
    if not _COG.fullmatch(str(check.params.get("cog", "latest"))):
        raise SchemaError(f"{where} a un millésime inconnu : {check.params['cog']}.")


def _refuse_types(name: str, types: Sequence[str], where: str) -> None:
    families = {"number" if kind in ("number", "integer", "year") else kind for kind in types}
    if name == "sum-columns-value" and families != {"number"}:
        raise SchemaError(f"{where} additionne des colonnes qui ne sont pas des nombres.")
    if name == "compare-columns-value" and len(families) > 1:
        raise SchemaError(f"{where} compare des colonnes de types différents : {', '.join(types)}.")
    if name in _IDENTIFIERS and families != {"string"}:
        raise SchemaError(f"{where} porte sur un identifiant : donnez le type « string » à sa colonne.")


def canonical(name: str) -> str:
    """The current name of a check: some older names are still accepted."""
    return _DEPRECATED.get(name, name)


def known() -> str:
    """The names of the checks that are applied, for a message."""
    return ", ".join(sorted(_CHECKS))


def valid_identifier(name: str, value: str, cog: str = "latest") -> bool:
    """Whether a text is an identifier of that kind, by frformat (check digits, La Poste's exception, INSEE codes).

    `cog` is the vintage of the INSEE codes, as Validata names it: a year or `latest`.
    """
    import frformat

    formats: Mapping[str, Callable[[], Any]] = {
        "siret": frformat.Siret,
        "siren": frformat.Siren,
        "code-commune-insee": lambda: frformat.CodeCommuneInsee(frformat.Millesime(cog)),
    }
    return bool(formats[name]().is_valid(value))


def check(connection: duckdb.DuckDBPyConnection, table: Table, errors: Sequence[Finding]) -> list[Finding]:
    """Run every custom check on the rows whose cells concerned have no error yet."""
    wrong = {(error.row, error.field) for error in errors}
    findings = []
    for custom in table.custom_checks:
        columns = _columns(custom)
        for row, value in _CHECKS[canonical(custom.name)](connection, custom):
            if all((row, column) not in wrong for column in columns):
                message, fix = messages.custom(canonical(custom.name), row, value, custom.params)
                findings.append(Finding(canonical(custom.name), row, columns[0], value, message, fix))
    return findings


def _columns(check: CustomCheck) -> tuple[str, ...]:
    params = check.params
    listed = [params.get(key) for key in ("column", "column1", "column2")]
    grouped = params.get("othercolumns", []) + params.get("columns", [])
    return tuple(column for column in [*listed, *grouped] if isinstance(column, str))


def _identifier(connection: duckdb.DuckDBPyConnection, check: CustomCheck) -> Iterator[tuple[int, str]]:
    column = quote(check.params["column"])
    name, cog = canonical(check.name), str(check.params.get("cog", "latest"))
    values = connection.execute(f"SELECT DISTINCT {column} FROM typees WHERE {column} IS NOT NULL").fetchall()
    wrong = sorted(value for (value,) in values if not valid_identifier(name, str(value), cog))
    if wrong:
        yield from _rows(connection, column, f"{column} IN ({', '.join(literal(value) for value in wrong)})")


def _compare(connection: duckdb.DuckDBPyConnection, check: CustomCheck) -> Iterator[tuple[int, str]]:
    left, right, operator = quote(check.params["column"]), quote(check.params["column2"]), check.params["op"]
    yield from _rows(connection, left, f"NOT ({left} {operator} {right})")


def _one_of(connection: duckdb.DuckDBPyConnection, check: CustomCheck) -> Iterator[tuple[int, str]]:
    left, right = quote(check.params["column1"]), quote(check.params["column2"])
    yield from _rows(connection, left, f"{left} IS NULL AND {right} IS NULL")


def _cohesive(connection: duckdb.DuckDBPyConnection, check: CustomCheck) -> Iterator[tuple[int, str]]:
    columns = [quote(name) for name in _columns(check)]
    filled = " + ".join(f"({column} IS NOT NULL)::INTEGER" for column in columns)
    yield from _rows(connection, columns[0], f"{filled} NOT IN (0, {len(columns)})")


def _sum(connection: duckdb.DuckDBPyConnection, check: CustomCheck) -> Iterator[tuple[int, str]]:
    # In decimals: 0.3 is 0.1 + 0.2, which binary fractions deny.
    total, *parts = (f"TRY_CAST({quote(name)} AS DECIMAL(38, 9))" for name in _columns(check))
    yield from _rows(connection, quote(check.params["column"]), f"{total} <> {' + '.join(parts)}")


def _rows(connection: duckdb.DuckDBPyConnection, shown: str, condition: str) -> list[tuple[int, str]]:
    query = f"SELECT {ROW}, {shown}::VARCHAR FROM typees WHERE {condition} ORDER BY {ROW}"
    return connection.execute(query).fetchall()


_CHECKS: Mapping[str, Callable[[duckdb.DuckDBPyConnection, CustomCheck], Iterator[tuple[int, str]]]] = {
    **dict.fromkeys(_IDENTIFIERS, _identifier),
    "compare-columns-value": _compare,
    "one-of-required": _one_of,
    "cohesive-columns-value": _cohesive,
    "sum-columns-value": _sum,
}

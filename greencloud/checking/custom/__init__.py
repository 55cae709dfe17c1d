"""The custom checks of the French national catalogue, under its names and with its meaning.

Checks of one value are those of frformat and of Validata (`single`); the others compare columns of one row (`columns`).
A check that is not known here is refused, as in Validata: plain Frictionless would ignore it without a word.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from itertools import chain
from typing import TYPE_CHECKING, Protocol

from greencloud.checking import messages
from greencloud.checking.custom import columns, single
from greencloud.checking.custom.names import canonical, columns_of, known
from greencloud.checking.custom.parameters import refuse_unknown_checks
from greencloud.checking.custom.rows import Found
from greencloud.checking.report import Finding
from greencloud.tables import CustomCheck, Table

if TYPE_CHECKING:
    import duckdb

__all__ = ["absent_columns", "canonical", "check", "known", "refuse_unknown_checks", "valid_identifier"]


class Located(Protocol):
    """Whatever is wrong somewhere: a row, and a cell of it if there is one."""

    @property
    def row(self) -> int | None: ...

    @property
    def field(self) -> str | None: ...


_MULTIPLE: Mapping[str, Callable[["duckdb.DuckDBPyConnection", str, CustomCheck, Table], Iterable[Found]]] = {
    "compare-columns-value": columns.compare,
    "one-of-required": columns.one_of,
    "cohesive-columns-value": columns.cohesive,
    "sum-columns-value": columns.total,
}


def valid_identifier(name: str, value: str, cog: str = "latest") -> bool:
    """Whether a text passes a check of one value, such as `siret` (check digits, La Poste's exception).

    `cog` is the vintage of the INSEE codes, as Validata names it: a year or `latest`.
    """
    return single.judge(canonical(name), {"cog": cog})(value) is None


def absent_columns(table: Table, present: Collection[str]) -> list[Finding]:
    """One error for the file, not one a row, where a check about filled cells lacks the columns themselves.

    `present` names the fields that have a column in the file.
    """
    findings = []
    for custom in table.custom_checks:
        if absent := _lacking(custom, present):
            name = canonical(custom.name)
            message, fix = messages.custom_columns(columns_of(custom), absent)
            findings.append(Finding(name, None, absent[0], None, message, fix))
    return findings


def check(
    connection: "duckdb.DuckDBPyConnection",
    table: Table,
    errors: Iterable[Located],
    present: Collection[str] | None = None,
    relation: str = "typees",
) -> list[Finding]:
    """Run every custom check on the rows of `relation` whose cells concerned have no error yet.

    A check that `absent_columns` answers for the whole file is left out (`present` None: every field has a column).
    """
    concerned = set(chain.from_iterable(columns_of(custom) for custom in table.custom_checks))
    wrong = {(error.row, error.field) for error in errors if error.field in concerned}
    findings: list[Finding] = []
    for custom in table.custom_checks:
        if present is None or not _lacking(custom, present):
            findings += _findings(connection, relation, custom, table, wrong)
    return findings


def _findings(
    connection: "duckdb.DuckDBPyConnection",
    relation: str,
    custom: CustomCheck,
    table: Table,
    wrong: Collection[tuple[int | None, str | None]],
) -> Iterator[Finding]:
    name, names = canonical(custom.name), columns_of(custom)
    run = _MULTIPLE.get(name, single.run)
    for found in run(connection, relation, custom, table):
        if all((found.row, column) not in wrong for column in names):
            message, fix = messages.custom(name, found.row, found.value, custom.params, found.detail)
            yield Finding(name, found.row, names[0], found.value, message, fix)


def _lacking(custom: CustomCheck, present: Collection[str]) -> list[str]:
    """The columns without which a check about filled cells fails for the whole file."""
    names = columns_of(custom)
    absent = [name for name in names if name not in present]
    whole = len(absent) == len(names)
    fails = {"one-of-required": whole, "cohesive-columns-value": not whole}.get(canonical(custom.name), False)
    return absent if fails else []

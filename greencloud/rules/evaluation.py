"""Rules against rows: one scan finds the rows where something fires, the rest looks at those rows only."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from greencloud.rules.grandeurs import measured
from greencloud.rules.rule import Level, Rule
from greencloud.rules.writing import plain
from greencloud.tables import quote

if TYPE_CHECKING:
    import duckdb

_FIRED = '"__lignes_signalees"'


@dataclass(frozen=True, slots=True)
class Hit:
    """One rule that fired on one row, in French; `valeur` is the cell pointed at, None when empty."""

    code: str
    niveau: Level
    row: int
    champ: str
    valeur: str | None
    message: str
    correction: str


class _Trial(NamedTuple):
    """A rule tried on one of its columns; `number` is its place in the order of the messages."""

    number: int
    rule: Rule
    column: str

    @property
    def condition(self) -> str:
        return f"({self.rule.condition_on(self.column)})"

    @property
    def mark(self) -> str:
        """The column that tells, in the table of fired rows, where this trial fired."""
        return f'"__essai_{self.number}"'

    @property
    def shown(self) -> dict[str, str]:
        """The SQL expression of each name that the sentences show."""
        names = [name for name in self.rule.names if name != "colonne"]
        return {name: self.rule.expression(name, self.column) for name in names}


def evaluate(con: "duckdb.DuckDBPyConnection", relation: str, row_column: str, rules: Sequence[Rule]) -> list[Hit]:
    """Every rule that fires and is not silenced, sorted by row, then in the order of `rules`.

    `relation` has all the columns of the table, typed, and `row_column`, the number of each row.
    """
    pairs = [(rule, column) for rule in rules for column in rule.champs]
    trials = [_Trial(number, rule, column) for number, (rule, column) in enumerate(pairs)]
    if not trials:
        return []
    con.execute(_mark_rows(relation, row_column, trials))
    try:
        hits = [hit for trial in _fired(con, trials) for hit in _hits(con, row_column, trial, trials)]
    finally:
        con.execute(f"DROP TABLE {_FIRED}")
    return sorted(hits, key=lambda hit: hit.row)


def _mark_rows(relation: str, row_column: str, trials: Sequence[_Trial]) -> str:
    """A temporary table of the rows where a condition holds, with their quantities and a mark per trial.

    A clean row costs only the inner query, which reads no column but those of the conditions.
    """
    anything = _anything(trials)
    marks = ", ".join(f"coalesce({trial.condition}, false) AS {trial.mark}" for trial in trials)
    shown = " ".join(expression for trial in trials for expression in trial.shown.values())
    row = quote(row_column)
    fired = f"SELECT {row} FROM {measured(quote(relation), anything)} WHERE {anything}"
    rows = f"(SELECT * FROM {quote(relation)} WHERE {row} IN ({fired}))"
    return f"CREATE OR REPLACE TEMP TABLE {_FIRED} AS SELECT *, {marks} FROM {measured(rows, f'{anything} {shown}')}"


def _anything(trials: Sequence[_Trial]) -> str:
    """True when a condition holds; the rules of a family are tried only outside its accepted range."""
    return " OR ".join(
        f"({accepted or 'false'}) IS NOT TRUE AND ({' OR '.join(trial.condition for trial in members)})"
        for accepted, members in groupby(trials, key=lambda trial: trial.rule.family.accepted)
    )


def _fired(con: "duckdb.DuckDBPyConnection", trials: Sequence[_Trial]) -> list[_Trial]:
    """The trials that fired on some row."""
    anywhere = ", ".join(f"bool_or({trial.mark})" for trial in trials)
    [marks] = con.execute(f"SELECT {anywhere} FROM {_FIRED}").fetchall()
    return [trial for trial, mark in zip(trials, marks, strict=True) if mark]


def _hits(con: "duckdb.DuckDBPyConnection", row_column: str, trial: _Trial, trials: Sequence[_Trial]) -> Iterator[Hit]:
    """The hits of one trial, on the rows where no error of a silencing family fired."""
    rule, column, shown = trial.rule, trial.column, trial.shown
    silencing = [other.mark for other in trials if _silences(other.rule, rule)]
    query = (
        f"SELECT {', '.join([quote(row_column), quote(column), *shown.values()])} FROM {_FIRED} "
        f"WHERE {trial.mark} AND NOT ({' OR '.join(silencing) or 'false'})"
    )
    for row, value, *values in con.execute(query).fetchall():
        message, correction = rule.render({"colonne": column, **dict(zip(shown, values, strict=True))})
        yield Hit(rule.code, rule.niveau, row, column, plain(value), message, correction)


def _silences(other: Rule, rule: Rule) -> bool:
    return other.niveau == "erreur" and rule.famille in other.family.silences

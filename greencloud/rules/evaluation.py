"""Rules against rows: one scan finds the rows where something fires, the rest looks at those rows only."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

import duckdb

from greencloud.rules.rule import Level, Rule
from greencloud.rules.writing import plain
from greencloud.tables import quote

_FIRED = '"__lignes_signalees"'
_TRIALS = '"__essais_positifs"'


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


def evaluate(con: duckdb.DuckDBPyConnection, relation: str, row_column: str, rules: Sequence[Rule]) -> list[Hit]:
    """Every rule that fires and is not silenced, sorted by row, then in the order of `rules`.

    `relation` has all the columns of the table, typed, and `row_column`, the number of each row.
    """
    pairs = [(rule, column) for rule in rules for column in rule.champs]
    trials = [_Trial(number, rule, column) for number, (rule, column) in enumerate(pairs)]
    if not trials:
        return []
    con.execute(_keep_fired_rows(relation, trials))
    try:
        fired = con.execute(f"SELECT DISTINCT unnest({_TRIALS}) AS number FROM {_FIRED} ORDER BY number")
        numbers = [number for (number,) in fired.fetchall()]
        hits = [hit for number in numbers for hit in _hits(con, row_column, trials[number], trials)]
    finally:
        con.execute(f"DROP TABLE {_FIRED}")
    return sorted(hits, key=lambda hit: hit.row)


def _keep_fired_rows(relation: str, trials: Sequence[_Trial]) -> str:
    """A temporary table of the rows where a condition holds, with the numbers of the trials that fired.

    The filter is all that a clean row costs; the list is computed only for the rows that it keeps.
    """
    numbers = ", ".join(f"CASE WHEN {trial.condition} THEN {trial.number} END" for trial in trials)
    return (
        f"CREATE OR REPLACE TEMP TABLE {_FIRED} AS "
        f"SELECT *, [number FOR number IN [{numbers}] IF number IS NOT NULL] AS {_TRIALS} "
        f"FROM {quote(relation)} WHERE {_anything(trials)}"
    )


def _anything(trials: Sequence[_Trial]) -> str:
    """True when a condition holds; the rules of a family are tried only outside its accepted range."""
    return " OR ".join(
        f"({accepted or 'false'}) IS NOT TRUE AND ({' OR '.join(trial.condition for trial in members)})"
        for accepted, members in groupby(trials, key=lambda trial: trial.rule.family.accepted)
    )


def _hits(con: duckdb.DuckDBPyConnection, row_column: str, trial: _Trial, trials: Sequence[_Trial]) -> Iterator[Hit]:
    """The hits of one trial, on the rows where no error of a silencing family fired."""
    rule, column = trial.rule, trial.column
    names = [name for name in rule.names if name != "colonne"]
    shown = [quote(row_column), quote(column), *(rule.expression(name, column) for name in names)]
    silencing = [other.number for other in trials if _silences(other.rule, rule)]
    query = (
        f"SELECT {', '.join(shown)} FROM {_FIRED} WHERE list_contains({_TRIALS}, {trial.number}) "
        f"AND NOT list_has_any({_TRIALS}, {silencing}::INTEGER[])"
    )
    for row, value, *values in con.execute(query).fetchall():
        message, correction = rule.render({"colonne": column, **dict(zip(names, values, strict=True))})
        yield Hit(rule.code, rule.niveau, row, column, plain(value), message, correction)


def _silences(other: Rule, rule: Rule) -> bool:
    return other.niveau == "erreur" and rule.famille in other.family.silences

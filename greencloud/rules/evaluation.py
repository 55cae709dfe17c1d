"""Rules against rows: one scan finds which rules fire at all, the rest looks at those rules and rows only."""

from collections.abc import Iterator, Sequence
from functools import cache
from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple

from greencloud.rules.grandeurs import measured
from greencloud.rules.rule import Level, Rule
from greencloud.rules.writing import plain
from greencloud.tables import quote

if TYPE_CHECKING:
    import duckdb

_FIRED = '"__lignes_signalees"'


class Hit(NamedTuple):
    """One rule that fired on one row. `valeur` is the cell pointed at, None when empty.

    `shown` holds what the sentences show; they are put into French when they are read, for a file may hold millions.
    """

    rule: Rule
    row: int
    champ: str
    valeur: str | None
    shown: tuple[Any, ...]

    @property
    def code(self) -> str:
        return self.rule.code

    @property
    def niveau(self) -> Level:
        return self.rule.niveau

    @property
    def message(self) -> str:
        return self._sentences[0]

    @property
    def correction(self) -> str:
        return self._sentences[1]

    @property
    def _sentences(self) -> tuple[str, str]:
        return self.rule.render({"colonne": self.champ, **dict(zip(self.rule.values, self.shown, strict=True))})


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
    def shown(self) -> list[str]:
        """The SQL expressions of the values that the sentences show."""
        return [self.rule.expression(name, self.column) for name in self.rule.values]

    @property
    def told(self) -> list[str]:
        """The columns of the table of fired rows that hold the cell pointed at, then the values shown."""
        return [f'"__valeur_{self.number}_{place}"' for place in range(1 + len(self.rule.values))]


def evaluate(con: "duckdb.DuckDBPyConnection", relation: str, row_column: str, rules: Sequence[Rule]) -> list[Hit]:
    """Every rule that fires and is not silenced, sorted by row, then in the order of `rules`.

    `relation` has all the columns that the rules speak of, typed, and `row_column`, the number of each row.
    """
    trials = _fired(con, relation, tuple(rules)) if rules else []
    if not trials:
        return []
    con.execute(_mark_rows(relation, row_column, trials))
    try:
        hits = [hit for trial in trials for hit in _hits(con, row_column, trial, trials)]
    finally:
        con.execute(f"DROP TABLE {_FIRED}")
    return sorted(hits, key=lambda hit: hit.row)


def _fired(con: "duckdb.DuckDBPyConnection", relation: str, rules: tuple[Rule, ...]) -> list[_Trial]:
    """The trials that fire on some row: one scan, and no other query for rows where nothing does."""
    families = _families(rules)
    masks = _masks(rules)
    [found] = con.execute(f"SELECT {masks} FROM {measured(quote(relation), masks)}").fetchall()
    return [
        trial
        for family, mask in zip(families, found, strict=True)
        for bit, trial in enumerate(family)
        if (mask or 0) >> bit & 1
    ]


@cache
def _families(rules: tuple[Rule, ...]) -> list[list[_Trial]]:
    pairs = [(rule, column) for rule in rules for column in rule.champs]
    trials = [_Trial(number, rule, column) for number, (rule, column) in enumerate(pairs)]
    return [list(members) for _, members in groupby(trials, key=lambda trial: trial.rule.famille)]


@cache
def _masks(rules: tuple[Rule, ...]) -> str:
    """One number a family, a bit a trial: outside its accepted range its conditions are tried, inside none is."""
    return ", ".join(
        f"bit_or(CASE WHEN {family[0].rule.family.accepted or 'false'} THEN 0 ELSE {_bits(family)} END)"
        for family in _families(rules)
    )


def _bits(family: Sequence[_Trial]) -> str:
    return " + ".join(f"CASE WHEN {trial.condition} THEN {1 << bit} ELSE 0 END" for bit, trial in enumerate(family))


def _mark_rows(relation: str, row_column: str, trials: Sequence[_Trial]) -> str:
    """A temporary table of the rows where one of the trials fires: a mark per trial, and what its sentences show.

    A value is computed where its trial fired and nowhere else: on another row its cast might fail.
    """
    anything = " OR ".join(trial.condition for trial in trials)
    marks = ", ".join(f"coalesce({trial.condition}, false) AS {trial.mark}" for trial in trials)
    quantities = measured(quote(relation), " ".join([anything, *(sql for trial in trials for sql in trial.shown)]))
    marked = f"SELECT *, {marks} FROM {quantities} WHERE {anything}"
    columns = [quote(row_column), *(trial.mark for trial in trials)]
    columns += [
        f"CASE WHEN {trial.mark} THEN {sql} END AS {name}"
        for trial in trials
        for sql, name in zip([quote(trial.column), *trial.shown], trial.told, strict=True)
    ]
    return f"CREATE OR REPLACE TEMP TABLE {_FIRED} AS SELECT {', '.join(columns)} FROM ({marked})"


def _hits(con: "duckdb.DuckDBPyConnection", row_column: str, trial: _Trial, trials: Sequence[_Trial]) -> Iterator[Hit]:
    """The hits of one trial, on the rows where no error of a silencing family fired."""
    rule, column = trial.rule, trial.column
    silencing = [other.mark for other in trials if _silences(other.rule, rule)]
    query = (
        f"SELECT {', '.join([quote(row_column), *trial.told])} FROM {_FIRED} "
        f"WHERE {trial.mark} AND NOT ({' OR '.join(silencing) or 'false'})"
    )
    for row, value, *shown in con.execute(query).fetchall():
        yield Hit(rule, row, column, plain(value), tuple(shown))


def _silences(other: Rule, rule: Rule) -> bool:
    return other.niveau == "erreur" and rule.famille in other.family.silences

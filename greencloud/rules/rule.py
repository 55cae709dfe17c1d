"""What a plausibility rule is, and what it says when it fires."""

import string
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from greencloud.rules.families import FAMILIES, Family
from greencloud.rules.writing import french, sentence
from greencloud.tables import quote

Level = Literal["erreur", "avertissement", "info"]
Sight = Literal["annees", "depot", "references", "registre", "voisins"]
"""What a rule sees beyond its own row: the site's other years, the deposit, the reference tables, the register of
sites, the other sites of the year. `context.COLUMNS` names the columns of each."""


@dataclass(frozen=True, eq=False)
class Rule:
    """A plausibility rule.

    `condition` is a DuckDB boolean expression over the typed columns of the table and the quantities of
    `grandeurs`: it fires when true, not when NULL. The French templates `message` and `correction` show columns,
    quantities, the SQL expressions that `valeurs` names, `{colonne}` (the column pointed at) and `{valeur}`
    (its value). When `champ` holds several columns, the rule is tried on each: `{colonne}` in the SQL stands
    for that column, `{precedente}` for its value of the year before, `{repere}` for its usual value in the other years.
    A rule that sees no more than its row (`voit` empty) is tried by the check of a file; the others are tried once all
    deposits are together, over the columns of `context`. `puissance_du_registre`: the rule is tried by both, the second
    time on the rows whose installed power the register alone gives.
    `passe` and `echoue` are the cells to change in a plausible row so that the rule keeps silent, or fires.
    """

    code: str
    niveau: Level
    famille: str
    table: str | tuple[str, ...]
    champ: str | tuple[str, ...]
    condition: str
    message: str
    correction: str
    source: str
    passe: Mapping[str, object]
    echoue: Mapping[str, object]
    valeurs: Mapping[str, str] = field(default_factory=dict)
    voit: tuple[Sight, ...] = ()
    puissance_du_registre: bool = False

    @property
    def tables(self) -> tuple[str, ...]:
        return (self.table,) if isinstance(self.table, str) else self.table

    @property
    def champs(self) -> tuple[str, ...]:
        return (self.champ,) if isinstance(self.champ, str) else self.champ

    @property
    def family(self) -> Family:
        return FAMILIES[self.famille]

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The names that the templates show, once each, in order of appearance."""
        parsed = string.Formatter().parse(self.message + self.correction)
        return tuple(dict.fromkeys(name for _, name, _, _ in parsed if name))

    @cached_property
    def values(self) -> tuple[str, ...]:
        """The names that stand for a value of the row: all but the column pointed at."""
        return tuple(name for name in self.names if name != "colonne")

    @cached_property
    def _sentences(self) -> tuple[str, str]:
        return sentence(self.message), sentence(self.correction)

    def condition_on(self, column: str) -> str:
        """The condition when the rule is tried on this column."""
        return _about(self.condition, column)

    def expression(self, name: str, column: str) -> str:
        """The SQL expression of one name of the templates when the rule is tried on this column."""
        if name == "valeur":
            return quote(column)
        return _about(self.valeurs.get(name, quote(name)), column)

    def render(self, values: Mapping[str, object]) -> tuple[str, str]:
        """The message and the correction in French; `values` holds every one of `names`.

        Raises KeyError when a value is missing.
        """
        shown = {name: french(values[name]) for name in self.names}
        message, correction = self._sentences
        return message.format_map(shown), correction.format_map(shown)


def _about(sql: str, column: str) -> str:
    """The SQL of a rule when it is tried on this column."""
    named = {"{colonne}": column, "{precedente}": f"{column}_prec", "{repere}": f"{column}_repere"}
    for mark, name in named.items():
        sql = sql.replace(mark, quote(name))
    return sql

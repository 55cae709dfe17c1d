"""The faults injected into the clean rows, and what the rules say of each."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import duckdb

from greencloud import rules
from greencloud.rates.faults import CHANGED, FAULTS, IT, TOTAL, Cells, Fault
from greencloud.rules import Hit

_HISTORY = (f"{TOTAL}_prec", f"{IT}_prec")


@dataclass(frozen=True)
class Rate:
    """One fault: the rows that bore it, those refused, and the codes found.

    The cause is named first, by the code of its own rule (`first`), or at least in a message (`named`).
    """

    title: str
    unit: bool
    rows: int
    refused: int
    first: int
    named: int
    codes: Mapping[str, int]

    @property
    def share(self) -> float:
        return self.named / self.rows if self.rows else 0.0


def clean_alarms(con: duckdb.DuckDBPyConnection) -> tuple[int, int, Mapping[str, int]]:
    """The clean rows, those where an error or a warning fires, and the codes."""
    [(rows,)] = con.execute("SELECT count(*) FROM lignes").fetchall()
    found = _hits(con, "lignes", "vues")
    return int(rows), len(found), _codes(found)


def rates(con: duckdb.DuckDBPyConnection) -> list[Rate]:
    """Every fault, injected into every clean row that can bear it."""
    return [_rate(con, fault) for fault in FAULTS]


def inject(con: duckdb.DuckDBPyConnection, fault: Fault) -> int:
    """Make `lignes_fautives` and `vues_fautives`, the rows that can bear the fault, with it; returns how many.

    Their context bears none: one year of a site is wrong, not all of them.
    """
    changes = {row.line: fault.change(row.cells) for row in _rows(con) if row.bears(fault)}
    _write(con, changes)
    return len(changes)


def names(fault: Fault, hit: Hit) -> bool:
    """Whether a hit tells the cause of the fault."""
    return hit.code in fault.codes or any(word in hit.message for word in fault.words)


class _Row(NamedTuple):
    """A clean row: its number, its cells (0: empty), the quality of its energies."""

    line: int
    cells: Cells
    quality: str

    def bears(self, fault: Fault) -> bool:
        needed = (*fault.needs, *_HISTORY) if fault.history else fault.needs
        return all(self.cells[name] > 0 for name in needed) and not (fault.history and self.quality == "estime")


def _rows(con: duckdb.DuckDBPyConnection) -> Iterator[_Row]:
    columns = (*CHANGED, *_HISTORY)
    shown = ", ".join(f"l.{name}" if name in CHANGED else f"v.{name}" for name in columns)
    quality = "coalesce(l.qualite_mesure, '')"
    query = f"SELECT ligne, {shown}, {quality} FROM lignes AS l JOIN vues AS v USING (ligne) ORDER BY ligne"
    for line, *values, measured in con.execute(query).fetchall():
        yield _Row(line, {name: value or 0.0 for name, value in zip(columns, values, strict=True)}, measured)


def _rate(con: duckdb.DuckDBPyConnection, fault: Fault) -> Rate:
    rows = inject(con, fault)
    found = _hits(con, "lignes_fautives", "vues_fautives")
    refused = sum(any(hit.niveau == "erreur" for hit in hits) for hits in found.values())
    first = sum(any(hit.code in fault.codes for hit in hits) for hits in found.values())
    named = sum(any(names(fault, hit) for hit in hits) for hits in found.values())
    return Rate(fault.title, fault.unit, rows, refused, first, named, _codes(found))


def _write(con: duckdb.DuckDBPyConnection, changes: Mapping[int, Cells]) -> None:
    """The rows with these cells changed, alone and with their context; a zero makes a cell empty."""
    lists = ", ".join(f"unnest(CAST(? AS DOUBLE[])) AS {name}" for name in CHANGED)
    cells = [[change.get(name) for change in changes.values()] for name in CHANGED]
    con.execute(
        f"CREATE OR REPLACE TABLE fautes AS SELECT unnest(CAST(? AS BIGINT[])) AS ligne, {lists}",
        [list(changes), *cells],
    )
    replaced = ", ".join(
        f"CASE WHEN f.{name} = 0 THEN NULL ELSE coalesce(f.{name}, s.{name}) END AS {name}" for name in CHANGED
    )
    for sound, wrong in (("lignes", "lignes_fautives"), ("vues", "vues_fautives")):
        con.execute(
            f"CREATE OR REPLACE TABLE {wrong} AS SELECT s.* REPLACE ({replaced}) FROM {sound} AS s JOIN fautes AS f "
            "USING (ligne)"
        )


def _hits(con: duckdb.DuckDBPyConnection, alone: str, together: str) -> Mapping[int, Sequence[Hit]]:
    """The errors and warnings of each row: those of the check, then, on the rows left, of the warehouse."""
    found: dict[int, list[Hit]] = {}
    for relation, tried in ((alone, rules.for_table("declarations")), (together, rules.across("declarations"))):
        refused = {row for row, hits in found.items() if any(hit.niveau == "erreur" for hit in hits)}
        for hit in rules.evaluate(con, relation, "ligne", tried):
            if hit.niveau != "info" and hit.row not in refused:
                found.setdefault(hit.row, []).append(hit)
    return found


def _codes(found: Mapping[int, Sequence[Hit]]) -> Mapping[str, int]:
    """How many rows raise each code, the most frequent first."""
    counts = Counter(code for hits in found.values() for code in {hit.code for hit in hits})
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))

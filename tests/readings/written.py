"""Lines of readings as the view `lues` gives them, put straight into a database."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass
from decimal import Decimal
from typing import Any

import duckdb

from greencloud.readings import accepting
from greencloud.readings.accepting import Outcome
from greencloud.readings.sources import Convention

COLUMNS = (
    "fichier INTEGER, ligne BIGINT, compteur VARCHAR, sens VARCHAR, debut TIMESTAMP, fin TIMESTAMP, "
    "decalage_debut INTEGER, decalage_fin INTEGER, pas INTEGER, valeur DECIMAL(18,6), unite VARCHAR, estime BOOLEAN, "
    "probleme VARCHAR, brut VARCHAR"
)
PARIS_ENDS = Convention(None, "W", "fin", "Europe/Paris")
"""The default of the grid operator's load curves."""


@dataclass(frozen=True)
class Line:
    """One row of `lues`."""

    fichier: int = 0
    ligne: int = 2
    compteur: str | None = "30000000000001"
    sens: str = "CONS"
    debut: dt.datetime | None = None
    fin: dt.datetime | None = None
    decalage_debut: int | None = None
    decalage_fin: int | None = None
    pas: int | None = None
    valeur: Decimal | int | None = None
    unite: str | None = None
    estime: bool = False
    probleme: str | None = None
    brut: str | None = None


def database(lines: Iterable[Line]) -> duckdb.DuckDBPyConnection:
    """A database in which `lues` holds these lines."""
    con = duckdb.connect(config={"threads": 1})
    con.execute(f"CREATE TABLE lues ({COLUMNS})")
    columns = [list(column) for column in zip(*(astuple(line) for line in lines), strict=True)]
    if columns:
        kinds = [kind.split(" ")[1] for kind in COLUMNS.split(", ")]
        values = ", ".join(f"unnest(${place}::{kind}[])" for place, kind in enumerate(kinds, 1))
        con.execute(f"INSERT INTO lues SELECT {values}", columns)
    return con


def judged(
    lines: Iterable[Line], told: Sequence[Convention] = (), defaults: Convention = PARIS_ENDS, files: int = 1
) -> tuple[dict[int, Outcome], list[dict[str, Any]]]:
    """The outcome of each file, and the rows of `partiels`."""
    with database(lines) as con:
        outcomes = accepting.judge(con, dict.fromkeys(range(files), tuple(told)), defaults)
        found = con.execute("SELECT * FROM partiels ORDER BY ALL")
        names = [column[0] for column in found.description]
        return outcomes, [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def of(partials: Iterable[dict[str, Any]], nature: str) -> list[dict[str, Any]]:
    """The partials of one nature."""
    return [row for row in partials if row["nature"] == nature]

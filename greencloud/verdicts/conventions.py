"""What the register of meters says of how readings are written, handed to the deposits of the same sender."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import duckdb

from greencloud import tables
from greencloud.checking.sql import literal
from greencloud.deposits import Deposit
from greencloud.tables import quote
from greencloud.verdicts import ORIGIN, Verdict, key

_TOLD = ("id_compteur", "unite", "horodate", "fuseau")
_Told = tuple[str | None, ...]
_Sender = tuple[str | None, bool]


def instructed(found: Sequence[Deposit], verdicts: Sequence[Verdict]) -> list[Deposit]:
    """The deposits, those of readings with what the register says of the meters of their sender.

    `verdicts`: on the deposits of the register of meters. A row of the register that a later one corrects says nothing;
    of what several rows say of a meter, the one of the latest `date_debut` comes first. Real and synthetic meters never
    meet.
    """
    if all(deposit.table != tables.READINGS for deposit in found):
        return list(found)
    told = _told(sorted(verdicts, key=lambda verdict: (verdict.deposit.recu_le, verdict.deposit.sha256)))
    return [
        replace(deposit, conventions=told.get((deposit.emetteur, deposit.synthetique), ()))
        if deposit.table == tables.READINGS
        else deposit
        for deposit in found
    ]


def _told(ordered: Sequence[Verdict]) -> dict[_Sender, tuple[_Told, ...]]:
    """Sender and nature -> the conventions of its meters, without those that say nothing."""
    senders = {key(verdict.deposit): (verdict.deposit.emetteur, verdict.deposit.synthetique) for verdict in ordered}
    found: dict[_Sender, dict[_Told, None]] = defaultdict(dict)
    for origin, *row in _rows(ordered) if ordered else ():
        if any(value is not None for value in row[1:]):
            found[senders[origin]][tuple(row)] = None
    return {sender: tuple(rows) for sender, rows in found.items()}


def _rows(ordered: Sequence[Verdict]) -> list[tuple[Any, ...]]:
    """The verdict that accepted each current row and what the row says, the latest of each meter first."""
    primary = ", ".join(quote(name) for name in tables.table(tables.METERS).primary_key)
    paths = ", ".join(map(literal, sorted({str(verdict.accepted) for verdict in ordered})))
    ranks = ", ".join(f"({literal(key(verdict.deposit))}, {rank})" for rank, verdict in enumerate(ordered))
    with duckdb.connect(config={"threads": 1}) as con:
        return con.execute(  # without parameters: the first one has pandas loaded
            f"SELECT a.{ORIGIN}, {', '.join(f'a.{name}' for name in _TOLD)} FROM read_parquet([{paths}]) AS a "
            f"INNER JOIN (VALUES {ranks}) AS d (cle, rang) "
            f"ON d.cle = a.{ORIGIN} QUALIFY a.signe IS DISTINCT FROM 0 "
            f"AND row_number() OVER (PARTITION BY {primary} ORDER BY d.rang DESC, a.depot_ligne DESC) = 1 "
            "ORDER BY a.id_compteur, a.date_debut DESC, d.rang DESC, a.depot_ligne DESC",
        ).fetchall()

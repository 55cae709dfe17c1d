"""An edition that would lose most rows of a table since the last one, and what is missing that was there."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import duckdb

from greencloud import tables
from greencloud.deposits import SHORT, Deposit, fingerprint
from greencloud.editions.chain import recorded
from greencloud.editions.errors import EditionError, listed
from greencloud.editions.ingredients import DEPOSITS
from greencloud.editions.writing import count
from greencloud.tables import quote

_SITES = "couverture"  # holds a row for every site that is published in its name


def refuse_shrinking(
    con: duckdb.DuckDBPyConnection, published_dir: Path, last: str | None, deposits: Sequence[Deposit]
) -> None:
    """A table that loses more than half of its rows smells of missing deposits; fewer `rejets` are good news.

    Raises EditionError that names the tables, and the deposits, senders and sites that the last edition had.
    """
    if last is None:
        return
    folder = published_dir / "editions" / last
    kept = {name: folder / f"{name}.parquet" for name in tables.PUBLISHED if name != "rejets"}
    counts = {name: (_rows(con, path), count(con, quote(name))) for name, path in kept.items() if path.is_file()}
    losses = [f"{name} passerait de {old} à {new} lignes" for name, (old, new) in counts.items() if new * 2 < old]
    if losses:
        causes = " ; ".join(_causes(con, folder, recorded(published_dir, last)[DEPOSITS], deposits))
        raise EditionError(
            f"Édition refusée, elle semble partielle : {' ; '.join(losses)}. "
            f"{f'Par rapport à l’édition {last}, il manque {causes}. ' if causes else ''}"
            "Vérifiez que tous les dépôts sont là. Si cette baisse est voulue, autorisez-la expressément "
            "(--allow-shrink)."
        )


def _causes(
    con: duckdb.DuckDBPyConnection, folder: Path, before: Sequence[dict[str, Any]], now: Sequence[Deposit]
) -> Iterator[str]:
    known = {name for deposit in now for name in (deposit.sha256, deposit.empreinte)}
    gone = [card for card in before if fingerprint(card) not in known]
    if gone:
        yield f"{_how_many(len(gone), 'dépôt')} ({listed([_named(card) for card in gone])})"
    senders = {card["emetteur"] for card in gone if card["emetteur"]} - {deposit.emetteur for deposit in now}
    if senders:
        yield f"tous ceux {_how_many(len(senders), 'émetteur', 'de l’')} ({listed(sorted(senders))})"
    sites = _sites_lost(con, folder)
    if sites:
        yield f"{_how_many(len(sites), 'site')} ({listed(sites)})"


def _how_many(number: int, noun: str, single: str = "") -> str:
    if number == 1:
        return f"{single}{noun}" if single else f"1 {noun}"
    return f"{'de ' if single else ''}{number} {noun}s"


def _named(card: dict[str, Any]) -> str:
    sender = f" de {card['emetteur']}" if card["emetteur"] else ""
    name = card.get("nom_origine", fingerprint(card)[:SHORT])
    return f"{name}{sender}, {card['table']}, reçu le {card['recu_le'][:10]}"


def _sites_lost(con: duckdb.DuckDBPyConnection, folder: Path) -> list[str]:
    """The sites that the last edition published in their name and that this one does not."""
    lost = f"SELECT DISTINCT id_centre FROM read_parquet(?) WHERE id_centre NOT IN (SELECT id_centre FROM {_SITES})"
    return [site for (site,) in con.execute(f"{lost} ORDER BY 1", [str(folder / f"{_SITES}.parquet")]).fetchall()]


def _rows(con: duckdb.DuckDBPyConnection, parquet: Path) -> int:
    try:
        return count(con, "read_parquet(?)", [str(parquet)])
    except duckdb.Error as error:
        raise EditionError(
            f"Le fichier {parquet.name} de l'édition actuelle est illisible. "
            "Restaurez-le depuis une copie : le secret statistique tient compte de chaque édition publiée."
        ) from error

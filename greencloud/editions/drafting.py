"""An edition built aside, verified against the tables it comes from, then put in place at once."""

import datetime as dt
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from greencloud import differences, durable, packaging, tables
from greencloud.deposits import Deposit
from greencloud.editions.chain import ASIDE, EDITIONS, earlier, locked, newest, point
from greencloud.editions.errors import EditionError, listed
from greencloud.editions.ingredients import BEFORE, edition_id, ingredients
from greencloud.editions.losses import refuse_shrinking
from greencloud.editions.verifying import checksums, package_verified, refuse_altered, verify_tables, write_checksums
from greencloud.editions.writing import refuse_infinite, refuse_other_columns, write_tables


@dataclass(frozen=True)
class Draft:
    """An edition being built: write into `path`; once the block is left it stands in `destination`."""

    path: Path
    edition_id: str
    destination: Path


@contextmanager
def draft(
    con: duckdb.DuckDBPyConnection,
    published_dir: Path,
    deposits: Sequence[Deposit],
    *,
    allow_shrink: bool = False,
    since: Sequence[Path] | None = None,
    vintage: dt.date | None = None,
    held: bool = False,
) -> Iterator[Draft]:
    """Write the published tables of `con` and their papers aside; publish them when the block ends without an error.

    The block may add files, such as pages; it finds the tables written and verified, and no paper about them yet.
    `since`: what `earlier` gave when secrecy compared the tables with the editions before them; None: not compared.
    `vintage`: that of the emission factors, as `warehouse.aggregate` had it. `held`: the caller is within `locked`.
    Raises EditionError when nothing is to be published: no deposit, a table that does not fit its schema, files that
    do not hold what the tables hold, a table that lost most of its rows since `current` (unless `allow_shrink`),
    another publication under way or finished since, or an edition of the same id with other bytes. Nothing published
    has changed then.
    """
    with nullcontext() if held else locked(published_dir):
        before = earlier(published_dir, deposits, vintage)
        if since is not None and list(since) != before:
            raise EditionError(
                "Une autre édition a été publiée pendant le calcul de celle-ci. Relancez la publication."
            )
        made_of = ingredients(deposits, before[0].name if before else None, vintage)
        refuse_misfits(con)
        if not allow_shrink:
            refuse_shrinking(con, published_dir, newest(published_dir), deposits)
        identifier = edition_id(made_of)
        destination = published_dir / EDITIONS / identifier
        with aside(published_dir / f"{ASIDE}{identifier}") as path:
            with written(con, path, identifier, made_of, deposits, published_dir):
                yield Draft(path, identifier, destination)
            _settle(path, destination)
            point(published_dir, identifier)


def refuse_misfits(con: duckdb.DuckDBPyConnection) -> None:
    """Raise EditionError for a table of `con` that does not fit its schema, or that holds infinite numbers."""
    for name in tables.PUBLISHED:
        refuse_other_columns(con, tables.table(name))
        refuse_infinite(con, tables.table(name))


@contextmanager
def aside(path: Path) -> Iterator[Path]:
    """A folder to work in, removed when the block ends unless it was given another name."""
    path.mkdir()
    try:
        yield path
    finally:
        if path.exists():
            shutil.rmtree(path)


@contextmanager
def written(
    con: duckdb.DuckDBPyConnection,
    folder: Path,
    identifier: str,
    made_of: Mapping[str, Any],
    deposits: Sequence[Deposit],
    published_dir: Path,
) -> Iterator[None]:
    """Fill a folder with an edition: tables before the block, verified; their papers after it, verified in their turn.

    Frictionless reads the tables meanwhile. Once the block is left every file is on the disk: a power cut loses none.
    """
    published = [tables.table(name) for name in tables.PUBLISHED]
    before = published_dir / EDITIONS / made_of[BEFORE] if made_of[BEFORE] else None
    with packaging.judging() as judge:
        write_tables(con, folder, published)
        packaging.split_large(folder, tables.PUBLISHED)
        contents = packaging.read(folder, published, identifier, deposits)
        packaging.ask_verdict(judge, folder, contents)
        _write(folder / "edition.json", packaging.json_text({"id": identifier, "ingredients": made_of}))
        _write(folder / "JOURNAL.md", differences.journal(folder, before))
        verify_tables(con, folder)
        verified = checksums(folder)
        yield
        refuse_altered(folder, verified)
        packaging.write_descriptions(folder, contents, judge)
        with package_verified(folder, judge):
            packaging.write_readme(folder, contents)
            write_checksums(folder)
            durable.flush_tree(folder)


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")


def _settle(path: Path, destination: Path) -> None:
    """Move the finished draft to its place; an edition that is already there is kept, and must have the same bytes."""
    if not destination.exists():
        destination.parent.mkdir(exist_ok=True)
        path.rename(destination)
        durable.flush(destination.parent)
        return
    different = unlike(path, destination)
    if different:
        raise EditionError(
            f"L'édition {destination.name} existe déjà avec un autre contenu ({listed(different)}), alors qu'elle "
            "est faite des mêmes dépôts, schémas et programmes. Elle n'a pas été remplacée. Si ses fichiers ont été "
            "modifiés, restaurez-les ou retirez son dossier ; sinon, signalez cette anomalie."
        )


def unlike(one: Path, other: Path) -> list[str]:
    """The files that two editions do not have alike, byte for byte."""
    new, old = checksums(one), checksums(other)
    return sorted(name for name in new.keys() | old.keys() if new.get(name) != old.get(name))

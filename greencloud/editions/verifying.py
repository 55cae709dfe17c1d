"""The files of an edition read again: by DuckDB against the tables they come from, by Frictionless, by their sha256."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from greencloud import tables
from greencloud.checking.sql import literal
from greencloud.editions.errors import EditionError, listed
from greencloud.editions.writing import count, select, typed
from greencloud.packaging import Arbiter, ArbiterError, csv_files, judging
from greencloud.program import file_sha256
from greencloud.tables import Table, quote

CHECKSUMS = "SHA256SUMS"
_ILLEGIBLE = "Le fichier {} de l'édition est illisible."

_Object = Mapping[str, Any]
_Error = tuple[str, _Object]
"""The file in which Frictionless finds an error, and the error as it describes it."""


def verify(con: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """Read the files of an edition again: they hold the published tables of `con`, and Frictionless finds them valid.

    Raises EditionError naming the first table, or the first cells, that differ.
    """
    verify_tables(con, folder)
    with judging() as judge, package_verified(folder, judge):
        pass


def verify_tables(con: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """The half of `verify` that reads the tables alone."""
    for name in tables.PUBLISHED:
        _verify_rows(con, folder, tables.table(name))


def checksums(folder: Path) -> dict[str, str]:
    """POSIX path -> sha256 of every file below the folder, sorted. Raises EditionError for a link or a device."""
    found = [path for path in folder.rglob("*") if path.is_symlink() or not path.is_dir()]
    paths = {path.relative_to(folder).as_posix(): path for path in found}
    odd = sorted(name for name, path in paths.items() if path.is_symlink() or not path.is_file())
    if odd:
        raise EditionError(f"L'édition contient des liens ou des fichiers spéciaux ({listed(odd)}). Retirez-les.")
    return {name: file_sha256(paths[name]) for name in sorted(paths)}


def _verify_rows(con: duckdb.DuckDBPyConnection, folder: Path, table: Table) -> None:
    """Both files, read again, hold the rows of the table: as many of them, and none that differs."""
    rows = count(con, quote(table.name), [])
    files = {"read_parquet(?)": [folder / f"{table.name}.parquet"], _csv_reader(table): csv_files(folder, table.name)}
    for reader, paths in files.items():
        name, found = paths[0].name, [str(path) for path in paths]
        try:
            lost = count(con, f"(({select(table, typed)}) EXCEPT ALL (FROM {reader}))", [found])
            read = count(con, reader, [found])
        except duckdb.Error as error:
            raise EditionError(f"Le fichier {name} ne se relit pas. Vérifiez le disque, puis relancez.") from error
        if lost or read != rows:
            raise EditionError(f"Le fichier {name} ne contient pas exactement les {rows} lignes calculées.")


def _csv_reader(table: Table) -> str:
    """A call of DuckDB's reader that guesses nothing and tells an empty text from a missing one."""
    columns = ", ".join(f"{literal(name)}: {literal(kind)}" for name, kind in table.duckdb_columns().items())
    return (
        f"read_csv(?, columns = {{{columns}}}, auto_detect = false, header = true, delim = ',', quote = '\"', "
        "escape = '\"', nullstr = '', allow_quoted_nulls = false, parallel = false)"
    )


@contextmanager
def package_verified(folder: Path, judge: Arbiter) -> Iterator[None]:
    """The other half, the reference verdict: hashes, sizes, types, constraints, keys as Frictionless sees them.

    It has read every table to write `rapport_validation.json`: that verdict holds as long as the bytes are those told.
    It reads the other files during the block, which may do anything but change a file of the package.
    """
    told = _json(folder / "rapport_validation.json")["tasks"]
    descriptor = _json(folder / "datapackage.json")
    tabular = [item for item in descriptor["resources"] if item.get("type") == "table"]
    others = [item for item in descriptor["resources"] if item not in tabular]
    judge.ask({**descriptor, "resources": others}, folder)
    yield
    found = [(task["place"], error) for task in told for error in task["errors"]]
    found += _unread(folder, tabular, {task["place"]: task["stats"] for task in told})
    found += _found(judge)
    if found:
        raise EditionError(
            "L'édition n'est pas conforme à son datapackage.json : "
            + listed([f"{place}{_cell(error)} ({error['type']})" for place, error in found], " ; ")
        )


def _unread(folder: Path, described: Sequence[_Object], read: Mapping[str, _Object]) -> Iterator[_Error]:
    """The tables of which the report has not read the bytes, or the rows, that their description tells."""
    for item in described:
        place = item["path"]
        seen = read.get(place, {})
        if not f"sha256:{file_sha256(folder / place)}" == f"sha256:{seen.get('sha256')}" == item["hash"]:
            yield place, {"type": "hash-count"}
        if "rows" in item and seen.get("rows_processed") != item["rows"]:
            yield place, {"type": "row-count"}


def _found(judge: Arbiter) -> Iterator[_Error]:
    try:
        report = judge.answer()
    except ArbiterError as error:
        raise EditionError(_ILLEGIBLE.format("datapackage.json")) from error
    yield from ((task["place"], error) for task in report["tasks"] for error in task["errors"])
    yield from (("datapackage.json", error) for error in report["errors"])


def _json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise EditionError(_ILLEGIBLE.format(path.name)) from error


def refuse_altered(folder: Path, written: Mapping[str, str]) -> None:
    """The tables and their descriptions were verified before the block; it may only have added files."""
    now = checksums(folder)
    altered = [name for name, sha256 in written.items() if now.get(name) != sha256]
    if altered:
        raise EditionError(f"Des fichiers vérifiés ont été modifiés ensuite : {listed(altered)}. Rien n'est publié.")


def _cell(error: Mapping[str, Any]) -> str:
    line = f" ligne {error['rowNumber']}" if "rowNumber" in error else ""
    return line + (f" colonne {error['fieldName']}" if "fieldName" in error else "")


def write_checksums(folder: Path) -> None:
    """Write `SHA256SUMS`, last: it covers every other file."""
    (folder / CHECKSUMS).write_text(_sums(folder), encoding="utf-8", newline="\n")


def is_whole(folder: Path) -> bool:
    """Whether an edition holds exactly the files, and the bytes, that its `SHA256SUMS` tells."""
    path = folder / CHECKSUMS
    return path.is_file() and path.read_text(encoding="utf-8") == _sums(folder)


def _sums(folder: Path) -> str:
    return "".join(f"{sha256}  {name}\n" for name, sha256 in checksums(folder).items() if name != CHECKSUMS)

"""Editions: built aside, verified against the tables they come from, then put in place at once.

``published_dir/editions/<id>/`` is never written twice; ``published_dir/current`` is a relative link to the newest.
"""

import datetime as dt
import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import duckdb

from greencloud import packaging, tables
from greencloud.deposits import Deposit
from greencloud.errors import GreencloudError
from greencloud.tables import Field, Table, quote

EDITIONS = "editions"
CURRENT = "current"
ASIDE = ".en-cours-"
CHECKSUMS = "SHA256SUMS"
_BEFORE = "edition_precedente"
_NOT_CODE = frozenset({"__pycache__", "_schemas", "_reference"})
# Whatever else than our own code can change a published byte.
LIBRARIES = ("duckdb", "frformat", "jinja2", "numpy", "pandas", "plotly", "scipy")
# Integers of any width fit, or stop the cast with an error; HUGEINT is what sums of integers give.
_INTEGERS = frozenset({"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT"})
_ALIKE: Mapping[str, frozenset[str]] = {"BIGINT": _INTEGERS, "INTEGER": _INTEGERS}
_NAMED = 10  # how many files or errors a message names


class EditionError(GreencloudError):
    """An edition that must not be published; the text is a French sentence with the cause and the fix."""


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
) -> Iterator[Draft]:
    """Write the published tables of `con` and their papers aside; publish them when the block ends without an error.

    The block may add files, such as pages; it finds the tables and `datapackage.json` written and verified.
    `since`: what `earlier` gave when secrecy compared the tables with the editions before them; None: not compared.
    `vintage`: that of the emission factors, as `warehouse.aggregate` had it.
    Raises EditionError when nothing is to be published: no deposit, a table that does not fit its schema, files that
    do not hold what the tables hold, a table that lost most of its rows since `current` (unless `allow_shrink`),
    another publication under way or finished since, or an edition of the same id with other bytes. Nothing published
    has changed then.
    """
    published = [tables.table(name) for name in tables.PUBLISHED]
    with _locked(published_dir):
        _sweep(published_dir)
        _refuse_real_current(published_dir)
        before = earlier(published_dir, deposits, vintage)
        if since is not None and list(since) != before:
            raise EditionError(
                "Une autre édition a été publiée pendant le calcul de celle-ci. Relancez la publication."
            )
        made_of = ingredients(deposits, before[0].name if before else None, vintage)
        for table in published:
            _refuse_other_columns(con, table)
            _refuse_infinite(con, table)
        if not allow_shrink:
            _refuse_shrinking(con, published_dir)
        with _aside(published_dir, edition_id(made_of)) as work:
            _write_tables(con, work.path, published)
            _write_json(work.path / "edition.json", {"id": work.edition_id, "ingredients": made_of})
            contents = packaging.read(work.path, published, work.edition_id, deposits)
            packaging.write_descriptions(work.path, contents)
            verify(con, work.path)
            written = checksums(work.path)
            yield work
            _refuse_altered(work.path, written)
            packaging.write_readme(work.path, contents)
            _write_checksums(work.path)
            _settle(work)
            _point_current(published_dir, work.edition_id)


def earlier(published_dir: Path, deposits: Sequence[Deposit], vintage: dt.date | None = None) -> list[Path]:
    """The folders of the editions that the one of these deposits comes after, newest first.

    An edition is compared with those before it, so that their difference betrays nobody. Published again from the same
    ingredients, it comes after the same editions as the first time. Raises EditionError when one is missing: it has
    been public, so secrecy cannot do without it.
    """
    current = published_dir / CURRENT
    if not (current / "edition.json").is_file():
        if any((published_dir / EDITIONS).glob("*/edition.json")):
            raise EditionError(
                f"Le lien « {CURRENT} » manque alors que des éditions existent. Rétablissez-le vers la plus récente."
            )
        return []
    newest = current.resolve().name
    before = _ingredients_of(published_dir, newest)[_BEFORE]
    first = before if _ingredients_of(published_dir, newest) == ingredients(deposits, before, vintage) else newest
    found = []
    while first is not None:
        found.append(published_dir / EDITIONS / first)
        first = _ingredients_of(published_dir, first)[_BEFORE]
    return found


def ingredients(
    deposits: Sequence[Deposit], before: str | None = None, vintage: dt.date | None = None
) -> dict[str, Any]:
    """All that decides the bytes of an edition: cards, files of schemas, references and code, versions of libraries.

    `before` is the id of the edition published before, whose totals decide what this one may show; `vintage` the day
    on which the emission factors were known, None for the newest.
    """
    references = tables.reference_dir()
    return {
        _BEFORE: before,
        "millesime_facteurs": vintage.isoformat() if vintage else None,
        "depots": [_card(item) for item in _in_order(deposits)],
        "references": _hashes(references, references.glob("*.csv")),
        **_program(),
    }


def edition_id(made_of: Mapping[str, Any]) -> str:
    """`<day of the last deposit>-<8 hex digits of the ingredients' sha256>`. Raises EditionError without a deposit."""
    if not made_of["depots"]:
        raise EditionError("Aucun dépôt : il n'y a rien à publier. Déposez au moins un fichier.")
    text = json.dumps(made_of, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return f"{made_of['depots'][-1]['recu_le'][:10]}-{hashlib.sha256(text.encode()).hexdigest()[:8]}"


def verify(con: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """Read the files of an edition again: they hold the published tables of `con`, and Frictionless finds them valid.

    Raises EditionError naming the first table, or the first cells, that differ.
    """
    for name in tables.PUBLISHED:
        _verify_rows(con, folder, tables.table(name))
    _verify_package(folder)


def checksums(folder: Path) -> dict[str, str]:
    """POSIX path -> sha256 of every file below the folder, sorted. Raises EditionError for a link or a device."""
    found = [path for path in folder.rglob("*") if path.is_symlink() or not path.is_dir()]
    paths = {path.relative_to(folder).as_posix(): path for path in found}
    odd = sorted(name for name, path in paths.items() if path.is_symlink() or not path.is_file())
    if odd:
        raise EditionError(f"L'édition contient des liens ou des fichiers spéciaux ({_listed(odd)}). Retirez-les.")
    return {name: packaging.file_sha256(paths[name]) for name in sorted(paths)}


# ---- what an edition is made of ----


def _ingredients_of(published_dir: Path, identifier: str) -> dict[str, Any]:
    path = published_dir / EDITIONS / identifier / "edition.json"
    try:
        made_of: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))["ingredients"]
    except (OSError, ValueError, KeyError) as error:
        raise EditionError(
            f"L'édition {identifier}, publiée avant celle-ci, est absente ou illisible : le secret statistique ne peut "
            f"pas s'assurer que leur différence ne trahit personne. Restaurez le dossier {EDITIONS}/{identifier}."
        ) from error
    return {_BEFORE: None, **made_of}


def _in_order(deposits: Iterable[Deposit]) -> list[Deposit]:
    return sorted(deposits, key=lambda deposit: (deposit.recu_le, deposit.sha256))


def _card(deposit: Deposit) -> dict[str, Any]:
    card = asdict(deposit)
    del card["path"]  # where the file lies changes nothing to what it says
    return card


@cache
def _program() -> dict[str, dict[str, str]]:
    """Looked up once, like the code and the schemas that a process runs with."""
    package, schemas = Path(__file__).parent, tables.schemas_dir()
    return {
        "schemas": _hashes(schemas, schemas.glob("*/schema.json")),
        "code": _hashes(package.parent, [*package.rglob("*"), *(package.parent / "dashboards").rglob("*")]),
        "versions": {name: version(name) for name in LIBRARIES},
    }


def _hashes(root: Path, paths: Iterable[Path]) -> dict[str, str]:
    """Path below `root` -> sha256: the same in a checkout and in an installed package, whatever was compiled there."""
    names = {path.relative_to(root): path for path in paths if path.is_file()}
    return {
        name.as_posix(): packaging.file_sha256(names[name])
        for name in sorted(names, key=Path.as_posix)
        if not _NOT_CODE.intersection(name.parts) and not any(part.startswith(".") for part in name.parts)
    }


# ---- the folder of the editions ----


@contextmanager
def _locked(published_dir: Path) -> Iterator[None]:
    """Hold the folder for one publication; the system lets go of it even after a crash."""
    import fcntl  # POSIX, like the link `current`; the other commands also run where it does not exist

    try:
        published_dir.mkdir(parents=True, exist_ok=True)
        handle = os.open(published_dir, os.O_RDONLY)
    except OSError as error:
        raise EditionError(
            f"Le dossier de publication « {published_dir.name} » ne peut pas être créé ou ouvert ({error.strerror}). "
            "Vérifiez son chemin et vos droits."
        ) from error
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise EditionError("Une autre publication est en cours dans ce dossier. Attendez sa fin.") from error
        yield
    finally:
        os.close(handle)


def _sweep(published_dir: Path) -> None:
    """Remove what a crashed publication left; nobody else is writing, since the folder is locked."""
    for path in published_dir.glob(f"{ASIDE}*"):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()


@contextmanager
def _aside(published_dir: Path, identifier: str) -> Iterator[Draft]:
    path = published_dir / f"{ASIDE}{identifier}"
    path.mkdir()
    try:
        yield Draft(path, identifier, published_dir / EDITIONS / identifier)
    finally:
        if path.exists():  # renamed away when all went well
            shutil.rmtree(path)


def _settle(work: Draft) -> None:
    """Move the finished draft to its place; an edition that is already there is kept, and must have the same bytes."""
    if not work.destination.exists():
        work.destination.parent.mkdir(exist_ok=True)
        work.path.rename(work.destination)
        return
    new, old = checksums(work.path), checksums(work.destination)
    different = sorted(name for name in new.keys() | old.keys() if new.get(name) != old.get(name))
    if different:
        raise EditionError(
            f"L'édition {work.edition_id} existe déjà avec un autre contenu ({_listed(different)}), alors qu'elle "
            "est faite des mêmes dépôts, schémas et programmes. Elle n'a pas été remplacée. Si ses fichiers ont été "
            "modifiés, restaurez-les ou retirez son dossier ; sinon, signalez cette anomalie."
        )


def _point_current(published_dir: Path, identifier: str) -> None:
    link = published_dir / f"{ASIDE}{CURRENT}"
    link.symlink_to(Path(EDITIONS) / identifier)
    link.replace(published_dir / CURRENT)


def _refuse_real_current(published_dir: Path) -> None:
    current = published_dir / CURRENT
    if current.exists() and not current.is_symlink():
        raise EditionError(
            f"« {CURRENT} » est un vrai dossier ou fichier, au lieu d'un lien vers la dernière édition. "
            "Mettez-le de côté, puis relancez."
        )


def _refuse_shrinking(con: duckdb.DuckDBPyConnection, published_dir: Path) -> None:
    """A table that loses more than half of its rows smells of missing deposits; fewer `rejets` are good news."""
    kept = [name for name in tables.PUBLISHED if name != "rejets"]
    current = {name: published_dir / CURRENT / f"{name}.parquet" for name in kept}
    counts = {name: (_rows(path), _count(con, quote(name), [])) for name, path in current.items() if path.is_file()}
    losses = [f"{name} passerait de {old} à {new} lignes" for name, (old, new) in counts.items() if new * 2 < old]
    if losses:
        raise EditionError(
            f"Édition refusée, elle semble partielle : {' ; '.join(losses)}. Vérifiez que tous les dépôts sont là. "
            "Si cette baisse est voulue, autorisez-la expressément."
        )


def _rows(parquet: Path) -> int:
    try:
        with duckdb.connect() as con:
            return _count(con, "read_parquet(?)", [str(parquet)])
    except duckdb.Error as error:
        raise EditionError(
            f"Le fichier {parquet.name} de l'édition actuelle est illisible. "
            "Restaurez-le depuis une copie : le secret statistique tient compte de chaque édition publiée."
        ) from error


# ---- writing ----


def _write_tables(con: duckdb.DuckDBPyConnection, folder: Path, published: Sequence[Table]) -> None:
    for table in published:
        con.sql(_select(table, _typed)).write_parquet(str(folder / f"{table.name}.parquet"), compression="zstd")
        con.sql(_select(table, _printed)).write_csv(str(folder / f"{table.name}.csv"), sep=",", na_rep="", header=True)


def _select(table: Table, column: Callable[[Field], str]) -> str:
    columns = ", ".join(f"{column(field)} AS {quote(field.name)}" for field in table.fields)
    key = ", ".join(f"{quote(table.name)}.{quote(name)}" for name in table.primary_key)
    return f"SELECT {columns} FROM {quote(table.name)} ORDER BY {key}"


def _typed(field: Field) -> str:
    return f"CAST({quote(field.name)} AS {field.duckdb_type})"


def _printed(field: Field) -> str:
    """Numbers in the shortest form that reads back as the same number: `438000`, not `438000.0`."""
    return rf"regexp_replace(CAST({_typed(field)} AS VARCHAR), '\.0$', '')" if field.type == "number" else _typed(field)


def _refuse_other_columns(con: duckdb.DuckDBPyConnection, table: Table) -> None:
    """A type that only a loss could turn into the schema's type is refused: casting would round in silence."""
    found = dict(
        con.execute(
            "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = ?", [table.name]
        ).fetchall()
    )
    wrong = [
        f"{name} ({found.get(name, 'absente')} au lieu de {expected})"
        for name, expected in table.duckdb_columns().items()
        if found.get(name) != expected and found.get(name) not in _ALIKE.get(expected, ())
    ]
    wrong += [f"{name} (inconnue du schéma)" for name in found if name not in table.column_names]
    if wrong:
        raise EditionError(f"La table {table.name} n'a pas les colonnes de son schéma : {_listed(wrong)}.")


def _refuse_infinite(con: duckdb.DuckDBPyConnection, table: Table) -> None:
    numbers = [field.name for field in table.fields if field.type == "number"]
    wrong = [name for name in numbers if _count(con, f"{quote(table.name)} WHERE NOT isfinite({quote(name)})", [])]
    if wrong:
        raise EditionError(
            f"La table {table.name} contient des nombres infinis ou indéfinis : {_listed(wrong)}. "
            "Corrigez le calcul : une valeur qui manque reste vide."
        )


def _write_json(path: Path, value: object) -> None:
    path.write_text(packaging.json_text(value), encoding="utf-8", newline="\n")


def _write_checksums(folder: Path) -> None:
    lines = [f"{sha256}  {name}\n" for name, sha256 in checksums(folder).items()]
    (folder / CHECKSUMS).write_text("".join(lines), encoding="utf-8", newline="\n")


# ---- verifying ----


def _verify_rows(con: duckdb.DuckDBPyConnection, folder: Path, table: Table) -> None:
    """Both files, read again, hold the rows of the table: as many of them, and none that differs."""
    rows = _count(con, quote(table.name), [])
    for suffix, reader in {"parquet": "read_parquet(?)", "csv": _csv_reader(table)}.items():
        path = folder / f"{table.name}.{suffix}"
        try:
            lost = _count(con, f"(({_select(table, _typed)}) EXCEPT ALL (FROM {reader}))", [str(path)])
            found = _count(con, reader, [str(path)])
        except duckdb.Error as error:
            raise EditionError(f"Le fichier {path.name} ne se relit pas. Vérifiez le disque, puis relancez.") from error
        if lost or found != rows:
            raise EditionError(f"Le fichier {path.name} ne contient pas exactement les {rows} lignes calculées.")


def _csv_reader(table: Table) -> str:
    """A call of DuckDB's reader that guesses nothing and tells an empty text from a missing one."""
    columns = ", ".join(f"{_literal(name)}: {_literal(kind)}" for name, kind in table.duckdb_columns().items())
    return (
        f"read_csv(?, columns = {{{columns}}}, auto_detect = false, header = true, delim = ',', quote = '\"', "
        "escape = '\"', nullstr = '', allow_quoted_nulls = false, parallel = false)"
    )


def _verify_package(folder: Path) -> None:
    """The reference verdict: hashes, sizes, types, constraints, keys as Frictionless sees them."""
    from frictionless import FrictionlessException, Package

    try:
        report = Package(str(folder / "datapackage.json")).validate()
    except FrictionlessException as error:
        raise EditionError("Le fichier datapackage.json de l'édition est illisible.") from error
    if not report.valid:
        found = [(task.place, error.to_descriptor()) for task in report.tasks for error in task.errors]
        found += [("datapackage.json", error.to_descriptor()) for error in report.errors]
        raise EditionError(
            "L'édition n'est pas conforme à son datapackage.json : "
            + _listed([f"{place}{_cell(error)} ({error['type']})" for place, error in found], " ; ")
        )


def _refuse_altered(folder: Path, written: Mapping[str, str]) -> None:
    """The tables and their descriptions were verified before the block; it may only have added files."""
    now = checksums(folder)
    altered = [name for name, sha256 in written.items() if now.get(name) != sha256]
    if altered:
        raise EditionError(f"Des fichiers vérifiés ont été modifiés ensuite : {_listed(altered)}. Rien n'est publié.")


def _cell(error: Mapping[str, Any]) -> str:
    line = f" ligne {error['rowNumber']}" if "rowNumber" in error else ""
    return line + (f" colonne {error['fieldName']}" if "fieldName" in error else "")


def _count(con: duckdb.DuckDBPyConnection, source: str, values: list[str]) -> int:
    return int(con.execute(f"SELECT count(*) FROM {source}", values).fetchall()[0][0])


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _listed(names: Sequence[str], separator: str = ", ") -> str:
    more = len(names) - _NAMED
    return separator.join(names[:_NAMED]) + (f" et {more} de plus" if more > 0 else "")

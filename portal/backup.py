"""A backup of the whole portal in one file, and its restoration: the tables, every received file, `raw`, the keys.

It may be made while the service runs. The tables are read first, in one transaction: a row has its bytes on the disk
before it is there, and received files are never changed nor removed, so all that the tables name is in the backup.
The file is a plain tar: `SHA256SUMS` last, so that a backup cut short is known for one. Tables stand in it as lines of
JSON, the same for SQLite and PostgreSQL: a backup of one can be restored into the other.
"""

import hashlib
import io
import json
import os
import shutil
import tarfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import IO, Any

from sqlalchemy import Connection, Integer, Table, func, insert, inspect, select, text, update

from greencloud import durable
from greencloud.errors import GreencloudError, cause, fix
from portal.database import Database
from portal.models import Base
from portal.settings import Settings

_SUMS, _FORM = "SHA256SUMS", "sauvegarde.json"
_FOLDERS = ("recus", "retires")
_SECRET = "secret"
_TABLE = "alembic_version"
_LEFT_OUT = frozenset({"session", "echec"})
"""Sessions and failed sign-ins: nobody misses them, and a restored session would outlive its end."""
_VERSION = 1
_BLOCK = 1 << 20
_ROWS = 1_000


class BackupError(GreencloudError):
    """A backup that cannot be made or restored; the text is a French sentence with the cause and the fix."""


@dataclass(frozen=True)
class Told:
    """What a backup holds: rows of the tables, files, octets of the files."""

    rows: int
    files: int
    octets: int


def save(database: Database, settings: Settings, destination: Path) -> Told:
    """Write a backup; it stands whole or not at all, readable by its owner alone. Raises BackupError."""
    if destination.exists():
        raise BackupError(f"« {destination} » existe déjà. Donnez un autre nom : une sauvegarde n'en efface aucune.")
    _refuse_nothing(database, settings)
    durable.sweep(settings.data)  # what a backup that was killed has left
    try:
        destination.parent.mkdir(parents=True, exist_ok=True)
        with durable.passing(destination.parent) as aside:
            aside.chmod(0o600)
            with tarfile.open(aside, "w", format=tarfile.PAX_FORMAT) as archive:
                told = Writing(archive).whole(database, settings)
            durable.flush(aside)
            os.link(aside, destination)
        durable.flush(destination.parent)
    except OSError as error:
        raise BackupError(f"La sauvegarde n'a pas pu être écrite : {cause(error)}. {fix(error)}") from error
    return told


def _refuse_nothing(database: Database, settings: Settings) -> None:
    """A portal that was never started, or another folder than its own: looking makes no empty database there."""
    file = database.engine.url.database if database.embedded else None
    if (file is None or Path(file).is_file()) and inspect(database.engine).has_table(_TABLE):
        return
    raise BackupError(
        f"Aucun portail dans « {settings.data} » : il n'y a rien à sauvegarder. Donnez les réglages du portail "
        "(GREENCLOUD_PORTAIL_DATA, GREENCLOUD_PORTAIL_DATABASE)."
    )


class Writing:
    """A backup that is being written: `tables`, `files`, then `sums`."""

    def __init__(self, archive: tarfile.TarFile) -> None:
        self._archive = archive
        self._sums: dict[str, str] = {}
        self._octets = 0

    def whole(self, database: Database, settings: Settings) -> Told:
        """All of it."""
        with snapshot(database) as connection:
            rows = self.tables(connection, settings)
        files = self.files(listed(settings))
        self.sums()
        return Told(rows, files, self._octets)

    def tables(self, connection: Connection, settings: Settings) -> int:
        """Every table but those left out; gives the count of rows."""
        self._text(_FORM, json.dumps({"version": _VERSION, "schema": _revision(connection)}))
        rows = 0
        for table in _tables():
            with durable.passing(settings.data) as path:  # of its own: two backups may run at once
                rows += _dumped(connection, table, path)
                self._file(f"tables/{table.name}.jsonl", path)
        return rows

    def files(self, found: Iterable[tuple[str, Path]]) -> int:
        """These files, under these names; gives how many were still there."""
        before = len(self._sums)
        for name, path in found:
            self._file(name, path)
        return len(self._sums) - before

    def sums(self) -> None:
        """The fingerprints of all that was written: without them a backup is not whole."""
        self._text(_SUMS, "".join(f"{digest}  {name}\n" for name, digest in sorted(self._sums.items())))

    def _text(self, name: str, content: str) -> None:
        data = content.encode()
        self._add(name, io.BytesIO(data), len(data))

    def _file(self, name: str, path: Path) -> None:
        """Add a file, unless it has gone: a deposit that is withdrawn meanwhile leaves `raw`.

        The start after a restoration puts `raw` in accord with the tables, from `recus`, which nothing leaves.
        """
        with suppress(FileNotFoundError), path.open("rb") as stream:
            self._add(name, stream, os.fstat(stream.fileno()).st_size)

    def _add(self, name: str, stream: IO[bytes], size: int) -> None:
        info = tarfile.TarInfo(name)
        info.size, info.mode = size, 0o600
        read = _Read(stream)
        self._archive.addfile(info, read)
        self._sums[name] = read.digest.hexdigest()
        self._octets += size


class _Read:
    """A file that is fingerprinted as it is read."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream, self.digest = stream, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        block = self._stream.read(size)
        self.digest.update(block)
        return block


def snapshot(database: Database) -> Any:
    """A connection whose reads all see one instant."""
    level = "SERIALIZABLE" if database.embedded else "REPEATABLE READ"
    engine = database.engine.execution_options(reading=True)
    return (engine if database.embedded else engine.execution_options(isolation_level=level)).connect()


def _tables() -> list[Table]:
    return [table for table in Base.metadata.sorted_tables if table.name not in _LEFT_OUT]


def _revision(connection: Connection) -> str:
    return str(connection.execute(text(f"SELECT version_num FROM {_TABLE}")).scalar_one())


def _dumped(connection: Connection, table: Table, path: Path) -> int:
    """Write a table as lines of JSON, in the order of its key; gives how many."""
    count = 0
    path.chmod(0o600)
    with path.open("w", encoding="utf-8", newline="\n") as stream:
        found = connection.execution_options(yield_per=_ROWS).execute(select(table).order_by(*table.primary_key))
        for row in found.mappings():
            stream.write(json.dumps(dict(row), ensure_ascii=True) + "\n")
            count += 1
    return count


def listed(settings: Settings) -> Iterator[tuple[str, Path]]:
    """The files of a portal, and their names in a backup."""
    secret = settings.data / _SECRET
    if secret.is_file():
        yield _SECRET, secret
    roots = [(name, settings.data / name) for name in _FOLDERS]
    for name, root in [*roots, ("raw", settings.raw)]:
        for path in sorted(root.rglob("*")):
            if path.is_file() and not path.is_symlink() and not path.name.endswith(durable.PASSING):
                yield f"{name}/{path.relative_to(root).as_posix()}", path


def restore(database: Database, settings: Settings, source: Path) -> Told:
    """Fill an empty portal from a backup, once all its fingerprints are seen to be right. Raises BackupError."""
    _refuse_occupied(database, settings)
    try:
        sums = _verified(source)
        with tarfile.open(source) as archive:
            return _Reader(archive, sums).read(database, settings)
    except (tarfile.TarError, ValueError, KeyError) as error:
        raise BackupError(
            f"« {source} » n'est pas une sauvegarde entière du portail. Prenez-en une autre copie."
        ) from error
    except OSError as error:
        raise BackupError(f"La sauvegarde n'a pas pu être restaurée : {cause(error)}. {fix(error)}") from error


def _refuse_occupied(database: Database, settings: Settings) -> None:
    places = [*(settings.data / name for name in _FOLDERS), settings.raw]
    occupied = [place for place in places if place.is_dir() and any(place.rglob("*"))]
    secret = settings.data / _SECRET
    if secret.exists():  # of a portal that was here: it would be kept, and open nothing of what is restored
        occupied.append(settings.data)
    if occupied:
        raise BackupError(
            f"Le dossier « {occupied[0]} » n'est pas vide : rien n'a été restauré. Restaurez dans des dossiers vides."
        )
    database.migrate()
    with database.engine.execution_options(reading=True).connect() as connection:
        full = [table.name for table in _tables() if connection.scalar(select(func.count()).select_from(table))]
    if full:
        raise BackupError(
            f"La base contient déjà des lignes ({full[0]}) : rien n'a été restauré. Restaurez dans une base vide."
        )


def _verified(source: Path) -> Mapping[str, str]:
    """Name -> fingerprint of all that the backup holds, once each is seen to be right."""
    found: dict[str, str] = {}
    told = ""
    with tarfile.open(source) as archive:
        for member in archive:
            stream = archive.extractfile(member)
            if stream is None or not _is_plain(member.name):
                raise ValueError(member.name)
            if member.name == _SUMS:
                told = stream.read().decode()
            else:
                found[member.name] = hashlib.file_digest(stream, "sha256").hexdigest()  # type: ignore[arg-type]
    listed = {name: digest for digest, _, name in (line.partition("  ") for line in told.splitlines())}
    if not listed or listed != found:
        raise ValueError(_SUMS)
    return listed


def _pieces(lines: Iterable[bytes]) -> Iterator[list[bytes]]:
    rest = iter(lines)
    while piece := list(islice(rest, _ROWS)):
        yield piece


def _is_plain(name: str) -> bool:
    parts = PurePosixPath(name).parts
    return bool(parts) and not name.startswith("/") and ".." not in parts and "\\" not in name


class _Reader:
    def __init__(self, archive: tarfile.TarFile, sums: Mapping[str, str]) -> None:
        self._archive, self._sums = archive, sums

    def read(self, database: Database, settings: Settings) -> Told:
        octets, files = 0, 0
        for name in self._sums:
            target = _target(settings, name)
            if target is not None:
                octets += self._copy(name, target)
                files += 1
        for root in (settings.data, settings.raw):
            if root.is_dir():
                durable.flush_tree(root)
        return Told(self._fill(database), files, octets)

    def _fill(self, database: Database) -> int:
        """The rows come last: a restoration that was cut short leaves a portal without any, to be emptied."""
        rows = 0
        with database.engine.begin() as connection:
            form = json.loads(self._open(_FORM).read())
            if form["version"] != _VERSION or form["schema"] != _revision(connection):
                raise BackupError(
                    "Cette sauvegarde vient d'une autre version du portail. Restaurez-la avec cette version-là, "
                    "puis mettez le portail à jour."
                )
            for table in _tables():
                rows += self._insert(connection, table)
            _count_on(connection)
        return rows

    def _insert(self, connection: Connection, table: Table) -> int:
        """The rows of a table; those that name another of their own table do so once all are there."""
        own = [key.parent.name for key in table.foreign_keys if key.column.table is table]
        count, later = 0, []
        for lines in _pieces(self._open(f"tables/{table.name}.jsonl")):
            rows = [json.loads(line) for line in lines]
            later += [row for row in rows if any(row[name] is not None for name in own)]
            connection.execute(insert(table), [{**row, **dict.fromkeys(own)} for row in rows])
            count += len(rows)
        for row in later:
            same = [column == row[column.name] for column in table.primary_key]
            connection.execute(update(table).where(*same).values({name: row[name] for name in own}))
        return count

    def _copy(self, name: str, target: Path) -> int:
        target.parent.mkdir(parents=True, exist_ok=True)
        with self._open(name) as source, target.open("xb") as stream:
            target.chmod(0o600)
            shutil.copyfileobj(source, stream, _BLOCK)
            return stream.tell()

    def _open(self, name: str) -> IO[bytes]:
        stream = self._archive.extractfile(name)
        if stream is None:
            raise KeyError(name)
        return stream


def _target(settings: Settings, name: str) -> Path | None:
    """Where a file of the backup belongs; None for the tables and the form."""
    first, _, rest = name.partition("/")
    if name == _SECRET:
        return settings.data / _SECRET
    if first in _FOLDERS and rest:
        return settings.data / first / rest
    return settings.raw / rest if first == "raw" and rest else None


def _count_on(connection: Connection) -> None:
    """PostgreSQL numbers rows by counters of its own, which have not seen the restored ones."""
    if connection.dialect.name != "postgresql":
        return
    for table in _tables():
        key = next(iter(table.primary_key))
        if isinstance(key.type, Integer) and not key.foreign_keys:
            _advance(connection, table.name, key.name)


def _advance(connection: Connection, table: str, column: str) -> None:
    found = text("SELECT pg_get_serial_sequence(:table, :column)")
    sequence = connection.scalar(found, {"table": table, "column": column})
    if sequence is not None:
        highest = f'SELECT setval(:sequence, (SELECT coalesce(max("{column}"), 0) + 1 FROM "{table}"), false)'
        connection.execute(text(highest), {"sequence": sequence})

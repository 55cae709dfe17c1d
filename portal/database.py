"""The database of the portal: SQLite in its folder, or PostgreSQL by one address; the same transactions in both."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.orm import Session, sessionmaker

from portal.errors import Refused
from portal.settings import PREFIX, Settings, SettingsError

FILE = "portail.sqlite"
MIGRATIONS = Path(__file__).parent / "migrations"
_BUSY = 30_000  # milliseconds that a writer waits for another
_DRIVERS = ("sqlite", "postgresql+pg8000")
_POOL = 45  # connections: one for each thread of the server, and some for what runs beside them


class NoPortal(Refused):
    """The settings name a place where no service has ever started."""

    status = 503
    title = "Portail absent"


class Database:
    """Gives sessions; one for the life of the service. Never open a session inside another: they would wait."""

    def __init__(self, settings: Settings) -> None:
        """Make the engine; no folder and no connection yet. Raises SettingsError."""
        self.folder = settings.data
        self.engine = _engine(settings)
        self._writer = sessionmaker(self.engine, expire_on_commit=False)
        self._reader = sessionmaker(self.engine.execution_options(reading=True), expire_on_commit=False)

    @property
    def embedded(self) -> bool:
        """Whether it is the SQLite file."""
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def session(self) -> Iterator[Session]:
        """A transaction that may write: kept at the end of the block, undone by an error."""
        with self._writer.begin() as session:
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A transaction that only reads, and waits for no writer; whatever it changed is undone."""
        with self._reader() as session:
            try:
                yield session
            finally:
                session.close()  # undoes, and leaves what was read usable, which a rollback would not

    def migrate(self, revision: str = "head") -> None:
        """Bring the tables to a revision (`base`: none), in a folder and a file that are made where there are none.

        Only one process does so at a time. Raises OSError.
        """
        from portal.migrations import running

        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if self.embedded:
            Path(self.engine.url.database or "").touch(0o600)
        running.move(self.engine, self.folder, revision)

    def close(self) -> None:
        """Let go of every connection."""
        self.engine.dispose()


def alone(session: Session, key: int) -> None:
    """Wait to be the only transaction that holds a key, to its end. SQLite's writers are alone already."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": key})


def _engine(settings: Settings) -> Engine:
    if not settings.database:
        return _embedded(f"sqlite:///{(settings.data / FILE).absolute()}")
    try:
        address = make_url(settings.database)
    except ArgumentError as error:
        raise SettingsError(_wrong()) from error
    if address.drivername == "postgresql":
        address = address.set(drivername="postgresql+pg8000")
    if address.drivername not in _DRIVERS:
        raise SettingsError(_wrong())
    if address.drivername == "sqlite":
        return _embedded(settings.database)
    return create_engine(address, pool_size=_POOL, pool_pre_ping=True, hide_parameters=True)


def _wrong() -> str:
    return f"{PREFIX}DATABASE n’est pas une adresse connue : donnez postgresql://compte:secret@machine/base, ou rien."


def _embedded(address: str) -> Engine:
    engine = create_engine(
        address, pool_size=_POOL, hide_parameters=True, connect_args={"timeout": _BUSY / 1000, "isolation_level": None}
    )
    event.listen(engine, "do_connect", _refuse_missing)
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _refuse_missing(_dialect: object, _record: object, arguments: list[Any], _named: dict[str, Any]) -> None:
    """SQLite would make an empty database of any name: of a folder whose name was typed wrong too."""
    if not Path(arguments[0]).is_file():
        raise NoPortal(
            f"La base du portail n’existe pas : {PREFIX}DATA ne nomme pas le dossier d’un portail. Corrigez ce "
            "réglage, ou démarrez d’abord le portail, qui fait sa base."
        )


def _prepare(connection: Any, _record: object) -> None:
    """FULL: a commit is on the disk when it returns, even in WAL."""
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", f"busy_timeout={_BUSY}"):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    """A writer takes the lock at once: one that read first and wrote later could be refused without any waiting."""
    reading = connection.get_execution_options().get("reading", False)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")

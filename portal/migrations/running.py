"""Alembic run from within: no file of settings, the engine of the service, one process at a time."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

from greencloud.durable import held

_HERE = Path(__file__).parent
_LOCK = 0x6D696772  # of PostgreSQL's advisory locks: ours for migrations


def move(engine: Engine, folder: Path, revision: str) -> None:
    """Bring the tables up or down to a revision, whole or not at all; `folder` is held meanwhile. Raises OSError."""
    with held(folder, wait=True), engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        config = _config()
        config.attributes["connection"] = connection
        step = command.downgrade if _is_below(revision, _current(connection)) else command.upgrade
        step(config, revision)


def is_current(engine: Engine) -> bool:
    """Whether the tables are those that the program expects."""
    with engine.connect() as connection:
        return _current(connection) == ScriptDirectory.from_config(_config()).get_current_head()


def _is_below(wanted: str, current: str | None) -> bool:
    """Whether a revision comes before the current one."""
    if current is None or wanted in ("head", current):
        return False
    below = ScriptDirectory.from_config(_config()).iterate_revisions(current, "base")
    return wanted == "base" or wanted in [script.revision for script in below]


def _current(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_HERE).replace("%", "%%"))
    return config

"""Real parts: a folder, a database (SQLite, or Debian's PostgreSQL), the real server on loopback.

Every test runs on SQLite, and on PostgreSQL where the machine has it, unless its module names its DATABASES;
`GREENCLOUD_DATABASES` names those of all (`postgresql`, or both with a comma).
"""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from portal.database import Database
from portal.settings import Settings
from tests.portal import postgresql
from tests.portal.service import Service, emptied, peopled, running

EVERY = ("sqlite", "postgresql")
CHOSEN = tuple(kind for kind in os.environ.get("GREENCLOUD_DATABASES", "").split(",") if kind)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """The databases of a test."""
    if "database_kind" in metafunc.fixturenames:
        kinds = CHOSEN or getattr(metafunc.module, "DATABASES", EVERY)
        metafunc.parametrize("database_kind", kinds, indirect=True, scope="module")


@pytest.fixture(scope="module")
def database_kind(request: pytest.FixtureRequest) -> str:
    """`sqlite` or `postgresql`."""
    kind: str = request.param
    return kind


@pytest.fixture(scope="session")
def postgresql_address() -> Iterator[str]:
    folder = postgresql.programs()
    if folder is None:
        pytest.skip("no PostgreSQL on this machine (Debian: apt install postgresql)")
    with postgresql.server(folder) as address:
        yield address


@contextmanager
def fresh(kind: str, request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of a database of its own; empty for the SQLite file in the folder of the portal."""
    if kind == "sqlite":
        yield ""
        return
    server = request.getfixturevalue("postgresql_address")
    name = f"portail_{secrets.token_hex(6)}"
    postgresql.run(server, f"CREATE DATABASE {name}")
    yield f"{server}/{name}"
    postgresql.run(server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def database_address(database_kind: str, request: pytest.FixtureRequest) -> Iterator[str]:
    """Where a fresh database is."""
    with fresh(database_kind, request) as address:
        yield address


@pytest.fixture
def settings(tmp_path: Path, database_address: str) -> Settings:
    return placed(tmp_path, database=database_address)


@pytest.fixture
def database(settings: Settings) -> Iterator[Database]:
    """A database with its tables, empty."""
    made = Database(settings)
    made.migrate()
    yield made
    made.close()


@pytest.fixture
def portal(settings: Settings) -> Iterator[Service]:
    """A service with two bodies, an agent of each, and a manager (see `service.peopled`)."""
    with running(settings) as service:
        peopled(service.database)
        yield service


@pytest.fixture(scope="module")
def other_settings() -> dict[str, Any]:
    """What the settings of `shared` have of their own; a module says otherwise."""
    return {}


@pytest.fixture(scope="module")
def shared(
    database_kind: str,
    other_settings: dict[str, Any],
    tmp_path_factory: pytest.TempPathFactory,
    request: pytest.FixtureRequest,
) -> Iterator[Service]:
    """One service for a whole module, with the people of `portal`; its tests leave to each other what they do."""
    folder = tmp_path_factory.mktemp("portail")
    with (
        fresh(database_kind, request) as address,
        running(placed(folder, database=address, **other_settings)) as service,
    ):
        peopled(service.database)
        yield service


@pytest.fixture
def anew(shared: Service) -> Service:
    """The same service, as if it had just started: five times quicker than `portal`."""
    emptied(shared)
    peopled(shared.database)
    return shared


def placed(folder: Path, **given: Any) -> Settings:
    """The settings of a portal whose folders are all in one."""
    return Settings(data=folder / "portail", raw=folder / "raw", published=folder / "published", **given)

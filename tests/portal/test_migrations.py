"""The tables: each step up and down, and what the models say is what the steps make."""

import threading

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text
from sqlalchemy.exc import DBAPIError

from portal import audit
from portal.database import Database
from portal.migrations import running
from portal.models import Base
from portal.settings import Settings

pytestmark = pytest.mark.every_database


def test_the_steps_make_what_the_models_say(database: Database) -> None:
    with database.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []


def test_down_to_nothing_and_up_again(database: Database) -> None:
    database.migrate("base")
    assert inspect(database.engine).get_table_names() == ["alembic_version"]
    assert not running.is_current(database.engine)
    database.migrate()
    assert set(inspect(database.engine).get_table_names()) == {*Base.metadata.tables, "alembic_version"}
    assert running.is_current(database.engine)


def test_two_services_that_start_at_once_make_the_tables_once(settings: Settings) -> None:
    databases = [Database(settings) for _ in range(4)]
    threads = [threading.Thread(target=database.migrate) for database in databases]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert running.is_current(databases[0].engine)
    for database in databases:
        database.close()


@pytest.mark.parametrize("statement", ["UPDATE journal SET acteur = 'x'", "DELETE FROM journal"])
def test_the_database_itself_refuses_to_change_the_log(database: Database, statement: str) -> None:
    with database.session() as session:
        audit.record(session, actor=audit.SYSTEM, action="essai")
    with pytest.raises(DBAPIError, match="append only"), database.session() as session:
        session.execute(text(statement))
    with database.reading() as session:
        assert audit.head(session)[0] == 1

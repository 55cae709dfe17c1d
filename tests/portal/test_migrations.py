"""The tables: each step up and down, and what the models say is what the steps make."""

import threading

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, select, text
from sqlalchemy.exc import DBAPIError

from portal import audit, filings
from portal.database import Database
from portal.migrations import running
from portal.models import Base, Filing, Message
from portal.settings import Settings
from tests.portal import intake


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


def test_the_last_step_down_and_up_keeps_the_deposits_and_what_was_said_of_them(
    database: Database, settings: Settings
) -> None:
    agent, _ = intake.people(database)
    old = intake.confirmed(database, settings, agent, intake.declared(2024, 200, 100))
    new = intake.confirmed(database, settings, agent, intake.declared(2024, 210, 100), supersedes=old.id)
    filings.withdraw(database, settings, new, visitor=agent, reason="Erreur.")
    database.migrate("0003")
    assert "sites" not in {column["name"] for column in inspect(database.engine).get_columns("depot")}
    database.migrate()
    with database.reading() as session:
        kept = session.scalars(select(Filing).order_by(Filing.recu_le)).all()
        assert [(one.id, one.etat, one.remplace, one.sites) for one in kept] == [
            (old.id, "remplace", None, None),
            (new.id, "retire", old.id, None),
        ]
        assert session.scalars(select(Message.texte)).all() == ["Erreur."]
        assert audit.verify(session) == []


@pytest.mark.parametrize("statement", ["UPDATE journal SET acteur = 'x'", "DELETE FROM journal"])
def test_the_database_itself_refuses_to_change_the_log(database: Database, statement: str) -> None:
    with database.session() as session:
        audit.record(session, actor=audit.SYSTEM, action="essai")
    with pytest.raises(DBAPIError, match="append only"), database.session() as session:
        session.execute(text(statement))
    with database.reading() as session:
        assert audit.head(session)[0] == 1

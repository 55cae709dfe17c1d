"""What stands for a body: the last row of each key, however its deposit came, without opening any in this process."""

from greencloud import deposits
from portal import filings, standing
from portal.database import Database
from portal.settings import Settings
from tests.portal import intake
from tests.portal.intake import REGISTER, SITE, declared
from tests.portal.service import OTHER, SIREN


def test_the_last_row_of_each_key_stands(database: Database, settings: Settings) -> None:
    agent, _ = intake.people(database)
    assert standing.rows(settings, SIREN, "declarations") == []
    intake.confirmed(database, settings, agent, declared(2024, 200, 100))
    file = settings.data / "recu-par-courriel.csv"
    file.write_text(declared(2025, 300, 200), encoding="utf-8")
    deposits.store(file, table="declarations", emetteur=SIREN, raw_dir=settings.raw)
    intake.confirmed(database, settings, agent, declared(2024, 210, 100))
    rows = standing.rows(settings, SIREN, "declarations")
    assert [(row["id_centre"], row["annee"], row["energie_totale_kwh"]) for row in rows] == [
        (SITE, "2024", "210"),
        (SITE, "2025", "300"),
    ]
    assert standing.rows(settings, OTHER, "declarations") == standing.rows(settings, SIREN, "centres") == []


def test_a_withdrawn_deposit_stands_no_more(database: Database, settings: Settings) -> None:
    agent, _ = intake.people(database)
    filing = intake.confirmed(database, settings, agent, REGISTER)
    assert [row["nom_site"] for row in standing.rows(settings, SIREN, "centres")] == ["Salle A"]
    filings.withdraw(database, settings, filing, visitor=agent, reason="Erreur.")
    assert standing.rows(settings, SIREN, "centres") == []


def test_a_deposit_that_cannot_be_read_keeps_nothing_of_the_others_back(database: Database, settings: Settings) -> None:
    agent, _ = intake.people(database)
    intake.confirmed(database, settings, agent, declared(2024, 200, 100))
    gone = intake.confirmed(database, settings, agent, declared(2025, 300, 200))
    [file] = [one.path for one in deposits.scan(settings.raw)[0] if one.sha256 == gone.sha256]
    away = file.rename(settings.data / "ailleurs.csv")
    assert [row["annee"] for row in standing.rows(settings, SIREN, "declarations")] == ["2024"]
    away.rename(file)  # no fault of the file: it counts as soon as it is read
    assert [row["annee"] for row in standing.rows(settings, SIREN, "declarations")] == ["2024", "2025"]

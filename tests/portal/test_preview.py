"""The preview says what the edition then says."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from greencloud import deposits, warehouse
from greencloud.verdicts import check_deposit
from portal import filings, preview
from portal.database import Database
from portal.settings import Settings
from tests.portal import intake
from tests.portal.intake import OTHER_SITE, REGISTER, SITE, declared


def test_it_equals_the_edition_that_follows(database: Database, settings: Settings, tmp_path: Path) -> None:
    agent, _ = intake.people(database)
    intake.confirmed(database, settings, agent, REGISTER)
    intake.confirmed(database, settings, agent, declared(2024, 180_000, 100_000))
    filing = intake.hand_in(database, settings, agent, declared(2025, 150_000, 100_000))
    [site] = preview.preview(database, settings, filing, agent).sites
    assert (site.site, site.year, site.name, site.published) == (SITE, 2025, "Salle A", True)
    assert site.row is not None and site.before is not None
    assert (site.row["pue_calcule"], site.before["pue_calcule"]) == (1.5, 1.8)
    [total] = [change for change in site.changes if change.field == "energie_totale_kwh"]
    assert (total.before, total.after, round(total.growth or 0, 4)) == (180_000, 150_000, -0.1667)
    filings.confirm(database, settings, filing, visitor=agent)
    found, _ = deposits.scan(settings.raw)
    con = warehouse.load([check_deposit(one, tmp_path / "work") for one in found])
    warehouse.aggregate(con)
    row = con.execute("FROM indicateurs_annuels WHERE annee = 2025").fetchone()
    assert row is not None
    assert [str(value) for value in site.row.values()] == [str(value) for value in row]


def test_a_site_that_counts_only_in_totals_is_seen_by_its_body_alone(database: Database, settings: Settings) -> None:
    agent, _ = intake.people(database)
    register = REGISTER.replace("code_insee\n", "code_insee,mode_publication\n").replace("75107\n", "75107,agrege\n")
    intake.confirmed(database, settings, agent, register)
    filing = intake.hand_in(database, settings, agent, declared(2025, 150_000, 100_000))
    [site] = preview.preview(database, settings, filing, agent).sites
    assert not site.published
    assert site.row is not None and site.row["pue_calcule"] == 1.5
    assert {hidden.why for hidden in site.hidden} == {"secret_primaire"}


def test_nothing_of_another_bodys_site_is_shown(database: Database, settings: Settings) -> None:
    agent, other = intake.people(database)
    theirs = REGISTER.replace(SITE, OTHER_SITE).replace("Salle A", "Salle secrète")
    theirs = theirs.replace("code_insee\n", "code_insee,mode_publication\n").replace(
        "75107\n", "75107,exempte_defense\n"
    )
    intake.confirmed(database, settings, other, theirs)
    intake.confirmed(database, settings, other, declared(2024, 987_654, 500_000, OTHER_SITE))
    asking = intake.hand_in(database, settings, agent, declared(2025, 150_000, 100_000, OTHER_SITE))
    with pytest.raises(filings.Foreign) as refused:
        preview.preview(database, settings, asking, agent)
    assert "secrète" not in str(refused.value) and "987" not in str(refused.value)
    assert not [path for path in intake.files(settings.data) if path.name.endswith(".apercu.json")]
    both = replace(agent, sirens=agent.sirens | other.sirens)
    [site] = preview.preview(database, settings, asking, both).sites
    assert site.before is not None and site.before["energie_totale_kwh"] == 987_654


def test_an_edition_of_another_program_is_read_as_far_as_both_know(database: Database, settings: Settings) -> None:
    """A column more, one less, a value of another kind, and a comment of two lines below what a guess would read."""
    agent, _ = intake.people(database)
    intake.confirmed(database, settings, agent, REGISTER)
    build = ["greencloud", "build", "--raw", str(settings.raw), "--published", str(settings.published)]
    subprocess.run([sys.executable, "-m", *build], check=True, capture_output=True)
    rows = [f"{OTHER_SITE},{year},,1.5,\n" for year in range(30_000)]
    told = f'{SITE},2025,"x, y","beaucoup","deux\nlignes"\n'
    head = "id_centre,annee,inconnue,pue_calcule,commentaire\n"
    online = settings.published / "current" / "indicateurs_annuels.csv"
    online.chmod(0o644)
    online.write_text("".join([head, *rows, told]), encoding="utf-8")
    filing = intake.hand_in(database, settings, agent, declared(2025, 150_000, 100_000))
    [site] = preview.preview(database, settings, filing, agent).sites
    assert site.online is not None
    assert (site.online["pue_calcule"], site.online["commentaire"]) == (None, "deux\nlignes")


def test_what_goes_with_the_deposit_that_is_replaced_is_told(database: Database, settings: Settings) -> None:
    agent, _ = intake.people(database)
    intake.confirmed(database, settings, agent, REGISTER)
    both = declared(2024, 180_000, 100_000) + declared(2025, 170_000, 100_000).splitlines()[1] + "\n"
    old = intake.confirmed(database, settings, agent, both)
    less = declared(2025, 150_000, 100_000)
    beside = intake.hand_in(database, settings, agent, less + "\n")
    foreseen = preview.preview(database, settings, beside, agent)
    assert foreseen.lost == () and foreseen.sites[0].before is not None
    filing = intake.hand_in(database, settings, agent, less, supersedes=old.id)
    foreseen = preview.preview(database, settings, filing, agent)
    assert foreseen.lost == ({"id_centre": SITE, "annee": "2024"},)
    assert foreseen.sites[0].before is None  # it is what the edition will hold, without that year


def test_a_replaced_value_is_told(database: Database, settings: Settings) -> None:
    agent, _ = intake.people(database)
    intake.confirmed(database, settings, agent, REGISTER)
    intake.confirmed(database, settings, agent, declared(2025, 150_000, 100_000))
    filing = intake.hand_in(database, settings, agent, declared(2025, 160_000, 100_000))
    [site] = preview.preview(database, settings, filing, agent).sites
    assert [(one.field, one.before, one.after) for one in site.replaced] == [("energie_totale_kwh", "150000", "160000")]


def test_a_site_without_a_register_is_told_before_confirming(database: Database, settings: Settings) -> None:
    agent, _ = intake.people(database)
    filing = intake.hand_in(database, settings, agent, declared(2025, 150_000, 100_000))
    found = preview.preview(database, settings, filing, agent)
    assert [error["code"] for error in found.errors] == ["foreign-key"]
    assert (found.sites[0].row, found.sites[0].published) == (None, False)

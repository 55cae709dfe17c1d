"""A campaign: who is expected, who has declared, who is reminded, and the list that is taken away."""

import csv
import io
import json
import re
from email import message_from_bytes
from email.policy import SMTP
from html import unescape
from pathlib import Path

import pytest
from sqlalchemy import func, select

from greencloud.deposits import now
from portal import campaign, coverage, delegations, models, reminders
from portal.database import Database
from portal.days import day
from portal.errors import Conflict, Refused
from portal.filings import places
from portal.models import Filing, Mail
from portal.settings import Settings
from tests.portal import intake
from tests.portal.service import AGENT_MAIL, MANAGER_MAIL, NAMES, OTHER, OTHER_MAIL, SIREN, Service, peopled

YEAR = 2025
LONELY = "110046018"  # a body for which nobody acts
SITES = (f"{SIREN}00013-01", f"{SIREN}00013-02", f"{OTHER}00019-01")


@pytest.fixture
def portal(anew: Service) -> Service:
    return anew


def published(settings: Settings) -> None:
    """What the campaign reads of an edition: two sites of one body in Île-de-France, one of the other in Brittany."""
    folder = settings.published / "editions" / "2026-01-01-00000000"
    folder.mkdir(parents=True)
    lines = ["id_centre,annee,nom_site,code_region,attendu,statut"]
    lines += [
        f"{site},2024,Salle {rank},{'53' if rank == 3 else '11'},true,complet" for rank, site in enumerate(SITES, 1)
    ]
    lines += [f"{SIREN}00013-03,2024,Salle fermée,11,false,absent"]
    (folder / "couverture.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (settings.published / "current").symlink_to(Path("editions") / folder.name)


def opened(database: Database, year: int = YEAR) -> None:
    with database.session() as session:
        campaign.open_year(session, "essai", str(year), f"{year + 1}-05-15")
        campaign.expect(session, "essai", year, [campaign.Line(siren, "") for siren in NAMES])


def filed(database: Database, settings: Settings, siren: str, state: str, *rows: tuple[str, int]) -> None:
    """A deposit in a state, as the intake leaves it, with the sites and years that its check wrote."""
    with database.session() as session:
        number = session.scalar(select(func.count()).select_from(Filing)) or 0
        filing = Filing(
            id=f"00000000-0000-0000-0000-{number:012}",
            siren=siren,
            annee=YEAR,
            table_visee="declarations",
            nom_fichier="declarations.csv",
            sha256=f"{number:064}",
            octets=1,
            recu_le=now(),
            etat=state,
        )
        session.add(filing)
    folder = places.results(settings, filing)
    folder.mkdir(parents=True)
    (folder / "sites.json").write_text(json.dumps(rows), encoding="utf-8")


def where(database: Database, settings: Settings) -> dict[str, str]:
    with database.reading() as session:
        return {state.siren: state.state for state in coverage.states(session, settings, YEAR)}


def test_each_site_counts(database: Database, settings: Settings) -> None:
    published(settings)
    peopled(database)
    opened(database)
    assert where(database, settings) == {SIREN: coverage.NOTHING, OTHER: coverage.NOTHING}
    filed(database, settings, SIREN, models.CHECKED, (SITES[0], YEAR))
    assert where(database, settings)[SIREN] == coverage.BEGUN
    with database.session() as session:
        session.scalars(select(Filing)).one().etat = models.CONFIRMED
    assert where(database, settings)[SIREN] == coverage.PARTIAL
    with database.reading() as session:
        assert [site.id_centre for site in coverage.missing(session, settings, YEAR, SIREN)] == [SITES[1]]
    filed(database, settings, SIREN, models.CONFIRMED, (SITES[1], YEAR))
    filed(database, settings, OTHER, models.WITHDRAWN, (SITES[2], YEAR))
    assert where(database, settings) == {SIREN: coverage.DONE, OTHER: coverage.NOTHING}
    with database.reading() as session:
        regions = coverage.regions(coverage.states(session, settings, YEAR))
    counted = {
        region.tile.code: (region.declared, region.expected) for region in regions if region.tile and region.expected
    }
    assert counted == {"11": (2, 2), "53": (0, 1)}


def test_a_site_in_no_register_is_not_declared(database: Database, settings: Settings) -> None:
    """Its rows will be left out of the edition, whatever the receipt of the file counts."""
    published(settings)
    agent, _ = intake.people(database)
    opened(database)
    unknown = f"{SIREN}00013-09"
    for site in (*SITES[:2], unknown):
        intake.confirmed(database, settings, agent, intake.declared(YEAR, 150_000, 100_000, site), f"{site}.csv")
    with database.reading() as session:
        (state,) = coverage.states(session, settings, YEAR, SIREN)
    assert (state.state, state.unregistered) == (coverage.PARTIAL, (unknown,))
    assert [site.id_centre for site in state.sites] == list(SITES[:2])
    intake.confirmed(database, settings, agent, intake.REGISTER.replace(SITES[0], unknown), "registre.csv")
    with database.reading() as session:
        (state,) = coverage.states(session, settings, YEAR, SIREN)
    assert (state.state, state.unregistered) == (coverage.DONE, ())
    assert [site.id_centre for site in state.sites if site.declared] == [*SITES[:2], unknown]


def test_a_bill_of_a_month_declares_no_year(database: Database, settings: Settings) -> None:
    published(settings)
    agent, _ = intake.people(database)
    opened(database)
    head = "id_centre,poste,date_debut,date_fin,energie_kwh\n"
    parts = [("01-01", "01-31"), ("02-01", "12-30"), ("12-31", "12-31")]
    rows = [f"{SITES[0]},total,{YEAR}-{first},{YEAR}-{last},26000\n" for first, last in parts]
    for given, missing in ((rows[:1], SITES[:2]), (rows[:2], SITES[:2]), (rows, SITES[1:2])):
        intake.confirmed(database, settings, agent, head + "".join(given), f"{len(given)}.csv")
        with database.reading() as session:
            found = coverage.missing(session, settings, YEAR, SIREN)
        assert tuple(site.id_centre for site in found) == missing


def test_a_bill_of_a_month_declares_no_year_of_a_body_that_nobody_knows(database: Database, settings: Settings) -> None:
    """In no edition, with a register and without one."""
    agent, _ = intake.people(database)
    opened(database)
    head = "id_centre,poste,date_debut,date_fin,energie_kwh\n"
    january = f"{head}{SITES[0]},total,{YEAR}-01-01,{YEAR}-01-31,26000\n"
    intake.confirmed(database, settings, agent, january, "janvier.csv")
    assert where(database, settings)[SIREN] == coverage.PARTIAL
    intake.confirmed(database, settings, agent, intake.REGISTER, "registre.csv")
    assert where(database, settings)[SIREN] == coverage.PARTIAL
    whole = f"{head}{SITES[0]},total,{YEAR - 1}-12-15,{YEAR}-12-31,400000\n"
    intake.confirmed(database, settings, agent, whole, "annee.csv")
    assert where(database, settings)[SIREN] == coverage.DONE


def test_another_year_is_not_this_one(database: Database, settings: Settings) -> None:
    published(settings)
    peopled(database)
    opened(database)
    filed(database, settings, SIREN, models.CONFIRMED, (SITES[0], 2024), (SITES[1], 2024))
    assert where(database, settings)[SIREN] == coverage.NOTHING


def test_reminders_go_to_the_late_once_a_day(database: Database, settings: Settings) -> None:
    published(settings)
    peopled(database)
    opened(database)
    filed(database, settings, OTHER, models.CONFIRMED, (SITES[2], YEAR))
    assert reminders.remind(database, settings, "essai", YEAR) == reminders.Reminded(written=1)
    assert reminders.remind(database, settings, "essai", YEAR) == reminders.Reminded(already=1)
    with database.reading() as session:
        (row,) = session.scalars(select(Mail))
        assert (row.genre, row.siren, row.objet_id) == ("rappel", SIREN, str(YEAR))
    with database.session() as session:
        campaign.close(session, "essai", YEAR, closed=True)
    with pytest.raises(Conflict, match="close"):
        reminders.remind(database, settings, "essai", YEAR)


def test_a_site_that_its_register_closed_is_expected_no_more(database: Database, settings: Settings) -> None:
    """At once, as the mail promises: the next edition may come long after."""
    published(settings)
    agent, _ = intake.people(database)
    opened(database)
    head, row = intake.REGISTER.splitlines()
    rows = [f"{row},", f"{row.replace(SITES[0], SITES[1])},2024-06-30"]
    intake.confirmed(database, settings, agent, "\n".join([f"{head},date_fermeture", *rows]) + "\n")
    with database.reading() as session:
        found = {year: coverage.missing(session, settings, year, SIREN) for year in (YEAR - 1, YEAR)}
        (state,) = coverage.states(session, settings, YEAR, SIREN)
        _, mail = reminders.example(settings, campaign.one(session, YEAR), state)
    assert {year: [site.id_centre for site in sites] for year, sites in found.items()} == {
        YEAR - 1: [],
        YEAR: [SITES[0]],
    }
    assert "Tenir le registre" in mail and "Salle 2" not in mail


def test_a_bad_line_is_named_and_nothing_is_kept() -> None:
    assert campaign.read_list(f"{SIREN};A\n\n217 500 016\tB\tloi") == [
        campaign.Line(SIREN, "A"),
        campaign.Line(OTHER, "B", "loi"),
    ]
    with pytest.raises(Refused, match="Ligne 2"):
        campaign.read_list(f"{SIREN};A\n123456789;B")


@pytest.mark.parametrize(
    "head", ["SIREN;Nom;Motif", "\ufeffN° SIREN\tOrganisme", "Numéro de Siren ; nom", "identifiant;nom", "\n siren"]
)
def test_a_line_of_labels_is_no_body(head: str) -> None:
    assert campaign.read_list(f"{head}\n{SIREN};A") == [campaign.Line(SIREN, "A")]


@pytest.mark.parametrize("first", ["Ville de Paris;217500016", "Nom;SIREN", "SIREN 123456789;A", ";A", "sirène;A"])
def test_a_first_line_that_is_no_line_of_labels_is_refused(first: str) -> None:
    with pytest.raises(Refused, match="Ligne 1"):
        campaign.read_list(f"{first}\n{SIREN};A")


def test_labels_alone_are_no_list() -> None:
    with pytest.raises(Refused, match="entre 1 et"):
        campaign.read_list("SIREN;Nom;Motif")


def test_what_is_refused_is_told_beside_its_field_with_what_was_typed(portal: Service) -> None:
    opened(portal.database)
    manager, page = portal.browser(MANAGER_MAIL), f"/gestion/{YEAR}"
    pasted = f"\nSIREN;Nom\n{SIREN};<b>A</b>\n123456789;B"
    for path, given, field, said in (
        (f"{page}/attendus", {"liste": pasted}, "liste", "Ligne 4"),
        (f"{page}/limite", {"limite": "demain"}, "limite", "pas un jour du calendrier"),
        ("/gestion", {"annee": "99", "limite": "2027-05-15"}, "annee", "doit être un nombre"),
        ("/gestion", {"annee": "2031", "limite": "2032-02-30"}, "limite", "pas un jour du calendrier"),
        ("/gestion", {"annee": str(YEAR), "limite": "2027-05-16"}, "annee", "existe déjà"),
        ("/gestion/equipe", {"courriel": "x@y, z@t"}, "courriel", "adresse électronique"),
    ):
        refused = manager.post(path, given, page=page if path.startswith(page) else "/gestion")
        assert refused.status_code == 422 and "<title>Erreur" in refused.text
        told = re.search(f'<[^>]*id="{field}"[^>]*aria-describedby="([^"]*)" aria-invalid="true"', refused.text)
        assert told and f"{field}-faute" in told[1].split()
        assert re.search(f'id="{field}-faute">.*{said}', refused.text)
        assert f'<a href="#{field}">' in refused.text
        assert all(value in unescape(refused.text).replace("\r\n", "\n") for value in given.values())
    assert set(where(portal.database, portal.settings)) == set(NAMES)


def test_a_campaign_counts_in_french(portal: Service) -> None:
    opened(portal.database)
    manager, page = portal.browser(MANAGER_MAIL), f"/gestion/{YEAR}"
    shown = manager.get(page).text
    assert "Aucun organisme sur 2 n’a tout déclaré\u202f; aucun de leurs sites n’est encore connu." in shown
    assert "0 sur 0" not in shown and "aucun connu" in shown
    assert "Rappeler les 2 organismes qui n’ont pas tout déclaré" in shown
    published(portal.settings)
    shown = manager.get(page).text
    assert "Aucun organisme sur 2 n’a tout déclaré, et aucun site sur 3 n’est déclaré." in shown
    filed(portal.database, portal.settings, OTHER, models.CONFIRMED, (SITES[2], YEAR))
    shown = manager.get(page).text
    assert "1 organisme sur 2 a tout déclaré, et 1 site sur 3 est déclaré." in shown
    assert "Rappeler l’organisme qui n’a pas tout déclaré" in shown
    assert "1\xa0organisme à rappeler" in manager.get(f"{page}/rappels").text
    filed(portal.database, portal.settings, SIREN, models.CONFIRMED, (SITES[0], YEAR), (SITES[1], YEAR))
    assert "2 organismes sur 2 ont tout déclaré, et 3 sites sur 3 sont déclarés." in manager.get(page).text


def test_a_campaign_says_which_body_an_invitation_waits_for(portal: Service) -> None:
    with portal.database.session() as session:
        delegations.body(session, LONELY, "Ministère")
        campaign.open_year(session, "systeme", str(YEAR), "2026-05-15")
        campaign.expect(session, "systeme", YEAR, [campaign.Line(LONELY, "Ministère")])
    manager, page = portal.browser(MANAGER_MAIL), f"/gestion/{YEAR}"
    access, today = f"/organismes/{LONELY}/acces", day(now())
    assert "inviter <span" in manager.get(page).text and "Inviter quelqu’un de" in manager.get(f"{page}/rappels").text
    assert "inviter quelqu’un</a>" in manager.get(f"/organismes/{LONELY}").text
    manager.post(f"{access}/inviter", {"courriel": "a@b.fr"}, page=access)
    for path in (page, f"{page}/rappels"):
        shown = manager.get(path).text
        assert "invitation sans réponse" in shown and f"depuis le {today}" in shown
        assert "nviter quelqu’un de" not in shown and "inviter <span" not in shown
    assert f"une invitation attend depuis le {today}" in manager.get(f"/organismes/{LONELY}").text


def test_the_first_page_says_until_when_the_open_campaign_lasts(portal: Service) -> None:
    guest = portal.browser()
    assert "Une fois par an. Dix minutes" in guest.get("/").text and "15\xa0mai" not in guest.get("/").text
    with portal.database.session() as session:
        campaign.open_year(session, "systeme", "2098", "2099-06-30")
    assert "l’année 2098, au plus tard le 30\xa0juin 2099." in guest.get("/").text
    with portal.database.session() as session:
        campaign.move_limit(session, "systeme", 2098, "2020-06-30")
    assert "La date limite pour 2098 était le 30\xa0juin 2020" in guest.get("/").text


def test_the_way_of_a_manager(portal: Service) -> None:
    published(portal.settings)
    manager, agent = portal.browser(MANAGER_MAIL), portal.browser(AGENT_MAIL)
    assert agent.get("/gestion").status_code == agent.get(f"/gestion/{YEAR}").status_code == 404
    assert manager.post("/gestion", {"annee": str(YEAR), "limite": "2026-05-15"}).status_code == 303
    page = f"/gestion/{YEAR}"
    listed = f"{SIREN};=HYPERLINK(1)\n{OTHER};Paris;<b>loi</b>"
    assert manager.post(f"{page}/attendus", {"liste": listed}, page=page).status_code == 303
    shown = manager.get(page).text
    assert NAMES[SIREN] in shown and "0/2" in shown and "0/1" in shown and "<b>loi" not in shown
    sent = manager.post(f"{page}/rappels").text
    assert "2\xa0rappels prêts" in sent
    assert "déjà prévenues" in manager.post(f"{page}/rappels").text
    table = list(csv.DictReader(io.StringIO(manager.get(f"{page}/liste.csv").text.lstrip("\ufeff")), delimiter=";"))
    assert [(row["siren"], row["sites_attendus"], row["personnes_habilitees"]) for row in table] == [
        (SIREN, "2", "1"),
        (OTHER, "1", "1"),
    ]
    for path in (f"{page}/liste.csv", f"{page}/rappels"):
        assert agent.get(path).status_code == 404
    assert agent.post(f"{page}/cloture", {"close": "oui"}, page="/mot-de-passe").status_code == 404


@pytest.mark.parametrize("siren", ["%00", "1300252%00", "123456789", "x" * 3000])
def test_a_hostile_address_makes_nobody_unexpected(portal: Service, siren: str) -> None:
    """PostgreSQL refuses to be asked for a null character."""
    opened(portal.database)
    path = f"/gestion/{YEAR}/attendus/{siren}/retirer"
    assert portal.browser(MANAGER_MAIL).post(path, page="/gestion").status_code == 404
    assert set(where(portal.database, portal.settings)) == set(NAMES)


def test_a_list_holds_no_formula() -> None:
    from portal.lists import french_csv

    content = french_csv(("a",), [("=1+1",), ("@x",), ("-2",), ("+3",), ("\tx",), (None,)]).decode("utf-8-sig")
    assert all(line[0] in "a'\"" and line.strip('"')[0] in "a'" for line in content.splitlines() if line.strip('"'))


def test_a_question_and_its_answer(portal: Service) -> None:
    filed(portal.database, portal.settings, SIREN, models.CHECKED)
    path = "/depots/00000000-0000-0000-0000-000000000000/messages"
    manager, agent, other = (portal.browser(who) for who in (MANAGER_MAIL, AGENT_MAIL, OTHER_MAIL))
    assert manager.post(path, {"texte": "Pourquoi <b>1</b> ?\n\u202eBcc: x"}).status_code == 303
    shown = agent.get(path).text
    assert "&lt;b&gt;1&lt;/b&gt;" in shown and "\u202e" not in shown and "L’équipe de la campagne" in shown
    assert MANAGER_MAIL not in shown
    assert agent.post(path, {"texte": "Parce que."}).status_code == 303
    assert "Parce que." in manager.get(path).text
    assert other.get(path).status_code == other.post(path, {"texte": "x"}, page="/mot-de-passe").status_code == 404
    assert agent.post(path, {"texte": " "}).status_code == agent.post(path, {"texte": "x" * 4001}).status_code == 422
    letters = sorted((portal.settings.data / "courriels").glob("*.eml"))
    texts = [letter.read_text(encoding="utf-8") for letter in letters]
    assert [f"To: {AGENT_MAIL}" in texts[0], f"To: {MANAGER_MAIL}" in texts[1], len(texts)] == [True, True, 2]
    assert not any("Parce" in text or "Pourquoi" in text for text in texts)


def test_a_first_message_is_no_answer(portal: Service) -> None:
    filed(portal.database, portal.settings, SIREN, models.CHECKED)
    path = "/depots/00000000-0000-0000-0000-000000000000/messages"
    manager, agent = portal.browser(MANAGER_MAIL), portal.browser(AGENT_MAIL)
    for browser in (agent, manager, agent):
        assert browser.post(path, {"texte": "Bonjour."}).status_code == 303
    letters = sorted((portal.settings.data / "courriels").glob("*.eml"), key=lambda letter: int(letter.stem))
    told = [message_from_bytes(letter.read_bytes(), policy=SMTP)["Subject"] for letter in letters]
    assert [subject.partition(" (")[0] for subject in told] == [
        "Un message sur un dépôt",
        *["Une réponse vous attend"] * 2,
    ]


def test_an_account_is_erased_by_its_owner(portal: Service) -> None:
    agent = portal.browser(AGENT_MAIL)
    page = "/donnees-personnelles"
    assert agent.get(f"{page}/mes-donnees.json").json()["courriel"] == AGENT_MAIL
    assert agent.post(f"{page}/effacer", page=page).status_code == 422
    assert agent.post(f"{page}/effacer", {"oui": "oui"}, page=page).status_code == 303
    assert agent.get(f"/organismes/{SIREN}").status_code == 303  # signed out
    assert portal.browser().sign_in(AGENT_MAIL).status_code == 422
    manager = portal.browser(MANAGER_MAIL)
    assert "dernier compte" in manager.post(f"{page}/effacer", {"oui": "oui"}, page=page).text


@pytest.mark.parametrize("first", ["SIREN à retrouver ; Commune de Trifouilly", "N° SIREN inconnu;A", "code postal;B"])
def test_a_body_without_its_number_is_named_in_the_first_line_too(first: str) -> None:
    with pytest.raises(Refused, match="Ligne 1"):
        campaign.read_list(f"{first}\n{SIREN};A")


@pytest.mark.parametrize("head", ["SIREN de l’organisme", "N°SIREN", "Code SIREN", "siren_organisme", "Numéro SIRET"])
def test_a_label_of_several_words_is_one(head: str) -> None:
    assert campaign.read_list(f"{head};Nom\n{SIREN};A") == [campaign.Line(SIREN, "A")]

"""Accounts, passwords, sessions, invitations and keys, through the real pages."""

import re
import threading
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from portal import accounts, delegations, passwords, sessions, signatures, throttle, tokens
from portal.database import Database
from portal.errors import Conflict, NotFound, Refused, TooMany
from portal.models import MANAGER, Account, Entry, Grant, Invitation, Session, Token
from portal.settings import Settings, SettingsError, checked, from_environment, secret
from tests.portal import intake
from tests.portal.service import (
    AGENT_MAIL,
    MANAGER_MAIL,
    OTHER,
    OTHER_MAIL,
    PASSWORD,
    SIREN,
    Service,
    csrf,
    peopled,
    person,
    running,
)

ACCESS = f"/organismes/{SIREN}/acces"
NEW = "cinq tortues lentes au soleil"


@pytest.fixture
def portal(anew: Service) -> Service:
    return anew


def test_signing_in_and_out(portal: Service) -> None:
    browser = portal.browser()
    assert browser.get(ACCESS).headers["location"] == f"/connexion?suite={ACCESS}"
    answer = browser.post(
        "/connexion", {"courriel": f" {AGENT_MAIL.upper()} ", "mot_de_passe": PASSWORD, "suite": ACCESS}
    )
    assert (answer.status_code, answer.headers["location"]) == (303, ACCESS)
    assert browser.get(ACCESS).status_code == 200
    token = browser.client.cookies["session"]
    assert browser.post("/deconnexion", page=ACCESS).status_code == 303
    browser.client.cookies.set("session", token)  # a token that was kept opens nothing any more
    assert browser.get(ACCESS).status_code == 303


@pytest.mark.parametrize(("given", "password"), [(AGENT_MAIL, "faux"), ("inconnu@a.gouv.fr", PASSWORD), ("", "")])
def test_a_wrong_password_and_an_unknown_account_are_told_alike(portal: Service, given: str, password: str) -> None:
    browser = portal.browser()
    answer = browser.post("/connexion", {"courriel": given, "mot_de_passe": password})
    assert answer.status_code == 422 and "Adresse ou mot de passe inconnus" in answer.text
    assert "session" not in browser.client.cookies


def test_the_sessions_token_changes_at_sign_in_and_the_old_one_ends(portal: Service) -> None:
    browser = portal.browser()
    browser.client.cookies.set("session", "choisi-par-un-autre")
    browser.sign_in(AGENT_MAIL)
    assert (
        "choisi-par-un-autre" not in [cookie.value for cookie in browser.client.cookies.jar if cookie.path == "/"][-1:]
    )
    first = [cookie.value for cookie in browser.client.cookies.jar if cookie.name == "session"][-1]
    with portal.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Session)) == 1
        assert sessions.found(session, portal.settings, first or "") is not None
        assert sessions.found(session, portal.settings, "choisi-par-un-autre") is None


def test_the_table_holds_no_token(portal: Service) -> None:
    browser = portal.browser(AGENT_MAIL)
    with portal.database.reading() as session:
        known = session.scalars(select(Session)).one()
    assert browser.client.cookies["session"] not in (known.jeton, known.csrf) and len(known.jeton) == 64


@pytest.mark.parametrize("column", ["expire_le", "vue_le"])
def test_a_session_ends_by_time(portal: Service, column: str) -> None:
    browser = portal.browser(AGENT_MAIL)
    with portal.database.session() as session:
        session.execute(text(f"UPDATE session SET {column} = '2020-01-01T00:00:00.000000Z'"))
    assert browser.get(ACCESS).status_code == 303


def test_ten_failures_close_an_account_for_a_while_whatever_the_password(portal: Service) -> None:
    browser = portal.browser()
    for _ in range(throttle.PER_ACCOUNT):
        assert browser.post("/connexion", {"courriel": AGENT_MAIL, "mot_de_passe": "faux"}).status_code == 422
    answer = browser.sign_in(AGENT_MAIL)
    assert answer.status_code == 429 and answer.headers["retry-after"] == str(throttle.WINDOW)
    assert browser.sign_in(OTHER_MAIL).status_code == 303


def test_many_attempts_at_once_are_no_way_around(database: Database, settings: Settings) -> None:
    passed: list[int] = []

    def attempt() -> None:
        try:
            with database.session() as session:
                throttle.attempt(session, settings, "compte", "a", limit=5)
            passed.append(1)
        except TooMany:
            pass

    threads = [threading.Thread(target=attempt) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(passed) == 5


def test_an_address_is_counted_by_its_network() -> None:
    assert throttle.network("2001:db8::1") == throttle.network("2001:db8::2") != throttle.network("2001:db8:0:1::1")
    assert throttle.network("192.0.2.1") != throttle.network("192.0.2.2")
    assert throttle.network(None) == throttle.network("<x>") == "inconnue"


@pytest.mark.parametrize(
    "password",
    [
        "court",
        "aaaaaaaaaaaaaaaa",
        "motdepasse1234",
        "Azertyuiop1234",
        "agent@a.gouv.fr et moi",
        "x" * 257,
        "123456789012",
    ],
)
def test_an_easy_password_is_refused(password: str) -> None:
    with pytest.raises(Refused):
        passwords.hashed(password, about=(AGENT_MAIL, "Jeanne Martin"))


def test_a_password_is_kept_as_argon2id_and_typed_on_any_keyboard() -> None:
    kept = passwords.hashed("été à la montagne")
    assert kept.startswith("$argon2id$")
    assert passwords.matches(kept, "e\u0301te\u0301 a\u0300 la montagne")
    assert not passwords.matches(kept, "été à la montagnE") and not passwords.matches(None, "personne")


def test_a_change_of_password_ends_the_other_sessions(portal: Service) -> None:
    here, there = portal.browser(AGENT_MAIL), portal.browser(AGENT_MAIL)
    wrong = here.post("/mot-de-passe", {"ancien": "faux", "nouveau": NEW, "encore": NEW})
    assert wrong.status_code == 422
    assert here.post("/mot-de-passe", {"ancien": PASSWORD, "nouveau": NEW, "encore": NEW}).status_code == 303
    assert here.get(ACCESS).status_code == 200 and there.get(ACCESS).status_code == 303
    assert portal.browser().sign_in(AGENT_MAIL, NEW).status_code == 303
    assert portal.browser().sign_in(AGENT_MAIL).status_code == 422


def test_a_link_for_a_new_password_serves_once(portal: Service) -> None:
    browser = portal.browser()
    for address in (AGENT_MAIL, "inconnu@a.gouv.fr"):
        answer = browser.post("/mot-de-passe/lien", {"courriel": address}, page="/mot-de-passe")
        assert answer.status_code == 200 and "Regardez votre messagerie" in answer.text
    link = only_link(portal.settings)
    assert (
        browser.post(
            "/mot-de-passe/nouveau", {"jeton": key_of(link), "nouveau": "court", "encore": "court"}, page=link
        ).status_code
        == 422
    )
    fields = {"jeton": key_of(link), "nouveau": NEW, "encore": NEW}
    assert browser.post("/mot-de-passe/nouveau", fields, page=link).status_code == 303
    assert browser.get(ACCESS).status_code == 200
    assert portal.browser().get(link).status_code == 400
    assert portal.browser().sign_in(AGENT_MAIL, NEW).status_code == 303


def test_a_link_that_was_changed_opens_nothing(settings: Settings) -> None:
    whole = signatures.signed(settings, "a", {"compte": "x"})
    assert signatures.read(settings, "a", whole, 60) == {"compte": "x"}
    assert signatures.read(settings, "b", whole, 60) is None
    assert signatures.read(settings, "a", whole[:-2] + "AA", 60) is None
    assert signatures.read(settings, "a", whole, -1) is None


def test_an_invitation_makes_an_account_once(portal: Service) -> None:
    portal.browser(AGENT_MAIL).post(f"{ACCESS}/inviter", {"courriel": "Nouvelle@A.gouv.fr"}, page=ACCESS)
    link = only_link(portal.settings)
    guest = portal.browser()
    page = guest.get(link).text
    assert "nouvelle@a.gouv.fr" in page and SIREN in page
    fields = {"nom": "<b>Nouvelle</b>", "nouveau": NEW, "encore": NEW}
    late = portal.browser()
    late_key = csrf(late.get(link).text)
    assert guest.post(f"{link}/compte", fields | {"encore": "autre"}, page=link).status_code == 422
    assert guest.post(f"{link}/compte", fields, page=link).status_code == 303
    assert "&lt;b&gt;Nouvelle&lt;/b&gt;" in guest.get(ACCESS).text
    assert late.client.post(f"{link}/compte", data={"csrf": late_key} | fields).status_code == 404
    with portal.database.reading() as session:
        assert session.scalar(select(func.count()).where(Account.courriel == "nouvelle@a.gouv.fr")) == 1
        kept = session.scalars(select(Invitation)).one()
    assert kept.jeton not in link and kept.employee_le


def test_an_invitation_is_accepted_by_an_account_that_exists(portal: Service) -> None:
    portal.browser(AGENT_MAIL).post(f"{ACCESS}/inviter", {"courriel": OTHER_MAIL}, page=ACCESS)
    link = only_link(portal.settings)
    assert "Se connecter" in portal.browser().get(link).text
    other = portal.browser(OTHER_MAIL)
    assert other.get(ACCESS).status_code == 404
    assert other.post(f"{link}/accepter", page=link).headers["location"] == f"/organismes/{SIREN}"
    assert other.get(ACCESS).status_code == 200
    assert other.get(link).status_code == 404


def test_an_invitation_that_was_cancelled_or_is_too_old_is_none(portal: Service) -> None:
    with portal.database.session() as session:
        cancelled, made = delegations.invited(session, mail="x@a.fr", siren=SIREN, by=None)
        old, aged = delegations.invited(session, mail="y@a.fr", siren=SIREN, by=None)
        aged.expire_le = "2020-01-01T00:00:00.000000Z"
    browser = portal.browser(AGENT_MAIL)
    assert browser.post(f"{ACCESS}/invitations/{made.jeton}/annuler", page=ACCESS).status_code == 303
    assert [browser.get(f"/invitation/{key}").status_code for key in (cancelled, old, "x", "é%00")] == [404] * 4


def test_an_invitation_without_answer_is_sent_again_and_its_first_link_ends(portal: Service) -> None:
    agent = portal.browser(AGENT_MAIL)
    agent.post(f"{ACCESS}/inviter", {"courriel": "nouvelle@a.gouv.fr"}, page=ACCESS)
    first = only_link(portal.settings)
    page = agent.get(ACCESS).text
    assert "Une invitation sans réponse" in page and "Invitation du" in page and "quelqu’un d’autre" in page
    [again] = re.findall(r'action="([^"]+/renvoyer)"', page)
    assert agent.post(again, page=ACCESS).headers["location"] == f"{ACCESS}?fait=renvoyee"
    assert "l’ancien n’ouvre plus rien" in agent.get(f"{ACCESS}?fait=renvoyee").text
    second = next(link for link in links(portal.settings) if link != first)
    assert [portal.browser().get(link).status_code for link in (first, second)] == [404, 200]
    agent.post(f"{ACCESS}/inviter", {"courriel": "nouvelle@a.gouv.fr"}, page=ACCESS)  # typed anew: the same
    assert portal.browser().get(second).status_code == 404
    assert len(re.findall("/renvoyer", agent.get(ACCESS).text)) == 1
    assert portal.browser(OTHER_MAIL).post(again, page="/mot-de-passe").status_code == 404
    for wrong in ("0" * 64, "%00", "x"):
        assert agent.post(f"{ACCESS}/invitations/{wrong}/renvoyer", page=ACCESS).status_code == 404
        assert agent.post(f"{ACCESS}/invitations/{wrong}/annuler", page=ACCESS).status_code == 404


def test_the_team_sees_its_members_and_its_invitations(portal: Service) -> None:
    manager = portal.browser(MANAGER_MAIL)
    page = manager.get("/gestion").text
    assert MANAGER_MAIL in page and "greencloud portal-fermeture --courriel" in page and "/renvoyer" not in page
    manager.post("/gestion/equipe", {"courriel": "nouveau@c.gouv.fr"}, page="/gestion")
    first = only_link(portal.settings)
    [again] = re.findall(r'action="(/gestion/equipe/[0-9a-f]+/renvoyer)"', manager.get("/gestion").text)
    assert portal.browser(AGENT_MAIL).post(again, page="/mot-de-passe").status_code == 404
    assert manager.post(again, page="/gestion").status_code == 303
    second = next(link for link in links(portal.settings) if link != first)
    assert [portal.browser().get(link).status_code for link in (first, second)] == [404, 200]
    [cancel] = re.findall(r'action="(/gestion/equipe/[0-9a-f]+/annuler)"', manager.get("/gestion").text)
    assert manager.post(cancel, page="/gestion").status_code == 303
    assert portal.browser().get(second).status_code == 404 and "/renvoyer" not in manager.get("/gestion").text


def test_a_new_key_says_how_it_is_given_to_a_command(portal: Service) -> None:
    given = {"nom": "Supervision", "portee": "depot", "duree": "90"}
    page = portal.browser(AGENT_MAIL).post(f"{ACCESS}/jetons", given, page=ACCESS).text
    assert "GREENCLOUD_JETON</code>" in page and "GREENCLOUD_JETON_FILE</code>" in page
    assert f"--url {portal.settings.address}" in page


@pytest.mark.parametrize("address", ["", "x", "a@b.fr\nBcc: c@d.fr", "a@b.fr, c@d.fr", f"{'x' * 250}@b.fr"])
def test_what_is_no_address_gets_no_invitation(portal: Service, address: str) -> None:
    answer = portal.browser(AGENT_MAIL).post(f"{ACCESS}/inviter", {"courriel": address}, page=ACCESS)
    assert answer.status_code == 422 and 'aria-invalid="true"' in answer.text and not mails(portal.settings)


def test_an_agent_invites_fifty_people_a_day_a_manager_all_the_bodies_of_a_campaign(portal: Service) -> None:
    for mail in (AGENT_MAIL, MANAGER_MAIL):
        with portal.database.session() as session:
            account = accounts.by_mail(session, mail)
            assert account is not None
            for _ in range(50):
                throttle.attempt(session, portal.settings, "invitation", account.id, limit=50, window=86_400)
    given = {"courriel": "x@y.fr"}
    refused = portal.browser(AGENT_MAIL).post(f"{ACCESS}/inviter", given, page=ACCESS)
    assert "Attendez 24 heures" in " ".join(refused.text.split()) and not mails(portal.settings)
    assert portal.browser(MANAGER_MAIL).post(f"{ACCESS}/inviter", given, page=ACCESS).status_code == 303


def test_a_person_takes_away_all_that_is_known_of_them(portal: Service) -> None:
    agent = intake.agent(portal.database, AGENT_MAIL, SIREN)
    filing = intake.confirmed(portal.database, portal.settings, agent, intake.REGISTER)
    intake.token(portal.database, agent)
    with portal.database.session() as session:
        account = session.get_one(Account, agent.account_id)
        account.oidc_emetteur, account.oidc_sujet = "https://fournisseur.example", "sujet-7"
    browser = portal.browser(AGENT_MAIL)
    assert browser.post(f"/depots/{filing.id}/messages", {"texte": "Bonjour."}).status_code == 303
    portal.browser(OTHER_MAIL)
    known = browser.get("/donnees-personnelles/mes-donnees.json").json()
    assert known["identifiant_fournisseur"] == "sujet-7"
    assert [one["texte"] for one in known["messages"]] == ["Bonjour."]
    assert [(one["nom"], one["siren"]) for one in known["jetons"]] == [("essai", SIREN)]
    assert [one["genre"] for one in known["courriels"]] == ["recu"] and known["courriels"][0]["jour"]
    assert len(known["sessions"]) == 1 and known["sessions"][0]["expire_le"]
    assert [one["id"] for one in known["depots"]] == [filing.id]
    assert {"jeton_cree", "depot_recu", "message"} <= {one["action"] for one in known["actes"]}
    assert not any(name in str(known) for name in ("argon2", "empreinte", "csrf"))


def test_a_right_is_taken_back_at_once_but_never_the_last(portal: Service) -> None:
    second = person(portal.database, "second@a.gouv.fr", SIREN)
    browser, theirs = portal.browser(AGENT_MAIL), portal.browser("second@a.gouv.fr")
    assert theirs.get(ACCESS).status_code == 200
    assert browser.post(f"{ACCESS}/comptes/{second.id}/retirer", page=ACCESS).status_code == 303
    assert theirs.get(ACCESS).status_code == 404
    with portal.database.reading() as session:
        first = accounts.by_mail(session, AGENT_MAIL)
    assert first and browser.post(f"{ACCESS}/comptes/{first.id}/retirer", page=ACCESS).status_code == 409


def test_a_key_is_shown_once_counts_while_it_may_and_is_kept_as_a_hash(portal: Service) -> None:
    browser = portal.browser(AGENT_MAIL)
    fields = {"nom": "Supervision", "portee": "depot", "duree": "90"}
    page = browser.post(f"{ACCESS}/jetons", fields, page=ACCESS)
    key = re.findall(r"gcn_[\w-]{43}", page.text)[0]
    assert page.status_code == 201 and key not in browser.get(ACCESS).text
    with portal.database.session() as session:
        token = tokens.used(session, key)
        assert token and token.siren == SIREN and key not in token.empreinte
    assert browser.post(f"{ACCESS}/jetons/{token.id}/revoquer", page=ACCESS).status_code == 303
    with portal.database.session() as session:
        assert tokens.used(session, key) is None


@pytest.mark.parametrize("ending", ["expire_le", "habilitation", "compte"])
def test_a_key_ends_with_its_time_its_makers_right_and_account(database: Database, ending: str) -> None:
    peopled(database)
    with database.session() as session:
        account = accounts.by_mail(session, AGENT_MAIL)
        assert account
        key = tokens.created(session, account_id=account.id, siren=SIREN, name="x", scope="lecture", days=90)
    statement = {
        "expire_le": "UPDATE jeton SET expire_le = '2020-01-01T00:00:00.000000Z'",
        "habilitation": "UPDATE habilitation SET revoquee_le = '2026-01-01T00:00:00.000000Z'",
        "compte": "UPDATE compte SET actif = (1 = 0)",
    }[ending]
    with database.session() as session:
        assert tokens.used(session, key)
        session.execute(text(statement))
        session.expire_all()
        assert tokens.used(session, key) is None


@pytest.mark.parametrize(("name", "scope", "days"), [("", "depot", 90), ("x", "tout", 90), ("x", "depot", 0)])
def test_a_key_without_name_scope_or_end_is_refused(database: Database, name: str, scope: str, days: int) -> None:
    with pytest.raises(Refused), database.session() as session:
        tokens.created(session, account_id="x", siren=SIREN, name=name, scope=scope, days=days)


def test_an_account_is_erased_and_what_it_did_stays(portal: Service) -> None:
    browser = portal.browser(AGENT_MAIL)
    with portal.database.session() as session:
        delegations.invited(session, mail=AGENT_MAIL, siren=OTHER, by=None)
        account = accounts.by_mail(session, AGENT_MAIL)
        assert account and accounts.personal(session, account)["courriel"] == AGENT_MAIL
        accounts.erased(session, account, actor=account.id)
    assert browser.get(ACCESS).status_code == 303
    with portal.database.reading() as session:
        whole = " ".join(
            str(row)
            for table in (Account, Grant, Token, Invitation, Entry)
            for row in session.execute(select(table.__table__))
        )
        assert AGENT_MAIL not in whole and account.id in whole
        assert delegations.people(session, SIREN) == []
    assert portal.browser().sign_in(AGENT_MAIL).status_code == 422


def test_the_last_manager_is_not_erased(database: Database) -> None:
    peopled(database)
    with pytest.raises(Refused), database.session() as session:
        account = accounts.by_mail(session, MANAGER_MAIL)
        assert account
        accounts.erased(session, account, actor=account.id)


def test_what_is_no_siren_makes_no_body(database: Database) -> None:
    with pytest.raises(Refused), database.session() as session:
        delegations.body(session, "130025266", "x")
    with pytest.raises(NotFound), database.session() as session:
        delegations.revoked(session, actor="x", siren=SIREN, account_id="x")


def test_settings_come_from_the_environment_and_secrets_from_files(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("s" * 40 + "\n")
    given = from_environment(
        {
            "GREENCLOUD_PORTAIL_SECRET_FILE": str(tmp_path / "secret"),
            "GREENCLOUD_PORTAIL_LARGEST_FILE": "10",
            "AUTRE": "x",
        }
    )
    assert given.secret == "s" * 40 and given.largest_file == 10 and "s" * 40 not in repr(given)


@pytest.mark.parametrize(
    "environment",
    [
        {"SECRT": "x"},
        {"SECRET": "court"},
        {"LARGEST_FILE": "beaucoup"},
        {"SECRET_FILE": "/nulle/part"},
        {"SECRET": "x" * 40, "SECRET_FILE": "/nulle/part"},
        {"ADDRESS": "depot.gouv.fr"},
        {"OIDC_ISSUER": "https://fi.gouv.fr"},
    ],
)
def test_a_setting_that_cannot_be_is_told(environment: dict[str, str]) -> None:
    with pytest.raises(SettingsError):
        from_environment({f"GREENCLOUD_PORTAIL_{name}": value for name, value in environment.items()})


@pytest.mark.parametrize("address", ["mysql://x", "pas une adresse"])
def test_an_unknown_database_is_told(settings: Settings, address: str) -> None:
    with pytest.raises(SettingsError):
        Database(replace(settings, database=address))


def test_the_secret_is_made_once_for_its_owner_alone(settings: Settings) -> None:
    assert secret(settings) == secret(settings) and len(secret(settings)) >= 32
    assert (settings.data / "secret").stat().st_mode & 0o777 == 0o600
    assert checked(settings).address == settings.address


def test_the_pages_call_the_provider_as_the_operator_does(settings: Settings) -> None:
    known = replace(settings, oidc_issuer="http://127.0.0.1:9", oidc_client="portail", oidc_secret="s" * 32)
    with running(replace(known, oidc_label="Cerbère")) as service:
        peopled(service.database)
        guest, agent = service.browser(), service.browser(AGENT_MAIL)
        assert "Continuer avec Cerbère" in guest.get("/connexion").text
        register = agent.get("/donnees-personnelles").text
        assert "Identifiant Cerbère" in register and "chez Cerbère" in register
        assert "Relier mon compte à Cerbère" in register and "ProConnect" not in register
    assert checked(Settings()).oidc_label == "ProConnect"


def test_a_service_that_starts_again_keeps_sessions_and_people(settings: Settings) -> None:
    with running(settings) as first:
        peopled(first.database)
        kept = first.browser(AGENT_MAIL).client.cookies["session"]
    with running(settings) as second:
        browser = second.browser()
        browser.client.cookies.set("session", kept)
        assert browser.get(ACCESS).status_code == 200


def mails(settings: Settings) -> list[str]:
    return [path.read_text() for path in sorted((settings.data / "courriels").glob("*.eml"))]


def only_link(settings: Settings) -> str:
    """The path of the link in the one mail there is."""
    (link,) = links(settings)
    return link


def links(settings: Settings) -> list[str]:
    """The path of the first link of each mail."""
    plain = (text.replace("=\n", "").replace("=3D", "=") for text in mails(settings))
    return [found[1] for text in plain if (found := re.search(r"http://[^/\s]+(/[^\s]+)", text))]


def key_of(link: str) -> str:
    return link.partition("jeton=")[2]


def test_two_managers_who_erase_each_other_at_once_leave_one(database: Database) -> None:
    one, two = (person(database, f"{name}@c.gouv.fr", role=MANAGER) for name in ("un", "deux"))

    def erase(account: Account, by: Account) -> None:
        with database.session() as session:
            accounts.erased(session, session.get_one(Account, account.id), actor=by.id)

    with ThreadPoolExecutor() as pool, database.session() as session:
        accounts.erased(session, session.get_one(Account, one.id), actor=two.id)
        session.flush()
        second = pool.submit(erase, two, one)
        wait([second], 1)  # long enough to count: only the lock makes it wait
        session.commit()
        assert isinstance(second.exception(30), Refused)


def test_two_people_who_take_back_each_others_right_at_once_leave_one(database: Database) -> None:
    peopled(database)
    one, two = (person(database, f"{name}@a.gouv.fr", OTHER) for name in ("un", "deux"))
    with database.session() as session:
        for account in delegations.people(session, OTHER):
            if account.id not in (one.id, two.id):
                delegations.revoked(session, actor=one.id, siren=OTHER, account_id=account.id)

    def revoke(account: Account, by: Account) -> None:
        with database.session() as session:
            delegations.revoked(session, actor=by.id, siren=OTHER, account_id=account.id)

    with ThreadPoolExecutor() as pool, database.session() as session:
        delegations.revoked(session, actor=two.id, siren=OTHER, account_id=one.id)
        session.flush()
        second = pool.submit(revoke, two, one)
        wait([second], 1)
        session.commit()
        assert isinstance(second.exception(30), Conflict)


@pytest.mark.parametrize("ending", ["cancelled", "aged"])
def test_an_invitation_that_ended_is_neither_sent_again_nor_ended_again(portal: Service, ending: str) -> None:
    agent = portal.browser(AGENT_MAIL)
    agent.post(f"{ACCESS}/inviter", {"courriel": "nouvelle@a.gouv.fr"}, page=ACCESS)
    [again] = re.findall(r'action="([^"]+/renvoyer)"', agent.get(ACCESS).text)
    cancel = again.replace("/renvoyer", "/annuler")
    if ending == "cancelled":
        assert agent.post(cancel, page=ACCESS).status_code == 303
    else:
        with portal.database.session() as session:
            session.scalars(select(Invitation)).one().expire_le = "2020-01-01T00:00:00.000000Z"
    sent = len(links(portal.settings))
    for stale in (again, cancel):
        refused = agent.post(stale, page=ACCESS)
        assert refused.status_code == 404 and "expirée" in refused.text
    assert len(links(portal.settings)) == sent
    with portal.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Invitation)) == 1
        ended = select(func.count()).where(Entry.action == "invitation_annulee")
        assert session.scalar(ended) == (1 if ending == "cancelled" else 0)

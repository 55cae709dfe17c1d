"""Accounts, rights and campaigns in a real browser: a phone and a screen, axe at zero; a manager's whole way."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from portal import campaign, delegations, models, sessions, signatures, tokens
from portal.settings import Settings
from portal.web import signing
from tests.browser import visits
from tests.browser.chromium import Page
from tests.portal import provider
from tests.portal.conftest import placed
from tests.portal.service import (
    AGENT_MAIL,
    MANAGER_MAIL,
    OTHER,
    OTHER_MAIL,
    PASSWORD,
    SIREN,
    Service,
    peopled,
    person,
    running,
)
from tests.portal.test_campaign import LONELY, SITES, YEAR, filed, opened, published

pytestmark = pytest.mark.browser
WIDTHS = [360, 1280]
FILING = "/depots/00000000-0000-0000-0000-000000000000/messages"
NEW = "cinq tortues lentes au soleil"


@dataclass(frozen=True)
class Lived:
    """A service where a campaign is on, and the links that its mails hold."""

    service: Service
    invitation: str
    password: str


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lived]:
    settings: Settings = placed(tmp_path_factory.mktemp("portail"))
    published(settings)
    with running(settings) as service:
        peopled(service.database)
        person(service.database, "second@a.gouv.fr", SIREN, name="Dominique Lefebvre-Vandenberghe")
        opened(service.database)
        filed(service.database, service.settings, SIREN, models.CONFIRMED, (SITES[0], YEAR))
        with service.database.session() as session:
            key, _ = delegations.invited(session, mail="nouvelle.personne@a.gouv.fr", siren=SIREN, by=None)
            delegations.invited(session, mail="bientot@c.gouv.fr", siren=None, by=None, role=models.MANAGER)
            delegations.body(session, LONELY, "Commune de Saint-Remy-en-Bouzemont-Saint-Genest-et-Isson")
            delegations.invited(session, mail="maire@commune.fr", siren=LONELY, by=None)
            campaign.expect(session, "systeme", YEAR, [campaign.Line(LONELY, "")])
            account = session.query(models.Account).filter_by(courriel=AGENT_MAIL).one()
            tokens.created(session, account_id=account.id, siren=SIREN, name="Supervision", scope="depot", days=90)
            mark = {"compte": account.id, "avant": signing._mark(account)}
        beginning(service)
        reset = signatures.signed(service.settings, signing._RESET, mark)
        yield Lived(service, f"/invitation/{key}", f"/mot-de-passe?jeton={reset}")


def beginning(service: Service) -> None:
    """A body whose first two sites wait to be confirmed."""
    agent, page = service.browser(OTHER_MAIL), f"/organismes/{OTHER}/sites/ajouter"
    for name in ("Salle de l’hôtel de ville", "Salle annexe"):
        agent.post(page, {"siret": SITES[2][:14], "nom_site": name}, page=page)


def sound(page: Page, captures: Path | None, name: str, *, scripts: bool) -> None:
    """Nothing breaks a rule of accessibility, nothing is wider than the screen, nothing complains."""
    if captures is not None:
        captures.mkdir(parents=True, exist_ok=True)
        page.inside.screenshot(path=captures / f"portail-{name}.png", full_page=True)
    if scripts:
        assert page.run(visits.WIDER) == []
        assert visits.violations(page) == []
    assert page.complaints == [] and page.outside == []


def click(page: Page, words: str) -> None:
    """Press the button of the page that says so."""
    page.inside.get_by_role("button", name=words, exact=True).click()


def shown(page: Page, lived: Lived, who: str | None, path: str, width: int, *, scripts: bool = True) -> None:
    """A page as somebody sees it."""
    page.open("about:blank", width, scripts=scripts)
    page.inside.context.clear_cookies()
    if who:
        name, value = sessions.cookie_name(lived.service.settings), lived.service.session_of(who)
        page.inside.context.add_cookies([{"name": name, "value": value, "url": lived.service.address}])
    page.open(f"{lived.service.address}{path}", width, scripts=scripts)


SCREENS = {
    "connexion": (None, "/connexion"),
    "mot-de-passe-oublie": (None, "/mot-de-passe"),
    "mot-de-passe-choisir": (None, "password"),
    "mot-de-passe-changer": (AGENT_MAIL, "/mot-de-passe"),
    "invitation": (None, "invitation"),
    "invitation-connecte": (AGENT_MAIL, "invitation"),
    "erreur": (AGENT_MAIL, "/nulle-part"),
    "acces": (AGENT_MAIL, f"/organismes/{SIREN}/acces"),
    "gestion": (MANAGER_MAIL, "/gestion"),
    "campagne": (MANAGER_MAIL, f"/gestion/{YEAR}"),
    "rappels": (MANAGER_MAIL, f"/gestion/{YEAR}/rappels"),
    "messages": (AGENT_MAIL, FILING),
    "organisme-sans-centre": (OTHER_MAIL, f"/organismes/{OTHER}"),
    "organisme-sans-centre-vu-de-l-equipe": (MANAGER_MAIL, f"/organismes/{OTHER}"),
    "organisme-sans-personne": (MANAGER_MAIL, f"/organismes/{LONELY}"),
    "registre-en-attente": (OTHER_MAIL, f"/organismes/{OTHER}/sites"),
    "modele-sans-centre": (OTHER_MAIL, f"/organismes/{OTHER}/modele"),
    "donnees-personnelles": (None, "/donnees-personnelles"),
    "donnees-personnelles-connecte": (AGENT_MAIL, "/donnees-personnelles"),
}


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", SCREENS)
def test_each_screen_is_sound(page: Page, lived: Lived, captures: Path | None, name: str, width: int) -> None:
    who, path = SCREENS[name]
    shown(page, lived, who, getattr(lived, path, path), width)
    if name == "erreur":
        page.complaints.clear()  # the browser tells of the answer 404
    sound(page, captures, f"{name}-{width}", scripts=True)


@pytest.mark.parametrize("width", WIDTHS)
def test_what_is_refused_is_told_beside_its_field(page: Page, lived: Lived, captures: Path | None, width: int) -> None:
    for who, path, wrong, name in (
        (None, "/connexion", {"#courriel": AGENT_MAIL, "#mot_de_passe": "faux"}, "connexion-refusee"),
        (None, lived.invitation, {"#nom": "Camille", "#nouveau": NEW, "#encore": f"{NEW} !"}, "invitation-refusee"),
        (MANAGER_MAIL, f"/gestion/{YEAR}", {"#liste": f"SIREN;Nom\n{SIREN};A\n123456789;B"}, "liste-refusee"),
        (MANAGER_MAIL, "/gestion", {"#annee": "99"}, "campagne-refusee"),
    ):
        shown(page, lived, who, path, width)
        for field, value in wrong.items():
            page.inside.fill(field, value)
        page.inside.locator(next(iter(wrong))).locator("xpath=ancestor::form").locator("[type=submit]").first.click()
        page.inside.wait_for_selector("[role=alert]")
        page.complaints.clear()  # the browser tells of the answer 422
        sound(page, captures, f"{name}-{width}", scripts=True)
        told = page.inside.locator("[aria-invalid=true]").first.get_attribute("aria-describedby") or ""
        assert any(page.inside.locator(f"#{place}").inner_text().strip() for place in told.split())
        assert {"erreur", "liste-faute", "annee-faute"} & set(told.split())
        field, typed = next(iter(wrong.items()))
        assert page.inside.locator(field).input_value() == typed


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("scripts", [True, False])
def test_the_way_of_a_manager(page: Page, lived: Lived, captures: Path | None, width: int, scripts: bool) -> None:
    kind, year = f"{width}-{'avec' if scripts else 'sans'}", 2010 + WIDTHS.index(width) + 2 * scripts
    shown(page, lived, None, "/connexion", width, scripts=scripts)
    inside = page.inside
    inside.fill("#courriel", MANAGER_MAIL)
    inside.fill("#mot_de_passe", PASSWORD)
    click(page, "Se connecter")
    assert inside.inner_text("h1") == "Campagnes"
    inside.fill("#annee", str(year))
    inside.fill("#limite", f"{year + 1}-05-15")
    click(page, "Ouvrir la campagne")
    inside.fill("#liste", f"{SIREN};Direction;loi\n{OTHER};Ville de Paris")
    click(page, "Ajouter à la campagne")
    sound(page, captures, f"campagne-{kind}", scripts=scripts)
    inside.get_by_role("link", name=re.compile("Rappeler")).click()
    inside.get_by_role("button", name=re.compile("Envoyer le rappel")).click()
    assert "rappels prêts" in inside.inner_text("[role=status]").replace("\xa0", " ")
    sound(page, captures, f"rappels-{kind}", scripts=scripts)
    inside.goto(f"{lived.service.address}{FILING}")
    inside.fill("#texte", f"D’où vient le total de {year} ?")
    click(page, "Envoyer")
    sound(page, captures, f"messages-{kind}", scripts=scripts)
    shown(page, lived, AGENT_MAIL, FILING, width, scripts=scripts)
    assert f"D’où vient le total de {year} ?" in inside.inner_text("main")
    inside.fill("#texte", "Du compteur général.")
    click(page, "Envoyer")
    assert "Du compteur général." in inside.inner_text("main")


@pytest.mark.parametrize("scripts", [True, False])
def test_signing_in_and_out_by_the_provider(page: Page, tmp_path: Path, scripts: bool) -> None:
    """The rules that the pages give the browser let it go to the provider and come back, both ways."""
    with provider.process() as issuer:
        client = {"oidc_issuer": issuer, "oidc_client": provider.CLIENT, "oidc_secret": provider.SECRET}
        with running(placed(tmp_path, **client)) as service:
            peopled(service.database)
            with service.database.session() as session:
                account = session.query(models.Account).filter_by(courriel=AGENT_MAIL).one()
                account.oidc_emetteur, account.oidc_sujet = issuer, "42"
            page.open(f"{service.address}/connexion", scripts=scripts)
            page.inside.get_by_role("link", name="Continuer avec ProConnect").click()
            page.inside.wait_for_url(f"{service.address}/organismes/{SIREN}")
            click(page, "Se déconnecter")
            page.inside.wait_for_url(f"{service.address}/oidc/sortie?*")
            assert "chez ProConnect" in page.inside.inner_text("main")
            page.inside.goto(f"{service.address}/organismes/{SIREN}")
            assert page.inside.url.startswith(f"{service.address}/connexion")
            assert page.complaints == []

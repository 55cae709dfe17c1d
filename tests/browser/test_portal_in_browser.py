"""The portal in a real browser, as a declarant and as a manager: a phone and a screen, with and without JavaScript.

On every page: axe at zero, nothing wider than the screen, no complaint of the console, nothing asked of another host.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

import pytest

from portal.settings import Settings
from tests.browser import visits
from tests.browser.chromium import Page
from tests.portal.declarants import Declarant, faulty, known
from tests.portal.service import AGENT_MAIL, MANAGER_MAIL, PASSWORD, SIREN, Service, peopled, running

pytestmark = pytest.mark.browser

WIDTHS = [360, 1280]
SITE = f"{SIREN}00013-01"
BODY = f"/organismes/{SIREN}"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A portal whose body has a register and last year's figures."""
    folder = tmp_path_factory.mktemp("portail")
    settings = Settings(data=folder / "portail", raw=folder / "raw", published=folder / "published")
    known(settings, folder, SITE)
    with running(settings) as service:
        peopled(service.database)
        yield service


@pytest.fixture(scope="module")
def deposit(served: Service) -> str:
    """A deposit of the body, which the team asks something about."""
    body = Declarant(served, SIREN, SITE, AGENT_MAIL, served.browser(AGENT_MAIL))
    place: str = body.hand_in(("relevé.csv", faulty(SITE))).headers["location"]
    return place


class Visit:
    """One person at one screen, who looks at each page that comes."""

    judged: ClassVar[set[tuple[int, str]]] = set()
    """The pages that axe has seen at a width: once is enough, it takes a second."""

    def __init__(self, page: Page, served: Service, width: int, captures: Path | None, *, scripts: bool = True) -> None:
        self.page, self.served, self.width = page, served, width
        self._captures, self._scripts, self._pages, self._refused = captures, scripts, 0, 0
        self.page.open("about:blank", width, scripts=scripts)
        self.page.inside.context.clear_cookies()

    def sign_in(self, mail: str) -> None:
        """By the form, from the first page."""
        self.go("/")
        self.page.inside.get_by_role("main").get_by_role("link", name="Se connecter").click()
        self.look("connexion")
        self.page.inside.fill("#courriel", mail)
        self.page.inside.fill("[type=password]", PASSWORD)
        self.page.inside.click("main [type=submit]")
        self.look(f"accueil de {mail}")

    def arrive(self, mail: str, path: str) -> None:
        """Come back to a page with the cookie of a session."""
        jar = self.served.browser(mail).client.cookies.jar
        self.page.inside.context.add_cookies(
            [{"name": one.name, "value": one.value or "", "url": self.served.address} for one in jar]
        )
        self.go(path)

    def go(self, path: str) -> None:
        """Open an address of the portal."""
        self.page.inside.goto(f"{self.served.address}{path}")
        self.look(path)

    def press(self, words: str, *, refused: bool = False) -> None:
        """Press the button of the page that says so; `refused`: the answer is the page again, with what is wrong."""
        self._refused += refused
        self.page.inside.get_by_role("button", name=words).click()
        self.look(f"{words}, refusé" if refused else words)

    def follow(self, words: str) -> None:
        """Follow the link of the page that says so."""
        self.page.inside.get_by_role("link", name=words).first.click()
        self.look(words)

    def look(self, name: str) -> None:
        """What must hold of every page."""
        self.page.inside.wait_for_load_state("load")
        self._pages += 1
        self._capture(name)
        assert self.page.run(visits.WIDER) == [], name
        if self._scripts and (self.width, name) not in self.judged:
            self.judged.add((self.width, name))
            assert visits.violations(self.page) == [], name
        # The browser tells of each page that answers 422, when it finds the time.
        others = [complaint for complaint in self.page.complaints if "status of 422" not in complaint]
        assert others == [] and len(self.page.complaints) <= self._refused and self.page.outside == [], name

    def _capture(self, name: str) -> None:
        if self._captures is not None:
            kind = f"{self.width}-{'avec' if self._scripts else 'sans'}-{self._pages:02}"
            safe = "".join(sign if sign.isalnum() else "-" for sign in name)
            self._captures.mkdir(parents=True, exist_ok=True)
            self.page.inside.screenshot(path=self._captures / f"portail-{kind}-{safe}.png", full_page=True)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("scripts", [True, False])
def test_a_declarant_goes_from_the_first_page_to_the_receipt(
    page: Page, served: Service, captures: Path | None, tmp_path: Path, width: int, scripts: bool
) -> None:
    visit = Visit(page, served, width, captures, scripts=scripts)
    visit.sign_in(AGENT_MAIL)
    visit.follow("Déposer vos fichiers")
    visit.press("Déposer", refused=True)  # nothing was chosen
    file = tmp_path / "déclarations 2025.csv"
    unlike = 2010 + WIDTHS.index(width) + 2 * scripts  # a year of its own, or it would be the file of the last visit
    file.write_bytes(f"{faulty(SITE)}{SITE},{unlike},99000,50000\nTotal,,743870,630000\n".encode("cp1252"))
    page.inside.set_input_files("#fichiers", file)
    visit.press("Déposer")
    page.inside.fill("[name^=c-2-][value='400000']", "528900")
    page.inside.fill("[name^=c-2-][value='314870']", "967200")
    page.inside.check("[name=l-5]")
    visit.press("Corriger et contrôler à nouveau")
    visit.follow("Voir ce qui serait publié")
    visit.press("Confirmer le dépôt", refused=True)  # three times last year's energies: nothing was said of it
    asked = page.inside.locator("fieldset.inhabituelle")
    for place in range(asked.count()):
        if place:
            asked.nth(place).locator("[type=checkbox]").check()
        else:
            asked.nth(place).locator("[type=text]").fill("Une salle a été ajoutée")
    visit.press("Confirmer le dépôt")
    assert "Reçu de votre dépôt" in page.inside.inner_text("h1")
    assert "Une salle a été ajoutée" in page.inside.inner_text("main")
    visit.follow("Retirer ce dépôt")
    page.inside.fill("#raison", "Essai")
    visit.press("Retirer le dépôt")
    assert "a retiré le dépôt" in page.inside.inner_text("main")
    visit.go(BODY)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("scripts", [True, False])
def test_six_fields_are_enough(page: Page, served: Service, captures: Path | None, width: int, scripts: bool) -> None:
    visit = Visit(page, served, width, captures, scripts=scripts)
    visit.arrive(AGENT_MAIL, BODY)
    visit.follow("Remplir six champs")
    page.inside.fill("#energie_totale_kwh", "1000")
    page.inside.fill("#energie_it_kwh", "2000")
    visit.press("Contrôler et voir l’aperçu", refused=True)
    page.inside.locator("#erreurs a").first.click()
    assert page.run("document.querySelector(':target').getAttribute('aria-invalid')") == "true"
    page.inside.fill("#energie_totale_kwh", f"314 {870 + WIDTHS.index(width) + 2 * scripts},5")
    page.inside.fill("#energie_it_kwh", "175120")
    page.inside.select_option("#qualite_mesure", "mesure")
    visit.press("Contrôler et voir l’aperçu")
    assert "La ligne est acceptée" in page.inside.inner_text("main")


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("scripts", [True, False])
def test_a_manager_opens_a_campaign_reminds_and_asks(
    page: Page, served: Service, captures: Path | None, deposit: str, width: int, scripts: bool
) -> None:
    year = 2020 + WIDTHS.index(width) + 2 * scripts
    visit = Visit(page, served, width, captures, scripts=scripts)
    visit.arrive(MANAGER_MAIL, "/gestion")
    page.inside.fill("#annee", str(year))
    page.inside.fill("#limite", "2027-05-15")
    visit.press("Ouvrir la campagne")
    if "gestion/" not in page.inside.url:
        visit.follow(str(year))
    page.inside.fill("#liste", f"{SIREN} ; Direction du numérique ; centre déclaré en 2024\n110046018 ; Ministère ;")
    visit.press("Ajouter à la campagne")
    visit.follow("Rappeler les")
    visit.press("Envoyer le rappel")
    visit.go(deposit)
    visit.follow("Questions et réponses")
    page.inside.fill("#texte", "Ce compteur est-il celui de la salle ?")
    visit.press("Envoyer")
    assert "celui de la salle" in page.inside.inner_text("main")


@pytest.mark.parametrize("width", WIDTHS)
def test_every_other_page_is_sound(
    page: Page, served: Service, captures: Path | None, deposit: str, width: int
) -> None:
    visit = Visit(page, served, width, captures)
    visit.arrive(AGENT_MAIL, "/donnees-personnelles")
    for path in ("sites", "sites/ajouter", f"sites/{SITE}", "modele", "acces"):
        visit.go(f"{BODY}/{path}")
    for path in ("/mot-de-passe", f"{deposit}/retirer", f"{deposit}/messages"):
        visit.go(path)

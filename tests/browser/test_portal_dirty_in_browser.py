"""A dirty export in a real browser, from the page to sign in to the receipt: a phone and a screen, axe at zero."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from portal import standing
from tests.browser.chromium import Page
from tests.browser.test_portal_in_browser import SITE, WIDTHS, Visit
from tests.portal.conftest import placed
from tests.portal.declarants import known
from tests.portal.dirty_files import END, IT, RIGHT, TOTAL, csv_text, put
from tests.portal.service import AGENT_MAIL, SIREN, Service, peopled, running

pytestmark = pytest.mark.browser

TITLES = [["Direction du numérique"], [], ["Énergie des centres de données"]]


@pytest.fixture(params=WIDTHS)
def width(request: pytest.FixtureRequest) -> int:
    found: int = request.param
    return found


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Service]:
    """A portal whose body has a register and last year's figures, and no deposit of its own yet."""
    settings = placed(tmp_path)
    known(settings, tmp_path, SITE)
    with running(settings) as service:
        peopled(service.database)
        yield service


def dirty() -> bytes:
    """As Excel exports it in French: titles, cp1252, another unit, two readings, an error, a row twice, a total."""
    rows = put(SITE, (2, TOTAL, "314,8705 MWh"), (3, TOTAL, "330.000"), (3, IT, "#REF!"), (4, END, "31/11/2022"))
    total = ["Total", "", "", "", "986 121,3", "355 120,2", "", ""]
    return csv_text([*TITLES, *rows, rows[1], total]).encode("cp1252")


def test_a_dirty_export_goes_from_the_first_page_to_the_receipt(
    page: Page, served: Service, captures: Path | None, tmp_path: Path, width: int
) -> None:
    file = tmp_path / "export 2025.csv"
    file.write_bytes(dirty())
    visit = Visit(page, served, width, captures)
    visit.sign_in(AGENT_MAIL)
    visit.follow("Déposer vos fichiers")
    page.inside.set_input_files("#fichiers", file)
    visit.press("Déposer")
    page.inside.get_by_label("Énergie totale du centre (kWh), ligne 6").fill("330 000")
    page.inside.get_by_label("Énergie des équipements informatiques (kWh), ligne 6").fill("180 000")
    page.inside.get_by_label("Dernier jour relevé, ligne 7").fill("31/12/2022")
    for line in (8, 9):
        page.inside.get_by_label(f"Laisser cette ligne de côté : ligne {line}").check()
    visit.press("Corriger et contrôler à nouveau")
    assert "Les 3 lignes sont acceptées." in page.inside.inner_text("main")
    visit.follow("Voir ce qui serait publié")
    for box in page.inside.locator("fieldset.inhabituelle [type=checkbox]").all():
        box.check()
    visit.press("Confirmer le dépôt")
    receipt = page.inside.inner_text("main")
    assert "Votre dépôt est confirmé." in receipt and "3 lignes acceptées sur 3" in receipt
    rows = {row["annee"]: row for row in standing.rows(served.settings, SIREN, "declarations") if row["annee"] in RIGHT}
    columns = ("energie_totale_kwh", "energie_it_kwh", "date_fin", "commentaire")
    assert {year: tuple(row[name] for name in columns) for year, row in rows.items()} == RIGHT
    [sha256] = [part for part in receipt.split() if len(part) == 64]
    assert any(sha256 == hashlib.sha256(path.read_bytes()).hexdigest() for path in served.settings.raw.rglob("*.csv"))
    visit.follow("export 2025.csv")
    assert "Contrôle" in page.inside.title()

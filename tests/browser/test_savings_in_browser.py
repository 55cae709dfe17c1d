"""The sliders of the savings in a real browser, and what is taken away from a figure: numbers and their source."""

import csv
import re
from pathlib import Path

import pytest

from tests.browser.chromium import Page

pytestmark = pytest.mark.browser

NAME = "simulateur-donnees-synthetiques"
PAGE = "economies.html"
MOVE = """([id, value]) => {
  const slider = document.getElementById(id);
  slider.value = value;
  for (const name of ["input", "change"]) slider.dispatchEvent(new Event(name, { bubbles: true }));
}"""
Rows = list[dict[str, str]]


@pytest.fixture(scope="module")
def published(edition_dir: Path) -> Rows:
    """The synthetic savings of the last year."""
    with (edition_dir / "economies.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["synthetique"] == "true"]
    last = max(row["annee"] for row in rows)
    return [row for row in rows if row["annee"] == last]


def move(page: Page, role: str, value: float) -> None:
    """Bring a slider to a value and let it go."""
    page.inside.evaluate(MOVE, [f"{NAME}-{role}", str(value)])


def taken(page: Page, button: str) -> str:
    """What a button saves, as a text."""
    with page.inside.expect_download() as waiting:
        page.inside.locator(button).first.click()
    return Path(waiting.value.path()).read_text(encoding="utf-8")


def table(page: Page) -> dict[str, dict[str, str]]:
    """The rows of the table under the sliders, by group."""
    saved = taken(page, f'[data-simulateur="{NAME}"] [data-enregistrer]')
    return {row["groupe"]: row for row in csv.DictReader(saved.splitlines())}


def by_group(published: Rows, scenario: str, target: str = "sans_objet") -> dict[str, dict[str, str]]:
    rows = [row for row in published if (row["scenario"], row["type_hebergement_cible"]) == (scenario, target)]
    total = "Ensemble des sites comparables"
    return {row["libelle"] if row["dimension"] == "type_hebergement" else total: row for row in rows}


def test_half_of_the_gap_saves_half_and_the_price_tells_its_worth(page: Page, pages_dir: Path, published: Rows) -> None:
    page.open(pages_dir / PAGE)
    rows = by_group(published, table(page).popitem()[1]["scenario"])
    move(page, "part", 50)
    move(page, "prix", 100)
    shown = table(page)
    assert shown.keys() == rows.keys() and len(rows) > 2
    for group, row in rows.items():
        saved = shown[group]
        assert (saved["annee"], saved["synthetique"], saved["part_ecart_comblee_pct"]) == (row["annee"], "true", "50")
        if not row["economie_centrale_kwh"]:
            assert saved["economie_kwh"] == ("secret" if row["diffusion"].startswith("secret") else ""), group
            continue
        kwh = float(row["economie_centrale_kwh"]) / 2
        assert float(saved["economie_kwh"]) == pytest.approx(kwh)
        assert float(saved["economie_eur"]) == pytest.approx(kwh / 10)
    assert page.run(f"document.getElementById('{NAME}-part').getAttribute('aria-valuetext')") == "50\u00a0%"
    assert "part-demo=50" in page.inside.url and "prix-demo=100" in page.inside.url


@pytest.mark.parametrize(("level", "column"), [("min", "haute"), ("max", "basse")])
def test_the_ends_of_the_ratio_aimed_at_are_the_published_estimates(
    page: Page, pages_dir: Path, published: Rows, level: str, column: str
) -> None:
    page.open(f"{(pages_dir / PAGE).as_uri()}?scenario-demo=hebergement-colocation")
    move(page, "pue", page.run(f"document.getElementById('{NAME}-pue').{level}"))
    rows = {
        name: row for name, row in by_group(published, "hebergement", "colocation").items() if row["economie_basse_kwh"]
    }
    shown = table(page)
    assert rows
    for group, row in rows.items():
        assert float(shown[group]["economie_kwh"]) == pytest.approx(float(row[f"economie_{column}_kwh"])), group


def test_the_sites_that_a_slider_does_not_change_are_said_beside_it(page: Page, pages_dir: Path) -> None:
    page.open(f"{(pages_dir / PAGE).as_uri()}?scenario-demo=hebergement-colocation")
    form = page.inside.locator(f'[data-simulateur="{NAME}"]')
    move(page, "pue", 1.2)
    assert (
        "ceux hébergés autrement et au-dessus de 1,5." in form.locator('[data-dit="regle"]').inner_text()
    )  # the low of 1.5, 1.45 and 1.2
    assert form.locator("thead th").nth(1).inner_text() == "Sites hébergés autrement et au-dessus de 1,5"
    assert re.search(
        r"soit .+\s; émissions évitées\s: .+ \((\d+) sites sur \1\)", form.locator(".resultat").inner_text()
    )


@pytest.mark.parametrize("asked", ["0x10", "%20", "1e1", "abc", "-5"])
def test_only_a_plain_number_of_an_address_moves_a_slider(page: Page, pages_dir: Path, asked: str) -> None:
    page.open(f"{(pages_dir / PAGE).as_uri()}?part-demo={asked}")
    assert page.run(f"document.getElementById('{NAME}-part').value") == "100"
    page.open(f"{(pages_dir / PAGE).as_uri()}?part-demo=50")
    assert page.run(f"document.getElementById('{NAME}-part').value") == "50"


def test_a_result_is_told_once_the_slider_is_let_go(page: Page, pages_dir: Path) -> None:
    page.open(pages_dir / PAGE)
    told = f'[data-simulateur="{NAME}"] [role="status"]'
    assert page.inside.locator(told).count() == 1 and page.inside.locator(told).inner_text() == ""
    move(page, "part", 25)
    assert "Recalculé dans cette page" in page.inside.locator(told).inner_text()


def test_a_drawing_taken_away_says_where_it_comes_from(page: Page, pages_dir: Path, edition_dir: Path) -> None:
    page.open(pages_dir / PAGE)
    page.draw()
    title = page.inside.locator("figure figcaption").first.inner_text()
    drawing = taken(page, ".telecharger button:has-text('SVG')")
    texts = "".join(drawing.split("<text")[1:])
    for said in (*title.split()[:3], "economies.csv,", "édition", "n", "Licence"):
        assert said in texts, said
    assert (
        page.run(f"new DOMParser().parseFromString({drawing!r}, 'image/svg+xml').querySelector('parsererror')") is None
    )


def test_hidden_and_missing_values_are_saved_apart(page: Page, pages_dir: Path) -> None:
    page.open(pages_dir / PAGE)
    places = page.run("""(() => {
      const place = [...document.querySelectorAll(".telecharger")].find((one) => one.textContent.includes("CSV"));
      const table = place.closest("figure").querySelector("table") ?? document.getElementById(place.dataset.table);
      const cells = [...table.tBodies[0].rows[0].cells].filter((cell) => cell.matches("td:has(data)")).slice(0, 2);
      for (const [at, state, text] of [[0, "secret", "secret"], [1, "absent", "—"]])
        Object.assign(cells[at].querySelector("data"), { className: state, value: "", textContent: text });
      return cells.map((cell) => cell.cellIndex);
    })()""")
    saved = list(csv.reader(taken(page, ".telecharger button:has-text('CSV')").splitlines()))[1]
    assert [saved[place] for place in places] == ["secret", ""]


def test_a_text_that_a_spreadsheet_would_run_is_saved_inert(page: Page, pages_dir: Path) -> None:
    page.open(pages_dir / PAGE)
    with page.inside.expect_download() as waiting:
        page.run("""gcn.enregistrer("essai.csv", [["=1+1", "@a", "-b", "-1,5", -2.5, null, 'a"b', "c\\rd"]])""")
    saved = Path(waiting.value.path()).read_bytes().decode()
    assert saved == '\'=1+1,\'@a,\'-b,"-1,5",-2.5,,"a""b","c\rd"\n'


def test_a_figure_that_cannot_be_drawn_keeps_its_still_drawing(page: Page, address: str) -> None:
    broken = "window.Plotly = { register() {}, newPlot() { throw new Error('panne'); } };"
    page.open("about:blank")
    page.inside.route("**/plotly.min.js", lambda route: route.fulfill(body=broken, content_type="text/javascript"))
    page.open(f"{address}/tableaux-de-bord/{PAGE}")
    page.run("document.querySelector('.dessin').scrollIntoView()")
    page.inside.wait_for_timeout(500)
    assert page.run("window.Plotly !== undefined")
    assert page.run("document.querySelector('.dessin').querySelector('.fixe svg')?.checkVisibility() === true")
    page.inside.unroute("**/plotly.min.js")

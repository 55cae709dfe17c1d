"""Measures: what is drawn is what is published, an incomplete month is no low value, and holes and gaps are told."""

import csv
import re
from collections import Counter, defaultdict
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import Any

import pytest

import dashboards
from dashboards import data
from dashboards.cells import Cell, Part
from dashboards.data import Row
from dashboards.themes import SYNTHETIC, gaps, measured, measures, months, sites
from greencloud import tables
from greencloud.checking.groups import READINGS
from greencloud.loading import meters
from greencloud.readings import motives
from tests.dashboards import example_edition, example_measures, reading

Pages = dict[str, reading.Element]
SITE = "90000000000000-01"


def _rows(edition_dir: Path, name: str) -> list[dict[str, str]]:
    with (edition_dir / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _text(parts: tuple[Part, ...]) -> str:
    return "".join(part.text if isinstance(part, Cell) else part for part in parts)


@pytest.fixture(scope="module")
def edition(edition_dir: Path) -> data.Edition:
    return data.load(edition_dir)


def month(name: str, completude: float = 1.0, **values: Any) -> Row:
    """A row of measures of the total, whole unless told otherwise."""
    empty = dict.fromkeys(tables.table("mesures_mensuelles").column_names)
    whole = {"id_centre": SITE, "poste": "total", "energie_kwh": 1000.0, "part_estimee": 0.0, "nb_compteurs": 1}
    return {**empty, **whole, "mois": name, "completude": completude, "synthetique": True, **values}


# ---- months ----


def heights(bars: Row) -> dict[int, float]:
    """The bars that are seen, by the place of their month."""
    return {place: height for place, height in zip(bars["x"], bars["y"], strict=True) if height is not None}


def test_an_incomplete_month_is_drawn_as_such_and_never_as_a_value() -> None:
    rows = [month("2025-01"), month("2025-02", 0.5, energie_kwh=500.0), month("2025-03", 0.999999)]
    whole, holes = months.bars(rows, months.span(rows), top=1.1, scale=1000)
    assert heights(whole) == {months.number("2025-01"): 1.0}
    assert heights(holes) == {months.number("2025-02"): 1.1, months.number("2025-03"): 1.1}
    assert holes["marker"]["pattern"]["shape"] and "pattern" not in whole["marker"]
    assert [label["text"] for label in months.labels(rows, 1.1)] == ["50\u00a0%", "99\u00a0%"]


def test_months_far_apart_have_bars_of_one_month() -> None:
    rows = [month("2025-03"), month("2025-10")]
    whole, _ = months.bars(rows, months.span(rows), top=1.1, scale=1000)
    assert whole["x"] == list(months.span(rows)) and len(heights(whole)) == 2


def test_what_an_incomplete_month_kept_is_a_stroke_and_no_bar() -> None:
    rows = [month("2025-01"), month("2025-02", 0.5, energie_kwh=500.0), month("2025-03", 0.5, energie_kwh=None)]
    [stroke] = months.kept(rows, scale=1000)
    assert (stroke["y0"], stroke["y1"]) == (0.5, 0.5) and stroke["x0"] < months.number("2025-02") < stroke["x1"]


def test_an_energy_that_is_not_published_is_no_bar() -> None:
    rows = [month("2025-01", energie_kwh=None)]
    whole, holes = months.bars(rows, months.span(rows), top=1.0, scale=1)
    assert heights(whole) == {} and len(heights(holes)) == 1
    assert [label["text"] for label in months.labels(rows, 1.0)] == ["—"]


def test_a_month_without_reading_is_a_dotted_frame() -> None:
    rows = [month("2024-12"), month("2025-02")]
    [frame] = months.gaps(rows, months.span(rows), 1.0)
    assert frame["x0"] < months.number("2025-01") < frame["x1"] and frame["line"]["dash"] == "dot"


@pytest.mark.parametrize(
    ("share", "said"),
    [(1.0, "100,0"), (0.62, "62,0"), (0.9994, "99,9"), (0.9996, "99,96"), (0.999996, "99,9996"), (0.0, "0,0")],
)
def test_what_is_incomplete_is_never_said_whole(share: float, said: str) -> None:
    assert months.completeness(share) == f"{said}\u00a0%"


def test_months_follow_one_another_over_the_years() -> None:
    assert months.number("2025-01") == months.number("2024-12") + 1
    assert (months.name("2025-01"), months.month_of(months.number("2024-12"))) == ("janvier 2025", "2024-12")
    long = [month(f"{year}-{number:02}") for year in (2022, 2023, 2024) for number in range(1, 13)]
    assert list(months.span(long)) == list(range(months.number("2023-01"), months.number("2024-12") + 1))


def test_the_line_is_broken_where_there_is_no_value_and_incomplete_marks_are_hollow() -> None:
    rows = [month("2025-01", pue=1.5), month("2025-02"), month("2025-03", 0.9, pue=1.6)]
    line, marks = months.line(rows, months.span(rows), "pue", "#000")
    assert line["y"] == [1.5, None, None] and marks["y"] == [1.5, 1.6]
    assert marks["marker"]["symbol"] == ["circle", "circle-open"]


def test_every_item_has_its_words() -> None:
    for name in ("mesures_mensuelles", "rapprochements"):
        assert list(months.ITEMS) == tables.table(name).field("poste").constraints["enum"]


# ---- the page ----


def test_the_completeness_of_each_month_is_counted_from_the_file(pages: Pages, edition_dir: Path) -> None:
    counts: dict[str, Counter[bool]] = defaultdict(Counter)
    for row in _rows(edition_dir, "mesures_mensuelles"):
        counts[row["mois"]][float(row["completude"]) == 1] += 1
    figure = reading.figures(pages["mesures.html"])["mesures-completude-donnees-synthetiques"]
    whole, rest = ({months.month_of(x): y for x, y in zip(one["x"], one["y"], strict=True)} for one in figure["data"])
    last = sorted(counts)[-months.DRAWN :]
    assert whole == {name: counts[name][True] for name in last}
    assert rest == {name: counts[name][False] for name in last} and sum(rest.values()) > 5


def test_the_median_of_a_month_takes_three_sites_of_one_point_of_measure(pages: Pages, edition_dir: Path) -> None:
    known: dict[tuple[str, str], list[float]] = defaultdict(list)
    for row in _rows(edition_dir, "mesures_mensuelles"):
        if row["pue"] and row["categorie_mesure_it"]:
            known[row["categorie_mesure_it"], row["mois"]].append(float(row["pue"]))
    expected = {key: median(values) for key, values in known.items() if len(values) >= 3}
    assert {key[0] for key in expected} == {"1"} and {key[0] for key in known} == {"1", "2"}
    table = next(part for part in pages["mesures.html"].all("table") if "table-pue" in part.attributes["id"])
    said = [cell for cell in table.all("data") if cell.attributes["data-calcul"].startswith("médiane")]
    assert [float(cell.attributes["value"]) for cell in said] == [
        value for _, value in sorted(expected.items(), key=lambda item: item[0][1], reverse=True)
    ]


def test_the_gaps_are_counted_in_the_last_year_that_has_one(pages: Pages, edition_dir: Path) -> None:
    rows = [row for row in _rows(edition_dir, "rapprochements") if row["annee"] == "2024"]
    known = [abs(float(row["ecart_pct"])) for row in rows if row["ecart_pct"]]
    edges = ((-1, 1), (1, 5), (5, 20), (20, 1e9))
    expected = [sum(low < gap <= high for gap in known) for low, high in edges]
    figure = reading.figures(pages["mesures.html"])["mesures-ecarts-donnees-synthetiques"]
    assert figure["data"][0]["y"] == [*expected, len(rows) - len(known)]
    assert sum(expected) == len(known) and len(rows) > len(known)


@pytest.mark.parametrize("gap", [None, 0.0, -1.0, 1.0001, 5.0, -5.0001, 20.0, 1e6])
def test_a_gap_falls_in_one_band(gap: float | None) -> None:
    assert sum(band.holds(gap) for band in measures.BANDS) == 1


def test_the_answers_are_those_of_the_file(pages: Pages, edition_dir: Path) -> None:
    answers = next(part for part in pages["mesures.html"].all("ul") if part.attributes.get("class") == "lecons")
    own = [row for row in _rows(edition_dir, "mesures_mensuelles") if row["mois"].startswith("2025")]
    share = sum(row["completude"] in ("1", "1.0") for row in own) / len(own)
    sites = len({row["id_centre"] for row in own})
    gaps_of = [row["ecart_pct"] for row in _rows(edition_dir, "rapprochements") if row["annee"] == "2024"]
    far = [gap for gap in gaps_of if gap and abs(float(gap)) > 5]
    values = [float(cell.attributes["value"]) for cell in answers.all("data")]
    assert values == [2025, sites, share, 2024, len(far), len([gap for gap in gaps_of if gap])]


def test_the_widest_gaps_come_first_with_what_was_set_aside(pages: Pages) -> None:
    table = next(part for part in pages["mesures.html"].all("table") if "plus-grands-ecarts" in part.attributes["id"])
    shown = [abs(float(cell.attributes["value"])) for cell in table.all("data") if cell.text.endswith("%")]
    assert shown == sorted(shown, reverse=True) and len(shown) > 10
    assert "créneaux qui se chevauchent, doublon identique" in table.text


def test_each_measured_site_is_listed_with_its_page(pages: Pages, edition_dir: Path) -> None:
    table = next(part for part in pages["mesures.html"].all("table") if "table-centres" in part.attributes["id"])
    listed = [link.attributes["href"] for link in table.all("a")]
    assert listed == [f"mesures/{site}.html" for site in sorted({row["id_centre"] for row in _measures(edition_dir)})]


def _measures(edition_dir: Path) -> list[dict[str, str]]:
    return _rows(edition_dir, "mesures_mensuelles")


def test_an_edition_without_readings_says_so(tmp_path: Path) -> None:
    folder = example_edition.write(tmp_path / "edition", sites=3)
    for name in ("mesures_mensuelles", "rapprochements"):
        path = folder / f"{name}.csv"
        path.write_text(path.read_text(encoding="utf-8").split("\n")[0] + "\n", encoding="utf-8")
    written = dashboards.write_pages(folder)
    text = (folder / "tableaux-de-bord" / "mesures.html").read_text(encoding="utf-8")
    assert text.count("Cette édition ne publie aucun relevé de compteur") == 2
    assert not [path for path in written if path.parent.name == "mesures"]
    assert not [
        path for path in written if path.suffix == ".html" and "Ce que disent ses compteurs" in path.read_text()
    ]


# ---- the page of a site ----


def test_a_measured_site_leads_to_its_measures_and_no_other_does(pages: Pages, edition_dir: Path) -> None:
    known = {row["id_centre"] for row in _measures(edition_dir)}
    for name, page in pages.items():
        if name.startswith("centres/"):
            links = [link.attributes["href"] for link in page.all("a") if "../mesures/" in link.attributes["href"]]
            assert links == ([f"../mesures/{name[8:]}"] if name[8:-5] in known else []), name


def test_every_month_of_a_site_is_in_its_tables(pages: Pages, edition_dir: Path) -> None:
    own = [row for row in _measures(edition_dir) if row["id_centre"] == SITE]
    for item in ("total", "it", "refroidissement"):
        table = next(t for t in pages[f"mesures/{SITE}.html"].all("table") if t.attributes["id"].endswith(f"-{item}"))
        shown = [row.attributes["data-cle"] for row in table.all("tr") if "data-cle" in row.attributes]
        assert len(shown) == len([row for row in own if row["poste"] == item]) == 30
        assert shown == sorted(shown, reverse=True)


def test_the_drawing_has_a_hatched_column_for_each_incomplete_month(pages: Pages) -> None:
    [total, *_] = [part for part in pages[f"mesures/{SITE}.html"].all("figure") if "Énergie totale" in part.text]
    drawn = [part for part in total.all("rect") if str(part.attributes.get("fill", "")).startswith("url(#")]
    others = [part for part in total.all("rect") if part.attributes.get("fill") == "#0072B2"]
    assert (len(drawn), len(others)) == (2, months.DRAWN - 2)
    assert {part.attributes["y"] for part in drawn}.isdisjoint({part.attributes["y"] for part in others})
    said = next(part for part in total.all() if part.attributes.get("role") == "img").attributes["aria-label"]
    assert "2 mois incomplets, hachurés, sans total" in said


def test_a_site_says_its_reconciliations_and_what_was_set_aside(pages: Pages) -> None:
    page = pages[f"mesures/{SITE}.html"]
    table = next(part for part in page.all("table") if part.attributes["id"] == "table-rapprochements")
    assert "créneaux qui se chevauchent, doublon identique" in table.text
    assert "Sous 99\u00a0% de complétude" in page.text


def test_a_site_without_total_shows_what_it_measures(pages: Pages) -> None:
    page = pages["mesures/90000000000006-01.html"]
    assert "Énergie informatique" in page.text and "Énergie totale (" not in page.text
    assert "Aucun PUE mensuel" in page.text


def test_synthetic_measures_say_so(pages: Pages) -> None:
    for name in [name for name in pages if name.startswith("mesures/")]:
        page = pages[name]
        assert [part for part in page.all("p") if part.attributes.get("class") == "banniere"], name
        drawings = [part for part in page.all("svg") if "DONNÉES SYNTHÉTIQUES" in part.text]
        assert len(drawings) == len(list(page.all("figure"))) > 0, name


def test_a_site_that_no_annual_row_names_has_its_page(edition: data.Edition) -> None:
    frame = edition.frames["indicateurs_annuels"]
    alone = replace(edition, frames={**edition.frames, "indicateurs_annuels": frame[frame["id_centre"] != SITE]})
    first = next(measured.pages(alone))
    assert (first.path, first.title) == (f"mesures/{SITE}.html", f"Mesures – {SITE}")
    assert first.context["site"] == ""
    assert measures._part(alone, SYNTHETIC)["sites"][0].address == first.path


def test_a_site_that_has_years_alone_is_listed_and_led_to(edition: data.Edition) -> None:
    frame = edition.frames["mesures_mensuelles"]
    alone = replace(edition, frames={**edition.frames, "mesures_mensuelles": frame[frame["id_centre"] != SITE]})
    [listed] = [site for site in measures._part(alone, SYNTHETIC)["sites"] if SITE in site.address]
    assert (listed.first, listed.months.text, listed.items) == ("—", "0", "énergie totale, énergie informatique")
    page = next(page for page in sites.pages(alone) if SITE in page.path)
    assert (page.context["measures"], page.context["measured"]) == (f"mesures/{SITE}.html", ())
    assert next(measured.pages(alone)).context["gaps"] is not None


def test_what_is_not_the_number_of_a_site_has_no_page(edition: data.Edition) -> None:
    frame = edition.frames["mesures_mensuelles"].copy()
    frame["id_centre"] = frame["id_centre"].replace(SITE, "../../ailleurs")
    strange = replace(edition, frames={**edition.frames, "mesures_mensuelles": frame})
    assert not [page.path for page in measured.pages(strange) if "ailleurs" in page.path]


def test_meters_that_miss_a_part_of_the_year_are_a_ring() -> None:
    row = {"annee": 2025, "poste": "total", "completude": 0.98, "ecart_pct": None}
    row |= dict.fromkeys(("energie_declaree_kwh", "energie_lignes_kwh", "energie_compteurs_kwh"), 1.0)
    drawn = {mark["marker"]["symbol"][0] for mark in gaps.drawing([row], synthetic=True)["data"][1:]}
    assert drawn == {"square-open", "circle-open", "diamond-open"}
    assert "complétude 98,0" in gaps.drawing([row], synthetic=True)["layout"]["annotations"][0]["text"]


def test_a_whole_year_without_a_gap_is_said_to_have_nothing_beside_it() -> None:
    """Lines that do not cover the year are shown and not compared: the completeness of meters is not why."""
    row = {"annee": 2025, "poste": "total", "completude": 1.0, "ecart_pct": None}
    row |= {"energie_declaree_kwh": None, "energie_lignes_kwh": 1.0, "energie_compteurs_kwh": 12.0}
    told = gaps.drawing([row], synthetic=True)["layout"]["annotations"][0]["text"]
    assert "rien à comparer" in told and "complétude" not in told


def test_every_reason_of_what_is_set_aside_has_its_words_and_no_other() -> None:
    ours = {*meters.TOLD, meters.REPLACED, "energie_excessive", "convention_inconnue", "convention_contredite"}
    sql = (Path(tables.__file__).parent / "sql" / "_ecarts_compteurs.sql").read_text(encoding="utf-8")
    computed = set(re.findall(r"'(\w+)' AS motif", sql))
    assert set(READINGS) == {*motives.LINE, *motives.SLOT} | ours | computed != set()


def test_a_reason_without_words_is_shown_as_its_code() -> None:
    assert gaps.reasons("doublon_identique|code_nouveau") == "doublon identique, code nouveau"


def test_the_example_holds_what_no_page_may_hide(edition_dir: Path) -> None:
    rows = _measures(edition_dir)
    assert any(row["mois"] == example_measures.ABSENT for row in rows)
    third = {row["mois"] for row in rows if row["id_centre"] == "90000000000002-01"}
    assert example_measures.ABSENT not in third and len(third) == 29
    assert any(re.fullmatch(r"0\.9999", row["completude"]) for row in rows)

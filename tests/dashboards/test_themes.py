"""What the pages draw is what is published: every site, the right groups, nothing compared that must not be."""

import csv
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from dashboards.regions import SHORT
from dashboards.themes import departments, hosting, tiles
from tests.dashboards import reading

Pages = dict[str, reading.Element]


def _rows(edition_dir: Path, name: str, **wanted: str) -> list[dict[str, str]]:
    with (edition_dir / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [row for row in rows if all(row[column] == value for column, value in wanted.items())]


def _traces(pages: Pages, page: str, figure: str) -> list[dict[str, Any]]:
    traces: list[dict[str, Any]] = reading.figures(pages[page])[f"{figure}-donnees-synthetiques"]["data"]
    return traces


@pytest.mark.parametrize(
    ("included", "level", "computed", "declared", "expected"),
    [
        (True, "pleine", 1.5, 1.5, (True, True, False)),
        (True, "reservee", 1.5, None, (True, True, False)),
        (True, "non_comparable", 1.5, 1.5, (True, False, False)),
        (False, "pleine", 1.5, 1.5, (False, False, False)),  # counted at its host
        (False, "non_comparable", 1.5, 1.6, (False, False, False)),  # part of a year
        (False, "non_comparable", None, 1.6, (False, False, True)),
        (False, "non_comparable", None, None, (False, False, False)),
    ],
)
def test_counted_drawn_or_declared_only(
    included: bool, level: str, computed: float | None, declared: float | None, expected: tuple[bool, bool, bool]
) -> None:
    row = {"inclus_dans_agregats": included, "niveau_comparabilite": level}
    row |= {"pue_calcule": computed, "pue_declare": declared}
    assert (hosting.counted(row), hosting.comparable(row), hosting.isolated(row)) == expected


def test_weighted_ratios_and_quartiles_are_those_published(pages: Pages, edition_dir: Path) -> None:
    groups = _rows(edition_dir, "agregats_annuels", annee="2025", synthetique="true", dimension="type_hebergement")
    traces = _traces(pages, "pue-par-hebergement.html", "pue-hebergement")
    weighted = [trace["x"][0] for trace in traces if trace.get("marker", {}).get("symbol") == "diamond"]
    assert weighted == sorted(float(row["pue"]) for row in groups if row["pue"])
    boxes = {(trace["x"][0], trace["x"][1]) for trace in traces if trace.get("fill") == "toself"}
    quartiles = {
        (float(row["pue_quartile_1"]), float(row["pue_quartile_3"])) for row in groups if row["pue_quartile_1"]
    }
    assert boxes == quartiles != set()


def test_a_ratio_without_energies_is_shown_apart(pages: Pages, edition_dir: Path) -> None:
    section = next(
        section for section in pages["pue-par-hebergement.html"].all("section") if "reelles" in str(section.attributes)
    )
    assert reading.figures(section) == {}
    shown = [cell.attributes["value"] for cell in section.all("data") if "pue" in cell.attributes["data-colonne"]]
    assert shown == ["1.3", "2.2", "1.16"]


def test_energy_bars_add_up_to_the_published_totals(pages: Pages, edition_dir: Path) -> None:
    published = _rows(edition_dir, "agregats_annuels", synthetique="true", dimension="ensemble")
    it, rest = _traces(pages, "evolution.html", "evolution-energie")
    assert it["x"] == [int(row["annee"]) for row in published]
    totals = [one + other for one, other in zip(it["y"], rest["y"], strict=True)]
    assert totals == pytest.approx([float(row["energie_totale_kwh"]) / 1e6 for row in published])
    assert it["y"] == pytest.approx([float(row["energie_it_kwh"]) / 1e6 for row in published])


def test_coverage_stands_beside_the_energy(pages: Pages, edition_dir: Path) -> None:
    published = _rows(edition_dir, "agregats_annuels", synthetique="true", dimension="ensemble")
    bars = _traces(pages, "evolution.html", "evolution-couverture")[0]
    assert bars["y"] == pytest.approx([100 * float(row["couverture_sites"]) for row in published])


def test_each_hosting_kind_has_its_small_chart(pages: Pages, edition_dir: Path) -> None:
    published = _rows(edition_dir, "agregats_annuels", synthetique="true", dimension="type_hebergement")
    for kind in {row["modalite"] for row in published if row["pue"]}:
        front = _traces(pages, "evolution.html", f"evolution-{kind.replace('_', '-')}")[-1]
        series = [float(row["pue"]) for row in published if row["modalite"] == kind and row["pue"]]
        assert (front["y"], front["mode"]) == (series, "lines+markers")


def _tiles(pages: Pages, figure: str) -> dict[str, list[str]]:
    """The texts of each tile after its first one, which names it."""
    layout = reading.figures(pages["carte.html"])[f"{figure}-donnees-synthetiques"]["layout"]
    tiles: dict[tuple[int, int], list[str]] = {}
    for note in layout["annotations"]:
        tiles.setdefault((note["x"], round(note["y"])), []).append(note["text"])
    assert len(tiles) == len({texts[0] for texts in tiles.values()})
    return {texts[0]: texts[1:] for texts in tiles.values()}


def test_each_region_has_its_tile_and_its_value(pages: Pages, edition_dir: Path) -> None:
    published = _rows(edition_dir, "agregats_annuels", annee="2025", synthetique="true", dimension="region")
    values = _tiles(pages, "carte")
    assert len(values) == len(SHORT) == 18
    for row in published:
        ratio = f"<b>{float(row['pue'] or 0):.2f}</b>".replace(".", ",")
        coverage = f"n\u00a0{row['nb_sites_pue']} · {100 * float(row['couverture_sites'] or 0):.0f}\u00a0%"
        assert values[SHORT[row["modalite"]]] == ([ratio, coverage] if row["pue"] else ["secret"])
    assert values["HDF"] == ["—"]


def test_each_departement_has_its_tile_with_the_sites_published_in_their_name(pages: Pages, edition_dir: Path) -> None:
    rows = _rows(edition_dir, "indicateurs_annuels", annee="2025", synthetique="true", inclus_dans_agregats="true")
    values = _tiles(pages, "carte-departements")
    assert set(values) == set(departments.names()) and len(values) == 101
    seen = {row["code_departement"] for row in rows}
    for code in seen:
        inside = [row for row in rows if row["code_departement"] == code]
        ratio = _sum(inside, "energie_totale_kwh") / _sum(inside, "energie_it_kwh")
        assert values[code] == [f"{ratio:.2f}".replace(".", ","), f"n\u00a0{len(inside)}"]
    assert {text for code, texts in values.items() if code not in seen for text in texts} == {"—"}
    [alone] = [line.text for line in pages["carte.html"].all("p") if "n’ont qu’un site" in line.text]
    counts = Counter(row["code_departement"] for row in rows)
    single = list(counts.values()).count(1)
    assert f"Sur {len(seen)} départements remplis, {single} n’ont qu’un site" in alone


def _sum(rows: list[dict[str, str]], column: str) -> float:
    return sum(float(row[column]) for row in rows)


def test_the_sums_of_each_departement_are_read_back(pages: Pages, edition_dir: Path) -> None:
    """They have no published cell of their own, and say what they add up: the exact value is that of the CSV button."""
    rows = _rows(edition_dir, "indicateurs_annuels", annee="2025", synthetique="true", inclus_dans_agregats="true")
    tables = [table for table in pages["carte.html"].all("table") if "departements" in table.attributes["id"]]
    [lines] = [[list(row.all()) for row in next(table.all("tbody")).all("tr")] for table in tables]
    for line in lines:
        code = next(part.text for part in line[1:] if part.tag == "td")
        inside = [row for row in rows if row["code_departement"] == code]
        found = {part.attributes["data-calcul"]: part for part in line if part.tag == "data"}
        assert float(found["lignes"].attributes["value"]) == len(inside), code
        assert set(found) == ({"lignes", "energie_totale_kwh", RATIO} if inside else {"lignes"}), code
        for how, cell in found.items():
            sums = [_sum(inside, column) for column in how.split(" / ") if column != "lignes"]
            exact = len(inside) if not sums else sums[0] / (sums[1] if len(sums) > 1 else 1)
            assert float(cell.attributes["value"]) == pytest.approx(exact), (code, how)
            assert reading.says(cell.text, str(exact), how, "GWh" if how == "energie_totale_kwh" else None), (code, how)
    assert len(lines) == 101 and sum(len(line) for line in lines) > 400


RATIO = "energie_totale_kwh / energie_it_kwh"


def test_the_sites_of_the_map_are_listed_and_lead_to_their_pages(pages: Pages, edition_dir: Path) -> None:
    rows = _rows(edition_dir, "indicateurs_annuels", annee="2025", synthetique="true", inclus_dans_agregats="true")
    [table] = [table for table in pages["carte.html"].all("table") if "carte-sites" in table.attributes["id"]]
    links = {link.attributes["href"] for link in table.all("a")}
    assert links == {f"centres/{row['id_centre']}.html" for row in rows if row["code_departement"]}


def test_a_code_of_the_data_is_no_tag_in_the_map() -> None:
    place = departments.Place("<b>", "<i>", 1, 2.0, 2.0)
    assert "&lt;b&gt;" in departments._hover(place) and "<i>" not in departments._hover(place)


def test_the_key_of_the_map_says_why_a_region_is_hidden(pages: Pages) -> None:
    """Twenty sites of which one weighs nearly everything are hidden as well as two sites."""
    key = next(line.text for line in pages["carte.html"].all("li") if line.text.startswith("«\u202fsecret"))
    assert "moins de trois sites" in key and "un seul qui pèse presque tout" in key and "protéger" in key


def test_a_departement_stands_where_no_other_does_and_the_overseas_ones_below() -> None:
    places = departments.positions()
    assert len(set(places.values())) == len(places) == 101
    lowest = max(line for _, line in places.values())
    assert {places[code][1] for code in ("971", "972", "973", "974", "976")} == {lowest}


@pytest.mark.parametrize(("pue", "place"), [(1.0, 0), (1.294, 0), (1.296, 1), (1.3, 1), (1.599, 3), (9.0, 4)])
def test_a_tile_is_classed_as_it_is_written(pue: float, place: int) -> None:
    assert tiles.colours(pue) == tiles.CLASSES[place][2:]


def test_an_unknown_tile_is_white() -> None:
    assert tiles.colours(None)[0] == "#ffffff"

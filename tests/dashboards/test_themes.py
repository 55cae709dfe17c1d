"""What the pages draw is what is published: every site, the right groups, nothing compared that must not be."""

import csv
import re
from pathlib import Path
from typing import Any

import pytest

from dashboards.themes import hosting, ranking, regions
from greencloud import tables
from tests.dashboards import reading

Pages = dict[str, reading.Element]


def _rows(edition_dir: Path, name: str, **wanted: str) -> list[dict[str, str]]:
    with (edition_dir / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [row for row in rows if all(row[column] == value for column, value in wanted.items())]


def _traces(pages: Pages, page: str, figure: str) -> list[dict[str, Any]]:
    traces: list[dict[str, Any]] = reading.figures(pages[page])[f"{figure}-donnees-synthetiques"]["data"]
    return traces


def test_every_comparable_site_is_a_dot_and_no_other(pages: Pages, edition_dir: Path) -> None:
    included = _rows(edition_dir, "indicateurs_annuels", annee="2025", synthetique="true", inclus_dans_agregats="true")
    published = [row for row in included if row["niveau_comparabilite"] != "non_comparable"]
    assert 0 < len(published) < len(included)
    dots = [trace for trace in _traces(pages, "pue-par-hebergement.html", "pue-hebergement") if "hovertext" in trace]
    sites = [trace for trace in dots if isinstance(trace["marker"]["symbol"], list)]
    drawn = [value for trace in sites for value in trace["x"]]
    assert sorted(drawn) == sorted(float(row["pue_calcule"]) for row in published)
    rings = [symbol for trace in sites for symbol in trace["marker"]["symbol"]].count("circle-open")
    assert rings == sum(row["niveau_comparabilite"] == "reservee" for row in published) > 0


def test_the_page_says_how_many_included_sites_are_not_drawn(pages: Pages, edition_dir: Path) -> None:
    included = _rows(edition_dir, "indicateurs_annuels", annee="2025", synthetique="true", inclus_dans_agregats="true")
    hidden = [row for row in included if row["niveau_comparabilite"] == "non_comparable"]
    text = pages["pue-par-hebergement.html"].text
    assert f"tous les sites inclus ({len(included)})" in text
    assert f"Sites inclus mais non dessinés\u202f: {len(hidden)}, faute" in text
    published = _rows(edition_dir, "agregats_annuels", annee="2025", synthetique="true", dimension="ensemble")[0]
    assert int(published["nb_sites_pue"]) == len(included)
    assert int(published["nb_sites_distribution"]) == len(included) - len(hidden)


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


def test_a_year_where_all_are_drawn_says_so() -> None:
    row = {"inclus_dans_agregats": True, "niveau_comparabilite": "pleine", "pue_calcule": 1.5}
    assert hosting.scope([row, row], 2).startswith("Le PUE pondéré porte sur tous les sites inclus (2)")
    assert hosting.scope([row, row], None).endswith("Aucun n’est laissé hors du dessin.")


def test_sites_that_count_only_in_totals_are_told() -> None:
    row = {"inclus_dans_agregats": True, "niveau_comparabilite": "pleine", "pue_calcule": 1.5}
    said = hosting.scope([row, row], 5)
    assert "tous les sites inclus (5)" in said
    assert said.endswith("Sites qui ne comptent que dans les totaux\u202f: 3.")
    assert "non dessinés" not in said


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
    shown = [cell.attributes["data-valeur"] for cell in section.all("data") if "pue" in cell.attributes["data-colonne"]]
    assert shown == ["1.3", "2.2", "1.16"]


def test_only_full_comparability_is_ranked(pages: Pages, edition_dir: Path) -> None:
    levels = {row["id_centre"]: row for row in _rows(edition_dir, "indicateurs_annuels", annee="2023")}
    cells = [cell.attributes for cell in pages["classement-2023.html"].all("data")]
    ranked = {cell["data-cle"].split(";")[0].removeprefix("id_centre=") for cell in cells}
    assert ranked == {key for key, row in levels.items() if row["rang_pairs"]}
    assert {levels[key]["niveau_comparabilite"] for key in ranked} == {"pleine"}


def test_a_row_of_the_ranking_never_mixes_categories(pages: Pages) -> None:
    figure = reading.figures(pages["classement.html"])["classement-donnees-synthetiques"]
    symbols: dict[float, set[str]] = {}
    for trace in figure["data"]:
        for place in trace["y"]:
            symbols.setdefault(place, set()).add(trace["marker"]["symbol"])
    assert all(len(found - {"circle-open"}) == 1 for found in symbols.values())


def _french(group: str) -> str:
    words = {
        "hopital": "hôpital",
        "calcul_intensif": "calcul intensif",
        "outre_mer": "outre-mer",
        "salle_serveurs": "salle de serveurs",
        "centre_propre": "centre propre",
        "centre_mutualise_public": "centre mutualisé public",
        "cloud_interne": "cloud interne",
        "cloud_dedie": "cloud dédié",
        "cloud_externe": "cloud externe",
    }
    return ", ".join(words.get(part, part) for part in group.split(", "))


def test_the_codes_of_a_group_are_read_as_french(pages: Pages) -> None:
    uses = tables.table("centres").field("usage_principal").constraints["enum"]
    climates = tables.table("indicateurs_annuels").field("zone_climatique").constraints["enum"]
    kinds = tables.table("centres").field("type_hebergement").constraints["enum"]
    codes = {code for code in (*uses, *climates, *kinds) if not re.fullmatch(r"H\d|bureautique|colocation", code)}
    assert codes == set(ranking.WORDS)
    assert "_" not in "".join(ranking.WORDS.values())
    ranked = [cell for name, page in pages.items() if name.startswith("classement") for cell in page.all("data")]
    shown = [cell.text for cell in ranked if "groupe_pairs" in str(cell.attributes)]
    assert any("hôpital" in text for text in shown)
    assert not any("_" in text or "hopital" in text for text in shown)


def test_each_row_of_the_ranking_holds_as_many_dots_as_peers(pages: Pages, edition_dir: Path) -> None:
    counts = {
        _french(row["groupe_pairs"]): int(row["nb_pairs"])
        for row in _rows(edition_dir, "indicateurs_annuels", annee="2025", niveau_comparabilite="pleine")
        if row["nb_pairs"]
    }
    figure = reading.figures(pages["classement.html"])["classement-donnees-synthetiques"]
    dots: dict[float, int] = {}
    for trace in figure["data"]:
        for place in trace["y"]:
            dots[place] = dots.get(place, 0) + 1
    names = [_group(note["text"]) for note in figure["layout"]["annotations"]]
    assert {name: dots[-place] for place, name in enumerate(names)} == counts


def _group(heading: str) -> str:
    """The name of a group from its two lines: size and hosting kind first, then the rest and the number of peers."""
    first, rest = heading.removeprefix("<b>").split("</b><br>")
    size, kind = first.split(", ")
    return ", ".join([size, *rest.split(", ")[:-1], kind])


@pytest.mark.parametrize(
    ("group", "size", "use", "expected"),
    [
        ("T1, hopital, H1, C2, colocation", "T1", "hopital", True),
        ("T1, hopital, H1, C2, colocation", "T2", "hopital", False),
        ("T1, hopital, H1, C2, salle_serveurs", "T1", "hopital", False),
        ("T1, hopital, H1, C2, tous hébergements", "T1", "hopital", True),
        ("T1, tous usages, tous climats, C2, colocation", "T1", "bureautique", True),
        ("T1, tous usages, tous climats, C1, colocation", "T1", "bureautique", False),
        ("T0 à T2, tous usages, tous climats, C2, colocation", "T2", "bureautique", True),
        ("T0 à T2, tous usages, tous climats, C2, colocation", "T3", "bureautique", False),
    ],
)
def test_peers_of_a_group(group: str, size: str, use: str, expected: bool) -> None:
    row = {"classe_taille": size, "usage_principal": use, "zone_climatique": "H1", "categorie_mesure_it": "2"}
    row["type_hebergement"] = "colocation"
    assert ranking.peers(group, [row]) == ([row] if expected else [])


def test_the_filters_offer_what_the_table_holds(pages: Pages) -> None:
    page = pages["classement.html"]
    for name in ("hebergement", "region"):
        select = next(part for part in page.all("select") if part.attributes["data-filtre"] == name)
        offered = {option.attributes["value"] for option in select.all("option")} - {""}
        marks = {row.attributes[f"data-{name}"] for row in page.all("tr") if f"data-{name}" in row.attributes}
        assert offered == marks != set()


def test_each_year_of_the_ranking_has_its_page(pages: Pages) -> None:
    links = next(part for part in pages["classement.html"].all("nav") if "annees" in str(part.attributes))
    assert [link.text for link in links.all("a")] == [str(year) for year in range(2025, 2018, -1)]
    current = [link.text for link in links.all("a") if link.attributes.get("aria-current") == "page"]
    assert current == ["2025"]


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


def test_each_region_has_its_tile_and_its_value(pages: Pages, edition_dir: Path) -> None:
    published = _rows(edition_dir, "agregats_annuels", annee="2025", synthetique="true", dimension="region")
    layout = reading.figures(pages["carte.html"])["carte-donnees-synthetiques"]["layout"]
    texts = [note["text"] for note in layout["annotations"]]
    values = dict(zip(texts[::2], texts[1::2], strict=True))
    assert len(values) == len(regions.SHORT) == 18
    for row in published:
        expected = f"<b>{float(row['pue']):.2f}</b>".replace(".", ",") if row["pue"] else "secret"
        assert values[regions.SHORT[row["modalite"]]] == expected
    assert values["HDF"] == "—"


@pytest.mark.parametrize(("pue", "place"), [(1.0, 0), (1.294, 0), (1.296, 1), (1.3, 1), (1.599, 3), (9.0, 4)])
def test_a_tile_is_classed_as_it_is_written(pue: float, place: int) -> None:
    assert regions.tile_colours({"pue": pue}) == regions.CLASSES[place][2:]


def test_an_unknown_tile_is_white() -> None:
    assert regions.tile_colours(None)[0] == regions.tile_colours({"pue": None})[0] == "#ffffff"

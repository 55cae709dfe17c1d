"""The page of a site: everything in it is published, every number is read back, what it would save is recomputed."""

import csv
import re
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import dashboards
from dashboards import data, figures, links
from dashboards.pages import FOLDER
from dashboards.themes import sites
from greencloud import rules, tables
from greencloud.loading import refusals
from tests.dashboards import example_edition, reading

Pages = dict[str, reading.Element]
SQL = Path(tables.__file__).parent / "sql"


def _published(edition_dir: Path) -> dict[tuple[str, str], dict[str, str]]:
    with (edition_dir / "indicateurs_annuels.csv").open(encoding="utf-8", newline="") as file:
        return {(row["id_centre"], row["annee"]): row for row in csv.DictReader(file)}


def _site_pages(pages: Pages) -> dict[str, reading.Element]:
    return {name[8:-5]: page for name, page in pages.items() if name.startswith("centres/")}


def test_each_published_site_has_its_page(pages: Pages, edition_dir: Path) -> None:
    assert set(_site_pages(pages)) == {identifier for identifier, _ in _published(edition_dir)}


def test_a_page_only_shows_its_own_site_and_all_its_years(pages: Pages, edition_dir: Path) -> None:
    years: dict[str, set[str]] = {}
    for identifier, year in _published(edition_dir):
        years.setdefault(identifier, set()).add(year)
    for identifier, page in _site_pages(pages).items():
        keys = [cell.attributes["data-cle"].split(";") for cell in page.all("data")]
        assert {key[0] for key in keys} == {f"id_centre={identifier}"}
        for table in page.all("table"):
            shown = [row.attributes["data-cle"].split("annee=")[1] for row in table.all("tr") if row.attributes]
            assert shown == sorted(years[identifier], reverse=True), identifier


def test_each_year_leads_to_the_line_that_its_numbers_come_from(pages: Pages) -> None:
    for identifier, page in _site_pages(pages).items():
        origins = {part.attributes["id"]: part for part in page.all("tr") if "id" in part.attributes}
        for name in ("annees", "qualite"):
            table = next(part for part in page.all("table") if part.attributes["id"] == name)
            for row in next(table.all("tbody")).all("tr"):
                target = next(row.all("a")).attributes["href"]
                assert origins[target.removeprefix("#")].attributes["data-cle"] == row.attributes["data-cle"], (
                    identifier
                )


def test_no_two_sites_have_the_same_title(edition_dir: Path) -> None:
    edition = data.load(edition_dir)
    frame = edition.frames["indicateurs_annuels"].copy()
    frame.loc[frame["synthetique"], "nom_site"] = "Salle technique"
    made = list(sites.pages(replace(edition, frames={**edition.frames, "indicateurs_annuels": frame})))
    titles = [page.title for page in made]
    assert len(set(titles)) == len(titles) > 100
    assert any(re.fullmatch(r"Salle technique, .+", title) for title in titles)


def test_synthetic_sites_say_so_and_real_ones_do_not(pages: Pages, edition_dir: Path) -> None:
    synthetic = {identifier for (identifier, _), row in _published(edition_dir).items() if row["synthetique"] == "true"}
    for identifier, page in _site_pages(pages).items():
        banners = [part for part in page.all("p") if part.attributes.get("class") == "banniere"]
        assert len(banners) == (identifier in synthetic), identifier


def test_the_drawing_holds_every_year_that_has_a_ratio(pages: Pages, edition_dir: Path) -> None:
    known: dict[str, int] = {}
    for (identifier, _), row in _published(edition_dir).items():
        known[identifier] = known.get(identifier, 0) + bool(row["pue_calcule"])
    for identifier, page in _site_pages(pages).items():
        assert len([part for part in page.all() if part.tag == "polygon"]) == known[identifier], identifier


def test_a_full_diamond_compares_without_reserve_and_no_other_does(pages: Pages, edition_dir: Path) -> None:
    full: dict[str, int] = {}
    for (identifier, _), row in _published(edition_dir).items():
        full[identifier] = full.get(identifier, 0) + (row["niveau_comparabilite"] == "pleine")
    for identifier, page in _site_pages(pages).items():
        fills = [part.attributes["fill"] for part in page.all() if part.tag == "polygon"]
        assert len([fill for fill in fills if fill != "none"]) == full[identifier], identifier


def test_the_group_of_the_median_is_named(pages: Pages, edition_dir: Path) -> None:
    groups: dict[str, tuple[str, str]] = {}
    for (identifier, _), row in _published(edition_dir).items():
        groups |= {identifier: (row["groupe_quartiles"], row["groupe_pairs"])} if row["groupe_quartiles"] else {}
    assert len({median == rank for median, rank in groups.values()}) == 2
    for identifier, page in _site_pages(pages).items():
        median, rank = groups.get(identifier, ("", ""))
        cells = [cell for cell in page.all("data") if cell.attributes["data-colonne"] == "groupe_quartiles"]
        assert [cell.attributes["value"] for cell in cells] == [median] * bool(median)
        assert ("plus large que celui du rang" in page.text) is (median != rank), identifier


def test_what_a_site_would_save_follows_from_its_published_energies(pages: Pages, edition_dir: Path) -> None:
    published = _published(edition_dir)
    seen = 0
    for page in _site_pages(pages).values():
        for line in page.all("li"):
            for saved in line.all("strong"):
                if "data-calcul" not in saved.attributes:
                    continue
                key = tuple(part.split("=")[1] for part in line.attributes["data-cle"].split(";"))
                row = published[key[0], key[1]]
                found = re.fullmatch(
                    r"energie_totale_kwh - energie_it_kwh \* ([\d.]+)", saved.attributes["data-calcul"]
                )
                assert found and row["inclus_dans_agregats"] == "true"
                assert f"Sur l’année {row['annee']}, la dernière" in page.text
                value = float(row["energie_totale_kwh"]) - float(row["energie_it_kwh"]) * float(found[1])
                assert reading.says(saved.text, str(value), "energie_totale_kwh", None) and value > 0
                seen += 1
    assert seen > 10


ENERGIES = {"energie_totale_kwh": 1800.0, "energie_it_kwh": 1000.0}
ROW: dict[str, Any] = {
    **dict.fromkeys(tables.table("indicateurs_annuels").column_names),
    "id_centre": "90000000000001-01",
    "annee": 2025,
    "synthetique": True,
    "inclus_dans_agregats": True,
    "niveau_comparabilite": "pleine",
    **ENERGIES,
}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, [("300\u00a0kWh", False)]),
        ({"pue_quartile_1_pairs": 1.4}, [("400\u00a0kWh", False), ("300\u00a0kWh", False)]),
        ({"energie_totale_kwh": 1450.0, "pue_quartile_1_pairs": 1.4}, [("50\u00a0kWh", False), ("0\u00a0kWh", True)]),
        ({"inclus_dans_agregats": False}, []),
        ({"niveau_comparabilite": "non_comparable"}, []),
    ],
)
def test_savings_are_never_below_nothing(
    edition_dir: Path, changes: dict[str, Any], expected: list[tuple[str, bool]]
) -> None:
    savings = sites._savings(data.load(edition_dir), [{**ROW, **changes}])
    assert [(saving.saved, saving.better) for saving in savings] == expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"niveau_comparabilite": "reservee"}, "avec réserve"),
        ({"niveau_comparabilite": "non_comparable"}, "ne se compare pas"),
        ({"classe_taille": "TX"}, "puissance informatique n’est pas connue"),
        ({"classe_taille": None}, "puissance informatique n’est pas connue"),
        ({"classe_taille": "T7"}, "moins de trois sites"),
    ],
)
def test_a_site_without_rank_is_told_why(changes: dict[str, Any], expected: str) -> None:
    assert expected in sites._unranked({**ROW, **changes})


def _warnings() -> set[str]:
    """The codes that a published row may bear: those of the rules, of the loading and of the computation."""
    text = (SQL / "indicateurs_annuels.sql").read_text(encoding="utf-8")
    found = set(re.findall(r"\['(\w+)'\] ELSE", text.partition("AS avertissements")[0]))
    assert len(found) > 5
    return (
        found | {refusals.PERIOD_CHANGED} | {rule.code for rule in rules.catalogue() if rule.niveau == "avertissement"}
    )


@pytest.mark.parametrize("code", sorted(_warnings()))
def test_a_warning_is_told_in_words(code: str) -> None:
    said = sites._said(code)
    assert said.endswith((".", "?")) and "_" not in said and "{" not in said


def test_what_is_found_together_is_no_rule_of_a_row() -> None:
    assert set(sites._FOUND_TOGETHER) == _warnings() - {rule.code for rule in rules.catalogue()}


def test_every_code_of_the_quality_has_its_words() -> None:
    table = tables.table("indicateurs_annuels")
    enums = {"qualite_mesure": sites.QUALITIES, "niveau_comparabilite": sites.LEVELS, "perimetre": sites._PERIMETERS}
    for column, words in enums.items():
        assert set(words) == set(table.field(column).constraints["enum"])


def test_every_reason_of_the_computation_has_its_words_and_no_other() -> None:
    text = (SQL / "_sites_annees.sql").read_text(encoding="utf-8")
    given = re.findall(r"THEN '(\w+)'", text.partition("AS lettre_comparabilite")[2].partition("AS motif_exclusion")[0])
    assert set(given) == set(sites.EXCLUSIONS)


def test_every_reason_of_absent_emissions_has_its_words_and_no_other() -> None:
    text = (SQL / "indicateurs_annuels.sql").read_text(encoding="utf-8").partition("AS motif_absence\n")[0]
    assert set(re.findall(r"THEN '(\w+)'", text)) == set(sites.NO_EMISSIONS)


def test_years_without_emissions_are_told_why() -> None:
    given = (
        (2021, None, "groupes_secours"),
        (2022, 3.2, None),
        (2023, None, "groupes_secours"),
        (2024, 3.2, "energie_it_absente"),  # which empties the CUE alone
    )
    rows = [{"annee": year, "emissions_tco2e": tonnes, "motif_absence_cue": why} for year, tonnes, why in given]
    assert sites._no_emissions(rows) == [f"2021, 2023 ({sites.NO_EMISSIONS['groupes_secours']})"]


def test_a_point_of_measure_that_moved_is_never_nothing_odd(tmp_path: Path) -> None:
    folder = example_edition.write(tmp_path / "edition", sites=2, real=False)
    path = folder / "indicateurs_annuels.csv"
    path.write_text(path.read_text(encoding="utf-8").replace(",mesure,", ",point_change,"), encoding="utf-8")
    dashboards.write_pages(folder)
    texts = [page.read_text(encoding="utf-8") for page in (folder / FOLDER / "centres").iterdir()]
    assert len(texts) == 2
    for text in texts:
        assert "Le point de mesure a changé en cours d’année (" in text
        assert "rien d’autre" in text and "rien d’anormal" not in text


def test_the_number_of_a_point_is_told_from_the_band_under_it() -> None:
    label = sites._value({"annee": 2024, "pue_calcule": 1.15})
    assert label["bgcolor"] == figures.PAPER and label["font"]["color"] == figures.BLUE


@pytest.mark.parametrize(
    "identifier", ["../index", "90000000000001-01/..", "", "9000000000000-01", "90000000000001-01\n"]
)
def test_what_is_not_the_number_of_a_site_names_no_file(identifier: str) -> None:
    assert links.site(identifier) == ""


def test_a_site_that_names_a_file_writes_none(tmp_path: Path) -> None:
    folder = example_edition.write(tmp_path / "edition", sites=3, real=False)
    path = folder / "indicateurs_annuels.csv"
    text = path.read_text(encoding="utf-8").replace("90000000000001-01", "../../../ailleurs")
    path.write_text(text, encoding="utf-8")
    written = dashboards.write_pages(folder)
    assert not list(tmp_path.rglob("ailleurs*")) and all(item.resolve().is_relative_to(folder) for item in written)


def test_two_processes_write_the_same_pages_as_one(
    edition_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "edition"
    shutil.copytree(edition_dir, folder, ignore=shutil.ignore_patterns(FOLDER))
    monkeypatch.setattr("dashboards.pages._ALONE", 1)
    written = dashboards.write_pages(folder)
    alone = [path for path in (edition_dir / FOLDER).rglob("*") if path.is_file()]
    assert written == sorted(folder / path.relative_to(edition_dir) for path in alone)
    assert all(path.read_bytes() == (edition_dir / path.relative_to(folder)).read_bytes() for path in written)


def test_the_line_is_broken_at_a_year_without_pue_or_without_row() -> None:
    rows = [{"annee": year, "pue_calcule": pue} for year, pue in ((2020, 1.5), (2021, None), (2024, 1.4))]
    line = sites._joined(rows)
    assert dict(zip(line["x"], line["y"], strict=True)) == {2020: 1.5, 2021: None, 2022: None, 2023: None, 2024: 1.4}

"""Editions out of the ordinary: hostile texts, real data only, nothing at all, no card."""

import csv
from pathlib import Path

import pytest

import dashboards
from dashboards import data
from tests.dashboards import example_edition, reading

TOTALS = ("evolutions_annuelles", "observatoire_cloud", "economies", "secret_statistique")
HOSTILE = "</script><script>alert(1)</script>{{ 7*7 }}{% x %}<img src=x onerror=alert(1)>\"'&"


def _index(folder: Path) -> reading.Element:
    return reading.read((folder / "tableaux-de-bord" / "index.html").read_text(encoding="utf-8"))


def _rewrite(path: Path, **values: str) -> None:
    """The same table with one value all along some of its columns."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows({**row, **values} for row in rows)


def test_hostile_texts_stay_texts(tmp_path: Path) -> None:
    folder = example_edition.write(tmp_path / "edition", sites=40)
    _rewrite(folder / "indicateurs_annuels.csv", nom_site=HOSTILE, organisme=HOSTILE, nom_region=HOSTILE)
    for table in ("agregats_annuels", *TOTALS[:3]):
        _rewrite(folder / f"{table}.csv", libelle=HOSTILE)
    _rewrite(folder / "rejets.csv", nom_fichier=HOSTILE, valeur=HOSTILE, message=HOSTILE)
    for path in dashboards.write_pages(folder):
        if path.suffix == ".html":
            text = path.read_text(encoding="utf-8")
            page = reading.read(text)
            assert "<script>alert" not in text and "<img" not in text, path.name
            assert all(
                "src" in script.attributes or script.attributes.get("type") == "application/json"
                for script in page.all("script")
            )
    shown = [cell.text for cell in _index(folder).all("data") if cell.attributes["data-colonne"] == "nom_site"]
    assert shown and set(shown) == {HOSTILE}


def test_a_group_whose_sites_count_only_in_totals_keeps_its_ratio(tmp_path: Path) -> None:
    folder = example_edition.write(tmp_path / "edition")
    path = folder / "indicateurs_annuels.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(row for row in rows if row["type_hebergement"] != "centre_propre")
    dashboards.write_pages(folder)
    page = reading.read((folder / "tableaux-de-bord" / "pue-par-hebergement.html").read_text(encoding="utf-8"))
    notes = reading.figures(page)["pue-hebergement-donnees-synthetiques"]["layout"]["annotations"]
    heading = next(note["text"] for note in notes if "Centre de données propre" in note["text"])
    assert heading.endswith("\u00a0sites, aucun publié")
    assert "Sites qui ne comptent que dans les totaux" in page.text


def test_an_empty_edition_says_that_it_is_empty(tmp_path: Path) -> None:
    folder = example_edition.write(tmp_path / "2026-05-15-0a1b2c3d", sites=0, real=False)
    written = dashboards.write_pages(folder)
    assert {path.name for path in written} >= {"index.html", "classement.html", "evolution.html", "carte.html"}
    assert "Aucune donnée réelle dans cette édition" in _index(folder).text
    assert list(_index(folder).all("data")) == []


@pytest.mark.parametrize(
    "name",
    ["index", "pue-par-hebergement", "evolution", "economies", "observatoire-cloud", "carte"],
)
def test_real_figures_have_their_charts_without_watermark(real_pages: Path, name: str) -> None:
    page = reading.read((real_pages / f"{name}.html").read_text(encoding="utf-8"))
    drawn = reading.figures(page)
    assert drawn and all(identifier.endswith("donnees-reelles") for identifier in drawn)
    assert "DONNÉES SYNTHÉTIQUES" not in str(drawn)
    assert len(list(page.all("data"))) > 0


@pytest.fixture(scope="module")
def real_pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pages of an edition whose rows are all declared as real."""
    folder = example_edition.write(tmp_path_factory.mktemp("real") / "edition", real=False)
    for table in ("indicateurs_annuels", "agregats_annuels", "couverture", *TOTALS):
        _rewrite(folder / f"{table}.csv", synthetique="false")
    dashboards.write_pages(folder)
    return folder / "tableaux-de-bord"


@pytest.mark.parametrize("card", [True, False])
def test_the_day_of_the_edition(tmp_path: Path, card: bool) -> None:
    folder = example_edition.write(tmp_path / "essai", sites=5, real=False)
    if not card:
        (folder / "edition.json").unlink()
    edition = data.load(folder)
    assert edition.id == (example_edition.EDITION_ID if card else "essai")
    assert edition.updated == ("2026-05-15" if card else "2026-05-14")


def test_a_published_number_is_read_to_its_last_digit(edition_dir: Path) -> None:
    with (edition_dir / "indicateurs_annuels.csv").open(encoding="utf-8", newline="") as file:
        published = [row["pue_calcule"] for row in csv.DictReader(file)]
    assert [None if text == "" else float(text) for text in published] == [
        row["pue_calcule"] for row in data.load(edition_dir).sites
    ]


def test_codes_are_read_as_texts(edition_dir: Path) -> None:
    sites = data.load(edition_dir).sites
    assert {row["code_region"] for row in sites} >= {"04", "11"}
    assert all(isinstance(row["categorie_mesure_it"], str) for row in sites)
    assert {type(row["synthetique"]) for row in sites} == {bool}

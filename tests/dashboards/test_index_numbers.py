"""Every number of the front page is a published one, and says where it is published."""

import csv
import re
from pathlib import Path

import pytest

import dashboards
from tests.dashboards import example_edition, reading

IDENTIFIERS = {
    "edition": example_edition.EDITION_ID,
    "mise-a-jour": "15\u00a0mai 2026",
    "licence": "Licence Ouverte 2.0",
}
LABELLED = ("nature_valeur", "commentaire")  # said in words, and addresses cut to their host: see test_declared.py


def _index(edition_dir: Path) -> str:
    return (edition_dir / "tableaux-de-bord" / "index.html").read_text(encoding="utf-8")


def test_no_number_stands_without_its_source(pages: dict[str, reading.Element]) -> None:
    assert reading.loose_numbers(pages["index.html"], IDENTIFIERS) == []


def test_the_ratio_is_defined_before_the_first_figure_and_a_status_where_it_is_met(
    pages: dict[str, reading.Element],
) -> None:
    text = pages["index.html"].text
    defined = text.index("énergie totale d’un centre divisée par celle de ses équipements informatiques")
    assert defined < text.index("Données réelles")
    assert text.index("Celui d’un groupe de sites, le «\u202fPUE pondéré\u202f»") < text.index("Données réelles")
    assert "«\u202fsecondaire\u202f» quand le chiffre vient de la presse" in text


def test_what_is_said_of_a_drawing_is_published(edition_dir: Path, pages: dict[str, reading.Element]) -> None:
    said = {part.attributes["aria-label"] for part in pages["index.html"].all() if part.attributes.get("role") == "img"}
    assert len(said) > 3
    with (edition_dir / "agregats_annuels.csv").open(encoding="utf-8", newline="") as file:
        published = [(row[name], name) for row in csv.DictReader(file) for name in ("pue", "energie_totale_kwh")]
    for text in said:
        numbers = re.findall(r"[\d\u202f]+(?:,\d+)?\u00a0[kMGT]Wh|\b\d,\d\d\b(?!\u00a0)", text)
        assert len(numbers) > 1, text
        for number in numbers:
            assert any(reading.says(number, value, name, None) for value, name in published if value), number


def test_every_cell_equals_the_published_file(edition_dir: Path, pages: dict[str, reading.Element]) -> None:
    index = pages["index.html"]
    assert reading.disagreements(index, edition_dir, LABELLED) == []
    columns = {cell.attributes["data-colonne"] for cell in index.all("data")}
    assert columns >= {"annee", "nb_sites_declarants", "nb_sites_attendus", "couverture_sites", "energie_totale_kwh"}
    assert columns >= {"energie_it_kwh", "pue", "pue_mediane", "pue_declare"}


@pytest.mark.parametrize("loose", ["<p>12 sites</p>", '<p aria-label="3 sites"></p>', "<td>1,53</td>"])
def test_a_number_without_source_is_found(edition_dir: Path, loose: str) -> None:
    page = reading.read(_index(edition_dir).replace("</main>", f"{loose}</main>"))
    assert len(reading.loose_numbers(page, IDENTIFIERS)) == 1


def test_a_wrong_identifier_is_found(edition_dir: Path) -> None:
    page = reading.read(_index(edition_dir).replace(f">{IDENTIFIERS['edition']}<", ">2020-01-01-00000000<"))
    assert set(reading.loose_numbers(page, IDENTIFIERS)) == {"2020-01-01-00000000"}


def test_a_wrong_text_is_found(edition_dir: Path) -> None:
    text = _index(edition_dir)
    cell = next(
        cell
        for cell in reading.read(text).all("data")
        if cell.attributes["data-colonne"] == "pue" and cell.attributes["value"]
    )
    page = reading.read(text.replace(f">{cell.text}</data>", ">9,99</data>"))
    assert reading.disagreements(page, edition_dir, LABELLED) != []


def test_a_wrong_raw_value_is_found(edition_dir: Path) -> None:
    page = reading.read(_index(edition_dir))
    cell = next(cell for cell in page.all("data") if cell.attributes["data-colonne"] == "energie_totale_kwh")
    cell.attributes["value"] = "0"
    assert len(reading.disagreements(page, edition_dir, LABELLED)) == 1


def test_real_and_synthetic_figures_never_share_a_section(pages: dict[str, reading.Element]) -> None:
    for section in pages["index.html"].all("section"):
        keys = [cell.attributes["data-cle"] for cell in section.all("data")]
        natures = {part for key in keys for part in key.split(";") if part.startswith("synthetique=")}
        expected = {"donnees-reelles": {"synthetique=false"}, "donnees-synthetiques": {"synthetique=true"}}
        assert natures == expected.get(section.attributes["aria-labelledby"], set())


def test_missing_is_a_dash_where_nobody_was_summed(pages: dict[str, reading.Element]) -> None:
    empty = [cell for cell in pages["index.html"].all("data") if cell.attributes["value"] == ""]
    assert {(cell.attributes["class"], cell.text) for cell in empty} == {("absent", "—")}


def test_masked_is_neither_a_dash_nor_a_zero(tmp_path: Path) -> None:
    folder = example_edition.write(tmp_path / "edition", sites=2, real=False)
    dashboards.write_pages(folder)
    page = reading.read(_index(folder))
    cells = [cell for cell in page.all("data") if cell.attributes["data-colonne"] == "pue"]
    assert {(cell.attributes["class"], cell.text) for cell in cells} == {("secret", "secret")}


def test_the_chart_draws_the_published_ratios(pages: dict[str, reading.Element]) -> None:
    figure = reading.figures(pages["index.html"])["apercu-donnees-synthetiques"]
    table = next(
        table for table in pages["index.html"].all("table") if table.attributes["id"].startswith("table-apercu")
    )
    cells = [cell.attributes for cell in table.all("data")]
    published = [cell["value"] for cell in cells if cell["data-colonne"] == "pue" and cell["value"]]
    drawn = next(trace["x"] for trace in figure["data"] if trace["mode"] == "markers+text")
    assert drawn == [float(value) for value in published]
    assert drawn == sorted(drawn)

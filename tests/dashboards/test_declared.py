"""What declarants say of their figures: the source behind each real value, links that are only links, natures."""

import csv
import re
from pathlib import Path

import pytest

import dashboards
from dashboards.cells import masked
from dashboards.links import pieces
from dashboards.themes import declared
from greencloud import tables
from tests.dashboards import example_edition, reading

Pages = dict[str, reading.Element]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Rien.", [("Rien.", "")]),
        ("", [("", "")]),
        (
            "Voir https://www.example.org/a_b?c=1&d=2, puis https://x.fr.",
            [
                ("Voir ", ""),
                ("example.org", "https://www.example.org/a_b?c=1&d=2"),
                (", puis ", ""),
                ("x.fr", "https://x.fr"),
                (".", ""),
            ],
        ),
        ("(https://x.fr)", [("(", ""), ("x.fr", "https://x.fr"), (")", "")]),
        ("https://gouv.fr@mal.example/", [("", ""), ("mal.example", "https://gouv.fr@mal.example/"), ("", "")]),
        ("javascript:alert(1) data:text/html,x", [("javascript:alert(1) data:text/html,x", "")]),
        ("https://[::1 https:///x https://", [("https://[::1 https:///x https://", "")]),
        ('https://x.fr"onclick=1', [("", ""), ("x.fr", "https://x.fr"), ('"onclick=1', "")]),
    ],
)
def test_addresses_are_cut_out_and_show_their_host(text: str, expected: list[tuple[str, str]]) -> None:
    assert list(pieces(text)) == expected


@pytest.mark.parametrize("name", ["index.html", "pue-par-hebergement.html"])
def test_each_real_value_stands_beside_its_source_and_nature(pages: Pages, name: str) -> None:
    rows = [row for table in pages[name].all("table") for row in next(table.all("tbody")).all("tr")]
    real = [row for row in rows if "id_centre=800000" in str([cell.attributes for cell in row.all("data")])]
    assert real
    for row in real:
        cells = {cell.attributes["data-colonne"]: cell for cell in row.all("data")}
        link = next(cells["commentaire"].all("a"))
        assert link.attributes["href"].startswith("https://www.example.org/")
        assert "noopener" in link.attributes["rel"].split()
        assert link.text == "example.org"
        assert "(statut\u202f: secondaire)" in cells["commentaire"].text
    natures = {row.text[:15]: cells.text for row in real for cells in row.all("data") if "nature" in _column(cells)}
    assert natures["Colocation Etix"] == "valeur visée, non mesurée"
    assert set(natures.values()) == {"valeur visée, non mesurée", "—"}


def test_the_energy_of_a_site_is_written_in_the_unit_that_suits_it(pages: Pages) -> None:
    """Two decimals of a gigawatt-hour would lose a server room, and add digits to « 17 GWh »."""
    [table] = [table for table in pages["index.html"].all("table") if table.attributes.get("id") == "table-sites-reels"]
    cells = [cell for cell in table.all("data") if _column(cell).startswith("energie_")]
    known = [cell.text for cell in cells if cell.attributes["value"]]
    assert known and all(re.fullmatch(r"[\d\u202f]+(,\d)?\u00a0[kMG]Wh", text) for text in known), known


def _column(cell: reading.Element) -> str:
    return cell.attributes["data-colonne"]


def test_the_source_is_also_in_the_preview_of_the_table(tmp_path: Path) -> None:
    folder = example_edition.write(tmp_path / "edition", sites=2)
    dashboards.write_pages(folder)
    page = (folder / "tableaux-de-bord" / "tables" / "indicateurs_annuels.html").read_text(encoding="utf-8")
    assert any("example.org" in link.text for link in reading.read(page).all("a"))


def test_a_hostile_comment_makes_no_element(tmp_path: Path) -> None:
    folder = example_edition.write(tmp_path / "edition", sites=2)
    path = folder / "indicateurs_annuels.csv"
    hostile = "https://x.fr/</a><script>alert(1)</script> javascript:alert(1) https://x.fr/'onclick='a"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows({**row, "commentaire": hostile} for row in rows)
    dashboards.write_pages(folder)
    text = (folder / "tableaux-de-bord" / "index.html").read_text(encoding="utf-8")
    page = reading.read(text)
    cells = [cell for cell in page.all("data") if _column(cell) == "commentaire"]
    assert cells and all({part.tag for part in cell.all()} == {"a"} for cell in cells)
    assert {link.attributes["href"] for cell in cells for link in cell.all("a")} == {"https://x.fr/"}
    assert "<script>alert" not in text


def test_every_nature_of_a_value_has_its_words() -> None:
    head = declared.ORIGIN[0]
    for nature in tables.table("indicateurs_annuels").field("nature_valeur").constraints["enum"]:
        assert head.form is not None and head.form(nature) != nature


@pytest.mark.parametrize("row", [{"diffusion": "diffuse"}, {"diffusion": "aucune_donnee"}, {}])
def test_what_nobody_summed_is_not_called_secret(row: dict[str, str]) -> None:
    assert not masked(row)


@pytest.mark.parametrize("reason", ["secret_primaire", "secret_complementaire"])
def test_what_is_masked_is_called_secret(reason: str) -> None:
    assert masked({"diffusion": reason})

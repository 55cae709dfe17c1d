"""The ranking: who is ranked and in which order, how groups are named, what the filters offer."""

import csv
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from dashboards import data, french
from dashboards.themes import peers, ranking
from greencloud import tables
from tests.dashboards import reading

Pages = dict[str, reading.Element]
PAGE = "classement.html"


def _rows(edition_dir: Path) -> list[dict[str, str]]:
    with (edition_dir / "indicateurs_annuels.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _listed(page: reading.Element, nature: str) -> list[reading.Element]:
    table = next(part for part in page.all("table") if part.attributes.get("id") == f"table-{nature}")
    return list(next(table.all("tbody")).all("tr"))


def test_the_page_holds_the_first_sites_of_the_last_year(pages: Pages, edition_dir: Path) -> None:
    rows = _listed(pages[PAGE], "donnees-synthetiques")
    assert len(rows) == ranking.FIRST
    found = [dict(part.split("=") for part in row.attributes["data-cle"].split(";")) for row in rows]
    assert {key["annee"] for key in found} == {"2025"}
    ranked = {row["id_centre"] for row in _rows(edition_dir) if row["annee"] == "2025" and row["rang_pairs"]}
    assert {key["id_centre"] for key in found} <= ranked or len(ranked) < ranking.FIRST


def test_real_and_synthetic_sites_are_listed_apart(pages: Pages, edition_dir: Path) -> None:
    real = {row["id_centre"] for row in _rows(edition_dir) if row["synthetique"] == "false"}
    for nature, among in (("donnees-reelles", True), ("donnees-synthetiques", False)):
        keys = [row.attributes["data-cle"].split(";")[0] for row in _listed(pages[PAGE], nature)]
        assert keys and all((key.removeprefix("id_centre=") in real) is among for key in keys)


def test_ranked_sites_come_first_the_largest_before_by_group_and_rank() -> None:
    def row(identifier: str, group: str | None, rank: int | None) -> dict[str, Any]:
        return {"id_centre": identifier, "groupe_pairs": group, "rang_pairs": rank}

    small, large = (f"{size}, x, y, C1, z" for size in ("T1", "T5"))
    rows = [row("f", None, None), row("d", small, 1), row("b", large, 2), row("a", large, 1)]
    assert [row["id_centre"] for row in ranking.ordered(rows)] == ["a", "b", "d", "f"]


def test_the_order_is_told_above_each_list_and_the_body_stands_beside_its_site(pages: Pages) -> None:
    page = pages[PAGE]
    assert page.text.count("Ordre de départ\u202f: d’abord les sites qui ont un rang") == 2
    heads = [head.text for head in next(next(page.all("table")).all("thead")).all("th")]
    assert heads[:3] == ["Site", "Organisme", "PUE calculé"]


def test_only_full_comparability_is_ranked(pages: Pages) -> None:
    for row in _listed(pages[PAGE], "donnees-synthetiques"):
        cells = {cell.attributes["data-colonne"]: cell.attributes["value"] for cell in row.all("data")}
        assert bool(cells["rang_pairs"]) <= (cells["niveau_comparabilite"] == "pleine")


def test_every_name_leads_to_the_page_of_its_site(pages: Pages) -> None:
    for row in _listed(pages[PAGE], "donnees-synthetiques"):
        identifier = row.attributes["data-cle"].split(";")[0].removeprefix("id_centre=")
        assert next(row.all("a")).attributes["href"] == f"centres/{identifier}.html"


@pytest.mark.parametrize("name", ["hebergement", "taille", "region", "organisme", "comparabilite", "lettre"])
def test_the_filters_offer_what_the_sites_are(pages: Pages, edition_dir: Path, name: str) -> None:
    select = next(part for part in pages[PAGE].all("select") if part.attributes["data-adresse"] == name)
    offered = {option.attributes["value"] for option in select.all("option")} - {""}
    column = select.attributes["data-filtre"]
    assert offered == {row[column] for row in _rows(edition_dir) if row[column]} != set()


def test_each_year_can_be_chosen_the_last_one_first(pages: Pages) -> None:
    select = next(part for part in pages[PAGE].all("select") if part.attributes["data-adresse"] == "annee")
    years = [str(year) for year in range(2025, 2018, -1)]
    assert [option.attributes["value"] for option in select.all("option")] == ["", *years]


def test_each_nature_starts_with_its_own_last_year(edition_dir: Path) -> None:
    edition = data.load(edition_dir)
    frame = edition.frames["indicateurs_annuels"]
    frame = frame[frame["synthetique"] | (frame["annee"] == 2022)]
    changed = replace(edition, frames={**edition.frames, "indicateurs_annuels": frame})
    real, synthetic = ranking.pages(changed)[0].context["parts"]
    assert (real["year"], synthetic["year"]) == (2022, 2025)
    assert real["total"] and {key.split(";")[1] for key, _ in real["rows"]} == {"annee=2022"}


def test_the_filters_are_in_the_order_of_a_french_dictionary(pages: Pages) -> None:
    assert sorted(["Île-de-France", "Zone", "état", "Étape", "Corse"], key=french.alphabetical) == [
        *("Corse", "Étape", "état", "Île-de-France", "Zone"),
    ]
    for name in ("hebergement", "region", "organisme"):
        select = next(part for part in pages[PAGE].all("select") if part.attributes["data-adresse"] == name)
        labels = [option.text for option in select.all("option")][1:]
        assert labels == sorted(labels, key=french.alphabetical)


def test_the_group_of_a_median_is_named_beside_it(pages: Pages, edition_dir: Path) -> None:
    """It is often wider than that of the rank: without its name, the first of three may be above its median."""
    edition = data.load(edition_dir)
    groups = {f"id_centre={row['id_centre']};annee={row['annee']}": row["groupe_quartiles"] for row in edition.sites}
    for row in _listed(pages[PAGE], "donnees-synthetiques"):
        cells = {cell.attributes["data-colonne"]: cell for cell in row.all("data")}
        group = groups[row.attributes["data-cle"]]
        assert cells["groupe_quartiles"].text == ("—" if group is None else peers.words(edition.label, group))
        assert (cells["pue_mediane_pairs"].attributes["value"] == "") == (group is None)


def test_every_code_of_a_group_has_its_words() -> None:
    uses = tables.table("centres").field("usage_principal").constraints["enum"]
    climates = tables.table("indicateurs_annuels").field("zone_climatique").constraints["enum"]
    categories = tables.table("indicateurs_annuels").field("categorie_mesure_it").constraints["enum"]
    assert set(peers.WORDS) == {*uses, *climates, *categories}
    assert "_" not in "".join(peers.WORDS.values())
    assert (
        list(ranking.LETTERS) == tables.table("indicateurs_annuels").field("lettre_comparabilite").constraints["enum"]
    )


@pytest.mark.parametrize(
    ("size", "said"),
    [
        ("T0", "moins de 10 kW"),
        ("T3", "de 100 kW à 500 kW"),
        ("T7", "10 MW et plus"),
        ("TX", "puissance inconnue"),
        ("T0 à T2", "moins de 100 kW"),
        ("T3 à T5", "de 100 kW à 2 MW"),
        ("T5 à T7", "1 MW et plus"),
    ],
)
def test_a_size_is_told_by_its_power(size: str, said: str) -> None:
    assert peers.sizes(size) == said


def test_a_group_is_told_without_a_code(edition_dir: Path) -> None:
    edition = data.load(edition_dir)
    said = peers.words(edition.label, "T3, hopital, tous climats, C1, salle_serveurs")
    assert said == "salle de serveurs, de 100 kW à 500 kW, hôpital, tous climats, mesure en sortie d’onduleur"


def test_no_group_shows_a_code(pages: Pages) -> None:
    shown = [
        cell.text
        for page in pages.values()
        for cell in page.all("data")
        if cell.attributes["data-colonne"] == "groupe_pairs" and cell.attributes["value"]
    ]
    assert shown
    assert not [text for text in shown if "_" in text or ", C" in text or text.startswith("T")]

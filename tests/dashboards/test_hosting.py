"""The page of hosting kinds: a dot for each site that has a PUE, by how far it compares, and the references."""

import csv
import json
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from dashboards import data
from dashboards.cells import Cell, Part
from dashboards.themes import SYNTHETIC, hosting, hosting_figure, references
from dashboards.themes.sites import LEVELS
from tests.dashboards import reading

Pages = dict[str, reading.Element]
PAGE = "pue-par-hebergement.html"
CHART = "pue-hebergement-donnees-synthetiques"
ROW: dict[str, Any] = {"inclus_dans_agregats": True, "niveau_comparabilite": "pleine", "pue_calcule": 1.5}


def _text(parts: tuple[Part, ...]) -> str:
    return "".join(part.text if isinstance(part, Cell) else part for part in parts)


@pytest.fixture(scope="module")
def published(edition_dir: Path) -> list[dict[str, str]]:
    """The synthetic rows of the last year whose PUE can be computed."""
    with (edition_dir / "indicateurs_annuels.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [row for row in rows if row["synthetique"] == "true" and row["annee"] == "2025" and row["pue_calcule"]]


@pytest.fixture(scope="module")
def masked(edition_dir: Path) -> data.Edition:
    """The edition where secrecy hides the hosting kind that has the lowest PUE."""
    edition = data.load(edition_dir)
    frame = edition.frames["agregats_annuels"].copy()
    hidden = frame["synthetique"] & (frame["modalite"] == "cloud_externe")
    frame.loc[hidden, ["pue", "nb_sites_pue"]] = None
    frame.loc[hidden, "diffusion"] = "secret_complementaire"
    return replace(edition, frames={**edition.frames, "agregats_annuels": frame})


def _dots(pages: Pages) -> dict[str, list[dict[str, Any]]]:
    """The traces of dots by level: those drawn at once, then those that a reader may add."""
    [script] = [part for part in pages[PAGE].all("script") if part.attributes.get("data-autres-points") == CHART]
    traces = [*reading.figures(pages[PAGE])[CHART]["data"], *json.loads("".join(map(str, script.content)))]
    return {level: [trace for trace in traces if trace.get("name") == level] for level in LEVELS}


def test_every_site_that_has_a_ratio_is_a_dot_of_its_level(pages: Pages, published: list[dict[str, str]]) -> None:
    dots = _dots(pages)
    for level, traces in dots.items():
        values = sorted(float(row["pue_calcule"]) for row in published if row["niveau_comparabilite"] == level)
        assert sorted(value for trace in traces for value in trace["x"]) == values != []
    assert len({trace["marker"]["symbol"] for traces in dots.values() for trace in traces}) == len(LEVELS)
    drawn = {trace.get("name") for trace in reading.figures(pages[PAGE])[CHART]["data"]}
    assert drawn & set(LEVELS) == {"pleine"}


def test_the_dots_are_listed_one_by_one(pages: Pages, published: list[dict[str, str]]) -> None:
    table = next(part for part in pages[PAGE].all("table") if part.attributes["id"].startswith("table-points"))
    cells = [cell.attributes for cell in table.all("data") if cell.attributes["data-colonne"] == "pue_calcule"]
    assert sorted(cell["value"] for cell in cells) == sorted(row["pue_calcule"] for row in published)


def test_too_many_dots_are_left_to_the_ranking(edition_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    edition = data.load(edition_dir)
    assert hosting._part(edition, SYNTHETIC)["points"] is not None
    monkeypatch.setattr(hosting, "LISTED", 10)
    assert hosting._part(edition, SYNTHETIC)["points"] is None


def test_the_page_says_on_what_the_weighted_ratio_rests(pages: Pages, published: list[dict[str, str]]) -> None:
    levels = [row["niveau_comparabilite"] for row in published]
    inside = sum(row["inclus_dans_agregats"] == "true" for row in published)
    text = pages[PAGE].text
    assert f"comptés dans les sommes ({inside})" in text
    assert f"{levels.count('pleine')} sans réserve, {levels.count('reservee')} avec une réserve" in text
    assert f"{levels.count('non_comparable')} qui ne se comparent pas" in text


def test_sites_out_of_the_sums_or_without_a_dot_are_told() -> None:
    hosted = {**ROW, "inclus_dans_agregats": False}
    said = " ".join(hosting.scope([ROW, ROW, hosted], 5))
    assert "comptés dans les sommes (5)" in said and "se calcule (3)\u202f: 3 sans réserve" in said
    assert "ceux de la médiane\u202f: 2." in said
    assert "chez l’hôte\u202f: 1." in said
    assert said.endswith("Sites qui ne comptent que dans les totaux, sans point\u202f: 3.")
    assert len(hosting.scope([ROW], 1)) == len(hosting.scope([ROW], None)) == 2


def test_the_answer_says_among_how_many_kinds_when_some_are_hidden(edition_dir: Path, masked: data.Edition) -> None:
    whole = _text(hosting.answer(data.load(edition_dir), SYNTHETIC, 2025))
    assert "cloud externe" in whole and "parmi" not in whole
    said = _text(hosting.answer(masked, SYNTHETIC, 2025))
    assert "cloud externe" not in said
    assert said.endswith(", parmi les 6 types sur 7 dont le chiffre est publié.")


def test_a_hidden_kind_does_not_give_its_published_sites_as_its_size(
    masked: data.Edition, published: list[dict[str, str]]
) -> None:
    chart = hosting._part(masked, SYNTHETIC)["chart"]
    notes = [note["text"] for note in chart.figure.to_plotly_json()["layout"]["annotations"]]
    sites = sum(row["type_hebergement"] == "cloud_externe" for row in published)
    assert f"<b>Cloud externe (cercle 3)</b><br>PUE pondéré secret, {sites}\u00a0sites publiés" in notes
    assert "masqué ou inconnu : Cloud externe (cercle 3)" in chart.alternative


def test_market_references_are_verified_drawn_and_sourced(pages: Pages, edition_dir: Path) -> None:
    edition = data.load(edition_dir)
    rows = references.market(edition)
    assert len(rows) == len(references._MARKET) and {row["statut"] for row in rows} == {"verified"}
    [drawn] = [trace for trace in reading.figures(pages[PAGE])[CHART]["data"] if "text" in trace]
    assert drawn["x"] == [float(row["pue"]) for row in rows] == sorted(drawn["x"])
    table = next(part for part in pages[PAGE].all("table") if part.attributes["id"] == "table-marche")
    lines = [[part for part in row.content if isinstance(part, reading.Element)] for row in table.all("tr")][1:]
    assert [line[0].text for line in lines] == drawn["text"]
    for line, row in zip(lines, rows, strict=True):
        assert line[2].text.removeprefix("plus de ") == f"{row['pue']:.2f}".replace(".", ",")
        assert line[3].text == str(int(row["annee"]))
        assert next(line[5].all("a")).attributes["href"] == row["url_source"]
    assert [row["url_source"] for row in references.references(edition)[3:]] == [row["url_source"] for row in rows]


def test_a_reference_that_nobody_verified_is_not_drawn(edition_dir: Path) -> None:
    edition = data.load(edition_dir)
    doubted = tuple({**row, "statut": "secondary"} for row in edition.references)
    assert references.market(replace(edition, references=doubted)) == []


def test_the_choice_is_hidden_until_the_scripts_serve_it(pages: Pages) -> None:
    [form] = pages[PAGE].all("form")
    assert "hidden" in form.attributes
    assert [option.attributes["value"] for option in form.all("option")] == ["", "avec-reserve", "tous"]
    assert "sans réserve" in next(next(pages[PAGE].all("main")).all("noscript")).text


def test_dots_keep_apart_in_whatever_order_they_come() -> None:
    values = [1.5, 1.2, 1.51, 1.49, 1.2, 1.9]
    lanes = hosting_figure.swarm(values, 0.1)
    assert lanes[:2] == [0, 0] and lanes[5] == 0
    for (one, lane), (other, same) in combinations(zip(values, lanes, strict=True), 2):
        assert lane != same or abs(one - other) >= 0.1


def test_the_points_to_add_cannot_close_their_script(edition_dir: Path) -> None:
    edition = data.load(edition_dir)
    frame = edition.frames["indicateurs_annuels"].copy()
    frame["nom_site"] = "</script><script>alert(1)</script>"
    hostile = replace(edition, frames={**edition.frames, "indicateurs_annuels": frame})
    assert "<" not in hosting._part(hostile, SYNTHETIC)["more"]

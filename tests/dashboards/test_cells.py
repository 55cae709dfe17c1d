"""A displayed value: its text, its raw value, the published cell it comes from."""

from typing import Any

import pytest

from dashboards.cells import SITE, Head, cell, published_table, sentence

AGGREGATE = {
    "annee": 2025,
    "synthetique": False,
    "dimension": "ensemble",
    "modalite": "ensemble",
    "libelle": "Ensemble",
    "pue": 1.5312,
    "energie_totale_kwh": 17_000_000.0,
    "wue_l_par_kwh": 0.123456,
    "nb_sites_pue": 1200,
    "couverture_sites": 0.5,
    "diffusion": "diffuse",
}


def _shown(column: str, **changes: Any) -> str:
    return cell({**AGGREGATE, **changes}, "agregats_annuels", column).text


@pytest.mark.parametrize(
    ("column", "text"),
    [
        ("annee", "2025"),
        ("pue", "1,53"),
        ("energie_totale_kwh", "17,0\u00a0GWh"),
        ("wue_l_par_kwh", "0,1235"),
        ("nb_sites_pue", "1\u202f200"),
        ("couverture_sites", "50,0\u00a0%"),
        ("libelle", "Ensemble"),
    ],
)
def test_the_form_follows_the_column(column: str, text: str) -> None:
    assert _shown(column) == text


def test_a_cell_knows_its_place() -> None:
    shown = cell(AGGREGATE, "agregats_annuels", "pue")
    assert (shown.raw, shown.source, shown.column) == ("1.5312", "agregats_annuels", "pue")
    assert shown.key == "annee=2025;synthetique=false;dimension=ensemble;modalite=ensemble"
    assert shown.known


@pytest.mark.parametrize("diffusion", ["secret_primaire", "secret_complementaire"])
def test_a_masked_value_says_so(diffusion: str) -> None:
    assert _shown("pue", pue=None, diffusion=diffusion) == "secret statistique"


def test_a_missing_value_is_a_dash_and_never_zero() -> None:
    shown = cell({**AGGREGATE, "pue": None}, "agregats_annuels", "pue")
    assert (shown.text, shown.raw, shown.known) == ("—", "", False)
    assert _shown("nb_sites_pue", nb_sites_pue=0) == "0"


def test_a_column_that_is_not_masked_keeps_its_value_in_a_masked_row() -> None:
    assert _shown("nb_sites_pue", diffusion="secret_primaire") == "1\u202f200"


def test_a_sentence_keeps_its_cells() -> None:
    parts = sentence("En {annee}, le PUE est : {pue}.", annee=_cell("annee"), pue=_cell("pue"))
    texts = [part if isinstance(part, str) else part.text for part in parts]
    assert "".join(texts) == "En 2025, le PUE est\u202f: 1,53."
    assert [part.column for part in parts if not isinstance(part, str)] == ["annee", "pue"]


def _cell(column: str) -> Any:
    return cell(AGGREGATE, "agregats_annuels", column)


def test_a_site_without_a_name_shows_its_key() -> None:
    row = {"id_centre": "90000000000001-01", "annee": 2025, "nom_site": None, "pue_calcule": 1.5}
    table = published_table("t", "Titre", "indicateurs_annuels", [row], (SITE, Head("PUE", "pue_calcule")))
    assert [shown.text for shown in table.rows[0] if not isinstance(shown, str)] == ["90000000000001-01", "1,50"]
    assert [column.numeric for column in table.columns] == [False, True]

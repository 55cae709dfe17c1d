"""A displayed value: its text, its raw value, the published cell it comes from."""

from typing import Any

import pytest

from dashboards.cells import DIFFUSIONS, SITE, Head, cell, published_table, sentence
from greencloud import tables

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
    "part_it_mesuree": 0.938,
    "emissions_tco2e": 20513.5,
    "nb_sites_carbone": 1100,
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
        ("part_it_mesuree", "93,8\u00a0%"),
        ("emissions_tco2e", "20\u202f514\u00a0tCO₂e"),
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
    assert _shown("pue", pue=None, diffusion=diffusion) == "secret"


@pytest.mark.parametrize(
    ("column", "changes", "text"),
    [
        ("emissions_tco2e", {}, "secret"),
        ("emissions_tco2e", {"nb_sites_carbone": 2}, "—"),
        ("cue_kgco2e_par_kwh", {"cue_kgco2e_par_kwh": None}, "secret"),
        ("part_it_mesuree", {}, "secret"),
        ("part_it_mesuree", {"nb_sites_pue": 0}, "—"),
        ("part_it_mesuree", {"diffusion": "aucune_donnee"}, "—"),
        ("libelle", {"diffusion": "secret_primaire"}, "—"),
        ("nb_sites_attendus", {"nb_sites_attendus": None, "diffusion": "secret_primaire"}, "—"),
    ],
)
def test_a_column_hidden_alone_is_not_one_that_nobody_knows(column: str, changes: dict[str, Any], text: str) -> None:
    assert _shown(column, **{column: None, **changes}) == text


@pytest.mark.parametrize(
    ("source", "column", "value", "text"),
    [
        ("evolutions_annuelles", "croissance_totale_pct", 1.25, "+1,2\u00a0%"),
        ("evolutions_annuelles", "croissance_totale_pct", -0.44, "−0,4\u00a0%"),
        ("evolutions_annuelles", "croissance_totale_pct", -0.04, "0,0\u00a0%"),
        ("evolutions_annuelles", "pue_constant_precedent", 1.4, "1,40"),
        ("evolutions_annuelles", "energie_it_constante_precedente_kwh", 2e9, "2,00\u00a0TWh"),
        ("economies", "economie_basse_eur", 20_465_968.0, "20,5\u00a0M€"),
        ("economies", "economie_basse_eur", 1234.0, "1,2\u00a0k€"),
        ("economies", "economie_basse_eur", 0.0, "0\u00a0€"),
        ("economies", "economie_haute_tco2e", 12.34, "12,3\u00a0tCO₂e"),
        ("economies", "part_economisee", 0.2135, "21,3\u00a0%"),
        ("economies", "motif_absence_tco2e", "facteur_absent", "facteur_absent"),
        ("observatoire_cloud", "part", 0.0398, "4,0\u00a0%"),
        ("indicateurs_annuels", "facteur_charge", 0.5, "50,0\u00a0%"),
    ],
)
def test_the_form_of_the_other_tables(source: str, column: str, value: float | str, text: str) -> None:
    row = dict.fromkeys(tables.table(source).column_names) | {column: value}
    assert cell(row, source, column).text == text


@pytest.mark.parametrize(("known", "text"), [({}, "secret"), ({"motif_absence_tco2e": "facteur_absent"}, "—")])
def test_emissions_saved_are_secret_unless_a_reason_is_given(known: dict[str, str], text: str) -> None:
    row: dict[str, Any] = dict.fromkeys(tables.table("economies").column_names)
    row |= {"economie_centrale_kwh": 5.0, "diffusion": "diffuse", **known}
    assert cell(row, "economies", "economie_centrale_tco2e").text == text


def test_every_reason_has_its_words() -> None:
    enums = [("agregats_annuels", "diffusion"), ("secret_statistique", "motif")]
    codes = {code for table, column in enums for code in tables.table(table).field(column).constraints["enum"]}
    assert codes == set(DIFFUSIONS)


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

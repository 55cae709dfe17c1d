"""The words of the check as the pages say them."""

import re

import pytest

from dashboards import french
from greencloud import rules, tables
from greencloud.checking.messages import examples
from portal import taken
from portal.web import wording

_HELD = re.compile(r"\{[^}]*\}")


@pytest.mark.parametrize("table", taken.TABLES)
def test_no_rule_speaks_of_a_column_by_its_name(table: str) -> None:
    names = [field.name for field in tables.table(table).fields if "_" in field.name]
    for rule in rules.for_table(table):
        said = wording.told(table, _HELD.sub("1", f"{rule.message} {rule.correction}"))
        assert [name for name in names if re.search(rf"\b{name}\b", said)] == [], (rule.code, said)


def test_no_message_on_a_cell_names_an_option_of_a_command() -> None:
    said = [wording.told("declarations", f"{one.message} {one.fix or ''}") for one in examples.cell_examples()]
    assert [words for words in said if "--corrected" in words] == []


def test_a_cell_is_said_without_the_place_that_the_page_shows() -> None:
    message = "Ligne 3, colonne « energie_it_kwh » : « 12 » dépasse energie_totale_kwh."
    for text in (message, french.typography(message)):
        assert (
            re.sub(r"\s", " ", wording.told("declarations", text))
            == "« 12 » dépasse « Énergie totale du centre (kWh) »."
        )
    assert wording.told("declarations", "Ligne 3 : la ligne est vide.", placed=False) == "Ligne 3 : la ligne est vide."


def test_a_label_is_said_with_what_is_to_be_typed() -> None:
    said = wording.told("declarations", "Ajoutez la colonne « energie_it_kwh ».", code="missing-label")
    assert said == "Ajoutez la colonne « Énergie des équipements informatiques (kWh) » (energie_it_kwh)."


def test_a_title_read_as_its_column_is_not_worth_a_note() -> None:
    read = [
        {"code": "tolere", "message": f"L'intitulé « {label} » a été lu comme « annee »."} for label in ("Année", "an")
    ]
    absent = {"code": "colonnes-absentes", "message": "40 colonnes facultatives absentes."}
    assert wording.notes("declarations", [*read, absent]) == ["L'intitulé « an » a été lu comme « Année »."]


def _classed(code: str, **energies: float) -> dict[str, object]:
    return {"classe_comparabilite": code, "energie_totale_kwh": 1.0, "energie_it_kwh": 1.0, **energies}


def test_a_class_of_comparability_says_what_it_lacks() -> None:
    words, lacking = wording.comparability(_classed("C1-D-A-X"))
    assert words.endswith("année entière, qualité de la mesure non dite")
    assert lacking == ["Qualité de la mesure"]
    titles = {field.title for field in tables.table("declarations").fields}
    assert set(wording.comparability(_classed("CX-X-X-X"))[1]) <= titles


def test_a_missing_energy_is_not_told_as_a_quality_that_nobody_gave() -> None:
    words, lacking = wording.comparability(_classed("C1-D-A-X") | {"energie_it_kwh": None})
    assert "qualité" not in words and "une énergie au moins manque" in words
    assert lacking == ["Énergie des équipements informatiques (kWh)"]


def test_every_value_of_a_list_has_words() -> None:
    """But those that are words of the trade already."""
    listed = {
        str(value)
        for name in taken.TABLES
        for field in tables.table(name).fields
        for value in field.constraints.get("enum", [])
    }
    assert listed - set(wording.CHOICES) == {"N", "N+1", "2N", "2N+1"}


@pytest.mark.parametrize(
    "value", ["annee", "energie_it_kwh", "energie_it_kwh + 3", "la colonne « annee »", "a » energie_it_kwh « b"]
)
def test_a_received_text_that_reads_like_a_name_stays_as_it_was_received(value: str) -> None:
    said = f"« {value} » n'est pas un nombre."
    assert wording.told("declarations", f"Ligne 3, colonne « energie_it_kwh » : {said}") == said
    note = f"Colonne « commentaire » : 1 cellule lue sans ses espaces (« {value} », lu « annee »)."
    if "» e" not in value:  # outside the guillemets of a note, a name is a name
        assert wording.told("declarations", note, placed=False) == note.replace("commentaire", "Commentaire")
    assert wording.columns("declarations", f"Ligne 3, colonne « energie_it_kwh » : {said}") == ["energie_it_kwh"]


def test_a_sentence_about_columns_says_their_titles() -> None:
    for text, said in (
        ("Ligne 3 : « id_centre » et « annee » = « annee, 2024 » se trouve déjà.", "« Identifiant du centre » et « An"),
        ("Ligne 3, colonne « date_fin » : la valeur « annee » doit être égale à « annee ».", "égale à « Année »"),
        ("Ligne 3 : « annee » est vide, la ligne n'a pas de clé.", "« Année » est vide"),
    ):
        assert said in wording.told("declarations", text)
    assert "« annee, 2024 »" in wording.told("declarations", "Ligne 3 : « annee » = « annee, 2024 » se trouve déjà.")

"""Labels matched with fields: tolerated spellings are said, doubtful ones are one error each."""

from typing import Any

import pytest

from greencloud import tables
from greencloud.checking import header
from tests.pace import costs_under

FIELDS: list[dict[str, Any]] = [
    {"name": "code_site", "title": "Code du site", "constraints": {"required": True}},
    {"name": "energie_totale_kwh", "title": "Énergie totale (kWh)", "type": "number"},
    {"name": "facteur_gco2e_par_kwh", "title": "Facteur d'émission (g CO2e/kWh)", "type": "number"},
    {"name": "surface_m2", "title": "Surface (m²)", "type": "number"},
    {"name": "pue", "title": "PUE", "type": "number"},
    {"name": "commentaire"},
]
NAMES = [field["name"] for field in FIELDS]


def match(*labels: str, fields: list[dict[str, Any]] = FIELDS) -> header.Header:
    return header.match(labels, tables.from_descriptor({"fields": fields}))


def errors(found: header.Header) -> list[tuple[str, str | None, str | None]]:
    return [(error.code, error.field, error.value) for error in found.errors]


def test_the_names_of_the_schema_call_for_no_word() -> None:
    found = match(*NAMES)
    assert found.positions == {name: place for place, name in enumerate(NAMES)}
    assert not found.errors and not found.warnings and not found.notes


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("Code Site ", "code_site"),
        ("CODE-SITE", "code_site"),
        ("code\u00a0site", "code_site"),
        ('"code_site"', "code_site"),
        ("\ufeffcode_site", "code_site"),
        ("ï»¿code_site", "code_site"),
        ("Code du site", "code_site"),
        ("Code du site *", "code_site"),
        ("Énergie totale (kWh)", "energie_totale_kwh"),
        ("E\u0301nergie totale [kWh]", "energie_totale_kwh"),
        ("energie totale en kWh", "energie_totale_kwh"),
        ("Énergie totale (en kWh)", "energie_totale_kwh"),
        ("Énergie totale (kWh/an)", "energie_totale_kwh"),
        ("Énergie totale", "energie_totale_kwh"),
        ("Surface (m²)", "surface_m2"),
        ("surface", "surface_m2"),
        ("Facteur d’émission (g CO2e/kWh)", "facteur_gco2e_par_kwh"),
        ("P.U.E.", None),
        ("PUE (sans unité)", "pue"),
        ("Commentaire (facultatif)", "commentaire"),
    ],
)
def test_a_label_in_another_spelling_is_read_and_said(label: str, name: str | None) -> None:
    others = [other for other in NAMES if other != name]
    found = match(label, *others)
    if name is None:
        assert [note.code for note in found.notes] == ["extra-label"]
        return
    assert found.positions[name] == 0
    assert [note.code for note in found.notes] == ["intitule-tolere"] and not found.errors


@pytest.mark.parametrize(
    ("label", "unit"),
    [
        ("Énergie totale (MWh)", "MWh"),
        ("energie_totale_mwh", "MWh"),
        ("Énergie totale en GWh", "GWh"),
        ("Énergie totale (MWh/an)", "MWh"),
        ("Énergie totale (kW)", "kW"),
    ],
)
def test_a_label_in_another_unit_is_an_error_that_names_both(label: str, unit: str) -> None:
    found = match("code_site", label, *NAMES[2:])
    assert errors(found) == [("incorrect-label", "energie_totale_kwh", label)]
    assert unit in found.errors[0].message and "kWh" in found.errors[0].message
    assert "energie_totale_kwh" not in found.positions


def test_a_unit_of_its_own_may_tell_two_fields_apart() -> None:
    fields = [{"name": "energie_kwh", "type": "number"}, {"name": "energie_mwh", "type": "number"}]
    assert match("Énergie (MWh)", "Énergie (kWh)", fields=fields).positions == {"energie_kwh": 1, "energie_mwh": 0}
    assert errors(match("Énergie", fields=fields)) == [("incorrect-label", "energie_kwh", "Énergie")]


@pytest.mark.parametrize("labels", [("pue", "pue"), ("pue", "PUE"), ("PUE", "Pue"), ("PUE ", "pue", "P U E")])
def test_several_labels_for_one_field_are_an_error(labels: tuple[str, ...]) -> None:
    found = match("code_site", *labels)
    assert [(error.code, error.field) for error in found.errors] == [("duplicate-label", "pue")]


def test_two_fields_may_differ_by_case_alone_in_their_words() -> None:
    fields = [{"name": "a_b"}, {"name": "a b"}]
    assert match("a b", "a_b", fields=fields).positions == {"a_b": 1, "a b": 0}


@pytest.mark.parametrize(
    ("label", "name"),
    [("comentaire", "commentaire"), ("commentaires", "commentaire"), ('commentaire"); DROP TABLE x;--', "commentaire")],
)
def test_a_doubtful_label_is_an_error_and_its_column_is_not_lost_in_silence(label: str, name: str) -> None:
    found = match(*NAMES[:-1], label)
    assert errors(found) == [("incorrect-label", name, label)]


def test_another_column_is_no_doubtful_label() -> None:
    fields = [{"name": "site"}, {"name": "adresse_1"}, {"name": "pue"}]
    found = match("site", "adresse_2", "pue_cible", "", " ", fields=fields)
    assert not found.errors
    assert [note.code for note in found.notes] == ["extra-label", "blank-label", "colonnes-absentes"]


def test_a_missing_required_column_is_one_error() -> None:
    assert errors(match(*NAMES[1:])) == [("missing-label", "code_site", None)]
    assert errors(match("x", "y")) == [("missing-label", "code_site", None)]
    assert errors(match("x", "y", fields=FIELDS[1:])) == [("missing-label", "energie_totale_kwh", None)]


def test_the_line_of_the_header_is_named() -> None:
    found = header.match(["x"], tables.from_descriptor({"fields": FIELDS}), row=4)
    assert "Ligne 4" in found.errors[0].message


def test_hostile_headers_cost_nothing() -> None:
    fields = [{"name": f"colonne_{letter}_{place}"} for letter in "abcdefgh" for place in range(40)]
    with costs_under(5):
        found = match("a" * 1_000_000, *(f"étrangère {place}" for place in range(3_000)), fields=fields)
    assert len(found.errors) == 1 and len(found.errors[0].message) < 2_000


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("energie_totale_kwh", "energie_it_kwh"),
        ("eau_totale_m3", "eau_potable_m3"),
        ("date_fin", "date_debut"),
        ("adresse_1", "adresse_2"),
        ("pue_max", "pue_min"),
        ("debit_entrant_gbps", "debit_sortant_gbps"),
    ],
)
def test_another_quantity_is_no_misspelling(label: str, name: str) -> None:
    found = match("code_site", label, fields=[FIELDS[0], {"name": name}])
    assert errors(found) == []
    assert [note.code for note in found.notes] == ["extra-label", "colonnes-absentes"]


@pytest.mark.parametrize("label", ["energies_totales_kwh", "energie_toatle_kwh", "energietotalekwh"])
def test_a_slip_of_the_keyboard_is_an_error(label: str) -> None:
    assert errors(match("code_site", label)) == [("incorrect-label", "energie_totale_kwh", label)]


@pytest.mark.parametrize(
    "stated",
    [
        {"title": "Consommation (kWh)"},
        {"title": "Consommation en kWh"},
        {"title": "Consommation kWh"},
        {"description": "Consommation de l'année, en kWh, telle que relevée."},
        {"description": "Consommation relevée (kWh/an). Il en va de même pour les autres sites."},
        {"description": "Consommation en kilowattheures."},
    ],
)
@pytest.mark.parametrize("label", ["conso_mwh", "Conso (MWh)", "conso en MWh"])
def test_the_unit_of_a_label_is_held_against_all_that_the_field_says(label: str, stated: dict[str, str]) -> None:
    fields = [FIELDS[0], {"name": "conso", "type": "number", **stated}]
    found = match("code_site", label, fields=fields)
    assert errors(found) == [("incorrect-label", "conso", label)]
    assert "en MWh" in found.errors[0].message and "en kWh" in found.errors[0].message
    assert not match("code_site", label.replace("MWh", "kWh").replace("mwh", "kwh"), fields=fields).errors


@pytest.mark.parametrize("description", ["", "Il en va de même.", "En kWh ou en MWh.", "L'année où l'on en a besoin."])
def test_a_unit_that_the_field_does_not_say_is_told_plainly(description: str) -> None:
    fields = [FIELDS[0], {"name": "conso", "type": "number", "description": description}]
    found = match("code_site", "conso_mwh", fields=fields)
    assert not found.errors and found.positions["conso"] == 1
    (note,) = found.notes
    assert note.code == "intitule-tolere"
    assert note.message == (
        "L'intitulé « conso_mwh » a été lu comme « conso » : ses valeurs sont gardées telles quelles, en MWh, "
        "car le schéma ne dit pas leur unité."
    )

"""Cells as people write them: the same value in another spelling is read, anything else is refused with its cause."""

import re
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from greencloud import tables
from greencloud.checking import check_file, messages, tolerances, values
from greencloud.checking.verdicts import Cell, CellReader, Fault
from greencloud.reading.native import TypedText
from tests.pace import costs_under

NO_BREAK, NARROW, THIN = "\u00a0", "\u202f", "\u2009"


def reader(texts: Sequence[str] = (), missing: Sequence[str] = ("",), year: str = "annee", **field: Any) -> CellReader:
    fields = [{"name": year, "type": "integer"}, {"name": "a", **field}]
    table = tables.from_descriptor({"fields": fields, "missingValues": list(missing)})
    return tolerances.reader(table.fields[1], table, tolerances.evidence(table.fields[1], texts))


def read(text: str, **field: Any) -> Cell:
    return reader([text], **field)(text)


def fault(text: str, **field: Any) -> Fault:
    cell = read(text, **field)
    assert cell.text is None and len(cell.faults) == 1, cell
    return cell.faults[0]


FRENCH: dict[str, Any] = {"type": "number", "decimalChar": ",", "groupChar": " "}
KWH: dict[str, Any] = {"type": "number", "name": "energie_kwh"}


@pytest.mark.parametrize(
    ("text", "expected", "tolerance"),
    [
        ("1234.5", "1234.5", None),
        ("-12", "-12", None),
        ("1,5", "1.5", "virgule_decimale"),
        ("0,123", "0.123", "virgule_decimale"),
        ("1234,567", "1234.567", "virgule_decimale"),
        ("1 234 567,8", "1234567.8", "milliers"),
        (f"1{NO_BREAK}234{NO_BREAK}567,8", "1234567.8", "milliers"),
        (f"1{NARROW}234{NARROW}567,8", "1234567.8", "milliers"),
        (f"1{THIN}234,5", "1234.5", "milliers"),
        ("1 234.567", "1234.567", "milliers"),
        ("1'234'567.8", "1234567.8", "milliers"),
        ("1’234,5", "1234.5", "milliers"),
        ("1.234.567,8", "1234567.8", "milliers"),
        ("876.543,2", "876543.2", "milliers"),
        ("1.234.567", "1234567", "milliers"),
        ("1,234,567.8", "1234567.8", "milliers"),
        ("1,234,567", "1234567", "milliers"),
        ("20 50 000", "2050000", "groupes_irreguliers"),
        ("8,911819e+01", "8.911819e+01", "notation_scientifique"),
        ("1,2345678E+06", "1.2345678e+06", "notation_scientifique"),
        ("1.2E6", "1.2e6", "notation_scientifique"),
        ("+12", "12", "signe_plus"),
        ("−12,5", "-12.5", "signe_moins"),
        ("１２３，５", "123.5", "chiffres_pleine_chasse"),
        (" 12 ", "12", "espaces"),
        (f"{NO_BREAK}12\t", "12", "espaces"),
        ("12\u200b", "12", "caracteres_invisibles"),
        ("'12", "12", "apostrophe"),
        ('="12"', "12", "apostrophe"),
    ],
)
def test_numbers_keep_their_value_whatever_their_spelling(text: str, expected: str, tolerance: str | None) -> None:
    cell = read(text, type="number")
    assert (cell.text, cell.tolerance, cell.faults) == (expected, tolerance, ())


@pytest.mark.parametrize(
    ("text", "expected", "tolerance"),
    [
        ("1 234 567,8", "1234567.8", None),
        ("1,41", "1.41", None),
        ("1,234", "1.234", None),
        ("1.41", "1.41", "point_decimal"),
        (f"1{NO_BREAK}234,5", "1234.5", "milliers"),
        ("20 50 000,0", "2050000.0", "groupes_irreguliers"),
    ],
)
def test_what_the_schema_writes_calls_for_no_note(text: str, expected: str, tolerance: str | None) -> None:
    cell = read(text, **FRENCH)
    assert (cell.text, cell.tolerance, cell.faults) == (expected, tolerance, ())


@pytest.mark.parametrize(
    ("text", "field", "readings"),
    [
        ("1,234", {"type": "number"}, ("1234", "1.234")),
        ("-1,234", {"type": "number"}, ("-1234", "-1.234")),
        ("1.234", FRENCH, ("1234", "1.234")),
        ("45.000", FRENCH, ("45000", "45.000")),
        ("314.870", KWH, ("314870", "314.870")),
        ("314,870", {**FRENCH, "title": "Énergie (kWh)"}, ("314870", "314.870")),
        ("2.023", {"type": "integer"}, ("2023", "2.023")),
        ("12.000", {"type": "integer"}, ("12000", "12.000")),
        ("1.5", {"type": "number", "groupChar": ".", "decimalChar": ","}, ("15", "1.5")),
    ],
)
def test_a_number_with_two_readings_is_an_error_that_shows_both(
    text: str, field: dict[str, Any], readings: tuple[str, ...]
) -> None:
    field = {**field}
    name = field.pop("name", "a")
    table = tables.from_descriptor({"fields": [{"name": name, **field}]})
    (only,) = tolerances.reader(table.fields[0], table, tolerances.evidence(table.fields[0], []))(text).faults
    assert (only.code, only.readings) == ("separateur_ambigu", readings)


@pytest.mark.parametrize(
    ("text", "detail", "proposal"),
    [
        ("vingt", None, None),
        ("01/02/2023", None, None),
        ("N   82 584,28", None, None),
        ("12,000,0", "separateurs_meles", None),
        ("1.234.56", "separateurs_meles", None),
        ("1 2345", "groupes_irreguliers", None),
        ("12 34", "groupes_irreguliers", None),
        ("300-400", "plage", None),
        ("12 à 15", "plage", None),
        ("entre 12 et 15", "plage", None),
        ("~12", "approximation", "12"),
        ("env. 1 200,5", "approximation", "1200.5"),
        ("12 environ", "approximation", "12"),
        ("<12", "borne", None),
        ("> 1 000", "borne", None),
        ("moins de 5", "borne", None),
        ("(22 959,4)", "negatif_comptable", "-22959.4"),
        ("22959-", "signe", "-22959"),
        ("– 22959", "signe", "-22959"),
        ("12 / 13", "plusieurs_valeurs", None),
        ("12O0", "lettre_pour_chiffre", "1200"),
        ("1l2", "lettre_pour_chiffre", "112"),
        ("12000 (1)", "appel_de_note", "12000"),
        ("12000*", "appel_de_note", "12000"),
        ("12000¹", "appel_de_note", "12000"),
        ("=SOMME(A1:A3)", "formule", None),
        ("néant", "zero_ou_absent", None),
        ("Infinity", "non_fini", None),
        ("1_000", "trait_bas", "1000"),
        ("١٢", "chiffres_etrangers", "12"),
        ("12 €", "unite", None),
        ("50 000 euros", "unite", None),
        ("3 baies", "unite", None),
    ],
)
def test_what_is_not_quite_a_number_is_refused_with_its_cause(
    text: str, detail: str | None, proposal: str | None
) -> None:
    only = fault(text, type="number")
    assert (only.code, only.detail, only.proposal) == ("type-error", detail, proposal)


@pytest.mark.parametrize(
    ("name", "text", "detail", "proposal"),
    [
        ("energie_kwh", "12 MWh", "autre_unite", "12000"),
        ("energie_kwh", "1,2345 GWh", "autre_unite", "1234500"),
        ("energie_kwh", "500 Wh", "autre_unite", "0.5"),
        ("energie_kwh", "12 kW", "autre_grandeur", None),
        ("energie_kwh", "12 m3", "autre_grandeur", None),
        ("eau_m3", "1500 litres", "autre_unite", "1.5"),
        ("eau_m3", "2 dam3", "autre_unite", "2000"),
        ("cout_eur", "12 k€", "autre_unite", "12000"),
        ("pue", "141 %", "pourcentage", "1.41"),
        ("pue", "1,4 kWh", "sans_unite_attendue", None),
        ("facteur_gco2e_par_kwh", "12 kWh", "sans_unite_attendue", None),
    ],
)
def test_a_unit_that_is_not_the_columns_is_refused_with_the_conversion(
    name: str, text: str, detail: str, proposal: str | None
) -> None:
    table = tables.from_descriptor({"fields": [{"name": name, "type": "number"}]})
    (only,) = tolerances.reader(table.fields[0], table, tolerances.evidence(table.fields[0], []))(text).faults
    assert (only.code, only.detail, only.proposal) == ("unite_dans_cellule", detail, proposal)


@pytest.mark.parametrize(
    ("name", "title", "text", "expected", "tolerance"),
    [
        ("energie_kwh", "", "1 234,5 kWh", "1234.5", "unite_retiree"),
        ("energie_kwh", "", "123 KWH", "123", "unite_retiree"),
        ("eau_m3", "", "12 m³", "12", "unite_retiree"),
        ("conso", "Consommation (MWh)", "12 MWh", "12", "unite_retiree"),
        ("taux_pct", "", "12,5 %", "12.5", "pourcentage"),
        ("part", "Part (%)", "12%", "12", "pourcentage"),
        ("montant", "Montant (€)", "12 euros", "12", "unite_retiree"),
    ],
)
def test_the_columns_own_unit_is_left_out(name: str, title: str, text: str, expected: str, tolerance: str) -> None:
    table = tables.from_descriptor({"fields": [{"name": name, "title": title or name, "type": "number"}]})
    cell = tolerances.reader(table.fields[0], table, tolerances.evidence(table.fields[0], []))(text)
    assert (cell.text, cell.tolerance) == (expected, tolerance)


def test_an_ambiguous_amount_is_not_converted() -> None:
    table = tables.from_descriptor({"fields": [{"name": "energie_kwh", "type": "number"}]})
    (only,) = tolerances.reader(table.fields[0], table, tolerances.evidence(table.fields[0], []))("1,234 MWh").faults
    assert (only.code, only.proposal) == ("unite_dans_cellule", None)


@pytest.mark.parametrize(
    "text", ["9" * 100_000, "1" + " 000" * 30_000, "1E400", "1E-400", "12345678901234567891", "1e999999"]
)
def test_a_number_that_would_not_be_kept_exactly_is_refused_at_once(text: str) -> None:
    with costs_under(1):
        assert fault(text, type="number").code == "nombre_trop_long"


@pytest.mark.parametrize(
    ("text", "proposal"),
    [
        ("0.1234567890123456789", "0.12345678901234568"),
        ("123456789012.12345678", "123456789012.12346"),
        ("123 456,123456789012345", "123456.123456789"),
        ("-3.14159265358979323846", "-3.141592653589793"),
        ("0,12345678901234567890e-3", "0.00012345678901234567"),
    ],
)
def test_decimals_that_would_be_lost_are_refused_and_rounded_on_demand(text: str, proposal: str) -> None:
    assert fault(text, type="number") == Fault("nombre_trop_long", detail="decimales", proposal=proposal)
    assert read(proposal, type="number").text == proposal


@pytest.mark.parametrize("text", ["1.50000000000000000000000", "0.00000000000000000000125", "12345.123456789012"])
def test_zeros_are_no_digits_that_may_be_lost(text: str) -> None:
    assert read(text, type="number") == Cell(text, Decimal(text))


@given(st.from_regex(r"(0|-?[1-9][0-9]{0,16})(\.[0-9]{1,22})?", fullmatch=True))
@settings(max_examples=300, deadline=None)
def test_an_accepted_number_keeps_all_its_digits(text: str) -> None:
    cell = read(text, type="number")
    if cell.text is not None:
        digits = len(cell.text.replace(".", "").replace("-", "").strip("0"))
        assert digits <= 17 or Decimal(repr(float(cell.text))) == Decimal(cell.text)
    field = tables.from_descriptor({"fields": [{"name": "a", "type": "number"}]})
    shape = tolerances.plain(field.fields[0], field)
    assert shape is not None
    if re.fullmatch(shape, text):
        assert (cell.text, cell.tolerance) == (text, None)


@pytest.mark.parametrize(
    ("text", "expected", "tolerance"),
    [
        ("2023.0", "2023", "decimales_nulles"),
        ("2023,0", "2023", "virgule_decimale"),
        ("2 023", "2023", "milliers"),
        ("２０２４", "2024", "chiffres_pleine_chasse"),
        ("2,023E3", "2023", "notation_scientifique"),
        ("1e3", "1000", "notation_scientifique"),
        ("'2023", "2023", "apostrophe"),
        ("007", "7", None),
    ],
)
def test_whole_numbers(text: str, expected: str, tolerance: str | None) -> None:
    cell = read(text, type="integer")
    assert (cell.text, cell.tolerance) == (expected, tolerance)


@pytest.mark.parametrize(
    "text", ["lundi 20/03/2024", "lun. 20 mars 2024", "le lundi 20 mars 2024", "Lundi, 20-03-2024", "lundi 2024-03-20"]
)
@pytest.mark.parametrize("kind", ["date", "datetime"])
def test_a_day_of_the_week_that_contradicts_its_date_is_refused(text: str, kind: str) -> None:
    found = reader(["31/01/2024"], type=kind)(text if kind == "date" else f"{text} 08:30:00").faults
    assert found == (Fault("date_ambigue", detail="jour_de_semaine", readings=("lundi", "mercredi")),)


@pytest.mark.parametrize("text", ["lundi 20", "lundi 45000", "lundi 20240318", "lundi"])
def test_a_day_of_the_week_makes_no_date_of_a_number(text: str) -> None:
    assert fault(text, type="date").code == "type-error"


def test_a_whole_number_is_not_rounded() -> None:
    assert fault("2023.5", type="integer").detail == "decimales"
    assert fault("9" * 20, type="integer").code == "nombre_trop_long"
    assert fault("3,5 baies", type="integer").detail == "unite"


def test_constraints_hold_for_tolerated_spellings() -> None:
    for text in ("−1,5", "- 1", "(1)"):
        assert read(text, type="number", constraints={"minimum": 0}).faults
    assert read("−1,5", type="number", constraints={"minimum": 0}).faults == (Fault("constraint-error", "minimum"),)
    assert read("1 000,5", type="number", constraints={"maximum": 1000}).faults[0].constraint == "maximum"


@pytest.mark.parametrize(
    "text", ["n.c.", "NC", "ND", "N/A", "#N/A", "#N/D", "NULL", "None", "-", "—", "?", "...", "non communiqué"]
)
@pytest.mark.parametrize("kind", ["number", "integer", "date", "boolean", "year"])
def test_marks_of_absence_are_absent_with_a_note(text: str, kind: str) -> None:
    assert read(text, type=kind) == Cell(None, tolerance="absent")


@pytest.mark.parametrize("text", ["", " ", "\u00a0"])
def test_an_empty_cell_is_no_value_where_one_is_due_whatever_the_missing_values(text: str) -> None:
    required: dict[str, Any] = {"constraints": {"required": True}}
    for kind in ("string", "any", "number", "date"):
        for missing in (["ND"], ["", "ND"]):
            cell = reader([text], missing=missing, type=kind, **required)(text)
            assert [(one.code, one.constraint) for one in cell.faults] == [("constraint-error", "required")]
    assert reader([""], missing=[], type="string", **required)(text).faults == (Fault("constraint-error", "required"),)
    assert reader([""], missing=["ND"], type="string")("") == Cell("", "")
    assert reader([""], missing=["ND"], type="number")("") == Cell(None, tolerance="absent")


def test_the_note_of_an_empty_cell_says_that_it_is_empty() -> None:
    field = tables.from_descriptor({"fields": [{"name": "a", "type": "number"}]}).fields[0]
    assert messages.tolerance(field, "absent", 2, "", None).message == (
        "Colonne « a » : 2 cellules lues comme des valeurs absentes (par exemple une cellule vide)."
    )
    assert "« n.c. »" in messages.tolerance(field, "absent", 1, "n.c.", None).message


def test_an_absence_is_refused_where_a_value_is_due() -> None:
    required = {"constraints": {"required": True}}
    assert read("n.c.", type="number", **required).faults == (Fault("constraint-error", "required", "absent"),)
    assert read("", type="number", **required).faults == (Fault("constraint-error", "required"),)
    assert read("  ", type="number", **required).faults == (Fault("constraint-error", "required"),)
    table = tables.from_descriptor({"fields": [{"name": "cle"}], "primaryKey": ["cle"]})
    cell = tolerances.reader(table.fields[0], table, tolerances.evidence(table.fields[0], []))("")
    assert cell.faults == (Fault("constraint-error", "required"),)


def test_absence_is_never_zero_nor_zero_absence() -> None:
    assert read("0", type="number").text == "0"
    assert read("0,0", **FRENCH).text == "0.0"
    assert fault("néant", type="number").readings == ("0", "")
    assert read(" ", type="number") == Cell(None, tolerance="espaces")


def test_free_texts_and_listed_values_keep_the_marks() -> None:
    assert read("n.c.", type="string").text == "n.c."
    assert read("-", type="string", constraints={"enum": ["-", "+"]}).text == "-"
    assert read("n.c.", type="string", constraints={"enum": ["a"]}) == Cell(None, tolerance="absent")
    assert reader(missing=(), type="number")("n.c.").faults == (Fault("type-error"),)
    assert reader(missing=("-",), type="number")("n.c.") == Cell(None, tolerance="absent")


@pytest.mark.parametrize(
    "text", ["#REF!", "#DIV/0!", "#VALEUR!", "#VALUE!", "#NOM?", "#NAME?", "#NOMBRE!", "#NUM!", "#NUL!", "Err:502"]
)
@pytest.mark.parametrize("kind", ["number", "string", "date"])
def test_a_broken_result_is_an_error_and_no_absence(text: str, kind: str) -> None:
    assert fault(text, type=kind).code == "erreur_tableur"
    assert fault("########", type=kind) == Fault("erreur_tableur", detail="largeur")


@pytest.mark.parametrize(
    ("text", "expected", "tolerance"),
    [
        ("2023-02-15", "2023-02-15", None),
        ("15/02/2023", "2023-02-15", "date_francaise"),
        ("15/2/2023", "2023-02-15", "date_francaise"),
        ("01/01/2023", "2023-01-01", "date_francaise"),
        ("15-02-2023", "2023-02-15", "date_francaise"),
        ("15.02.2023", "2023-02-15", "date_francaise"),
        ("2023/02/15", "2023-02-15", "date_autre_ordre"),
        ("2023.02.15", "2023-02-15", "date_autre_ordre"),
        ("20230215", "2023-02-15", "date_autre_ordre"),
        ("15022023", "2023-02-15", "date_francaise"),
        ("1er janvier 2023", "2023-01-01", "date_en_lettres"),
        ("15 févr. 2023", "2023-02-15", "date_en_lettres"),
        ("15 FÉVRIER 2023", "2023-02-15", "date_en_lettres"),
        ("mercredi 15 février 2023", "2023-02-15", "date_en_lettres"),
        ("15-août-2023", "2023-08-15", "date_en_lettres"),
        ("mer. 15/02/2023", "2023-02-15", "date_francaise"),
        ("mercredi 2023-02-15", "2023-02-15", "date_autre_ordre"),
        ("2023-02-15 00:00:00", "2023-02-15", "date_avec_minuit"),
        ("2023-02-15T00:00", "2023-02-15", "date_avec_minuit"),
        ("15/02/2023 00:00", "2023-02-15", "date_avec_minuit"),
        ("44972", "2023-02-15", "date_tableur"),
        ("44972.0", "2023-02-15", "date_tableur"),
        ("'15/02/2023", "2023-02-15", "apostrophe"),
    ],
)
def test_days(text: str, expected: str, tolerance: str | None) -> None:
    cell = read(text, type="date")
    assert (cell.text, cell.tolerance, cell.faults) == (expected, tolerance, ())


@pytest.mark.parametrize(
    ("text", "code", "detail", "readings"),
    [
        ("01/02/2023", "date_ambigue", "ordre", ("2023-02-01", "2023-01-02")),
        ("31/02/2023", "type-error", "jour_inexistant", ()),
        ("2023-02-30", "type-error", "jour_inexistant", ()),
        ("2023-13-01", "type-error", "mois_inexistant", ()),
        ("60", "type-error", "numero_de_serie", ()),
        ("999999999", "type-error", None, ()),
        ("2023", "type-error", "jour_absent", ()),
        ("février 2023", "type-error", "jour_absent", ()),
        ("02/2023", "type-error", "jour_absent", ()),
        ("15/02", "type-error", "annee_absente", ()),
        ("2023-02-15 14:30", "type-error", "heure_en_trop", ()),
        ("44972.5", "type-error", "heure_en_trop", ()),
        ("2022-12-31T23:00:00Z", "type-error", "decalage_horaire", ("2022-12-31", "2023-01-01")),
        ("11122012", "date_ambigue", None, ()),
        ("bientôt", "type-error", None, ()),
    ],
)
def test_days_that_cannot_be_known(text: str, code: str, detail: str | None, readings: tuple[str, ...]) -> None:
    cell = read(text, type="date")
    if text == "11122012":  # the year 1112 is not plausible: one reading is left
        assert cell.text == "2012-12-11"
        return
    assert [(one.code, one.detail, one.readings) for one in cell.faults] == [(code, detail, readings)]


def test_a_day_above_twelve_anywhere_decides_for_the_column() -> None:
    read_day = reader(["15/01/2023", "01/02/2023"], type="date")
    assert read_day("01/02/2023").text == "2023-02-01"


def shared(**columns: Sequence[str]) -> dict[str, CellReader]:
    """The readers of date columns that stand in one file."""
    table = tables.from_descriptor({"fields": [{"name": name, "type": "date"} for name in columns]})
    known = tolerances.shared_evidence(zip(table.fields, columns.values(), strict=True))
    return {field.name: tolerances.reader(field, table, known[field.name]) for field in table.fields}


def test_the_days_of_one_column_tell_the_order_of_the_others() -> None:
    readers = shared(date_debut=["01/01/2023", "01/02/2023"], date_fin=["31/01/2023"])
    assert readers["date_debut"]("01/02/2023").text == "2023-02-01"
    readers = shared(date_debut=["01/02/2023", "28/02/2023"], date_fin=["02/28/2023", "03/31/2023"])
    (only,) = readers["date_debut"]("01/02/2023").faults
    assert only.detail == "ordre_contradictoire"
    (only,) = shared(date_debut=["01/02/2023"], date_fin=["2023-02-28"])["date_debut"]("01/02/2023").faults
    assert only.detail == "ordre"


@pytest.mark.parametrize(
    ("kind", "text", "expected", "tolerance"),
    [
        ({"type": "number", "name": "energie_kwh"}, "314.875", "314.875", None),
        ({"type": "number", "decimalChar": ",", "groupChar": " "}, "314.875", "314.875", None),
        ({"type": "number", "decimalChar": ","}, "-1234.5", "-1234.5", None),
        ({"type": "integer"}, "2023", "2023", None),
        ({"type": "year"}, "2023", "2023", None),
        ({"type": "date", "format": "%d/%m/%Y"}, "2023-02-01", "2023-02-01", None),
        ({"type": "datetime"}, "2023-02-01", "2023-02-01T00:00:00", None),
        ({"type": "boolean", "trueValues": ["oui"], "falseValues": ["non"]}, "true", "true", None),
        ({"type": "date"}, "44958", "2023-02-01", "date_tableur"),
        ({"type": "string"}, "314.875", "314.875", None),
        ({"type": "string", "name": "siret"}, "13002526500013", "13002526500013", None),
    ],
)
def test_a_value_of_a_workbook_has_one_reading(
    kind: dict[str, Any], text: str, expected: str, tolerance: str | None
) -> None:
    cell = reader([], **kind)(TypedText(text))
    assert (cell.text, cell.tolerance, cell.faults) == (expected, tolerance, ())


@pytest.mark.parametrize(
    ("kind", "text", "code", "detail"),
    [
        ({"type": "integer"}, "314.875", "type-error", "decimales"),
        ({"type": "number"}, "true", "type-error", None),
        ({"type": "number"}, "#NUM!", "erreur_tableur", None),
        ({"type": "date"}, "2023-02-01T08:30:00", "type-error", "heure_en_trop"),
        ({"type": "number", "constraints": {"minimum": 1000}}, "314.875", "constraint-error", None),
        ({"type": "string", "name": "siret"}, "13002500000000", "identifiant_abime", "chiffres_perdus"),
        ({"type": "string", "name": "siret"}, "11OO46O18OOO13", "identifiant_abime", "lettre_pour_chiffre"),
    ],
)
def test_a_value_of_a_workbook_is_not_always_of_its_column(
    kind: dict[str, Any], text: str, code: str, detail: str | None
) -> None:
    (only,) = reader([], **kind)(TypedText(text)).faults
    assert (only.code, only.detail) == (code, detail)


@pytest.mark.parametrize("format_", ["default", "%d/%m/%Y"])
def test_a_month_first_column_is_not_read_at_all(format_: str) -> None:
    column = ["01/01/2023", "02/15/2023", "03/01/2023", "2023-01-01"]
    read_day = reader(column, type="date", format=format_)
    for text in column[:3]:
        (only,) = read_day(text).faults
        assert (only.code, only.detail) == ("date_ambigue", "ordre_contradictoire")
    assert read_day("2023-01-01").text == "2023-01-01"


def test_one_slip_does_not_condemn_a_column() -> None:
    column = ["15/01/2023", "30/06/2023", "31/12/2023", "02/15/2023", "01/03/2023"]
    read_day = reader(column, type="date", format="%d/%m/%Y")
    assert read_day("02/15/2023").faults == (Fault("date_ambigue", detail="mois_jour", proposal="2023-02-15"),)
    assert (read_day("01/03/2023").text, read_day("01/03/2023").tolerance) == ("2023-03-01", None)
    unsaid = reader(column, type="date")
    assert unsaid("30/06/2023").text == "2023-06-30"
    assert [one.detail for one in unsaid("01/03/2023").faults] == ["ordre"]


def test_a_schema_may_be_month_first() -> None:
    read_day = reader(["02/15/2023", "03/01/2023"], type="date", format="%m/%d/%Y")
    assert (read_day("03/01/2023").text, read_day("02/15/2023").text) == ("2023-03-01", "2023-02-15")
    contradicted = reader(["15/02/2023", "03/01/2023"], type="date", format="%m/%d/%Y")
    assert contradicted("03/01/2023").faults[0].detail == "ordre_contradictoire"


def test_two_digits_of_a_year_wait_for_the_year_of_the_row() -> None:
    french: dict[str, Any] = {"type": "date", "format": "%d/%m/%Y"}
    cell = reader(["15/02/23"], **french)("15/02/23")
    assert (cell.text, cell.tolerance) == ("2023-02-15", "annee_deux_chiffres")
    (alone,) = reader(["15/02/23"], year="numero", **french)("15/02/23").faults
    assert (alone.detail, alone.readings) == ("annee_deux_chiffres", ("2023-02-15", "1923-02-15", "2015-02-23"))
    assert fault("15/02/23", type="date").code == "date_ambigue"


def test_the_format_of_the_schema_comes_first() -> None:
    assert read("23-02-15", type="date", format="%y-%m-%d").text == "2023-02-15"
    assert read("15 02 2023", type="date", format="%d %m %Y").text == "2023-02-15"
    iso = read("2023-02-15", type="date", format="%d/%m/%Y")
    assert (iso.text, iso.tolerance) == ("2023-02-15", "date_iso")
    short = read("1/2/2023", type="date", format="%d/%m/%Y")
    assert short == Cell("2023-02-01", iso.value.replace(day=1), "date_francaise")
    assert read("15/02/2023", type="date", format="%d-%m-%Y").tolerance == "date_francaise"
    assert read("15-02-2023", type="date", format="%d-%m-%Y").tolerance is None


def test_any_format_invents_nothing() -> None:
    assert read("2023-02-15", type="date", format="any").text == "2023-02-15"
    assert fault("01/02/2023", type="date", format="any").code == "date_ambigue"
    assert fault("15 mars", type="date", format="any").detail == "annee_absente"


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        ("datetime", "2023-01-01 10:00", "2023-01-01T10:00:00"),
        ("datetime", "15/01/2023 8h30", "2023-01-15T08:30:00"),
        ("datetime", "44927.5", "2023-01-01T12:00:00"),
        ("time", "8h30", "08:30:00"),
        ("time", "08:30", "08:30:00"),
        ("time", "8 h 30 min", "08:30:00"),
        ("yearmonth", "01/2023", "2023-01"),
        ("yearmonth", "janv. 2023", "2023-01"),
        ("yearmonth", "202301", "2023-01"),
        ("year", "2 023", "2023"),
        ("year", "2023.0", "2023"),
    ],
)
def test_times_months_and_years(kind: str, text: str, expected: str) -> None:
    cell = read(text, type=kind)
    assert cell.text == expected and cell.tolerance


@pytest.mark.parametrize(
    ("kind", "text", "detail", "proposal"),
    [
        ("datetime", "15/01/2023", "heure_absente", "2023-01-15T00:00:00"),
        ("time", "25:00", "heure_inexistante", None),
        ("yearmonth", "13/2023", "mois_inexistant", None),
        ("yearmonth", "15/01/2023", "date_pour_annee", "2023-01"),
        ("year", "01/01/2023", "date_pour_annee", "2023"),
        ("year", "2023-2024", "plage", None),
        ("year", "23", "annee_deux_chiffres", None),
        ("year", "exercice", None, None),
    ],
)
def test_times_months_and_years_that_are_not(kind: str, text: str, detail: str | None, proposal: str | None) -> None:
    only = fault(text, type=kind)
    assert (only.detail, only.proposal) == (detail, proposal)


@pytest.mark.parametrize(
    ("text", "expected"), [("OUI", "true"), ("Vrai", "true"), ("o", "true"), ("NON", "false"), ("Faux", "false")]
)
def test_yes_and_no(text: str, expected: str) -> None:
    assert read(text, type="boolean").text == expected
    assert read(text, type="boolean", trueValues=["oui"], falseValues=["non"]).text == expected


def test_a_tick_and_a_missing_answer_are_not_guessed() -> None:
    assert fault("x", type="boolean").detail == "coche"
    assert fault("non", type="boolean", trueValues=["oui"], falseValues=[]).detail is None
    assert read("o", type="boolean", trueValues=["O"], falseValues=["o"]).text == "false"
    assert read("1", type="boolean", trueValues=["0"], falseValues=["1"]).text == "false"


SIRET = "13002526500013"


@pytest.mark.parametrize(
    ("text", "tolerance"),
    [
        (SIRET, None),
        ("130 025 265 00013", "identifiant_espaces"),
        (f"130{NO_BREAK}025{NO_BREAK}265{NO_BREAK}00013", "identifiant_espaces"),
        ("130.025.265.00013", "identifiant_espaces"),
        ("130-025-265-00013", "identifiant_espaces"),
        (f" {SIRET}", "espaces"),
        (f"'{SIRET}", "apostrophe"),
        (f'="{SIRET}"', "apostrophe"),
        (f"{SIRET}'", "identifiant_espaces"),
        (f"SIRET : {SIRET}", "identifiant_espaces"),
        (f"n° Siret {SIRET}", "identifiant_espaces"),
        (f"{SIRET}.0", "identifiant_decimal"),
        (f"{SIRET},00", "identifiant_decimal"),
    ],
)
def test_a_siret_in_another_dress(text: str, tolerance: str | None) -> None:
    cell = siret(text)
    assert (cell.text, cell.tolerance) == (SIRET, tolerance)


def siret(text: str, name: str = "siret", **descriptor: Any) -> Cell:
    table = tables.from_descriptor({"fields": [{"name": name, "type": "string"}], **descriptor})
    return tolerances.reader(table.fields[0], table, tolerances.evidence(table.fields[0], []))(text)


@pytest.mark.parametrize(
    ("text", "detail", "proposal"),
    [
        ("1,30025E+13", "notation_scientifique", None),
        ("1.30025E+13", "notation_scientifique", None),
        ("1.3002526500013E+13", "notation_scientifique", SIRET),
        ("13002500000000", "chiffres_perdus", None),
        ("45032466000000.0", "chiffres_perdus", None),
        ("3002526500013", "longueur", None),
        ("6500041400014", "zero_perdu", "06500041400014"),
        ("2001234500017.0", "longueur", None),
        (f"{SIRET} / 13002526500021", "plusieurs", None),
        (f"{SIRET}\n13002526500021", "plusieurs", None),
        (f"{SIRET}13002526500021", "plusieurs", None),
        (f"{SIRET} 13002526500021", "plusieurs", None),
        ("130025265", "siren_pour_siret", None),
        ("1300252650OO13", "lettre_pour_chiffre", SIRET),
        ("130025265000131", "longueur", None),
        ("12", "longueur", None),
        (f"{SIRET} (siège)", "longueur", None),
        (f"={SIRET}", "longueur", None),
    ],
)
def test_a_damaged_siret_is_refused_with_its_cause(text: str, detail: str, proposal: str | None) -> None:
    cell = siret(text)
    assert [(one.code, one.detail, one.proposal) for one in cell.faults] == [("identifiant_abime", detail, proposal)]


def test_which_columns_hold_identifiers() -> None:
    check = {"custom_checks": [{"name": "french-siren-value", "params": {"column": "entreprise"}}]}
    assert siret("130 025 265", name="entreprise", **check).text == "130025265"
    assert siret("130 025 265", name="entreprise").text == "130 025 265"
    assert siret("130 025 265 00013", name="idSiret").text == SIRET
    assert siret("130 025 265 00013", name="siren_ou_siret").text == "130 025 265 00013"
    assert siret("en cours d'attribution").text == "en cours d'attribution"
    assert siret("n.c.") == Cell(None, tolerance="absent")
    assert siret(SIRET, name="siren").faults[0].proposal == "130025265"


CODE: dict[str, Any] = {"type": "string", "constraints": {"pattern": "[A-Z0-9-]{3,20}"}}


@pytest.mark.parametrize(
    ("text", "expected", "tolerance"),
    [
        ("DC-75-001", "DC-75-001", None),
        (" DC-75-001 ", "DC-75-001", "espaces"),
        ("DC–75–001", "DC-75-001", "tirets"),
        ("DC\u201175\u2011001", "DC-75-001", "tirets"),
        ("DC-75\u200b-001", "DC-75-001", "caracteres_invisibles"),
        ("'DC-75-001", "DC-75-001", "apostrophe"),
        ("130 025 265-01", "130025265-01", "identifiant_espaces"),
    ],
)
def test_a_code_in_another_dress(text: str, expected: str, tolerance: str | None) -> None:
    cell = read(text, **CODE)
    assert (cell.text, cell.tolerance) == (expected, tolerance)


def test_no_code_is_made_out_of_another() -> None:
    assert fault("D\u0421-75-001", **CODE) == Fault(
        "constraint-error", "pattern", "caractere_trompeur", ("\u0421", "U+0421"), "DC-75-001"
    )
    assert fault("dc-75-001", **CODE) == Fault("constraint-error", "pattern", "casse", proposal="DC-75-001")
    assert fault("DC 75 001", **CODE) == Fault("constraint-error", "pattern")
    assert fault("1,3E+13", type="string", constraints={"pattern": "[0-9]{14}-[0-9]{2}"}).code == "identifiant_abime"


def test_listed_values() -> None:
    kinds: dict[str, Any] = {"type": "string", "constraints": {"enum": ["colocation", "cohebergement"]}}
    assert read("Colocation", **kinds).tolerance == "casse"
    assert (read("Cohébergement ", **kinds).text, read("Cohébergement", **kinds).tolerance) == (
        "cohebergement",
        "accents",
    )
    assert fault("colocaton", **kinds) == Fault("constraint-error", "enum", "ressemblance", proposal="colocation")
    signed: dict[str, Any] = {"type": "string", "constraints": {"enum": ["n", "n+1", "deux_sources"]}}
    assert (read("N+1", **signed).text, read("Deux-sources", **signed).text) == ("n+1", "deux_sources")
    assert fault("N-1", **signed) == Fault("constraint-error", "enum")
    assert fault("nuage", **kinds) == Fault("constraint-error", "enum")


@pytest.mark.parametrize(
    ("text", "expected", "tolerance"),
    [
        ("RAS", "RAS", None),
        (" RAS ", "RAS", "espaces"),
        ("e\u0301nergie", "énergie", "accents_recomposes"),
        ("“basse”", "“basse”", None),
        ("a\u2028b", "a\u2028b", None),
        ("a\x0bb", "a\x0bb", "caractere_de_controle"),
        ("a\x85b", "a\x85b", "caractere_de_controle"),
        ("perdu \ufffd", "perdu \ufffd", "caractere_perdu"),
        ("a\u202eb", "a\u202eb", "caractere_bidirectionnel"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>", None),
        ("-12,5", "-12,5", None),
        ("@SUM(A1)", "@SUM(A1)", "formule"),
        ("|calc", "|calc", "formule"),
        ("=cmd|'/C calc'!A0", "=cmd|'/C calc'!A0", "formule"),
        ("\t=1+1", "\t=1+1", "formule"),
        ("+1+cmd", "+1+cmd", "formule"),
        ("- travaux", "- travaux", "formule"),
    ],
)
def test_free_texts_are_kept_as_they_are(text: str, expected: str, tolerance: str | None) -> None:
    cell = read(text, type="string")
    assert (cell.text, cell.tolerance) == (expected, tolerance)


@pytest.mark.parametrize("text", ["a\x00b", "a\x1b[31mb", "a\x07"])
def test_characters_that_harm_the_next_tool_are_refused(text: str) -> None:
    assert fault(text, type="string").detail == "caractere_de_controle"


def test_numbers_dressed_on_purpose_are_read_as_the_schema_says() -> None:
    assert read("about 95%", type="integer", bareNumber=False).text == "95"
    assert read("12 baies", type="number", bareNumber=False).text == "12"


def test_types_without_a_tolerant_reading_are_read_strictly() -> None:
    assert read("1,2", type="list").text == "1,2"
    assert read("45, 3", type="geopoint").text is not None
    assert read("P1Y", type="duration").text is not None


FIELDS: list[dict[str, Any]] = [
    *(
        {"name": "a", "type": kind}
        for kind in ("number", "integer", "year", "boolean", "date", "datetime", "time", "yearmonth")
    ),
    {"name": "a", "type": "date", "format": "%d/%m/%Y"},
    {"name": "a", "type": "date", "format": "any"},
    {"name": "energie_kwh", **FRENCH},
    {"name": "siret", "type": "string"},
    {"name": "a", **CODE},
    {"name": "a", "type": "string", "constraints": {"enum": ["oui", "non", "E"]}},
    {"name": "a", "type": "string"},
    {"name": "a", "type": "any"},
]
WRITTEN = st.one_of(
    st.text(alphabet="0123456789.,-+eE /:% '\u00a0", max_size=14),
    st.text(alphabet="#=ENDCancoui\u0421é\u0301-0123", max_size=8),
    st.dates().map(lambda day: day.strftime("%d/%m/%Y")),
    st.datetimes().map(str),
    st.text(max_size=12),
)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(FIELDS), WRITTEN)
def test_reading_never_raises_and_gives_a_value_or_a_fault(descriptor: dict[str, Any], text: str) -> None:
    table = tables.from_descriptor({"fields": [descriptor]})
    field = table.fields[0]
    cell = tolerances.reader(field, table, tolerances.evidence(field, [text]))(text)
    assert cell.text is None or not cell.faults
    if cell.text is not None:
        again = tolerances.reader(field, table, tolerances.evidence(field, []))(cell.text)
        assert again.text == cell.text or field.decimal_comma, "a canonical text is read as itself"


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(FIELDS), st.lists(WRITTEN, min_size=1, max_size=20, unique=True))
def test_what_sql_may_prove_is_what_the_reader_takes_as_it_stands(descriptor: dict[str, Any], texts: list[str]) -> None:
    table = tables.from_descriptor({"fields": [descriptor]})
    field = table.fields[0]
    shape = tolerances.plain(field, table)
    if shape is None:
        return
    query = "SELECT text FROM unnest(?::VARCHAR[]) AS listed(text) WHERE regexp_full_match(text, ?)"
    read_cell = tolerances.reader(field, table, tolerances.evidence(field, texts))
    texts = [text for text in texts if "\0" not in text and text.isprintable()]
    for (text,) in duckdb.connect().execute(query, [texts, shape]).fetchall():
        cell = read_cell(text)
        calendar = {"jour_inexistant", "mois_inexistant"} & {one.detail for one in cell.faults}
        faults = [*cell.faults, *values.reader(field, table)(text).faults]
        constrained = any(one.constraint or one.code == "identifiant_abime" for one in faults)
        assert calendar or constrained or (cell.text, cell.tolerance) == (text, None)


@pytest.mark.parametrize(
    ("proof", "text", "mark"),
    [
        ("1.234.567", "2.345", "."),
        ("1.234,5", "-10.000", "."),
        ("1,5", "12.345", "."),
        ("1234,567", "12.345", "."),
        ("1 234,5", "12.345", "."),
        ("1,234,567", "2,345", ","),
        ("1.5", "2,345", ","),
    ],
)
def test_another_cell_of_the_column_makes_the_decimal_mark_doubtful(proof: str, text: str, mark: str) -> None:
    field: dict[str, Any] = {"type": "number", "decimalChar": mark}
    assert not reader([text, "12"], **field)(text).faults
    [told] = reader([proof, text], **field)(text).faults
    assert told.code == "separateur_ambigu" and len(told.readings) == 2
    assert not reader([proof, text], **field)(TypedText("2.345")).faults
    assert not reader([TypedText(proof), text], **field)(text).faults


@pytest.mark.parametrize("proof", ["1.234.567", "1.234,5", "1,5"])
@pytest.mark.parametrize("times", [1, 300])
def test_a_doubtful_decimal_mark_is_told_both_ways(tmp_path: Path, proof: str, times: int) -> None:
    cells = ["2.345", *[f"{number}.5" for number in range(200)], *[proof] * times, *["10.000"] * times]
    path = tmp_path / "essai.csv"
    path.write_text("\n".join(["id;surface", *(f"S;{cell}" for cell in cells), ""]), encoding="utf-8")
    table = tables.from_descriptor({"fields": [{"name": "id"}, {"name": "surface", "type": "number"}]})
    proven, told = (check_file(path, table, small=small).report for small in (0, 1 << 40))
    assert proven.to_dict() == told.to_dict()
    assert len(told.errors) == 1 + times


@pytest.mark.parametrize(
    ("kind", "text"),
    [("datetime", "2020-01-01T00:30:00-05:00"), ("datetime", "2020-01-01T00:30:00+0530"), ("time", "10:00:00+02:00")],
)
def test_an_offset_is_not_dropped(kind: str, text: str) -> None:
    assert fault(text, type=kind).detail == "decalage_horaire"


def test_no_offset_is_no_fault() -> None:
    for text in ("2020-01-01T00:30:00Z", "2020-01-01T00:30:00+00:00", "2020-01-01T00:30:00"):
        assert not read(text, type="datetime").faults


def test_a_listed_text_is_no_absence() -> None:
    cell = read("nc", type="string", constraints={"enum": ["FR", "NA", "NC"]})
    assert (cell.text, cell.tolerance) == ("NC", "casse")
    assert read("nd", type="string", constraints={"enum": ["FR", "NA", "NC"]}).text is None

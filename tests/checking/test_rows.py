"""Lines that are no rows, told from rows by what they lack, and dates that only the year of their row confirms."""

from collections.abc import Mapping, Sequence
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from greencloud import tables
from greencloud.checking import rows, tolerances
from greencloud.checking.verdicts import Cell, Fault

FIELDS: list[dict[str, Any]] = [
    {"name": "nom", "type": "string"},
    {"name": "ville", "type": "string"},
    {"name": "annee", "type": "integer"},
    {"name": "montant", "type": "number"},
    {"name": "jour", "type": "date"},
    {"name": "actif", "type": "boolean", "trueValues": ["oui"], "falseValues": ["non"]},
]
LABELS = ["Nom", "ville", "annee", "montant", "jour", "actif"]


def diagnosis(required: Sequence[str] = ()) -> tuple[rows.Diagnosis, tables.Table]:
    fields = [{**field, "constraints": {"required": field["name"] in required}} for field in FIELDS]
    table = tables.from_descriptor({"fields": fields})
    return rows.Diagnosis(table, LABELS, {field.name: place for place, field in enumerate(table.fields)}), table


def cells_of(texts: Sequence[str], table: tables.Table) -> Mapping[str, Cell]:
    readers = [tolerances.reader(field, table, tolerances.evidence(field, [])) for field in table.fields]
    return {field.name: read(text) for field, read, text in zip(table.fields, readers, texts, strict=False)}


def diagnosed(*texts: str, required: Sequence[str] = ()) -> Fault | None:
    found, table = diagnosis(required)
    return found.of(texts, cells_of(texts, table))


@pytest.mark.parametrize("required", [(), ("nom", "ville")])
@pytest.mark.parametrize(
    ("texts", "code", "detail"),
    [
        (("Total", "", "", "12", "", ""), "ligne_total", None),
        (("TOTAL GÉNÉRAL :", "", "", "12", "", ""), "ligne_total", None),
        (("Sous-total Paris", "", "2023", "12", "", ""), "ligne_total", None),
        (("", "S/Total", "", "12", "", ""), "ligne_total", None),
        (("Moyenne", "", "", "12,5", "", ""), "ligne_total", None),
        (("T O T A L", "", "", "12", "", ""), "ligne_total", None),
        (("T.O.T.A.L. 2023", "", "", "12", "", ""), "ligne_total", None),
        (("S O U S - T O T A L", "", "", "12", "", ""), "ligne_total", None),
        (("T\u00a0O\u00a0T\u00a0A\u00a0U\u00a0X :", "", "", "12", "", ""), "ligne_total", None),
        (("Ensemble des sites", "", "", "12", "", ""), "ligne_total", None),
        (("", "", "TOTAL", "12", "", ""), "ligne_total", None),
        (tuple(LABELS), "entete_repetee", None),
        (("NOM", "Ville", "Année", "", "", ""), "entete_repetee", None),
        (("# export du 12/03/2024",), "ligne_note", "commentaire"),
        (("// export",), "ligne_note", "commentaire"),
        (("Source : Insee, 2024",), "ligne_note", "texte"),
        (("* hors secours", "", "", "", "", ""), "ligne_note", "texte"),
        (("(1) estimation",), "ligne_note", "texte"),
        (("Tableau 2 : surfaces", "", "", "", "", ""), "ligne_note", "texte"),
        (("Fait à Paris, le 12 mars 2024, par la direction du numérique",), "ligne_note", "texte"),
        (("", "", "", "€", "JJ/MM/AAAA", ""), "ligne_note", "unites"),
        (("----", "----", "----", "----", "----", "----"), "ligne_note", "remplissage"),
        (("", "", "1", "", "", "non"), "ligne_note", "remplissage"),
    ],
)
def test_lines_that_are_no_rows(
    texts: tuple[str, ...], code: str, detail: str | None, required: tuple[str, ...]
) -> None:
    found = diagnosed(*texts, required=required)
    assert found is not None and (found.code, found.detail) == (code, detail)


@pytest.mark.parametrize(
    "texts",
    [
        ("Total énergies", "Paris", "2023", "12", "2023-01-01", "oui"),
        ("TOTAL SPORT", "Lyon", "2023", "12", "2023-01-01", "oui"),
        ("Somme", "Amiens", "2023", "12", "2023-01-01", "non"),
        ("T.O.T.A.L.", "Paris", "2023", "12", "2023-01-01", "oui"),
        ("A.D.E.M.E.", "", "", "12", "", ""),
        ("Total énergies solidaires", "", "2023", "x", "2023-01-01", "oui"),
        ("Champ-sur-Drac", "", "", "", "", ""),
        ("", "", "2023", "12", "2023-01-01", "oui"),
        ("#1 rue de la Paix", "Paris", "2023", "12", "", ""),
        ("nom", "Paris", "2023", "12", "", ""),
        ("", "", "", "", "", ""),
    ],
)
def test_rows_stay_rows(texts: tuple[str, ...]) -> None:
    assert diagnosed(*texts) is None


@pytest.mark.parametrize(
    ("texts", "code"),
    [
        (("Source : INSEE", "", ""), "ligne_note"),
        (("* hors secours", "", ""), "ligne_note"),
        (("(1) Estimation", "", ""), "ligne_note"),
        (("Note : données provisoires", "", ""), "ligne_note"),
        (("T O T A L", "12", ""), "ligne_total"),
        (("Total", "12", ""), "ligne_total"),
        (("Export Paris", "", ""), None),
        (("Source : INSEE", "12", ""), None),
        (("Page 12", "", "oui"), None),
    ],
)
def test_a_table_of_few_columns_has_its_footer_too(texts: tuple[str, ...], code: str | None) -> None:
    fields = [{"name": "nom"}, {"name": "montant", "type": "number"}, {"name": "commentaire"}]
    table = tables.from_descriptor({"fields": fields})
    names = [field["name"] for field in fields]
    found = rows.Diagnosis(table, names, {name: place for place, name in enumerate(names)})
    fault = found.of(texts, cells_of(texts, table))
    assert (fault and fault.code) == code


def test_a_table_of_one_column_has_only_rows() -> None:
    table = tables.from_descriptor({"fields": [{"name": "nom"}]})
    found = rows.Diagnosis(table, ["nom"], {"nom": 0})
    assert found.of(["# nom"], {"nom": Cell("# nom", "# nom")}) is None
    assert found.suspicious({"nom": "nom"})


@pytest.mark.parametrize(
    ("year", "text", "detail"),
    [
        ("2023", "44927", None),
        ("2022", "44927", None),
        ("", "44927", None),
        ("2023", "43465", "numero_de_serie"),
        ("2023", "15/02/23", None),
        ("2022", "15/02/23", "annee_deux_chiffres"),
        ("", "15/02/23", "annee_deux_chiffres"),
        ("2023", "2019-01-01", None),
    ],
)
def test_a_guessed_date_needs_the_year_of_its_row(year: str, text: str, detail: str | None) -> None:
    fields = [{"name": "annee", "type": "integer"}, {"name": "jour", "type": "date", "format": "%d/%m/%Y"}]
    table = tables.from_descriptor({"fields": fields})
    doubts = rows.Diagnosis(table, ["annee", "jour"], {"annee": 0, "jour": 1}).doubts(cells_of([year, text], table))
    assert {name: fault.detail for name, fault in doubts.items()} == ({} if detail is None else {"jour": detail})
    if detail == "numero_de_serie":
        assert doubts["jour"].readings == ("2018-12-31", "2023-01-01")


def test_suspicious_records_reach_python() -> None:
    found, _ = diagnosis()
    test = found.suspicious({name["name"]: f'"{name["name"]}"' for name in FIELDS})
    records = [
        ("Sous-total", "", "", "12", "", ""),
        ("nom", "ville", "annee", "", "", ""),
        ("Une note", None, "", "", "", ""),
        ("A", "Paris", "2023", "12", "2023-01-01", "oui"),
    ]
    names = ", ".join(f'"{field["name"]}"' for field in FIELDS)
    values = ", ".join(
        "(" + ", ".join("NULL" if cell is None else f"'{cell}'" for cell in row) + ")" for row in records
    )
    said = duckdb.sql(f"SELECT {test} FROM (VALUES {values}) AS records({names})").fetchall()
    assert [flag for (flag,) in said] == [True, True, True, False]


_WORDS = ["Total", "Totál", "sous", "s", "grand", "Ensemble", "Somme", "ville", "Année", "Nom", "montant", "jour"]
_BETWEEN = [
    " ",
    "\u00a0",
    "\u202f",
    ":",
    "*",
    "-",
    "/",
    "_",
    "é",
    "ﬁ",
    "ﬀ",
    "Ｔotal",
    "ſ",
    "º",
    "²",
    "œ",
    "ø",
    "…",
    "x",
    "2",
]
_CELL = st.lists(st.sampled_from([*_WORDS, *_BETWEEN]) | st.characters(max_codepoint=0x24F), max_size=4).map("".join)


@settings(max_examples=400, deadline=None)
@given(
    st.lists(
        _CELL
        | st.sampled_from(["", "----", "# a", *_WORDS, "Sous\u00a0total", ":Total", "T O\u202fT-A_L", "S . O M_M E"]),
        min_size=6,
        max_size=6,
    )
)
def test_whatever_python_sets_apart_sql_suspects(texts: list[str]) -> None:
    fields = [{"name": label.lower(), "type": "string"} for label in LABELS[:5]] + [{"name": "prix", "type": "number"}]
    table = tables.from_descriptor({"fields": fields})
    found = rows.Diagnosis(
        table, [*LABELS[:5], "Prix"], {field.name: place for place, field in enumerate(table.fields)}
    )
    texts = [text.replace("\0", "") for text in texts[:5]] + ["12"]
    if found.of(texts, {field.name: Cell(text) for field, text in zip(table.fields, texts, strict=True)}):
        test = found.suspicious({field.name: f"${place + 1}::VARCHAR" for place, field in enumerate(table.fields)})
        assert duckdb.execute(f"SELECT {test}", texts).fetchall() == [(True,)], texts

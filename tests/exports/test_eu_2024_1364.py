"""The report to the European database: every indicator of annexes I and II is there, filled or to be filled."""

import csv
import io
import json
import re

import duckdb
import pytest

from greencloud import tables
from greencloud.exports import dossier, eu_2024_1364
from greencloud.exports.dossier import ExportRefused
from greencloud.exports.eu_2024_1364 import EuReport
from greencloud.exports.indicators import INDICATORS, Indicator, of_regulation
from tests.exports import site

# Annex II as the facts list it (18 + 2 + 4 indicators), with the back-up part of E_DC and the two categories.
ANNEX_II = [
    *(
        "a:PD_IT",
        "b:S_DC",
        "c:S_CR",
        "d:E_DC",
        "d:E_DC-BG",
        "e:E_IT",
        "e:",
        "f:",
        "g:C_BtG",
        "h:W_IN",
        "h:",
        "i:W_IN-POT",
    ),
    *("j:E_REUSE", "k:T_WH", "l:T_IN", "m:", "n:CDD", "o:E_RES-TOT", "p:E_RES-GOO", "q:E_RES-PPA", "r:E_RES-OS"),
    *("2:C_SERV", "2:C_STOR", "3:B_IN", "3:B_OUT", "3:T_IN", "3:T_OUT"),
]


def report(con: duckdb.DuckDBPyConnection, id_centre: str, year: int = 2024) -> EuReport:
    return eu_2024_1364.report(dossier.read(con, id_centre), year)


def values(content: EuReport) -> dict[str, object]:
    return {item.indicator.column: item.value for item in content.figures if item.indicator.column}


def test_every_indicator_of_the_annexes_is_asked_once() -> None:
    asked = list(of_regulation())
    assert [f"{item.point}:{item.symbol}" for item in asked if item.annex == "II"] == ANNEX_II
    assert [item.point for item in asked if item.annex == "I"] == ["1", "2", "2", "2", "2", "3", "4", "5", "6", "7"]
    columns = [item.column for item in INDICATORS if item.column]
    assert len(columns) == len(set(columns))


@pytest.mark.parametrize("item", [item for item in of_regulation() if item.column], ids=lambda item: str(item.column))
def test_each_has_a_column_of_ours_whose_description_says_so(item: Indicator) -> None:
    field = tables.table(item.table).field(item.column)
    assert item.label
    if item.annex == "II" and item.symbol:
        assert f"indicateur {item.symbol}" in field.description
    elif item.annex == "II" and not item.column.startswith("categorie"):
        assert f"annexe II {item.point}" in field.description


def test_a_site_that_declared_everything_lacks_only_what_is_not_ours(opened: duckdb.DuckDBPyConnection) -> None:
    found = report(opened, site.FULL)
    assert found.complete
    assert [item.indicator.label for item in found.missing] == [
        "Coordonnées du propriétaire",
        "Coordonnées de l’exploitant",
    ]
    given = values(found)
    declared = {name: value for name, value in site.DECLARATION.items() if name in given}
    expected = {
        **declared,
        "services_reseau": ["effacement", "réserve primaire"],
        "fluides_frigorigenes": ["R410A", "R32"],
    }
    assert {name: given[name] for name in declared} == expected


def test_what_is_computed_is_worked_out_by_hand(opened: duckdb.DuckDBPyConnection) -> None:
    given = values(report(opened, site.FULL))
    assert given["energie_renouvelable_kwh"] == 600_000 + 0 + 150_000  # o = p + q + r
    assert given["pue_calcule"] == 3_000_000 / 2_000_000
    assert given["wue_l_par_kwh"] == 1000 / 2000  # m3 over MWh
    assert given["erf"] == 300_000 / 3_000_000
    assert given["puissance_it_installee_kw"] == 475.5  # of the year, before that of the register


def test_what_is_missing_is_never_zero_and_says_what_to_fill_in(opened: duckdb.DuckDBPyConnection) -> None:
    found = report(opened, site.SMALL)
    missing = {item.indicator.column: eu_2024_1364.to_do(item) for item in found.missing}
    assert not found.complete
    assert values(found)["energie_totale_kwh"] is None
    assert missing["energie_totale_kwh"].startswith(
        "Remplissez energie_totale_kwh dans declarations (déclaré non mesuré)"
    )
    assert missing["type_centre"].startswith("Remplissez type_centre dans centres")
    assert any("PUE déclaré (1,7) n'est pas repris" in remark for remark in found.remarks)
    assert values(found)["puissance_it_installee_kw"] == 40  # the register's, none being declared for the year


def test_partial_renewables_make_no_total(opened: duckdb.DuckDBPyConnection) -> None:
    assert values(report(opened, site.METERED))["energie_renouvelable_kwh"] is None


def test_energies_of_meters_are_said_to_be_read(opened: duckdb.DuckDBPyConnection) -> None:
    found = report(opened, site.METERED)
    assert {(item.value, item.state) for item in found.figures if item.indicator.symbol in ("E_DC", "E_IT")} == {
        (120_000, "releve"),
        (80_000, "releve"),
    }
    assert any("va du 01/07/2024 au 31/12/2024" in remark for remark in found.remarks)


def test_a_site_that_changed_its_number_keeps_its_years(opened: duckdb.DuckDBPyConnection) -> None:
    assert [found.year for found in dossier.read(opened, site.RENAMED).years] == [2023, 2024]
    assert values(report(opened, site.RENAMED, 2023))["energie_totale_kwh"] == 91_000


def test_thresholds_are_those_of_the_site_and_of_its_siret(opened: duckdb.DuckDBPyConnection) -> None:
    union, france = dossier.thresholds(dossier.read(opened, site.FULL))
    assert "non atteint (480 kW)" in union
    assert "atteint (520 kW)" in france and "non atteint" not in france  # 480 + 40; the others are unknown, not zero


def test_csv_and_json_say_the_same(opened: duckdb.DuckDBPyConnection) -> None:
    found = report(opened, site.FULL)
    rows = list(csv.DictReader(io.StringIO(eu_2024_1364.to_csv(found), newline=""), strict=True))
    content = json.loads(eu_2024_1364.to_json(found))
    assert len(rows) == len(content["indicateurs"]) == len(found.figures)
    assert tuple(rows[0]) == eu_2024_1364.COLUMNS == tuple(content["indicateurs"][0])
    by_symbol = {row["symbole"]: row for row in rows if row["symbole"]}
    assert (by_symbol["E_DC"]["valeur"], by_symbol["E_DC"]["unite"]) == ("3000000", "kWh")
    assert by_symbol["PD_IT"]["valeur"] == "475.5"
    assert re.fullmatch(r"[0-9a-f]{64}", by_symbol["E_DC"]["depot_sha256"]) and by_symbol["E_DC"]["depot_ligne"] == "2"
    assert content["complet"] is True and content["synthetique"] is True
    assert "Données synthétiques" in content["remarques"][0]


def test_the_text_shows_nothing_that_moves_a_terminal(opened: duckdb.DuckDBPyConnection) -> None:
    text = eu_2024_1364.to_text(report(opened, site.SMALL))
    assert "[U+202E]" in text
    assert all(line.isprintable() for line in text.replace("\u202f", " ").splitlines())


def test_a_year_without_a_declaration_is_told_with_the_refusal(opened: duckdb.DuckDBPyConnection) -> None:
    with pytest.raises(ExportRefused, match=r"rien déclaré pour 2018\. Années connues.: 2022, 2024\.$"):
        report(opened, site.FULL, 2018)
    with pytest.raises(ExportRefused, match=r"Une ligne a été refusée\. Ligne 4"):
        report(opened, site.FULL, 2023)


@pytest.mark.parametrize(
    ("id_centre", "words"),
    [("x", "n'est pas un identifiant"), (f"{site.SIRET}-09", "Vouliez-vous dire"), ("' OR 1=1 --", "identifiant")],
)
def test_an_unknown_site_is_told(opened: duckdb.DuckDBPyConnection, id_centre: str, words: str) -> None:
    with pytest.raises(ExportRefused, match=words):
        dossier.read(opened, id_centre)

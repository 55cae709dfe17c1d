"""Secrecy: what a hidden row keeps, what a protected site leaves behind, and what is counted."""

from collections.abc import Mapping
from typing import Any

import duckdb
import pytest

from greencloud import disclosure, tables, warehouse
from greencloud.disclosure import COMPLEMENTARY, EMPTY, HIDDEN_COLUMNS, PRIMARY, SHOWN
from greencloud.disclosure.vocabulary import LEAST, PARTS, VALUES
from tests.secrecy.registers import Site, even, identifier, warehouse_of
from tests.sql.inputs import SHA, insert

KEPT = {
    "libelle",
    "nb_sites_attendus",
    "nb_sites_declarants",
    "hypotheses",
    "unite",
    "cercle_cloud",
    "annee_precedente",
    "diffusion",
}
ALWAYS_SHOWN = {
    "evolutions_annuelles": {
        "nb_sites_constants_nominatifs",
        "energie_totale_constante_precedente_kwh",
        "energie_totale_constante_kwh",
        "croissance_totale_constante_pct",
        "energie_it_constante_precedente_kwh",
        "energie_it_constante_kwh",
        "croissance_it_constante_pct",
        "pue_constant_precedent",
        "pue_constant",
    }
}
"""What rests on nominative sites alone, whose figures are published one by one."""


def protected(*sites: Site) -> duckdb.DuckDBPyConnection:
    con = warehouse_of(sites)
    disclosure.protect(con)
    return con


def cells(con: duckdb.DuckDBPyConnection, table: str = "agregats_annuels") -> dict[str, dict[str, Any]]:
    found = con.table(table)
    rows = [dict(zip(found.columns, row, strict=True)) for row in found.fetchall()]
    return {f"{row['dimension']} {row['modalite']}": row for row in rows}


@pytest.mark.parametrize("name", HIDDEN_COLUMNS)
def test_a_hidden_row_keeps_its_key_and_its_expected_sites_only(name: str) -> None:
    table = tables.table(name)
    kept = set(table.column_names) - set(HIDDEN_COLUMNS[name])
    assert kept <= {*table.primary_key, *KEPT, *ALWAYS_SHOWN.get(name, ())}
    assert set(VALUES[name]) <= set(HIDDEN_COLUMNS[name])
    for columns in PARTS[name].values():
        assert set(columns) <= set(HIDDEN_COLUMNS[name])
    assert not any(table.field(column).constraints.get("required") for column in HIDDEN_COLUMNS[name])


def test_every_table_of_totals_is_known_to_secrecy() -> None:
    assert set(HIDDEN_COLUMNS) == set(PARTS) == set(VALUES) == {table for table, _ in LEAST}
    assert set(HIDDEN_COLUMNS) == {name for name in tables.PUBLISHED if "diffusion" in tables.table(name).column_names}


def test_a_hidden_row_is_emptied_and_a_shown_one_is_not_touched() -> None:
    con = protected(*even(4), *even(2, region="53"))
    found = cells(con)
    hidden, shown = found["region 53"], found["region 84"]
    assert hidden["diffusion"] == PRIMARY and hidden["nb_sites_declarants"] == 2
    assert {column for column, value in hidden.items() if value is None} >= set(HIDDEN_COLUMNS["agregats_annuels"])
    assert shown["diffusion"] == SHOWN and shown["nb_sites_pue"] == 4


def test_a_hidden_nominative_group_hides_no_other() -> None:
    """Its sites are published one by one: there is nothing to find by subtraction."""
    found = cells(protected(*even(4), *even(2, region="53")))
    assert COMPLEMENTARY not in {row["diffusion"] for row in found.values()}


def test_a_group_without_energy_has_nothing_to_hide_and_keeps_its_zero() -> None:
    row = cells(protected(*even(3), Site(region="53", energies={})))["region 53"]
    assert (row["diffusion"], row["nb_sites_pue"], row["energie_totale_kwh"]) == (EMPTY, 0, None)


@pytest.mark.parametrize(
    ("sites", "expected"),
    [
        (even(3), SHOWN),
        (even(2), PRIMARY),
        ([*even(3), *even(3, mode="agrege")], SHOWN),
        ([*even(9), *even(2, mode="agrege")], PRIMARY),  # each of the two knows the other
        ([*even(9), *even(2, mode="agrege"), *even(1, mode="exempte_oiv")], SHOWN),
        ([*even(2), Site(energies={2023: (5e6, 1.5)})], PRIMARY),  # it weighs more than 85 %
    ],
)
def test_the_primary_rules(sites: list[Site], expected: str) -> None:
    assert cells(protected(*sites))["ensemble ensemble"]["diffusion"] == expected


def rejects(con: duckdb.DuckDBPyConnection) -> list[Mapping[str, Any]]:
    con.execute(
        "INSERT INTO depots VALUES (0, ?, 1, 'fichier.csv', TIMESTAMP '2026-05-14 09:00:00', '130025265', "
        "'declarations', '0.1.0', false)",
        [SHA],
    )
    named = {"depot_sha256": SHA, "niveau": "erreur", "champ": "energie_totale_kwh", "code": "type-error"}
    told = {"valeur": "123456 kWh", "message": "« 123456 kWh » n'est pas un nombre.", "correction": "Écrivez 123456."}
    for number, site in enumerate((identifier(0), identifier(4), f"{identifier(4)[:13]}9-07", None), start=1):
        insert(con, "anomalies", {**named, **told, "numero": number, "ligne": number + 1, "id_centre": site})
    for name in ("rejets", "_sommes_publiees"):
        warehouse.run_step(con, name)
    disclosure.protect(con)
    found = con.table("rejets")
    return [dict(zip(found.columns, row, strict=True)) for row in found.fetchall()]


def test_a_refused_line_of_a_protected_site_says_nothing_of_it() -> None:
    named, hidden, *_ = rejects(warehouse_of([*even(4), *even(3, mode="agrege")]))
    assert named["valeur"] == "123456 kWh"
    assert (hidden["valeur"], hidden["ligne"], hidden["code"]) == (None, 3, "type-error")
    assert "123456" not in hidden["message"] + hidden["correction"]


def test_a_number_that_nobody_knows_is_silent_when_its_siren_is_protected() -> None:
    """A protected site whose number was mistyped is still that site."""
    con = warehouse_of([Site(mode="agrege", energies={}), *even(4)])
    assert [row["valeur"] for row in rejects(con)] == [None, "123456 kWh", None, "123456 kWh"]


def test_what_is_hidden_is_counted_by_reason() -> None:
    con = protected(*even(4), *even(2, region="53"), *even(3, mode="agrege"))
    warehouse.run_step(con, "secret_statistique")
    query = "SELECT nom_table, motif, nb_lignes FROM secret_statistique"
    counted = {(name, code): number for name, code, number in con.execute(query).fetchall()}
    codes = [row["diffusion"] for row in cells(con).values()]
    assert {code: number for (name, code), number in counted.items() if name == "agregats_annuels"} == {
        code: codes.count(code) for code in set(codes)
    }
    assert counted["couverture", "site_agrege"] == 3

"""What the rows of the warehouse see of each other: joins, medians, names, hosts, each worked out by hand."""

from collections.abc import Mapping, Sequence
from typing import Any

import duckdb
import pytest

from greencloud import rules, tables
from greencloud.rules.context import COLUMNS, RELATIONS
from tests.rules.rows import BASES, Cells

SITE, OTHER = "99988877900017-01", "99988877900017-02"


def warehouse(declarations: Sequence[Cells], centres: Sequence[Cells] = ()) -> duckdb.DuckDBPyConnection:
    """Base rows with these cells, real unless they say otherwise, and a register of their own sites."""
    con = duckdb.connect()
    con.execute("CREATE TABLE ref_communes AS SELECT '35238' AS code_insee")
    con.execute("CREATE TABLE ref_departements AS SELECT unnest(['35', '972']) AS code_departement")
    known = centres or [{"id_centre": SITE}, {"id_centre": OTHER, "nom_site": "Salle B"}]
    for table, rows in (("declarations", declarations), ("centres", known)):
        columns = {**tables.table(table).duckdb_columns(), "synthetique": "BOOLEAN", "depot_recu_le": "DATE"}
        definition = ", ".join(f"{tables.quote(name)} {kind}" for name, kind in columns.items())
        con.execute(f"CREATE TABLE {table} ({definition})")
        for row in rows:
            cells = {**BASES[table], "synthetique": False, "depot_recu_le": "2026-11-22", **row}
            names = ", ".join(map(tables.quote, cells))
            con.execute(f"INSERT INTO {table} ({names}) VALUES ({', '.join('?' * len(cells))})", list(cells.values()))
    return con


def seen(con: duckdb.DuckDBPyConnection, *columns: str, table: str = "declarations") -> list[tuple[Any, ...]]:
    return con.execute(f"SELECT {', '.join(columns)} FROM ({RELATIONS[table](table)}) ORDER BY ALL").fetchall()


def year(annee: int, total: float | None, it: float | None = None, **cells: object) -> Cells:
    return {
        "annee": annee,
        "date_debut": f"{annee}-01-01",
        "date_fin": f"{annee}-12-31",
        "energie_totale_kwh": total,
        "energie_it_kwh": it,
        **cells,
    }


def codes(con: duckdb.DuckDBPyConnection) -> Mapping[tuple[str, int], list[str]]:
    """The codes of the errors, or of the warnings if there is none, that the rows raise together, by site and year."""
    con.execute(
        "CREATE OR REPLACE TABLE jugees AS SELECT *, row_number() OVER (ORDER BY id_centre, annee) AS juge "
        f"FROM ({RELATIONS['declarations']('declarations')})"
    )
    places = {
        row: (site, annee) for row, site, annee in con.execute("SELECT juge, id_centre, annee FROM jugees").fetchall()
    }
    hits = rules.evaluate(con, "jugees", "juge", rules.across("declarations"))
    errors = [hit for hit in hits if hit.niveau == "erreur"]
    found: dict[tuple[str, int], list[str]] = {}
    for hit in errors or [hit for hit in hits if hit.niveau == "avertissement"]:
        found.setdefault(places[hit.row], []).append(hit.code)
    return found


@pytest.mark.parametrize("table", RELATIONS)
def test_the_relation_has_the_columns_it_says(table: str) -> None:
    con = warehouse([{}])
    described = con.execute(f"DESCRIBE ({RELATIONS[table](table)})").fetchall()
    kinds = {name: kind for name, kind, *_ in described}
    told = {name: kind for columns in COLUMNS[table].values() for name, kind in columns.items()}
    assert {name: kinds[name] for name in told} == told
    assert set(kinds) - set(told) <= {*tables.table(table).column_names, "synthetique", "depot_recu_le"}


def test_one_row_stays_one_row() -> None:
    con = warehouse([year(2024, 300), year(2025, 310), {"id_centre": OTHER}, {"id_centre": "99988877900017-09"}])
    assert seen(con, "id_centre", "annee") == [(SITE, 2024), (SITE, 2025), (OTHER, 2025), ("99988877900017-09", 2025)]


def test_the_year_before_and_the_usual_value() -> None:
    con = warehouse([year(2022, 100, 50), year(2023, 120, 60), year(2024, 110, 55), year(2025, 115)])
    columns = ("annee", "energie_totale_kwh_prec", "energie_totale_kwh_repere", "energie_it_kwh_repere")
    assert seen(con, *columns) == [
        (2022, None, 115, 57.5),
        (2023, 100, 110, 52.5),
        (2024, 120, 115, 55),
        (2025, 110, 110, 55),
    ]


def test_of_two_years_the_later_is_compared_and_of_two_that_disagree_none() -> None:
    two = warehouse([year(2023, 100), year(2024, 120)])
    assert seen(two, "annee", "energie_totale_kwh_repere") == [(2023, None), (2024, 100)]
    three = warehouse([year(2023, 100), year(2024, 0.1), year(2025, 110)])
    assert seen(three, "annee", "energie_totale_kwh_repere") == [(2023, None), (2024, 105), (2025, None)]


def test_a_design_figure_and_a_part_of_a_year_are_no_usual_value() -> None:
    rows = [year(2023, 100, nature_valeur="conception"), year(2024, 9, date_fin="2024-01-31"), year(2025, 100)]
    assert seen(warehouse(rows), "annee", "energie_totale_kwh_prec", "energie_totale_kwh_repere") == [
        (2023, None, None),
        (2024, None, None),
        (2025, 9, None),
    ]


def test_the_year_at_fault_is_the_one_that_differs() -> None:
    alone = {"puissance_it_installee_kw": None, "surface_salle_it_m2": None, "surface_totale_m2": None}
    years = [year(annee, 314000 + annee, **alone) for annee in (2021, 2022, 2024, 2025)]
    for wrong, code in (
        (314.2, "changement_unite_probable"),
        (36.1, "changement_unite_probable"),
        (3142000, "virgule_perdue"),
        (31420000, "virgule_perdue"),
    ):
        assert codes(warehouse([*years, year(2023, wrong, **alone)])) == {(SITE, 2023): [code]}, wrong


def test_the_register_gives_the_power_that_the_row_does_not() -> None:
    register = [{"id_centre": SITE, "puissance_it_installee_kw": 40}]
    unmeasured = {"surface_salle_it_m2": None, "surface_totale_m2": None}
    both = {"energie_totale_kwh": 314.87, "energie_it_kwh": 175.12, **unmeasured}
    without = {**both, "puissance_it_installee_kw": None}
    assert codes(warehouse([without], register)) == {(SITE, 2025): ["energies_en_mwh"]}
    assert codes(warehouse([both], register)) == {}  # the check has judged it
    assert (
        codes(warehouse([{**without, "synthetique": True}], register)) == {}
    )  # a real site lends a made-up row nothing


def test_the_same_site_under_two_numbers_is_declared_once() -> None:
    same = [{"id_centre": SITE, "nom_site": "Salle A"}, {"id_centre": OTHER, "nom_site": "  salle-À"}]
    rows: list[Cells] = [{}, {"id_centre": OTHER, "energie_totale_kwh": 90100, "energie_it_kwh": 52300}]
    assert codes(warehouse(rows, same)) == {(OTHER, 2025): ["doublon_site"]}
    assert codes(warehouse(rows)) == {}
    elsewhere = [same[0], {**same[1], "code_insee": "35001"}]
    assert codes(warehouse(rows, elsewhere)) == {}
    taken_over: list[Cells] = [{"date_fin": "2025-05-31"}, {**rows[1], "date_debut": "2025-06-01"}]
    assert codes(warehouse(taken_over, same)) == {}
    assert codes(warehouse([{**rows[0], "synthetique": True}, rows[1]], same)) == {}


def test_two_sites_with_the_same_energies_are_both_marked() -> None:
    twins = codes(warehouse([{}, {"id_centre": OTHER}]))
    assert twins == {
        (SITE, 2025): ["energies_identiques_deux_sites"],
        (OTHER, 2025): ["energies_identiques_deux_sites"],
    }
    assert codes(warehouse([{}, {"id_centre": OTHER, "synthetique": True}])) == {}
    assert codes(warehouse([{}, {"id_centre": OTHER, "energie_it_kwh": 175121}])) == {}


def test_the_hosted_that_exceed_their_host_are_refused_and_no_other() -> None:
    guests = [f"99988877900017-0{number}" for number in (2, 3, 4)]
    register: list[Cells] = [{"id_centre": SITE}]
    register += [{"id_centre": site, "nom_site": site, "heberge_chez": SITE} for site in guests]
    host: Cells = {"energie_totale_kwh": 200000, "energie_it_kwh": 100000}

    def guest(site: str, it: float) -> Cells:
        return {"id_centre": site, "energie_totale_kwh": 1.7 * it, "energie_it_kwh": it}

    fits = [host, guest(guests[0], 60000), guest(guests[1], 39000)]
    assert codes(warehouse(fits, register)) == {}
    one = codes(warehouse([*fits, guest(guests[2], 120000)], register))
    assert one == {(guests[2], 2025): ["hebergement_incoherent"]}
    together = codes(warehouse([*fits, guest(guests[2], 20000)], register))
    assert together == {(site, 2025): ["hebergement_incoherent"] for site in guests}


def test_power_is_summed_per_operator() -> None:
    rows: list[Cells] = [{"puissance_it_installee_kw": 300}, {"id_centre": OTHER, "puissance_it_installee_kw": 250}]
    assert seen(warehouse(rows), "siret", "puissance_du_siret_kw") == [("99988877900017", 550)] * 2
    moved = [{"id_centre": SITE, "siret": "99988877900025"}, {"id_centre": OTHER}]
    assert sorted(seen(warehouse(rows, moved), "puissance_du_siret_kw")) == [(250,), (300,)]


@pytest.mark.parametrize(
    ("code", "known"),
    [
        ("35238", True),  # in the partial table
        ("35001", None),  # may exist
        ("35000", False),  # a postcode
        ("97200", False),
        ("97209", None),
        ("00123", False),  # no such département
        ("98735", None),  # a collectivity that the tables lack
        (None, None),
    ],
)
def test_what_a_partial_table_of_communes_can_tell(code: str | None, known: bool | None) -> None:
    con = warehouse([], [{"id_centre": SITE, "code_insee": code}])
    assert seen(con, "commune_connue", table="centres") == [(known,)]

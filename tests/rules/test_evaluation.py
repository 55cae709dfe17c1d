"""The evaluation itself: order, columns, hostile names, extreme numbers, nothing left behind."""

from greencloud import rules, tables
from tests.rules.rows import Cells, all_codes, judge, load

DECLARATIONS = rules.for_table("declarations")


def test_hits_come_by_row_then_in_the_order_of_the_rules() -> None:
    rows: list[Cells] = [
        {"temperature_consigne_c": 75, "surface_salle_it_m2": 90},
        {},
        {"energie_it_kwh": 0, "temperature_consigne_c": 5},
    ]
    hits = rules.evaluate(load(rows), "lignes", "ligne", DECLARATIONS)
    assert [(hit.row, hit.code) for hit in hits] == [
        (0, "surface_it_superieure"),
        (0, "consigne_hors_plage"),
        (2, "zero_pour_absence"),
        (2, "consigne_hors_plage"),
    ]


def test_a_hit_holds_the_cell_pointed_at() -> None:
    [[hit], [absent]] = judge([{"temperature_consigne_c": 75.5}, {"energie_it_kwh": None}])
    assert (hit.champ, hit.valeur) == ("temperature_consigne_c", "75.5")
    assert (absent.champ, absent.valeur) == ("energie_it_kwh", None)
    assert hit.message.startswith("temperature_consigne_c vaut 75,5") or "75,5" in hit.message
    assert hit.correction.endswith(".")


def test_a_rule_of_two_columns_speaks_of_each() -> None:
    [hits] = judge([{"energie_totale_kwh": 36 * 8760, "energie_it_kwh": 20 * 8760}])
    assert [(hit.code, hit.champ, hit.message.split(" kW")[0]) for hit in hits] == [
        ("energie_multiple_des_heures", "energie_totale_kwh", "energie_totale_kwh vaut exactement 36"),
        ("energie_multiple_des_heures", "energie_it_kwh", "energie_it_kwh vaut exactement 20"),
    ]


def test_hostile_names_of_relation_and_row_column() -> None:
    relation, row_column = 'li"gnes; DROP', 'n° de "ligne"'
    con = load([{}, {"temperature_consigne_c": 75}], relation=relation, row_column=row_column)
    assert [hit.row for hit in rules.evaluate(con, relation, row_column, DECLARATIONS)] == [1]
    assert con.execute(f"SELECT count(*) FROM {tables.quote(relation)}").fetchall() == [(2,)]


def test_a_view_will_do_and_nothing_is_left_behind() -> None:
    con = load([{"temperature_consigne_c": 75}])
    con.execute("CREATE VIEW vue AS SELECT * FROM lignes")
    before = con.execute("SELECT table_name FROM duckdb_tables()").fetchall()
    assert len(rules.evaluate(con, "vue", "ligne", DECLARATIONS)) == 1
    assert con.execute("SELECT table_name FROM duckdb_tables()").fetchall() == before


def test_no_rules_and_no_rows() -> None:
    assert rules.evaluate(load([{"energie_it_kwh": 0}]), "lignes", "ligne", ()) == []
    assert rules.evaluate(load([]), "lignes", "ligne", DECLARATIONS) == []


def test_a_row_of_a_pue_alone_gives_information_only() -> None:
    bare = dict.fromkeys(tables.table("declarations").column_names)
    row: Cells = {**bare, "id_centre": "13002526500013-01", "annee": 2024, "pue_declare": 1.4}
    assert all_codes([row], infos=True) == [["pue_non_recalculable", "categorie_inconnue"]]


def test_numbers_at_the_edge_of_what_a_cell_can_hold() -> None:
    columns = ("energie_totale_kwh", "energie_it_kwh", "puissance_it_installee_kw", "eau_totale_m3")
    extremes = (5e-324, 1e-300, 9007199254740993.0, 1e300, 1.7976931348623157e308)
    rows = [{column: value} for column in columns for value in extremes]
    for cells, hits in zip(rows, judge(rows), strict=True):
        errors = [hit for hit in hits if hit.niveau == "erreur"]
        assert len(errors) == 1 or cells.get("eau_totale_m3", 1) < 1, (cells, hits)

"""Months of meters: energy, completeness, powers, shares and the PUE of a month."""

from pathlib import Path
from typing import Any

import pytest

from greencloud import tables, warehouse
from tests.loading.meters import DAY, OTHER, SITE, Desk, day, days, meter, period

Row = dict[str, Any]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk(tmp_path)
    desk.site()
    return desk


def made(desk: Desk, name: str = "mesures_mensuelles", guarded: bool = False) -> list[Row]:
    con = warehouse.load(desk.verdicts)
    warehouse.aggregate(con, guarded=guarded)
    found = con.table(name)
    return [dict(zip(found.columns, row, strict=True)) for row in found.fetchall()]


def one(desk: Desk) -> Row:
    (row,) = made(desk)
    return row


def test_a_whole_month(desk: Desk) -> None:
    desk.meter()
    desk.read(days("2025-01-01", 31, 24.5))
    (row,) = made(desk, guarded=True)
    assert row == {
        "id_centre": SITE,
        "mois": "2025-01",
        "poste": "total",
        "energie_kwh": 759.5,
        "completude": 1.0,
        "jours_complets": 31,
        "jours_du_mois": 31,
        "nb_compteurs": 1,
        "puissance_base_kw": 0.9,
        "puissance_pointe_kw": 1.1,
        "part_nuit": 0.25,
        "part_week_end": 8 / 31,
        "part_estimee": 0.0,
        "pue": None,
        "categorie_mesure_it": None,
        "synthetique": False,
    }


def test_a_missing_day_and_half_a_day_are_not_filled(desk: Desk) -> None:
    desk.meter()
    desk.read([*days("2025-01-01", 29), day("2025-01-30", 12, secondes=DAY // 2, creneaux=24, creneaux_estimes=12)])
    row = one(desk)
    assert (row["energie_kwh"], row["jours_complets"]) == (29 * 24 + 12, 29)
    assert row["completude"] == 29.5 / 31
    assert row["part_estimee"] == 12 / (29 * 48 + 24)


def test_the_days_of_a_change_of_clock_are_complete(desk: Desk) -> None:
    desk.meter()
    rows = days("2025-03-01", 31)
    rows[29] = day("2025-03-30", 23, secondes=23 * 3600, secondes_attendues=23 * 3600, creneaux=46)
    desk.read(rows)
    row = one(desk)
    assert (row["completude"], row["jours_complets"]) == (1, 31)


def test_sums_keep_the_last_millijoule_of_large_energies(desk: Desk) -> None:
    desk.meter()
    desk.read(days("2025-01-01", 31, energie_mj=9 * 10**17 + 1))
    assert one(desk)["energie_kwh"] == 31 * (9 * 10**17 + 1) / 3_600_000_000


def test_meters_of_an_item_add_up_and_a_negative_sign_subtracts(desk: Desk) -> None:
    desk.receive("compteurs", [meter(), meter(id_compteur="B"), meter(id_compteur="C", signe=-1)])
    desk.read([row for name, kwh in ((meter()["id_compteur"], 100), ("B", 20), ("C", 50)) for row in days(
        "2025-01-01", 31, kwh, compteur=name)])  # fmt: skip
    row = one(desk)
    assert (row["energie_kwh"], row["nb_compteurs"], row["completude"]) == (31 * 70, 3, 1)
    assert row["puissance_base_kw"] is None and row["puissance_pointe_kw"] is None


def test_an_item_lacks_what_one_of_its_meters_lacks(desk: Desk) -> None:
    desk.receive("compteurs", [meter(), meter(id_compteur="B")])
    desk.read(days("2025-01-01", 31))
    row = one(desk)
    assert (row["completude"], row["jours_complets"], row["energie_kwh"]) == (0.5, 0, 744)


def test_a_negative_month_is_no_energy(desk: Desk) -> None:
    desk.receive("compteurs", [meter(signe=-1)])
    desk.read(days("2025-01-01", 31))
    row = one(desk)
    assert (row["energie_kwh"], row["part_nuit"], row["part_week_end"]) == (None, None, None)


def test_a_step_of_a_day_tells_no_power_and_no_night(desk: Desk) -> None:
    desk.meter()
    desk.read(days("2025-01-01", 31, pas_max=DAY))
    row = one(desk)
    assert (row["puissance_base_kw"], row["puissance_pointe_kw"], row["part_nuit"]) == (None, None, None)
    assert row["part_week_end"] == 8 / 31


def test_the_base_is_the_median_of_the_minima_and_the_peak_the_maximum(desk: Desk) -> None:
    desk.meter()
    low = [400_000, 500_000, 900_000]
    desk.read(
        [day(f"2025-01-0{one}", puissance_min_mw=low[one - 1], puissance_max_mw=one * 10**6) for one in (1, 2, 3)]
    )
    row = one(desk)
    assert (row["puissance_base_kw"], row["puissance_pointe_kw"]) == (0.5, 3)


@pytest.mark.parametrize(
    ("points", "category"),
    [
        (["sortie_onduleur"], "1"),
        (["sortie_pdu"], "2"),
        (["entree_equipement", "sortie_onduleur"], "1"),
        (["entree_equipement", "autre"], None),
        (["entree_equipement", ""], None),
    ],
)
def test_the_pue_of_a_month_has_the_category_of_its_weakest_meter(
    desk: Desk, points: list[str], category: str | None
) -> None:
    it = [meter(id_compteur=f"I{at}", poste="it", point_mesure=point) for at, point in enumerate(points)]
    desk.receive("compteurs", [meter(), *it])
    desk.read(days("2025-01-01", 31, 15))
    desk.read([row for one in it for row in days("2025-01-01", 31, 10 / len(it), compteur=one["id_compteur"])])
    by_item = {row["poste"]: row for row in made(desk)}
    assert (by_item["total"]["pue"], by_item["total"]["categorie_mesure_it"]) == (1.5, category)
    assert (by_item["it"]["pue"], by_item["it"]["categorie_mesure_it"]) == (None, None)


@pytest.mark.parametrize(("total", "it", "number"), [(15, 10, 30), (9, 10, 31), (150, 10, 31), (15, 0, 31)])
def test_no_pue_of_an_incomplete_or_impossible_month(desk: Desk, total: float, it: float, number: int) -> None:
    desk.receive("compteurs", [meter(), meter(id_compteur="I", poste="it")])
    desk.read([*days("2025-01-01", 31, total), *days("2025-01-01", number, it, compteur="I")])
    assert {row["pue"] for row in made(desk)} == {None}


def test_a_bill_within_a_month_gives_its_energy_and_covers_its_days(desk: Desk) -> None:
    desk.meter()
    desk.read([period("2025-01-01", "2025-01-31", 800), period("2025-02-01", "2025-03-31", 1000)])
    january, february, march = made(desk)
    assert (january["energie_kwh"], january["completude"], january["jours_complets"]) == (800, 1, 31)
    assert (january["puissance_base_kw"], january["part_nuit"], january["part_week_end"]) == (None, None, None)
    for crossed in (february, march):
        assert (crossed["energie_kwh"], crossed["completude"], crossed["jours_complets"]) == (None, 0, 0)


def test_a_protected_site_is_withheld(desk: Desk) -> None:
    desk.site(mode_publication="agrege")
    desk.meter()
    desk.read(days("2025-01-01", 31))
    assert made(desk) == [] and made(desk, "rapprochements") == []
    told = [(row["nom_table"], row["motif"]) for row in made(desk, "secret_statistique")]
    assert {("mesures_mensuelles", "site_agrege"), ("rapprochements", "site_agrege")} <= set(told)


# ---- in the other tables ----


def test_complete_days_are_readings_of_the_site_cut_at_the_ends_of_months(desk: Desk) -> None:
    desk.meter()
    desk.read([*days("2025-01-30", 4, 10), day("2025-02-03", 5, secondes=DAY // 2), *days("2025-02-04", 2, 20)])
    con = warehouse.load(desk.verdicts)
    warehouse.compute(con)
    query = "SELECT date_debut::VARCHAR, date_fin::VARCHAR, energie_kwh, qualite_mesure FROM _releves ORDER BY 1"
    assert con.execute(query).fetchall() == [
        ("2025-01-30", "2025-01-31", 20, "mesure"),
        ("2025-02-01", "2025-02-02", 20, "mesure"),
        ("2025-02-04", "2025-02-05", 40, "mesure"),
    ]


def test_a_month_that_a_deposited_line_touches_keeps_that_line_alone(desk: Desk) -> None:
    desk.meter()
    desk.read([*days("2025-01-01", 31, 10), *days("2025-02-01", 28, 10, creneaux_estimes=1)])
    line = {"id_centre": SITE, "poste": "total", "date_debut": "2025-01-15", "date_fin": "2025-01-31"}
    desk.receive("consommations", [{**line, "energie_kwh": 1}])
    found = [(row["mois"], row["energie_kwh"], row["qualite_mesure"]) for row in made(desk, "consommations_mensuelles")]
    assert found == [("2025-01", 1, None), ("2025-02", 280, "estime")]


def test_a_year_of_both_meters_is_a_year_of_the_site(desk: Desk) -> None:
    desk.receive("compteurs", [meter(), meter(id_compteur="I", poste="it")])
    desk.read([*days("2025-01-01", 365, 15), *days("2025-01-01", 365, 10, compteur="I")])
    (row,) = made(desk, "indicateurs_annuels")
    assert (row["source_energie"], row["pue_calcule"], row["energie_totale_kwh"]) == ("consommations", 1.5, 365 * 15)
    assert row["depot_sha256"] == desk.verdicts[2].deposit.empreinte
    (covered,) = made(desk, "couverture")
    assert (covered["annee"], covered["statut"]) == (2025, "complet")


def test_bills_that_all_meters_give_alike_are_readings(desk: Desk) -> None:
    desk.receive("compteurs", [meter(), meter(id_compteur="B")])
    bills = [period("2025-01-01", "2025-02-28", 100), period("2025-03-01", "2025-03-31", 70)]
    desk.read([*bills, period("2025-01-01", "2025-02-28", 50, compteur="B")])
    found = [(row["mois"], row["energie_kwh"], row["repartition"]) for row in made(desk, "consommations_mensuelles")]
    assert found == [("2025-01", 150 * 31 / 59, "prorata"), ("2025-02", 150 * 28 / 59, "prorata")]


def test_no_number_of_a_meter_leaves_the_register(desk: Desk) -> None:
    """Neither from a wrong row of the register, nor from readings that no row claims, nor from the name of a file."""
    number = "30001234567899"
    wrong = [meter(id_compteur=number), meter(id_compteur=number), meter(id_compteur="=" + number, poste=number)]
    desk.receive("compteurs", [*wrong, meter(id_compteur=number, date_debut="hier", commentaire=number)])
    desk.receive("compteurs", [meter(id_compteur=number, signe=-1)])
    desk.read(days("2025-01-01", 3, compteur=number), nom_origine=f"{number}.csv")
    desk.read(days("2025-01-01", 3, compteur="30001234567811"), nom_origine="30001234567811.csv")
    con = warehouse.load(desk.verdicts)
    assert con.execute("SELECT count(*) FROM compteurs_remplaces").fetchall() == [(1,)]
    warehouse.aggregate(con)
    assert con.execute("SELECT count(*) FROM rejets WHERE table_visee IN ('compteurs', 'releves')").fetchall() == [(5,)]
    assert {name for (name,) in con.execute("SELECT nom_fichier FROM rejets").fetchall()} >= {"(nom non publié)"}
    for table in tables.PUBLISHED:
        text = repr(con.table(table).fetchall())
        assert "3000123456" not in text, table


def test_a_day_without_any_meter_in_service_is_missing(desk: Desk) -> None:
    desk.meter(date_fin="2025-01-15")
    desk.read(days("2025-01-01", 31))
    row = one(desk)
    assert (row["completude"], row["jours_complets"], row["energie_kwh"]) == (15 / 31, 15, 360)


def test_a_meter_is_expected_on_its_days_of_service_alone(desk: Desk) -> None:
    """One that another replaces, and one of a room that opens: nothing is missing."""
    old, new = meter(date_fin="2025-01-15"), meter(id_compteur="B", date_debut="2025-01-16")
    desk.receive("compteurs", [old, new, meter(id_compteur="C", date_debut="2025-01-20")])
    desk.read(days("2025-01-01", 15))
    desk.read([*days("2025-01-16", 16, compteur="B"), *days("2025-01-20", 12, compteur="C")])
    row = one(desk)
    assert (row["completude"], row["jours_complets"], row["energie_kwh"]) == (1, 31, (31 + 12) * 24)
    assert row["nb_compteurs"] == 3


@pytest.mark.parametrize("posed", ["total", "it"])
def test_no_pue_of_a_month_of_which_an_item_has_but_a_half(desk: Desk, posed: str) -> None:
    """The total of sixteen days over the IT energy of thirty-one is no PUE, though no reading of a meter is missing."""
    later = {"date_debut": "2025-01-16"}
    meters = {"total": meter(), "it": meter(id_compteur="I", poste="it")}
    desk.receive("compteurs", [{**row, **(later if item == posed else {})} for item, row in meters.items()])
    desk.read([*days("2025-01-01", 31, 30), *days("2025-01-01", 31, 12, compteur="I")])
    found = {row["poste"]: row for row in made(desk)}
    assert found[posed]["completude"] == 16 / 31 and {row["pue"] for row in found.values()} == {None}


def test_no_pue_of_a_month_that_a_bill_leaves(desk: Desk) -> None:
    desk.receive("compteurs", [meter(), meter(id_compteur="I", poste="it")])
    desk.read([*days("2025-01-01", 15, 30), period("2025-01-16", "2025-02-15", 930)])
    desk.read(days("2025-01-01", 31, 10, compteur="I"))
    january = next(row for row in made(desk) if row["poste"] == "total" and row["mois"] == "2025-01")
    assert (january["energie_kwh"], january["completude"], january["pue"]) == (450, 15 / 31, None)


def test_half_a_day_of_slots_after_an_index_is_no_day_of_energy(desk: Desk) -> None:
    """An index of noon and half a day of slots cover the day together; the slots hold half of its energy."""
    desk.meter()
    index = period("2025-01-01", "2025-01-15", 240)
    noon = {"debut_utc": index["debut_utc"] + DAY // 2, "fin_utc": index["fin_utc"] - DAY // 2, "secondes": 14 * DAY}
    afternoon = day("2025-01-15", 12, secondes=DAY // 2, creneaux=24, debut_utc=noon["fin_utc"])
    desk.read([{**index, **noon}, afternoon, *days("2025-01-16", 3)])
    con = warehouse.load(desk.verdicts)
    warehouse.compute(con)
    query = "SELECT date_debut::VARCHAR, date_fin::VARCHAR, energie_kwh FROM _releves"
    assert con.execute(query).fetchall() == [("2025-01-16", "2025-01-18", 72)]
    assert con.execute("SELECT energie_kwh FROM mesures_mensuelles").fetchall() == [(240 + 12 + 72,)]


def test_a_bill_that_a_new_use_of_its_meter_cuts_covers_none_of_its_days(desk: Desk) -> None:
    """It counts where the meter was all along; where it came in the middle, its days are missing, and so is the PUE."""
    moved = meter(id_compteur="B", poste="it", date_debut="2025-01-16")
    desk.receive("compteurs", [meter(), meter(id_compteur="B"), meter(id_compteur="A", poste="it"), moved])
    desk.read([*days("2025-01-01", 31, 30), period("2025-01-01", "2025-01-31", 310, compteur="B")])
    desk.read(days("2025-01-01", 15, 10, compteur="A"))
    desk.receive("compteurs", [meter(id_compteur="A", poste="it", date_fin="2025-01-15")])
    found = {row["poste"]: row for row in made(desk)}
    told = {item: (row["energie_kwh"], row["completude"], row["jours_complets"]) for item, row in found.items()}
    assert told == {"total": (930 + 310, 1, 31), "it": (150, 15 / 31, 15)}
    assert found["total"]["pue"] is None


def test_the_days_within_a_bill_are_complete(desk: Desk) -> None:
    """A bill that begins at noon and ends at noon lacks half a day on both sides, and nothing between them."""
    desk.meter()
    bill = period("2025-01-01", "2025-01-31", 300)
    noons = {"debut_utc": bill["debut_utc"] + DAY // 2, "fin_utc": bill["fin_utc"] - DAY // 2, "secondes": 30 * DAY}
    desk.read([{**bill, **noons}])
    row = one(desk)
    assert (row["energie_kwh"], row["completude"], row["jours_complets"]) == (300, 30 / 31, 29)


def test_a_period_of_some_hours_is_no_longer_than_they_are(desk: Desk) -> None:
    desk.meter()
    bill = period("2025-01-02", "2025-01-02", 300)
    desk.read([{**bill, "debut_utc": bill["debut_utc"] + DAY // 2, "secondes": DAY // 2}])
    row = one(desk)
    assert (row["energie_kwh"], row["completude"], row["jours_complets"]) == (300, 1 / 62, 0)


def test_two_meters_of_one_number_of_two_senders_are_two(desk: Desk) -> None:
    desk.meter()
    desk.receive("compteurs", [meter(date_debut="2020-01-02")], emetteur=OTHER)
    desk.read(days("2025-01-01", 31))
    desk.read(days("2025-01-01", 31), emetteur=OTHER)
    row = one(desk)
    assert (row["nb_compteurs"], row["energie_kwh"], row["puissance_base_kw"]) == (2, 2 * 744, None)


def test_a_sum_of_meters_comes_from_the_first_line_of_the_first_deposit(desk: Desk) -> None:
    desk.receive("compteurs", [meter(), meter(id_compteur="A"), meter(id_compteur="Z")])
    for first in (90, 50):
        lines = {meter()["id_compteur"]: first + 9, "A": first + 5, "Z": first}
        date = f"2025-01-{first // 10:02d}"
        desk.read([day(date, compteur=name, depot_ligne=line) for name, line in lines.items()])
        desk.read([period("2025-02-01", "2025-02-28", 9, compteur=name, depot_ligne=line)
                   for name, line in lines.items()])  # fmt: skip
    con = warehouse.load(desk.verdicts)
    warehouse.compute(con)
    found = con.execute("SELECT date_debut::VARCHAR, depot_ligne FROM _releves ORDER BY 1").fetchall()
    assert found == [("2025-01-05", 50), ("2025-01-09", 90), ("2025-02-01", 50)]

"""Readings of several deposits put together: what counts, what is replaced, what no site claims; nothing is lost."""

import random
from pathlib import Path
from typing import Any

import duckdb
import pytest

from greencloud import warehouse
from tests.loading.meters import DAY, KWH, METER, NEIGHBOUR, OTHER, SITE, Desk, day, days, gap, meter, period


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk(tmp_path)
    desk.site()
    return desk


def rows(con: duckdb.DuckDBPyConnection, query: str) -> list[tuple[Any, ...]]:
    return con.execute(query).fetchall()


def kept(desk: Desk) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]:
    """The kWh that count by day, and those set aside with their motive."""
    con = warehouse.load(desk.verdicts)
    return (
        rows(con, f"SELECT date_debut::VARCHAR, energie_mj / {KWH} FROM releves ORDER BY ALL"),
        rows(con, f"SELECT date_debut::VARCHAR, motif, energie_mj / {KWH} FROM releves_ecartes ORDER BY ALL"),
    )


# ---- pieces of several deposits ----


def test_pieces_of_a_day_that_do_not_meet_add_up(desk: Desk) -> None:
    desk.meter()
    half = {"secondes": DAY // 2, "creneaux": 24}
    morning = day("2025-01-01", 10, **half)
    desk.read([{**morning, "fin_utc": morning["debut_utc"] + DAY // 2}])
    desk.read([{**day("2025-01-01", 14, **half), "debut_utc": morning["debut_utc"] + DAY // 2}])
    assert kept(desk) == ([("2025-01-01", 10), ("2025-01-01", 14)], [])
    con = warehouse.load(desk.verdicts)
    warehouse.run_step(con, "_jours_compteurs")
    assert rows(con, f"SELECT energie_mj / {KWH}, complet FROM _jours_compteurs") == [(24, True)]


def test_of_two_pieces_that_meet_the_fuller_is_kept_then_the_later(desk: Desk) -> None:
    desk.meter()
    desk.read([day("2025-01-01", 10), day("2025-01-02", 10)])
    desk.read([day("2025-01-01", 9, secondes=DAY - 1800), day("2025-01-02", 12)])
    counted, aside = kept(desk)
    assert counted == [("2025-01-01", 10), ("2025-01-02", 12)]
    assert aside == [("2025-01-01", "moins_complet", 9), ("2025-01-02", "remplace", 10)]


def test_a_sender_whose_correction_is_less_than_the_day_it_corrects_is_told_so(desk: Desk) -> None:
    desk.meter()
    desk.read([day("2025-01-01", 10), day("2025-01-02", 10), day("2025-01-03", 10)])
    half = {"secondes": DAY // 2, "creneaux": 24}
    desk.read([day("2025-01-01", 4, **half), day("2025-01-02", 4, **half), day("2025-01-03", 12)])
    con = warehouse.load(desk.verdicts)
    [(level, line, code, value, message)] = rows(con, "SELECT niveau, ligne, code, valeur, message FROM anomalies")
    assert (level, line, code, value) == ("erreur", 2, "moins_complet", METER)
    assert message.replace("\u202f", " ") == (
        "Ligne 2, compteur n° 1 du fichier : un dépôt antérieur couvre mieux 2 jours de ce compteur (01/01/2025, "
        "02/01/2025) ; 48 créneaux de ce fichier n'y comptent pas."
    )


def test_what_a_later_deposit_replaces_is_told_nobody(desk: Desk) -> None:
    desk.meter()
    desk.read([day("2025-01-01", 10, secondes=DAY // 2)])
    desk.read([day("2025-01-01", 12)])
    desk.read([day("2025-01-01", 14)])
    assert rows(warehouse.load(desk.verdicts), "FROM anomalies") == []


@pytest.mark.parametrize(("first", "second"), [(10, 0), (20, 1)])
def test_a_bill_or_days_that_come_second_are_told_what_they_give_way_to(desk: Desk, first: int, second: int) -> None:
    desk.meter()
    several = [days("2025-01-05", first), [period("2025-01-01", "2025-01-31", 744)]]
    for part in several if second else several[::-1]:
        desk.read(part)
    [(message,)] = rows(warehouse.load(desk.verdicts), "SELECT message FROM anomalies")
    assert ("du 01/01/2025 au 31/01/2025" if second else "entre le 05/01/2025 et le 14/01/2025") in message


def test_a_piece_beaten_by_a_beaten_one_is_kept(desk: Desk) -> None:
    """Three in a chain: the best beats the middle, whose neighbour then meets nobody."""
    desk.meter()
    start = day("2025-01-01")["debut_utc"]
    for place, (kwh, seconds) in enumerate(((8, 30_000), (7, 29_000), (6, 28_000))):
        begin = start + place * 20_000
        desk.read([day("2025-01-01", kwh, secondes=seconds, debut_utc=begin, fin_utc=begin + 30_000)])
    assert kept(desk) == ([("2025-01-01", 6), ("2025-01-01", 8)], [("2025-01-01", "moins_complet", 7)])


def test_a_slot_that_crosses_midnight_meets_the_next_day_of_another_deposit(desk: Desk) -> None:
    desk.meter()
    late = day("2025-01-01", 10)
    desk.read([{**late, "fin_utc": late["fin_utc"] + 600}])
    desk.read([day("2025-01-02", 12)])
    assert kept(desk) == ([("2025-01-02", 12)], [("2025-01-01", "remplace", 10)])


@pytest.mark.parametrize("seed", range(4))
def test_what_is_kept_of_many_deposits_is_the_best_of_what_meets(desk: Desk, seed: int) -> None:
    """Against the rule said in a few lines: deposits next to one another, within one another, far from all others."""
    chance = random.Random(seed)
    desk.meter()
    told = []
    for rank in range(8):
        first = chance.randrange(60)
        for number in sorted(chance.sample(range(first, first + 12), chance.randint(1, 6))):
            begin = number * DAY + chance.choice((0, 0, 7_200))
            told.append((rank, begin, begin + chance.choice((20_000, DAY, DAY + 600)), chance.randint(1, 9) * 1_000))
    told = [one for one in told if not any(one[0] == other[0] and _meet(one, other) for other in told if other != one)]
    for rank in range(8):
        mine = [one for one in told if one[0] == rank]
        desk.read([day("2025-01-01", debut_utc=one[1], fin_utc=one[2], secondes=one[3]) for one in mine])
    best: list[tuple[int, ...]] = []
    for one in sorted(told, key=lambda one: (one[3], one[0]), reverse=True):
        if not any(_meet(one, other) for other in best):
            best.append(one)
    con = warehouse.load(desk.verdicts)
    found = rows(con, "SELECT dense_rank() OVER (ORDER BY rang) - 1, debut_utc, fin_utc, secondes FROM recues_releves")
    assert sorted(found) == sorted(told)
    kept_ones = rows(con, "SELECT debut_utc, fin_utc, secondes, rang FROM releves ORDER BY debut_utc, rang")
    assert [one[:3] for one in kept_ones] == [one[1:] for one in sorted(best, key=lambda one: (one[1], one[0]))]


def _meet(one: tuple[int, ...], other: tuple[int, ...]) -> bool:
    return one[1] < other[2] and other[1] < one[2]


@pytest.mark.parametrize(
    ("known", "counted", "aside", "motive"),
    [(20, ["jour"] * 20, 1, "remplace"), (10, ["periode"], 10, "moins_complet")],
)
def test_a_bill_gives_way_to_the_days_that_cover_more_than_half_of_it(
    desk: Desk, known: int, counted: list[str], aside: int, motive: str
) -> None:
    desk.meter()
    desk.read([period("2025-01-01", "2025-01-31", 744)])
    desk.read(days("2025-01-05", known))
    con = warehouse.load(desk.verdicts)
    assert [nature for (nature,) in rows(con, "SELECT nature FROM releves")] == counted
    assert rows(con, "SELECT count(*), any_value(motif) FROM releves_ecartes") == [(aside, motive)]
    every = "FROM releves UNION ALL BY NAME FROM releves_ecartes"
    assert rows(con, f"SELECT sum(energie_mj) / {KWH} FROM ({every})") == [(744 + 24 * known,)]


def test_two_senders_may_give_the_same_number_to_two_meters(desk: Desk) -> None:
    desk.site(NEIGHBOUR)
    desk.meter()
    desk.receive("compteurs", [meter(id_centre=NEIGHBOUR)], emetteur=OTHER)
    desk.read([day("2025-01-01", 10)])
    desk.read([day("2025-01-01", 12)], emetteur=OTHER)
    con = warehouse.load(desk.verdicts)
    warehouse.run_step(con, "_jours_compteurs")
    found = rows(con, f"SELECT id_centre, energie_mj / {KWH} FROM _jours_compteurs ORDER BY 1")
    assert found == [(SITE, 10), (NEIGHBOUR, 12)]


# ---- the register ----


def test_an_unknown_meter_is_told_and_counts_once_it_is_registered(desk: Desk) -> None:
    desk.read(days("2025-01-01", 3))
    assert kept(desk) == ([], [(f"2025-01-0{one}", "compteur_inconnu", 24) for one in (1, 2, 3)])
    con = warehouse.load(desk.verdicts)
    [(code, line, field, value, message)] = rows(con, "SELECT code, ligne, champ, valeur, message FROM anomalies")
    assert (code, line, field, value) == ("compteur_inconnu", 2, "compteur", METER)
    assert "compteur n° 1 du fichier" in message and "144 créneaux, 72 kWh" in message and METER not in message
    desk.meter()
    assert kept(desk)[0] == [(f"2025-01-0{one}", 24) for one in (1, 2, 3)]


def test_a_meter_counts_only_while_it_is_in_service(desk: Desk) -> None:
    desk.meter(date_debut="2025-01-02", date_fin="2025-01-03")
    desk.read(days("2025-01-01", 4))
    counted, aside = kept(desk)
    assert [date for date, _ in counted] == ["2025-01-02", "2025-01-03"]
    assert aside == [(date, "compteur_hors_service", 24) for date in ("2025-01-01", "2025-01-04")]


def test_readings_of_the_future_are_of_no_year_and_are_told(desk: Desk) -> None:
    """Received in May 2026: the same days of 2062, a slot set aside among them, and a month that was not over."""
    desk.meter()
    desk.read(days("2025-03-01", 2))
    desk.read([*days("2062-03-01", 2, 30), gap("2062-03", "chevauchement", 3), day("2026-05-03")])
    desk.read([period("2026-05-01", "2026-05-31", 744, compteur="B")])
    con = warehouse.load([*desk.verdicts, desk.meter(id_compteur="B")])
    warehouse.compute(con)
    assert rows(con, "SELECT mois, energie_kwh FROM mesures_mensuelles") == [("2025-03", 48), ("2026-05", 24)]
    assert rows(con, "SELECT annee, energie_ecartee_kwh FROM rapprochements") == [(2025, 0), (2026, 0)]
    aside = rows(con, f"SELECT motif, sum(energie_mj) / {KWH} FROM releves_ecartes GROUP BY ALL")
    assert aside == [("releve_futur", 60 + 3 + 744)]
    told = [message for (message,) in rows(con, "SELECT message FROM anomalies WHERE code = 'releve_futur'")]
    assert len(told) == 2 and all("finissent après le jour de leur dépôt" in message for message in told)


def test_a_line_of_the_register_is_withdrawn_by_the_sign_0(desk: Desk) -> None:
    """A number copied wrong is awaited until then: nothing of the month would ever be complete."""
    desk.receive("compteurs", [meter(id_compteur="FAUX", date_debut="2025-01-01"), meter()])
    desk.read(days("2025-01-01", 31, 10))
    found = []
    for _ in range(2):
        con = warehouse.load(desk.verdicts)
        warehouse.compute(con)
        found += rows(con, "SELECT energie_kwh, completude, nb_compteurs FROM mesures_mensuelles")
        desk.meter(id_compteur="FAUX", date_debut="2025-01-01", signe=0)
    assert found == [(310, 0.5, 2), (310, 1, 1)]


def test_a_meter_that_moves_leaves_its_first_site_the_day_before(desk: Desk) -> None:
    desk.site(NEIGHBOUR)
    desk.receive("compteurs", [meter(), meter(id_centre=NEIGHBOUR, date_debut="2025-01-03")])
    desk.read(days("2025-01-01", 4))
    con = warehouse.load(desk.verdicts)
    warehouse.run_step(con, "_jours_compteurs")
    found = rows(con, "SELECT id_centre, min(jour)::VARCHAR, count(*) FROM _jours_compteurs GROUP BY ALL ORDER BY 1")
    assert found == [(SITE, "2025-01-01", 2), (NEIGHBOUR, "2025-01-03", 2)]


def test_a_meter_that_one_site_gives_to_another_counts_in_both(desk: Desk) -> None:
    """Behind the arrival of the first, it is taken from it, whatever the order of the lines."""
    desk.site(NEIGHBOUR)
    shared = [meter(id_compteur="B", signe=-1), meter(id_compteur="B", id_centre=NEIGHBOUR)]
    for register in (shared, shared[::-1]):
        again = Desk(desk.folder)
        again.verdicts = list(desk.verdicts)
        again.receive("compteurs", [meter(), *register])
        again.read([*days("2025-01-01", 31, 30), *days("2025-01-01", 31, 10, compteur="B")])
        con = warehouse.load(again.verdicts)
        warehouse.compute(con)
        found = rows(con, "SELECT id_centre, energie_kwh, completude FROM mesures_mensuelles ORDER BY 1")
        assert found == [(SITE, 31 * 20, 1), (NEIGHBOUR, 31 * 10, 1)]


@pytest.mark.parametrize("told", [{"signe": -1}, {"id_centre": NEIGHBOUR}])
def test_a_line_of_the_same_site_or_the_same_sign_ends_the_one_before(desk: Desk, told: dict[str, Any]) -> None:
    desk.site(NEIGHBOUR)
    desk.receive("compteurs", [meter(), meter(date_debut="2025-01-03", **told)])
    con = warehouse.load(desk.verdicts)
    found = rows(con, "SELECT date_debut::VARCHAR, date_fin::VARCHAR FROM emplois_compteurs ORDER BY 1")
    assert found == [("2020-01-01", "2025-01-02"), ("2025-01-03", "2100-12-31")]


def test_a_bill_that_begins_before_its_meter_is_told_as_such_and_set_aside_of_its_site(desk: Desk) -> None:
    desk.meter(date_debut="2025-01-01")
    desk.read([period("2024-12-15", "2025-01-15", 620), day("2025-01-20")])
    con = warehouse.load(desk.verdicts)
    warehouse.compute(con)
    assert rows(con, "SELECT annee, completude, energie_ecartee_kwh, motifs_ecart FROM rapprochements ORDER BY 1") == [
        (2024, 0, 620, "compteur_hors_service"),
        (2025, 1 / 365, 0, None),
    ]
    [(message,)] = rows(con, "SELECT message FROM anomalies")
    assert "n'est pas en service tous ces jours-là" in message


def test_a_synthetic_meter_takes_no_real_reading(desk: Desk) -> None:
    desk.site("99988877900017-01", synthetique=True)
    desk.receive("compteurs", [meter(id_centre="99988877900017-01")], synthetique=True)
    desk.read([day("2025-01-01")])
    assert kept(desk) == ([], [("2025-01-01", "nature_melangee", 24)])


def test_a_meter_of_an_unknown_site_is_refused(desk: Desk) -> None:
    desk.meter(id_centre=NEIGHBOUR)
    desk.read([day("2025-01-01")])
    con = warehouse.load(desk.verdicts)
    assert rows(con, "SELECT code, annee FROM anomalies ORDER BY 1") == [
        ("compteur_inconnu", None),
        ("foreign-key", None),
    ]
    assert rows(con, "FROM releves") == []


# ---- nothing is lost ----


def test_what_is_published_and_set_aside_is_what_was_read(desk: Desk) -> None:
    desk.receive("compteurs", [meter(), meter(id_compteur="B", date_debut="2025-01-02")])
    desk.read([*days("2025-01-01", 3, 24.123456), gap("2025-01", "chevauchement", 3.5)])
    desk.read([*days("2025-01-02", 2, 20, compteur="B"), period("2024-12-20", "2024-12-31", 240)])
    desk.read(days("2025-01-01", 1, 25, secondes=DAY // 2))
    con = warehouse.load(desk.verdicts)
    warehouse.compute(con)
    [(read,)] = rows(con, "SELECT sum(energie_mj) FROM (FROM releves UNION ALL BY NAME FROM releves_ecartes)")
    [(told,)] = rows(con, "SELECT sum(energie_compteurs_kwh + energie_ecartee_kwh) FROM rapprochements")
    assert read == round((3 * 24.123456 + 3.5 + 40 + 240 + 25) * KWH)
    assert told == pytest.approx(read / KWH, rel=1e-12)
    motives = rows(con, "SELECT annee, energie_ecartee_kwh, motifs_ecart FROM rapprochements ORDER BY 1")
    assert motives == [(2024, 0, None), (2025, 28.5, "chevauchement|moins_complet")]


def set_aside(desk: Desk) -> list[tuple[Any, ...]]:
    con = warehouse.load(desk.verdicts)
    warehouse.compute(con)
    return rows(
        con, "SELECT energie_compteurs_kwh, energie_ecartee_kwh, motifs_ecart FROM rapprochements ORDER BY annee"
    )


def test_nothing_is_set_aside_of_what_a_later_deposit_replaces(desk: Desk) -> None:
    """Neither its energy, nor what had been set aside of it; what is set aside of the later one is."""
    desk.meter()
    desk.read([*days("2025-01-01", 20, 20), gap("2025-01", "chevauchement", 50), gap("2025-02", "negatif", -7)])
    assert set_aside(desk) == [(400, 57, "chevauchement|negatif")]
    desk.read([*days("2025-01-01", 20, 21), gap("2025-01", "doublon_identique", 3)])
    assert set_aside(desk) == [(420, 10, "doublon_identique|negatif")]


def test_what_is_set_aside_stays_while_a_day_of_its_deposit_stands(desk: Desk) -> None:
    desk.meter()
    desk.read([*days("2025-01-01", 20, 20), gap("2025-01", "chevauchement", 50)])
    desk.read(days("2025-01-01", 19, 21))
    assert set_aside(desk) == [(419, 50, "chevauchement")]


@pytest.mark.parametrize(("known", "aside"), [(31, (0, None)), (30, (500, "negatif"))])
def test_a_month_of_which_nothing_was_kept_is_replaced_by_one_that_is_whole(
    desk: Desk, known: int, aside: tuple[float, str | None]
) -> None:
    desk.meter()
    desk.read([gap("2025-01", "negatif", -500)])
    desk.read(days("2025-01-01", known, 20))
    assert set_aside(desk) == [(20 * known, *aside)]


def test_an_earlier_deposit_replaces_nothing_of_a_later_one(desk: Desk) -> None:
    desk.meter()
    desk.read(days("2025-01-01", 31, 20))
    desk.read([gap("2025-01", "negatif", -500)])
    assert set_aside(desk) == [(620, 500, "negatif")]


def test_a_bill_that_corrects_days_replaces_them(desk: Desk) -> None:
    desk.meter()
    desk.read(days("2025-01-05", 10, 20))
    desk.read([period("2025-01-01", "2025-01-31", 744)])
    assert set_aside(desk) == [(744, 0, None)]
    desk.read(days("2025-01-05", 20, 20))
    assert set_aside(desk) == [(400, 0, None)]

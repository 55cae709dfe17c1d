"""Cumulative readings: differences, rollover, replaced meters, indexes that go back or contradict each other."""

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest

from tests.readings.formats.seen import Row, rows_of

HEADER = "id_compteur;horodate;index_kwh;chiffres;evenement;estime"


def read(folder: Path, *lines: str, header: str = HEADER) -> list[Row]:
    path = folder / "index.csv"
    path.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
    return rows_of(path)


def told(rows: list[Row]) -> list[tuple[int, str | None, float | None]]:
    return [(row["ligne"], row["probleme"], None if row["valeur"] is None else float(row["valeur"])) for row in rows]


def test_an_interval_goes_from_one_reading_to_the_next(tmp_path: Path) -> None:
    [first, second] = read(
        tmp_path, "C1;2024-01-01 00:00;100;6;;", "C1;2024-02-01 00:00;250,5;6;;", "C1;2024-03-01 00:00;250,5;6;;"
    )
    assert (first["debut"], first["fin"]) == (dt.datetime(2024, 1, 1), dt.datetime(2024, 2, 1))
    assert (first["ligne"], first["valeur"], first["unite"]) == (3, Decimal("150.5"), "kWh")
    assert (second["valeur"], second["estime"], second["sens"]) == (0, False, "CONS")


def test_meters_are_apart_and_the_order_of_lines_does_not_count(tmp_path: Path) -> None:
    rows = read(
        tmp_path,
        *(
            "B;2024-01-03;30;6;;",
            "A;2024-01-02;7;6;;",
            "B;2024-01-01;10;6;;",
            "A;2024-01-01;5;6;;",
            "B;2024-01-02;15;6;;",
        ),
    )
    assert [(row["compteur"], row["ligne"], int(row["valeur"])) for row in rows] == [
        ("B", 2, 15),
        ("A", 3, 2),
        ("B", 6, 5),
    ]


def test_a_counter_that_passes_its_last_number(tmp_path: Path) -> None:
    assert told(read(tmp_path, "C;2024-01-01;999990;6;;", "C;2024-01-02;15;6;;")) == [(3, None, 25.0)]


def chain(*indexes: float, digits: int = 6) -> list[str]:
    """One index a day."""
    return [f"C;2024-01-{day:02};{index};{digits};;" for day, index in enumerate(indexes, 1)]


def test_a_wrong_index_is_no_rollover(tmp_path: Path) -> None:
    """As many digits would make it one, and hundreds of thousands of kWh that never were would be counted."""
    low = told(read(tmp_path, *chain(600_000, 5, 600_100)))
    assert low == [(3, "index_recule", None), (4, "index_douteux", 600_095)]
    high = told(read(tmp_path, *chain(100, 900_005, 110)))
    assert high == [(3, "index_douteux", 899_905), (4, "index_recule", None)]


def test_a_rollover_is_in_proportion_to_what_the_meter_counts(tmp_path: Path) -> None:
    usual = told(read(tmp_path, *chain(970_000, 980_000, 990_000, 5000, 15_000)))
    assert usual == [(3, None, 10_000), (4, None, 10_000), (5, None, 15_000), (6, None, 10_000)]
    replaced = told(read(tmp_path, *chain(949_800, 949_900, 950_000, 5, 105)))
    assert replaced == [(3, None, 100), (4, None, 100), (5, "index_recule", None), (6, None, 100)]


def test_a_rollover_after_a_long_time_counts_by_its_length(tmp_path: Path) -> None:
    lines = chain(979_800, 979_900, 980_000)
    assert told(read(tmp_path, *lines, "C;2024-08-01;1000;6;;"))[-1] == (5, None, 21_000)


def test_without_other_intervals_a_rollover_is_near_the_last_number(tmp_path: Path) -> None:
    assert told(read(tmp_path, *chain(600_000, 5))) == [(3, "index_recule", None)]


def test_an_index_beyond_its_digits_is_no_rollover(tmp_path: Path) -> None:
    assert told(read(tmp_path, *chain(1_000_010, 15))) == [(3, "index_recule", None)]


@pytest.mark.parametrize("digits", ["6", ""])
def test_an_index_that_goes_back_is_told(tmp_path: Path, digits: str) -> None:
    rows = read(
        tmp_path, f"C;2024-01-01;500;{digits};;", f"C;2024-01-02;400;{digits};;", f"C;2024-01-03;410;{digits};;"
    )
    assert told(rows) == [(3, "index_recule", None), (4, None, 10.0)]
    assert rows[0]["brut"] == "500 puis 400"


def test_a_wrong_index_is_not_believed_on_its_other_side(tmp_path: Path) -> None:
    """Too low or too high: thousands of kWh that never were would be counted."""
    days = "C;2024-01-01;4900;;;", "C;2024-01-02;5000;;;", "C;2024-01-03;{};;;", "C;2024-01-04;5010;;;"
    low = read(tmp_path, *"|".join(days).format(5).split("|"))
    assert told(low) == [(3, None, 100.0), (4, "index_recule", None), (5, "index_douteux", 5005.0)]
    high = read(tmp_path, *"|".join(days).format("50200,5").split("|"), "C;2024-01-05;5020;;;")
    assert high[1]["brut"] == "5000 puis 50200,5"
    assert told(high) == [
        *((3, None, 100.0), (4, "index_douteux", 45200.5), (5, "index_recule", None), (6, None, 10.0)),
    ]


def test_a_counter_replaced_without_a_word_keeps_what_it_counted(tmp_path: Path) -> None:
    rows = read(tmp_path, "C;2024-01-01;4900;;;", "C;2024-01-02;5000;;;", "C;2024-01-03;5;;;", "C;2024-01-04;15;;;")
    assert told(rows) == [(3, None, 100.0), (4, "index_recule", None), (5, None, 10.0)]


def test_an_event_that_is_not_known_is_told_on_both_sides(tmp_path: Path) -> None:
    rows = read(
        tmp_path,
        *("C;2024-01-01;100;;;", "C;2024-02-01;300;;remplacement;", "C;2024-03-01;320;;;", "C;2024-04-01;330;; ;"),
    )
    assert told(rows) == [(3, "evenement_inconnu", 200.0), (4, "evenement_inconnu", 20.0), (5, None, 10.0)]


def test_an_index_that_bounds_nothing_is_told(tmp_path: Path) -> None:
    rows = read(tmp_path, "C;2024-01-01;100;;;", "D;2024-01-01;3;;;", "D;2024-02-01;8;;;", "D;2024-03-01;0;;pose;")
    assert told(sorted(rows, key=lambda row: row["ligne"])) == [
        *((2, "index_seul", None), (4, None, 5.0), (5, "index_seul", None)),
    ]


def test_without_its_digits_no_counter_is_taken_for_one_that_rolled_over(tmp_path: Path) -> None:
    assert told(read(tmp_path, "C;2024-01-01;999990;;;", "C;2024-01-02;15;;;")) == [(3, "index_recule", None)]


def test_a_counter_that_is_replaced(tmp_path: Path) -> None:
    rows = read(
        tmp_path,
        *("C;2024-01-01 00:00;900;;;", "C;2024-01-15 10:00;950;;dépose;", "C;2024-01-15 10:00;3;;pose;"),
        "C;2024-02-01 00:00;43;;;",
    )
    assert told(rows) == [(3, None, 50.0), (5, None, 40.0)]
    assert rows[1]["debut"] == dt.datetime(2024, 1, 15, 10)


def test_the_same_reading_twice_and_two_that_contradict_each_other(tmp_path: Path) -> None:
    rows = read(
        tmp_path,
        *("C;2024-01-01;100;;;", "C;2024-01-02;110;;;", "C;2024-01-02;110;;;", "C;2024-01-03;115;;;"),
        *("C;2024-01-03;120;;;", "C;2024-01-04;130;;;"),
    )
    assert told(rows) == [
        *((3, None, 10.0), (4, "doublon_identique", None), (5, "doublon_different", None)),
        *((6, "doublon_different", None), (7, None, 20.0)),
    ]
    assert rows[-1]["debut"] == dt.datetime(2024, 1, 2)


def test_offsets_order_the_hour_that_comes_twice(tmp_path: Path) -> None:
    rows = read(
        tmp_path,
        *("C;2024-10-27T02:30:00+01:00;3;;;", "C;2024-10-27T02:30:00+02:00;1;;;", "C;2024-10-27T03:00:00+01:00;6;;;"),
    )
    assert [(row["valeur"], row["decalage_debut"], row["decalage_fin"]) for row in rows] == [
        (2, 7200, 3600),
        (3, 3600, 3600),
    ]


def test_what_is_not_read_is_told_and_the_chain_goes_on(tmp_path: Path) -> None:
    rows = read(
        tmp_path, "C;2024-01-01;1;;;", "C;hier;2;;;", "C;2024-01-03;;;;", "C;2024-01-04;x;;;", "C;2024-01-05;9;;;"
    )
    assert told(rows) == [
        *((3, "horodate_illisible", None), (4, "valeur_absente", None), (5, "valeur_illisible", None), (6, None, 8.0)),
    ]


def test_an_estimated_index_makes_both_its_intervals_estimated(tmp_path: Path) -> None:
    rows = read(tmp_path, "C;2024-01-01;1;;;", "C;2024-01-02;2;;;oui", "C;2024-01-03;3;;;non", "C;2024-01-04;4;;;")
    assert [row["estime"] for row in rows] == [True, True, False]


def test_a_word_that_does_not_tell_whether_an_index_is_estimated(tmp_path: Path) -> None:
    rows = read(tmp_path, "C;2024-01-01;1;;;", "C;2024-01-02;2;;;peut-être", "C;2024-01-03;3;;;Estimé")
    assert told(rows) == [(3, "estime_illisible", None), (4, None, 2.0)]
    assert (rows[0]["brut"], rows[1]["estime"]) == ("peut-être", True)


def test_a_reading_without_a_meter_is_kept_to_be_told(tmp_path: Path) -> None:
    assert [
        (row["ligne"], row["compteur"], row["valeur"]) for row in read(tmp_path, ";2024-01-01;1;;;", ";2024-01-02;2;;;")
    ] == [
        *((2, None, None), (3, None, None)),
    ]


def test_a_mapping_may_name_an_index(tmp_path: Path) -> None:
    path = tmp_path / "gtb.csv"
    path.write_text("Date;Heure;Compteur général\n31/12/2023;23:50;99 990\n01/01/2024;00:00;5\n01/01/2024;00:10;7\n")
    mapping = {
        "colonnes": {"date": "Date", "heure": "Heure", "index": "Compteur général"},
        "format_date": "JJ/MM/AAAA",
        "unite": "MWh",
        "compteur": "TGBT",
        "chiffres": 5,
        "decimale": ",",
    }
    rows = rows_of(path, mapping=mapping)
    assert [(row["compteur"], row["valeur"], row["unite"]) for row in rows] == [
        *(("TGBT", 15, None), ("TGBT", 2, None)),
    ]
    assert rows[0]["debut"] == dt.datetime(2023, 12, 31, 23, 50)


def test_two_files_do_not_follow_each_other(tmp_path: Path) -> None:
    paths = []
    for month in (1, 2):
        path = tmp_path / f"{month}.csv"
        path.write_text(f"{HEADER}\nC;2024-0{month}-01;{month}0;;;\nC;2024-0{month}-20;{month}5;;;\n")
        paths.append(path)
    assert [(row["fichier"], int(row["valeur"])) for row in rows_of(*paths)] == [(0, 5), (1, 5)]

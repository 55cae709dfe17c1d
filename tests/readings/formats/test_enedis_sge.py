"""Load curves of the grid operator: stamps, steps, units, quantities and states of every spelling that is known."""

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest

from greencloud.readings.formats.enedis_sge import LABELS
from tests.readings.formats.seen import refused, rows_of

LINE = {
    "Identifiant PRM": "30001234567890",
    "Date de début": "2022-12-31",
    "Date de fin": "2024-01-01",
    "Grandeur physique": "PA",
    "Grandeur métier": "CONS",
    "Etape métier": "BRUT",
    "Unité": "W",
    "Horodate": "2023-01-01T00:10:00+01:00",
    "Valeur": "1234",
    "Nature": "R",
    "Pas": "PT10M",
    "Indice de vraisemblance": "0",
    "Etat complémentaire": "",
}


def curve(folder: Path, *changes: dict[str, str], labels: tuple[str, ...] = LABELS, encoding: str = "utf-8") -> Path:
    path = folder / "courbe.csv"
    text = ["\ufeff" * (encoding == "utf-8") + ";".join(labels)]
    text += [";".join((LINE | change)[label] for label in labels) for change in changes]
    path.write_text("\n".join(text) + "\n", encoding=encoding)
    return path


def test_a_line_is_a_slot_that_ends_at_its_stamp(tmp_path: Path) -> None:
    [row] = rows_of(curve(tmp_path, {}))
    assert row == {
        "fichier": 0,
        "ligne": 2,
        "compteur": "30001234567890",
        "sens": "CONS",
        "debut": None,
        "fin": dt.datetime(2023, 1, 1, 0, 10),
        "decalage_debut": None,
        "decalage_fin": 3600,
        "pas": 600,
        "valeur": Decimal(1234),
        "unite": "W",
        "estime": False,
        "probleme": None,
        "brut": None,
    }


@pytest.mark.parametrize(
    ("stamp", "clock", "offset"),
    [
        ("2023-07-01T12:30:00+02:00", (2023, 7, 1, 12, 30), 7200),
        ("2023-07-01T10:30:00Z", (2023, 7, 1, 10, 30), 0),
        ("2023-07-01T10:30:00.000Z", (2023, 7, 1, 10, 30), 0),
        ("2023-07-01T10:30+02:00", (2023, 7, 1, 10, 30), 7200),
        ("2023-07-01T10:30:00-0330", (2023, 7, 1, 10, 30), -12600),
        ("2023-07-01 10:30:00 +04", (2023, 7, 1, 10, 30), 14400),
        ("2023-07-01 10:30:00", (2023, 7, 1, 10, 30), None),
        ("2023-07-01 10:30", (2023, 7, 1, 10, 30), None),
        ("2023-07-01 24:00:00", (2023, 7, 2, 0, 0), None),
        ("2023-07-01", (2023, 7, 1, 0, 0), None),
        ("01/07/2023 10:30:00", (2023, 7, 1, 10, 30), None),
        ("01/07/2023 10:30", (2023, 7, 1, 10, 30), None),
        ("1/7/2023 10h30", (2023, 7, 1, 10, 30), None),
        (" 31/12/2023 24:00 ", (2024, 1, 1, 0, 0), None),
    ],
)
def test_stamps(tmp_path: Path, stamp: str, clock: tuple[int, int, int, int, int], offset: int | None) -> None:
    [row] = rows_of(curve(tmp_path, {"Horodate": stamp}))
    assert (row["fin"], row["decalage_fin"], row["probleme"]) == (dt.datetime(*clock), offset, None)


@pytest.mark.parametrize(
    "stamp", ["", "hier", "2023-02-30 00:00:00", "31/31/2023 00:00", "2023-07-01 10:61", "45108,5"]
)
def test_what_is_no_stamp_is_told(tmp_path: Path, stamp: str) -> None:
    [row] = rows_of(curve(tmp_path, {"Horodate": stamp}))
    assert (row["fin"], row["probleme"], row["brut"] or "") == (None, "horodate_illisible", stamp)


def test_an_endless_stamp_is_none(tmp_path: Path) -> None:
    [row] = rows_of(curve(tmp_path, {"Horodate": "infinity"}))
    assert (row["fin"], row["probleme"]) == (None, "horodate_illisible")


@pytest.mark.parametrize(
    ("text", "value", "problem"),
    [
        ("0", Decimal(0), None),
        ("12,5", Decimal("12.5"), None),
        ("1 234,5", Decimal("1234.5"), None),
        ("1\u202f234", Decimal(1234), None),
        ("-3", Decimal(-3), None),
        ("0.123456", Decimal("0.123456"), None),
        ("", None, "valeur_absente"),
        ("NA", None, "valeur_absente"),
        ("null", None, "valeur_absente"),
        ("1_000", None, "valeur_illisible"),
        ("12 W", None, "valeur_illisible"),
        ("1,2,3", None, "valeur_illisible"),
        ("99999999999999", None, "valeur_illisible"),
        ("nan", None, "valeur_absente"),
        ("Infinity", None, "valeur_illisible"),
    ],
)
def test_values(tmp_path: Path, text: str, value: Decimal | None, problem: str | None) -> None:
    [row] = rows_of(curve(tmp_path, {"Valeur": text}))
    assert (row["valeur"], row["probleme"]) == (value, problem)
    assert row["brut"] == (text or None if problem else None)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("PT5M", 300), ("PT30M", 1800), ("PT60M", 3600), ("PT1H", 3600), ("pt15m", 900), ("30", 1800), ("P1D", 86400)],
)
def test_steps_may_change_in_a_file(tmp_path: Path, text: str, seconds: int) -> None:
    rows = rows_of(curve(tmp_path, {}, {"Pas": text}))
    assert [row["pas"] for row in rows] == [600, seconds]


@pytest.mark.parametrize("text", ["", "P1M", "PT", "dix minutes", "PT0M"])
def test_a_step_that_is_not_read_is_told(tmp_path: Path, text: str) -> None:
    [row] = rows_of(curve(tmp_path, {"Pas": text}))
    assert (row["pas"], row["probleme"], row["brut"] or "") == (None, "pas_illisible", text)


@pytest.mark.parametrize(("text", "unit"), [("kW", "kW"), ("w", "W"), ("KWH", "kWh"), ("Wh", "Wh")])
def test_units(tmp_path: Path, text: str, unit: str) -> None:
    assert [row["unite"] for row in rows_of(curve(tmp_path, {"Unité": text}))] == [unit]


def test_an_unknown_unit_is_told(tmp_path: Path) -> None:
    [row] = rows_of(curve(tmp_path, {"Unité": "kVA"}))
    assert (row["unite"], row["probleme"], row["brut"]) == (None, "unite_inconnue", "kVA")


@pytest.mark.parametrize(
    ("physical", "ignored"),
    [
        *(("PA", False), ("Energie active", False), ("Énergie Active", False), ("", False)),
        *(("PRI", True), ("Energie réactive", True), ("E", True), ("Tension", True)),
    ],
)
def test_other_quantities_are_left_out_and_told(tmp_path: Path, physical: str, ignored: bool) -> None:
    [row] = rows_of(curve(tmp_path, {"Grandeur physique": physical, "Unité": "VAr" if ignored else "W"}))
    assert row["probleme"] == ("grandeur_ignoree" if ignored else None)


@pytest.mark.parametrize(("text", "sense"), [("CONS", "CONS"), ("PROD", "PROD"), ("Production", "PROD"), ("", "CONS")])
def test_consumption_and_production(tmp_path: Path, text: str, sense: str) -> None:
    [row] = rows_of(curve(tmp_path, {"Grandeur métier": text}))
    assert (row["sens"], row["probleme"]) == (sense, None)


@pytest.mark.parametrize(
    ("change", "estimated"),
    [
        ({"Nature": "B"}, False),
        ({"Nature": "E"}, True),
        ({"Nature": "C"}, True),
        ({"Indice de vraisemblance": "4"}, True),
        ({"Indice de vraisemblance": "null", "Etat complémentaire": "null"}, False),
        ({"Nature": "", "Etape métier": "CORRIGE"}, True),
        ({"Nature": "R", "Etape métier": "CORRIGE"}, False),
    ],
)
def test_what_the_operator_does_not_vouch_for_is_estimated(
    tmp_path: Path, change: dict[str, str], estimated: bool
) -> None:
    assert [row["estime"] for row in rows_of(curve(tmp_path, change))] == [estimated]


def test_columns_in_another_order_without_the_last_ones_and_in_windows_letters(tmp_path: Path) -> None:
    labels = ("Valeur", "Horodate", "Unité", "Pas", "Identifiant PRM", "Etape métier")
    [row] = rows_of(curve(tmp_path, {}, labels=labels, encoding="cp1252"))
    assert (row["compteur"], row["valeur"], row["pas"], row["estime"]) == ("30001234567890", 1234, 600, False)


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("nom;ville\nA;B\nC;D\n", "« nom », « ville »"),
        ("Date et heure;Puissance (kW)\n01/01/2025 00:00;5,5\n", "« Date et heure », « Puissance (kW) »"),
    ],
)
def test_a_file_of_other_columns_is_refused_by_their_names(tmp_path: Path, text: str, labels: str) -> None:
    path = tmp_path / "autre.csv"
    path.write_text(text)
    assert refused(path) == (
        f"Le fichier n'a pas les colonnes d'un format de relevés connu ; les siennes sont {labels}. "
        "Faites-en la correspondance avec greencloud map, puis donnez-la avec --lecture."
    )


@pytest.mark.parametrize("content", [b"", b"%PDF-1.4", b"\x00\x01\x02\x03" * 99, b";;;\n" * 9, b"PK\x03\x04zzz"])
def test_what_is_no_table_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(content)
    assert refused(path)

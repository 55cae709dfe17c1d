"""The wizard of mappings: what it proposes for exports of any shape, what it is not sure of, how it asks and writes."""

import datetime as dt
import json
import sys
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from greencloud import cli
from greencloud.cli.french import Misuse
from greencloud.errors import GreencloudError
from greencloud.reading import Unreadable
from greencloud.readings.formats.mapping import understood
from greencloud.readings.proposing import Proposal, propose, spoken
from greencloud.readings.trying import first_rows, known_format, sampled
from tests.readings.formats.seen import rows_of

REAL = Path(__file__).parents[3] / "shared" / "real"
RTE = {
    "colonnes": {"date": "Date", "heure": "Heures", "valeur": "Consommation"},
    "pas": "PT30M",
    "horodate": "debut",
    "fuseau": "Europe/Paris",
}


def proposed(folder: Path, text: str, **told: str) -> Proposal:
    path = folder / "export.csv"
    path.write_text(text, encoding="utf-8")
    with sampled(path) as sample:
        found = propose(sample.table, told, sample.delimiter)
    if found.mapping is not None:
        understood(found.mapping)
    return found


def mapping_of(folder: Path, text: str, **told: str) -> Mapping[str, Any]:
    found = proposed(folder, text, **told).mapping
    assert found is not None
    return found


def half_hours(form: str, count: int = 96, first: int = 0, value: str = "1,5") -> str:
    """Lines of half-hours, as `form` writes them from the place of each."""
    return "".join(
        form.format(
            day=1 + (first + n) // 48, hour=(first + n) % 48 // 2, minute=30 * ((first + n) % 2), value=value, n=n
        )
        + "\n"
        for n in range(count)
    )


@pytest.mark.parametrize(
    ("file", "more"),
    [
        ("grid/rte_2018.csv", {"format_date": "JJ/MM/AAAA"}),
        ("grid/eCO2mix_RTE_Annuel-Definitif_2019.xls", {"format_date": "JJ/MM/AAAA"}),
        # Three quarters out of four are empty in the others; here each has a value.
        ("grid/eCO2mix_RTE_En-cours-TR.xls", {"pas": "PT15M"}),
    ],
)
def test_the_real_exports_of_the_grid(file: str, more: dict[str, str]) -> None:
    path = REAL / file
    if not path.is_file():
        pytest.skip("the received files are not beside the repository (see CONTRIBUTING.md)")
    with sampled(path) as sample:
        assert known_format(sample) is None
        found = propose(sample.table, {})
        assert (found.mapping, found.missing) == ({**RTE, **more}, ("unite", "compteur"))
    truths = json.loads((REAL / "truth.json").read_text(encoding="utf-8"))["files"]
    truth = next(entry for entry in truths if entry["file"] == file)
    rows = rows_of(path, mapping=found.mapping)
    assert sum(row["valeur"] for row in rows if row["probleme"] is None) == truth["sums"]["Consommation"]


def test_one_stamp_a_unit_in_the_label_and_a_meter(tmp_path: Path) -> None:
    text = "Compteur;Horodate;Consommation (kW)\n" + half_hours("A12;0{day}/01/2024 {hour:02}:{minute:02};{value}")
    found = proposed(tmp_path, text)
    assert found.mapping == {
        "colonnes": {"horodate": "Horodate", "valeur": "Consommation (kW)", "compteur": "Compteur"},
        "format_date": "JJ/MM/AAAA HH:MM",
        "decimale": ",",
        "unite": "kW",
        "pas": "PT30M",
        "horodate": "debut",
        "fuseau": "Europe/Paris",
    }
    assert found.missing == ()
    assert [doubt for doubt in found.doubts if "inversés" in doubt]  # no day beyond the second


def test_what_a_person_tells_goes_before_what_is_deduced(tmp_path: Path) -> None:
    text = "Horodate;Consommation (kW)\n" + half_hours("2024-01-0{day} {hour:02}:{minute:02};{value}")
    found = mapping_of(tmp_path, text, unite="kWh", compteur="A", horodate="fin", pas="PT1H", fuseau="Indian/Reunion")
    assert {key: found[key] for key in ("unite", "compteur", "horodate", "pas", "fuseau")} == {
        "unite": "kWh",
        "compteur": "A",
        "horodate": "fin",
        "pas": "PT1H",
        "fuseau": "Indian/Reunion",
    }


def test_stamps_at_the_end_are_told_by_the_first_of_a_day(tmp_path: Path) -> None:
    text = "Horodate;kWh\n" + half_hours("2024-01-0{day}T{hour:02}:{minute:02}:00;{value}", first=1)
    assert mapping_of(tmp_path, text)["horodate"] == "fin"


def test_a_first_stamp_that_tells_nothing_is_a_doubt(tmp_path: Path) -> None:
    text = "Horodate;kWh\n" + half_hours("2024-01-0{day}T{hour:02}:{minute:02}:00;{value}", first=7)
    assert any("--horodate" in doubt for doubt in proposed(tmp_path, text).doubts)


def test_offsets_need_no_zone(tmp_path: Path) -> None:
    text = "Horodate;kWh\n" + half_hours("2024-01-0{day}T{hour:02}:{minute:02}:00+01:00;{value}")
    found = mapping_of(tmp_path, text, compteur="A")
    assert "fuseau" not in found
    assert found["separateur"] == ";"
    row = rows_of(tmp_path / "export.csv", mapping=found)[1]
    assert (row["debut"], row["decalage_debut"]) == (dt.datetime(2024, 1, 1, 0, 30), 3600)


def test_among_several_quantities_the_label_decides(tmp_path: Path) -> None:
    text = "Date;Heure;Température;Prévision kW;Énergie active (kWh);Tarif\n" + half_hours(
        "{day:02}/01/2024;{hour:02}:{minute:02};12,1;9;{value};0,2"
    )
    assert mapping_of(tmp_path, text)["colonnes"]["valeur"] == "Énergie active (kWh)"


def test_columns_that_are_as_likely_are_told(tmp_path: Path) -> None:
    text = "Date;Départ 1;Départ 2\n" + "".join(f"{day:02}/01/2024;{day};{day + 3}\n" for day in range(1, 29))
    [told] = [doubt for doubt in proposed(tmp_path, text).doubts if "pourrait aussi être « Départ 2 »" in doubt]
    assert "une copie du fichier qui n'ait que sa colonne" in told


def test_dates_that_are_not_understood_are_told(tmp_path: Path) -> None:
    text = "Timestamp,kW\n" + "".join(f"01/{day:02}/2025 12:30 AM,{day}\n" for day in range(1, 29))
    assert any("« 01/01/2025 12:30 AM »" in doubt for doubt in proposed(tmp_path, text).doubts)


def test_days_months_and_bills(tmp_path: Path) -> None:
    days = mapping_of(tmp_path, "Date;kWh\n" + "".join(f"{day:02}/03/2024;{day}\n" for day in range(1, 29)))
    months = mapping_of(tmp_path, "Mois;kWh\n" + "".join(f"01/{month:02}/2024;{month}\n" for month in range(1, 13)))
    bills = proposed(tmp_path, "Du;Au;Consommation (MWh)\n01/01/2024;31/01/2024;5\n01/02/2024;29/02/2024;6\n")
    assert (days["pas"], days["horodate"], months["pas"], months["format_date"]) == (
        "P1D",
        "debut",
        "P1M",
        "JJ/MM/AAAA",
    )
    assert bills.mapping is not None
    assert bills.mapping["colonnes"] == {"debut": "Du", "fin": "Au", "valeur": "Consommation (MWh)"}
    assert any("fin_incluse" in doubt for doubt in bills.doubts)


def test_months_may_be_stamped_with_their_last_days(tmp_path: Path) -> None:
    lines = [f"{day}/{month:02}/2025;{month}\n" for month, day in enumerate((31, 28, 31, 30, 31, 30), 1)]
    found = mapping_of(tmp_path, "Mois;kWh\n" + "".join(lines), compteur="A")
    assert (found["pas"], found["horodate"], found["fin_incluse"]) == ("P1M", "fin", True)
    assert [row["debut"].month for row in rows_of(tmp_path / "export.csv", mapping=found)] == [1, 2, 3, 4, 5, 6]
    same = "Mois;kWh\n31/03/2025;1\n31/05/2025;2\n"
    for text, told in ((same, {"pas": "P1M"}), ("Mois;kWh\n" + "".join(lines), {"horodate": "debut"})):
        assert "fin_incluse" not in mapping_of(tmp_path, text, compteur="A", **told)


def test_an_index_is_named_or_suspected(tmp_path: Path) -> None:
    lines = "".join(f"2024-01-{day:02} 00:00;{1000 + 7 * day}\n" for day in range(1, 29))
    assert mapping_of(tmp_path, f"Horodate;Index (kWh)\n{lines}")["colonnes"]["index"] == "Index (kWh)"
    assert any("index" in doubt for doubt in proposed(tmp_path, f"Horodate;kWh\n{lines}").doubts)


def test_several_meters_without_a_column_are_told(tmp_path: Path) -> None:
    text = "Horodate;kWh\n" + "".join(
        f"2024-01-{day:02} 00:00;{value}\n" for day in range(1, 29) for value in (3, 5, 7)
    )
    assert any("plusieurs compteurs" in doubt for doubt in proposed(tmp_path, text).doubts)


def test_a_column_without_a_label_is_named_by_its_number(tmp_path: Path) -> None:
    text = "Horodate;;Note\n" + half_hours("2024-01-0{day} {hour:02}:{minute:02};{value};x")
    found = mapping_of(tmp_path, text, compteur="A", unite="kWh")
    assert found["colonnes"]["valeur"] == "colonne_2"
    assert str(rows_of(tmp_path / "export.csv", mapping=found)[0]["valeur"]) == "1.500000"


def test_a_workbook(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book["Sheet"]
    sheet.append(["Export du bâtiment"])
    sheet.append(["Date", "Heure", "Puissance (kW)"])
    for place in range(48):
        sheet.append(["05/01/2024", f"{place // 2:02}:{30 * (place % 2):02}", place / 4])
    book.save(tmp_path / "f.xlsx")
    with sampled(tmp_path / "f.xlsx") as sample:
        found = propose(sample.table, {"compteur": "A"})
        assert found.mapping is not None
        rows = first_rows(sample, found.mapping, 3)
    assert [(row.line, row.start, row.end, str(row.energy_kwh)) for row in rows] == [
        (3, "05/01/2024 00:00", "05/01/2024 00:30", "0.000000"),
        (4, "05/01/2024 00:30", "05/01/2024 01:00", "0.125000"),
        (5, "05/01/2024 01:00", "05/01/2024 01:30", "0.250000"),
    ]


def test_of_a_long_text_the_head_is_enough(tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    path.write_text("Horodate;kWh\n" + "2024-01-01 00:00;1\n" * 100_000)
    with sampled(path) as sample:
        assert sample.path.stat().st_size < 1 << 20
        assert sample.path.read_bytes().endswith(b"\n")


@pytest.mark.parametrize("text", ["nom;ville\nA;B\nC;D\n", "Date;nom\n01/02/2024;A\n02/02/2024;B\n"])
def test_what_shows_no_readings_has_no_mapping(tmp_path: Path, text: str) -> None:
    found = proposed(tmp_path, text)
    assert found.mapping is None
    assert found.doubts


@pytest.mark.parametrize(
    ("duration", "words"),
    [("PT30M", "30 minutes"), ("PT1H", "1 heure"), ("P1M", "1 mois"), ("P1D", "1 jour"), ("x", "x")],
)
def test_durations_in_words(duration: str, words: str) -> None:
    assert spoken(duration) == words


HOSTILE = (
    *(
        b"",
        b"\x00" * 99,
        b"%PDF-1.7",
        b"PK\x03\x04",
        b"a",
        b"a;b",
        b";;;;\n;;;\n",
        b'"\n' * 50,
        b"\xff\xfe",
        b"\n" * 99,
    ),
    *(b"Date;kWh\n99/99/9999;1e999\n" * 9, b"Date;kWh\n31/12/9999 24:00;1\n" * 9, b"Horodate;kWh\ninfinity;nan\n" * 9),
    "Date;Heure;k\u202eWh\n01/01/2024;99:99;1\n01/01/2024;9999999999;1\n".encode() * 3,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.one_of(
        st.binary(max_size=200),
        st.lists(
            st.lists(
                st.sampled_from(
                    [
                        "Date",
                        "kWh",
                        "Horodate",
                        "01/02/2024",
                        "2024-01-01 24:00",
                        "12",
                        "-1,5",
                        "",
                        '"',
                        "10h",
                        "é",
                        "1e9",
                        "Index",
                        "fin",
                    ]
                ),
                max_size=4,
            ),
            max_size=12,
        ).map(lambda rows: "\n".join(";".join(row) for row in rows).encode()),
    )
)
@example(b"Date;debut;fin\n")
@example(b"0-0-0000;0\n\x03")
def test_no_file_makes_it_fail(tmp_path: Path, content: bytes) -> None:
    _map_or_refuse(tmp_path, content)


@pytest.mark.parametrize("content", HOSTILE)
def test_hostile_files_are_refused_or_told(tmp_path: Path, content: bytes) -> None:
    _map_or_refuse(tmp_path, content)


def _map_or_refuse(folder: Path, content: bytes) -> None:
    path = folder / "hostile.csv"
    path.write_bytes(content)
    try:
        with sampled(path) as sample:
            known_format(sample)
            found = propose(sample.table, {})
            if found.mapping is not None:
                understood(found.mapping)
                first_rows(sample, found.mapping, 5)
    except Unreadable:
        return


def run(monkeypatch: pytest.MonkeyPatch, *arguments: object, answers: list[str] | None = None) -> int:
    """The exit status of the command; with `answers`, somebody is at the terminal."""
    asked = iter(answers or [])
    monkeypatch.setattr(sys.stdin, "isatty", lambda: answers is not None)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: answers is not None)
    monkeypatch.setattr("builtins.input", lambda question: next(asked))
    status = cli.app(["map", *map(str, arguments)], standalone_mode=False)
    assert next(asked, None) is None
    return int(status or 0)


EXPORT = "Horodate;Consommation\n" + half_hours("2024-01-0{day} {hour:02}:{minute:02};{value}")


def export(folder: Path, text: str = EXPORT) -> Path:
    path = folder / "export.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_nothing_is_written_unasked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, export(tmp_path)) == 1
    told = capsys.readouterr().out
    for words in ("À vérifier :", "--unite", "--compteur", "01/01/2024 00:30", '"pas": "PT30M"'):
        assert words in told
    assert [path.name for path in tmp_path.iterdir()] == ["export.csv"]


def test_it_is_written_when_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "lecture.json"
    assert run(monkeypatch, export(tmp_path), "--out", out, "--unite", "kW", "--compteur", "TGBT") == 0
    mapping = json.loads(out.read_text(encoding="utf-8"))
    first = rows_of(export(tmp_path), mapping=mapping)[0]
    assert (first["compteur"], first["pas"], str(first["valeur"])) == ("TGBT", 1800, "1.500000")


def test_an_incomplete_one_is_not_said_to_be_ready(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, export(tmp_path), "--out", tmp_path / "lecture.json", "--unite", "kW") == 1
    told = capsys.readouterr().out
    assert "incomplète. Refaites-la avec --compteur avant de déposer" in told and "--lecture" not in told


def test_at_a_terminal_it_asks_what_is_missing_and_whether_it_is_right(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "lecture.json"
    assert run(monkeypatch, export(tmp_path), "--out", out, answers=["kW", "TGBT", "n"]) == 0
    assert not out.exists()
    assert run(monkeypatch, export(tmp_path), "--out", out, answers=["kW", "", "o"]) == 1
    assert "compteur" not in json.loads(out.read_text(encoding="utf-8"))
    assert run(monkeypatch, export(tmp_path), "--out", out, "--oui", answers=[]) == 1


def test_a_known_format_needs_no_mapping(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = "id_compteur,debut,fin,energie_kwh\nC1,2024-01-01T00:00,2024-01-01T01:00,2.5\n"
    assert run(monkeypatch, export(tmp_path, text)) == 0
    told = capsys.readouterr().out
    assert "Le fichier est reconnu (notre table releves)" in told
    assert "2,5 kWh" in told


@pytest.mark.parametrize(
    "options", [["--unite", "litre"], ["--pas", "x"], ["--horodate", "milieu"], ["--fuseau", "Mars"]]
)
def test_an_option_that_is_not_understood_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: list[str]
) -> None:
    with pytest.raises(GreencloudError):
        run(monkeypatch, export(tmp_path), *options)


def test_odd_paths_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = export(tmp_path)
    readings = tmp_path / "x.json"
    readings.write_text(EXPORT)
    for arguments in (
        *((tmp_path / "absent.csv",), (tmp_path,), (file, "--out", tmp_path / "x.csv")),
        *((file, "--out", tmp_path / "absent" / "x.json"), (readings, "--out", readings)),
    ):
        with pytest.raises(Misuse):
            run(monkeypatch, *arguments)


def test_the_screen_is_safe_from_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run(
        monkeypatch,
        export(tmp_path, EXPORT.replace("Consommation", "Conso\x1b[2J[red]mmation \u202e")),
        "--compteur",
        "[bold]\x1b",
    )
    told = capsys.readouterr().out
    assert "\x1b" not in told
    assert "\u202e" not in told
    assert "[bold]" in told


# ---- workbooks ----


def book(folder: Path, rows: list[list[Any]]) -> Path:
    written = openpyxl.Workbook()
    sheet = written.create_sheet(index=0)
    for row in rows:
        sheet.append(row)
    path = folder / "export.xlsx"
    written.save(path)
    return path


def slots(count: int = 96) -> list[tuple[dt.datetime, float]]:
    return [(dt.datetime(2025, 1, 6) + dt.timedelta(minutes=30 * n), 1.5 + n % 3) for n in range(count)]


@pytest.mark.parametrize("above", [[["Export de la salle 12"]], [["Export de la salle 12"], []]])
def test_a_title_above_the_labels_of_a_workbook_is_no_label(tmp_path: Path, above: list[list[str]]) -> None:
    path = book(tmp_path, [*above, ["Horodate", "Puissance (kW)"], *map(list, slots())])
    with sampled(path) as sample:
        mapping = propose(sample.table, {"compteur": "A"}).mapping
        assert mapping is not None and mapping["colonnes"] == {"horodate": "Horodate", "valeur": "Puissance (kW)"}
        assert [row.energy_kwh for row in first_rows(sample, mapping, 2)] == [Decimal("0.75"), Decimal("1.25")]


@pytest.mark.parametrize("share", [2, 3])
def test_dates_and_texts_of_one_column_are_read_together(tmp_path: Path, share: int) -> None:
    """Every second or third stamp is a date of the workbook, the others are texts: the step is that of all of them."""
    cells = [[at if n % share == 0 else f"{at:%d/%m/%Y %H:%M}", value] for n, (at, value) in enumerate(slots())]
    path = book(tmp_path, [["Horodate", "Puissance (kW)"], *cells])
    with sampled(path) as sample:
        found = propose(sample.table, {"compteur": "A"})
        assert found.mapping is not None and (found.mapping["pas"], found.mapping["horodate"]) == ("PT30M", "debut")
        rows = first_rows(sample, found.mapping, 4)
    assert [row.start for row in rows] == [f"06/01/2025 0{n // 2}:{30 * (n % 2):02}" for n in range(4)]


def test_a_column_of_dates_and_something_else_is_named(tmp_path: Path) -> None:
    text = "Horodate;kWh\n" + half_hours("0{day}/01/2025 {hour:02}:{minute:02};1", count=30) + "à venir;1\n" * 20
    found = proposed(tmp_path, text)
    assert found.mapping is None
    assert any("« Horodate » a des dates et autre chose, par exemple « à venir »" in doubt for doubt in found.doubts)


def test_what_is_supposed_is_to_be_verified(tmp_path: Path) -> None:
    text = "Horodate;kWh\n" + half_hours("2024-01-0{day}T{hour:02}:{minute:02}:00;{value}")
    doubts = " ".join(proposed(tmp_path, text).doubts)
    assert "supposée au début du créneau" in doubts and "--horodate" in doubts
    assert "supposé être celui de Paris" in doubts and "--fuseau" in doubts

"""Files of the grid operator from their bytes to the accepted rows."""

import datetime as dt
import hashlib
import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any, Literal

import duckdb
import jsonschema
import pytest

from greencloud.checking.report import Report
from greencloud.readings import Convention, Source, files, lines, read
from greencloud.readings.energy import MJ_PER_KWH
from tests.readings.enedis import HEADER, METER, PARIS, Curve, Custom, curve, text
from tests.readings.oracle import Reading, partials, total

DAYS = (dt.date(2024, 10, 20), dt.date(2024, 11, 2))
OTHER = "30000000000002"
SCHEMA = json.loads((Path(files.__file__).parents[1] / "checking" / "rapport.schema.json").read_text(encoding="utf-8"))


def kept(path: Path, origin: str) -> list[dict[str, Any]]:
    """The days and periods of one file, as the oracle tells them."""
    with duckdb.connect() as con:
        found = con.execute(
            "SELECT * EXCLUDE (motif, cle_verdict) FROM read_parquet($1) WHERE cle_verdict = $2 AND nature <> 'ecart' "
            "ORDER BY nature, compteur, date_debut, debut_utc",
            [str(path), origin],
        )
        names = [column[0] for column in found.description]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def wrote(folder: Path, name: str, readings: Sequence[Reading], custom: Custom) -> Source:
    path = folder / name
    path.write_text(text(readings, custom), encoding="utf-8")
    return Source(path, name)


def close(kwh: str, millijoules: int) -> bool:
    """Whether a text is that energy to the billionth of a kWh."""
    return abs(Fraction(Decimal(kwh)) - Fraction(millijoules, MJ_PER_KWH)) <= Fraction(1, 2 * 10**9)


@pytest.fixture
def faulty() -> Curve:
    """Two meters, steps that change, production, and one of every fault that a line can have beside others."""
    first = curve(*DAYS, [(DAYS[0], 600), (dt.date(2024, 10, 24), 1800), (dt.date(2024, 10, 30), 3600)], seed=5)
    first = first.missing(7, 8).changed(20, value=Fraction(-3)).added(30).added(40, value=Fraction(9))
    first = first.added(50, start=first.readings[50].start + 60, end=first.readings[50].end + 60)
    other = curve(*DAYS, [(DAYS[0], 600)], meter=OTHER, seed=6)
    return Curve().and_then(first.added(60, production=True)).and_then(other)  # lines without holes, as files have


@pytest.mark.parametrize("custom", [Custom(), Custom("fin", "depart"), Custom("fin", offsets=True)], ids=str)
def test_a_file_is_read_to_the_millijoule(tmp_path: Path, faulty: Curve, custom: Custom) -> None:
    source = wrote(tmp_path, "courbe.csv", faulty.readings, custom)
    [report] = read([source], tmp_path / "lus.parquet", ["a"])
    assert kept(tmp_path / "lus.parquet", "a") == partials(faulty.readings, {METER: PARIS, OTHER: PARIS})
    assert report.rows == len(faulty.readings)
    assert {one.code for one in report.errors} == {"negatif", "doublon_different", "chevauchement"}
    assert {one.code for one in report.warnings} == {"production", "doublon_identique"}
    assert close(report.energies["energie_lue_kwh"], total(faulty.readings))
    stable = report.to_dict()
    jsonschema.validate(stable, SCHEMA)
    assert METER not in json.dumps([[one["message"], one["fix"]] for one in stable["errors"] + stable["warnings"]])


def test_the_register_says_which_end_and_which_unit(tmp_path: Path, faulty: Curve) -> None:
    source = wrote(tmp_path, "courbe.csv", faulty.readings, Custom("debut"))
    others = (f"{meter:014d}" for meter in range(300))
    told = tuple(Convention(meter, None, "debut", PARIS) for meter in (METER, OTHER, *others))
    sources = [Source(source.path, source.name, told)] * 2
    for several in (sources[:1], sources):
        read(several, tmp_path / "lus.parquet", ["a", "b"][: len(several)])
        assert kept(tmp_path / "lus.parquet", "a") == partials(faulty.readings, {METER: PARIS, OTHER: PARIS})


def test_files_are_read_alike_alone_and_together(
    tmp_path: Path, faulty: Curve, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In one batch, in several, and stored on disk as large ones are: the same reports and the same bytes."""
    sources = [wrote(tmp_path, f"{place}.csv", faulty.readings, Custom()) for place in range(3)]
    sources.append(wrote(tmp_path, "autre.csv", faulty.reversed().readings, Custom("fin", "depart")))
    (tmp_path / "vide.csv").write_bytes(b"")
    (tmp_path / "autre-chose.csv").write_bytes(b"a;b\n1;2\n")
    sources += [Source(tmp_path / name, name) for name in ("vide.csv", "autre-chose.csv")]
    origins = [f"depot-{place}" for place in range(len(sources))]
    seen: set[tuple[str, str]] = set()
    for together, octets, lone in ((100, 200 << 20, 8 << 20), (2, 200 << 20, 1), (100, 1, 1), (100, 1, 8 << 20)):
        monkeypatch.setattr(files, "_TOGETHER", together)
        monkeypatch.setattr(files, "_BYTES_TOGETHER", octets)
        monkeypatch.setattr(files, "_BYTES_OF_ONE_THREAD", lone)
        reports = read(sources, tmp_path / "lus.parquet", origins)
        assert [report.readable for report in reports] == [True] * 4 + [False] * 2
        seen.add((digest(tmp_path / "lus.parquet"), told(reports)))
    assert len(seen) == 1
    assert all(kept(tmp_path / "lus.parquet", origin) for origin in origins[:4])


@pytest.mark.parametrize("others", [0, 20, 101])
def test_lines_of_a_large_file_keep_their_numbers(others: int, tmp_path: Path) -> None:
    """Every thread reads it: its lines have the numbers of their places, whatever DuckDB makes of what is asked."""
    first, blank = dt.datetime(2016, 1, 1), " " * 100
    rows = [
        f"{METER};{blank};;PA;CONS;BRUT;W;{first + dt.timedelta(minutes=10 * n)};{n};R;PT10M;;" for n in range(300_000)
    ]
    faulty = range(7, 300_000, 30_000)
    for place in faulty:
        rows[place] = rows[place].replace(";R;", ";E;").replace(f";{place};", ";-1;")
    path = tmp_path / "courbe.csv"
    path.write_text("\n".join((HEADER, *rows, "")), encoding="utf-8")
    told = tuple(Convention(f"9{number:013d}", "kW", "debut", PARIS) for number in range(others))
    [report] = read([Source(path, path.name, told)], tmp_path / "lus.parquet", ["a"])
    assert report.rows == len(rows)
    told_lines = duckdb.sql(
        f"SELECT depot_ligne FROM '{tmp_path / 'lus.parquet'}' WHERE motif = 'negatif' ORDER BY date_debut"
    ).fetchall()
    assert [line for (line,) in told_lines] == [place + 2 for place in faulty]


def test_the_lines_that_contradict_each_other_are_told(tmp_path: Path) -> None:
    found = curve(*DAYS, [(DAYS[0], 600)]).added(10, value=Fraction(9)).added(20, value=Fraction(9)).added(20)
    [report] = read([wrote(tmp_path, "courbe.csv", found.readings, Custom())], tmp_path / "lus.parquet", ["a"])
    [finding] = report.errors
    last = len(found.readings) + 1
    assert finding.row == 12
    assert f"une autre valeur (lignes 22, {last - 2}, {last - 1}… aussi) ; 5 lignes de ce cas" in finding.message
    [report] = read([wrote(tmp_path, "courbe.csv", found.readings[:-2], Custom())], tmp_path / "lus.parquet", ["a"])
    [finding] = report.errors
    assert f"une autre valeur (ligne {last - 2} aussi) ; 2 lignes de ce cas" in finding.message


def test_what_is_shown_stands_on_the_line_that_is_told(tmp_path: Path) -> None:
    source = wrote(tmp_path, "courbe.csv", curve(*DAYS, [(DAYS[0], 600)]).readings, Custom())
    rows = source.path.read_text(encoding="utf-8").splitlines()
    for row, value in ((30, ""), (33, "NaN")):
        cells = rows[row].split(";")
        rows[row] = ";".join((*cells[:8], value, *cells[9:]))
    source.path.write_text("\n".join((*rows, "")), encoding="utf-8")
    [report] = read([source], tmp_path / "lus.parquet", ["a"])
    [finding] = report.warnings
    assert finding.row == 31
    assert "la valeur est absente ; 2 lignes" in finding.message


LONE: Mapping[str, tuple[str, Mapping[str, object] | None]] = {
    "the grid operator's": (f"{HEADER}\n{METER};;;PA;CONS;BRUT;W;2024-07-01 00:10:00;?;R;PT10M;;\n", None),
    "our own": ("id_compteur,debut,fin,energie_kwh,estime\nA,2024-07-01 00:00,2024-07-01 00:10,?,peut-être\n", None),
    "any other": (
        "Quand;Conso;U;P;M\n01/07/2024 00:10;?;kW;PT10M;A\n",
        {"colonnes": {"horodate": "Quand", "valeur": "Conso", "unite": "U", "pas": "P", "compteur": "M"}},
    ),
}


@pytest.mark.parametrize("form", LONE)
def test_no_join_mixes_the_lines_of_a_large_file(form: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "_BYTES_OF_ONE_THREAD", 0)
    plans: list[str] = []

    def store(con: duckdb.DuckDBPyConnection, rows: str, first: int | None = None) -> None:
        plans.extend(con.execute(f"EXPLAIN {rows}").fetchall()[0][1:] if first else [])
        stored(con, rows, first)

    stored = lines.store
    monkeypatch.setattr(lines, "store", store)
    content, mapping = LONE[form]
    path = tmp_path / "releves.csv"
    path.write_text(content, encoding="utf-8")
    told = tuple(Convention(f"9{number:013d}", "kW", "debut", PARIS) for number in range(20))
    [report] = read([Source(path, path.name, told, mapping)], tmp_path / "lus.parquet", ["a"])
    assert [one.row for one in report.errors] == [2]
    [plan] = plans
    assert "READ_CSV" in plan
    assert "JOIN" not in plan


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def told(reports: Sequence[Report]) -> str:
    return json.dumps([report.to_dict() for report in reports], ensure_ascii=False)


def test_a_file_that_stops_the_reading_stops_no_other(tmp_path: Path, faulty: Curve) -> None:
    good = wrote(tmp_path, "bon.csv", faulty.readings, Custom())
    bad = tmp_path / "abime.csv"
    bad.write_bytes(good.path.read_bytes()[:50_000] + b"\xff\xfe;" * 40 + b"\n" + good.path.read_bytes()[50_000:])
    reports = read([Source(bad, "abime.csv"), good], tmp_path / "lus.parquet", ["a", "b"])
    assert len(kept(tmp_path / "lus.parquet", "b")) == len(partials(faulty.readings, {METER: PARIS, OTHER: PARIS}))
    assert not reports[0].valid


@pytest.mark.parametrize("name", ["courbe.csv.gz", "courbe.zst", "l'été « 1 »[2]{a,b}*?.csv", '";--.csv'])
def test_a_text_is_read_whatever_its_name_says(tmp_path: Path, name: str) -> None:
    [report] = read(
        [wrote(tmp_path, name, curve(DAYS[0], DAYS[0], [(DAYS[0], 600)]).readings, Custom())],
        tmp_path / "lus.parquet",
        ["a"],
    )
    assert report.valid and report.accepted == 144


@pytest.mark.parametrize(
    ("register", "told"),
    [
        (Convention(METER, "W"), ("unite", "« W »", "« kW »")),
        (Convention(METER, None, "fin"), ("horodate", "« fin »", "« debut »")),
        (Convention(METER, "kW", "debut", "Indian/Reunion"), ()),
        (Convention(OTHER, "W"), ()),
    ],
)
def test_a_register_and_a_mapping_that_disagree_are_told(
    tmp_path: Path, register: Convention, told: tuple[str, ...]
) -> None:
    """Whoever were believed, the other may be right: a factor of a thousand, or an hour."""
    export = tmp_path / "export.csv"
    export.write_text("Date;Puissance\n" + "".join(f"06/01/2025 {hour:02d}:00;1,5\n" for hour in range(24)))
    columns = {"horodate": "Date", "valeur": "Puissance"}
    mapping = {"colonnes": columns, "unite": "kW", "horodate": "debut", "pas": "PT60M", "compteur": METER}
    both = [Source(export, "export.csv", known, mapping) for known in ((register,), ())]
    reports = read(both, tmp_path / "lus.parquet", ["a", "b"])
    assert [one.code for one in reports[0].errors] == ["convention_contredite"] * bool(told)
    assert all(part in error.message for error in reports[0].errors for part in told)
    assert len(kept(tmp_path / "lus.parquet", "a")) == (0 if told else 1)
    assert reports[1].valid and len(kept(tmp_path / "lus.parquet", "b")) == 1


@pytest.mark.parametrize(("end", "told"), [("fin", ["convention_contredite"]), ("debut", [])])
def test_a_month_without_a_word_on_its_stamp_starts_there(
    tmp_path: Path, end: Literal["debut", "fin"], told: list[str]
) -> None:
    """A register that says otherwise would be left unheard: the calendar gives both ends of the slot."""
    export = tmp_path / "export.csv"
    export.write_text("Date;kWh\n01/01/2025;720\n")
    mapping = {"colonnes": {"date": "Date", "valeur": "kWh"}, "unite": "kWh", "pas": "P1M", "compteur": METER}
    source = Source(export, "export.csv", (Convention(METER, None, end),), mapping)
    [report] = read([source], tmp_path / "lus.parquet", ["a"])
    assert [one.code for one in report.errors] == told


def test_a_word_of_the_register_that_says_nothing_is_told(tmp_path: Path, faulty: Curve) -> None:
    good = wrote(tmp_path, "bon.csv", faulty.readings, Custom())
    for convention in (Convention(METER, "BTU"), Convention(METER, None, None, "Europe/Berlin")):
        [report] = read([Source(good.path, "bon.csv", (convention,))], tmp_path / "lus.parquet", ["a"])
        assert [one.code for one in report.errors] == ["convention_inconnue"]
        assert not report.readable
        assert kept(tmp_path / "lus.parquet", "a") == []


def test_no_file_at_all(tmp_path: Path) -> None:
    assert read([], tmp_path / "lus.parquet", []) == []
    assert kept(tmp_path / "lus.parquet", "a") == []


@pytest.mark.parametrize("alone", [0, 8 << 20])
def test_a_mapping_may_name_a_fixed_clock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, alone: int) -> None:
    """Winter time all year: on a day of summer, what is stamped 23:00 belongs to the next one."""
    monkeypatch.setattr(files, "_BYTES_OF_ONE_THREAD", alone)
    path = tmp_path / "gtb.csv"
    path.write_text("Date;kWh\n" + "".join(f"2024-07-01 {hour:02d}:00;{hour}\n" for hour in range(24)))
    mapping = {"colonnes": {"horodate": "Date", "valeur": "kWh"}, "unite": "kWh", "pas": "PT1H", "compteur": METER}
    [report] = read([Source(path, path.name, (), {**mapping, "fuseau": "UTC+1"})], tmp_path / "lus.parquet", ["a"])
    assert report.valid
    found = kept(tmp_path / "lus.parquet", "a")
    assert [(row["date_debut"].day, row["energie_mj"] // MJ_PER_KWH) for row in found] == [(1, sum(range(23))), (2, 23)]


def own(folder: Path, lines: Sequence[str]) -> Source:
    path = folder / "releves.csv"
    path.write_text("id_compteur;debut;fin;energie_kwh\n" + "\n".join(lines) + "\n", encoding="utf-8")
    return Source(path, path.name)


def test_a_number_that_a_spreadsheet_has_destroyed_is_told_without_being_quoted(tmp_path: Path) -> None:
    days = "2025-01-06T00:00:00+01:00;2025-01-07T00:00:00+01:00;4400"
    [report] = read([own(tmp_path, [f"9,99E+13;{days}", f"TGBT-1E3;{days}"])], tmp_path / "lus.parquet", ["a"])
    [warning] = report.warnings
    assert (warning.code, warning.field, warning.value) == ("identifiant_abime", "compteur", "9,99E+13")
    assert "9,99" not in warning.message and "« Texte »" in warning.fix
    assert "8 800 kWh" in report.notes[-1].message.replace("\u202f", " ")


def hours(*wanted: tuple[int, int]) -> list[str]:
    """Hours of January 2025, by day and hour."""
    lines = []
    for day, hour in wanted:
        start = dt.datetime(2025, 1, day, hour, tzinfo=dt.timezone(dt.timedelta(hours=1)))
        lines.append(f"A;{start.isoformat()};{(start + dt.timedelta(hours=1)).isoformat()};1")
    return lines


def test_days_of_which_slots_are_missing_are_told(tmp_path: Path) -> None:
    whole = [(day, hour) for day in (6, 7, 10, 11) for hour in range(24)]
    [full] = read([own(tmp_path, hours(*whole[:48]))], tmp_path / "lus.parquet", ["a"])
    assert [note.code for note in full.notes] == ["releves_gardes"]
    [report] = read([own(tmp_path, hours(*whole[:-3], *whole[-2:]))], tmp_path / "lus.parquet", ["a"])
    assert (
        report.valid and "1 jour incomplet et 2 jours sans relevé, du 08/01/2025 au 11/01" in report.notes[-1].message
    )
    between = "A;2025-01-08T00:00:00+01:00;2025-01-10T00:00:00+01:00;48"
    [report] = read([own(tmp_path, [*hours(*whole), between])], tmp_path / "lus.parquet", ["a"])
    assert [note.code for note in report.notes] == ["releves_gardes"]  # a period covers them

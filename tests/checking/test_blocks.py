"""SQL and Python give one verdict: files checked with DuckDB from the first byte, and without it."""

import random
from pathlib import Path
from typing import Any

import pytest

from greencloud import rules, tables
from greencloud.checking import Checked, check_file
from greencloud.checking.lines import LineSieve

ALL_PYTHON = 1 << 40
SCHEMA: dict[str, Any] = {
    "fields": [
        {"name": "site", "constraints": {"required": True, "pattern": "S[0-9]+"}},
        {"name": "jour", "type": "date"},
        {"name": "energie", "type": "number", "constraints": {"minimum": 0}},
        {"name": "genre", "constraints": {"enum": ["a", "b"]}},
        {"name": "libre"},
    ],
    "primaryKey": "site",
}


def both(path: Path, table: tables.Table, **options: Any) -> tuple[Checked, Checked]:
    return tuple(check_file(path, table, small=small, **options) for small in (0, ALL_PYTHON))  # type: ignore[return-value]


def assert_same(path: Path, table: tables.Table, tmp_path: Path, **options: Any) -> Checked:
    proven, read = both(path, table, **options)
    assert proven.report.to_dict() == read.report.to_dict()
    written = []
    for number, checked in enumerate((proven, read)):
        out = tmp_path / f"acceptees-{number}.csv"
        checked.write_accepted(out)
        written.append(out.read_bytes())
    assert written[0] == written[1]
    return proven


@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.parametrize("example", ["exemple-valide.csv", "exemple-invalide.csv"])
@pytest.mark.parametrize("name", tables.INPUTS + tables.PUBLISHED)
def test_our_examples(tmp_path: Path, name: str, example: str, strict: bool) -> None:
    path = tables.schemas_dir() / name / example
    assert_same(path, tables.table(name), tmp_path, rules=rules.for_table(name), strict=strict)


ODD_LINES = [
    "",
    ";;;;",
    "S1;2023-01-01;1;a;deux fois",
    "S2;2023-01-01",
    "S3;2023-01-01;1;a;x;",
    "S3;2023-01-01;1;a;x;;;",
    "S4;2023-01-01;1;a;x;trop",
    '"S5";"2023-01-01";"1";"a";"un ""mot"""',
    'S6;2023-01-01;1;a;"deux\nlignes"',
    "S7;01/02/2023;1 234,5;A; espaces ",
    "S8;31/12/2023;12 kWh;c;=1+1",
    "Total;;123;;",
    "site;jour;energie;genre;libre",
    'S9;2023-01-01;1;a;bar "12 pouces"',
    'S10;2023-01-01;1;a;"non fermé',
    "S11;2023-01-01;1;a;perdu \ufffd",
    "S12;2023-01-01;-0;a;\u00a0",
    "S13;2023-02-30;1.234;b;tab\there",
]


def odd_file(seed: int, line_end: str) -> str:
    chance = random.Random(seed)
    lines = [f"S{100 + number};2023-01-{number % 28 + 1:02};{number}.5;ab;ligne {number}" for number in range(1500)]
    lines = [line.replace(";ab;", f";{'ab'[number % 2]};") for number, line in enumerate(lines)]
    for line in chance.sample(ODD_LINES, chance.randrange(1, len(ODD_LINES))):
        lines.insert(chance.randrange(len(lines)), line)
    return line_end.join(["site;jour;energie;genre;libre", *lines, ""])


@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
@pytest.mark.parametrize("seed", range(6))
def test_odd_lines_among_good_ones(tmp_path: Path, seed: int, line_end: str, strict: bool) -> None:
    path = tmp_path / "essai.csv"
    path.write_text(odd_file(seed, line_end), encoding="utf-8", newline="")
    assert_same(path, tables.from_descriptor(SCHEMA), tmp_path, strict=strict, delimiter=";")


def plain_file(seed: int, line_end: str) -> str:
    """Lines that are right but for a few, and no quote: what a pattern of whole lines is for."""
    chance = random.Random(seed)
    lines = [f"S{100 + number};2023-01-{number % 28 + 1:02};{number}.5;{'ab'[number % 2]};" for number in range(6000)]
    for line in chance.sample([odd for odd in ODD_LINES if '"' not in odd and "\ufffd" not in odd], 5):
        lines.insert(chance.randrange(len(lines)), line)
    lines.insert(chance.randrange(len(lines)), lines[chance.randrange(len(lines))])
    return line_end.join(["site;jour;energie;genre;libre", *lines]) + line_end * (seed % 2)


@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
@pytest.mark.parametrize("seed", range(6))
def test_lines_are_proven_whole(
    tmp_path: Path, seed: int, line_end: str, strict: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    held: list[int] = []

    class Watched(LineSieve):
        def unproven(self, content: bytes, path: Path) -> list[int] | None:
            found = super().unproven(content, path)
            held.append(-1 if found is None else len(found))
            return found

    monkeypatch.setattr("greencloud.checking.blocks.LineSieve", Watched)
    path = tmp_path / "essai.csv"
    path.write_text(plain_file(seed, line_end), encoding="utf-8", newline="")
    checked = assert_same(path, tables.from_descriptor(SCHEMA), tmp_path, strict=strict, delimiter=";")
    assert min(held) >= 0 and 0 < max(held) < 10
    assert not checked.report.valid


@pytest.mark.parametrize("strict", [False, True])
def test_lines_of_which_values_are_wanted(tmp_path: Path, strict: bool) -> None:
    """Keys of fixed width at the head of the line, others behind, a constraint that no pattern tells."""
    fields: list[dict[str, Any]] = [
        {"name": "an", "type": "year", "constraints": {"required": True}},
        {"name": "code", "constraints": {"required": True, "pattern": "[A-Z]{3}"}},
        {"name": "part", "type": "number", "constraints": {"maximum": 1}},
        {"name": "mot", "constraints": {"maxLength": 6}},
    ]
    lines = [f"{2000 + number % 50},{chr(65 + number // 50 % 26)}AB,0.5,é{number % 99}" for number in range(1300)]
    lines[700] = lines[20]
    lines[801], lines[802], lines[803] = "2051,ZZZ,1.5,a", "2052,ZZZ,0.5,beaucoup", "2053,ZZé,0.5,a"
    for key in (["an", "code"], ["code"], ["mot"], []):
        path = tmp_path / f"essai-{len(key)}.csv"
        path.write_text("\n".join(["an,code,part,mot", *lines, ""]), encoding="utf-8")
        assert_same(path, tables.from_descriptor({"fields": fields, "primaryKey": key}), tmp_path, strict=strict)


def test_lines_of_which_two_cells_of_fixed_width_are_compared(tmp_path: Path) -> None:
    """Their values are cut out of the line by their places."""
    fields: list[dict[str, Any]] = [{"name": "a", "type": "year", "constraints": {"required": True}}]
    fields += [{"name": name, "constraints": {"required": True, "pattern": "[A-D]{3}"}} for name in ("b", "c", "d")]
    check = {"name": "compare-columns-value", "params": {"column": "b", "op": "<=", "column2": "c"}}
    table = tables.from_descriptor({"fields": fields, "custom_checks": [check]})
    lines = ["2024,ABC,ABD,DDD"] * 800
    lines[500] = "2024,ACA,ABD,DDD"
    path = tmp_path / "essai.csv"
    path.write_text("\n".join(["a,b,c,d", *lines, ""]), encoding="utf-8")
    assert [error.row for error in assert_same(path, table, tmp_path).report.errors] == [502]


@pytest.mark.parametrize(("odd", "wrong"), [("Total;800", ["ligne_total"]), (";", []), ("S900;1", [])])
def test_a_line_of_the_pattern_may_be_no_row(tmp_path: Path, odd: str, wrong: list[str]) -> None:
    fields = [{"name": "site"}, {"name": "energie", "type": "number"}]
    lines = [f"S{number};{number}" for number in range(800)]
    path = tmp_path / "essai.csv"
    path.write_text("\n".join(["site;energie", *lines, odd, *lines[:9], ""]), encoding="utf-8")
    checked = assert_same(path, tables.from_descriptor({"fields": fields}), tmp_path)
    assert [error.code for error in checked.report.errors] == wrong


def test_an_empty_line_of_a_single_column_is_no_row(tmp_path: Path) -> None:
    path = tmp_path / "essai.csv"
    path.write_text("\n".join(["site", *(f"S{number}" for number in range(800)), "", "S900", ""]), encoding="utf-8")
    checked = assert_same(path, tables.from_descriptor({"fields": [{"name": "site"}]}), tmp_path, delimiter=";")
    assert checked.report.rows == 801

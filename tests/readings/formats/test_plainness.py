"""Texts that are read by columns: each cell as a person reads it, and nothing that is written otherwise."""

import datetime as dt
import random
from collections.abc import Callable, Iterator
from decimal import Decimal
from io import FileIO
from pathlib import Path

import pytest

from greencloud.readings.formats import plainness
from greencloud.readings.formats.plainness import Plain, plain_lines

UTC = dt.UTC


def line(number: int, value: str, *, form: str = "%Y-%m-%dT%H:%M:%S", offset: str = "") -> str:
    moment = dt.datetime(2024, 10, 26, tzinfo=UTC) + number * dt.timedelta(minutes=10)
    return f"30000000000001;été;{moment:{form}}{offset};{value};R;PT10M;"


def written(folder: Path, lines: list[str], end: str = "\n", last: str = "\n") -> Path:
    path = folder / "courbe.csv"
    path.write_bytes(("labels;of;no;account;to;us;here\n" + end.join(lines) + last).encode())
    return path


def read(path: Path, width: int = 7) -> list[Plain]:
    start = path.read_bytes().index(b"\n") + 1
    return plain_lines(path, start, ";", width)


def found(path: Path) -> Plain:
    [plain] = read(path)
    return plain


VALUES: dict[str, Callable[[random.Random], str]] = {
    "whole": lambda chance: str(chance.randrange(10**8)),
    "of one decimal": lambda chance: f"{chance.randrange(3000)}.{chance.randrange(10)}",
    "of a comma": lambda chance: f"{chance.randrange(3000)},{chance.randrange(10**6):06d}",
    "of any decimals": lambda chance: f"{chance.randrange(300)}" + chance.choice(("", ".0", ".25", ".000001")),
    "with noughts before": lambda chance: f"{chance.randrange(300):08d}",
}


@pytest.mark.parametrize("kind", VALUES)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("piece", [200, 5_000, 1 << 20])
def test_cells_are_read_as_a_person_reads_them(
    kind: str, end: str, piece: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plainness, "_PIECE", piece)
    chance = random.Random(1)
    values = ["7", *(VALUES[kind](chance) for _ in range(500))]
    lines = [line(number, value, offset="+02:00" if number < 150 else "+01:00") for number, value in enumerate(values)]
    plain = found(written(tmp_path, lines, end, chance.choice((end, ""))))
    assert plain.lines == 501
    assert plain.same == {0: "30000000000001", 1: "été", 4: "R", 5: "PT10M", 6: ""}
    assert plain.place == 3
    assert [Decimal(int(value)) / 10**6 for value in plain.values] == [Decimal(v.replace(",", ".")) for v in values]
    [(place, stamps)] = plain.stamps.items()
    assert place == 2
    first = int(dt.datetime(2024, 10, 26, tzinfo=UTC).timestamp())
    assert stamps.labels.tolist() == [first + 600 * number for number in range(501)]
    assert stamps.offsets is not None
    assert stamps.offsets.tolist() == [7200] * 150 + [3600] * 351


def test_a_value_first_and_two_stamps_after_it(tmp_path: Path) -> None:
    path = tmp_path / "courbe.csv"
    days = [dt.date(2024, 2, 27) + dt.timedelta(days=number) for number in range(4)]
    path.write_text("".join(f"{number}2;{day} 00:00:00;{day} 12:00:00\n" for number, day in enumerate(days)))
    [plain] = plain_lines(path, 0, ";", 3)
    assert plain.values.tolist() == [2_000_000, 12_000_000, 22_000_000, 32_000_000]
    midnights = [int(dt.datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()) for day in days]
    assert plain.stamps[1].labels.tolist() == midnights
    assert plain.stamps[2].labels.tolist() == [midnight + 43_200 for midnight in midnights]
    assert plain.stamps[1].offsets is None


@pytest.mark.parametrize(("offset", "seconds"), [("-03:00", -10_800), ("-00:30", -1800), ("+09:30", 34_200)])
def test_offsets_are_east_of_universal_time(offset: str, seconds: int, tmp_path: Path) -> None:
    plain = found(written(tmp_path, [line(number, f"{number}", offset=offset) for number in range(9)]))
    offsets = plain.stamps[2].offsets
    assert offsets is not None
    assert offsets.tolist() == [seconds] * 9


OTHERS = {
    "no number": line(300, "1x"),
    "no value": line(300, ""),
    "below zero": line(300, "-1"),
    "two marks": line(300, "1.2.3"),
    "another mark": line(300, "1,2"),
    "a mark at the end": line(300, "12."),
    "a mark at the beginning": line(300, ".12"),
    "nine digits": line(300, "123456789"),
    "more digits than any number has": line(300, "7" * 60_000),
    "seven decimals": line(300, "1.1234567"),
    "a thousand with its space": line(300, "1 234"),
    "a power of ten": line(300, "1e3"),
    "figures of another script": line(300, "٣"),
    "a blank before": line(300, " 7"),
    "no day": line(300, "7").replace("2024-10", "2024-13"),
    "the 30th of February": line(300, "7").replace("2024-10-28", "2024-02-30"),
    "24 h": line(300, "7", form="%Y-%m-%dT24:00:00"),
    "the minute 60": line(300, "7", form="%Y-%m-%dT10:60:00"),
    "a sign in place of a figure": line(300, "7", form="%Y-%m-%dT10:0::00"),
    "a letter in place of a figure": line(300, "7", form="%Y-%m-%dT10:0a:00"),
    "a leap second": line(300, "7", form="%Y-%m-%dT10:10:60"),
    "before 1970": line(300, "7").replace("2024", "1969"),
    "too late": line(300, "7").replace("2024", "2106"),
    "a space in place of the T": line(300, "7", form="%Y-%m-%d %H:%M:%S"),
    "slashes": line(300, "7", form="%Y/%m/%dT%H:%M:%S"),
    "no seconds": line(300, "7", form="%Y-%m-%dT%H:%M"),
    "an offset": line(300, "7", offset="+01:00"),
    "a cell more": line(300, "7") + ";",
    "a cell less": line(300, "7")[:-1],
    "quotes": line(300, '"7"'),
    "a nought byte": line(300, "7\0"),
    "another end of line": line(300, "7") + "\r",
    "two ends of line": line(300, "7") + "\n",
}


@pytest.mark.parametrize("other", OTHERS)
@pytest.mark.parametrize("piece", [1000, 1 << 20])
def test_one_line_of_another_kind_makes_another_text(
    other: str, piece: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plainness, "_PIECE", piece)
    monkeypatch.setattr(plainness, "_LINES_OF_SAMPLE", 2)
    lines = [line(number, f"{number}.5") for number in range(600)]
    assert found(written(tmp_path, lines)).lines == 600
    assert not read(written(tmp_path, [*lines[:300], OTHERS[other], *lines[301:]]))
    assert not read(written(tmp_path, [*lines, OTHERS[other]]))
    assert not read(written(tmp_path, [OTHERS[other], *lines]))


PARTS = {
    "another meter": lambda text: text.replace("30000000000001", "30000000000002"),
    "a meter of another length": lambda text: text.replace("30000000000001", "7"),
    "no meter": lambda text: text.replace("30000000000001", ""),
    "another nature": lambda text: text.replace(";R;", ";E;"),
    "another step": lambda text: text.replace("PT10M", "PT1H"),
    "a remark": lambda text: text + "x",
}


@pytest.mark.parametrize("other", PARTS)
@pytest.mark.parametrize("piece", [200, 1 << 20])
@pytest.mark.parametrize(
    "places", [range(300, 301), range(300, 600), range(1, 600), range(0, 600, 100), range(599, 600)]
)
def test_a_part_begins_where_what_repeats_changes(
    other: str, piece: int, places: range, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plainness, "_PIECE", piece)
    texts = [line(number, f"{number}.5") for number in range(600)]
    texts = [PARTS[other](text) if number in places else text for number, text in enumerate(texts)]
    parts = read(written(tmp_path, texts))
    changes = [number for number in range(1, 600) if (number in places) != (number - 1 in places)]
    assert [part.lines for part in parts] == [
        end - start for start, end in zip([0, *changes], [*changes, 600], strict=True)
    ]
    cells = [texts[start].split(";") for start in (0, *changes)]
    assert [part.same for part in parts] == [{place: row[place] for place in (0, 1, 4, 5, 6)} for row in cells]
    assert [int(value) for part in parts for value in part.values] == [
        number * 10**6 + 500_000 for number in range(600)
    ]
    first = int(dt.datetime(2024, 10, 26, tzinfo=UTC).timestamp())
    assert [int(label) for part in parts for label in part.stamps[2].labels] == [
        first + 600 * number for number in range(600)
    ]


def test_lines_of_meters_in_turn_are_another_kind_of_text(tmp_path: Path) -> None:
    lines = [line(number, f"{number}") for number in range(600)]
    turns = [
        text.replace("30000000000001", "30000000000002") if place % 2 else text for place, text in enumerate(lines)
    ]
    assert not read(written(tmp_path, turns))


def test_any_byte_that_changes_is_seen(tmp_path: Path) -> None:
    lines = [line(number, f"{number}") for number in range(90)]
    path = written(tmp_path, lines)
    content, before = path.read_bytes(), found(path)
    start = content.index(b"\n") + 1
    chance = random.Random(3)
    for _ in range(400):
        place, byte = chance.randrange(start, len(content)), chance.choice(b' ;,.0129-+:TZ\n\r"e\x00\xe9')
        if content[place] == byte:
            continue
        path.write_bytes(content[:place] + bytes([byte]) + content[place + 1 :])
        parts = read(path)
        if len(parts) == 1:
            [after] = parts
            same = after.same == before.same and after.lines == before.lines
            values = (after.values == before.values).all() if same else False
            assert not (same and values and (after.stamps[2].labels == before.stamps[2].labels).all())


ODD_CELLS = {
    "quotes": b'"x"',
    "a nought byte": b"x\0",
    "a mark of ours": b"\x01",
    "another end of line": b"x\ry",
    "another encoding": b"\xe9t\xe9",
}


@pytest.mark.parametrize("odd", ODD_CELLS)
def test_a_cell_that_asks_for_a_closer_look_on_all_lines_makes_another_text(odd: str, tmp_path: Path) -> None:
    path = written(tmp_path, [line(number, f"{number}") for number in range(90)])
    assert found(path).lines == 90
    path.write_bytes(path.read_bytes().replace("été".encode(), ODD_CELLS[odd]))
    assert not read(path)


def test_no_line_is_cut_by_a_figure_that_others_lack(tmp_path: Path) -> None:
    """A mapping may name any sign as the one that parts cells."""
    path = tmp_path / "courbe.csv"
    path.write_text("".join(f"2024-01-01 00:00:0{number % 7}9{number % 8}\n" for number in range(90)))
    assert not plain_lines(path, 0, "9", 2)


def test_more_stamps_than_memory_is_reckoned_for_make_another_text(tmp_path: Path) -> None:
    path = tmp_path / "courbe.csv"
    for stamps in (0, 1, 2, 3):
        path.write_text("".join(f"2024-01-{day} 00:00:00;" * stamps + f"{day}\n" for day in range(10, 31)))
        assert bool(plain_lines(path, 0, ";", stamps + 1)) == (stamps < 3)


@pytest.mark.parametrize("other", ["7", "x{}", "{}"])
def test_one_cell_differs_beside_the_stamps(other: str, tmp_path: Path) -> None:
    path = tmp_path / "courbe.csv"
    path.write_text("".join(f"2024-01-{day} 00:00:00;{other.format(day)};{day}\n" for day in range(10, 31)))
    assert bool(plain_lines(path, 0, ";", 3)) == (other == "7")
    path.write_text("".join(f"2024-01-{day} 00:00:00;x{day};7\n" for day in range(10, 31)))
    assert not plain_lines(path, 0, ";", 3)


def test_a_line_longer_than_a_piece_makes_another_text(tmp_path: Path) -> None:
    lines = [line(number, f"{number}") for number in range(90)]
    assert not read(written(tmp_path, [*lines[:80], "x" * 3_000_000, *lines[80:]]))
    assert not read(written(tmp_path, [*lines, line(90, "9" * 3_000_000)]))
    assert not read(written(tmp_path, [*lines[:80], line(80, "7") + "x" * 3_000_000, *lines[80:]]))
    assert not read(written(tmp_path, [line(90, "9" * 3_000_000), *lines]))


@pytest.mark.parametrize("left", [b"", b"labels;of;no;account;to;us;here\n"])
def test_a_file_cut_short_while_it_is_read_is_another_kind(
    left: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path, [line(number, f"{number}") for number in range(90)])
    blocks = plainness._blocks

    def cut_short(stream: FileIO, end: bytes) -> Iterator[memoryview]:
        path.write_bytes(left)
        return blocks(stream, end)

    monkeypatch.setattr(plainness, "_blocks", cut_short)
    assert not read(path)


def test_nothing_below_the_labels_is_another_kind(tmp_path: Path) -> None:
    path = tmp_path / "courbe.csv"
    path.write_bytes(b"labels;here\n")
    assert not plain_lines(path, 12, ";", 2)
    assert not plain_lines(path, 0, ";", 2)


@pytest.mark.parametrize("lines", [[], [""], ["7"], [line(1, "7")], [line(1, "7"), line(1, "7")]])
def test_a_text_without_what_differs_is_another_kind(lines: list[str], tmp_path: Path) -> None:
    assert not read(written(tmp_path, lines))


def test_what_would_not_fit_in_memory_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path, [line(number, f"{number}") for number in range(600)])
    monkeypatch.setattr(plainness, "_MOST_LINES", 600)
    assert found(path).lines == 600
    monkeypatch.setattr(plainness, "_MOST_LINES", 599)
    assert not read(path)

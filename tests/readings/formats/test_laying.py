"""The laying of files: every line told once, under the number that a person gives it, whatever the file is like."""

from pathlib import Path

import openpyxl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from greencloud.reading import Unreadable
from greencloud.readings.formats.evenness import count_even_lines, even_lines
from greencloud.readings.formats.laying import Folder, lay
from tests.readings.formats.seen import refused, rows_of

HEADER = "id_compteur,debut,fin,energie_kwh"
LINE = "C1,2024-01-01T{0:02}:00,2024-01-01T{0:02}:30,{0}"


def written(folder: Path, text: str | bytes, name: str = "f.csv") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def numbered(path: Path) -> list[tuple[int, str | None, str]]:
    """Line, problem, and the value or what is shown."""
    return [(row["ligne"], row["probleme"], str(row["brut"] or row["valeur"])) for row in rows_of(path)]


def is_copied(path: Path) -> bool:
    return lay(0, path, HEADER.split(","), Folder()).copied


def lines(*numbers: int) -> str:
    return "".join(LINE.format(number) + "\n" for number in numbers)


def test_an_even_text_is_read_where_it_lies(tmp_path: Path) -> None:
    path = written(tmp_path, f"{HEADER}\n{lines(1, 2, 3)}")
    assert not is_copied(path)
    assert [row["ligne"] for row in rows_of(path)] == [2, 3, 4]


@pytest.mark.parametrize("text", [f"\ufeff{HEADER}\r\n{lines(1, 2)}", f"{HEADER}\n{lines(1, 2)}"[:-1]])
def test_marks_and_line_ends_need_no_copy(tmp_path: Path, text: str) -> None:
    path = written(tmp_path, text.replace("\r\n", "\n").replace("\n", "\r\n"))
    assert not is_copied(path)
    assert numbered(path) == [(2, None, "1.000000"), (3, None, "2.000000")]


def test_blank_lines_count_and_are_no_data(tmp_path: Path) -> None:
    path = written(tmp_path, f"{HEADER}\n\n{lines(1)}\n  \n,,,\n{lines(2)}")
    assert is_copied(path)
    assert [line for line, _, _ in numbered(path)] == [3, 7]


def test_lines_that_cannot_be_cut_are_told_in_their_place(tmp_path: Path) -> None:
    text = f'{HEADER}\n{lines(1)}C1,2024-01-01\n{lines(3)}C1,a,b,c,d\n"C1,x\n{lines(6)}'
    found = numbered(written(tmp_path, text))
    assert [(line, problem) for line, problem, _ in found] == [
        *((2, None), (3, "ligne_illisible"), (4, None)),
        *((5, "ligne_illisible"), (6, "ligne_illisible"), (7, None)),
    ]
    assert [shown for _, problem, shown in found if problem] == ["C1,2024-01-01", "C1,a,b,c,d", '"C1,x']


def test_a_line_that_cannot_be_cut_has_no_meter_and_no_value(tmp_path: Path) -> None:
    [_, row] = rows_of(written(tmp_path, f"{HEADER}\n{lines(1)}C1,2024-01-01\n"))
    assert (row["compteur"], row["valeur"], row["debut"], row["fin"]) == (None, None, None, None)


def test_a_line_that_could_be_repaired_is_shown_as_it_is_written(tmp_path: Path) -> None:
    path = written(tmp_path, "id_compteur;horodate;index_kwh\nC;2024-01-01;1\nC;2024-01-02;2\nC;2024-01-03\n")
    assert rows_of(path)[-1]["brut"] == "C;2024-01-03"


def test_quotes_and_cells_of_several_lines(tmp_path: Path) -> None:
    text = (
        f'{HEADER}\n"C1",2024-01-01T01:00,2024-01-01T01:30,"1"\n"C\n1",2024-01-01T02:00,2024-01-01T02:30,2\n{lines(3)}'
    )
    found = rows_of(written(tmp_path, text))
    assert [(row["ligne"], row["compteur"]) for row in found] == [(2, "C1"), (3, "C 1"), (5, "C1")]


def test_a_text_in_quotes_throughout(tmp_path: Path) -> None:
    text = f"{HEADER}\n{lines(*range(1, 20))}"
    quoted = "".join(",".join(f'"{cell}"' for cell in line.split(",")) + "\n" for line in text.splitlines())
    assert numbered(written(tmp_path, quoted)) == numbered(written(tmp_path, text, "plain.csv"))


def test_quotes_that_hide_delimiters_are_not_taken_out(tmp_path: Path) -> None:
    found = rows_of(written(tmp_path, f'{HEADER}\n"C1,a","2024-01-01T01:00","2024-01-01T01:30","1"\n'))
    assert [(row["compteur"], str(row["valeur"])) for row in found] == [("C1,a", "1.000000")]


def test_another_encoding_is_transcoded(tmp_path: Path) -> None:
    text = f"{HEADER}\n{lines(1)}".replace("C1", "Générale")
    path = written(tmp_path, text.encode("cp1252"))
    assert [row["compteur"] for row in rows_of(path)] == ["Générale"]


def test_a_preamble_is_skipped_and_counted(tmp_path: Path) -> None:
    path = written(tmp_path, f"Export du 2 janvier\n\n{HEADER}\n{lines(1, 2)}")
    assert [row["ligne"] for row in rows_of(path)] == [4, 5]


def test_a_workbook_gives_the_rows_of_its_sheet(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    rows: tuple[list[str | float], ...] = (
        ["Relevés du site"],
        [],
        [*HEADER.split(",")],
        ["C1", "2024-01-01T01:00", "2024-01-01T01:30", 1.5],
    )
    for row in rows:
        book["Sheet"].append(row)
    path = tmp_path / "classeur.xlsx"
    book.save(path)
    assert numbered(path) == [(4, None, "1.500000")]


def test_several_files_have_each_their_own_lines(tmp_path: Path) -> None:
    paths = []
    for place in range(7):
        end = "\r\n" if place % 2 else "\n"
        blank = "\n" if place == 4 else ""
        text = HEADER + end + blank + "".join(LINE.format(hour % 24) + end for hour in range(place * 3000 + 1))
        paths.append(written(tmp_path, text, f"{place}.csv"))
    found = rows_of(*paths)
    for place in range(7):
        first = 3 if place == 4 else 2
        own = [row for row in found if row["fichier"] == place]
        assert [row["ligne"] for row in own] == list(range(first, first + place * 3000 + 1))
        assert [int(row["valeur"]) for row in own] == [hour % 24 for hour in range(place * 3000 + 1)]


def test_without_numbers_the_same_rows_come(tmp_path: Path) -> None:
    paths = [written(tmp_path, f"{HEADER}\n{lines(place)}", f"{place}.csv") for place in range(4)]
    found = rows_of(*paths, numbered=False)
    assert [(row["fichier"], row["ligne"], int(row["valeur"])) for row in found] == [(n, None, n) for n in range(4)]


def test_a_name_that_looks_like_a_pattern_names_one_file(tmp_path: Path) -> None:
    written(tmp_path, f"{HEADER}\n{lines(1)}", "relevé 1.csv")
    path = written(tmp_path, f"{HEADER}\n{lines(2)}", "relevé [12]*.csv")
    assert numbered(path) == [(2, None, "2.000000")]


CELL = st.text(st.characters(codec="utf-8", exclude_characters='\r\n";\x00\x01\x02'), max_size=3)


@given(rows=st.lists(st.lists(CELL, min_size=1, max_size=4), max_size=8), end=st.sampled_from(["\n", "\r\n"]))
def test_even_means_as_many_cells_on_each_line(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]], end: str
) -> None:
    content = "".join(";".join(row) + end for row in rows).encode()
    even = all(len(row) == 3 for row in rows)
    path = tmp_path_factory.getbasetemp() / "even.csv"
    path.write_bytes(content)
    assert count_even_lines(path, 0, ";", 3) == (len(rows) if even else None)
    if rows:
        assert even_lines(content, ";", 3) == (len(rows) if even else None)


def test_long_lines_are_read_and_endless_ones_told(tmp_path: Path) -> None:
    path = written(tmp_path, f"{HEADER}\n{lines(1)}{'x' * 900_000},2024-01-01T02:00,2024-01-01T02:30,2\n{lines(3)}")
    assert [(line, problem) for line, problem, _ in numbered(path)] == [(2, None), (3, None), (4, None)]
    path = written(tmp_path, f"{HEADER}\n{lines(1)}{'x' * 3_000_000},2024-01-01T02:00,2024-01-01T02:30,2\n{lines(3)}")
    assert refused(path).startswith("Ligne 3 : une cellule dépasse un million de caractères.")


def test_what_is_not_utf8_is_not_even(tmp_path: Path) -> None:
    path = written(tmp_path, "é;1\n".encode("cp1252") * 9)
    assert count_even_lines(path, 0, ";", 2) is None
    path.write_bytes("é;1\n".encode() * 700_000)  # letters cut at the edges of pieces
    assert count_even_lines(path, 0, ";", 2) == 700_000


ODD = st.text(st.sampled_from("a1é,;: .\t\x00\x01\x02\x0b\x1c\x85\u2028\ufeff\u00a0'|_-"), max_size=6)
GOOD = st.integers(0, 22).map(LINE.format)


@settings(deadline=None, max_examples=60)
@given(
    rows=st.lists(st.one_of(GOOD, GOOD, ODD, st.lists(ODD, min_size=4, max_size=4).map(",".join)), max_size=12),
    end=st.sampled_from(["\n", "\r\n"]),
    encoding=st.sampled_from(["utf-8", "cp1252"]),
)
@example(rows=["é"], end="\n", encoding="cp1252")
def test_every_line_is_told_once_under_its_number(
    tmp_path_factory: pytest.TempPathFactory, rows: list[str], end: str, encoding: str
) -> None:
    path = tmp_path_factory.getbasetemp() / "odd.csv"
    kept = [LINE.format(1), *rows, LINE.format(2)]
    path.write_bytes(end.join([HEADER, *kept, ""]).encode(encoding, "replace"))
    try:
        lay(0, path, HEADER.split(","), Folder())
    except Unreadable:
        return
    told = [row["ligne"] for row in rows_of(path)]
    assert len(set(told)) == len(told)
    data = {place for place, row in enumerate(kept, start=2) if any(map(_seen, row.replace(",", "")))}
    assert data <= set(told) <= set(range(2, len(kept) + 2))


def _seen(character: str) -> bool:
    """Whether a line that holds the character is certainly more than blank."""
    return character.isalnum()

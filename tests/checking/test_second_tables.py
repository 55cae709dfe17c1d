"""A header wider than all its rows, and a second table under the first: said once, not cell by cell."""

from pathlib import Path
from typing import Any

import pytest

from greencloud import tables
from greencloud.checking import check_file

SCHEMA: dict[str, Any] = {
    "fields": [
        {"name": "site", "constraints": {"required": True}},
        {"name": "annee", "type": "integer"},
        {"name": "conso_kwh", "type": "number"},
        {"name": "note"},
    ],
    "primaryKey": ["site"],
}
HEADER = "site;annee;conso_kwh;note"
ROWS = [f"A{number};2024;{number};x" for number in range(300)]
OTHER = ["nom;ville;surface;type", *(f"S{number % 3};Paris;{number};bureau" for number in range(40))]


def found(tmp_path: Path, *lines: str) -> tuple[int, list[tuple[str, int | None, str]]]:
    """How many rows are accepted, and the errors, which are the same with SQL and without."""
    path = tmp_path / "essai.csv"
    path.write_text("\n".join([*lines, ""]), encoding="utf-8")
    table = tables.from_descriptor(SCHEMA)
    proven, read = (check_file(path, table, small=small).report for small in (0, 1 << 40))
    assert proven.to_dict() == read.to_dict()
    return proven.accepted, [(error.code, error.row, error.message) for error in proven.errors]


def test_a_header_wider_than_all_its_rows_is_one_error(tmp_path: Path) -> None:
    accepted, errors = found(tmp_path, f"{HEADER};eau_m3", *ROWS)
    assert accepted == 0
    assert errors == [
        (
            "missing-cell",
            None,
            "Ligne 1 : l'en-tête a 5 intitulés, mais chacune des 300 lignes n'a que 4 cellules : on ne sait quels "
            "intitulés sont de trop.",
        )
    ]


@pytest.mark.parametrize("beyond", [";", ";;", '; ;""'])
def test_labels_that_are_blank_ask_for_no_cell(tmp_path: Path, beyond: str) -> None:
    assert found(tmp_path, HEADER + beyond, *ROWS) == (300, [])


def test_rows_of_several_lengths_are_told_one_by_one(tmp_path: Path) -> None:
    accepted, errors = found(tmp_path, HEADER, *ROWS, "B1;2024;1", "B2;2024")
    assert accepted == 300
    assert [(code, row) for code, row, _ in errors] == [("missing-cell", 302), ("missing-cell", 303)]


@pytest.mark.parametrize("between", [[""], ["", ""], ["Tableau 2 : surfaces;;;"], [";;;", "Surfaces des sites;;;"]])
def test_a_second_table_is_told_by_its_first_line(tmp_path: Path, between: list[str]) -> None:
    accepted, errors = found(tmp_path, HEADER, *ROWS, *between, *OTHER)
    titled = between[-1] != ""
    first, last = 302 + len(between) - titled, 342 + len(between)
    assert accepted == 300
    assert [(code, row) for code, row, _ in errors] == [("second_tableau", row) for row in range(first, last + 1)]
    assert errors[0][2] == (
        f"Ligne {first} : un second tableau commence ici ; rien n'en a été lu jusqu'à la ligne {last} "
        f"({last - first + 1} lignes)."
    )


@pytest.mark.parametrize(
    "lines",
    [
        ["", *OTHER, "B1;2024;1;x"],
        ["", "B1;peu;beaucoup;x", "B2;2024;1;x"],
        OTHER,
        ["", "B1;2024;beaucoup;x", "B2;2024;trop;x"],
    ],
)
def test_wrong_rows_are_no_second_table(tmp_path: Path, lines: list[str]) -> None:
    assert "second_tableau" not in {code for code, _, _ in found(tmp_path, HEADER, *ROWS, *lines)[1]}

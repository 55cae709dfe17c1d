"""What is no row of a table is set apart, the same way whether its rows are kept or read anew."""

import tracemalloc
from pathlib import Path

import pytest

from greencloud.reading import read_table
from greencloud.reading.endings import settled

ROWS = "".join(f"salle {number};{number};{number % 3};kWh;a;b\n" for number in range(1, 40))
HEAD = "nom;conso;zone;unité;x;y\n"
ENDINGS = {
    "blank lines": (";;;;;\n" * 25, ["lignes_vides"]),
    "notes": ("\n\nSource : les compteurs\nRelevé en mars\n", ["notes_de_bas"]),
    "a total": (f"Total;{sum(range(1, 40))};;;;\n", ["ligne_total"]),
    "a second table": (HEAD + "salle 1;2;3;4;a;b\n", ["seconde_table"]),
    "a remnant": (";;;kWh;;\nsalle 40;40;1;kWh;a;b\n", ["lignes_incompletes"]),
    "nothing": ("", []),
}


@pytest.mark.parametrize("kept", [0, 20_000])
@pytest.mark.parametrize("name", ENDINGS)
def test_the_end_of_a_table_is_set_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, kept: int) -> None:
    monkeypatch.setattr("greencloud.reading.endings._FEW", kept)
    ending, codes = ENDINGS[name]
    path = tmp_path / "table.csv"
    path.write_text(HEAD + ROWS + ending, encoding="utf-8")
    rows, remarks = settled(read_table(path))
    assert [remark.code for remark in remarks] == codes
    names = [record.cells[0] for record in rows]
    assert names[:39] == [f"salle {number}" for number in range(1, 40)]
    assert names[39:] == (["salle 40"] if name == "a remnant" else [])
    assert names == [record.cells[0] for record in rows]


def test_very_many_rows_take_little_memory(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes(b",\n" * 150_000)
    tracemalloc.start()
    rows, _ = settled(read_table(path))
    assert sum(1 for _ in rows) == 150_000
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 16 << 20

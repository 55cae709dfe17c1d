"""Real open data with its defects: every file gives the counts and sums of the truth kept beside it, or is refused."""

import json
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from greencloud.reading import Unreadable, read_table
from greencloud.reading.endings import settled

REAL = Path(__file__).parents[3] / "shared" / "real"
TRUTH = REAL / "truth.json"
FOLDERS = ("fr_admin", "grid", "pue", "boavizta")
_NUMBER = re.compile(r"[-+\d][-+\d., \u00a0\u202feE]*")
_APART = {"grand_total": "ligne_total", "footer": "notes_de_bas", "empty": "lignes_vides"}
_APART |= {"above_header": "lignes_avant_intitules", "continuation": "lignes_incompletes"}
_APART |= {"default_only": "lignes_incompletes"}


def entries() -> list[dict[str, Any]]:
    if not TRUTH.is_file():
        return []
    files = json.loads(TRUTH.read_text(encoding="utf-8"))["files"]
    return [file for file in files if file["file"].startswith(FOLDERS) and ("rows" in file or file.get("must_refuse"))]


def test_the_real_files_are_there() -> None:
    if not TRUTH.is_file():
        pytest.skip("the received files are not beside the repository (see CONTRIBUTING.md)")
    assert len(entries()) > 50


@pytest.mark.parametrize("entry", entries(), ids=lambda entry: entry["file"])
def test_a_real_file_gives_its_truth_or_is_refused(entry: dict[str, Any]) -> None:
    path = REAL / entry["file"]
    if entry.get("must_refuse"):
        with pytest.raises(Unreadable):
            read_table(path)
        return
    table = read_table(path)
    records, remarks = settled(table)
    rows = [record.cells for record in records if not record.blank]
    told = {remark.code for remark in (*table.remarks, *remarks)}
    assert (len(rows), len(table.header), table.header_row) == (entry["rows"], entry["columns"], entry["header_row"])
    assert table.delimiter == entry["separator"]
    assert told >= {_APART[kind] for kind in entry.get("other_rows", {})}
    assert not [record for record in records if record.repair or record.fault]
    for label, expected in entry["sums"].items():
        place = table.header.index(label.strip())
        numbers = [row[place].strip() for row in rows if place < len(row) and _NUMBER.fullmatch(row[place].strip())]
        assert len(numbers) == entry["numeric_cells"][label], label
        assert abs(sum(map(_decimal, numbers)) - Decimal(str(expected))) <= Decimal("0.005"), label


def _decimal(text: str) -> Decimal:
    return Decimal(re.sub(r"[ \u00a0\u202f]", "", text).replace(",", "."))

"""Files of energy by address: every line read exactly, by the names of the columns, or refused with its line."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from greencloud.crosscheck import deliveries
from greencloud.crosscheck.deliveries import CrosscheckRefused, Deliveries
from tests.crosscheck.edition import ELECTRICITY, GAS

REAL = Path(__file__).parents[3] / "shared" / "real"
real = pytest.mark.skipif(
    not REAL.is_dir(), reason="the received files are not beside the repository (see CONTRIBUTING.md)"
)
HEADER = ELECTRICITY.read_text(encoding="utf-8").splitlines()[0]
LINE = "1;SYNTHETIQUE;2024;E;352380101;COMMUNE;4 RUE X;T;1,5e+02;1"


def truth(name: str) -> dict[str, Any]:
    files = json.loads((REAL / "truth.json").read_text(encoding="utf-8"))["files"]
    return next(dict(one) for one in files if one["file"] == f"grid/{name}")


@real
@pytest.mark.parametrize("name", ["DLE-elec-2019-CCPM.csv", "DLE-gaz-2019-CCPM.csv"])
def test_the_received_files_give_their_exact_sums(name: str) -> None:
    expected = truth(name)
    found = deliveries.read([REAL / "grid" / name])
    assert len(found.lines) == expected["rows"]
    assert sum(line.mwh for line in found.lines) == Decimal(repr(expected["sums"]["CONSO"]))
    assert sum(line.points for line in found.lines) == expected["sums"]["PDL"]
    sectors: dict[str, Decimal] = {}
    for line in found.lines:
        sectors[line.sector] = sectors.get(line.sector, Decimal()) + line.mwh
    assert sectors == {sector: Decimal(repr(total)) for sector, total in expected["by_sector"].items()}
    assert [float(min(line.mwh for line in found.lines)), float(max(line.mwh for line in found.lines))] == expected[
        "min_max"
    ]


@real
def test_both_received_files_are_read_at_once_and_the_communes_wanted_only_when_asked() -> None:
    files = [REAL / "grid" / name for name in ("DLE-elec-2019-CCPM.csv", "DLE-gaz-2019-CCPM.csv")]
    both = deliveries.read(files)
    assert (len(both.lines), both.years) == (334 + 134, [2019])
    some = deliveries.read(files, {"77482"})
    assert len(some.lines) == 20 + 19 and {line.commune for line in some.lines} == {"77482"}
    assert some.held == both.held == {(2019, "E"), (2019, "G")}


def test_columns_go_by_their_names_in_any_order() -> None:
    found = deliveries.read([ELECTRICITY, GAS])
    [line] = [line for line in found.lines if line.energy == "G" and line.written.startswith("4")]
    assert (line.written, line.commune, line.mwh, line.points) == (
        "4 RUE DE L EXEMPLE",
        "35238",
        Decimal("12.34567"),
        1,
    )
    assert line.kwh == Decimal("12345.67")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1252", "utf-16"])
def test_other_encodings_give_the_same_lines(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / ELECTRICITY.name
    text = ELECTRICITY.read_text(encoding="utf-8").replace("COMMUNE SYNTHETIQUE", "COMMUNE SYNTHÉTIQUE")
    path.write_bytes(text.encode(encoding))
    assert deliveries.read([path]).lines == deliveries.read([ELECTRICITY]).lines


def test_a_place_that_is_not_given_is_no_address() -> None:
    found = deliveries.read([ELECTRICITY])
    assert any(line.written == "NON RENSEIGNE" for line in found.lines)
    assert not [key for key in found.by_address if "RENSEIGNE" in key[2].street]


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (LINE.replace("1,5e+02", "beaucoup"), ("Ligne 2", "CONSO", "« beaucoup »")),
        (LINE.replace("1,5e+02", "-3"), ("Ligne 2", "CONSO")),
        (LINE.replace("1,5e+02", ""), ("Ligne 2", "CONSO")),
        (LINE.replace(";E;", ";X;"), ("Ligne 2", "FILIERE", "« X »")),
        (LINE.replace("352380101", "35238"), ("Ligne 2", "CODE_IRIS", "« 35238 »")),
        (LINE.replace(";2024;", ";24;"), ("Ligne 2", "ANNEE")),
        (LINE[:-1] + "0", ("Ligne 2", "PDL")),
    ],
)
def test_a_wrong_cell_is_refused_with_file_line_and_column(tmp_path: Path, wrong: str, words: tuple[str, ...]) -> None:
    refused = refusal(tmp_path, f"{HEADER}\n{wrong}\n")
    assert refused.startswith("dle.csv n'est pas lu. ")
    for word in words:
        assert word in refused


def test_a_file_without_a_column_or_of_another_kind_is_refused(tmp_path: Path) -> None:
    assert "CONSO" in refusal(tmp_path, f"{HEADER.replace('CONSO', 'AUTRE')}\n{LINE}\n")
    assert "dle.csv" in refusal(tmp_path, "%PDF-1.7\n")
    assert "dle.csv" in refusal(tmp_path, "")


def refusal(folder: Path, text: str) -> str:
    path = folder / "dle.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CrosscheckRefused) as refused:
        deliveries.read([path])
    return str(refused.value)


def test_a_file_given_twice_would_count_twice(tmp_path: Path) -> None:
    again = tmp_path / "copie.csv"
    again.write_bytes(GAS.read_bytes())
    with pytest.raises(CrosscheckRefused, match=r"La ligne 2 de copie\.csv répète la ligne 2 de DLE-gaz"):
        deliveries.read([GAS, again])


def test_an_arrondissement_goes_by_the_code_of_its_city_too() -> None:
    found: Deliveries = deliveries.read([ELECTRICITY], {"75056"})
    assert [line.commune for line in found.lines] == ["75101"]
    assert found.knows(2024, "75056") and found.knows(2024, "75101") and not found.knows(2024, "75102")

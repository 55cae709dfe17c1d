"""Verdicts kept from one run to the next: found again, made again when damaged, and never a byte of difference."""

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from shutil import which
from tempfile import TemporaryDirectory

import duckdb
import pytest

from greencloud import deposits, rules, warehouse
from greencloud.checking import run
from greencloud.deposits import Deposit
from greencloud.editions import ingredients
from greencloud.verdicts import ORIGIN, check_deposit, check_small, kept, key, lots
from greencloud.verdicts.fingerprints import Fingerprints
from greencloud.verdicts.kept import WorkError, opened
from tests.faults.conftest import store
from tests.rules.rows import BASES

ROOT = Path(__file__).parents[1]


@pytest.fixture
def found(tmp_path: Path) -> list[Deposit]:
    """The register, two declarations, and a file of which a row is wrong."""
    for number in range(3):
        store(tmp_path, number)
    wrong = tmp_path / "faux.csv"
    wrong.write_text("id_centre,annee,energie_totale_kwh\n99988877900017-03,2024,beaucoup\n", encoding="utf-8")
    deposits.store(wrong, table="declarations", emetteur="130025265", raw_dir=tmp_path / "raw")
    return deposits.scan(tmp_path / "raw")[0]


class Counting:
    """Goes through the deposits that have to be checked, and counts them."""

    def __init__(self) -> None:
        self.checked: list[str] = []

    def __call__(self, missing: Sequence[Deposit]) -> Sequence[Deposit]:
        self.checked = [deposit.nom_origine for deposit in missing]
        return missing


def loaded(verdicts: Sequence[warehouse.Verdict]) -> list[object]:
    """All that comes of verdicts: current rows and anomalies."""
    con = warehouse.load(verdicts)
    tables = ("centres", "declarations", "declarations_remplaces", "depots", "anomalies")
    return [con.execute(f"FROM {name} ORDER BY ALL").fetchall() for name in tables]


def again(folder: Path, found: Sequence[Deposit]) -> tuple[list[str], list[object]]:
    """A run over kept verdicts: the deposits that it checked, and what came of them all."""
    counting = Counting()
    with opened(folder) as work:
        told = loaded(work.verdicts(found, counting))
    return counting.checked, told


def test_a_deposit_is_checked_once(tmp_path: Path, found: list[Deposit]) -> None:
    first, second = again(tmp_path / "work", found), again(tmp_path / "work", found)
    assert len(first[0]) == 4 and second[0] == []
    assert first[1] == second[1]
    assert first[1] == loaded([warehouse.check_deposit(item, tmp_path / "sans") for item in found])


ODD = {
    "vide.csv": b"",
    "binaire.csv": bytes(range(256)) * 4,
    "entete-seule.csv": b"id_centre,annee,energie_totale_kwh\n",
    "autre-entete.csv": b"nom;prenom\na;b\n",
    "sans-cle.csv": b"id_centre,annee,energie_totale_kwh\n,2024,10\n99988877900017-01,2024,\n",
    "double.csv": b"id_centre,annee,energie_totale_kwh\n" + b"99988877900017-01,2024,1000\n" * 2,
    "francais.csv": "Identifiant du centre;Année;energie_totale_kwh\n99988877900017-01;2024;1 000,5\n".encode("cp1252"),
    "ni-total-ni-pue.csv": b"id_centre,annee,energie_totale_kwh,pue_declare\n99988877900017-01,2024,,\n",
    "lignes-vides.csv": b"id_centre,annee,energie_totale_kwh\n\n\n99988877900017-01,2024,5000\n,,\n",
    "ordre.csv": b"annee,energie_totale_kwh,id_centre\n2023,7000,99988877900017-01\nx,y,z\n",
}
"""Files that cannot be read, that say nothing, that are wrong here and there, or whose columns are others."""


def test_side_by_side_is_as_one_by_one(tmp_path: Path) -> None:
    """The same report, the same refused lines, the same accepted rows, for odd files and for every rule that fires."""
    files = dict(ODD)
    for rule in rules.for_table("declarations"):
        for name in ("passe", "echoue"):
            cells = {**BASES["declarations"], **getattr(rule, name)}
            shown = [["" if value is None else value for value in cells.values()]]
            lines = [",".join(f'"{value}"' for value in line) for line in ([*cells], *shown)]
            files[f"{rule.code}-{name}.csv"] = "\n".join([*lines, ""]).encode()
    together = []
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
        card = (hashlib.sha256(content).hexdigest(), len(content), name, "2026-05-14T09:30:00Z", "130025265")
        together.append(Deposit(tmp_path / name, *card, "declarations", "1", False))
    made = check_small(together, tmp_path / "ensemble")
    assert len(made) == len(files)
    fired = {item["code"] for verdict in made for level in ("errors", "warnings") for item in verdict.report[level]}
    assert len(fired & set(rules.codes())) > 30
    for verdict in made:
        alone = check_deposit(verdict.deposit, tmp_path / "seul")
        assert (verdict.report, verdict.refused) == (alone.report, alone.refused)
        assert accepted(verdict) == accepted(alone)


def accepted(verdict: warehouse.Verdict) -> list[tuple[object, ...]]:
    """The types of the columns, then the rows of one verdict."""
    with duckdb.connect() as con:
        rows = con.sql(f"FROM '{verdict.accepted}' WHERE {ORIGIN} = '{key(verdict.deposit)}' ORDER BY depot_ligne")
        return [(rows.columns, rows.types), *rows.fetchall()]


def test_a_file_of_many_rows_is_checked_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A small workbook may hold more rows than Python compares."""
    monkeypatch.setattr(run, "_FEW", 1)
    store(tmp_path, 1)
    store(tmp_path, 2)
    found = deposits.scan(tmp_path / "raw")[0]
    assert check_small(found, tmp_path / "ensemble") == []
    with opened(tmp_path / "work") as work:
        assert [verdict.report["stats"]["accepted"] for verdict in work.verdicts(found)] == [2, 2]


@pytest.mark.parametrize("damaged", [False, True])
def test_what_an_earlier_edition_gave_is_computed_once(tmp_path: Path, damaged: bool) -> None:
    made = []

    def make() -> duckdb.DuckDBPyConnection:
        made.append(1)
        con = duckdb.connect()
        con.execute("CREATE TABLE sommes AS SELECT 0.1::DOUBLE + 0.2 AS valeur, NULL::INTEGER AS absente")
        return con

    found = []
    for _ in range(2):
        with opened(tmp_path / "work") as work:
            if damaged:
                for path in work.totals.folder.glob("*.duckdb"):
                    path.write_bytes(path.read_bytes()[:-1])
            with work.totals.recall(["une édition"], ["sommes"], make) as con:
                found.append(con.execute("FROM sommes").fetchall())
    assert found == [[(0.1 + 0.2, None)]] * 2
    assert len(made) == 1 + damaged


def test_what_an_edition_gave_is_kept_when_it_is_computed(
    tmp_path: Path, found: list[Deposit], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next edition is compared with it without loading its deposits again, in whatever order they come."""
    edition = tmp_path / "edition"
    edition.mkdir()
    (edition / "edition.json").write_text(json.dumps({"ingredients": ingredients(found)}), encoding="utf-8")
    with opened(tmp_path / "work") as work:
        verdicts = work.verdicts(found)
        con = warehouse.load(verdicts)
        warehouse.aggregate(con, computed=warehouse.remembering(verdicts, None, work.totals))
        (afresh,) = warehouse.earlier_editions([edition], verdicts)
        expected = afresh.rebuilt
        monkeypatch.setattr(warehouse, "load", None)
        (earlier,) = warehouse.earlier_editions([edition], verdicts[::-1], work.totals)
        assert earlier.rebuilt == expected


def test_a_new_deposit_alone_is_checked(tmp_path: Path, found: list[Deposit]) -> None:
    again(tmp_path / "work", found)
    store(tmp_path, 4)
    now = deposits.scan(tmp_path / "raw")[0]
    assert again(tmp_path / "work", now)[0] == ["declarations-4.csv"]


@pytest.mark.parametrize("suffix", [".json", ".parquet"])
def test_a_damaged_verdict_is_made_again(tmp_path: Path, found: list[Deposit], suffix: str) -> None:
    _, whole = again(tmp_path / "work", found)
    path = next(one for one in (tmp_path / "work").rglob(f"*{suffix}") if one.name != "empreintes.json")
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(bytes(data))
    checked, told = again(tmp_path / "work", found)
    assert 0 < len(checked) < len(found)
    assert told == whole


def test_many_verdicts_become_one_file_and_none_is_lost_or_doubled(
    tmp_path: Path, found: list[Deposit], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, whole = again(tmp_path / "work", found)
    monkeypatch.setattr(kept, "_MANY_LOTS", 2)
    monkeypatch.setattr(lots.Lot, "forget", lambda lot: None)  # killed before the small ones were removed
    assert again(tmp_path / "work", found) == ([], whole)
    monkeypatch.undo()
    monkeypatch.setattr(kept, "_MANY_LOTS", 2)
    for _ in range(2):
        assert again(tmp_path / "work", found) == ([], whole)
    assert len(list((tmp_path / "work").rglob("*.parquet"))) == 2  # the register and the declarations


def test_verdicts_without_a_row_do_not_take_each_other_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, found: list[Deposit]
) -> None:
    """Two refused files have the same accepted rows: none. One lot that joins them to others has no fewer."""
    for number in range(2):
        wrong = tmp_path / f"faux-{number}.csv"
        wrong.write_text(f"id_centre,annee,energie_totale_kwh\n{number},2024,?\n", encoding="utf-8")
        deposits.store(wrong, table="declarations", emetteur="130025265", raw_dir=tmp_path / "raw")
    now = [item for item in deposits.scan(tmp_path / "raw")[0] if item.table == "declarations"]
    assert len(now) == len(found) + 1
    _, whole = again(tmp_path / "work", now)
    monkeypatch.setattr(kept, "_MANY_LOTS", 2)
    for _ in range(2):
        assert again(tmp_path / "work", now) == ([], whole)


def test_what_another_program_left_is_removed(tmp_path: Path, found: list[Deposit]) -> None:
    old = tmp_path / "work" / ("0" * 64)
    old.mkdir(parents=True)
    (old / "reste.parquet").write_bytes(b"")
    (tmp_path / "work" / "a-moi.txt").write_text("", encoding="utf-8")
    again(tmp_path / "work", found[:1])
    assert not old.exists() and (tmp_path / "work" / "a-moi.txt").exists()


def test_two_runs_do_not_share_the_folder(tmp_path: Path) -> None:
    with opened(tmp_path / "work"), pytest.raises(WorkError, match="Un autre traitement"), opened(tmp_path / "work"):
        pytest.fail("the folder is taken")


def test_a_file_is_read_again_when_it_may_have_changed(tmp_path: Path) -> None:
    file, memory = tmp_path / "a.csv", tmp_path / "empreintes.json"
    file.write_text("un", encoding="utf-8")
    os.utime(file, (1, 1))
    known = Fingerprints(memory)
    first = known.sha256(file)
    known.save()
    file.write_text("de", encoding="utf-8")  # the same size; its date is put back, but not that of the system
    os.utime(file, (1, 1))
    assert Fingerprints(memory).sha256(file) != first


# Another user, who may still read the interpreter wherever it lies, and write nowhere but where he is let in.
ANOTHER = "setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps +dac_read_search"
ANOTHER += " --ambient-caps +dac_read_search"
AROUND = {
    "plain": ("022", {"TZ": "UTC", "LANG": "C", "PYTHONHASHSEED": "1"}),
    "elsewhere": ("077", {"TZ": "Pacific/Kiritimati", "LANG": "fr_FR.UTF-8", "PYTHONHASHSEED": "2"}),
    "another user": ("000", {"TZ": "America/Lima", "PYTHONHASHSEED": "3", "HOME": "/nonexistent"}),
}


@pytest.fixture
def let_in() -> Iterator[Path]:
    """A folder that any user may go through, with two deposits; the folders of pytest are closed to others."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        for number in range(2):
            store(folder, number)
        yield folder


def test_nothing_around_a_build_changes_a_byte(let_in: Path) -> None:
    """Another time zone, language, folder, umask, hash seed, user; with verdicts kept by another build or without."""
    able = subprocess.run([*ANOTHER.split(), "true"], capture_output=True, check=False) if which("setpriv") else None
    folders = []
    for name, (mask, environment) in AROUND.items():
        if name == "another user" and (able is None or able.returncode):
            print("not tried as another user: that takes root and setpriv")
            continue
        folders.append(let_in / name / "publié")
        folders[-1].parent.mkdir()
        folders[-1].parent.chmod(0o777)
        options = ["--raw", str(let_in / "raw"), "--published", str(folders[-1])]
        kept_there = ["--travail", str(let_in / "work")] if name != "another user" else []
        subprocess.run(
            [
                *(ANOTHER.split() if name == "another user" else []),
                *("sh", "-c", f'umask {mask} && exec "$@"', "sh"),
                *(sys.executable, "-m", "greencloud", "build", *options, *kept_there),
            ],
            cwd=ROOT,
            env={**os.environ, **environment},
            capture_output=True,
            check=True,
        )
    for other in folders[1:]:
        assert subprocess.run(["diff", "-r", folders[0], other], capture_output=True, check=False).stdout == b""

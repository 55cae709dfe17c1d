"""Builds and deposits killed anywhere: the last edition stays whole, and the next run gives what no kill would have.

`GREENCLOUD_KILLS` sets how many builds are killed at most (8 otherwise: half a minute). With 200 and more, one falls
before each operation on files of a build and the rest of the kills fall at any time.
"""

import hashlib
import os
import random
import shutil
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults.conftest import Victims, store, tree

KILLS = int(os.environ.get("GREENCLOUD_KILLS", "8"))
_KILLED = -signal.SIGKILL
_IN_A_ROW = 3


def first(folder: Path, _victims: Victims) -> None:
    """Two deposits, nothing published."""
    store(folder, 0)
    store(folder, 1)


def second(folder: Path, victims: Victims) -> None:
    """The same, published, and a third deposit since."""
    first(folder, victims)
    built = victims.run("small", folder)
    assert built.status == 0, built.printed
    store(folder, 2)


def broken(folder: Path) -> list[str]:
    """What is wrong with the edition that `current` leads to, found without a line of ours."""
    current = folder / "published" / "current"
    if not current.is_symlink():
        return []
    lines = (current / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    told = {name: sha256 for sha256, name in (line.split("  ", 1) for line in lines)}
    found = {path.relative_to(current.resolve()).as_posix(): path for path in current.resolve().rglob("*")}
    sums = {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in found.items() if path.is_file()}
    sums.pop("SHA256SUMS")
    return sorted(name for name in told.keys() | sums.keys() if told.get(name) != sums.get(name))


def moments(operations: int, seconds: float, kills: int, chance: random.Random) -> list[dict[str, float]]:
    """When to kill: before operations on files, spread or every one of them; and after times drawn by lot."""
    counted = min(operations, kills // 2) if kills < 100 else operations
    at: list[dict[str, float]] = [{"at": 1 + place * operations // counted} for place in range(counted)]
    after = [{"after": chance.uniform(0, seconds)} for _ in range(max(kills - counted, 0))]
    return at + after


@pytest.mark.parametrize("prepare", [first, second], ids=["first edition", "second edition"])
def test_a_build_killed_anywhere_is_as_if_it_had_not_been(
    prepare: Callable[[Path, Victims], None], tmp_path: Path, victims: Victims
) -> None:
    """Kills follow each other on the same folder, as in a night of crashes, then a run is left alone."""
    start, undisturbed = tmp_path / "depart", tmp_path / "calme"
    start.mkdir()
    prepare(start, victims)
    shutil.copytree(start, undisturbed, symlinks=True)
    calm = victims.run("small", undisturbed)
    assert calm.status == 0, calm.printed
    wanted, received = tree(undisturbed / "published"), tree(start / "raw")
    trial, killed, recovered = tmp_path / "essai", 0, 0
    planned = moments(calm.begun, calm.seconds, KILLS // 2, random.Random(20))
    for number, moment in enumerate(planned, 1):
        if not trial.exists():
            shutil.copytree(start, trial, symlinks=True)
        end = victims.run("small", trial, **moment)
        assert end.status in (_KILLED, 0), end.printed
        killed += end.status == _KILLED
        assert broken(trial) == []
        assert prepare is first or (trial / "published" / "current").is_symlink()
        assert tree(trial / "raw") == received
        if number % _IN_A_ROW == 0 or number == len(planned):
            end = victims.run("small", trial)
            assert end.status == 0, end.printed
            assert tree(trial / "published") == wanted
            assert not list((trial / "work").rglob("*.partiel"))
            shutil.rmtree(trial)
            recovered += 1
    print(
        f"{killed} builds killed, {recovered} recoveries, {calm.begun} operations on files, {calm.seconds:.1f} s each"
    )
    assert killed and recovered


def test_a_deposit_killed_anywhere_is_neither_lost_nor_doubled(tmp_path: Path, victims: Victims) -> None:
    """Killed before each operation on a file, then made again: the folder is what an undisturbed deposit leaves."""
    start, undisturbed = tmp_path / "depart", tmp_path / "calme"
    start.mkdir()
    store(start, 0)
    lines = ["id_centre,annee,energie_totale_kwh", "99988877900017-01,2023,1000", ""]
    (start / "recu.csv").write_text("\n".join(lines), encoding="utf-8")
    shutil.copytree(start, undisturbed)
    calm = victims.run("deposit", undisturbed)
    assert calm.status == 0, calm.printed
    for number in range(1, calm.begun + 1):
        trial = tmp_path / f"essai-{number}"
        shutil.copytree(start, trial)
        assert victims.run("deposit", trial, at=number).status == _KILLED
        assert tree(start / "raw").items() <= tree(trial / "raw").items()
        again = victims.run("deposit", trial)
        assert again.status == 0, again.printed
        assert tree(trial / "raw") == tree(undisturbed / "raw")
    print(f"{calm.begun} deposits killed, each made again")
    assert calm.begun >= 8

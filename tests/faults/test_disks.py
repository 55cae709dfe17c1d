"""A disk that is full, or that may not be written: one sentence, the last edition whole, and the next run succeeds."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.faults.conftest import Victims, store, tree


@pytest.fixture
def published(tmp_path: Path, victims: Victims) -> Path:
    """Two deposits, published, and a third one since."""
    folder = tmp_path / "dossier"
    folder.mkdir()
    store(folder, 0)
    store(folder, 1)
    assert victims.run("small", folder).status == 0
    store(folder, 2)
    return folder


@contextmanager
def mounted(folder: Path, size: str) -> Iterator[None]:
    """A small disk of its own over a folder; skipped where it may not be mounted."""
    command = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    if os.geteuid() or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("needs the right to mount a small disk")
    try:
        yield
    finally:
        subprocess.run(["umount", str(folder)], check=True)


@pytest.mark.parametrize("limit", [0, 2_000, 20_000])
def test_a_file_that_cannot_grow_changes_nothing_published(published: Path, victims: Victims, limit: int) -> None:
    before = tree(published / "published")
    end = victims.run("small", published, limit=limit)
    assert end.status != 0
    assert {name: data for name, data in tree(published / "published").items() if not name.startswith(".")} == before
    assert victims.run("small", published).status == 0
    assert len(list((published / "published" / "editions").iterdir())) == 2


def test_a_full_disk_is_one_sentence_and_the_next_run_succeeds(published: Path, victims: Victims) -> None:
    disk, kept = published / "published", published / "copie"
    shutil.copytree(disk, kept, symlinks=True)
    used = sum(path.stat().st_blocks * 512 for path in disk.rglob("*") if path.is_file())
    with mounted(disk, f"{used // 1024 + 300}k"):
        shutil.copytree(kept, disk, symlinks=True, dirs_exist_ok=True)
        before = tree(disk)
        end = victims.run("whole", published)
        assert end.status == 2, end.printed
        assert "Traceback" not in end.printed
        assert "place" in end.printed
        assert {name: data for name, data in tree(disk).items() if not name.startswith(".")} == before
        subprocess.run(["mount", "-o", "remount,size=64m", str(disk)], check=True)
        end = victims.run("small", published)
        assert end.status == 0, end.printed
        assert len(list((disk / "editions").iterdir())) == 2


def test_a_disk_that_may_not_be_written_is_one_sentence(published: Path, victims: Victims) -> None:
    disk, kept = published / "published", published / "copie"
    shutil.copytree(disk, kept, symlinks=True)
    with mounted(disk, "64m"):
        shutil.copytree(kept, disk, symlinks=True, dirs_exist_ok=True)
        before = tree(disk)
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        end = victims.run("whole", published)
        assert end.status == 2, end.printed
        assert "lecture seule" in end.printed and "Traceback" not in end.printed
        assert tree(disk) == before
        subprocess.run(["mount", "-o", "remount,rw", str(disk)], check=True)
        assert victims.run("small", published).status == 0

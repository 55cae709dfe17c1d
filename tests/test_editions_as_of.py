"""`greencloud build --as-of`: an earlier edition from its deposits, byte for byte; nothing published changes."""

import subprocess
import sys
from pathlib import Path

from tests.faults.conftest import store, tree

ROOT = Path(__file__).parents[1]


def build(folder: Path, *options: object) -> "subprocess.CompletedProcess[str]":
    command = [
        sys.executable,
        "-m",
        "greencloud",
        "build",
        "--raw",
        folder / "raw",
        "--published",
        folder / "published",
    ]
    words = [str(word) for word in [*command, *options]]
    return subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)


def test_an_earlier_edition_is_built_again_from_the_deposits_of_its_day(tmp_path: Path) -> None:
    store(tmp_path, 0)
    store(tmp_path, 1)
    assert build(tmp_path).returncode == 0
    first = (tmp_path / "published" / "current").resolve()
    store(tmp_path, 2)
    assert build(tmp_path).returncode == 0
    second, before = (tmp_path / "published" / "current").resolve(), tree(tmp_path / "published")
    assert first != second
    for wanted, edition in (("2026-05-02", first), (second.name, second)):
        out = tmp_path / "refaite" / wanted
        again = build(tmp_path, "--as-of", wanted, "--out", out)
        assert again.returncode == 0, again.stderr
        assert again.stdout.splitlines()[-1] == f"Identique à l'édition {edition.name}, octet pour octet."
        assert subprocess.run(["diff", "-r", out, edition], capture_output=True, check=False).stdout == b""
    assert tree(tmp_path / "published") == before
    refused = build(tmp_path, "--as-of", "2026-05-02")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "« --as-of » et « --out » vont ensemble" in refused.stderr

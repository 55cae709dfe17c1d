"""The process that gives the verdict of Frictionless: what it answers, and what is said when it cannot."""

import os
import signal
import subprocess
from pathlib import Path
from typing import Any

import pytest

from greencloud import packaging
from greencloud.packaging import ArbiterError

FIELDS = [{"name": "annee", "type": "year"}, {"name": "nombre", "type": "integer"}]


def package(*names: str) -> dict[str, Any]:
    return {
        "resources": [
            {"name": name, "type": "table", "path": f"{name}.csv", "format": "csv", "schema": {"fields": FIELDS}}
            for name in names
        ]
    }


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "bon.csv").write_text("annee,nombre\n2024,1\n", encoding="utf-8")
    (tmp_path / "faux.csv").write_text("annee,nombre\n2024,un\n", encoding="utf-8")
    return tmp_path


def test_packages_are_judged_one_after_the_other(folder: Path) -> None:
    with packaging.judging() as judge:
        for names in (("bon",), ("bon", "faux")):
            judge.ask(package(*names), folder)
        (alone,) = judge.answer()["tasks"]
        good, wrong = judge.answer()["tasks"]
    assert alone["place"] == good["place"]
    assert (good["place"], good["valid"], good["stats"]["rows"], good["errors"]) == ("bon.csv", True, 1, [])
    (error,) = wrong["errors"]
    assert (error["type"], error["rowNumber"], error["cell"]) == ("type-error", 2, "un")


BAD_PATTERN = {"name": "annee", "type": "string", "constraints": {"pattern": "("}}


@pytest.mark.parametrize(
    "resources", [[{"name": 3}], 5, [{**package("bon")["resources"][0], "schema": {"fields": [BAD_PATTERN]}}]]
)
def test_a_description_that_is_none_is_told(resources: object, folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with packaging.judging() as judge:
        judge.ask({"resources": resources}, folder)
        with pytest.raises(ArbiterError, match="ne lit pas la description"):
            judge.answer()
        judge.ask(package("bon"), folder)
        assert judge.answer()["tasks"][0]["valid"]
    assert "Traceback" not in capfd.readouterr().err


def test_a_process_that_ends_early_is_told(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[subprocess.Popen[bytes]] = []

    class Noted(subprocess.Popen):  # type: ignore[type-arg]
        def __init__(self, *args: Any, **options: Any) -> None:
            super().__init__(*args, **options)
            made.append(self)

    monkeypatch.setattr(subprocess, "Popen", Noted)
    with pytest.raises(ArbiterError, match="s'est interrompu"), packaging.judging() as judge:
        os.kill(made[0].pid, signal.SIGKILL)
        made[0].wait()
        judge.ask({**package("bon"), "description": "x" * 1_000_000}, folder)
        judge.answer()
    with packaging.judging() as judge:
        judge.ask(package("bon"), folder)
    assert [process.returncode for process in made] == [-signal.SIGKILL] * 2


def test_modules_of_the_folder_where_one_works_are_not_run(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("json", "frictionless", "tables"):
        (folder / f"{name}.py").write_text("raise SystemExit(1)", encoding="utf-8")
    monkeypatch.chdir(folder)
    monkeypatch.delenv("PYTHONPATH", raising=False)
    with packaging.judging() as judge:
        judge.ask(package("bon"), folder)
        assert judge.answer()["tasks"][0]["valid"]

"""`greencloud harvest` and the flow, as they are started, against the real server."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from greencloud import deposits
from tests.harvest.producing import CENTRES, SITE, Publisher, cleared, declarations, mandates, publishers
from tests.udata.running import Udata

ROOT = Path(__file__).parents[2]


@pytest.fixture
def platform() -> Udata:
    """The server without a dataset."""
    return cleared()


@pytest.fixture
def town(platform: Udata) -> Publisher:
    """The only producer of the platform, who has published nothing yet."""
    return publishers(platform)[2]


def harvest(platform: Udata, raw: Path, *options: str, token: str = "") -> tuple[int, list[str], str]:
    """The command in a process of its own: its status, the lines it prints, its errors."""
    allowed = ("--mandats", str(mandates(raw.parent, *publishers(platform))))
    command = [
        sys.executable,
        "-m",
        "greencloud",
        "harvest",
        "--url",
        platform.url,
        "--raw",
        str(raw),
        *allowed,
        *options,
    ]
    environment = {name: value for name, value in os.environ.items() if name != "DATAGOUV_TOKEN"}
    environment |= {"DATAGOUV_TOKEN": token} if token else {}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout.splitlines(), done.stderr


def test_each_file_is_told_in_a_line(platform: Udata, town: Publisher, tmp_path: Path) -> None:
    town.publish("centres.csv", CENTRES, "centres")
    dataset, resource = town.publish("d[bold]\x1b[31m.csv", declarations((SITE, 2023, "x")), "declarations")
    status, lines, errors = harvest(platform, tmp_path)
    assert (status, errors) == (1, "")
    assert lines[0] == f"✔ centres.csv (centres, {town.name}) : nouveau. 2 lignes acceptées, aucune rejetée."
    assert lines[1].startswith("✘ ") and "declarations" in lines[1] and "refusé" in lines[1]
    assert lines[2:] == ["2 fichiers annoncés, dont 1 à corriger."]
    assert "\x1b" not in "".join(lines)

    town.replace(dataset, resource, "d2.csv", declarations((SITE, 2023, 300000)))
    status, lines, _ = harvest(platform, tmp_path)
    assert status == 0
    assert lines[0] == f"✔ centres.csv (centres, {town.name}) : inchangé."
    assert "nouvelle version. 1 ligne acceptée, aucune rejetée." in lines[1]
    assert lines[2] == "2 fichiers annoncés, aucun à corriger."


def test_an_empty_platform_says_how_to_be_found(platform: Udata, town: Publisher, tmp_path: Path) -> None:
    status, lines, _ = harvest(platform, tmp_path)
    assert status == 0 and lines[0].startswith("Aucun fichier annoncé.")
    assert town.name not in "".join(lines)


def test_nobody_is_answered_unless_asked(platform: Udata, town: Publisher, tmp_path: Path) -> None:
    dataset, _ = town.publish("d.csv", declarations((SITE, 2023, "x")), "declarations")
    assert harvest(platform, tmp_path, token=platform.token)[0] == 1
    assert town.discussions(dataset) == []
    status, _, errors = harvest(platform, tmp_path, "--repondre")
    assert status == 2 and "DATAGOUV_TOKEN" in errors and "Traceback" not in errors
    status, lines, _ = harvest(platform, tmp_path, "--repondre", token=platform.token)
    assert status == 1 and lines[0].endswith("Le producteur en est averti par une discussion.")
    assert len(town.discussions(dataset)) == 1
    status, _, errors = harvest(platform, tmp_path, "--repondre", token="udata_faux")
    assert status == 2 and "jeton" in errors and "udata_faux" not in errors


def test_a_folder_that_cannot_be_used_is_told(platform: Udata, town: Publisher, tmp_path: Path) -> None:
    town.publish("centres.csv", CENTRES, "centres")
    (tmp_path / "fichier").write_text("", encoding="utf-8")
    status, _, errors = harvest(platform, tmp_path / "fichier")
    assert status == 2 and "fichier" in errors and "Traceback" not in errors


def test_the_flow_harvests_then_lists(platform: Udata, town: Publisher, tmp_path: Path) -> None:
    """The tasks without Prefect's server, which `tests/flows` starts: what they do is the library's."""
    from flows.ingest import harvest as task
    from flows.ingest import scan

    town.publish("centres.csv", CENTRES, "centres")
    (outcome,) = task.fn(tmp_path / "raw", platform.url, mandates(tmp_path, town))
    assert outcome.deposit is not None
    assert scan.fn(tmp_path / "raw") == ([outcome.deposit], [])
    assert deposits.scan(tmp_path / "raw")[0][0].origine is not None

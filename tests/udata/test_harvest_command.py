"""`greencloud harvest` and the flow, as they are started, against the real server."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from greencloud import deposits
from tests.harvest.producing import CENTRES, SITE, Publisher, clear, declarations, publishers
from tests.udata.running import Udata, missing, running

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Udata]:
    """A server of our own: a harvest sees all that is published on it."""
    if reason := missing():
        pytest.skip(reason)
    with running(tmp_path_factory.mktemp("commande")) as udata:
        yield udata


@pytest.fixture
def town(platform: Udata) -> Publisher:
    """The only producer of the platform, who has published nothing yet."""
    clear(platform)
    return publishers(platform)[2]


def harvest(url: str, raw: Path, *options: str, token: str = "") -> tuple[int, list[str], str]:
    """The command in a process of its own: its status, the lines it prints, its errors."""
    command = [sys.executable, "-m", "greencloud", "harvest", "--url", url, "--raw", str(raw), *options]
    environment = {name: value for name, value in os.environ.items() if name != "DATAGOUV_TOKEN"}
    environment |= {"DATAGOUV_TOKEN": token} if token else {}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout.splitlines(), done.stderr


def test_each_file_is_told_in_a_line(platform: Udata, town: Publisher, tmp_path: Path) -> None:
    town.publish("centres.csv", CENTRES, "centres")
    dataset, resource = town.publish("d[bold]\x1b[31m.csv", declarations((SITE, 2023, "x")), "declarations")
    status, lines, errors = harvest(platform.url, tmp_path)
    assert (status, errors) == (1, "")
    assert lines[0] == f"✔ centres.csv (centres, {town.name}) : nouveau. 2 lignes acceptées, aucune rejetée."
    assert lines[1].startswith("✘ ") and "declarations" in lines[1] and "refusé" in lines[1]
    assert lines[2:] == ["2 fichiers annoncés, dont 1 à corriger."]
    assert "\x1b" not in "".join(lines)

    town.replace(dataset, resource, "d2.csv", declarations((SITE, 2023, 300000)))
    status, lines, _ = harvest(platform.url, tmp_path)
    assert status == 0
    assert lines[0] == f"✔ centres.csv (centres, {town.name}) : inchangé."
    assert "nouvelle version. 1 ligne acceptée, aucune rejetée." in lines[1]
    assert lines[2] == "2 fichiers annoncés, aucun à corriger."


def test_an_empty_platform_says_how_to_be_found(platform: Udata, town: Publisher, tmp_path: Path) -> None:
    status, lines, _ = harvest(platform.url, tmp_path)
    assert status == 0 and lines[0].startswith("Aucun fichier annoncé.")
    assert town.name not in "".join(lines)


def test_nobody_is_answered_unless_asked(platform: Udata, town: Publisher, tmp_path: Path) -> None:
    dataset, _ = town.publish("d.csv", declarations((SITE, 2023, "x")), "declarations")
    assert harvest(platform.url, tmp_path, token=platform.token)[0] == 1
    assert town.discussions(dataset) == []
    status, _, errors = harvest(platform.url, tmp_path, "--repondre")
    assert status == 2 and "DATAGOUV_TOKEN" in errors and "Traceback" not in errors
    status, lines, _ = harvest(platform.url, tmp_path, "--repondre", token=platform.token)
    assert status == 0 and lines[0].endswith("Le producteur en est averti par une discussion.")
    assert len(town.discussions(dataset)) == 1
    status, _, errors = harvest(platform.url, tmp_path, "--repondre", token="udata_faux")
    assert status == 2 and "jeton" in errors and "udata_faux" not in errors


def test_a_folder_that_cannot_be_used_is_told(platform: Udata, town: Publisher, tmp_path: Path) -> None:
    town.publish("centres.csv", CENTRES, "centres")
    (tmp_path / "fichier").write_text("", encoding="utf-8")
    status, _, errors = harvest(platform.url, tmp_path / "fichier")
    assert status == 2 and "fichier" in errors and "Traceback" not in errors


def test_the_flow_harvests_then_lists(platform: Udata, town: Publisher, tmp_path: Path) -> None:
    """The tasks without Prefect's server, which `tests/flows` starts: what they do is the library's."""
    from flows.ingest import harvest as task
    from flows.ingest import scan

    town.publish("centres.csv", CENTRES, "centres")
    (outcome,) = task.fn(tmp_path, platform.url)
    assert outcome.deposit is not None
    assert scan.fn(tmp_path) == ([outcome.deposit], [])
    assert deposits.scan(tmp_path)[0][0].origine is not None

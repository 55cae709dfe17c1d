"""What is refused before anything is sent, as an operator sees it."""

import subprocess
import sys
from pathlib import Path

import pytest

from greencloud import durable
from greencloud.datagouv.errors import DatagouvError, Unfit
from greencloud.datagouv.session import Order, publication
from greencloud.datagouv.token import VARIABLE
from tests.datagouv import editions

DEAD = "http://127.0.0.1:9"  # the discard port: nothing of ours may reach even that


@pytest.fixture(autouse=True)
def no_token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)


def refused(order: Order, *, writes: bool = True) -> str:
    with pytest.raises(DatagouvError) as found, publication(order, writes=writes):
        pass
    assert isinstance(found.value, Unfit)
    return str(found.value)


def order(tmp_path: Path, *, synthetic: bool = False, platform: str = "demo", url: str | None = DEAD) -> Order:
    folder = editions.write(tmp_path / "edition", synthetic=synthetic)
    token = tmp_path / "jeton"
    token.write_text("jeton-d-essai", encoding="ascii")
    return Order(folder, tmp_path / "etat.json", platform, url, "org", token)


@pytest.mark.parametrize("url", [None, "https://www.data.gouv.fr", "https://une-autre.exemple"])
def test_fabricated_data_never_goes_to_production(tmp_path: Path, url: str | None) -> None:
    sentence = refused(order(tmp_path, synthetic=True, platform="production", url=url))
    assert "données synthétiques (indicateurs_annuels.parquet)" in sentence
    assert "greencloud build --raw DOSSIER" in sentence


@pytest.mark.parametrize(
    "url",
    [
        "https://www.data.gouv.fr",
        "https://www.data.gouv.fr/api/1/",
        "https://DATA.gouv.fr.",
        "https://www\uff0edata\uff0egouv\uff0efr",  # wide full stops, which lead to the same site
    ],
)
def test_production_is_asked_for_by_its_name(tmp_path: Path, url: str) -> None:
    assert "--plateforme production" in refused(order(tmp_path, url=url))


def test_demo_is_the_default() -> None:
    assert Order(Path("e"), Path("s")).base == "https://demo.data.gouv.fr"
    assert Order(Path("e"), Path("s"), "production").base == "https://www.data.gouv.fr"


def test_without_a_token_nothing_is_written(tmp_path: Path) -> None:
    asked = order(tmp_path)
    assert "DATAGOUV_TOKEN" in refused(Order(asked.folder, asked.state, url=DEAD, organization="org"))
    assert "DATAGOUV_TOKEN" in refused(Order(asked.folder, asked.state, url=DEAD), writes=False)


def test_two_publications_do_not_share_a_state(tmp_path: Path) -> None:
    asked = order(tmp_path)
    lock = tmp_path / ".etat.json.verrou"
    lock.touch()
    with durable.held(lock):
        assert "Une autre publication est en cours" in refused(asked)


def test_the_command_says_it_in_french(tmp_path: Path) -> None:
    asked = order(tmp_path, synthetic=True)
    command = [sys.executable, "-m", "greencloud", "publish", str(asked.folder), "--plateforme", "production"]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (run.returncode, run.stdout) == (2, "")
    assert run.stderr.startswith("L'édition contient des données synthétiques")
    assert "Traceback" not in run.stderr


def test_the_help_names_every_option() -> None:
    run = subprocess.run(
        [sys.executable, "-m", "greencloud", "publish", "--help"], capture_output=True, text=True, check=True
    )
    for option in ("--apply", "--plateforme", "--url", "--organisation", "--fichier-jeton", "--etat", "--revenir"):
        assert option in run.stdout

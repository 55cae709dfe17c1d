"""The cards of harvested files: what they say of their origin, and what is found again by them."""

import hashlib
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from greencloud import deposits
from greencloud.cli.outcome import named
from greencloud.deposits import Deposit, DepositError, Origin
from greencloud.harvest.discovery import Announced
from greencloud.harvest.held import Held
from greencloud.harvest.outcomes import Outcome, State
from tests.harvest.producing import CENTRES, SITE, declarations

DEMO, REAL = "https://demo.data.gouv.fr", "https://www.data.gouv.fr"
ORIGIN = Origin(REAL, "a" * 24, "premier", "Ville d'essai", f"{REAL}/api/1/datasets/r/premier")


def store(folder: Path, text: str, origin: Origin | None, table: str = "declarations") -> Deposit:
    file = folder / "f.csv"
    file.write_text(text, encoding="utf-8")
    return deposits.store(file, table=table, emetteur=None, raw_dir=folder / "raw", origine=origin)


def test_the_card_says_where_the_file_came_from(tmp_path: Path) -> None:
    stored = store(tmp_path, CENTRES, ORIGIN, "centres")
    card = json.loads(deposits.card_path(stored.path).read_text(encoding="utf-8"))
    assert card["origine"] == {
        "plateforme": REAL,
        "jeu": "a" * 24,
        "ressource": "premier",
        "producteur": "Ville d'essai",
        "url": f"{REAL}/api/1/datasets/r/premier",
    }
    assert deposits.scan(tmp_path / "raw") == ([stored], [])
    assert store(tmp_path, CENTRES, ORIGIN, "centres") == stored


def test_only_a_harvested_file_may_have_no_sender(tmp_path: Path) -> None:
    with pytest.raises(DepositError, match="SIREN"):
        store(tmp_path, CENTRES, None, "centres")


@pytest.mark.parametrize(
    "origin",
    [
        None,
        "data.gouv.fr",
        {},
        {"plateforme": REAL},
        {**vars(ORIGIN), "jeu": None},
        {**vars(ORIGIN), "jeu": 3},
        {**vars(ORIGIN), "autre": "clé"},
        {**vars(ORIGIN), "producteur": ""},
        {**vars(ORIGIN), "producteur": "Ville\x1b[31m"},
        {**vars(ORIGIN), "url": "x" * 3000},
    ],
)
def test_a_card_with_another_origin_is_said_to_be_broken(tmp_path: Path, origin: object) -> None:
    card = deposits.card_path(store(tmp_path, CENTRES, ORIGIN, "centres").path)
    card.write_text(json.dumps({**json.loads(card.read_text(encoding="utf-8")), "origine": origin}), encoding="utf-8")
    found, (unfiled,) = deposits.scan(tmp_path / "raw")
    assert found == [] and "carte" in unfiled.message


def test_a_person_has_no_name_in_a_card(tmp_path: Path) -> None:
    store(tmp_path, CENTRES, Origin(REAL, "a" * 24, "r", None, f"{REAL}/r"), "centres")
    ((stored,), _) = deposits.scan(tmp_path / "raw")
    assert stored.origine is not None and stored.origine.producteur is None


def test_a_resource_is_found_by_platform_and_id_and_bytes_by_their_sha1(tmp_path: Path) -> None:
    first = store(tmp_path, declarations((SITE, 2021, 300000)), ORIGIN)
    second = store(tmp_path, declarations((SITE, 2022, 300000)), ORIGIN)
    other = store(tmp_path, declarations((SITE, 2023, 300000)), Origin(DEMO, "b" * 24, "autre", None, f"{DEMO}/r"))
    held = Held([first, second, other])
    assert held.last(REAL, "premier") == second and held.last(DEMO, "premier") is None
    digest = sha1(first.path)
    assert held.same_bytes(first.octets, digest) == first
    assert held.same_bytes(first.octets + 1, digest) is None
    assert [deposit for deposit, _ in held.gone(REAL, [])] == [second]
    assert list(held.gone(REAL, ["premier"])) == []


def sha1(path: Path) -> str:
    """Worked out beside the library."""
    return hashlib.sha1(path.read_bytes()).hexdigest()


def test_a_line_holds_no_control_character() -> None:
    line = Outcome(State.REFUSED, "a\x1b[31m.csv", "Ligne\nsuivante \u202f\u202e.").line()
    assert line == "✘ a[U+001B][31m.csv : refusé. Ligne↵suivante \u202f[U+202E]."


@pytest.mark.parametrize(("platform", "trial"), [(DEMO, True), (REAL, False), ("http://127.0.0.1:1", False)])
def test_what_stands_on_the_platform_for_trials_is_no_real_figure(platform: str, trial: bool) -> None:
    item = Announced(platform, "a" * 24, "r", "centres", "f.csv", None, None, None, None, "")
    assert item.trial is trial


def test_each_state_has_a_mark() -> None:
    failed = {state for state in State if Outcome(state, "f", "").failed}
    assert failed == {State.REFUSED, State.TOO_LARGE, State.FOREIGN, State.UNAVAILABLE}
    assert {state for state in State if state.mark == "⚠"} == {State.REVERTED, State.TRIAL, State.GONE}


def test_a_harvested_file_without_a_number_is_named_after_its_producer(tmp_path: Path) -> None:
    """By the report of a build and by `deposit`, which knows its bytes already."""
    stored = store(tmp_path, declarations((SITE, 2023, 300000)), ORIGIN)
    assert named(stored) == f"f.csv (declarations, de Ville d'essai, {stored.short})"
    assert "de un particulier" not in named(replace(stored, origine=replace(ORIGIN, producteur=None)))
    options = ["--table", "declarations", "--emetteur", "130025265", "--raw", str(tmp_path / "raw")]
    command = [sys.executable, "-m", "greencloud", "deposit", str(tmp_path / "f.csv"), *options]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert f"publiés par Ville d'essai sur {REAL}" in done.stdout and "à la main" not in done.stdout

"""One service at a time on a data folder: a second one would undo what the first is about to finish."""

import os
import subprocess
import sys

import pytest

from portal import filings
from portal.errors import Conflict
from portal.filings import places
from portal.settings import PREFIX, Settings
from tests.portal.intake import REGISTER, hand_in, people
from tests.portal.process import ROOT
from tests.portal.service import running


def command(settings: Settings, *words: str) -> "subprocess.CompletedProcess[str]":
    """A command of an operator, on the folders of a service."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    given = {
        f"{PREFIX}{name.upper()}": str(getattr(settings, name)) for name in ("data", "raw", "published", "database")
    }
    line = [sys.executable, "-m", "greencloud", *words]
    return subprocess.run(line, env=kept | given, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)


def test_a_second_service_is_refused_and_the_other_commands_are_not(settings: Settings) -> None:
    with running(settings):
        second = command(settings, "portal", "--port", "0")
        assert (second.returncode != 0, "Traceback" in second.stderr) == (True, False)
        assert "Un portail sert déjà le dossier" in " ".join(second.stderr.split())
        invited = command(settings, "portal-invitation", "--courriel", "a@b.fr")
        assert "/invitation/" in invited.stdout, invited.stderr
        saved = command(settings, "portal-sauvegarde", str(settings.data.parent / "sauvegarde"))
        assert saved.returncode == 0, saved.stderr
    with running(settings) as again:  # the lock ends with its service
        visitor, _ = people(again.database)
        assert filings.check(again.database, settings, hand_in(again.database, settings, visitor, REGISTER)).readable


def test_the_folder_is_held_until_the_service_ends(settings: Settings) -> None:
    with places.alone(settings), pytest.raises(Conflict, match="sert déjà"), places.alone(settings):
        pass
    with places.alone(settings):
        pass

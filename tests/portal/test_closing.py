"""An account that the operator closes: whoever left gets in no more, a manager neither."""

import sys

import pytest

from greencloud.cli import main
from portal.models import Token
from tests.portal import intake
from tests.portal.service import AGENT_MAIL, MANAGER_MAIL, SIREN, Service


@pytest.fixture
def command(anew: Service, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> "Command":
    monkeypatch.setenv("GREENCLOUD_PORTAIL_DATA", str(anew.settings.data))
    monkeypatch.setenv("GREENCLOUD_PORTAIL_DATABASE", anew.settings.database)
    return Command(monkeypatch, capsys)


class Command:
    """`greencloud portal-fermeture`, as an operator types it."""

    def __init__(self, patch: pytest.MonkeyPatch, output: pytest.CaptureFixture[str]) -> None:
        self._patch, self._output = patch, output

    def __call__(self, mail: str, *words: str) -> tuple[int | str | None, str]:
        """How it ends, and what it says."""
        self._patch.setattr(sys, "argv", ["greencloud", "portal-fermeture", "--courriel", mail, *words])
        with pytest.raises(SystemExit) as ended:
            main()
        said = self._output.readouterr()
        return ended.value.code, said.out + said.err


def test_a_manager_who_left_gets_in_no_more(anew: Service, command: Command) -> None:
    manager = anew.browser(MANAGER_MAIL)
    assert manager.get("/gestion").status_code == 200
    assert command(MANAGER_MAIL)[0] in (0, None)
    assert manager.get("/gestion").headers["location"].startswith("/connexion")
    assert anew.browser().sign_in(MANAGER_MAIL).status_code == 422
    assert command(MANAGER_MAIL, "--rouvrir")[0] in (0, None)
    assert anew.browser(MANAGER_MAIL).get("/gestion").status_code == 200


def test_keys_and_rights_end_with_the_account(anew: Service, command: Command) -> None:
    intake.token(anew.database, intake.agent(anew.database, AGENT_MAIL, SIREN))
    command(AGENT_MAIL)
    command(AGENT_MAIL, "--rouvrir")
    with anew.database.reading() as session:
        assert [token.revoque_le is not None for token in session.query(Token)] == [True]
    assert anew.browser(AGENT_MAIL).get(f"/organismes/{SIREN}").status_code == 404


def test_an_unknown_address_is_told(command: Command) -> None:
    code, said = command("personne@exemple.gouv.fr")
    assert code == 2 and "Aucun compte" in said and "Traceback" not in said

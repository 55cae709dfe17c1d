"""The ids are kept whole, for each platform apart, and a file that is no state is refused."""

from pathlib import Path

import pytest

from greencloud.datagouv import token
from greencloud.datagouv.errors import Unfit
from greencloud.datagouv.state import State
from greencloud.datagouv.token import Token

MARK = ("essai", "principal")


def test_ids_are_found_again(tmp_path: Path) -> None:
    path = tmp_path / "sous" / "etat.json"
    state = State(path, "https://demo")
    assert state.dataset_id(MARK) is None
    state.keep(MARK, "d1", {"b": "2", "a": "1"})
    assert not path.exists()  # planning writes nothing
    state.save()
    again = State(path, "https://demo")
    assert (again.dataset_id(MARK), dict(again.resource_ids(MARK))) == ("d1", {"a": "1", "b": "2"})
    assert [item.name for item in path.parent.iterdir()] == ["etat.json"]


def test_platforms_do_not_mix(tmp_path: Path) -> None:
    path = tmp_path / "etat.json"
    for platform in ("https://demo", "https://prod"):
        state = State(path, platform)
        state.keep(MARK, platform, {})
        state.save()
    assert State(path, "https://demo").dataset_id(MARK) == "https://demo"
    assert State(path, "https://prod").dataset_id(MARK) == "https://prod"


def test_nothing_new_writes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "etat.json"
    first = State(path, "p")
    first.keep(MARK, "d1", {})
    first.save()
    before = path.stat().st_mtime_ns
    again = State(path, "p")
    again.keep(MARK, "d1", {})
    again.save()
    assert path.stat().st_mtime_ns == before


def test_a_link_to_the_file_stays_a_link(tmp_path: Path) -> None:
    real, link = tmp_path / "ailleurs" / "etat.json", tmp_path / "etat.json"
    real.parent.mkdir()
    link.symlink_to(real)
    state = State(link, "p")
    state.keep(MARK, "d1", {})
    state.save()
    assert link.is_symlink() and State(real, "p").dataset_id(MARK) == "d1"


@pytest.mark.parametrize(
    "content",
    [
        "{",
        "[]",
        "{}",
        '{"version": 2}',
        '{"version": 1, "plateformes": []}',
        '{"version": 1, "plateformes": {"p": []}}',
        '{"version": 1, "plateformes": {"p": {"m": 1}}}',
        '{"version": 1, "plateformes": {"p": {"m": {"id": 3}}}}',
        '{"version": 1, "plateformes": {"p": {"m": {"id": "d", "ressources": {"a": ["r"]}}}}}',
        "[" * 200_000,
    ],
)
def test_a_file_that_is_no_state_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "etat.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(Unfit, match=r"« etat\.json »"):
        State(path, "p")


def test_a_token_comes_from_a_file_else_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(token.VARIABLE, raising=False)
    assert token.read() is None
    monkeypatch.setenv(token.VARIABLE, " de-la-variable\n")
    path = tmp_path / "jeton"
    path.write_text("du-fichier\n", encoding="ascii")
    variable, file = token.read(), token.read(path)
    assert variable is not None
    assert file is not None
    assert (variable.reveal(), file.reveal()) == ("de-la-variable", "du-fichier")


def test_a_token_is_never_shown() -> None:
    assert "secret" not in f"{Token('secret')!r} {Token('secret')}"


@pytest.mark.parametrize("text", ["", "deux mots", "clé", "a\nb", "a\x00", "x" * 4097])
def test_what_is_no_token_is_refused_without_showing_it(tmp_path: Path, text: str) -> None:
    path = tmp_path / "jeton"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(Unfit) as refused:
        token.read(path)
    assert not text or text not in str(refused.value)


def test_a_missing_token_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(Unfit, match="« rien », est introuvable"):
        token.read(tmp_path / "rien")

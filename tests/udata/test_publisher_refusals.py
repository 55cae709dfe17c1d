"""The publisher against the real server: what it must not write over, and what it does not leave behind."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from greencloud.datagouv import uploads
from greencloud.datagouv.client import Client
from greencloud.datagouv.errors import Unfit, Unverified
from greencloud.datagouv.planning import Action
from greencloud.datagouv.session import publication
from greencloud.datagouv.token import Token
from tests.udata import small
from tests.udata.publisher import QUICK, Publisher
from tests.udata.running import Udata, environment
from tests.udata.standing import Published
from tests.udata.truth import Truth, sha1


def test_an_archived_dataset_is_told_not_filled(own: Published) -> None:
    own.truth.send("PUT", f"/1/datasets/{own.main['id']}/", {**_kept(own), "archived": "2026-01-01T00:00:00"})
    with pytest.raises(Unfit, match="est archivé sur la plateforme"):
        own.publisher.plan(own.edition)


def test_a_deleted_dataset_is_told_then_left_behind(own: Published) -> None:
    """The platform still lists to us what we deleted: it must not be found again, nor counted as a twin."""
    own.truth.send("DELETE", f"/1/datasets/{own.main['id']}/")
    with pytest.raises(Unfit, match="a été supprimé sur la plateforme"):
        own.publisher.plan(own.edition)
    own.publisher.state.unlink()
    assert own.publisher.publish(own.edition)[0].action is Action.CREATE
    assert own.publisher.plan(own.edition) == []


def test_an_older_edition_does_not_follow_a_newer_one_by_mistake(own: Published) -> None:
    release = "9999-12-31-00000000"
    own.truth.send("PUT", f"/2/datasets/{own.main['id']}/extras/", {"gcn:release": release})
    with pytest.raises(Unfit, match=rf"édition {release}, plus récente que .*--revenir"):
        own.publisher.publish(own.edition)
    with publication(replace(own.publisher.order(own.edition), back=True), writes=False, pace=QUICK) as found:
        assert [step.action for step in found.plan()] == [Action.MARK]


def test_a_dataset_of_another_publication_is_not_taken_for_ours(own: Published) -> None:
    own.truth.send("PUT", f"/2/datasets/{own.main['id']}/extras/", {"gcn:publication": "une-autre"})
    with pytest.raises(Unfit, match="un jeu d'une autre publication \\(une-autre / principal\\)"):
        own.publisher.plan(own.edition)


def test_a_filled_double_is_told_and_left_alone(own: Published) -> None:
    """Somebody has copied our marks to another dataset of theirs: what it holds is not ours to remove."""
    copied = {key: own.main[key] for key in ("title", "description", "extras")}
    twin = own.truth.send("POST", "/1/datasets/", {**copied, "organization": own.publisher.organization})
    with pytest.raises(Unfit, match=rf"est 2 fois sur la plateforme \(.*{twin['id']}/\)"):
        own.publisher.plan(own.edition)


def test_what_was_replaced_before_it_is_read_back_is_told(own: Published) -> None:
    small.change_row(own.edition)
    table = own.resources[f"principal/{small.TABLE}"]
    with publication(own.publisher.order(own.edition), writes=True, pace=QUICK) as found:
        found.apply(lambda step: None)
        address = f"{own.publisher.url}/api/1/datasets/{own.main['id']}/resources/{table['id']}/upload/"
        answer = own.truth.http.post(address, files={"file": ("autre.csv", b"x" * 100_000, "text/csv")})
        assert answer.status_code == 200
        with pytest.raises(Unverified, match="repris à son adresse stable, n'est pas le fichier envoyé"):
            found.verify()


def test_marks_that_somebody_else_copied_bring_nothing(own: Published, tmp_path: Path) -> None:
    """Anyone may write our extras on a dataset of theirs: only the owner's datasets are looked at."""
    other = Publisher(own.publisher.url, own.publisher.token, own.truth.organization(), tmp_path / "autre")
    assert {step.action for step in other.plan(own.edition)} == {Action.CREATE, Action.SEND}


def test_a_file_that_changes_while_it_is_sent_leaves_nothing(
    udata: Udata, truth: Truth, editions: dict[str, Path], tmp_path: Path
) -> None:
    publisher = Publisher(udata.url, udata.token, truth.organization(), tmp_path)
    order = publisher.order(editions["first"])
    with publication(order, writes=True, pace=QUICK) as found:
        archive = next(step.file.path for step in found.plan() if step.file and step.file.name.endswith(".zip"))
        assert archive is not None
        with archive.open("ab") as file:
            file.write(b"autre")
        with pytest.raises(Unfit, match="a changé sur le disque"):
            found.apply(lambda step: None)
    left = [item["title"] for item in truth.datasets(publisher.organization)[0]["resources"]]
    assert archive.name not in left and left
    publisher.publish(editions["first"])
    assert publisher.plan(editions["first"]) == []


@pytest.mark.parametrize("octets", [0, 1, 16, 17, 24, 25])
def test_files_come_whole_at_the_edges_of_parts(
    standing: Published, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, octets: int
) -> None:
    """In one piece up to 16 bytes, else in parts of 8: 24 is a whole number of them."""
    monkeypatch.setattr(uploads, "CHUNKED_ABOVE", 16)
    monkeypatch.setattr(uploads, "PART", 8)
    path = tmp_path / f"bord-{octets}.csv"
    path.write_bytes(bytes(range(65, 65 + octets)))
    with Client(standing.publisher.url, Token(standing.publisher.token), QUICK) as client:
        body = {"title": "Bords", "description": "Bords.", "organization": standing.truth.organization()}
        made = client.upload(client.create_dataset(body)["id"], path, path.name)
    assert (made["filesize"], made["checksum"]["value"]) == (octets, sha1(path.read_bytes()))
    assert standing.truth.content(made) == path.read_bytes()


def test_the_command_says_for_whom_and_where(own: Published) -> None:
    publisher = own.publisher
    asked = ["--url", publisher.url, "--organisation", publisher.organization, "--etat", str(publisher.state)]
    command = [sys.executable, "-m", "greencloud", "publish", str(own.edition), *asked, "--apply"]
    done = subprocess.run(
        [*command, "--fichier-jeton", str(publisher.folder / "jeton")],
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "pour l'organisation « Organisation" in done.stdout
    assert f"{publisher.url}/datasets/{own.main['id']}/ (score de qualité 9 sur 9)" in done.stdout


def _kept(own: Published) -> dict[str, object]:
    return {key: value for key, value in own.main.items() if key not in ("resources", "extras")}

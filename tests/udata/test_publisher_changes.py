"""The publisher against the real server: what it changes, what it leaves alone, how it sends, and its command."""

import subprocess
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from greencloud.datagouv import files, uploads
from greencloud.datagouv.client import Client
from greencloud.datagouv.errors import Refused
from greencloud.datagouv.pace import Pace
from greencloud.datagouv.planning import Action
from greencloud.datagouv.token import Token
from tests.udata import small
from tests.udata.proxy import Fault, Proxy
from tests.udata.publisher import QUICK, Publisher
from tests.udata.running import Udata, environment
from tests.udata.standing import Published
from tests.udata.truth import Truth, as_producer, sha1

FOREIGN = {"autre:cle": "à nous seuls"}


# ---- what is changed, and what is left alone ----


def test_an_update_keeps_tags_years_titles_and_what_others_put_there(own: Published, editions: dict[str, Path]) -> None:
    before = own.main
    address = f"/1/datasets/{before['id']}"
    remote = {
        "title": "Ailleurs",
        "url": "https://example.org/a.csv",
        "filetype": "remote",
        "type": "other",
        "format": "csv",
    }
    foreign = own.truth.send("POST", f"{address}/resources/", remote)
    own.truth.send("PUT", f"/2/datasets/{before['id']}/extras/", FOREIGN)
    table = own.resources[f"principal/{small.TABLE}"]
    own.truth.send("PUT", f"/2/datasets/{before['id']}/resources/{table['id']}/extras/", FOREIGN)
    # The server puts what is new in front.
    assert [step.action for step in own.publisher.plan(own.edition)] == [Action.ORDER]

    own.publisher.publish(editions["second"])
    after = own.main
    assert (after["tags"], after["temporal_coverage"]) == (before["tags"], before["temporal_coverage"])
    assert after["description"] != before["description"]
    titles = {item["extras"].get("gcn:ressource"): item["title"] for item in after["resources"]}
    assert titles[small.TABLE] == table["title"] and titles[small.SCHEMA].endswith("(relu)")
    assert small.GONE not in titles and small.COME in titles
    assert {**after["extras"], **FOREIGN} == after["extras"]
    assert {**own.resources[f"principal/{small.TABLE}"]["extras"], **FOREIGN} == own.resources[
        f"principal/{small.TABLE}"
    ]["extras"]
    kept = [item for item in after["resources"] if item["id"] == foreign["id"]]
    assert [(item["title"], item["url"], item["extras"]) for item in kept] == [
        ("Ailleurs", "https://example.org/a.csv", {})
    ]
    assert own.publisher.plan(editions["second"]) == []


def test_what_somebody_changed_by_hand_is_seen_and_mended(own: Published) -> None:
    main = own.main
    wanted = own.truth.picture(own.publisher.organization)
    table = own.resources[f"principal/{small.TABLE}"]
    address = f"/1/datasets/{main['id']}"
    square = {"type": "MultiPolygon", "coordinates": [[[[0, 45], [1, 45], [1, 46], [0, 46], [0, 45]]]]}
    spatial = {"geom": square, "zones": None, "granularity": "other"}  # one kind stays unless emptied by name
    own.truth.send("PUT", f"{address}/", {"title": "Renommé", "description": main["description"], "spatial": spatial})
    own.truth.send("PUT", f"{address}/resources/{table['id']}/", {"title": "table.csv"})
    own.truth.send("DELETE", f"{address}/resources/{own.resources[f'principal/{small.GONE}']['id']}/")
    steps = own.publisher.plan(own.edition)
    assert {step.action for step in steps} >= {Action.UPDATE, Action.DESCRIBE, Action.SEND}
    own.publisher.publish(own.edition)
    mended = own.truth.picture(own.publisher.organization)
    assert mended == wanted


def test_the_publication_of_another_organisation_is_another(standing: Published, tmp_path: Path) -> None:
    other = standing.truth.udata.producers[1]
    publisher = Publisher(standing.publisher.url, other.token, other.organization, tmp_path)
    publisher.publish(standing.edition)
    ids = {item["id"] for item in as_producer(standing.truth.udata, other).datasets(other.organization)}
    assert len(ids) == 2 and not ids & {item["id"] for item in standing.datasets}
    assert standing.publisher.plan(standing.edition) == []


def test_reserved_extras_are_refused_in_french(standing: Published) -> None:
    with (
        Client(standing.publisher.url, Token(standing.publisher.token), QUICK) as client,
        pytest.raises(Refused, match="refusé par la plateforme") as refused,
    ):
        client.merge_extras(standing.main["id"], {"recommendations": "x"})
    assert refused.value.status == 400


# ---- large files, and the pace ----


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A file just above what goes in one piece."""
    path = tmp_path_factory.mktemp("large") / "grosse-table.csv"
    path.write_bytes(b"".join(b"%09d\n" % number for number in range(uploads.CHUNKED_ABOVE // 10 + 1)))
    yield path
    path.unlink()


@pytest.mark.parametrize(
    "fault", [None, Fault("cut_after", path="/upload/$", skip=2), Fault("cut_before", path="/upload/$", skip=2)]
)
def test_a_large_file_goes_in_parts_and_comes_whole(
    standing: Published, proxy: Proxy, large: Path, fault: Fault | None
) -> None:
    udata = standing.truth.udata
    with Client(proxy.url, Token(udata.token), Pace(request_s=0, first_retry_s=0.1, tries=3)) as client:
        body = {"title": "Grand", "description": "Grand.", "organization": standing.truth.organization()}
        dataset = client.create_dataset(body)["id"]
        proxy.misbehave(*([fault] if fault else []))
        made = client.upload(dataset, large, large.name)
    assert len([seen for seen in proxy.seen if seen.method == "POST"]) >= uploads.parts(large.stat().st_size) + 1
    held = standing.truth.send("GET", f"/1/datasets/{dataset}/")["resources"]
    assert [(item["id"], item["filesize"]) for item in held] == [(made["id"], large.stat().st_size)]
    assert sha1(standing.truth.content(held[0])) == held[0]["checksum"]["value"] == files.sha1(large)


def test_uploads_are_a_second_apart_at_the_usual_pace(
    udata: Udata, truth: Truth, proxy: Proxy, editions: dict[str, Path], tmp_path: Path
) -> None:
    publisher = Publisher(proxy.url, udata.token, truth.organization(), tmp_path)
    publisher.publish(editions["first"])
    proxy.behave()
    publisher.publish(editions["second"], Pace(request_s=0))
    sent = [seen.at for seen in proxy.seen if seen.path.endswith("/upload/")]
    assert len(sent) == 6 and min(later - earlier for earlier, later in pairwise(sent)) >= 1.1


# ---- the command ----


def test_the_command_prints_a_plan_then_refuses_a_wrong_token(standing: Published, tmp_path: Path) -> None:
    wrong = tmp_path / "jeton"
    wrong.write_text("udata_faux", encoding="ascii")
    asked = ["--url", standing.publisher.url, "--organisation", standing.publisher.organization]
    state = ["--etat", str(tmp_path / "etat.json"), "--fichier-jeton"]
    command = [sys.executable, "-m", "greencloud", "publish", str(standing.edition), *asked, *state]

    good = subprocess.run(
        [*command, str(standing.publisher.folder / "jeton")],
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert good.returncode == 0 and "correspond déjà à l'édition" in good.stdout, good.stderr
    bad = subprocess.run(
        [*command, str(wrong), "--apply"], env=environment(), capture_output=True, text=True, check=False
    )
    assert bad.returncode == 2 and "Traceback" not in bad.stderr
    assert "udata_faux" not in bad.stdout + bad.stderr

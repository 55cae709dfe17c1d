"""What producers are told in public: once, without a value, and thanked when their file is mended."""

from pathlib import Path

import pytest

from greencloud.datagouv.client import Client
from greencloud.datagouv.pace import Pace
from greencloud.datagouv.token import Token
from greencloud.harvest import harvesting
from greencloud.harvest.replies import Replies
from tests.harvest.producing import CENTRES, EVERYBODY, SITE, cleared, declarations, publishers
from tests.udata.proxy import Fault, Proxy
from tests.udata.running import Udata

FAST = Pace(request_s=0, first_retry_s=0.01, longest_wait_s=0.1, timeout_s=10)
SECRET = "Blockhaus n° 7"


@pytest.fixture
def platform() -> Udata:
    """The server without a dataset."""
    return cleared()


def harvest(url: str, token: str, raw: Path) -> list[str]:
    """A harvest that answers; what was said of each answer, where there was one."""
    with Client(url, Token(token), FAST) as client, harvesting(client, raw, mandates=EVERYBODY) as current:
        replies = Replies(client)
        return [told for outcome in current.outcomes() if (told := replies.reply(outcome))]


def texts(discussion: dict[str, list[dict[str, str]]]) -> list[str]:
    return [message["content"] for message in discussion["discussion"]]


def test_a_broken_file_is_told_once_and_closed_when_mended(platform: Udata, tmp_path: Path) -> None:
    hospital = publishers(platform)[1]
    dataset, resource = hospital.publish(
        "d.csv", declarations((SITE, 2023, SECRET), (SITE, 2024, 300000), (SITE, 2025, SECRET)), "declarations"
    )
    assert harvest(platform.url, platform.token, tmp_path) == ["Le producteur en est averti par une discussion."]
    (discussion,) = hospital.discussions(dataset)
    (text,) = texts(discussion)
    assert "1 ligne acceptée, 2 rejetées" in text and "« energie_totale_kwh »" in text and "(lignes 2, 4)" in text
    assert SECRET not in text and SITE not in text and "d.csv" not in text

    assert harvest(platform.url, platform.token, tmp_path) == []
    assert harvest(platform.url, platform.token, tmp_path / "another folder") == []
    assert len(texts(hospital.discussions(dataset)[0])) == 1

    hospital.replace(dataset, resource, "d2.csv", declarations((SITE, 2023, SECRET)))
    assert harvest(platform.url, platform.token, tmp_path) == [
        "Le producteur en est averti dans la discussion ouverte."
    ]
    hospital.replace(dataset, resource, "d3.csv", declarations((SITE, 2023, 300000)))
    assert harvest(platform.url, platform.token, tmp_path) == ["Le producteur est remercié, la discussion est close."]
    (discussion,) = hospital.discussions(dataset)
    assert len(texts(discussion)) == 3 and discussion["closed"]
    assert harvest(platform.url, platform.token, tmp_path) == []

    hospital.replace(dataset, resource, "d4.csv", declarations((SITE, 2022, "x")))
    assert harvest(platform.url, platform.token, tmp_path) == ["Le producteur en est averti par une discussion."]
    assert len(hospital.discussions(dataset)) == 2


def test_a_file_that_comes_back_is_not_thanked_for(platform: Udata, tmp_path: Path) -> None:
    hospital = publishers(platform)[1]
    dataset, resource = hospital.publish("a.csv", declarations((SITE, 2023, 300000)), "declarations")
    harvest(platform.url, platform.token, tmp_path)
    hospital.replace(dataset, resource, "b.csv", declarations((SITE, 2023, 310000)))
    harvest(platform.url, platform.token, tmp_path)
    hospital.replace(dataset, resource, "a.csv", declarations((SITE, 2023, 300000)))
    assert harvest(platform.url, platform.token, tmp_path) == ["Le producteur en est averti par une discussion."]
    assert harvest(platform.url, platform.token, tmp_path) == []
    (text,) = texts(hospital.discussions(dataset)[0])
    assert "changez-y quelque chose" in text and "prises en compte" not in text
    hospital.replace(dataset, resource, "c.csv", declarations((SITE, 2023, 300001)))
    assert harvest(platform.url, platform.token, tmp_path) == ["Le producteur est remercié, la discussion est close."]


def test_a_good_file_is_not_written_about(platform: Udata, tmp_path: Path) -> None:
    hospital = publishers(platform)[1]
    dataset, _ = hospital.publish("c.csv", CENTRES, "centres")
    assert harvest(platform.url, platform.token, tmp_path) == []
    assert hospital.discussions(dataset) == []


def test_nothing_of_a_hostile_file_is_repeated(platform: Udata, tmp_path: Path) -> None:
    hospital = publishers(platform)[1]
    marks = ("<script>", "=cmd", "@tous", "[lien](", "Blockhaus")
    hostile = f'id_centre,annee,"<script>alert(1)</script>",=cmd|x,{SITE}\n@tous,"[lien](x)",Blockhaus,1,2\n'
    files = {
        "<script>.csv": (hostile, "declarations"),
        "=cmd.csv": (f"<html>{SECRET}</html>", "declarations"),
        "b.csv": (f"{SECRET},{SITE},x\n{SECRET},{SITE},x\n", "centres"),
        "c.csv": (declarations((SECRET, 2023, "=cmd"), ("<script>", 2024, "@tous")), "declarations"),
    }
    datasets = [hospital.publish(name, content, table)[0] for name, (content, table) in files.items()]
    assert len(harvest(platform.url, platform.token, tmp_path)) == len(files)
    for dataset in datasets:
        (discussion,) = hospital.discussions(dataset)
        for text in [discussion["title"], *texts(discussion)]:
            assert not [mark for mark in (*marks, SITE) if mark in text]


def test_what_others_write_is_no_answer_of_ours(platform: Udata, tmp_path: Path) -> None:
    us, hospital, town = publishers(platform)
    dataset, _ = hospital.publish("d.csv", declarations((SITE, 2023, "x")), "declarations")
    harvest(platform.url, platform.token, tmp_path)
    (ours,) = texts(hospital.discussions(dataset)[0])

    other, _ = hospital.publish("e.csv", declarations((SITE, 2022, "y")), "declarations")
    town.say(other, ours)
    assert harvest(platform.url, platform.token, tmp_path) == ["Le producteur en est averti par une discussion."]
    assert len(hospital.discussions(other)) == 2

    copy, _ = us.publish("f.csv", declarations((SITE, 2021, "z")), "declarations")
    town.say(copy, "Bonjour")
    assert harvest(platform.url, platform.token, tmp_path) == ["Le producteur en est averti par une discussion."]


@pytest.mark.parametrize("kind", ["cut_after", "status_after", "cut_before", "garbage", "cut_body"])
def test_an_answer_in_doubt_is_not_written_twice(platform: Udata, tmp_path: Path, kind: str) -> None:
    hospital = publishers(platform)[1]
    dataset, _ = hospital.publish("d.csv", declarations((SITE, 2023, "x")), "declarations")
    with Proxy(platform.url) as proxy:
        proxy.misbehave(Fault(kind, method="POST", path="/discussions/"))  # type: ignore[arg-type]
        (told,) = harvest(proxy.url, platform.token, tmp_path)
        assert told.startswith("Réponse au producteur non écrite.") and "relancez" in told
    harvest(platform.url, platform.token, tmp_path)
    (discussion,) = hospital.discussions(dataset)
    assert len(texts(discussion)) == 1

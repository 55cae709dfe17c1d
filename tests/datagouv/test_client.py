"""The client against answers that only a sick platform gives; the healthy one is in tests/udata."""

import hashlib
import re
import socket
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from greencloud.datagouv import client as client_module
from greencloud.datagouv import uploads
from greencloud.datagouv.client import Client
from greencloud.datagouv.errors import Ambiguous, BadAnswer, DatagouvError, Refused, TooLarge, Unfit, Unreachable
from greencloud.datagouv.pace import Pace, retry_after_s
from greencloud.datagouv.token import Token
from greencloud.datagouv.transport import ANSWER_MAX
from tests.datagouv.answering import Answer, Scripted, answering, said

QUICK = Pace(request_s=0, first_retry_s=0, tries=3, timeout_s=5)
HTML = Answer(200, b"<html>Maintenance</html>", {"Content-Type": "text/html; charset=utf-8"})
GONE = Answer(cut=0)
HALF = Answer(200, b'{"id": "d1"}', cut=5)

Call = Callable[[Client], object]


def read(client: Client) -> object:
    return client.dataset("d1")


def write(client: Client) -> object:
    return client.put_dataset("d1", {"title": "x"})


def create(client: Client) -> object:
    return client.create_dataset({"title": "x"})


REPEATABLE: list[Call] = [read, write, lambda client: client.delete_resource("d", "r")]


def refusal(call: Call, *answers: Answer, token: Token | None = None) -> tuple[DatagouvError, int]:
    """How the call fails, and how many times it was asked."""
    with answering(*answers) as server, Client(server.url, token, QUICK) as client:
        with pytest.raises(DatagouvError) as found:
            call(client)
        return found.value, len(server.asked)


@pytest.mark.parametrize("call", REPEATABLE)
@pytest.mark.parametrize("fault", [GONE, HALF, *(said({}, status) for status in (408, 425, 429, 502, 503, 504))])
def test_what_cannot_double_is_asked_again(call: Call, fault: Answer) -> None:
    with answering(fault, fault, said({"id": "d1"})) as server, Client(server.url, pace=QUICK) as client:
        call(client)
        assert len(server.asked) == 3


@pytest.mark.parametrize("call", REPEATABLE)
@pytest.mark.parametrize("fault", [GONE, said({}, 503)])
def test_it_is_given_up_after_some_tries(call: Call, fault: Answer) -> None:
    error, count = refusal(call, fault)
    assert isinstance(error, Unreachable)
    assert count == 3
    assert "après 3 essais" in str(error)


@pytest.mark.parametrize("call", REPEATABLE)
def test_a_server_error_is_told_at_once(call: Call) -> None:
    error, count = refusal(call, said({"message": "boum"}, 500))
    assert isinstance(error, Refused)
    assert (count, error.status, error.detail) == (1, 500, "boum")


@pytest.mark.parametrize(
    "fault", [GONE, HALF, HTML, Answer(201, b"{"), *(said({}, status) for status in (408, 429, 500, 502, 503))]
)
def test_a_creation_in_doubt_is_asked_once(fault: Answer) -> None:
    error, count = refusal(create, fault)
    assert isinstance(error, Ambiguous)
    assert count == 1
    assert "C'est peut-être fait, peut-être pas" in str(error)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 410, 413, 415, 423])
def test_a_refused_creation_is_no_doubt(status: int) -> None:
    error, count = refusal(create, said({"message": "non"}, status))
    assert isinstance(error, Refused)
    assert (count, error.status) == (1, status)


def test_a_creation_that_was_never_sent_is_tried_again() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, not listening: the connection is refused
        waits: list[float] = []
        pace = Pace(request_s=0, tries=3, sleep=waits.append)
        with Client(f"http://127.0.0.1:{taken.getsockname()[1]}", pace=pace) as client, pytest.raises(Unreachable):
            create(client)
    assert len(waits) == 2


@pytest.mark.parametrize("identifier", ["", ".", ".."])
def test_an_identifier_that_names_another_path_is_refused(identifier: str) -> None:
    error, count = refusal(lambda client: client.delete_resource("d1", identifier), said({}))
    assert isinstance(error, BadAnswer)
    assert count == 0


@pytest.mark.parametrize(
    "page",
    [{}, {"data": None}, {"data": 5}, {"data": [1]}, {"data": [{"title": "x"}]}, {"data": [], "next_page": "x"}],
)
def test_what_is_no_page_is_not_the_end_of_a_list(page: object) -> None:
    """A publisher would create what it took for absent."""
    error, _ = refusal(lambda client: list(client.datasets()), said(page))
    assert isinstance(error, BadAnswer)
    assert "pas la forme attendue" in str(error)


def test_a_doubt_says_how_long_the_platform_asks_to_wait() -> None:
    error, _ = refusal(create, said({}, 429, Retry_After="90"))
    assert isinstance(error, Ambiguous)
    assert error.after_s == 90


def test_words_of_the_platform_command_no_terminal() -> None:
    error, _ = refusal(create, said({"message": "\x1b[2Jeffacé\ud800"}, 400))
    assert "\x1b" not in str(error)
    assert "[2Jeffacé" in str(error).encode().decode()


def test_this_machine_is_reached_without_a_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    with answering(said({"id": "d1"})) as server, Client(server.url, Token("secret"), QUICK) as client:
        assert client.dataset("d1")["id"] == "d1"


def test_the_token_is_not_in_the_address_of_a_redirection() -> None:
    answer = said({}, 302, Location="https://ailleurs/?cle=secret-a-moi")
    error, _ = refusal(read, answer, token=Token("secret-a-moi"))
    assert "secret-a-moi" not in str(error)


def test_a_refusal_cut_in_the_middle_is_still_one() -> None:
    error, _ = refusal(create, Answer(400, b'{"errors": {"title": ["x"]}}', cut=5))
    assert isinstance(error, Refused)
    assert error.status == 400


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (HTML, "au lieu d'une réponse de l'API, text/html"),
        (Answer(200, b"{", {"Content-Type": "application/json"}), "du JSON abîmé"),
        (Answer(200, b"[" * 200_000), "du JSON abîmé"),
        (Answer(200, b"{}", {}), "un contenu sans type"),
        (said([]), "n'est pas un objet"),
        (said({}, 302, Location="https://ailleurs/"), "renvoie vers « https://ailleurs/ »"),
        (said({"title": "Sans id"}), "n'a pas la forme attendue (« id »)"),
        (said({"id": "../autre"}), "n'a pas la forme attendue (« id »)"),
        (said({"id": "d1", "extras": []}), "(« extras »)"),
        (said({"id": "d1", "tags": ["a", 1]}), "(« tags »)"),
        (said({"id": "d1", "temporal_coverage": "2024"}), "(« temporal_coverage »)"),
        (said({"id": "d1", "resources": [1]}), "(« resources »)"),
        (said({"id": "d1", "resources": [{"id": "r"}]}), "(« latest »)"),
        (said({"id": "d1", "resources": [{"id": "r", "latest": "x", "checksum": "sha1"}]}), "(« checksum »)"),
        (Answer(200, b"x", {"Content-Type": "application/json", "Content-Encoding": "gzip"}), "est compressée"),
        (Answer(200, b" " * (ANSWER_MAX + 1)), "dépasse 16,8 Mo"),
    ],
)
def test_what_is_no_answer_of_the_api_is_refused(answer: Answer, sentence: str) -> None:
    error, count = refusal(read, answer)
    assert isinstance(error, BadAnswer)
    assert sentence in str(error)
    assert count == 1


def test_retry_after_is_honoured() -> None:
    waits: list[float] = []
    pace = Pace(request_s=0, sleep=waits.append)
    with (
        answering(said({}, 429, Retry_After="3"), said({"id": "d1"})) as server,
        Client(server.url, pace=pace) as client,
    ):
        read(client)
    assert waits == [3.0]


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "7"}, 7.0),
        ({"Retry-After": "Sun, 22 Nov 2026 12:00:07 GMT", "Date": "Sun, 22 Nov 2026 12:00:00 GMT"}, 7.0),
        ({"Retry-After": "Sun, 22 Nov 2026 11:00:00 GMT", "Date": "Sun, 22 Nov 2026 12:00:00 GMT"}, 0.0),
        ({"Retry-After": "Sun, 22 Nov 2026 12:00:07 GMT"}, None),
        ({"Retry-After": "Mon, 01 Jan 2026 99999999999999999999:00:00 GMT"}, None),
        ({"Retry-After": "bientôt".encode()}, None),
        ({"Retry-After": "-1"}, None),
        ({}, None),
    ],
)
def test_retry_after_is_seconds_or_a_date_counted_from_the_answers_own(
    headers: dict[str, str | bytes], seconds: float | None
) -> None:
    given = [(name.encode(), value if isinstance(value, bytes) else value.encode()) for name, value in headers.items()]
    assert retry_after_s(httpx.Response(503, headers=given)) == seconds


def test_a_platform_that_asks_for_too_long_is_left_alone() -> None:
    error, count = refusal(read, said({}, 503, Retry_After="3600"))
    assert isinstance(error, Unreachable)
    assert count == 1
    assert "d'attendre 3600 secondes" in str(error)


def test_waits_grow_and_are_the_same_each_time() -> None:
    waits: list[list[float]] = []
    for _ in range(2):
        waits.append([])
        pace = Pace(request_s=0, tries=5, sleep=waits[-1].append)
        with answering(GONE) as server, Client(server.url, pace=pace) as client, pytest.raises(Unreachable):
            read(client)
    assert waits[0] == waits[1]
    assert all(2**number <= wait <= 1.5 * 2**number for number, wait in enumerate(waits[0]))


def test_the_token_goes_to_the_api_and_into_no_message() -> None:
    error, _ = refusal(read, said({"message": "jeton tres-secret inconnu"}, 403), token=Token("tres-secret"))
    assert "tres-secret" not in f"{error} {getattr(error, 'detail', '')}"
    with answering(said({"id": "d1"})) as server, Client(server.url, Token("tres-secret"), QUICK) as client:
        read(client)
        headers = {name.lower(): value for name, value in server.asked[0].headers.items()}
    assert headers["x-api-key"] == "tres-secret"
    assert re.fullmatch(r"greencloud/\d+\.\d+\.\d+", headers["user-agent"])


def test_a_download_carries_no_token_and_follows_to_the_file(tmp_path: Path) -> None:
    moved, content = Answer(302, b"", {"Location": "/s/fichier.csv"}), b"a,b\n1,2\n"
    with (
        answering(moved, GONE, moved, Answer(200, content, {"Content-Type": "text/csv"})) as server,
        Client(server.url, Token("tres-secret"), QUICK) as client,
    ):
        got = client.download(f"{server.url}/r/1", tmp_path / "f.csv", 100)
        assert not any("x-api-key" in (name.lower() for name in asked.headers) for asked in server.asked)
    assert (got.path.read_bytes(), got.octets, got.content_type) == (content, 8, "text/csv")
    assert got.sha1 == hashlib.sha1(content, usedforsecurity=False).hexdigest()
    assert got.url == f"{server.url}/s/fichier.csv"
    assert [path.name for path in tmp_path.iterdir()] == ["f.csv"]


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (Answer(200, b"x" * 101, {}), TooLarge),
        (Answer(404, b"", {}), Refused),
        (Answer(302, b"", {"Location": "/encore"}), BadAnswer),
        (Answer(302, b"", {"Location": "ftp://ailleurs/"}), BadAnswer),
        (Answer(200, b"x" * 50, {}, cut=10), Unreachable),
    ],
)
def test_a_download_that_fails_leaves_nothing(tmp_path: Path, answer: Answer, kind: type[DatagouvError]) -> None:
    with answering(answer) as server, Client(server.url, pace=QUICK) as client, pytest.raises(kind):
        client.download(f"{server.url}/r/1", tmp_path / "f.csv", 100)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:1/x", "http://[::1]/x", "http://10.0.0.1/x", "http://169.254.169.254/"]
)
def test_a_declared_address_never_leads_into_a_private_network(tmp_path: Path, url: str) -> None:
    with Client("https://exemple.data.gouv.fr", pace=QUICK) as client, pytest.raises(BadAnswer, match="réseau privé"):
        client.download(url, tmp_path / "x", 100)


@pytest.mark.parametrize(
    "base",
    [
        "http://exemple.fr",
        "ftp://exemple.fr",
        "https://moi:mot@exemple.fr",
        "https://exemple.fr/?x=1",
        "https://",
        "::",
    ],
)
def test_a_token_is_not_sent_in_clear(base: str) -> None:
    with pytest.raises(Unfit):
        Client(base)


def test_an_address_with_api_is_the_same_platform() -> None:
    with Client("https://exemple.fr/api/1/") as one, Client("https://exemple.fr") as two:
        assert one.base == two.base == "https://exemple.fr"


def test_pages_are_read_to_the_last_and_nothing_comes_twice() -> None:
    first = said({"data": [{"id": "a"}, {"id": "b"}], "next_page": "x"})
    last = said({"data": [{"id": "b"}, {"id": "c"}], "next_page": None})
    with answering(first, last) as server, Client(server.url, pace=QUICK) as client:
        assert [item["id"] for item in client.datasets(schema="x")] == ["a", "b", "c"]
        assert asked_pages(server) == ["schema=x&page=1&page_size=50", "schema=x&page=2&page_size=50"]


def asked_pages(server: Scripted) -> list[str]:
    """The page and its size, as each request gave them."""
    return [asked.path.partition("?")[2] for asked in server.asked]


def test_a_page_too_large_is_read_item_by_item(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client_module, "_PAGE", 2)
    large = Answer(200, b" " * (ANSWER_MAX + 1))
    answers = [
        *(said({"data": [{"id": "a"}, {"id": "b"}], "next_page": "x"}), large),
        *(said({"data": [{"id": name}], "next_page": "x"}) for name in "cd"),
        said({"data": [{"id": "e"}], "next_page": None}),
    ]
    with answering(*answers) as server, Client(server.url, pace=QUICK) as client:
        assert [item["id"] for item in client.datasets()] == ["a", "b", "c", "d", "e"]
    places = [(1, 2), (2, 2), (3, 1), (4, 1), (3, 2)]
    assert asked_pages(server) == [f"page={page}&page_size={size}" for page, size in places]


def test_an_item_too_large_by_itself_is_told() -> None:
    error, count = refusal(lambda client: list(client.datasets()), Answer(200, b" " * (ANSWER_MAX + 1)))
    assert isinstance(error, TooLarge)
    assert count == 2


def test_a_part_that_was_stored_though_its_answer_was_lost_is_not_a_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "CHUNKED_ABOVE", 10)
    monkeypatch.setattr(uploads, "PART", 8)
    path = tmp_path / "gros.csv"
    path.write_bytes(b"0123456789abcdef!")
    part, exists = said({"success": True}), said({"message": "FileExists"}, 500)
    with (
        answering(
            part, GONE, exists, part, said({"id": "r1", "latest": "https://x/r1", "success": True}, 201)
        ) as server,
        Client(server.url, pace=QUICK) as client,
    ):
        assert client.upload("d1", path, "gros.csv")["id"] == "r1"
        bodies = [asked.body for asked in server.asked]
    assert [re.findall(rb"\r\n\r\n([0-9a-f!]{1,8})\r\n--[0-9a-f]+--", body) for body in bodies[:4]] == [
        [b"01234567"],
        [b"89abcdef"],
        [b"89abcdef"],
        [b"!"],
    ]
    assert len({re.findall(rb'name="uuid"\r\n\r\n([0-9a-f-]{36})', body)[0] for body in bodies}) == 1
    assert b"partindex" not in bodies[4]


def test_a_part_that_is_refused_at_first_is_a_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "CHUNKED_ABOVE", 10)
    path = tmp_path / "gros.csv"
    path.write_bytes(b"0123456789abcdef!")
    error, count = refusal(lambda client: client.upload("d1", path, "gros.csv"), said({"message": "non"}, 500))
    assert isinstance(error, Refused)
    assert count == 1


def test_deleting_what_is_gone_is_done() -> None:
    with answering(said({}, 404)) as server, Client(server.url, pace=QUICK) as client:
        client.delete_resource("d", "r")
        client.delete_dataset("d")


def test_identifiers_stay_in_their_place_of_the_address() -> None:
    with answering(said({"id": "x"})) as server, Client(server.url, pace=QUICK) as client:
        client.dataset("../../me/?x=1")
        assert server.asked[0].path == "/api/1/datasets/..%2F..%2Fme%2F%3Fx%3D1/"

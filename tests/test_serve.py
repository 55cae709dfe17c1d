"""`greencloud serve`: what it shows, what it never gives, and how it is told."""

import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from greencloud import showing

PAGE = "<!DOCTYPE html><title>Édition</title>"


@pytest.fixture
def published(tmp_path: Path) -> Path:
    """A folder of editions with a page, a table, a hidden file, and links that lead out."""
    folder = tmp_path / "published"
    edition = folder / "editions" / "2026-05-14-00000000"
    (edition / "tableaux-de-bord").mkdir(parents=True)
    (edition / showing.HOME).write_text(PAGE, encoding="utf-8")
    (edition / "a.csv").write_text("a\n1\n", encoding="utf-8")
    (edition / ".cache").write_text("caché", encoding="utf-8")
    (tmp_path / "secret.txt").write_text("secret", encoding="utf-8")
    (edition / "lien.csv").symlink_to(tmp_path / "secret.txt")
    (edition / "dossier").symlink_to(tmp_path)
    (folder / "current").symlink_to(Path("editions") / edition.name)
    return folder


@pytest.fixture
def address(published: Path) -> Iterator[str]:
    """The command in a process of its own: the address that it prints."""
    command = [sys.executable, "-m", "greencloud", "serve", "--published", str(published), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, encoding="utf-8") as process:
        assert process.stdout is not None
        yield process.stdout.readline().split(" : ")[1].strip().removesuffix(f"/{showing.HOME}")
        process.terminate()


def test_the_current_edition_is_shown_on_this_machine(address: str) -> None:
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+", address)
    home = httpx.get(f"{address}/", follow_redirects=True)
    assert (home.status_code, home.text) == (200, PAGE)
    assert home.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "default-src 'self'" in home.headers["Content-Security-Policy"]
    table = httpx.get(f"{address}/a.csv?annee=2024")
    assert (table.text, table.headers["Content-Type"]) == ("a\n1\n", "text/csv; charset=utf-8")
    head = httpx.head(f"{address}/a.csv")
    assert (head.status_code, head.headers["Content-Length"], head.content) == (200, "4", b"")
    assert httpx.post(f"{address}/a.csv").status_code == 501


OUTSIDE = (
    "/absent.html",
    "/tableaux-de-bord",
    "/tableaux-de-bord/",
    "/.cache",
    "/lien.csv",
    "/dossier/secret.txt",
    "/../../secret.txt",
    "/%2e%2e/%2e%2e/secret.txt",
    "/..%2f..%2fsecret.txt",
    "//etc/passwd",
    "http://[/",
    "/a.csv%00",
    "/a.csv%ff",
    "/..\\..\\secret.txt",
    "/" + "a" * 5000,
)


@pytest.mark.parametrize("target", OUTSIDE)
def test_nothing_else_is_given(published: Path, target: str) -> None:
    assert showing.found(published / "current", target) is None


def test_what_is_not_there_is_told_in_french(address: str) -> None:
    host, port = address.removeprefix("http://").split(":")
    for target in OUTSIDE:
        with socket.create_connection((host, int(port))) as link:
            link.sendall(f"GET {target} HTTP/1.0\r\n\r\n".encode())
            answer = b"".join(iter(lambda: link.recv(65536), b"")).decode()
        assert answer.startswith("HTTP/1.1 404") and "Cette page n'existe pas" in answer and "secret" not in answer


def test_a_new_edition_is_shown_without_a_restart(published: Path, address: str) -> None:
    other = published / "editions" / "2026-06-01-00000000"
    (other / "tableaux-de-bord").mkdir(parents=True)
    (other / showing.HOME).write_text("nouvelle", encoding="utf-8")
    (published / "suivant").symlink_to(Path("editions") / other.name)
    (published / "suivant").rename(published / "current")
    assert httpx.get(f"{address}/{showing.HOME}").text == "nouvelle"


def answered(folder: Path, target: str) -> bytes:
    """What a server of this process answers before it ends the connection."""
    with (
        showing.server(folder, "127.0.0.1", 0) as server,
        socket.create_connection(("127.0.0.1", server.server_port)) as link,
    ):
        link.sendall(f"GET {target} HTTP/1.0\r\n\r\n".encode())
        server.handle_request()
        link.settimeout(10)
        return b"".join(iter(lambda: link.recv(65536), b""))


def test_a_file_that_has_just_gone_is_not_there(published: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(showing, "found", lambda folder, target: folder / "ancien.csv")
    assert answered(published / "current", "/ancien.csv").startswith(b"HTTP/1.1 404")


@pytest.mark.parametrize(("error", "told"), [(ConnectionResetError, False), (RuntimeError, True)])
def test_an_error_is_told_unless_the_browser_went_away(
    published: Path,
    error: type[Exception],
    told: bool,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def fail(*_: object) -> None:
        raise error("essai")

    monkeypatch.setattr(showing, "found", fail)
    assert answered(published / "current", "/a.csv") == b""
    assert ("essai" in capsys.readouterr().err) is told


def test_without_an_edition_or_a_port_it_says_what_to_do(tmp_path: Path, published: Path, address: str) -> None:
    def told(*options: str) -> str:
        command = [sys.executable, "-m", "greencloud", "serve", *options]
        done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
        assert done.returncode == 2
        return done.stderr

    assert "greencloud build" in told("--published", str(tmp_path / "vide"))
    assert "--port 0" in told("--published", str(published), "--port", address.rsplit(":", 1)[1])


def test_the_help_tells_each_default_once() -> None:
    command = [sys.executable, "-m", "greencloud", "serve", "--help"]
    told = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=True).stdout
    assert re.findall(r"\(sinon : ([^)]+)\)", told) == ["data/published", "8765", "127.0.0.1"]

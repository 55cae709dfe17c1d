"""A declared address must not make us read a private network, whatever its name says at the moment."""

import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from greencloud.datagouv.client import Client
from greencloud.datagouv.errors import BadAnswer
from greencloud.datagouv.pace import Pace

ONCE = Pace(request_s=0, tries=1, timeout_s=5)


@pytest.mark.parametrize(
    "host",
    [
        "[::ffff:127.0.0.1]",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
        "[::7f00:1]",
        "[ff02::1]",
        "224.0.0.1",
        "169.254.169.254",
        "0x7f.1",
        "a:b@127.0.0.1",
    ],
)
def test_an_address_that_stands_for_a_private_one_is_refused(tmp_path: Path, host: str) -> None:
    with Client("https://exemple.data.gouv.fr", pace=ONCE) as client, pytest.raises(BadAnswer, match="réseau privé"):
        client.download(f"http://{host}:1/d.csv", tmp_path / "f", 10)


def test_a_name_that_changes_between_two_looks_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"secret")

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    answers = ["93.184.215.14", "127.0.0.1"]
    real = socket.getaddrinfo

    def rebinding(host: str, port: int, *options: Any, **named: Any) -> Any:
        return real(answers.pop(0), port, *options, **named)

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        threading.Thread(target=http.serve_forever, daemon=True).start()
        monkeypatch.setattr(socket, "getaddrinfo", rebinding)
        url = f"http://rebinding.example.org:{http.server_address[1]}/d.csv"
        with (
            Client("https://exemple.data.gouv.fr", pace=ONCE) as client,
            pytest.raises(BadAnswer, match="réseau privé"),
        ):
            client.download(url, tmp_path / "f", 10)
        http.shutdown()
    assert not answers and not list(tmp_path.iterdir())

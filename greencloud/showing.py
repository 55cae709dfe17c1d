"""An edition over HTTP, for the eyes of whoever made it: read-only, its own files and nothing else.

It is no public web server: an edition is a folder of plain files, that any web server can show.
"""

import mimetypes
import os
import socket
import sys
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit

HOME = "tableaux-de-bord/index.html"
_TYPES = {
    ".csv": "text/csv; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json; charset=utf-8",
    ".md": "text/markdown; charset=utf-8",
    ".parquet": "application/vnd.apache.parquet",
    ".sql": "text/plain; charset=utf-8",
    ".ttl": "text/turtle; charset=utf-8",
}
_HEADERS = {
    "Cache-Control": "no-cache",  # the next edition comes to the same addresses
    "Content-Security-Policy": "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
_MISSING = (
    '<!DOCTYPE html><html lang="fr"><meta charset="utf-8"><title>Page introuvable</title>'
    "<p>Cette page n'existe pas dans l'édition. <a href=\"/{home}\">Revenir aux tableaux de bord</a>.</p></html>"
)
_PIECE = 1 << 20


class Server(ThreadingHTTPServer):
    """Shows one folder; close it, or use it in a `with` block."""

    daemon_threads = True

    def __init__(self, folder: Path, address: str, port: int) -> None:
        self.folder = folder
        self.address_family = socket.AF_INET6 if ":" in address else socket.AF_INET
        super().__init__((address, port), _Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Tell of an error, but for a browser that went away before the end: nobody is left to be told."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


def server(folder: Path, address: str, port: int) -> Server:
    """A server of a folder, bound and not yet answering; port 0: any free one. Raises OSError."""
    return Server(folder, address, port)


def found(folder: Path, target: str) -> Path | None:
    """The file that the target of a request names; None for one that is not an ordinary file of the folder.

    `folder` may be a link, such as `current`, that leads elsewhere between two requests; nothing in it may.
    """
    path = _path(target)
    if path is None:
        return None
    parts = PurePosixPath(path.lstrip("/") or HOME).parts
    if "\0" in path or "\\" in path or any(part in ("..", ".") or part.startswith(".") for part in parts):
        return None
    root = folder.resolve()
    place = root.joinpath(*parts)
    try:
        return place if place.is_file() and place.resolve() == place else None
    except OSError:  # a name that no file can have
        return None


def _path(target: str) -> str | None:
    """The path that the target of a request asks for; None when it is no address."""
    try:
        return unquote(urlsplit(target).path, errors="replace")
    except ValueError:
        return None


class _Handler(BaseHTTPRequestHandler):
    server: Server
    server_version = "greencloud"
    sys_version = ""
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        if _path(self.path) == "/":
            self._answer(HTTPStatus.FOUND, {"Location": f"/{HOME}", "Content-Length": "0"})
        elif (path := found(self.server.folder, self.path)) is None:
            self._missing()
        else:
            self._send(path)

    do_HEAD = do_GET

    def _send(self, path: Path) -> None:
        kind = _TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        try:
            file = path.open("rb")
        except OSError:  # the edition has just been changed for another
            self._missing()
            return
        with file:
            size = os.fstat(file.fileno()).st_size
            self._answer(HTTPStatus.OK, {"Content-Type": kind, "Content-Length": str(size)})
            while self.command == "GET" and (piece := file.read(_PIECE)):
                self.wfile.write(piece)

    def _missing(self) -> None:
        page = _MISSING.format(home=HOME).encode()
        headers = {"Content-Type": "text/html; charset=utf-8", "Content-Length": str(len(page))}
        self._answer(HTTPStatus.NOT_FOUND, headers)
        if self.command == "GET":
            self.wfile.write(page)

    def _answer(self, status: HTTPStatus, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {**headers, **_HEADERS}.items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: the browser shows what happens, and addresses may tell what somebody looked for."""

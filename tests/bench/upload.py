"""The memory that sending a large file takes, over that of a bare interpreter, against a real server.

The server is that of `tests/udata`, in a process of its own; so is what is measured (see `checkers.py`).
"""

import hashlib
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.bench.upload_peak import peak_mib
from tests.udata.running import Udata, missing, running

GIGABYTE = 10**9
ROW = 40
"""Bytes of one line of the large file."""
MOST_MIB = 64
"""What sending 1 GB may add to the memory of the interpreter, in MiB (issue 5, acceptance)."""


def bare_mib() -> float:
    """The memory of an interpreter that does nothing, in MiB."""
    program = [sys.executable, "-I", "-S", str(Path(__file__).with_name("upload_peak.py"))]
    return float(subprocess.run(program, capture_output=True, text=True, check=True).stdout)


def send(path: Path, url: str, token: str, organization: str) -> Mapping[str, Any]:
    """A new dataset and the file as its resource, through the product's own client; what the server has of it."""
    from greencloud.datagouv.client import Client
    from greencloud.datagouv.pace import Pace
    from greencloud.datagouv.token import Token

    with Client(url, Token(token), Pace(request_s=0)) as client:
        body = {"title": "Mesure", "description": "Un gros fichier.", "organization": organization}
        made = client.upload(client.create_dataset(body)["id"], path, path.name)
    return {"peak": peak_mib(), "sha1": made["checksum"]["value"], "octets": made["filesize"]}


def large_file(path: Path, octets: int) -> str:
    """Write a CSV of so many bytes, one line repeated; gives its sha1."""
    line = b"13002526500013-01,2024,438000.0,300000.\n" * 25_000
    digest = hashlib.sha1(usedforsecurity=False)
    with path.open("wb") as file:
        while octets > 0:
            piece = line[:octets]
            digest.update(piece)
            octets -= file.write(piece)
    return digest.hexdigest()


@contextmanager
def server(folder: Path) -> Iterator[Udata]:
    """The server; ends the bench with a sentence where it is not installed."""
    if reason := missing():
        raise SystemExit(reason)
    with running(folder) as udata:
        yield udata

"""A real PostgreSQL of its own: Debian's, on loopback, gone with the tests."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

_PLACES = (*sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True), Path("/usr/bin"), Path("/usr/local/bin"))
_PATIENCE = 30.0  # seconds


def programs() -> Path | None:
    """The folder of `postgres` and `initdb`; None on a machine without them."""
    return next((place for place in _PLACES if (place / "initdb").exists() and (place / "postgres").exists()), None)


@contextmanager
def server(bin_folder: Path) -> Iterator[str]:
    """The address of a server, as the portal takes it, with its database missing at the end."""
    folder = Path(tempfile.mkdtemp(prefix="greencloud-pg-"))
    user = _user()
    os.chown(folder, user.pw_uid, user.pw_gid)
    port = free_port()
    identity: dict[str, Any] = {}
    if os.geteuid() == 0:
        identity = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    initdb = [f"{bin_folder}/initdb", "-D", f"{folder}/base", "-U", "portail", "-A", "trust", "-E", "UTF8", "--no-sync"]
    subprocess.run(initdb, check=True, capture_output=True, cwd=folder, **identity)
    command = [f"{bin_folder}/postgres", "-D", f"{folder}/base", "-h", "127.0.0.1", "-p", str(port), "-k", ""]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, cwd=folder, **identity)
    address = f"postgresql+pg8000://portail@127.0.0.1:{port}"
    try:
        _wait(address, process)
        yield address
    finally:
        process.terminate()
        process.wait(_PATIENCE)
        shutil.rmtree(folder)


def run(address: str, statement: str) -> None:
    """One statement outside any transaction, such as CREATE DATABASE."""
    engine = create_engine(f"{address}/postgres", isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()


def free_port() -> int:
    """A port of loopback that nobody had a moment ago."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _user() -> pwd.struct_passwd:
    """PostgreSQL refuses to run as root."""
    return pwd.getpwnam("postgres") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())


def _wait(address: str, process: "subprocess.Popen[bytes]") -> None:
    end = time.monotonic() + _PATIENCE
    while True:
        try:
            return run(address, "SELECT 1")
        except (DBAPIError, SQLAlchemyError, OSError):
            assert process.poll() is None, "PostgreSQL ended before it answered"
            assert time.monotonic() < end, "PostgreSQL did not answer"
            time.sleep(0.1)

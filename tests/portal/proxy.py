"""A real nginx in front of a portal, with the example that operators copy: only names of places are changed."""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.portal.postgresql import free_port

EXAMPLE = Path(__file__).parents[2] / "deploiement" / "nginx.conf"
NAME = "depot.exemple.gouv.fr"
_PATIENCE = 20.0  # seconds


def program() -> str | None:
    """The nginx of PATH, else the one that `make test` unpacked; None on a machine without it."""
    return shutil.which("nginx") or shutil.which(Path(sys.prefix) / "nginx" / "usr" / "sbin" / "nginx")


@dataclass(frozen=True)
class Proxy:
    """Where it listens, and the certificate that its clients trust."""

    plain: int
    secure: int
    certificate: Path
    errors: Path


@contextmanager
def opened(nginx: str, folder: Path, portal: str) -> Iterator[Proxy]:
    """nginx in front of the portal at an address (`http://127.0.0.1:…`)."""
    errors = folder / "error.log"
    proxy = Proxy(free_port(), free_port(), folder / "certificate.pem", errors)
    certified(folder)
    command = [nginx, "-p", str(folder), "-e", str(errors), "-c", str(configured(proxy, folder, portal))]
    process = subprocess.Popen(command, stderr=subprocess.PIPE)
    try:
        _wait(proxy, process, errors)
        yield proxy
    finally:
        process.terminate()
        process.communicate(timeout=_PATIENCE)


def configured(proxy: Proxy, folder: Path, portal: str) -> Path:
    """The example with the places of the test, in a whole configuration."""
    text = EXAMPLE.read_text(encoding="utf-8")
    for before, after in (
        ("listen 80;", f"listen 127.0.0.1:{proxy.plain};"),
        ("listen 443 ssl;", f"listen 127.0.0.1:{proxy.secure} ssl;"),
        ("server 127.0.0.1:8750;", f"server {portal.removeprefix('http://')};"),
        ("/etc/ssl/portail/fullchain.pem", str(proxy.certificate)),
        ("/etc/ssl/portail/privkey.pem", str(folder / "key.pem")),
        ("/var/log/nginx/portail.log", str(folder / "access.log")),
        ("/var/log/nginx/portail-erreurs.log", str(folder / "error.log")),
    ):
        assert text.count(before) == 1, before
        text = text.replace(before, after)
    temporary = "".join(
        f"{kind}_temp_path {folder}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user = "user root;\n" if os.geteuid() == 0 else ""  # the workers write to the folder of the test
    whole = folder / "nginx.conf"
    head = f"{user}daemon off;\nworker_processes 1;\npid {folder}/pid;\nevents {{}}\n"
    whole.write_text(f"{head}http {{\n{temporary}{text}}}\n", encoding="utf-8")
    return whole


def certified(folder: Path) -> None:
    """A key, and a certificate of its own for the name of the example."""
    names = ["-subj", f"/CN={NAME}", "-addext", f"subjectAltName=DNS:{NAME}", "-days", "2"]
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", str(folder / "key.pem")]
    command = ["openssl", "req", "-x509", *key, "-out", str(folder / "certificate.pem"), *names]
    subprocess.run(command, check=True, capture_output=True, timeout=60)


def _wait(proxy: Proxy, process: "subprocess.Popen[bytes]", errors: Path) -> None:
    end = time.monotonic() + _PATIENCE
    while True:
        try:
            return socket.create_connection(("127.0.0.1", proxy.secure), timeout=1).close()
        except OSError:
            said = errors.read_text(encoding="utf-8") if errors.exists() else ""
            assert process.poll() is None and time.monotonic() < end, re.sub(r"^", "nginx: ", said, flags=re.M)
            time.sleep(0.05)

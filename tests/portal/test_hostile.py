"""Hostile files and senders at the API: refused or kept unread, nothing executed, the service up."""

import gzip
import io
import resource
import socket
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from portal import serving
from portal.filings import places
from tests.portal import intake, service
from tests.portal.conftest import placed
from tests.portal.intake import REGISTER, SITE
from tests.portal.service import Service

ROOT = Path(__file__).parents[2]
NAMES = (
    "../../../etc/passwd",
    "..",
    ".",
    "a/../../b.csv",
    "C:\\Windows\\win.ini",
    "\x00\x1b[2J.csv",
    "é" * 300 + ".csv",
    ".htaccess",
    '"; rm -rf / #.csv',
    "<script>alert(1)</script>.csv",
    "=cmd|' /C calc'!A0.csv",
    "a\r\nSet-Cookie: x=1.csv",
    "\u202evsc.exe",
)


_BOMB = 100
"""MiB that a few hundred KiB become: more than any honest file of that size."""


@pytest.fixture
def api(portal: Service) -> Iterator[httpx.Client]:
    agent = intake.agent(portal.database, service.AGENT_MAIL, service.SIREN)
    key = intake.token(portal.database, agent)
    with httpx.Client(
        base_url=f"{portal.address}/api/v1", headers={"Authorization": f"Bearer {key}"}, timeout=180
    ) as client:
        yield client


def send(api: httpx.Client, content: bytes, name: str = "a.csv", table: str = "centres") -> httpx.Response:
    return api.post("/depots", params={"nom": name, "table": table}, content=content)


@pytest.mark.parametrize("name", NAMES)
def test_no_name_leads_anywhere(name: str) -> None:
    safe = places.file_name(name)
    assert safe and not set(safe) & set("/\\\0\r\n\x1b") and not safe.startswith(".")
    assert len(safe.encode()) <= 200
    assert Path(safe).name == safe


def test_hostile_names_are_received_as_texts(api: httpx.Client, portal: Service) -> None:
    for number, name in enumerate(NAMES):
        answer = send(api, f"{REGISTER}{SITE[:-1]}{number % 8 + 2},Salle {number},D,etat,,75107\n".encode(), name)
        assert answer.status_code == 201, answer.text
        assert "set-cookie" not in answer.headers
    outside = [
        path for path in portal.settings.data.parent.rglob("*") if "passwd" in path.name or "win.ini" in path.name
    ]
    assert outside == []


def bombs() -> Iterator[tuple[str, bytes]]:
    block = b"0," * (1 << 19)
    pressed = io.BytesIO()
    with gzip.GzipFile(fileobj=pressed, mode="wb", compresslevel=1) as stream:
        for _ in range(_BOMB):
            stream.write(block)
    yield "a.csv.gz", pressed.getvalue()
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("a.csv", "w") as member:
        for _ in range(_BOMB):
            member.write(block)
    yield "a.zip", packed.getvalue()
    workbook = io.BytesIO()
    with zipfile.ZipFile(workbook, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        with archive.open("xl/worksheets/sheet1.xml", "w") as member:
            for _ in range(_BOMB):
                member.write(block)
    yield "a.xlsx", workbook.getvalue()
    laughs = '<!DOCTYPE x [<!ENTITY a "ha">' + "".join(
        f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9)
    )
    document = io.BytesIO()
    with zipfile.ZipFile(document, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", f"{laughs}]><office>&j;</office>")
    yield "a.ods", document.getvalue()
    yield "a.svg", b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(2)</script></svg>'
    yield "a.csv", b"\x00" * 1_000_000
    yield "a.csv", b'"' * 500_000
    yield "a.csv", b",".join([b"a"] * 200_000)


def test_bombs_are_told_and_the_service_stays_up(api: httpx.Client) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for name, content in bombs():
        began = time.monotonic()
        answer = send(api, content, name)
        assert answer.status_code in (201, 422), (name, answer.status_code, answer.text[:300])
        if answer.status_code == 201:
            assert answer.json()["controle"]["acceptees"] == 0
        assert time.monotonic() - began < 150
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < 300_000  # KiB: this process holds the service and the sender, neither of which opens anything
    assert send(api, REGISTER.encode()).status_code == 201


def test_formulas_and_html_in_cells_stay_texts(api: httpx.Client) -> None:
    cells = (
        '=HYPERLINK("http://x")',
        "<script>alert(1)</script>",
        "+1+1",
        "@SUM(A1)",
        "{{ 7*7 }}",
        "'; DROP TABLE depot; --",
    )
    lines = "".join(
        f'{SITE[:-1]}{number},"{cell.replace(chr(34), chr(34) * 2)}",D,etat,salle_serveurs,75107\n'
        for number, cell in enumerate(cells, 1)
    )
    answer = send(api, (REGISTER.splitlines()[0] + "\n" + lines).encode())
    assert answer.status_code == 201
    path = f"/depots/{answer.json()['id']}"
    rejects = api.get(f"{path}/rejets")
    assert rejects.headers["content-type"].startswith("text/csv")
    assert "attachment" in rejects.headers["content-disposition"]
    assert not any(cell.startswith(("=", "@")) for line in rejects.text.splitlines() for cell in line.split(","))
    assert api.get("/depots").status_code == 200


def test_a_stream_without_end_is_cut_at_the_limit(portal: Service, api: httpx.Client) -> None:
    from dataclasses import replace

    limited = replace(portal.settings, largest_file=3 << 20)
    portal.app.state.settings = limited
    for route in portal.app.routes:
        if getattr(route, "path", "") == "/api/v1":
            route.app.state.settings = limited  # type: ignore[attr-defined]
    sent = 0

    def endless() -> Iterator[bytes]:
        nonlocal sent
        for _ in range(2048):  # 2 GiB
            sent += 1 << 20
            yield b"0" * (1 << 20)

    try:
        answer = api.post("/depots", params={"nom": "a.csv", "table": "centres"}, content=endless())
        assert answer.status_code == 413
    except httpx.WriteError:  # the server hung up amid the stream, which is as good
        pass
    assert sent < 2 << 30
    assert intake.files(portal.settings.data / "quarantaine") == []
    assert api.get("/depots").json()["depots"] == []


def test_a_disk_without_room_to_spare_takes_no_file_and_keeps_those_it_took(tmp_path: Path) -> None:
    with service.running(placed(tmp_path)) as roomy:
        service.peopled(roomy.database)
        key = intake.token(roomy.database, intake.agent(roomy.database, service.AGENT_MAIL, service.SIREN))
        bearer = {"Authorization": f"Bearer {key}"}
        kept = httpx.post(f"{roomy.address}/api/v1/depots", params={"nom": "a.csv"}, content=REGISTER, headers=bearer)
    sent = 0

    def much() -> Iterator[bytes]:
        nonlocal sent
        for _ in range(64):
            sent += 1
            yield b"0" * (1 << 20)

    with service.running(placed(tmp_path, least_room=1 << 60)) as full:
        ready = httpx.get(f"{full.address}/sante/pret")
        assert (ready.status_code, ready.json()["place"], ready.json()["base"]) == (503, False, True)
        with httpx.Client(base_url=f"{full.address}/api/v1", headers=bearer, timeout=60) as api:
            refused = api.post("/depots", params={"nom": "b.csv"}, content=b"a,b\n")
            assert (refused.status_code, refused.headers["content-type"]) == (507, "application/problem+json")
            assert "presque plus de place" in refused.json()["detail"] and int(refused.headers["retry-after"]) > 0
            assert api.post("/depots", params={"nom": "b.csv"}, content=much()).status_code == 507
            path = f"/depots/{kept.json()['id']}"
            assert api.get(f"{path}/rapport").json()["valid"] is True
            assert api.post(f"{path}/confirmation", json={}).json()["etat"] == "confirme"
        browser = full.browser(service.AGENT_MAIL)
        files = [("fichiers", ("b.csv", REGISTER.encode(), "text/csv"))]
        page = browser.post(f"/organismes/{service.SIREN}/deposer", {"table": ""}, files=files)
        assert page.status_code == 507 and "<h1>" in page.text and int(page.headers["retry-after"]) > 0
        typed = browser.post(f"/organismes/{service.SIREN}/sites/{SITE}", {"nom_site": "B", "organisme": "D"})
        assert typed.status_code == 507 and "presque plus de place" in typed.text
        assert intake.files(full.settings.data / "quarantaine") == []


def test_what_is_typed_is_read_by_the_worker_alone() -> None:
    """In a process of its own: ours holds the worker's code."""
    program = (
        "import sys\nfrom portal.web import entry\n"
        "found = entry.problems('centres', [{'id_centre': 'faux', 'nom_site': '=1+1'}])\n"
        "assert 'id_centre' in [one.field for one in found], found\n"
        "print([name for name in ('pandas', 'frformat', 'greencloud.checking.machine') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("[]\n", "")


def test_a_sender_who_leaves_amid_a_file_leaves_nothing(portal: Service, api: httpx.Client) -> None:
    parts = urlsplit(portal.address)
    with socket.create_connection((parts.hostname, parts.port)) as raw:
        head = f"POST /api/v1/depots?nom=a.csv&table=centres HTTP/1.1\r\nHost: {parts.netloc}\r\n"
        head += f"Authorization: {api.headers['authorization']}\r\nContent-Length: 100000\r\n\r\n"
        raw.sendall(head.encode() + b"x" * 1000)
        time.sleep(0.5)
    deadline = time.monotonic() + 10
    while intake.files(portal.settings.data / "quarantaine") and time.monotonic() < deadline:
        time.sleep(0.1)
    assert intake.files(portal.settings.data / "quarantaine") == []
    assert api.get("/depots").json()["depots"] == []


def test_control_characters_in_parameters_are_no_headers_and_no_lines(api: httpx.Client) -> None:
    answer = api.post("/depots", params={"nom": "a.csv\r\nX-Evil: 1", "table": "centres"}, content=REGISTER)
    assert answer.status_code == 201
    assert "x-evil" not in answer.headers
    assert answer.json()["nom"] == "a.csvX-Evil: 1"
    assert api.get("/depots", params={"avant": "\x00"}).status_code in (200, 422)


def test_slow_senders_hold_nobody_up_and_are_cut(portal: Service) -> None:
    parts = urlsplit(portal.address)
    lorises = [socket.create_connection((parts.hostname, parts.port)) for _ in range(200)]
    try:
        for loris in lorises:
            loris.sendall(b"POST /api/v1/depots HTTP/1.1\r\nHost: x\r\nX-A")
        began = time.monotonic()
        assert httpx.get(f"{portal.address}/sante/vivant").status_code == 200
        assert time.monotonic() - began < 5
        for loris in lorises:
            loris.settimeout(serving.PATIENCE + 10)
            assert loris.recv(1) == b""
    finally:
        for loris in lorises:
            loris.close()

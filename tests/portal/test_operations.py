"""What an operator installs: the unit, the container file, the proxy, and the guide that tells of them."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
from dataclasses import fields, replace
from itertools import takewhile
from pathlib import Path

import pytest

from portal import serving
from portal.database import Database, NoPortal
from portal.settings import PREFIX, Settings, SettingsError, from_environment
from portal.worker.__main__ import MEMORY
from tests.portal.conftest import placed
from tests.portal.postgresql import free_port
from tests.portal.service import running
from tests.portal.test_alone import command

ROOT = Path(__file__).parents[2]
DEPLOYMENT = ROOT / "deploiement"
GUIDE = ROOT / "docs" / "portail.md"
HADOLINT = shutil.which("hadolint") or shutil.which(Path(sys.prefix) / "hadolint" / "bin" / "hadolint")


def run(*command: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False, timeout=60)


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd on this machine")
def test_the_unit_is_sound(tmp_path: Path) -> None:
    text = (DEPLOYMENT / "portail.service").read_text(encoding="utf-8")
    unit = tmp_path / "portail.service"
    # systemd wants the program to be there; everything else is verified as it is.
    unit.write_text(re.sub(r"^ExecStart=\S+", "ExecStart=/bin/true", text, flags=re.M), encoding="utf-8")
    done = run("systemd-analyze", "verify", unit)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_a_reading_that_takes_too_much_memory_does_not_end_the_service() -> None:
    """On the two cores of the model. Untold, systemd ends the whole unit with any process that the kernel kills."""
    text = (DEPLOYMENT / "portail.service").read_text(encoding="utf-8")
    gib = int(re.search(r"^MemoryMax=(\d+)G$", text, flags=re.M).group(1))  # type: ignore[union-attr]
    assert gib << 30 > 2 * 2 * MEMORY and "\nOOMPolicy=continue\n" in text


def test_the_settings_of_the_unit_are_settings() -> None:
    """systemd and the shell of the guide read the same file; what it comments out is as it should be too."""
    text = (DEPLOYMENT / "portail.env").read_text(encoding="utf-8")
    plain = re.sub(rf"^# (?={PREFIX})", "", text, flags=re.M)
    told = run("env", "-i", "sh", "-c", f"set -a\n{plain}\nunset PWD OLDPWD SHLVL _\nenv")
    given = dict(line.split("=", 1) for line in told.stdout.splitlines())
    settings = from_environment(given)
    assert told.stderr == "" and settings.secure and settings.smtp and settings.database
    assert {str(folder.parent) for folder in (settings.data, settings.raw, settings.published)} == {
        "/var/lib/greencloud"
    }


INSTRUCTIONS = {
    "FROM",
    "ENV",
    "WORKDIR",
    "COPY",
    "RUN",
    "USER",
    "VOLUME",
    "EXPOSE",
    "STOPSIGNAL",
    "HEALTHCHECK",
    "ENTRYPOINT",
}


@pytest.mark.skipif(HADOLINT is None, reason="no hadolint here (`make test` installs PyPI's)")
def test_the_container_file_passes_its_linter(tmp_path: Path) -> None:
    assert HADOLINT is not None
    done = run(HADOLINT, "--no-color", DEPLOYMENT / "Containerfile")
    assert (done.returncode, done.stdout + done.stderr) == (0, "")
    bad = tmp_path / "Containerfile"
    bad.write_text("FROM python\n")
    assert run(HADOLINT, bad).returncode != 0


def instructions() -> list[tuple[str, str]]:
    text = (DEPLOYMENT / "Containerfile").read_text(encoding="utf-8")
    whole = re.sub(r"\\\n\s*", "", re.sub(r"^#.*\n", "", text, flags=re.M))
    return [(name, rest) for name, _, rest in (line.partition(" ") for line in whole.splitlines() if line)]


def test_the_container_file_is_sound() -> None:
    """Fixed images, no root at the end, no shell form, sources that exist, no secret."""
    found = instructions()
    assert {name for name, _ in found} <= INSTRUCTIONS | {"CMD"}
    images = [rest.split()[0] for name, rest in found if name == "FROM"]
    assert all(":" in image and not image.endswith(":latest") for image in images)
    users = [rest for name, rest in found if name == "USER"]
    assert users and users[-1].isdecimal() and users[-1] != "0"
    assert all(rest.startswith("[") for name, rest in found if name in ("ENTRYPOINT", "CMD"))
    copied = [rest.split()[:-1] for name, rest in found if name == "COPY" and "--from" not in rest]
    assert copied and all((ROOT / source).exists() for sources in copied for source in sources)
    assert not any("SECRET" in rest or "PASSWORD" in rest for name, rest in found if name == "ENV")


def test_the_guide_tells_each_setting_and_no_other() -> None:
    text = GUIDE.read_text(encoding="utf-8")
    table = re.findall(r"^\| ((?:`[A-Z_]+`(?:, )?)+) \|", text, flags=re.M)
    told = {name for row in table for name in re.findall(r"`([A-Z_]+)`", row)}
    assert told == {field.name.upper() for field in fields(Settings)}
    elsewhere = "".join(path.read_text(encoding="utf-8") for path in DEPLOYMENT.iterdir())
    used = set(re.findall(rf"{PREFIX}([A-Z_]+)", elsewhere))
    assert used <= told | {"LARGEST_FILE"}


def test_a_place_typed_wrong_becomes_no_portal(tmp_path: Path) -> None:
    """A command that only looks, a start that cannot be: neither leaves a folder or a database behind."""
    settings = placed(tmp_path)
    database = Database(settings)
    with pytest.raises(NoPortal, match="démarrez d’abord"), database.reading():
        database.engine.connect()
    database.close()
    with pytest.raises(SettingsError):
        Database(replace(settings, database="mysql://x"))
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(SystemExit):
        serving.server(settings, "127.0.0.1", taken.getsockname()[1]).run()
    assert not settings.data.exists()
    settings.data.mkdir()  # a folder of somebody else's
    with pytest.raises(NoPortal):
        database.engine.connect()
    assert list(settings.data.iterdir()) == []


def test_a_command_on_a_folder_that_is_no_portal_says_so(tmp_path: Path) -> None:
    environment = {f"{PREFIX}DATA": str(tmp_path / "portial"), "PATH": "/usr/bin", "PYTHONPATH": str(ROOT)}
    for words in (("portal-fermeture", "--courriel", "a@b.fr"), ("audit", "verify"), ("portal-sauvegarde", "s.tar")):
        command = [sys.executable, "-m", "greencloud", *words]
        done = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 2 and "portail" in done.stderr and "Traceback" not in done.stderr, done.stderr
    assert list(tmp_path.iterdir()) == []


def test_limits_that_would_refuse_every_large_file_are_refused() -> None:
    with pytest.raises(SettingsError, match="DAILY_OCTETS"):
        from_environment({f"{PREFIX}DAILY_OCTETS": "1024"})


def test_the_guide_shows_what_a_portal_that_is_ready_answers(settings: Settings) -> None:
    [shown] = re.findall(r'`(\{"etat".*?\})`', GUIDE.read_text(encoding="utf-8"))
    with running(settings) as service:
        assert service.browser().get("/sante/pret").json() == json.loads(shown)


def test_the_token_of_a_script_is_told_wherever_it_is_looked_for() -> None:
    helped = run(sys.executable, "-m", "greencloud", "deposit", "--help").stdout
    for text in (helped, GUIDE.read_text(encoding="utf-8"), (ROOT / "README.md").read_text(encoding="utf-8")):
        assert {"GREENCLOUD_JETON", "GREENCLOUD_JETON_FILE"} <= set(re.findall(r"GREENCLOUD_\w+", text))


def test_a_start_that_is_refused_says_nothing_before(settings: Settings) -> None:
    with running(settings) as service:
        second = command(settings, "portal", "--port", "0")
        assert (second.stdout, second.returncode != 0) == ("", True) and "sert déjà le dossier" in second.stderr
        port = service.address.rpartition(":")[2]
        elsewhere = replace(settings, data=settings.data / "autre")
        taken = command(elsewhere, "portal", "--port", port)
        assert "Portail de dépôt" not in taken.stdout and "n'a pas pu ouvrir" in " ".join(taken.stderr.split())


def test_the_address_follows_the_port(settings: Settings) -> None:
    """The links of the mails, and how the first invitation is made in another shell."""
    port = free_port()
    given = {f"{PREFIX}{name.upper()}": str(getattr(settings, name)) for name in ("data", "raw", "published")}
    kept = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    line = [sys.executable, "-m", "greencloud", "portal", "--port", str(port)]
    with subprocess.Popen(
        line, env=kept | given, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        told = list(takewhile(lambda said: "Ctrl+C" not in said, process.stdout or ()))
        process.terminate()
    assert told[0].startswith(f"Portail de dépôt : http://127.0.0.1:{port} ")
    assert told[-1].startswith(f"  {PREFIX}ADDRESS=http://127.0.0.1:{port} ") and "portal-invitation" in told[-1]


@pytest.mark.parametrize(("given", "asked"), [((), ""), (("PORT=8760",), " --port 8760")])
def test_make_takes_another_port(given: tuple[str, ...], asked: str) -> None:
    plain = {name: value for name, value in os.environ.items() if name not in ("PORT", "MAKEFLAGS")}
    line = ["make", "--no-print-directory", "-n", "-o", "setup", "portal", *given]
    told = subprocess.run(line, cwd=ROOT, env=plain, capture_output=True, text=True, check=False, timeout=60)
    assert told.stdout.splitlines()[-1].strip() == f".venv/bin/greencloud portal{asked}"


def test_the_proxy_passes_on_what_the_portal_relies_on() -> None:
    """`test_proxy` shows it at work, where there is an nginx."""
    text = (DEPLOYMENT / "nginx.conf").read_text(encoding="utf-8")
    before, *places = re.split(r"\blocation ", text)
    assert "proxy_set_header X-Forwarded-For $remote_addr;" in before  # never what the client pretends
    assert "proxy_set_header Host $host;" in before and "proxy_set_header X-Forwarded-Proto $scheme;" in before
    assert not any("proxy_set_header" in place for place in places)  # one in a place would put out all of the above
    octets = int(re.search(r"client_max_body_size (\d+)m;", text).group(1)) << 20  # type: ignore[union-attr]
    assert octets > Settings().largest_file

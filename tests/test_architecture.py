"""The shape of the house: imports go downwards, only flows know Prefect, fast commands are light."""

import ast
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
# From the ground up: a module imports its own layer and those before it.
LAYERS = (
    "greencloud",
    "greencloud.errors",
    "greencloud.durable",
    "greencloud.seals",
    "greencloud.descriptors",
    "greencloud.table_schema",
    "greencloud.tables",
    "greencloud.program",
    "greencloud.schema_lint",
    "greencloud.reading",
    "greencloud.deposits",
    "greencloud.rules",
    "greencloud.checking",
    "greencloud.readings",
    "greencloud.disclosure",
    "greencloud.readings",
    "greencloud.verdicts",
    "greencloud.storage",
    "greencloud.loading",
    "greencloud.warehouse",
    "greencloud.packaging",
    "greencloud.differences",
    "greencloud.editions",
    "greencloud.explain",
    "greencloud.datagouv",
    "greencloud.harvest",
    "greencloud.sample",
    "greencloud.rates",
    "greencloud.exports",
    "greencloud.imports",
    "greencloud.crosscheck",
    "greencloud.showing",
    "dashboards",
    "portal",
    "greencloud.cli",
    "greencloud.__main__",
    "flows",
)
PACKAGES = ("greencloud", "dashboards", "portal", "flows")
SOURCES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
HEAVY = ("frictionless", "pandas", "pandera", "plotly", "prefect")


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imported(source: str, package: str) -> Iterator[str]:
    """Every module or name that the source imports, inside functions too, as an absolute dotted name."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            yield from (f"{base}.{alias.name}" for alias in node.names)


def layer(name: str) -> str | None:
    """The most precise layer that holds a dotted name; None for what is not ours."""
    holders = [known for known in LAYERS if f"{name}.".startswith(f"{known}.")]
    return max(holders, key=len) if holders else None


def imports_of(path: Path) -> list[str]:
    name = module_name(path)
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    return list(imported(path.read_text(encoding="utf-8"), package))


def test_every_module_has_a_layer() -> None:
    unplaced = {module_name(path) for path in SOURCES if path != ROOT / "greencloud" / "__init__.py"}
    assert not {name for name in unplaced if layer(name) in (None, "greencloud")}


@pytest.mark.parametrize("path", SOURCES, ids=module_name)
def test_imports_go_downwards(path: Path) -> None:
    own = LAYERS.index(layer(module_name(path)) or "")
    upwards = [name for name in imports_of(path) if (above := layer(name)) and LAYERS.index(above) > own]
    assert not upwards


@pytest.mark.parametrize(
    "path", [path for path in SOURCES if "flows" not in path.relative_to(ROOT).parts], ids=module_name
)
def test_only_flows_know_prefect(path: Path) -> None:
    assert not [name for name in imports_of(path) if name.split(".")[0] in ("prefect", "flows")]


def test_an_upward_import_would_be_seen() -> None:
    source = "def late():\n    from ..warehouse import load\n    import greencloud.cli\n"
    assert list(imported(source, "greencloud.checking")) == ["greencloud.warehouse.load", "greencloud.cli"]
    assert layer("greencloud.warehouse.load") == "greencloud.warehouse"
    assert layer("pandas.DataFrame") is None


# What reads the bytes of a deposit: modules of the library, and what others of them can do with a file.
OPENING = (
    *("greencloud.reading", "greencloud.loading", "greencloud.verdicts", "greencloud.warehouse"),
    *("duckdb", "pandas", "openpyxl", "zipfile", "gzip"),
)
OPENING_CALLS = ("check_file", "read_table", "deposits.read", "deposits.scan", "deposits.store")
# What a page says; they open nothing.
WORDS_OF_THE_CHECK = tuple(f"greencloud.checking.{name}" for name in ("visible", "groups", "messages", "titles"))


def opened(source: str, package: str) -> list[str]:
    """What a source uses that opens deposits."""
    names = [
        name
        for name in imported(source, package)
        if any(f"{name}.".startswith(f"{known}.") for known in (*OPENING, "greencloud.checking"))
        and not name.startswith(WORDS_OF_THE_CHECK)
    ]
    calls = [ast.unparse(node.func) for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    return [*names, *(call for call in calls if call in OPENING_CALLS)]


@pytest.mark.parametrize("path", sorted((ROOT / "portal").rglob("*.py")), ids=module_name)
def test_only_the_worker_opens_what_is_received_or_typed(path: Path) -> None:
    """Forms too: what they give is written as a file, and read where files are read."""
    name = module_name(path)
    found = opened(path.read_text(encoding="utf-8"), name.rpartition(".")[0])
    assert not found or f"{name}.".startswith("portal.worker.")


def test_a_reading_outside_the_worker_would_be_seen() -> None:
    assert opened("from greencloud.checking import check_file\ncheck_file(1)", "portal.web") == [
        "greencloud.checking.check_file",
        "check_file",
    ]
    assert opened("from greencloud import deposits\ndeposits.scan(raw)", "portal") == ["deposits.scan"]
    assert opened("from greencloud.checking.visible import visible", "portal.web") == []


def test_the_command_line_starts_without_heavy_libraries() -> None:
    program = f"import json, sys, greencloud.cli; print(json.dumps([n for n in {HEAVY!r} if n in sys.modules]))"
    run = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert json.loads(run.stdout) == []


def kept_files() -> list[Path]:
    """The files of the repository, or nothing outside a clone."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=False).stdout.decode()
    return [path for name in listed.split("\0") if name and (path := ROOT / name).is_file()]


# Written with [.] and (?:) so that this file does not match itself.
PLACES = re.compile(
    rb"(?i)pypi[.]org|python[h]osted|npmjs[.](?:org|com)|deb[.]debian[.]org|(?<![\w.:/~])/(?:tmp|root|work|home|opt|Users)/"
)


def test_no_file_names_a_registry_or_a_machine() -> None:
    files = kept_files()
    if not files:
        pytest.skip("not a git clone")
    named = {path.relative_to(ROOT).as_posix(): PLACES.findall(path.read_bytes()) for path in files}
    assert not {name: found for name, found in named.items() if found}

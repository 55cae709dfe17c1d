"""What this program is made of: its code, its schemas, its references, the libraries that can change a result."""

import hashlib
import json
import platform
from collections.abc import Iterable
from functools import cache
from importlib.metadata import version
from pathlib import Path

from greencloud import tables

# Whatever else than our own code can change a published byte.
LIBRARIES = (
    "duckdb",
    "frformat",
    "frictionless",
    "greencloud",
    "isodate",
    "jinja2",
    "numpy",
    "opening-hours-py",
    "pandas",
    "phonenumberslite",
    "plotly",
    "python-calamine",
    "python-dateutil",
    "scipy",
    "tzdata",
    "validators",
)
_NOT_CODE = frozenset({"__pycache__", "_schemas", "_reference"})


@cache
def program() -> dict[str, dict[str, str]]:
    """`schemas` and `code` (path -> sha256), `versions`: looked up once, like what a process runs with."""
    package, schemas = Path(__file__).parent, tables.schemas_dir()
    copied = (*schemas.glob("*/schema.json"), *schemas.glob("*/exemple-valide.csv"))  # into the edition too
    return {
        "schemas": _hashes(schemas, copied),
        "code": _hashes(package.parent, [*package.rglob("*"), *(package.parent / "dashboards").rglob("*")]),
        "versions": {name: version(name) for name in LIBRARIES},
    }


def references() -> dict[str, str]:
    """The dated reference tables: name -> sha256."""
    folder = tables.reference_dir()
    return _hashes(folder, folder.glob("*.csv"))


def fingerprint() -> str:
    """What decides the verdict on given bytes, in one sha256: all of the above and Python itself."""
    made_of = {**program(), "references": references(), "python": platform.python_version()}
    return hashlib.sha256(json.dumps(made_of, sort_keys=True).encode()).hexdigest()


def file_sha256(path: Path) -> str:
    """The sha256 of a file's bytes, in hexadecimal. Raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _hashes(root: Path, paths: Iterable[Path]) -> dict[str, str]:
    """Path below `root` -> sha256: the same in a checkout and in an installed package, whatever was compiled there."""
    names = {path.relative_to(root): path for path in paths if path.is_file()}
    return {
        name.as_posix(): file_sha256(names[name])
        for name in sorted(names, key=Path.as_posix)
        if not _NOT_CODE.intersection(name.parts) and not any(part.startswith(".") for part in name.parts)
    }

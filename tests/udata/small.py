"""Small editions for tests that publish many times: a real one, cut down to a few files, and the next one after it."""

import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from greencloud.editions import draft
from tests.published import DEPOSITS, connection

TABLE, SCHEMA = "couverture.csv", "schemas/couverture/schema.json"
GONE, COME = "regles.md", "dictionnaire.md"
_ALWAYS = ("LISEZMOI.md", "datapackage.json", "dcat.ttl", "edition.json")
_REJECTS = ("rejets.csv", "schemas/rejets/schema.json")
Package = dict[str, Any]


def whole(folder: Path) -> Path:
    """A real edition of few rows, published in `folder`."""
    with draft(connection(), folder, DEPOSITS) as work:
        pass
    return work.destination


def both(edition: Path, folder: Path) -> dict[str, Path]:
    """The two small editions, by their names."""
    return {"first": first(edition, folder / "first"), "second": second(edition, folder / "second")}


def first(edition: Path, folder: Path) -> Path:
    """One table, its schema, one document and the rejects of an edition."""
    return _cut(edition, folder, {TABLE, SCHEMA, GONE, *_REJECTS, *_ALWAYS}, lambda package: None)


def second(edition: Path, folder: Path) -> Path:
    """What follows `first`: one row changed, one document gone, another come, a title and a description mended."""

    def mended(package: Package) -> None:
        package["description"] += " Précisé depuis."
        _resource(package, SCHEMA)["title"] += " (relu)"

    made = _cut(edition, folder, {TABLE, SCHEMA, COME, *_REJECTS, *_ALWAYS}, mended)
    change_row(made)
    return made


def change_row(edition: Path) -> None:
    """Change one cell of one row of the table: `complet` to `absent`; the description and the sums follow."""
    path = edition / TABLE
    text = path.read_text(encoding="utf-8")
    assert "complet" in text
    path.write_text(text.replace("complet", "absent", 1), encoding="utf-8", newline="")
    _write(edition, lambda package: None)


def _cut(edition: Path, folder: Path, kept: set[str], mend: Callable[[Package], None]) -> Path:
    made = folder / edition.resolve().name
    for name in sorted(kept):
        (made / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(edition / name, made / name)
    _write(made, mend)
    return made


def _write(edition: Path, mend: Callable[[Package], None]) -> None:
    """The package of the files that are there, then the sums."""
    path = edition / "datapackage.json"
    package = json.loads(path.read_text(encoding="utf-8"))
    package["resources"] = [item for item in package["resources"] if (edition / item["path"]).is_file()]
    for item in package["resources"]:
        content = (edition / item["path"]).read_bytes()
        item["bytes"], item["hash"] = len(content), f"sha256:{hashlib.sha256(content).hexdigest()}"
    mend(package)
    path.write_text(json.dumps(package, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    found = sorted(item for item in edition.rglob("*") if item.is_file() and item.name != "SHA256SUMS")
    lines = [
        f"{hashlib.sha256(item.read_bytes()).hexdigest()}  {item.relative_to(edition).as_posix()}\n" for item in found
    ]
    (edition / "SHA256SUMS").write_text("".join(lines), encoding="utf-8")


def _resource(package: Package, path: str) -> dict[str, Any]:
    found: dict[str, Any] = next(item for item in package["resources"] if item["path"] == path)
    return found

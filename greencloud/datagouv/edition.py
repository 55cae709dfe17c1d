"""An edition as it lies on disk, whole and unaltered: what a publication is made from."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from greencloud.datagouv.errors import Unfit
from greencloud.descriptors import SchemaError, read_json

CHECKSUMS = "SHA256SUMS"
_SYNTHETIC = "greencloud:synthetique"
_AGAIN = "Refaites l'édition avec greencloud build."


@dataclass(frozen=True)
class Edition:
    """A verified edition: its folder, its `datapackage.json`, its `edition.json` and the sha256 of every file."""

    folder: Path
    package: Mapping[str, Any]
    composition: Mapping[str, Any]
    sha256: Mapping[str, str]

    @property
    def identifier(self) -> str:
        return str(self.composition["id"])

    @property
    def resources(self) -> list[Mapping[str, Any]]:
        """The files that the package describes, in its order."""
        return [item for item in self.package["resources"] if isinstance(item.get("path"), str)]

    def csv_of(self, table: str) -> list[Mapping[str, Any]]:
        """The CSV files of a table, most often one, in the order of its rows."""
        return [item for item in self.resources if table_of(item) == table and item["path"].endswith(".csv")]

    @cached_property
    def synthetic_tables(self) -> tuple[str, ...]:
        """The published files that hold a fabricated row, by their rows: the package's own word is not enough."""
        return tuple(self._fabricated())

    @property
    def is_synthetic(self) -> bool:
        """Whether a row is fabricated, or the package says that one is."""
        return bool(self.synthetic_tables) or self.package.get(_SYNTHETIC) != "aucune"

    def _fabricated(self) -> Iterator[str]:
        import duckdb

        with duckdb.connect() as con:
            for path in sorted(self.folder.glob("*.parquet")):
                try:
                    source = con.read_parquet(str(path))
                    if "synthetique" in source.columns and source.filter("synthetique").limit(1).fetchall():
                        yield path.name
                except duckdb.Error as error:
                    raise Unfit(f"Le fichier {path.name} de l'édition est illisible. {_AGAIN}") from error


def table_of(resource: Mapping[str, Any]) -> str | None:
    """The published table whose rows a file of the package holds; None for a schema or a document."""
    if resource.get("greencloud:nature", "donnees") != "donnees":
        return None
    return str(resource.get("greencloud:table") or Path(resource["path"]).stem)


def read(folder: Path) -> Edition:
    """Read an edition and hold every file against SHA256SUMS. Raises Unfit when it is not one, or was altered."""
    place = folder.resolve()  # `current` may point elsewhere while we publish
    if not (place / CHECKSUMS).is_file():
        raise Unfit(
            f"« {folder} » n'est pas une édition : il y manque {CHECKSUMS}. Faites-en une avec greencloud build."
        )
    expected, found = _expected(place / CHECKSUMS), dict(_found(place))
    different = sorted(name for name in expected.keys() | found.keys() if expected.get(name) != found.get(name))
    if different:
        names = ", ".join(different[:5]) + (" …" if len(different) > 5 else "")
        raise Unfit(f"L'édition a été modifiée depuis qu'elle est faite ({names}). {_AGAIN}")
    try:
        package, composition = read_json(place / "datapackage.json"), read_json(place / "edition.json")
        if isinstance(package["resources"], list) and isinstance(composition["id"], str):
            return Edition(place, package, composition, found)
    except (SchemaError, KeyError, TypeError) as error:
        raise Unfit(f"Le fichier datapackage.json ou edition.json de l'édition est illisible. {_AGAIN}") from error
    raise Unfit(f"Le fichier datapackage.json ou edition.json de l'édition n'a pas la forme attendue. {_AGAIN}")


def _expected(path: Path) -> dict[str, str]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except UnicodeDecodeError as error:
        raise Unfit(f"Le fichier {CHECKSUMS} de l'édition est illisible. {_AGAIN}") from error
    return {name: digest for digest, _, name in (line.partition("  ") for line in lines)}


def _found(folder: Path) -> Iterator[tuple[str, str]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path != folder / CHECKSUMS:
            with path.open("rb") as file:
                yield path.relative_to(folder).as_posix(), hashlib.file_digest(file, "sha256").hexdigest()

"""What a publication should look like on the platform: two datasets, their metadata and their files.

Nothing here asks the platform anything: what it knows (extensions, territory) is given.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from greencloud.datagouv import files
from greencloud.datagouv.errors import Unfit

PREFIX = "gcn:"
PUBLICATION, DATASET, RESOURCE = f"{PREFIX}publication", f"{PREFIX}jeu", f"{PREFIX}ressource"
"""Extras that say what is ours: whose publication, which of its datasets, which of its files."""
RELEASE = f"{PREFIX}release"
SENDING = f"{PREFIX}envois"
"""The extra that says, while files are sent, which file of which sha1 may appear without our mark."""

LICENCES: Mapping[str, str] = {"etalab-2.0": "lov2", "CC-BY-4.0": "cc-by", "ODbL-1.0": "odc-odbl"}
"""SPDX id, as in a Data Package -> udata's id. An unknown one is accepted by the platform and lost: read it back."""

Addresses = Mapping[str, str]
"""Path in the edition -> stable address (`latest`) of the file on the platform; PAGE -> the main dataset's page."""
PAGE = "page"

_ADD = "Publiez sur une autre plateforme avec --url, ou demandez à son équipe de l'ajouter."


@dataclass(frozen=True)
class Known:
    """What the platform knows now: read at run time, never taken for granted."""

    extensions: frozenset[str]
    zone_known: bool
    licences: frozenset[str]
    frequencies: frozenset[str]


@dataclass(frozen=True)
class SchemaReference:
    """The schema that a table follows: its name, its version and the path of its file in the edition."""

    name: str
    version: str
    path: str


@dataclass(frozen=True)
class File:
    """One resource. `key` names it from one edition to the next: its path in the edition.

    `make` gives the content of a file that holds addresses of the others; then `path` is None until they are known.
    """

    key: str
    name: str
    title: str
    description: str
    kind: str
    path: Path | None
    sha1: str | None
    octets: int
    schema: SchemaReference | None = None
    make: Callable[[Addresses], Path] | None = None
    verdict: Mapping[str, str] = field(default_factory=dict)  # extras of ours that say how the file was checked


@dataclass(frozen=True)
class Dataset:
    """One dataset: its key, the metadata that are ours, our extras, and its files in the order of the page."""

    key: str
    metadata: Mapping[str, Any]
    extras: Mapping[str, str]
    files: tuple[File, ...]

    @property
    def title(self) -> str:
        return str(self.metadata["title"])

    @property
    def release(self) -> str:
        """The edition that it holds."""
        return self.extras[RELEASE]

    @property
    def mark(self) -> tuple[str, str]:
        """What tells this dataset from any other: the publication and the key."""
        return self.extras[PUBLICATION], self.key


def on_disk(
    path: Path,
    key: str,
    name: str,
    texts: tuple[str, str],
    kind: str,
    schema: SchemaReference | None = None,
    verdict: Mapping[str, str] | None = None,
) -> File:
    """A file that is ready; `texts`: its title and its description."""
    return File(key, name, *texts, kind, path, files.sha1(path), path.stat().st_size, schema, verdict=verdict or {})


def settled(datasets: tuple[Dataset, ...], addresses: Mapping[str, Addresses]) -> tuple[Dataset, ...]:
    """The same datasets, their made files made if every other file has its address in its own dataset.

    `addresses`: by key of the dataset. A file of two datasets is named by its address in the first.
    """
    ready = all(
        file.key in addresses.get(dataset.key, {}) for dataset in datasets for file in dataset.files if not file.make
    )
    named = {key: url for dataset in reversed(datasets) for key, url in addresses.get(dataset.key, {}).items()}

    def content(file: File) -> File:
        if file.make is None or not ready:
            return file
        path = file.make(named)
        return replace(file, path=path, sha1=files.sha1(path), octets=path.stat().st_size)

    return tuple(replace(dataset, files=tuple(map(content, dataset.files))) for dataset in datasets)


def refuse_unfit(datasets: tuple[Dataset, ...], known: Known) -> None:
    """Raises Unfit for what the platform would lose or refuse: a licence, a frequency, two files of one name."""
    for dataset in datasets:
        licence, frequency = dataset.metadata["license"], dataset.metadata["frequency"]
        if licence not in known.licences:
            raise Unfit(f"La plateforme ne connaît pas la licence « {licence} », elle la perdrait sans le dire. {_ADD}")
        if frequency not in known.frequencies:
            raise Unfit(f"La plateforme ne connaît pas la fréquence « {frequency} ». {_ADD}")
        if twice := [name for name, count in Counter(file.name for file in dataset.files).items() if count > 1]:
            raise Unfit(
                f"Deux fichiers de l'édition auraient le même nom sur la plateforme : {', '.join(sorted(twice))}. "
                "Elle n'y garde ni accents, ni majuscules, ni soulignés : renommez-en un."
            )

"""Files of an edition that are written again with the stable addresses of the others in place of names on disk."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from greencloud import packaging
from greencloud.datagouv.edition import Edition
from greencloud.datagouv.naming import file_name
from greencloud.datagouv.wanted import PAGE, Addresses, File, Known

_PACKAGE, _CATALOGUE = "datapackage.json", "dcat.ttl"
_Maker = Callable[[Edition, Addresses], str]


def files(edition: Edition, known: Known, work: Path) -> Iterator[File]:
    """The files to be made once the addresses of the others are known; `work`: where they are written."""
    for path, (maker, words) in _MADE.items():
        name = file_name(path, known.extensions)
        if name is not None and path in edition.sha256:
            make = partial(_make, edition, maker, work / path)
            yield File(path, name, *words, "documentation", None, None, 0, None, make)


def _make(edition: Edition, maker: _Maker, target: Path, addresses: Addresses) -> Path:
    target.write_text(maker(edition, addresses), encoding="utf-8", newline="\n")
    return target


def _package_text(edition: Edition, addresses: Addresses) -> str:
    """`datapackage.json` with stable addresses; what is in the archive only is left out."""
    found = [{**item, "path": addresses[item["path"]]} for item in _online(edition, addresses)]
    return packaging.json_text({**edition.package, "resources": found})


def _catalogue_text(edition: Edition, addresses: Addresses) -> str:
    """`dcat.ttl` with stable addresses."""
    return packaging.turtle(
        {**edition.package, "resources": _online(edition, addresses)}, addresses, addresses.get(PAGE)
    )


def _online(edition: Edition, addresses: Addresses) -> list[Mapping[str, Any]]:
    """The files of the package that have an address of their own; the others are in the archive."""
    return [item for item in edition.resources if item["path"] in addresses]


_MADE: Mapping[str, tuple[_Maker, tuple[str, str]]] = {
    _PACKAGE: (
        _package_text,
        (
            "Description du jeu (Data Package 2.0)",
            "Les fichiers publiés, leurs adresses stables, leurs schémas, tailles, empreintes et sources.",
        ),
    ),
    _CATALOGUE: (
        _catalogue_text,
        ("Description du jeu (DCAT-AP, Turtle)", "La fiche du jeu de données pour les catalogues européens."),
    ),
}
PATHS = frozenset(_MADE)
"""Where these files are in an edition."""

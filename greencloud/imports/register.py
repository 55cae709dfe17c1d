"""Which identifier a site bears: the one that the register knows it by, or the next free number of its SIRET."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from pathlib import Path

from greencloud import checking, tables
from greencloud.checking.messages import quoted
from greencloud.checking.sql import ROW
from greencloud.errors import GreencloudError

NAMED = "NumEcoEval : "
"""Begins the comment of a site that an import has made; its short name follows."""
SITES = 99
"""How many sites a SIRET can have: their number has two digits."""

_ID = re.compile(r"([0-9]{14})-([0-9]{2})")


class ImportRefused(GreencloudError):
    """A SIRET or a register that nothing can be made of; the text is a French sentence with the cause and the fix."""


@dataclass(frozen=True)
class Register:
    """The known sites of one establishment: identifiers by name, whatever its case and its spaces."""

    siret: str
    names: Mapping[str, Set[str]]

    @classmethod
    def of(cls, siret: str, file: Path | None) -> "Register":
        """The sites of `siret` in a file of the table centres; none without a file.

        Raises ImportRefused for a SIRET that is none, or a file with errors.
        """
        _refuse_siret(siret)
        return cls(siret, {} if file is None else _names(siret, file))

    def bearers(self, short: str, long: str) -> list[str]:
        """The sites that bear the short name, or else the long one."""
        return sorted(self.names.get(same_name(short), ()) or self.names.get(same_name(long), ()))

    def holds(self, site: str, short: str) -> bool:
        """Whether a site is registered already: known here, or called by its identifier."""
        return site == short or any(site in sites for sites in self.names.values())

    def belongs_elsewhere(self, name: str) -> bool:
        """Whether a name is the identifier of a site of another establishment."""
        found = _ID.fullmatch(name)
        return found is not None and found[1] != self.siret

    def free(self, named: Set[str]) -> Iterator[str]:
        """The identifiers after the highest that is borne, here or in these names: a number never serves twice."""
        borne = set(named).union(*self.names.values())
        numbers = [int(found[2]) for site in borne if (found := _ID.fullmatch(site)) and found[1] == self.siret]
        return (f"{self.siret}-{number:02}" for number in range(max(numbers, default=0) + 1, SITES + 1))


def is_identifier(name: str) -> bool:
    """Whether a name is written as the identifier of a site."""
    return _ID.fullmatch(name) is not None


def same_name(name: str) -> str:
    """What names have in common that differ by case and spaces only."""
    return " ".join(name.casefold().split())


def _refuse_siret(siret: str) -> None:
    import frformat  # half a second that a mere import of this module should not cost

    if not re.fullmatch(r"[0-9]{14}", siret) or not frformat.Siret().is_valid(siret):
        raise ImportRefused(
            f"{quoted(siret)} n'est pas un numéro SIRET valide. Donnez les 14 chiffres, sans espace, du SIRET de "
            "l'établissement qui exploite ces centres."
        )


def _names(siret: str, file: Path) -> dict[str, Set[str]]:
    """Name -> identifiers: the name of the site, and the short name that an import has noted."""
    checked = checking.check_file(file, tables.table("centres"))
    if not checked.report.valid:
        raise ImportRefused(
            f"Le registre {file.name} a des erreurs : aucun identifiant n'en est repris. Corrigez-les d'abord ; pour "
            f"les voir : greencloud check {file.name} --table centres"
        )
    checked.accept()
    rows = checked.connection.execute(
        f"SELECT id_centre, nom_site, commentaire FROM acceptees WHERE starts_with(id_centre, ?) ORDER BY {ROW}",
        [f"{siret}-"],
    ).fetchall()
    names: dict[str, set[str]] = defaultdict(set)
    for site, name, comment in rows:
        names[same_name(name)].add(site)
        if comment and comment.startswith(NAMED):
            names[same_name(comment.removeprefix(NAMED))].add(site)
    return dict(names)

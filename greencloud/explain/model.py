"""An explanation as plain data; `dataclasses.asdict` gives its JSON form."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from greencloud.errors import GreencloudError


class ExplainError(GreencloudError):
    """Nothing to explain; the text is a French sentence with the cause and the fix."""


@dataclass(frozen=True)
class Cell:
    """A deposited cell: as received, as read (typed), and where it stands (a cell of a sheet, or a rank)."""

    colonne: str
    recu: str
    lu: Any
    adresse: str


@dataclass(frozen=True)
class Raw:
    """The exact bytes of a line: from `debut` to `fin` (excluded) in the file, or in the member of an archive."""

    debut: int
    fin: int
    sha256: str
    texte: str


@dataclass(frozen=True)
class Superseded:
    """A line of the same key that this one replaced; `cellules`: column -> its value, then the new one."""

    depot_sha256: str
    depot_ligne: int
    remplace_le: str
    cellules: Mapping[str, tuple[Any, Any]]


@dataclass(frozen=True)
class Line:
    """A deposited line. `depot_ligne` counts records, `lignes_fichier` physical lines (both from 1, header included).

    `texte` is the line in the notation of its file, what is not published replaced by `[…]`; `brut` its exact bytes,
    only for whoever may see them.
    """

    table: str
    depot_sha256: str
    depot_ligne: int
    lignes_fichier: tuple[int, int]
    lecture: str
    texte: str
    cellules: tuple[Cell, ...]
    remplace: tuple[Superseded, ...]
    brut: Raw | None

    def cell(self, column: str) -> Cell | None:
        """Its cell in a column of the schema."""
        return next((cell for cell in self.cellules if cell.colonne == column), None)


@dataclass(frozen=True)
class Column:
    """A published value and what it rests on. `lignes` are indexes in the lines of the explanation.

    `verifie`: the formula, or the cells, give the published value again; None: nothing to compute again.
    """

    nom: str
    titre: str
    valeur: Any
    nature: str
    explication: str
    sql: str
    formule: str | None
    entrees: Mapping[str, Any]
    lignes: tuple[int, ...]
    colonne_deposee: str | None
    verifie: bool | None
    facteur: Mapping[str, Any] | None
    pairs: Mapping[str, Any] | None


@dataclass(frozen=True)
class Explanation:
    """A published row explained: its columns, the deposited lines, the cards of their deposits."""

    edition: str
    table: str
    cle: Mapping[str, Any]
    interne: bool
    colonnes: tuple[Column, ...]
    lignes: tuple[Line, ...]
    depots: Mapping[str, Mapping[str, Any]]
    notes: tuple[str, ...]

    def column(self, name: str) -> Column:
        """A column that was explained. Raises KeyError."""
        return next(column for column in self.colonnes if column.nom == name)


@dataclass(frozen=True)
class Contributor:
    """A site in a total: published in its name, or told to whoever holds the deposits. `valeurs`: what it adds."""

    id_centre: str
    nominatif: bool
    valeurs: Mapping[str, float | None]


@dataclass(frozen=True)
class Total:
    """A row of totals explained: who is summed, what the sites published in their name add up to, what is left.

    `nb_non_nommes` and `reste` are None when secrecy hides the row, unless deposits were read.
    """

    edition: str
    table: str
    cle: Mapping[str, Any]
    interne: bool
    diffusion: str
    valeurs: Mapping[str, Any]
    contributeurs: tuple[Contributor, ...]
    somme_nommes: Mapping[str, float | None]
    nb_non_nommes: int | None
    reste: Mapping[str, float | None] | None
    formules: Mapping[str, str]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Piece:
    """What one deposit says of an item of a site in a period: days (`jour`), longer periods, or what is set aside.

    `nombre` days or periods, the first of them at the line `depot_ligne`. `compteur` and `energie_kwh` are None for
    whoever may not see them; `motif`: why it does not count, None when it does.
    """

    depot_sha256: str
    nature: str
    motif: str | None
    compteur: str | None
    nb_compteurs: int
    depot_ligne: int
    nombre: int
    premier_jour: date
    dernier_jour: date
    creneaux: int
    energie_kwh: float | None


@dataclass(frozen=True)
class Metered:
    """An energy of meters explained. `somme_kwh`: what the deposits add up to; `verifie`: it is the published value."""

    edition: str
    table: str
    cle: Mapping[str, Any]
    interne: bool
    valeur: float | None
    completude: float | None
    somme_kwh: float | None
    verifie: bool | None
    morceaux: tuple[Piece, ...]
    ecartes: tuple[Piece, ...]
    depots: Mapping[str, Mapping[str, Any]]
    notes: tuple[str, ...]

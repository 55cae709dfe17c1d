"""One module per page: what it shows, its figures, and their values as tables."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Page:
    """A page to write: its file under `tableaux-de-bord/`, its template, what the template needs."""

    path: str
    template: str
    title: str
    section: str
    context: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Nature:
    """Real or synthetic data: two parts of a page, never added together."""

    synthetic: bool
    title: str
    anchor: str
    adjective: str


REAL = Nature(False, "Données réelles", "donnees-reelles", "réelles")
SYNTHETIC = Nature(True, "Démonstration, données synthétiques", "donnees-synthetiques", "synthétiques")
NATURES = (REAL, SYNTHETIC)

COVERED = "Couverture : part des sites attendus dont les deux énergies sont connues, ou comptées chez leur hôte."

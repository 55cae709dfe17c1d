"""The unit faults that are injected, one at a time, in every clean row that can bear them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

Values = Mapping[str, object]
Cells = Mapping[str, float]

TOTAL, IT, POWER, WATER = "energie_totale_kwh", "energie_it_kwh", "puissance_it_installee_kw", "eau_totale_m3"
CHANGED = (TOTAL, IT, POWER, WATER)
"""The columns that a fault may change."""

_HOURS = 8760
_LOST_COMMA = "une virgule ne se soit perdue"


@dataclass(frozen=True)
class Fault:
    """A fault on the numeric cells of a row. It is named when one of `codes` fires, or a message says one of `words`.

    `needs`: the columns that must be above zero. `history`: only where the site declared the year before, whose
    energies the change reads as `<column>_prec`.
    """

    title: str
    change: Callable[[Cells], Cells]
    codes: tuple[str, ...]
    words: tuple[str, ...] = ()
    needs: tuple[str, ...] = (TOTAL, IT)
    history: bool = False
    unit: bool = True


def _times(factor: float, *columns: str) -> Callable[[Cells], Cells]:
    return lambda cells: {column: round(cells[column] * factor, 2) for column in columns}


def _swapped(cells: Cells) -> Cells:
    return {TOTAL: cells[IT], IT: cells[TOTAL]}


def _copied(cells: Cells) -> Cells:
    return {TOTAL: cells[f"{TOTAL}_prec"], IT: cells[f"{IT}_prec"]}


_LOAD_OR_HISTORY = ("changement_unite_probable", "energies_en_mwh", "energies_en_kw", "energie_it_derisoire")

FAULTS: tuple[Fault, ...] = (
    Fault("total en MWh", _times(1 / 1000, TOTAL), ("total_en_mwh",)),
    Fault("IT en MWh", _times(1 / 1000, IT), ("it_en_mwh",)),
    Fault("les deux énergies en MWh", _times(1 / 1000, TOTAL, IT), _LOAD_OR_HISTORY, ("en MWh",)),
    Fault("total en kW moyens", _times(1 / _HOURS, TOTAL), ("total_en_kw",)),
    Fault("IT en kW moyens", _times(1 / _HOURS, IT), ("it_en_kw",)),
    Fault("les deux énergies en kW moyens", _times(1 / _HOURS, TOTAL, IT), _LOAD_OR_HISTORY, ("en kW",)),
    Fault("colonnes inversées", _swapped, ("colonnes_inversees",)),
    Fault("un mois de total", _times(1 / 12, TOTAL), ("total_mensuel",), ("d'un seul mois",)),
    Fault("un mois d'IT", _times(1 / 12, IT), ("it_mensuel",)),
    Fault("virgule perdue dans le total (× 10)", _times(10, TOTAL), ("virgule_perdue",), (_LOST_COMMA,)),
    Fault("virgule perdue dans le total (× 100)", _times(100, TOTAL), ("virgule_perdue",), (_LOST_COMMA,)),
    Fault("virgule perdue dans l'IT (× 10)", _times(10, IT), ("virgule_perdue",), (_LOST_COMMA,)),
    Fault("virgule perdue dans l'IT (× 100)", _times(100, IT), ("virgule_perdue",), (_LOST_COMMA,)),
    Fault("virgules perdues dans les deux (× 10)", _times(10, TOTAL, IT), ("virgule_perdue",), (_LOST_COMMA,)),
    Fault("virgules perdues dans les deux (× 100)", _times(100, TOTAL, IT), ("virgule_perdue",), (_LOST_COMMA,)),
    Fault("puissance en MW", _times(1 / 1000, POWER), ("puissance_en_mw",), needs=(TOTAL, IT, POWER)),
    Fault("eau en litres", _times(1000, WATER), ("eau_en_litres",), ("en litres",), needs=(TOTAL, IT, WATER)),
    Fault("année précédente recopiée", _copied, ("valeurs_recopiees",), history=True, unit=False),
    Fault(
        "total seul, en MWh",
        lambda cells: {**_times(1 / 1000, TOTAL)(cells), IT: 0.0},
        ("changement_unite_probable",),
        ("en MWh",),
        history=True,
        unit=False,
    ),
)
"""The faults, those of units first. A zero put in an energy stands for an empty cell."""

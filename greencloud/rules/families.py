"""Families of rules: the order of their messages, what their errors silence, where none of them can fire."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Family:
    """Rules that judge the same quantity.

    An error of the family silences, on its row, the rules of the families in `silences`. Where `accepted`, SQL
    like the condition of a rule, is true, no rule of the family fires: a clean row then costs one test, not ten.
    """

    silences: tuple[str, ...] = ()
    accepted: str | None = None


_ENERGY_DEPENDENT = ("surface", "eau", "chaleur", "renouvelable", "secours", "seuil")
_COMPARED = ("historique", "voisinage")

FAMILIES: Mapping[str, Family] = {
    "cellule": Family(),
    "periode": Family(),
    "identite": Family(),
    "rapport": Family(
        ("facteur_charge", "changement", "pue", *_COMPARED, *_ENERGY_DEPENDENT), accepted="r BETWEEN 1.03 AND 4"
    ),
    "facteur_charge": Family(("changement", *_COMPARED, *_ENERGY_DEPENDENT), accepted="fc BETWEEN 0.05 AND 0.95"),
    "changement": Family((*_COMPARED, *_ENERGY_DEPENDENT)),
    "historique": Family(),
    "voisinage": Family(),
    "pue": Family(),
    "surface": Family(),
    "eau": Family(),
    "chaleur": Family(),
    "renouvelable": Family(),
    "secours": Family(),
    "temperature": Family(),
    "contexte": Family(),
    "seuil": Family(),
}
"""The families in the order of their messages.

One mistake, one message: a total typed in MWh also makes heat, water and load factor absurd. Zeros and broken
dates silence nothing, because `grandeurs` already makes what depends on them NULL.
"""

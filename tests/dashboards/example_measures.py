"""Measures and reconciliations of a few synthetic sites, with what no page may hide: holes, gaps, what is set aside."""

import calendar
from collections.abc import Iterator, Sequence
from typing import Any

Row = dict[str, Any]

MEASURED = 12
"""The first so many sites have meters, from January 2023 to June 2025."""
INCOMPLETE = {("2024-02", "total"): 0.62, ("2024-02", "it"): 0.9999, ("2025-06", "total"): 0.21}
ABSENT = "2023-11"
"""A month that the meters of the third site did not read at all."""
_SEASON = (1.02, 1.01, 1.0, 0.98, 0.99, 1.03, 1.08, 1.09, 1.02, 0.99, 1.0, 1.01)
_SHARES = {"total": 1.0, "it": 0.62, "refroidissement": 0.25}


def monthly(rows: Sequence[Row]) -> list[Row]:
    """Rows of `mesures_mensuelles`: each site in its own way complete."""
    return [
        row
        for place, (site, kwh) in enumerate(_sites(rows))
        for month in _months()
        if not (place == 2 and month == ABSENT)
        for item in _items(place)
        for row in [_measure(place, site, kwh, month, item)]
    ]


def reconciled(rows: Sequence[Row]) -> list[Row]:
    """Rows of `rapprochements`: small gaps, wide ones, years that are not complete, values set aside."""
    return [
        _reconciliation(place, site, kwh, year, item)
        for place, (site, kwh) in enumerate(_sites(rows))
        for year in (2023, 2024, 2025)
        for item in _items(place)
        if item != "refroidissement"
    ]


def _sites(rows: Sequence[Row]) -> list[tuple[str, float]]:
    """The sites that have meters, with the energy of one of their years."""
    known = {
        row["id_centre"]: float(row["energie_totale_kwh"])
        for row in rows
        if row["synthetique"] and row["energie_totale_kwh"]
    }
    return list(known.items())[:MEASURED]


def _items(place: int) -> tuple[str, ...]:
    """The seventh site only meters its IT."""
    if place == 6:
        return ("it",)
    return ("it", "refroidissement", "total") if place % 4 == 0 else ("it", "total")


def _months() -> Iterator[str]:
    yield from (f"{year}-{month:02}" for year in (2023, 2024, 2025) for month in range(1, 13 if year < 2025 else 7))


def _completeness(place: int, month: str, item: str) -> float:
    return INCOMPLETE.get((month, item), 1.0) if place % 3 == 0 else 1.0


def _measure(place: int, site: str, kwh: float, month: str, item: str) -> Row:
    year, number = int(month[:4]), int(month[5:])
    days = calendar.monthrange(year, number)[1]
    season = _SEASON[number - 1] if item != "it" else 1.0
    whole = kwh / 12 * _SHARES[item] * season * (1 + place / 100)
    share = _completeness(place, month, item)
    both = _completeness(place, month, "total") == _completeness(place, month, "it") == 1.0
    row: Row = {
        "id_centre": site,
        "mois": month,
        "poste": item,
        "energie_kwh": round(whole * share, 2),
        "completude": share,
        "jours_complets": int(days * share),
        "jours_du_mois": days,
        "nb_compteurs": 2 if place == 1 else 1,
        "part_nuit": 0.32 if item == "it" else 0.3,
        "part_week_end": 0.27,
        "part_estimee": 0.02 if place == 3 else 0.0,
        "synthetique": True,
    }
    if place != 1:
        mean = whole / days / 24
        row |= {"puissance_base_kw": round(0.9 * mean, 2), "puissance_pointe_kw": round(1.3 * mean, 2)}
    if item == "total" and both:
        row |= {"pue": season / 0.62, "categorie_mesure_it": ("1", "1", "2", None)[place % 4]}
    return row


def _reconciliation(place: int, site: str, kwh: float, year: int, item: str) -> Row:
    metered = kwh * _SHARES[item] * (1 + place / 100)
    share = 0.5 if year == 2025 else 0.95 if place == 3 else 1.0
    declared = None if year == 2025 or place == 4 else kwh * _SHARES[item]
    gap = None if declared is None or share < 0.99 else 100 * (metered - declared) / declared
    return {
        "id_centre": site,
        "annee": year,
        "poste": item,
        "energie_declaree_kwh": declared,
        "energie_lignes_kwh": round(metered, 1) if place == 2 else None,
        "energie_compteurs_kwh": round(metered * share, 2),
        "completude": share,
        "energie_ecartee_kwh": 85.4 if place == 0 else 0,
        "motifs_ecart": "chevauchement|doublon_identique" if place == 0 else None,
        "ecart_pct": gap,
        "synthetique": True,
    }

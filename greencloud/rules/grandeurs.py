"""The quantities of a declaration as SQL expressions over its columns, named once for all rules.

A quantity whose ingredients are missing is NULL, and a NULL condition does not fire. A zero is not a
measurement (`zero_pour_absence` says so): it counts as missing here, so that one mistake gives one message.
"""

TOTAL = "nullif(energie_totale_kwh, 0)"
"""E_DC, energy entering the data centre, kWh (EN 50600-4-2)."""

IT = "nullif(energie_it_kwh, 0)"
"""E_IT, energy of the IT equipment, kWh (EN 50600-4-2)."""

PUISSANCE = "nullif(puissance_it_installee_kw, 0)"
"""Installed IT power, kW."""

R = f"({TOTAL} / {IT})"
"""PUE = E_DC / E_IT, no unit, always above 1 (EN 50600-4-2, ISO/IEC 30134-2)."""

ENERGIE_MANQUANTE = "(energie_totale_kwh IS NULL OR energie_it_kwh IS NULL)"
"""True when the PUE cannot be computed because a cell is empty; never NULL."""

HEURES_ANNEE = "(CASE WHEN annee % 4 = 0 AND (annee % 100 <> 0 OR annee % 400 = 0) THEN 8784 ELSE 8760 END)"
"""Hours of the declared year: 8,784 in a leap year of the Gregorian calendar, else 8,760."""

DEBUT = "coalesce(date_debut, make_date(annee, 1, 1))"
"""First day of the period; an empty cell stands for 1 January."""

FIN = "coalesce(date_fin, make_date(annee, 12, 31))"
"""Last day of the period, included; an empty cell stands for 31 December."""

HEURES = f"""(CASE
    WHEN date_debut IS NULL AND date_fin IS NULL THEN {HEURES_ANNEE}
    WHEN {DEBUT} <= {FIN} AND year({DEBUT}) = annee AND year({FIN}) = annee THEN 24 * ({FIN} - {DEBUT} + 1)
END)"""
"""Hours of the period, last day included; NULL when the dates are not a period of the declared year."""

ANNEE_COMPLETE = f"({HEURES} = {HEURES_ANNEE})"
"""True for a period of 1 January to 31 December of the declared year; NULL when there is no valid period."""

FC = f"({IT} / ({PUISSANCE} * {HEURES}))"
"""Load factor on IT energy: mean IT power over installed IT power, no unit."""

KW_OU_MWH = f"({IT} / {PUISSANCE})"
"""IT energy over installed power, h: a load factor if the energy was typed in kW (see `energies_en_kw`)."""

WUE = f"(1000 * eau_totale_m3 / {IT})"
"""Water usage effectiveness, L/kWh = m3/MWh (EN 50600-4-9, ISO/IEC 30134-9)."""


def multiple(hours: int) -> str:
    """True when the column pointed at, in kWh, is a whole positive number of kW during `hours` hours."""
    return f"({{colonne}} > 0 AND floor({{colonne}} / {hours}) * {hours} = {{colonne}})"

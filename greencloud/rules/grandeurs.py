"""The quantities that the rules speak of, named once, as SQL over the columns of a declaration.

A quantity whose ingredients are missing is NULL, and a NULL condition does not fire. A zero is not a measurement
(`zero_pour_absence` says so): it counts as missing here, so that one mistake gives one message.
"""

import re
from collections.abc import Mapping
from functools import cache

GRANDEURS: Mapping[str, str] = {
    # Energy entering the data centre, E_DC, and energy of the IT equipment, E_IT, kWh (EN 50600-4-2).
    "total": "nullif(energie_totale_kwh, 0)",
    "it": "nullif(energie_it_kwh, 0)",
    # True when the PUE cannot be computed because a cell is empty; never NULL.
    "energie_manquante": "energie_totale_kwh IS NULL OR energie_it_kwh IS NULL",
    # PUE = E_DC / E_IT, no unit, always above 1 (EN 50600-4-2, ISO/IEC 30134-2).
    "r": "total / it",
    # First and last day of the period, both included; an empty cell stands for the end of the year on its side.
    "debut": "coalesce(date_debut, make_date(annee, 1, 1))",
    "fin": "coalesce(date_fin, make_date(annee, 12, 31))",
    # Hours of the declared year: 8,784 in a leap year of the Gregorian calendar, else 8,760.
    "heures_annee": "CASE WHEN annee % 4 = 0 AND (annee % 100 <> 0 OR annee % 400 = 0) THEN 8784 ELSE 8760 END",
    # Hours of the period; NULL when the dates are not a period of the declared year.
    "heures": """CASE WHEN date_debut IS NULL AND date_fin IS NULL THEN heures_annee
        WHEN debut <= fin AND year(debut) = annee AND year(fin) = annee THEN 24 * (fin - debut + 1) END""",
    # True for a period of 1 January to 31 December; NULL when there is no valid period.
    "annee_complete": "heures = heures_annee",
    # IT energy over installed IT power, h: a load factor if the energy was typed in kW.
    "it_par_kw": "it / nullif(puissance_it_installee_kw, 0)",
    # Load factor on IT energy: mean IT power over installed IT power, no unit.
    "fc": "it_par_kw / heures",
    # Water usage effectiveness, L/kWh = m3/MWh (EN 50600-4-9, ISO/IEC 30134-9).
    "wue": "1000 * eau_totale_m3 / it",
    # True when the declarant said nothing of the row; the mark of a fictitious row is no answer. Never NULL.
    "sans_commentaire": "coalesce(commentaire, '') IN ('', 'Donnée synthétique')",
    # Below, columns of `context`: only for the rules that see more than their row.
    # PUE of the year before, no unit.
    "r_prec": "nullif(energie_totale_kwh_prec, 0) / nullif(energie_it_kwh_prec, 0)",
    # Annual energy over floor area of the computer room, else of the whole centre, MWh/m2; NULL for part of a year.
    "intensite": """CASE WHEN annee_complete
        THEN total / 1000 / coalesce(nullif(surface_salle_it_m2, 0), nullif(surface_totale_m2, 0)) END""",
}
"""Name of each quantity and its SQL, over the columns and over the quantities before it."""


def multiple(hours: str) -> str:
    """True when the column pointed at, in kWh, is a whole positive number of kW during so many hours."""
    return f"({{colonne}} > 0 AND floor({{colonne}} / {hours}) * {hours} = {{colonne}})"


def measured(source: str, sql: str) -> str:
    """What to SELECT FROM: all the columns of an SQL source, with the quantities that `sql` needs."""
    columns = ", ".join(f"{GRANDEURS[name]} AS {name}" for name in _needed(sql))
    return f"(SELECT *, {columns} FROM {source})" if columns else source


@cache
def _needed(sql: str) -> list[str]:
    """The quantities named in `sql`, and those they are made of, in the order of `GRANDEURS`."""
    needed: list[str] = []
    for name, definition in reversed(list(GRANDEURS.items())):
        if re.search(rf"\b{name}\b", sql):
            needed.insert(0, name)
            sql += f" {definition}"
    return needed

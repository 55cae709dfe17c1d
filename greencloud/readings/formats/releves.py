"""The project's own format of readings: one line a slot, with its two ends and its energy.

`id_compteur,debut,fin,energie_kwh[,estime]`: stamps are ISO 8601, with an offset or in the zone of the meter; `debut`
is in the slot and `fin` is not; any length, from a minute to the period of a bill. `estime` is `oui` or `non` (also
`true` and `false`, `1` and `0`, `vrai` and `faux`); a line without it is metered, one with another word set aside.
"""

from greencloud.readings.formats import cells
from greencloud.readings.formats.form import Labels, by_line, keyed
from greencloud.readings.formats.views import Recipe, cell
from greencloud.readings.sources import Convention

NAME = "releves"
LABELS = ("id_compteur", "debut", "fin", "energie_kwh", "estime")
DEFAULTS = Convention(unite="kWh", horodate="debut", fuseau="Europe/Paris")
_NEEDED = frozenset(LABELS[:4])


def recipe(labels: Labels) -> Recipe:
    """How its cells are read."""
    meter, start, end, value = (cell(labels[name]) for name in LABELS[:4])
    estimated = cell(labels["estime"]) if "estime" in labels else "NULL::VARCHAR"
    problem = cells.first_of(
        {
            cells.no_stamp("debut_lu"): "horodate_illisible",
            cells.no_stamp("fin_lue"): "horodate_illisible",
            **cells.missing(value, "valeur_lue"),
            "estime_lu IS NULL": cells.UNTOLD,
        }
    )
    return Recipe(
        parsed={
            "debut_lu": cells.wall(start),
            "fin_lue": cells.wall(end),
            "valeur_lue": cells.number(value),
            "estime_lu": cells.flag(estimated),
        },
        columns={
            "compteur": cells.meter(meter),
            "debut": "debut_lu",
            "fin": "fin_lue",
            "decalage_debut": cells.offset(start),
            "decalage_fin": cells.offset(end),
            "valeur": "valeur_lue",
            "unite": "'kWh'",
            "estime": "estime_lu",
        },
        problem=problem,
        written=cells.shown(
            {
                "horodate_illisible": f"CASE WHEN {cells.no_stamp('debut_lu')} THEN {start} ELSE {end} END",
                cells.UNTOLD: estimated,
            },
            value,
        ),
        stamps=("debut_lu", "fin_lue"),
        tags=tuple(dict.fromkeys(text for text in (meter, estimated) if text in map(cell, labels.values()))),
    )


FORMAT = by_line(NAME, LABELS, _NEEDED, DEFAULTS, lambda laid: recipe(keyed(laid.labels)))

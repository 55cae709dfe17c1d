"""Workbooks that a customer downloads from the grid operator's account (Enedis, « Suivre mes mesures »).

As seen in public descriptions of these workbooks, all to confirm on files of the year:

- The data are not on the first sheet: « Consommation Horaire » has the load curve, « Export Consommation Quotidienne »
  the days. A dozen rows of preamble stand above the labels, and the first columns are empty.
- Load curve: `Début`, `Fin` (`JJ/MM/AAAA HH:MM:SS`, Paris time, without an offset) and `Valeur (en kW)`, the mean power
  of the slot, a text with a decimal comma; `NA` where nothing was metered.
- Days: `Date` and `Valeur (en kWh)`.
- The number of the point of delivery (14 digits) stands in the preamble or on another sheet. When there are several, or
  none, the meter is not known.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import partial

from greencloud.checking.sql import literal
from greencloud.reading import Unreadable
from greencloud.reading.archives import Zip
from greencloud.readings.formats import cells
from greencloud.readings.formats.form import Format, Labels, keyed
from greencloud.readings.formats.laying import Laid
from greencloud.readings.formats.views import Recipe, cell, view
from greencloud.readings.sources import Convention

NAME = "enedis_compte"
_START, _END, _DAY, _POWER, _ENERGY = "Début", "Fin", "Date", "Valeur (en kW)", "Valeur (en kWh)"
_METER = re.compile(r"(?<!\d)\d{14}(?!\d)")
_HEAD = 60
_ZIPPED = ("xlsx", "ods")


def _query(form: str, files: Sequence[Laid], lanes: int, numbered: bool) -> str:
    labels = keyed(files[0].labels)
    meters = " ".join(f"WHEN {laid.place} THEN {literal(meter)}" for laid in files if (meter := meter_of(laid)))
    meter = f"CASE fichier {meters} END" if meters else "NULL"
    recipe = _slots(labels, meter) if form == "courbe" else _days(labels, meter)
    return view(files, recipe, lanes, numbered=numbered)


def _slots(labels: Labels, meter: str) -> Recipe:
    start, end, value = cell(labels["debut"]), cell(labels["fin"]), cell(labels["valeur_en_kw"])
    return Recipe(
        {"debut_lu": cells.wall(start), "fin_lue": cells.wall(end), "valeur_lue": cells.number(value)},
        {"compteur": meter, "debut": "debut_lu", "fin": "fin_lue", "valeur": "valeur_lue", "unite": "'kW'"},
        cells.first_of(
            {
                cells.no_stamp("debut_lu"): "horodate_illisible",
                cells.no_stamp("fin_lue"): "horodate_illisible",
                **cells.missing(value, "valeur_lue"),
            }
        ),
        cells.shown({"horodate_illisible": f"concat_ws(' ', {start}, {end})"}, value),
    )


def _days(labels: Labels, meter: str) -> Recipe:
    day, value = cell(labels["date"]), cell(labels["valeur_en_kwh"])
    ends = {"debut": "jour_lu", "fin": "jour_lu + INTERVAL 1 DAY"}
    return Recipe(
        {"jour_lu": cells.wall(day), "valeur_lue": cells.number(value)},
        {"compteur": meter, **ends, "valeur": "valeur_lue", "unite": "'kWh'"},
        cells.first_of({cells.no_stamp("jour_lu"): "horodate_illisible", **cells.missing(value, "valeur_lue")}),
        cells.shown({"horodate_illisible": day}, value),
    )


def meter_of(laid: Laid) -> str | None:
    """The only number of a point of delivery above the labels, or else at the head of any sheet; None unless one."""
    above = _numbers(laid.above)
    if not above and laid.table.container in _ZIPPED:
        above = _numbers(_heads(laid))
    return above.pop() if len(above) == 1 else None


def _numbers(rows: Iterable[Sequence[str]]) -> set[str]:
    return {number for row in rows for text in row for number in _METER.findall(text)}


def _heads(laid: Laid) -> Iterator[Sequence[str]]:
    """The first rows of every sheet of a workbook."""
    from greencloud.reading import ooxml, opendocument  # only workbooks need their libraries

    content = laid.received.read_bytes()
    read = ooxml.sheets if laid.table.container == "xlsx" else opendocument.sheets
    try:
        for sheet in read(Zip(content), len(content)):
            yield from sheet.rows[:_HEAD]
    except Unreadable:
        return


_DEFAULTS = Convention(unite="kW", horodate="debut", fuseau="Europe/Paris")
CURVE = Format(
    NAME,
    (_START, _END, _POWER),
    frozenset({"debut", "fin", "valeur_en_kw"}),
    _DEFAULTS,
    partial(_query, "courbe"),
)
DAYS = Format(NAME, (_DAY, _ENERGY), frozenset({"date", "valeur_en_kwh"}), _DEFAULTS, partial(_query, "jours"))

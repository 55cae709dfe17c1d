"""Units of measure written in a cell or in a label, and the unit that a field expects."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, lru_cache

from greencloud.checking.tolerances.spelling import folded
from greencloud.reading.labels import label_key
from greencloud.tables import Field


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit: its usual name, the quantity that it measures, and its worth in the quantity's first unit."""

    name: str
    quantity: str
    worth: Decimal


MONEY = "monnaie"
_QUANTITIES: dict[str, dict[str, tuple[str, str]]] = {
    "énergie": {
        "kWh": ("1", "kwh kwhs kilowattheure kilowattheures kilowatt-heure kilowatt-heures kw.h kw/h"),
        "Wh": ("0.001", "wh wattheure wattheures watt-heure watt-heures"),
        "MWh": ("1000", "mwh mwhs megawattheure megawattheures megawatt-heure megawatt-heures mw.h"),
        "GWh": ("1000000", "gwh gigawattheure gigawattheures"),
        "TWh": ("1000000000", "twh terawattheure terawattheures"),
        "MJ": ("0", "mj megajoule megajoules"),
        "GJ": ("0", "gj gigajoule gigajoules"),
        "tep": ("11630", "tep"),
    },
    "puissance": {
        "kW": ("1", "kw kilowatt kilowatts"),
        "W": ("0.001", "w watt watts"),
        "MW": ("1000", "mw megawatt megawatts"),
        "GW": ("1000000", "gw gigawatt gigawatts"),
    },
    "puissance apparente": {"kVA": ("1", "kva"), "MVA": ("1000", "mva"), "VA": ("0.001", "va")},
    "volume": {
        "m³": ("1", "m3 metrecube metrescubes"),
        "L": ("0.001", "l litre litres"),
        "hL": ("0.1", "hl hectolitre hectolitres"),
        "dam³": ("1000", "dam3"),
        "hm³": ("1000000", "hm3"),
    },
    "surface": {
        "m²": ("1", "m2 metrecarre metrescarres"),
        "cm²": ("0.0001", "cm2"),
        "a": ("100", "are ares"),
        "ha": ("10000", "ha hectare hectares"),
        "km²": ("1000000", "km2"),
    },
    "masse": {
        "kg": ("1", "kg kilo kilos kilogramme kilogrammes"),
        "t": ("1000", "t tonne tonnes"),
        "g": ("0.001", "g"),
    },
    "émissions": {
        "kg CO2e": ("1", "kgco2 kgco2e kgeqco2 kgco2eq"),
        "g CO2e": ("0.001", "gco2 gco2e geqco2 gco2eq"),
        "t CO2e": ("1000", "tco2 tco2e teqco2 tco2eq"),
    },
    "température": {"°C": ("1", "°c degre degres celsius degc c"), "K": ("0", "kelvin"), "°F": ("0", "°f")},
    "durée": {
        "h": ("1", "h heure heures"),
        "min": ("0", "min minute minutes"),
        "jour": ("24", "jour jours j"),
        "mois": ("0", "mois"),
        "an": ("0", "an ans annee annees"),
    },
    "longueur": {"m": ("1", "m metre metres"), "km": ("1000", "km"), "cm": ("0.01", "cm"), "mm": ("0.001", "mm")},
    "proportion": {"%": ("1", "% pct pourcent pourcentage pourcentages percent pc"), "‰": ("0.1", "‰ pourmille")},
    MONEY: {
        "€": ("1", "€ eur euro euros"),
        "k€": ("1000", "k€ keur keuro keuros"),
        "M€": ("1000000", "m€ meur meuro meuros"),
        "$": ("0", "$ usd dollar dollars"),
        "£": ("0", "£ gbp"),
        "CHF": ("0", "chf"),
    },
}
_BY_KEY: dict[str, Unit] = {
    key: Unit(name, quantity, Decimal(worth))
    for quantity, units in _QUANTITIES.items()
    for name, (worth, keys) in units.items()
    for key in keys.split()
}
_POWERS = str.maketrans({"²": "2", "³": "3"})
_BRACKETS = re.compile(r"[(\[]\s*(?:en\s+)?([^()\[\]]{1,30}?)\s*[)\]]")
_IN = re.compile(r"\ben\s+([^\s/,;:.()]{1,30})", re.IGNORECASE)
_LONGEST_TOLD = 2_000
# One letter is too short a word to be a unit in the name of a column.
_SHORTEST_IN_NAME = 2
# Words of a name that say a quantity without saying its unit.
_NOT_IN_NAME = frozenset(
    {"an", "ans", "annee", "annees", "mois", "jour", "jours", "heure", "heures", "minute", "minutes", "min"}
)
_LARGE = ("kWh", "kW", "m²", "m³")
_KNOWN_WORDS = 1_000


@lru_cache(_KNOWN_WORDS)
def named(word: str) -> Unit | None:
    """The unit of that name, in whatever case, None when it is none."""
    return _BY_KEY.get(re.sub(r"\s", "", folded(word.translate(_POWERS))).rstrip("."))


@cache
def _of_name(name: str, title: str) -> Unit | None:
    return in_name(label_key(name).split("_")) or of_label(title)


def in_name(words: Sequence[str]) -> Unit | None:
    """The unit that the last word of a name is, None when it is none or when the name is a ratio (`_par_kwh`)."""
    last = words[-1]
    if "par" in words or len(last) < _SHORTEST_IN_NAME or last in _NOT_IN_NAME:
        return None
    return _BY_KEY.get(last)


def of_field(field: Field) -> Unit | None:
    """The unit that a field is in, by the end of its name or the brackets of its title, None when they say none."""
    return _of_name(field.name, field.title)


def stated(field: Field) -> Unit | None:
    """The unit that a field says to be in anywhere, even in a sentence of its title or description, if it says one."""
    if (unit := of_field(field)) is not None:
        return unit
    title, told = field.title, str(field.descriptor.get("description") or "")
    return in_name(label_key(title).split("_")) or _of_sentence(title) or _of_sentence(told[:_LONGEST_TOLD])


def _of_sentence(text: str) -> Unit | None:
    """The one unit that a sentence states in brackets or behind « en »: « en va » is no unit, « en VA » is."""
    found = {of_label(bracket) for bracket in re.findall(r"[(\[][^()\[\]]*[)\]]", text)}
    for word in _IN.findall(text):
        unit = named(word)
        if unit is not None and (len(word) > _SHORTEST_IN_NAME or word == unit.name):
            found.add(unit)
    found.discard(None)
    return found.pop() if len(found) == 1 else None


def of_label(label: str) -> Unit | None:
    """The unit that a label states in brackets, alone or before others (« kWh/an »), None when it states none."""
    for content in reversed(_BRACKETS.findall(label)):
        for word in (content, *re.split(r"[\s/,;]+", content)):
            if (unit := named(word)) is not None:
                return unit
    return None


def is_large(field: Field) -> bool:
    """Whether « 314.870 » is as often three hundred thousand as three hundred there: energies, powers, surfaces."""
    unit = of_field(field)
    return unit is not None and unit.name in _LARGE


def converted(amount: Decimal, unit: Unit, wanted: Unit) -> Decimal | None:
    """An amount in the wanted unit of the same quantity, None when it cannot be told exactly."""
    if unit.quantity != wanted.quantity or not unit.worth or not wanted.worth:
        return None
    return amount * unit.worth / wanted.worth

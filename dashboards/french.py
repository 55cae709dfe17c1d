"""How numbers, dates and sentences are written in French for a reader."""

import datetime as dt
import re
import unicodedata

NARROW_SPACE = "\u202f"
SPACE = "\u00a0"
ABSENT = "—"
SECRET = "secret"

_MONTHS = (
    *("janvier", "février", "mars", "avril", "mai", "juin"),
    *("juillet", "août", "septembre", "octobre", "novembre", "décembre"),
)
_BEFORE_HIGH_SIGN = re.compile(r" (?=»|[;:!?](?:[\s<]|$))")
_AFTER_QUOTE = re.compile(r"(?<=«) ")


def typography(text: str) -> str:
    """Replace the plain spaces around French high punctuation by narrow no-break ones."""
    return _AFTER_QUOTE.sub(NARROW_SPACE, _BEFORE_HIGH_SIGN.sub(NARROW_SPACE, text))


_SIGNS = str.maketrans({",": NARROW_SPACE, ".": ",", "-": "−"})


def number(value: float, decimals: int = 0) -> str:
    """A number with a decimal comma and narrow no-break spaces between thousands."""
    return f"{value:,.{decimals}f}".translate(_SIGNS)


def plain(value: float) -> str:
    """A number with at most four decimals and no trailing zero, for a preview of a table."""
    text = number(value, 4)
    return text.rstrip("0").rstrip(",")


def integer(value: float) -> str:
    """A count."""
    return number(value)


def count(value: int, noun: str) -> str:
    """A count with its noun, regular plural: `0 ligne`, `1 ligne`, `2 lignes`."""
    return f"{number(value)}{SPACE}{noun}{'s' if value > 1 else ''}"


def ratio(value: float) -> str:
    """A PUE or another ratio without unit: two decimals."""
    return number(value, 2)


def percent(value: float) -> str:
    """A share between 0 and 1 as a percentage with one decimal."""
    return f"{number(100 * value, 1)}{SPACE}%"


def change(value: float) -> str:
    """A change already in percent, signed, with one decimal: `+1,2 %`."""
    rounded = round(value, 1) + 0.0  # a tiny fall is no negative zero
    return f"{'+' if rounded > 0 else ''}{number(rounded, 1)}{SPACE}%"


def euros(value: float) -> str:
    """An amount in euros, in the unit (€, k€, M€) that keeps it short."""
    for factor, unit in ((1e6, "M€"), (1e3, "k€")):
        if abs(value) >= factor:
            return f"{number(value / factor, 1)}{SPACE}{unit}"
    return f"{number(value)}{SPACE}€"


def million_euros(value: float) -> str:
    """An amount in euros, in millions without its unit: for a column whose head names the unit."""
    return number(value / 1e6, 2)


def tonnes(value: float) -> str:
    """Emissions in tonnes of CO2 equivalent."""
    return f"{number(value, 0 if abs(value) >= 100 else 1)}{SPACE}tCO₂e"


def energy(value: float) -> str:
    """An energy given in kWh, in the unit (kWh, MWh, GWh, TWh) that keeps it short."""
    for factor, unit, decimals in ((1e9, "TWh", 2), (1e6, "GWh", 1), (1e3, "MWh", 1)):
        if abs(value) >= factor:
            return f"{number(value / factor, decimals)}{SPACE}{unit}"
    return f"{number(value)}{SPACE}kWh"


def gigawatt_hours(value: float) -> str:
    """An energy given in kWh, in GWh without its unit: for a column whose head names the unit."""
    return number(value / 1e6, 2)


def megawatt_hours(value: float) -> str:
    """An energy given in kWh, in MWh without its unit: for a column whose head names the unit."""
    return number(value / 1e3, 1)


def within(label: str) -> str:
    """A label as it is written inside a sentence: no capital."""
    return label[:1].lower() + label[1:]


def alphabetical(text: str) -> tuple[str, str]:
    """A key that sorts labels as a French dictionary does: accents and case only tell apart what is else the same."""
    letters = unicodedata.normalize("NFD", text)
    return "".join(letter for letter in letters if not unicodedata.combining(letter)).casefold(), text


def date(iso: str) -> str:
    """An ISO date in words: `14 mai 2026`."""
    day = dt.date.fromisoformat(iso[:10])
    first = "1er" if day.day == 1 else str(day.day)
    return f"{first}{SPACE}{_MONTHS[day.month - 1]} {day.year}"


def octets(value: int) -> str:
    """The size of a file."""
    for factor, unit in ((10**6, "Mo"), (10**3, "ko")):
        if value >= factor:
            return f"{number(value / factor, 1)}{SPACE}{unit}"
    return f"{number(value)}{SPACE}octets"

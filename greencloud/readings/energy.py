"""Energy as an exact integer number of millijoules, whatever the unit of a reading.

1 kWh = 3 600 000 000 mJ; a mean power of 1 W during 1 s is 1 J. A value is read to six decimals, rounded half away from
zero: in millionths of its unit it is an integer, and its energy is that integer times a fraction. What is finer than a
millijoule is rounded once, line by line, half away from zero.
"""

from decimal import ROUND_HALF_EVEN, Context, Decimal

MJ_PER_KWH = 3_600_000_000
POWERS = ("W", "kW", "MW")
UNITS = (*POWERS, "Wh", "kWh", "MWh")

MOST_MJ = 9 * 10**18
"""The most energy that a line, a day or all the lines of a meter in a file may hold: 2.5 TWh, within a BIGINT."""
MOST_MW = 10**14
"""The most mean power of a slot, in milliwatts: 100 GW, so that the energy of a day always fits in a BIGINT."""

MOST_VALUE = 10**12
"""What values never add up to, in their unit, within a DECIMAL(18, 6)."""
ROUNDED = ("W", "Wh")
"""The units of which a thousandth may be no whole number of millijoules."""

_DOUBTFUL = 7200  # s; the length that is supposed where labels do not tell it, at a change of clock
_PLACES = Decimal("1e-9")
_WIDE = Context(prec=60)
# A millionth of the unit, in millijoules: numerator (times the seconds of the slot for a power) and denominator.
_FRACTIONS = {"W": (1, 1000), "kW": (1, 1), "MW": (1000, 1), "Wh": (18, 5), "kWh": (3600, 1), "MWh": (3_600_000, 1)}


def millijoules(micro: str, unit: str, seconds: str) -> str:
    """SQL of the energy in mJ (BIGINT) of `micro` millionths of a unit over `seconds`, NULL when one is not known.

    The quotient and the remainder are taken apart, so that nothing overflows below `MOST_MJ`.
    """
    cases = []
    for name in UNITS:
        numerator, denominator = _FRACTIONS[name]
        times = f"{numerator} * ({seconds})" if name in POWERS else str(numerator)
        if denominator == 1:
            worth = f"({micro}) * ({times})"
        else:
            rest = f"abs(({micro}) % {denominator}) * ({times})"
            rounded = f"sign({micro}) * ((2 * {rest} + {denominator}) // {2 * denominator})"
            worth = f"(({micro}) // {denominator}) * ({times}) + {rounded}"
        cases.append(f"WHEN '{name}' THEN {worth}")
    return f"(CASE {unit} {' '.join(cases)} END)::BIGINT"


def excessive(micro: str, unit: str, seconds: str) -> str:
    """SQL: whether a value is beyond `MOST_MJ` or `MOST_MW`, reckoned with floats, which never overflow."""
    cases = []
    for name in UNITS:
        numerator, denominator = _FRACTIONS[name]
        times = f" * ({seconds})" if name in POWERS else ""
        cases.append(f"WHEN '{name}' THEN {numerator / denominator!r}{times}")
    worth = f"abs(({micro})::DOUBLE * (CASE {unit} {' '.join(cases)} END))"
    length = f"CASE WHEN {seconds} <= 0 THEN {_DOUBTFUL} ELSE coalesce({seconds}, {_DOUBTFUL}) END"
    return f"{worth} > least({MOST_MJ}::DOUBLE, {MOST_MW}::DOUBLE * ({length}))"


def kwh(millijoules: int) -> str:
    """An energy in kWh as a decimal text, to the billionth of a kWh (3.6 mJ), without needless zeros."""
    value = _WIDE.divide(Decimal(millijoules), Decimal(MJ_PER_KWH)).quantize(_PLACES, ROUND_HALF_EVEN, _WIDE)
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text

"""Seven years of fictitious declarations and readings, spoilt here and there, corrected once."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass

from greencloud.sample import declarations, energy, meters, readings
from greencloud.sample.declarations import Declaration
from greencloud.sample.draw import Draw
from greencloud.sample.energy import Month
from greencloud.sample.meters import Curve
from greencloud.sample.mistakes import MISTAKES, Mistake
from greencloud.sample.sites import FIRST_YEAR, LAST_YEAR, Site, build, hosts, register_row

YEARS = tuple(range(FIRST_YEAR, LAST_YEAR + 1))
MISTAKE_SHARE = 0.028  # of the declarations: with 300 sites, each kind of mistake once
_CORRECTED, _REPAIRED = 18, 6
_DISAGREEING = 6

Values = Mapping[str, object]
Key = tuple[str, int]


@dataclass(frozen=True)
class Campaign:
    """Everything that will be written: rows in the order of their files, and the spoilt declarations by key."""

    register: Sequence[Values]
    declared: Mapping[int, Sequence[Declaration]]
    read: Mapping[int, Sequence[Values]]
    mistakes: Mapping[Key, Mistake]
    corrections: Sequence[Values]
    curves: Sequence[Curve]


def run(draw: Draw, count: int) -> Campaign:
    """The whole campaign of `count` sites."""
    sites = build(draw, count)
    register = [register_row(draw, site) for site in sites]
    months = {site.id_centre: energy.measure(draw, site) for site in sites}
    measured = _by_readings(draw, sites)
    habits = {site.id_centre: readings.habit(draw, site, required=site.id_centre in measured) for site in sites}
    bound = hosts(sites) | {site.id_centre for site in sites if site.host}
    rows = _declare(draw, sites, months, measured)
    disagreeing = _disagreeing(draw, _of_others(rows, bound), habits)
    rows = [_with_total(row, draw.between(1.08, 1.15)) if _key(row) in disagreeing else row for row in rows]
    bound |= {site for site, _ in disagreeing}
    mistakes = _spoil(draw, _of_others(rows, bound), round(MISTAKE_SHARE * len(rows)))
    corrections = _correct(draw, _of_others(rows, bound | {site for site, _ in mistakes})) + _repair(rows, mistakes)
    whole = {(site, year) for site in measured for year in YEARS} | disagreeing
    return Campaign(
        register=register,
        declared={year: [row for row in rows if row.year == year] for year in YEARS},
        read={year: _read(draw, sites, habits, months, year, whole) for year in YEARS},
        mistakes=mistakes,
        corrections=corrections,
        curves=meters.curves(_metered(sites, register, rows, habits, mistakes), months),
    )


def _metered(
    sites: Sequence[Site],
    register: Sequence[Values],
    rows: Sequence[Declaration],
    habits: Mapping[str, readings.Habit],
    mistakes: Mapping[Key, Mistake],
) -> list[Site]:
    """Sites published in their name that declare the last year rightly and copy out no bill."""
    named = {row["id_centre"] for row in register if row["mode_publication"] == "nominatif"}
    declared = {row.site.id_centre for row in rows if row.year == LAST_YEAR and _complete_year(row)}
    spoilt = {site for site, _ in mistakes}
    return [
        site
        for site in sites
        if site.id_centre in (named & declared) - spoilt and habits[site.id_centre].rhythm == "none"
    ]


def _of_others(rows: Sequence[Declaration], apart: Set[str]) -> list[Declaration]:
    return [row for row in rows if row.site.id_centre not in apart]


def _read(
    draw: Draw,
    sites: Sequence[Site],
    habits: Mapping[str, readings.Habit],
    months: Mapping[str, Mapping[int, Sequence[Month]]],
    year: int,
    whole: Set[Key],
) -> list[Values]:
    """The lines of the readings of one year; every month is there for the keys of `whole`."""
    lines: list[Values] = []
    for site in sites:
        read = months[site.id_centre].get(year)
        if read is not None:
            complete = (site.id_centre, year) in whole
            lines += readings.rows(draw, site, habits[site.id_centre], read, whole=complete)
    return lines


def _key(row: Declaration) -> Key:
    return row.site.id_centre, row.year


def _year_before(row: Declaration) -> Key:
    return row.site.id_centre, row.year - 1


def _by_readings(draw: Draw, sites: Sequence[Site]) -> frozenset[str]:
    """One site in forty leaves its annual energy to the readings."""
    apart = hosts(sites)
    able = [site for site in sites if site.id_centre not in apart and not (site.host or site.closed)]
    return frozenset(site.id_centre for site in draw.shuffled(able)[: len(sites) // 40])


def _declare(
    draw: Draw, sites: Sequence[Site], months: Mapping[str, Mapping[int, Sequence[Month]]], by_readings: frozenset[str]
) -> list[Declaration]:
    complete = hosts(sites)
    rows = []
    for site in sites:
        always = "complete" if site.id_centre in complete else "readings" if site.id_centre in by_readings else ""
        profile = declarations.profile(draw, site, always=always)
        for year, read in months[site.id_centre].items():
            row = declarations.declare(draw, site, profile, year, read)
            if row is not None:
                rows.append(row)
    return rows


def _disagreeing(draw: Draw, rows: Sequence[Declaration], habits: Mapping[str, readings.Habit]) -> frozenset[Key]:
    """A few full years whose declared total will lie more than 5 % above the sum of the months."""
    able = [
        _key(row)
        for row in rows
        if _complete_year(row)
        and habits[row.site.id_centre].rhythm == "month"
        and habits[row.site.id_centre].since <= row.year
    ]
    return frozenset(draw.shuffled(able)[:_DISAGREEING])


def _with_total(row: Declaration, factor: float) -> Declaration:
    it, total = row.values["energie_it_kwh"], row.values["energie_totale_kwh"]
    if not isinstance(it, int) or not isinstance(total, int):
        raise TypeError("only a complete declaration can be given another total")
    values = declarations.with_energies(row.values, it, round(total * factor))
    return Declaration(row.site, row.year, row.answer, values)


def _spoil(draw: Draw, rows: Sequence[Declaration], number: int) -> dict[Key, Mistake]:
    """Complete rows, one for each mistake in turn, a year after the other; a site is spoilt once only."""
    able = {year: [row for row in draw.shuffled(rows) if row.year == year and _complete_year(row)] for year in YEARS}
    whole = {_key(row): row.values for year in YEARS for row in able[year]}
    chosen: dict[Key, Mistake] = {}
    for turn in range(number):
        mistake = MISTAKES[turn % len(MISTAKES)]
        sites = {site for site, _ in chosen}
        years = [YEARS[(turn + step) % len(YEARS)] for step in range(len(YEARS))]
        fitting = (
            row
            for year in years
            for row in able[year]
            if row.site.id_centre not in sites
            and mistake.suits(row.values)
            and (mistake.history is None or _year_before(row) in whole)
        )
        row = next(fitting, None)
        if row is not None:
            chosen[_key(row)] = mistake.after(whole.get(_year_before(row), {}))
    return chosen


def _complete_year(row: Declaration) -> bool:
    return row.answer == "complete" and row.values.get("nature_valeur") != "intermediaire"


def _correct(draw: Draw, rows: Sequence[Declaration]) -> list[Values]:
    """Later rows that give some complete declarations a higher total."""
    able = [row for row in rows if row.answer == "complete"]
    return [
        _noted(_with_total(row, draw.between(1.02, 1.08)), "Correction : une facture avait été oubliée")
        for row in draw.shuffled(able)[:_CORRECTED]
    ]


def _repair(rows: Sequence[Declaration], mistakes: Mapping[Key, Mistake]) -> list[Values]:
    """Later rows that put some spoilt declarations right."""
    kept = [row for row in rows if _key(row) in mistakes and mistakes[_key(row)].keeps_key]
    return [_noted(row, "Correction : la première saisie était fautive") for row in kept[:_REPAIRED]]


def _noted(row: Declaration, note: str) -> Values:
    return {**row.values, "commentaire": f"{declarations.SYNTHETIC}. {note}"}

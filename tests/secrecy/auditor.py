"""An attacker who reads the published CSV files and knows, at worst, which site counts in which total.

It shares no line with the software: only the csv module, numpy and scipy. It subtracts the sites published by name from
every total that is shown, and asks linear programmes how small and how large each protected number can be, given all
the totals of one or more editions together, that energies are positive, and that a PUE lies between 1 and 10.
"""

import csv
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_array

TOTAL, IT = "energie_totale_kwh", "energie_it_kwh"
COUNTS = ("nb_machines_virtuelles", "nb_serveurs_physiques", "stockage_utile_to")
SAVINGS = tuple(f"economie_{level}_{unit}" for unit in ("kwh", "tco2e") for level in ("basse", "centrale", "haute"))
MARGIN = 0.15

Key = tuple[str, ...]
Number = tuple[str, int, str]  # site, year, quantity
Told = tuple[Key, float | None]
Unknown = tuple[str, int, str, float]  # the same, and its value: another value in another edition is another unknown


@dataclass(frozen=True)
class Share:
    """What is known of the register: this site, in this year, counts in this total with this coefficient."""

    total: Key
    number: Number
    coefficient: float


@dataclass(frozen=True)
class Edition:
    """A published folder, who counts where in it, and the numbers that it must not betray."""

    folder: Path
    shares: Sequence[Share]
    secrets: Mapping[Number, float]


@dataclass(frozen=True)
class Betrayal:
    """A protected number, and the bounds that the attacker found for it."""

    number: Number
    value: float
    low: float
    high: float


def audit(*editions: Edition) -> list[Betrayal]:
    """Every protected number of these editions that can be bounded within 15 % of its value, above or below."""
    return list(betrayals(*editions))


def betrayals(*editions: Edition) -> Iterator[Betrayal]:
    """The same, one at a time."""
    public = {(*number, value) for edition in editions for number, value in _named(edition.folder).items()}
    equations = [equation for edition in editions for equation in _equations(edition, public)]
    for block in _blocks([terms for terms, _ in equations]):
        yield from _attack(sorted(block), [known for known in equations if block.intersection(known[0])])


def totals(folder: Path) -> dict[Key, float]:
    """Every sum that the tables of totals give away: its name (table, key, which) and its value."""
    told = [*_aggregates(folder), *_evolutions(folder), *_savings(folder), *_counts(folder)]
    return {key: value for key, value in told if value is not None}


def _aggregates(folder: Path) -> Iterator[Told]:
    for row in _rows(folder, "agregats_annuels"):
        key = ("agregats_annuels", row["annee"], row["synthetique"], row["dimension"], row["modalite"])
        it, emissions, cue = (_number(row, name) for name in (IT, "emissions_tco2e", "cue_kgco2e_par_kwh"))
        yield (*key, TOTAL), _number(row, TOTAL)
        yield (*key, IT), it
        yield (*key, "mesure"), _product(_number(row, "part_it_mesuree"), it)
        yield (*key, "emissions"), emissions
        yield (*key, "it_carbone"), _ratio(_product(1000, emissions), cue)


def _evolutions(folder: Path) -> Iterator[Told]:
    """The constant perimeters of two years, and the current ones, which repeat agregats_annuels."""
    for row in _rows(folder, "evolutions_annuelles"):
        cell = (row["synthetique"], row["dimension"], row["modalite"])
        for year, before in ((str(int(row["annee"]) - 1), "_precedente"), (row["annee"], "")):
            for name in ("energie_totale", "energie_it"):
                constant = ("evolutions_annuelles", row["annee"], *cell, f"{name}_kwh", year)
                yield constant, _number(row, f"{name}_constante{before}_kwh")
                yield ("agregats_annuels", year, *cell, f"{name}_kwh"), _number(row, f"{name}{before}_kwh")


def _savings(folder: Path) -> Iterator[Told]:
    names = ("annee", "synthetique", "scenario", "type_hebergement_cible", "dimension", "modalite")
    for row in _rows(folder, "economies"):
        key = ("economies", *(row[name] for name in names))
        yield from (((*key, name), _number(row, name)) for name in SAVINGS)
        yield (*key, TOTAL), _ratio(_number(row, "economie_centrale_kwh"), _number(row, "part_economisee"))


def _counts(folder: Path) -> Iterator[Told]:
    """The counts of the observatory; a share of the whole gives the whole away."""
    for row in _rows(folder, "observatoire_cloud"):
        key = ("observatoire_cloud", *(row[name] for name in ("annee", "synthetique", "indicateur")))
        value = _number(row, "valeur")
        if row["indicateur"] in COUNTS:
            yield (*key, row["dimension"], row["modalite"]), value
            yield (*key, "ensemble", "ensemble"), _ratio(value, _number(row, "part"))


def _named(folder: Path) -> dict[Number, float]:
    """The numbers published in the name of a site."""
    found = {}
    for row in _rows(folder, "indicateurs_annuels"):
        for quantity in (TOTAL, IT, *COUNTS):
            value = _number(row, quantity)
            if value is not None:
                found[row["id_centre"], int(row["annee"]), quantity] = value
    return found


def _equations(edition: Edition, public: set[Unknown]) -> Iterator[tuple[dict[Unknown, float], float]]:
    """Each shown total less what is public in it: a sum of unknown numbers, and its value."""
    named = _named(edition.folder)
    shares: dict[Key, list[Share]] = {}
    for share in edition.shares:
        shares.setdefault(share.total, []).append(share)
    for key, total in totals(edition.folder).items():
        unknown: dict[Unknown, float] = {}
        rest = total
        for share in shares.get(key, ()):
            value = named.get(share.number, edition.secrets.get(share.number))
            if value is None:
                raise AssertionError(f"{share.number} counts in {key}, but is neither published nor protected")
            if share.number in named or (*share.number, value) in public:
                rest -= share.coefficient * value
            else:
                unknown[*share.number, value] = share.coefficient
        expected = sum(coefficient * number[3] for number, coefficient in unknown.items())
        if not math.isclose(rest, expected, rel_tol=1e-6, abs_tol=1e-6 * abs(total) + 1e-6):
            raise AssertionError(f"{key}: {rest} is left, and its protected sites make {expected}")
        if unknown:
            yield unknown, expected


def _blocks(equations: Sequence[Mapping[Unknown, float]]) -> list[set[Unknown]]:
    """Sets of unknowns that neither an equation nor a PUE ties to the others."""
    energies: dict[tuple[str, int], set[Unknown]] = {}
    for unknown in {unknown for terms in equations for unknown in terms if unknown[2] in (TOTAL, IT)}:
        energies.setdefault(unknown[:2], set()).add(unknown)
    blocks: list[set[Unknown]] = []
    for tied in [set(terms) for terms in equations] + list(energies.values()):
        apart = [block for block in blocks if not block & tied]
        blocks = [*apart, tied.union(*(block for block in blocks if block & tied))]
    return blocks


def _attack(
    unknowns: Sequence[Unknown], equations: Sequence[tuple[Mapping[Unknown, float], float]]
) -> Iterator[Betrayal]:
    """The bounds of each unknown. Each is counted in its own value, which only keeps the arithmetic tidy."""
    place = {unknown: number for number, unknown in enumerate(unknowns)}
    scale = np.array([unknown[3] or 1.0 for unknown in unknowns])
    left = np.zeros((len(equations), len(unknowns)))
    for row, (terms, total) in enumerate(equations):
        for unknown, coefficient in terms.items():
            left[row, place[unknown]] = coefficient * scale[place[unknown]] / (total or 1.0)
    right = np.array([1.0 if total else 0.0 for _, total in equations])
    rows, first = np.unique(left.round(12), axis=0, return_index=True)
    rows, right = left[first], right[first]
    ratios = np.array(list(_ratios(unknowns, place, scale))).reshape(-1, len(unknowns))
    for unknown, number in place.items():
        if not unknown[3]:
            continue
        bounds = []
        for sign in (1, -1):
            objective = np.zeros(len(unknowns))
            objective[number] = sign
            solved = linprog(
                objective,
                A_ub=csr_array(ratios) if len(ratios) else None,
                b_ub=np.zeros(len(ratios)) if len(ratios) else None,
                A_eq=csr_array(rows),
                b_eq=right,
                bounds=(0, None),
                method="highs",
            )
            assert solved.status in (0, 3), solved.message
            bounds.append(solved.x[number] * unknown[3] if solved.status == 0 else math.inf)
        low, high = bounds
        if low > (1 - MARGIN) * unknown[3] * (1 + 1e-6) or high < (1 + MARGIN) * unknown[3] * (1 - 1e-6):
            yield Betrayal(unknown[:3], unknown[3], low, high)


def _ratios(
    unknowns: Sequence[Unknown], place: Mapping[Unknown, int], scale: "np.ndarray[tuple[int], np.dtype[np.float64]]"
) -> Iterator[list[float]]:
    """1 <= total / IT <= 10, where both are unknown and of one version (they stand in the same order)."""
    for site, year in sorted({unknown[:2] for unknown in unknowns}):
        of_site = [unknown for unknown in unknowns if unknown[:2] == (site, year)]
        sums, its = ([item for item in of_site if item[2] == quantity] for quantity in (TOTAL, IT))
        if len(sums) == len(its) == 1:
            for low, high in ((its[0], sums[0]), (sums[0], its[0])):
                row = [0.0] * len(unknowns)
                row[place[low]] = scale[place[low]] / scale[place[sums[0]]]
                row[place[high]] = -scale[place[high]] / scale[place[sums[0]]] * (10 if low == sums[0] else 1)
                yield row


def _rows(folder: Path, table: str) -> list[dict[str, str]]:
    path = folder / f"{table}.csv"
    if not path.is_file():
        return []
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def _number(row: Mapping[str, str], name: str) -> float | None:
    return float(row[name]) if row.get(name) else None


def _product(one: float | None, other: float | None) -> float | None:
    return None if one is None or other is None else one * other


def _ratio(one: float | None, other: float | None) -> float | None:
    return None if one is None or not other else one / other

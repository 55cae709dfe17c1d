"""The attack we defend against: linear programmes over everything published.

An attacker knows each nominative site, the group of every protected site, each shown sum, and that energies are
positive with a PUE between 1 and 10. He looks for the smallest and the largest value that a number of a protected site
can take. The number is betrayed when he can say « not 15 % more » or « not 15 % less » than it is.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import linprog

from greencloud.disclosure.sums import Part, Quantity, Sum, energies

MARGIN = 0.15
"""A number that can be bounded within this share of itself, above or below, is betrayed (choice of the project)."""

_ROOM = MARGIN + 0.002  # what we ask for, so that another solver's tolerances change no verdict
_PUE_MAXIMUM = 10.0  # the largest ratio that enters a sum (rule ratio_energie_impossible)
_EXACT = 1e-9
_OVERLOOKED = 1e-8  # share of a sum; 15 % of it stays well above the tolerance below
_OPTIONS = {"primal_feasibility_tolerance": 1e-10}

Floats = npt.NDArray[np.float64]
Places = npt.NDArray[np.intp]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Leak:
    """A quantity that the shown sums betray, and the parts of this edition whose sums take part in it."""

    quantity: Quantity
    parts: frozenset[Part]


class Attack:
    """The attack on one block: quantities and sums that no other sum ties to anything else.

    Quantities are counted in their own true value, so that the truth is 1 everywhere, and a sum in its own total.
    Every solution found is kept: it proves that the quantities which it moves far enough are safe, as long as it
    respects the sums shown then. That is what keeps the number of linear programmes low.
    """

    def __init__(self, quantities: Sequence[Quantity], values: Sequence[float], sums: Sequence[Sum]) -> None:
        self.sums = sums
        self._quantities = quantities
        self._place = {quantity: place for place, quantity in enumerate(quantities)}
        truth = np.array(values, dtype=float)
        self._secret = truth > 0  # nothing is 15 % above or below a zero
        self._scale = np.where(self._secret, truth, 1.0)
        self._start = np.where(self._secret, 1.0, 0.0)
        self._coefficients = self._matrix(sums)
        weights = self._coefficients * self._scale
        totals = weights @ self._start
        self._rows = weights / np.where(totals > 0, totals, 1.0)[:, None]
        self._totals = (totals > 0).astype(float)
        self._alike = np.unique(self._rows.round(12), axis=0, return_inverse=True)[1].reshape(-1)
        self._links = self._pue_bounds()
        self._points = np.empty((0, len(quantities)))
        self._respects = np.empty((0, len(sums)), dtype=bool)

    def leak(self, shown: Flags, first: Iterable[Quantity] = (), but: frozenset[Quantity] = frozenset()) -> Leak | None:
        """The first quantity that the shown sums betray, `first` ones before the others, those of `but` left aside."""
        kept = np.array([quantity not in but for quantity in self._quantities]) & self._secret
        used = np.flatnonzero(shown)
        kept &= np.any(self._coefficients[used] != 0, axis=0)
        return self._bounded(used, kept, [self._place[item] for item in first]) or self._determined(used, kept)

    def _determined(self, used: Places, kept: Flags) -> Leak | None:
        """Subtraction alone, for what weighs so little in a sum that a linear programme would overlook it."""
        distinct = self._distinct(used)
        rows, weights = self._coefficients[distinct], np.abs(self._rows[distinct])
        kept = kept & np.any((weights > 0) & (weights < _OVERLOOKED), axis=0)
        if not kept.any():
            return None
        inverse = np.linalg.pinv(rows, rcond=1e-10)
        told = np.einsum("ij,ji->i", inverse, rows) > 1 - _EXACT
        found = np.flatnonzero(told & kept)
        if not found.size:
            return None
        return self._taking_part(int(found[0]), distinct[np.abs(inverse[found[0]]) > _EXACT], used)

    def _bounded(self, used: Places, kept: Flags, first: Sequence[int]) -> Leak | None:
        places = self._distinct(used)
        rows, totals = self._rows[places], self._totals[places]
        for place in [*first, *range(len(self._quantities))]:
            for sign in (1.0, -1.0):
                if not kept[place] or self._proven(used, place, sign):
                    continue
                marginals = self._move(rows, totals, place, sign)
                if not self._proven(used, place, sign):
                    return self._taking_part(place, places[np.abs(marginals) > _EXACT], used)
        return None

    def _move(self, rows: Floats, totals: Floats, place: int, sign: float) -> Floats:
        """Move a quantity up or down, by the margin at most; keeps the point, gives the marginals of the sums."""
        objective = np.zeros(len(self._quantities))
        objective[place] = -sign
        bounds: list[tuple[float, float | None]] = [(0.0, None)] * len(self._quantities)
        bounds[place] = (1 - _ROOM, 1 + _ROOM)
        solved = linprog(
            objective,
            A_ub=self._links if len(self._links) else None,
            b_ub=np.zeros(len(self._links)) if len(self._links) else None,
            A_eq=rows,
            b_eq=totals,
            bounds=bounds,
            method="highs",
            options=_OPTIONS,
        )
        if solved.x is None:
            raise ArithmeticError(f"linear programme without a solution: {solved.message}")
        self._keep(solved.x)
        marginals: Floats = np.asarray(solved.eqlin.marginals, dtype=float)
        return marginals

    def _keep(self, point: Floats) -> None:
        respected = np.abs(self._rows @ point - self._totals) <= 1e-8
        self._points = np.vstack([self._points, point])
        self._respects = np.vstack([self._respects, respected])

    def _proven(self, used: Places, place: int, sign: float) -> bool:
        """Whether a solution found before, which respects all that is shown now, moves the quantity far enough."""
        far = sign * (self._points[:, place] - 1) >= _ROOM - _EXACT
        return bool(np.any(self._respects[far][:, used].all(axis=1)))

    def _distinct(self, used: Places) -> Places:
        """One of the shown sums for each that is known: the same sum may be shown in many places."""
        return used[np.unique(self._alike[used], return_index=True)[1]]

    def _taking_part(self, place: int, rows: Places, used: Places) -> Leak:
        """The parts that show these sums, or the same ones elsewhere."""
        parts = (self.sums[row].part for row in used[np.isin(self._alike[used], self._alike[rows])])
        return Leak(self._quantities[place], frozenset(part for part in parts if part is not None))

    def _matrix(self, sums: Sequence[Sum]) -> Floats:
        matrix = np.zeros((len(sums), len(self._quantities)))
        for row, known in enumerate(sums):
            for quantity, coefficient in known.terms.items():
                matrix[row, self._place[quantity]] = coefficient
        return matrix

    def _pue_bounds(self) -> Floats:
        """Rows `links @ point <= 0`: the IT energy is at most the total, the total at most ten times the IT energy."""
        pairs = [(self._place[total], self._place[it]) for total, it in energies(self._quantities)]
        links = np.zeros((2 * len(pairs), len(self._quantities)))
        for row, (total, it) in enumerate(pairs):
            links[2 * row, [total, it]] = -self._scale[total], self._scale[it]
            links[2 * row + 1, [total, it]] = self._scale[total], -_PUE_MAXIMUM * self._scale[it]
            links[2 * row : 2 * row + 2] /= self._scale[total]
        return links

"""The attack we defend against: linear programmes over everything published.

An attacker knows each nominative site, the group of every protected site, each shown sum, and that energies are
positive with a PUE between 1 and 10. He looks for the smallest and the largest value that a number of a protected site
can take. The number is betrayed when he can say « not 15 % more » or « not 15 % less » than it is.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from greencloud.disclosure.sums import Part, Quantity, Sum, energies

if TYPE_CHECKING:  # a second to load, and only an attack needs it: `explain` and `diff` run none
    from scipy.sparse import csr_array

MARGIN = 0.15
"""A number that can be bounded within this share of itself, above or below, is betrayed (choice of the project)."""

_ROOM = MARGIN + 0.002  # what we ask for, so that another solver's tolerances change no verdict
_PUE_MAXIMUM = 10.0  # the largest ratio that enters a sum (rule ratio_energie_impossible)
_EXACT = 1e-9
_OVERLOOKED = 1e-8  # share of a sum; 15 % of it stays well above the tolerance below
_OPTIONS = {"primal_feasibility_tolerance": 1e-10}
_SIGNS = (1.0, -1.0)
_FEW = 3  # so few quantities are asked one by one at once

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
    respects the sums shown then. Many quantities are moved by one linear programme, and only those which that leaves
    are asked one by one: that is what keeps the number of linear programmes low, whatever the number of sites.
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
        sites = {site: rank for rank, site in enumerate(sorted({quantity.id_centre for quantity in quantities}))}
        self._sites = np.array([sites[quantity.id_centre] for quantity in quantities], dtype=np.intp)
        self._points = np.empty((0, len(quantities)))
        self._respects = np.empty((0, len(sums)), dtype=bool)

    def leak(self, shown: Flags, first: Iterable[Quantity] = (), but: frozenset[Quantity] = frozenset()) -> Leak | None:
        """The first quantity that the shown sums betray, `first` ones before the others, those of `but` left aside."""
        kept = np.array([quantity not in but for quantity in self._quantities]) & self._secret
        used = np.flatnonzero(shown)
        kept &= np.any(self._coefficients[used] != 0, axis=0)
        asked = [self._place[item] for item in first if item in self._place]
        return self._bounded(used, kept, asked) or self._determined(used, kept)

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
        """The first quantity that a linear programme cannot move far enough."""
        leak = self._one_by_one(used, kept, first)
        if leak is None:
            self._move_together(used, kept)
            leak = self._one_by_one(used, kept, range(len(self._quantities)))
        return leak

    def _one_by_one(self, used: Places, kept: Flags, asked: Iterable[int]) -> Leak | None:
        unproven = self._unproven(used, kept)
        for place in asked:
            for row, sign in enumerate(_SIGNS):
                if not unproven[row, place]:
                    continue
                marginals = self._move(used, {place: sign})
                unproven = self._unproven(used, kept)
                if unproven[row, place]:
                    places = self._distinct(used)
                    return self._taking_part(place, places[np.abs(marginals) > _EXACT], used)
        return None

    def _move_together(self, used: Places, kept: Flags) -> None:
        """Prove as many quantities as linear programmes over all of them can: half go up while the others go down.

        The halves are made of whole sites, so that energies move with their PUE, and are cut otherwise each time.
        """
        unproven = self._unproven(used, kept)
        cuts = max(1, int(self._sites.max()).bit_length())
        for turn in range(2 * cuts):
            half = np.where((self._sites >> turn % cuts) % 2 == turn // cuts, 1.0, -1.0)
            signs = np.where(unproven.all(axis=0), half, unproven[0] * 1.0 - unproven[1])
            moved = {int(place): float(signs[place]) for place in np.flatnonzero(signs)}
            if len(moved) < _FEW:
                return
            self._move(used, moved)
            before, unproven = unproven.sum(), self._unproven(used, kept)
            if unproven.sum() == before:
                return

    def _move(self, used: Places, moved: Mapping[int, float]) -> Floats:
        """Move quantities up (1) or down (-1), by the margin at most; keeps the point, gives the marginals of the sums.

        The point on the other side of the truth is kept too where it is one: what goes up there goes down here.
        """
        from scipy.optimize import linprog
        from scipy.sparse import csr_array

        places = self._distinct(used)
        objective = np.zeros(len(self._quantities))
        bounds = np.column_stack([np.zeros(len(self._quantities)), np.full(len(self._quantities), np.inf)])
        for place, sign in moved.items():
            objective[place] = -sign
            bounds[place] = (1 - _ROOM, 1 + _ROOM)
        solved = linprog(
            objective,
            A_ub=self._links if self._links.shape[0] else None,
            b_ub=np.zeros(self._links.shape[0]) if self._links.shape[0] else None,
            A_eq=csr_array(self._rows[places]),
            b_eq=self._totals[places],
            bounds=bounds,
            method="highs",
            options=_OPTIONS,
        )
        if solved.x is None:
            raise ArithmeticError(f"linear programme without a solution: {solved.message}")
        self._keep(solved.x)
        mirrored = 2 * self._start - solved.x
        if np.all(mirrored >= 0) and np.all(self._links @ mirrored <= 0):
            self._keep(mirrored)
        marginals: Floats = np.asarray(solved.eqlin.marginals, dtype=float)
        return marginals

    def _keep(self, point: Floats) -> None:
        respected = np.abs(self._rows @ point - self._totals) <= 1e-8
        self._points = np.vstack([self._points, point])
        self._respects = np.vstack([self._respects, respected])

    def _unproven(self, used: Places, kept: Flags) -> Flags:
        """The quantities of `kept` that no solution found before moves far enough up (first row), or down (second).

        Only solutions that respect all that is shown now are proofs.
        """
        points = self._points[self._respects[:, used].all(axis=1)]
        far = [np.any(sign * (points - 1) >= _ROOM - _EXACT, axis=0) for sign in _SIGNS]
        unproven: Flags = kept & ~np.array(far)
        return unproven

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

    def _pue_bounds(self) -> "csr_array[np.float64]":
        """Rows `links @ point <= 0`: the IT energy is at most the total, the total at most ten times the IT energy."""
        from scipy.sparse import csr_array

        pairs = [(self._place[total], self._place[it]) for total, it in energies(self._quantities)]
        values, columns = [], []
        for total, it in pairs:
            ratio = self._scale[it] / self._scale[total]
            values += [-1.0, ratio, 1.0, -_PUE_MAXIMUM * ratio]
            columns += [total, it, total, it]
        rows = np.repeat(np.arange(2 * len(pairs)), 2)
        return csr_array((values, (rows, columns)), shape=(2 * len(pairs), len(self._quantities)))

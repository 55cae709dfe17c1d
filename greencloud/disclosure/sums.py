"""What a publication lets the public add up: unknown quantities, and the sums of them that its parts give away.

Everything that is published site by site is known, so what a shown total gives away is its residual: the sum of its
protected sites only. `Sum` holds that residual and nothing else.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

CELL = "cellule"
"""The part of a published row without which nothing of the row is shown; the others are a few of its columns."""

TOTAL, IT = "energie_totale_kwh", "energie_it_kwh"


class Quantity(NamedTuple):
    """A number of a protected site that nobody may work out: kWh, or a count of the cloud observatory.

    `version` is empty for the number of this edition; an earlier edition that rested on another number names itself.
    """

    id_centre: str
    annee: int
    grandeur: str
    version: str = ""


class Part(NamedTuple):
    """What is shown or hidden as one: a row of a published table (CELL), or a few columns of that row."""

    table: str
    cle: str
    nom: str = CELL


@dataclass(frozen=True)
class Sum:
    """`Σ coefficient x quantity`, which anybody knows once `part` is shown; None: an earlier edition has shown it."""

    part: Part | None
    terms: Mapping[Quantity, float]


@dataclass(frozen=True)
class Publication:
    """All that is published: the numbers to protect, the sums of them, and how the parts depend on one another.

    `sizes`: number of sites of a part, protected or not. `requires`: the parts without which a part is not shown.
    """

    values: Mapping[Quantity, float]
    sums: Sequence[Sum]
    sizes: Mapping[Part, int]
    requires: Mapping[Part, Sequence[Part]] = field(default_factory=dict)

    def blocks(self) -> Iterator[tuple[list[Quantity], list[Sum]]]:
        """Quantities that no sum ties to those of another block, in order, with their sums: they are judged apart."""
        leader = {quantity: quantity for quantity in self.values}

        def lead(quantity: Quantity) -> Quantity:
            while leader[quantity] != quantity:
                leader[quantity] = quantity = leader[leader[quantity]]
            return quantity

        for tied in self._ties():
            first, *others = (lead(quantity) for quantity in tied)
            for other in others:
                leader[lead(other)] = lead(first)
        members: dict[Quantity, list[Quantity]] = {}
        for quantity in sorted(self.values):
            members.setdefault(lead(quantity), []).append(quantity)
        sums: dict[Quantity, list[Sum]] = {head: [] for head in members}
        for known in self.sums:
            sums[lead(next(iter(known.terms)))].append(known)
        yield from ((members[head], sums[head]) for head in members)

    def _ties(self) -> Iterator[Iterable[Quantity]]:
        yield from (known.terms for known in self.sums)
        yield from energies(self.values)


def energies(quantities: Iterable[Quantity]) -> Iterator[tuple[Quantity, Quantity]]:
    """The total and the IT energy of each site, year and version that has both: a PUE binds them."""
    known = set(quantities)
    for quantity in sorted(known):
        other = quantity._replace(grandeur=IT)
        if quantity.grandeur == TOTAL and other in known:
            yield quantity, other

"""Which parts of a publication to hide besides those that betray somebody by themselves: as few as possible."""

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet

import numpy as np

from greencloud.disclosure.attack import Attack, Flags
from greencloud.disclosure.sums import Part, Publication, Quantity


def complete(
    publication: Publication, primary: AbstractSet[Part], order: Sequence[tuple[str, str]] = ()
) -> frozenset[Part]:
    """The parts to hide: `primary`, and those that complementary suppression adds to it.

    First, as long as a number is betrayed, one part that takes part in the attack is hidden: the first by `order`
    (tables and kinds of parts, the least useful first), then the smallest, then the first by name. Then each part so
    hidden is shown again, in the opposite order, if the attack still finds nothing. Same publication, same answer.
    """
    return _Suppression(publication, primary, order).run()


class _Suppression:
    def __init__(self, publication: Publication, primary: AbstractSet[Part], order: Sequence[tuple[str, str]]) -> None:
        self._order = order
        self._publication = publication
        self._primary = frozenset(primary)
        self._attacks = [
            Attack(quantities, [publication.values[quantity] for quantity in quantities], sums)
            for quantities, sums in publication.blocks()
        ]
        self._beyond: list[frozenset[Quantity]] = [frozenset()] * len(self._attacks)
        self._betrayed: dict[Part, list[Quantity]] = {}  # because of which a part was hidden
        self._concerned: dict[Part, set[int]] = {}
        for number, attack in enumerate(self._attacks):
            for known in attack.sums:
                if known.part is not None:
                    self._concerned.setdefault(known.part, set()).add(number)

    def run(self) -> frozenset[Part]:
        hidden = set(self._primary)
        for number in range(len(self._attacks)):
            self._defend(number, hidden)
        hidden.update(part for part in self._publication.sizes if not self._shown(part, hidden))
        for part in sorted(hidden - self._primary, key=self._largest_first):
            hidden.discard(part)
            if not self._shown(part, hidden) or self._betrays(part, hidden):
                hidden.add(part)
        return frozenset(hidden)

    def _defend(self, number: int, hidden: set[Part]) -> None:
        """Hide parts until the attack on one block finds nothing more that hiding could prevent."""
        attack = self._attacks[number]
        last: list[Quantity] = []  # whatever comes before it is proven safe
        while leak := attack.leak(self._mask(attack, hidden), last, self._beyond[number]):
            last = [leak.quantity]
            if leak.parts:
                part = min(leak.parts, key=self._smallest_first)
                hidden.add(part)
                self._betrayed.setdefault(part, []).append(leak.quantity)
            else:  # earlier editions are enough to betray it: too late
                self._beyond[number] |= {leak.quantity}

    def _betrays(self, part: Part, hidden: AbstractSet[Part]) -> bool:
        first = self._betrayed.get(part, ())
        return any(
            self._attacks[number].leak(self._mask(self._attacks[number], hidden), first, self._beyond[number])
            for number in sorted(self._concerned.get(part, ()))
        )

    def _mask(self, attack: Attack, hidden: AbstractSet[Part]) -> Flags:
        return np.array([known.part is None or self._shown(known.part, hidden) for known in attack.sums], dtype=bool)

    def _shown(self, part: Part, hidden: AbstractSet[Part]) -> bool:
        return part not in hidden and all(self._shown(other, hidden) for other in self._required(part))

    def _required(self, part: Part) -> Iterator[Part]:
        yield from self._publication.requires.get(part, ())

    def _smallest_first(self, part: Part) -> tuple[int, int, Part]:
        return self._worth(part), self._publication.sizes[part], part

    def _largest_first(self, part: Part) -> tuple[int, int, int, Part]:
        """A part that others require comes before them: they could not be shown before it."""
        return self._depth(part), -self._worth(part), -self._publication.sizes[part], part

    def _worth(self, part: Part) -> int:
        kind = (part.table, part.nom)
        return self._order.index(kind) if kind in self._order else len(self._order)

    def _depth(self, part: Part) -> int:
        return max((1 + self._depth(other) for other in self._required(part)), default=0)

"""Seeded draws that give the same values on any machine and any version of Python."""

import random
from collections.abc import Mapping, Sequence
from typing import TypeVar

T = TypeVar("T")


class Draw:
    """Draws built on `random.Random.random()` only, whose sequence Python guarantees for a given seed."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def between(self, low: float, high: float) -> float:
        """A number of [low, high[."""
        return low + (high - low) * self._random.random()

    def whole(self, low: int, high: int) -> int:
        """A whole number from low to high, both included."""
        return low + int((high - low + 1) * self._random.random())

    def chance(self, probability: float) -> bool:
        """True with that probability."""
        return self._random.random() < probability

    def pick(self, items: Sequence[T]) -> T:
        """One of the items."""
        return items[self.whole(0, len(items) - 1)]

    def weighted(self, weights: Mapping[T, float]) -> T:
        """One of the keys, in proportion to its weight."""
        place = self.between(0, sum(weights.values()))
        items = list(weights)
        for item in items:
            place -= weights[item]
            if place < 0:
                return item
        return items[-1]  # the sum of the weights, rounded, may reach the draw

    def shuffled(self, items: Sequence[T]) -> list[T]:
        """The items in another order (Fisher and Yates)."""
        result = list(items)
        for place in range(len(result) - 1, 0, -1):
            other = self.whole(0, place)
            result[place], result[other] = result[other], result[place]
        return result


def spread(weights: Mapping[T, float], count: int) -> list[T]:
    """`count` items in the proportions of the weights, without chance (largest remainders)."""
    total = sum(weights.values())
    exact = {item: count * weight / total for item, weight in weights.items()}
    floors = {item: int(value) for item, value in exact.items()}
    by_remainder = sorted(weights, key=lambda item: floors[item] - exact[item])
    for item in by_remainder[: count - sum(floors.values())]:
        floors[item] += 1
    return [item for item in weights for _ in range(floors[item])]

"""Plausibility remarks of level `info`: a file of millions of rows may have one a row, of which few are ever told."""

from array import array
from collections.abc import Collection, Iterator

from greencloud.rules import Hit

_KEPT = 1000
"""The remarks of one rule kept whole, those of the first rows: one of them is told, if its row stands."""


class Information:
    """The rows of each rule, and its first remarks."""

    def __init__(self) -> None:
        self._rows: dict[str, array[int]] = {}
        self._first: dict[str, list[Hit]] = {}

    def add(self, hit: Hit) -> None:
        """One more row."""
        self._rows.setdefault(hit.code, array("q")).append(hit.row)
        first = self._first.setdefault(hit.code, [])
        first.append(hit)
        if len(first) > 2 * _KEPT:
            first.sort(key=lambda one: one.row)
            del first[_KEPT:]

    def standing(self, wrong: Collection[int]) -> Iterator[tuple[Hit, int]]:
        """For each rule in order of code, the remark to tell, and the number of rows that are not wrong."""
        for code, rows in sorted(self._rows.items()):
            count = sum(1 for row in rows if row not in wrong)
            if count:
                first = sorted(self._first[code], key=lambda one: one.row)
                yield next((hit for hit in first if hit.row not in wrong), first[0]), count

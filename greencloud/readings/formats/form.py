"""What a format of readings is: its name, its labels, its customs, and the query that reads files of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from greencloud.reading.labels import label_key
from greencloud.readings.formats.laying import Laid
from greencloud.readings.formats.views import Recipe, view
from greencloud.readings.sources import Convention

Labels = Mapping[str, int]
"""The key of each label (see `greencloud.reading.labels`) -> its place; the first of two that are alike."""
Query = Callable[[Sequence[Laid], int, bool], str]
"""SQL of the rows of the view: the files (of one shape), how many lanes at most, whether lines are numbered."""


@dataclass(frozen=True)
class Format:
    """A format. `labels` are all that it may have, `needed` the keys of those that tell it; `defaults` its customs.

    `recipe`: how a line is read, where each is read for itself.
    """

    name: str
    labels: Sequence[str]
    needed: frozenset[str]
    defaults: Convention
    query: Query
    recipe: Callable[[Laid], Recipe] | None = None

    def recognised(self, labels: Labels) -> bool:
        """Whether the labels of a file are those of the format; their order and other columns do not matter."""
        return labels.keys() >= self.needed


def keyed(labels: Sequence[str]) -> Labels:
    """The labels of a file by their keys; a column whose label says nothing, or what another says, by its number."""
    places: dict[str, int] = {}
    for place, label in enumerate(labels):
        if key := label_key(label):
            places.setdefault(key, place)
    for place in range(len(labels)):
        places.setdefault(f"colonne_{place + 1}", place)
    return places


def by_line(
    name: str,
    labels: Sequence[str],
    needed: frozenset[str],
    defaults: Convention,
    recipe: Callable[[Laid], Recipe],
) -> Format:
    """A format of which each line is read for itself."""

    def query(files: Sequence[Laid], lanes: int, numbered: bool) -> str:
        return view(files, recipe(files[0]), lanes, numbered=numbered)

    return Format(name, labels, needed, defaults, query, recipe)

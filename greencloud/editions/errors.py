"""The failure of an edition, and how its sentences list what they name."""

from collections.abc import Sequence

from greencloud.errors import GreencloudError

_NAMED = 10  # how many files, deposits or errors a message names


class EditionError(GreencloudError):
    """An edition that must not be published; the text is a French sentence with the cause and the fix."""


def listed(names: Sequence[str], separator: str = ", ") -> str:
    """The first names, and how many more there are."""
    more = len(names) - _NAMED
    return separator.join(names[:_NAMED]) + (f" et {more} de plus" if more > 0 else "")

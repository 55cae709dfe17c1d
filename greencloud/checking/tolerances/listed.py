"""Values of a list in another case, without their accents, otherwise joined; and the value that one resembles."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from greencloud.checking.tolerances.nearby import Nearby
from greencloud.checking.tolerances.spelling import folded, said
from greencloud.checking.verdicts import Cell, CellReader, Fault
from greencloud.tables import Field

_RESEMBLANCE = 0.8
_LONGEST = 200
_LETTERS_AND_SPACES = re.compile(r"[^\W\d]|[\s-]")
_BETWEEN_WORDS = re.compile(r"[\s_]+|(?<=[^\W\d_])-(?=[^\W\d_])")


def _words(plain: str) -> str:
    """The words of a folded value, however they are joined; a sign stays, for `n-1` is not `n+1`."""
    return _BETWEEN_WORDS.sub("_", plain.replace("’", "'"))


def _signs(text: str) -> str:
    """What tells `niveau_1` from `niveau_2` and `n+1` from `n-1`: a slip of the keyboard is one of letters."""
    return _LETTERS_AND_SPACES.sub("", text)


_CODES = ("casse", "accents", "accents")
"""What may differ between a text and a value of the list: the code that says it, for each of the keys."""


def _keys(text: str, plain: str) -> tuple[str, str, str]:
    """A text, and the same folded, as they are compared, the closest first."""
    return text.casefold(), plain, _words(plain)


@dataclass(frozen=True, slots=True)
class Listed:
    """The values that a field permits: by each of their keys, and by their signs."""

    alike: Sequence[Mapping[str, Sequence[str]]]
    signed: Mapping[str, tuple[Mapping[str, str], Nearby]]

    @classmethod
    def of(cls, field: Field) -> "Listed":
        """The values of a field that has a list of them."""
        values = [str(value) for value in field.constraints["enum"]]
        signed = {}
        for signs, group in _gathered(values, map(_signs, values)).items():
            near = {folded(value): value for value in group}
            signed[signs] = near, Nearby(near)
        keys = [_keys(value, folded(value)) for value in values]
        return cls([_gathered(values, [key[way] for key in keys]) for way in range(len(_CODES))], signed)

    def read(self, text: str, cell: Cell, strict: CellReader) -> Cell:
        """A value of the list in another spelling is read; one that resembles a value has it proposed."""
        if len(text) > _LONGEST:
            return cell
        plain = folded(text)
        for tolerance, key, known in zip(_CODES, _keys(text, plain), self.alike, strict=True):
            alike = known.get(key, ()) if key else ()
            if len(alike) == 1:
                return said(strict(alike[0]), tolerance)
        proposal = self._nearest(text, plain)
        if proposal is None:
            return cell
        faults = [
            Fault(fault.code, "enum", "ressemblance", proposal=proposal) if fault.constraint == "enum" else fault
            for fault in cell.faults
        ]
        return Cell(None, cell.value, faults=tuple(faults))

    def _nearest(self, text: str, plain: str) -> str | None:
        near, nearby = self.signed.get(_signs(text), ({}, None))
        close = nearby.of(plain, 1, _RESEMBLANCE) if nearby else []
        return near[close[0]] if close else None


def _gathered(values: Iterable[str], keys: Iterable[str]) -> dict[str, list[str]]:
    groups: dict[str, list[str]] = {}
    for value, key in zip(values, keys, strict=True):
        groups.setdefault(key, []).append(value)
    return groups

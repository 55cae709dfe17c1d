"""The titles that people call columns by, in sentences that name columns as the schema does."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from greencloud.tables import Table

_NAMING = ("label", "header", "intitule-tolere")
"""Ends of the codes of what is said of the labels: the name is what is to be typed there, so both stand."""


@dataclass(frozen=True)
class Titles:
    """Title by name, for the columns whose title says more than their name and is that of no other."""

    by_name: Mapping[str, str]
    _names: re.Pattern[str] | None

    def told(self, sentence: str, code: str) -> str:
        """A sentence about a finding or a note of that code, with titles for names."""
        if self._names is None:
            return sentence
        naming = code.endswith(_NAMING)

        def titled(found: re.Match[str]) -> str:
            name = found["quoted"] or found["bare"]
            return f"« {self.by_name[name]} » ({name})" if naming else f"« {self.by_name[name]} »"

        return self._names.sub(titled, sentence)


def titles(table: Table) -> Titles:
    """The titles of a table, and what finds its names in a sentence.

    A name without a `_` may be a word of the language: it is that of a column only between guillemets.
    """
    count = Counter(field.title for field in table.fields)
    known = {field.name: field.title for field in table.fields if count[field.title] == 1}
    by_name = {name: title for name, title in known.items() if title != name}
    longest_first = sorted(by_name, key=len, reverse=True)
    quoted = "|".join(map(re.escape, longest_first))
    bare = "|".join(re.escape(name) for name in longest_first if "_" in name) or "(?!)"
    pattern = re.compile(rf"«\s?(?P<quoted>{quoted})\s?»|(?<![\w-])(?P<bare>{bare})(?![\w-])") if by_name else None
    return Titles(by_name, pattern)

"""The titles that people call columns by, in sentences that name columns as the schema does."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from greencloud.tables import Table

_NAMING = ("label", "header", "intitule-tolere")
"""Ends of the codes of what is said of the labels: the name is what is to be typed there, so both stand."""
_CELL = re.compile(r"Ligne\s[0-9]+, colonne\s«")
_QUOTED = re.compile(r"«\s?(?P<name>[^»]*?)\s?»")
# Between guillemets may stand a name or a received text: it is a name where the words before it (`greencloud.checking.
# messages`) speak of a column, or at the head of what is said of a key.
_BEFORE = (
    r"[Cc]olonnes?(?:\sobligatoire|\s[0-9]+,|\speuvent\sêtre)?",
    r"[Ii]ntitul(?:ée|ez-la)(?:\sexactement)?",
    r"intitulés\ssont\s?:",
    r"(?:s.agit|au\slieu|à\spartir|somme|celle)\sde",
    r"(?:supérieure|inférieure|égale)\sà",
    r"peut\sdésigner",
    r"alors\sque",
    r"lu\scomme",
    r"pas\sdu\stout\s?;",
)
_LISTED = r"«[^»]*»(?:(?:,|\set|\sou)\s«[^»]*»)*"
_OF_KEY = rf"^Ligne\s[0-9]+\s?:\s(?P<key>{_LISTED})(?=\s(?:=|est\svide|sont\svides|se\sremplissent))"
_SPOKEN = rf"{_OF_KEY}|\b(?:{'|'.join(_BEFORE)})\s(?P<listed>{_LISTED})|«[^»]*»"


@dataclass(frozen=True)
class Titles:
    """Title by name, for the columns whose title says more than their name and is that of no other."""

    by_name: Mapping[str, str]
    _names: frozenset[str]
    _spoken: re.Pattern[str]

    def told(self, sentence: str, code: str) -> str:
        """A sentence about a finding or a note of that code, with titles for names."""
        naming, said, end = code.endswith(_NAMING), "", 0
        for name, start, stop in self._found(sentence):
            title = self.by_name.get(name)
            if title is not None:
                said += f"{sentence[end:start]}« {title} »" + (f" ({name})" if naming else "")
                end = stop
        return said + sentence[end:]

    def columns(self, sentence: str) -> list[str]:
        """The names of the columns that a sentence speaks of, in its order."""
        return [name for name, _, _ in self._found(sentence)]

    def _found(self, sentence: str) -> Iterator[tuple[str, int, int]]:
        """Each name of a column with its place; never a received text that reads like one."""
        # What is said of a cell quotes its text, which may hold guillemets of its own.
        quoted = sentence.rfind("»") if _CELL.match(sentence) else -1
        for found in self._spoken.finditer(sentence):
            if found["bare"] and found.start() > quoted:
                yield found["bare"], *found.span()
            for group in ("key", "listed"):
                for one in _QUOTED.finditer(sentence, *found.span(group)) if found[group] else ():
                    if one["name"] in self._names:
                        yield one["name"], *one.span()


def titles(table: Table) -> Titles:
    """The titles of a table, and what finds its names in a sentence.

    A name without a `_` may be a word of the language: it is that of a column only between guillemets.
    """
    count = Counter(field.title for field in table.fields)
    known = {field.name: field.title for field in table.fields if count[field.title] == 1}
    by_name = {name: title for name, title in known.items() if title != name}
    names = sorted((field.name for field in table.fields), key=len, reverse=True)
    bare = "|".join(re.escape(name) for name in names if "_" in name) or "(?!)"
    return Titles(by_name, frozenset(names), re.compile(rf"{_SPOKEN}|(?<![\w-])(?P<bare>{bare})(?![\w-])"))

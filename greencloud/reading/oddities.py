"""What a decoded text holds that no one typed on purpose: it is said, and never changed."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice

from greencloud.reading.mixtures import count_line_ends
from greencloud.reading.records import Remark
from greencloud.reading.words import counted

_PLAIN = bytes([*b"\t\n\r", *range(0x20, 0x7F)])
_COUNTED = 100_000
_CONTINUATION = "".join(bytes([byte]).decode("cp1252", "ignore") for byte in range(0x80, 0xC0)) + "".join(
    chr(code) for code in range(0x80, 0xA0)
)


@dataclass(frozen=True, slots=True)
class _Oddity:
    """A kind of oddity; no plain character has a part in its pattern."""

    code: str
    pattern: re.Pattern[str]
    said: Callable[[int, int], str]


def _plural(count: int, one: str, several: str) -> str:
    if count == 1:
        return one
    return several.format(count=f"plus de {counted(_COUNTED)}" if count > _COUNTED else counted(count))


_ODDITIES = (
    _Oddity(
        "texte_deja_abime",
        re.compile(f"Ã[{re.escape(_CONTINUATION)}]|Â[\u00a0°«»²³·]|â€[{re.escape(_CONTINUATION)}]|Å[“’]"),
        lambda count, line: (
            f"Ligne {line} : des accents étaient déjà abîmés avant ce dépôt (« Ã© » au lieu de « é », par exemple) ; "
            f"{_plural(count, 'un seul caractère est touché', '{count} caractères sont touchés')}. "
            "Le texte est gardé tel quel."
        ),
    ),
    _Oddity(
        "caractere_perdu",
        re.compile("\ufffd"),
        lambda count, line: (
            f"Ligne {line} : {_plural(count, 'un caractère a', '{count} caractères ont')} été perdu"
            f"{'' if count == 1 else 's'} avant ce dépôt, et remplacé{'' if count == 1 else 's'} par « \ufffd »."
        ),
    ),
    _Oddity(
        "unicode_nfd",
        re.compile("[\u0300-\u036f]"),
        lambda count, line: (
            f"Ligne {line} : {_plural(count, 'un accent est écrit', '{count} accents sont écrits')} à part de "
            f"{'sa lettre' if count == 1 else 'leur lettre'} (forme décomposée des Mac) ; "
            "les intitulés sont comparés sans en tenir compte."
        ),
    ),
    _Oddity(
        "caracteres_de_controle",
        re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]"),
        lambda count, line: (
            f"Ligne {line} : le texte contient "
            f"{_plural(count, 'un caractère de commande invisible', '{count} caractères de commande invisibles')}."
        ),
    ),
    _Oddity(
        "caracteres_invisibles",
        re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]"),
        lambda count, line: (
            f"Ligne {line} : le texte contient "
            f"{_plural(count, 'un caractère invisible', '{count} caractères invisibles')} "
            "(espace sans largeur, trait d'union conditionnel ou sens d'écriture)."
        ),
    ),
)
_SUSPECT = re.compile("[ÃÂÅ€" + "".join(oddity.pattern.pattern.strip("[]") for oddity in _ODDITIES[1:]) + "]")
"""The characters of which every oddity has one."""
_ANY = re.compile("|".join(oddity.pattern.pattern for oddity in _ODDITIES))


class Oddities:
    """What is odd in a text given in stretches of whole lines."""

    def __init__(self) -> None:
        self._first: dict[str, int] = {}
        self._counts: Counter[str] = Counter()
        self.line = 1
        """The number of the line that comes next."""

    def add(self, content: bytes) -> None:
        """Look at the next stretch, in UTF-8."""
        # Most texts are plain but for some accents: what is left of them without their plain characters is soon looked
        # at, and seldom has to be searched.
        rest = content.translate(None, _PLAIN).decode()
        if _SUSPECT.search(rest) and _ANY.search(rest):
            text = content.decode()
            for oddity in _ODDITIES:
                self._search(oddity, text)
        self.line += count_line_ends(content)

    def _search(self, oddity: _Oddity, text: str) -> None:
        first = oddity.pattern.search(text)
        if first is None:
            return
        self._first.setdefault(oddity.code, self.line + count_line_ends(text[: first.start()]))
        left = max(_COUNTED + 1 - self._counts[oddity.code], 0)
        self._counts[oddity.code] += sum(1 for _ in islice(oddity.pattern.finditer(text, first.start()), left))

    def remarks(self) -> Iterator[Remark]:
        """One remark for each kind of oddity, with its first line and how many there are."""
        for oddity in _ODDITIES:
            if oddity.code in self._first:
                yield Remark(oddity.code, oddity.said(self._counts[oddity.code], self._first[oddity.code]))


def remarks_on(text: str) -> Iterator[Remark]:
    """The remarks on a text in memory."""
    found = Oddities()
    found.add(text.encode())
    return found.remarks()

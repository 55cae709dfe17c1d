"""What a decoded text holds that no one typed on purpose: it is said, and never changed."""

import re
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
_ANY = re.compile("|".join(oddity.pattern.pattern for oddity in _ODDITIES))


def remarks_on(text: str) -> Iterator[Remark]:
    """One remark for each kind of oddity, with its first line and how many there are."""
    # Most texts are plain but for some accents: what is left of them without their plain characters is soon searched.
    if not _ANY.search(text.encode().translate(None, _PLAIN).decode()):
        return
    for oddity in _ODDITIES:
        first = oddity.pattern.search(text)
        if first:
            count = sum(1 for _ in islice(oddity.pattern.finditer(text, first.start()), _COUNTED + 1))
            line = 1 + count_line_ends(text[: first.start()])
            yield Remark(oddity.code, oddity.said(count, line))

"""A regular expression told in French, when it is simple enough for that: so many digits, a letter, a list of words."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from greencloud.checking.messages.words import joined, plural, quoted

_ANCHORED = re.compile(r"\^?\(\?:(?P<inner>(?:[^()]|\([^()]*\))*)\)\$?")
# (?:(?:^|,)(A|B|C))+$ : the way that national schemas write several values of a list in one cell.
_MULTIPLE = re.compile(r"\^?\(\?:\(\?:\^\|(?P<mark>\\?.)\)\((?P<words>[^()]*(?:\\[()][^()]*)*)\)\)\+\$?")
_PIECE = re.compile(
    r"(?P<set>\\d|\[0-9\]|\[\\d\]|\[A-Z\]|\[a-z\]|\[A-Za-z\]|\[a-zA-Z\]|\[0-9A-Z\]|\[A-Z0-9\]"
    r"|\[a-zA-Z0-9\]|\[A-Za-z0-9\]|\[0-9a-z\]|\[a-z0-9\])|\\(?P<escaped>[^\w\s])|(?P<literal>[^\\^$.|?*+()\[\]{}])"
)
_COUNT = re.compile(r"\{(\d+)(?:(,)(\d*))?\}|[+]")
_UPPER, _LOWER, _ANY = "majuscule", "minuscule", "lettre"
_SETS = {"A-Z": _UPPER, "a-z": _LOWER, "A-Za-z": _ANY, "a-zA-Z": _ANY}
_SAMPLES = {"chiffre": "1234567890", _UPPER: "ABCDEFGHIJ", _LOWER: "abcdefghij", _ANY: "ABCDEFGHIJ"}
_MIXED = "chiffre ou lettre"
_WORDS_SHOWN = 300
# Frequent in national schemas, and better told by their meaning than by their characters.
_KNOWN = {
    **dict.fromkeys(
        (r"([013-9]\d|2[AB1-9])\d{3}", r"(?:[0-9]{2}|2[AB])[0-9]{3}"),
        ("un code commune INSEE (5 caractères, et non le code postal)", "35238"),
    ),
    **dict.fromkeys(
        (r"(https?)://[^\s/$.?#].[^\s]*", r"https?://[^|\s]*"),
        ("une adresse web, avec son début", "https://www.exemple.fr"),
    ),
    r"[0-9]{4}-(?:0[1-9]|1[0-2])": ("une année et un mois sous la forme AAAA-MM", "2025-12"),
}
_LONGEST = 40


@dataclass(frozen=True)
class Explained:
    """What a pattern asks for, as the end of « il faut … », and a text that it accepts."""

    sentence: str
    example: str


@dataclass(frozen=True)
class _Run:
    """Characters of one kind, or a text that stands as it is."""

    noun: str
    least: int
    most: int | None

    @property
    def words(self) -> str:
        if self.noun.startswith("«"):
            return self.noun
        several = " ou ".join(f"{word}s" for word in self.noun.split(" ou "))
        if self.least == self.most:
            return plural(self.least, self.noun, several)
        if self.most is None:
            return f"au moins {plural(self.least, self.noun, several)}"
        return f"{self.least} à {plural(self.most, self.noun, several)}"


def explain(pattern: str) -> Explained | None:
    """The pattern in words; None when it says more than these words can."""
    if multiple := _MULTIPLE.fullmatch(pattern):
        return _several(multiple["mark"].removeprefix("\\"), _unescaped(multiple["words"]), pattern)
    inner = _ANCHORED.fullmatch(pattern)
    bare = inner["inner"] if inner else pattern.removeprefix("^").removesuffix("$")
    if bare in _KNOWN:
        return Explained(*_KNOWN[bare])
    words = _unescaped(bare.removeprefix("(").removesuffix(")")) if re.fullmatch(r"\(?[^()]*\)?", bare) else None
    if words and len(words) > 1:
        return _checked(f"l'une des valeurs : {_cut(words)}", words[0], pattern)
    runs = list(_runs(bare))
    complete = [run for run in runs if run is not None]
    return _sequence(_merged(complete), pattern) if len(complete) == len(runs) > 0 else None


def _merged(runs: list[_Run]) -> list[_Run]:
    """Neighbours of one kind as one run: `\\d\\d` is two digits."""
    result: list[_Run] = []
    for run in runs:
        last = result[-1] if result else None
        if last and last.noun == run.noun and run.noun in (*_SAMPLES, _MIXED):
            most = None if last.most is None or run.most is None else last.most + run.most
            result[-1] = _Run(run.noun, last.least + run.least, most)
        else:
            result.append(run)
    return result


def _several(mark: str, words: list[str] | None, pattern: str) -> Explained | None:
    if words is None:
        return None
    sentence = f"une ou plusieurs des valeurs, séparées par {quoted(mark)} : {_cut(words)}"
    return _checked(sentence, mark.join(words[:2]), pattern)


def _sequence(runs: list[_Run], pattern: str) -> Explained | None:
    example, taken = "", 0
    for run in runs:
        if run.noun.startswith("«"):
            example += run.noun[2:-2]
            continue
        sample = _SAMPLES["chiffre" if run.noun == _MIXED else run.noun]
        for _ in range(run.least or 1):
            example += sample[taken % len(sample)]
            taken += 1
    parts = [run.words for run in runs]
    return _checked(parts[0] if len(parts) == 1 else joined(parts, "puis"), example, pattern)


def _checked(sentence: str, example: str, pattern: str) -> Explained | None:
    """Only what the pattern itself accepts is shown as an example of it."""
    accepted = len(example) <= _WORDS_SHOWN and re.fullmatch(f"(?:{pattern})", example)
    return Explained(sentence, example) if accepted else None


def _runs(bare: str) -> Iterator[_Run | None]:
    """The runs of a sequence, None where it holds something else than these."""
    position, text = 0, ""
    while position < len(bare):
        piece = _PIECE.match(bare, position)
        if piece is None:
            yield None
            return
        position = piece.end()
        count = _COUNT.match(bare, position)
        position = count.end() if count else position
        if piece["set"] is None and count is None:
            text += piece["escaped"] or piece["literal"]
            continue
        if text:
            yield _Run(f"« {text} »", 1, 1)
            text = ""
        yield _run(piece, count)
    if text:
        yield _Run(f"« {text} »", 1, 1)


def _run(piece: re.Match[str], count: re.Match[str] | None) -> _Run | None:
    if piece["set"] is None:
        return None
    inside = piece["set"].strip("[]")
    noun = "chiffre" if inside in (r"\d", "0-9") else _SETS.get(inside, _MIXED)
    if count is None:
        return _Run(noun, 1, 1)
    if count[0] == "+":
        return _Run(noun, 1, None)
    least, most = int(count[1]), int(count[3]) if count[3] else (None if count[2] else int(count[1]))
    return _Run(noun, least, most) if least <= _LONGEST else None


def _unescaped(alternatives: str) -> list[str] | None:
    """The words of `a|b|c`, None when one of them is more than a text."""
    words = re.split(r"(?<!\\)\|", alternatives)
    plain = [re.sub(r"\\([^\w\s])", r"\1", word) for word in words]
    special = any(re.search(r"(?<!\\)[\[\]{}()*+?^$]|\\\w", word) for word in words)
    return None if special or not all(plain) else plain


def _cut(words: list[str]) -> str:
    """As many words as a reader will look at."""
    shown = ", ".join(words)
    return shown if len(shown) <= _WORDS_SHOWN else shown[:_WORDS_SHOWN].rpartition(",")[0] + ", …"

"""Street addresses written alike: what two spellings of one address have in common, and nothing that is guessed.

Case, accents, punctuation and the usual abbreviations of the postal norm (NF Z 10-011) make no difference; anything
else does: a misspelt street is another street, and the caller says that it was not found.
"""

import re
import unicodedata
from dataclasses import dataclass

UNKNOWN = "NON RENSEIGNE"
"""What the source writes where it has no address."""

# The first word of a street. « R » is read so after a number, never as the letter of the number.
_KINDS = {
    **dict.fromkeys(("AV", "AVE"), "AVENUE"),
    **dict.fromkeys(("BD", "BLD", "BLVD", "BVD", "BOUL"), "BOULEVARD"),
    **dict.fromkeys(("CH", "CHE", "CHEM"), "CHEMIN"),
    **dict.fromkeys(("FG", "FBG"), "FAUBOURG"),
    **dict.fromkeys(("PL", "PLCE"), "PLACE"),
    **dict.fromkeys(("RTE", "RT"), "ROUTE"),
    "ALL": "ALLEE",
    "CHS": "CHAUSSEE",
    "CRS": "COURS",
    "ESP": "ESPLANADE",
    "HAM": "HAMEAU",
    "IMP": "IMPASSE",
    "LOT": "LOTISSEMENT",
    "PAS": "PASSAGE",
    "PROM": "PROMENADE",
    "QU": "QUAI",
    "R": "RUE",
    "RES": "RESIDENCE",
    "RPT": "ROND POINT",
    "SQ": "SQUARE",
    "VLA": "VILLA",
}
_WORDS = {
    "CDT": "COMMANDANT",
    "DR": "DOCTEUR",
    "GAL": "GENERAL",
    "GEN": "GENERAL",
    "MAL": "MARECHAL",
    "PDT": "PRESIDENT",
    "PROF": "PROFESSEUR",
    "ST": "SAINT",
    "STE": "SAINTE",
}
_REPEATED = {"B": "BIS", "T": "TER", "Q": "QUATER"}  # as grid operators write them
_NUMBER_SIGN = re.compile(r"^\s*n\s*[°º]", re.IGNORECASE)  # no letter N alone: the N 7 is a road
_NUMBER = re.compile(r"([0-9]{1,4}) ?(BIS|TER|QUATER|[A-PQS-Z])? (?=\S)")


@dataclass(frozen=True)
class Address:
    """A number with its letter (both empty when none is written), and the street."""

    number: str
    letter: str
    street: str

    @property
    def several(self) -> bool:
        """Whether a second number follows the first: 12-14 RUE…"""
        return bool(self.number) and re.match(r"(?:(?:ET|A) )?[0-9]+ ?(?:BIS|TER|QUATER)? ", self.street) is not None

    def __str__(self) -> str:
        return " ".join(part for part in (self.number, self.letter, self.street) if part)


def folded(text: str) -> str:
    """Capitals without accents, every sign that is no letter or digit a single space."""
    plain = unicodedata.normalize("NFKD", text.replace("œ", "oe").replace("Œ", "OE"))
    kept = "".join(sign for sign in plain if not unicodedata.combining(sign))
    return " ".join(re.sub(r"[^A-Z0-9]+", " ", kept.upper()).split())


def address(text: str) -> Address:
    """The address that a text writes."""
    rest = folded(_NUMBER_SIGN.sub("", text))
    found = _NUMBER.match(rest)
    if found is None:
        return Address("", "", _street(rest))
    letter = found[2] or ""
    return Address(str(int(found[1])), _REPEATED.get(letter, letter), _street(rest[found.end() :]))


def _street(text: str) -> str:
    first, _, others = text.partition(" ")
    words = [_WORDS.get(word, word) for word in others.split()]
    return " ".join([_KINDS.get(first, first) if words else first, *words])

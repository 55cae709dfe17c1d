"""Marks that stand for an absent value, results that a spreadsheet could not compute, words that may mean zero.

Zero is never an absence, and a broken result is not one either: its value existed.
"""

import re

from greencloud.checking.tolerances.spelling import folded, has_digit
from greencloud.checking.verdicts import Fault

# Compared without case, accents, spaces and dots.
_ABSENT_WORDS = """
    nc nd na ns nr mq so n/a n/d n/c n/r #n/a #n/d #na #nd null none nil nan missing unknown undefined
    notavailable notapplicable noncommunique noncommuniquee nondisponible nondispo indisponible nonrenseigne
    nonrenseignee nonconnu nonconnue inconnu inconnue nonmesure nonmesuree nondetermine nondeterminee nondefini
    nondefinie nonsignificatif nonapplicable nonconcerne nonconcernee sansobjet s/o manquant manquante absent
    absente vide (vide) (blank) (null) <null> pasdedonnee pasdedonnees aucunedonnee donneenondisponible
    donneeabsente donneemanquante arenseigner acompleter adefinir aconfirmer tbd tbc
"""
_ABSENT = frozenset(_ABSENT_WORDS.split())
_MARKS = re.compile(r"[-–—−_]{1,5}|/{1,3}|\\{1,3}|\?{1,5}|…|\.{1,5}")
_ZERO_OR_ABSENT = frozenset({"neant", "aucun", "aucune", "zero", "rien", "nul", "nulle"})
_BROKEN = re.compile(
    r"#(?:REF|DIV/0|VALEUR|VALUE|NOM|NAME|NOMBRE|NUM|NUL|NULL|CALC|SPILL|PROPAGATION|FIELD|CHAMP|BLOCKED|BUSY|CONNECT"
    r"|EXTERNAL|GETTING_DATA|UNKNOWN!|ERREUR|ERROR)[!?]?|Err ?: ?\d{3}",
    re.IGNORECASE | re.ASCII,
)
_TOO_NARROW = re.compile(r"#{3,}")
_LONGEST = 40
_SPACES_AND_DOTS = re.compile("[ .]")


def is_absence(text: str) -> bool:
    """Whether a trimmed text only says that there is no value."""
    if len(text) > _LONGEST or has_digit(text):
        return False
    if _MARKS.fullmatch(text):
        return True
    return _SPACES_AND_DOTS.sub("", folded(text)) in _ABSENT


def may_be_zero(text: str) -> bool:
    """Whether a trimmed text says « nothing », which may be a zero or an unknown."""
    return len(text) <= _LONGEST and not has_digit(text) and folded(text) in _ZERO_OR_ABSENT


def broken_result(text: str) -> Fault | None:
    """The fault of a formula that gave no value, of any type of field."""
    if text[:1] not in ("#", "E", "e"):
        return None
    if _TOO_NARROW.fullmatch(text):
        return Fault("erreur_tableur", detail="largeur")
    if len(text) <= _LONGEST and _BROKEN.fullmatch(text):
        return Fault("erreur_tableur")
    return None

"""SIRET and SIREN as spreadsheets leave them: spaced out (tolerated), cut or rounded (refused, the cause named).

The check digits are not verified here: they are the business of the schema's `siret` and `siren` custom checks.
"""

import re
from collections.abc import Sequence

from greencloud.checking.tolerances.spelling import APOSTROPHES, SPACES, Outcome, Spelling, narrow, unwrapped
from greencloud.checking.verdicts import Fault
from greencloud.tables import Field, Table

LENGTHS = {"siret": 14, "siren": 9}
SCIENTIFIC = re.compile(r"[0-9](?:[.,][0-9]+)?[eE]\+?[0-9]{1,2}")
_CHECKS = {
    "siret": "siret",
    "siren": "siren",
    "french-siret-value": "siret",
    "french-siren-value": "siren",
}
_LONGEST = 200
_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[0-9]+")
_SEPARATORS = re.compile(rf"[{SPACES}.\-_‑–\t]")
_BETWEEN = re.compile(r"[/;,|+&\n]| et | ou | - ")
_NAMED = re.compile(r"(?:n[°o] ?)?sire[tn](?: ?n[°o])? ?[:=]? ?(?=[0-9])", re.IGNORECASE)
_DECIMAL = re.compile(r"(?P<digits>[0-9]+)[.,]0*")
_FEWEST_DIGITS = 8
_LOST_DIGITS = "00000"
_LETTERS = str.maketrans({"O": "0", "o": "0", "l": "1", "I": "1", "О": "0", "о": "0"})
_MOST_LETTERS = 7


def kind(field: Field, table: Table) -> str | None:
    """`siret` or `siren` when a text field holds such numbers, by its custom check or else by its name or title."""
    if field.type != "string" or "enum" in field.constraints:
        return None
    for check in table.custom_checks:
        if check.params.get("column") == field.name and check.name in _CHECKS:
            return _CHECKS[check.name]
    for label in (field.name, field.title):
        named = [word for word in LENGTHS if word in _words(label)]
        if named:
            return named[0] if len(named) == 1 else None
    return None


def _words(label: str) -> Sequence[str]:
    return [word.lower() for word in _WORDS.findall(label)]


def read(text: str, kind: str) -> Outcome:
    """A trimmed text as the digits of its identifier, or its damage, None when it is not a number at all."""
    if len(text) > _LONGEST:
        return None
    if text.isascii() and text.isdigit() and len(text) < 2 * LENGTHS[kind]:
        return _digits(text, kind, None)
    dressed = unwrapped(_NAMED.sub("", text) if "sire" in text.lower() else text)
    seen = narrow(dressed.text.rstrip(APOSTROPHES)).text
    if SCIENTIFIC.fullmatch(seen):
        return _scientific(seen, kind)
    if decimal := _DECIMAL.fullmatch(seen):
        return _digits(decimal["digits"], kind, "identifiant_decimal")
    compact = _SEPARATORS.sub("", seen)
    if compact.isascii() and compact.isdigit() and len(compact) < 2 * LENGTHS[kind]:
        return _digits(compact, kind, None if compact == text else dressed.tolerance or "identifiant_espaces")
    return _several(seen, kind) or _letters(compact, kind) or _mingled(compact)


def _digits(digits: str, kind: str, tolerance: str | None) -> Spelling | Fault | None:
    length = LENGTHS[kind]
    if len(digits) < _FEWEST_DIGITS:
        return Fault("identifiant_abime", detail="longueur")
    if kind == "siret" and digits.endswith(_LOST_DIGITS) and len(digits) in (length, length - 1):
        return Fault("identifiant_abime", detail="chiffres_perdus")
    if len(digits) == length:
        return Spelling(digits, tolerance)
    if len(digits) in LENGTHS.values():
        other = "siren_pour_siret" if kind == "siret" else "siret_pour_siren"
        proposal = digits[: LENGTHS["siren"]] if kind == "siren" else None
        return Fault("identifiant_abime", detail=other, proposal=proposal)
    whole = digits.zfill(length)
    if len(digits) < length and luhn(whole):
        return Fault("identifiant_abime", detail="zero_perdu", proposal=whole)
    return Fault("identifiant_abime", detail="longueur")


def _scientific(text: str, kind: str) -> Fault:
    """Only when every digit stands before the exponent can the number be proposed."""
    mantissa, exponent = re.split("[eE]", text)
    digits = re.sub(r"[.,]", "", mantissa)
    whole = len(digits) == LENGTHS[kind] == int(exponent) + 1
    return Fault("identifiant_abime", detail="notation_scientifique", proposal=digits if whole else None)


def _several(text: str, kind: str) -> Fault | None:
    """Two numbers in one cell, parted by a mark or a space, or run together."""
    length = LENGTHS[kind]
    parts = [_SEPARATORS.sub("", part) for part in _BETWEEN.split(text)]
    if len(parts) == 1 and parts[0].isascii() and parts[0].isdigit() and not len(parts[0]) % length:
        parts = [parts[0][start : start + length] for start in range(0, len(parts[0]), length)]
    numbers = tuple(part for part in parts if len(part) == length and part.isascii() and part.isdigit())
    return Fault("identifiant_abime", detail="plusieurs", readings=numbers) if len(numbers) > 1 else None


def _mingled(compact: str) -> Fault | None:
    """A number among other characters: which of them is too many is not for us to say."""
    digits = sum(1 for character in compact if character.isdigit())
    return Fault("identifiant_abime", detail="longueur") if digits >= LENGTHS["siren"] else None


def _letters(compact: str, kind: str) -> Fault | None:
    digits = compact.translate(_LETTERS)
    replaced = sum(1 for before, after in zip(compact, digits, strict=True) if before != after)
    if len(digits) != LENGTHS[kind] or not digits.isdigit() or not digits.isascii() or replaced > _MOST_LETTERS:
        return None
    return Fault("identifiant_abime", detail="lettre_pour_chiffre", proposal=digits)


def luhn(digits: str) -> bool:
    """Whether the last digit agrees with the others, as in a SIREN or a SIRET."""
    doubled = [int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits))]
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0

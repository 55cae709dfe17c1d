"""Texts that are nearly a number: what is wrong with them, and the number that a person may have meant."""

import re
from decimal import Decimal

from greencloud.checking.tolerances import absences, numbers, units
from greencloud.checking.tolerances.spelling import APOSTROPHES, SPACES, Outcome, Spelling, has_digit
from greencloud.checking.verdicts import Fault
from greencloud.tables import Field

_LONGEST = 100
_GAP = rf"[{SPACES}]*"
_SOME = rf"[0-9](?:[0-9.,{SPACES}{APOSTROPHES}]*[0-9.,])?(?:[eE][-+]?[0-9]+)?"
_NUMBER = rf"[-+−]?{_SOME}"
_ROUGHLY = r"~|≈|≃|±|\+/-|env(?:\.|iron)?|approx\w*\.?"
_DATED = re.compile(r"[0-9]{1,4}([/.-])[0-9]{1,2}\1[0-9]{1,4}")
_WITH_UNIT = re.compile(rf"(?P<number>{_NUMBER}){_GAP}(?P<unit>[^\W\d_][^0-9]{{0,29}}[23]?|[%‰€$£°][^0-9]{{0,9}})")
_UNIT_FIRST = re.compile(rf"(?P<unit>[€$£]|[A-Za-z€$]{{1,6}}){_GAP}(?P<number>{_NUMBER})")
_ABOUT = re.compile(
    rf"(?:{_ROUGHLY}|ca\.?|vers|pr[eè]s de|presque){_GAP}(?P<number>{_NUMBER})"
    rf"|(?P<behind>{_NUMBER}){_GAP}(?:{_ROUGHLY}|\(?estim\w*\.?\)?)",
    re.IGNORECASE,
)
_BOUND = re.compile(
    rf"(?:[<>≤≥]=?|moins de|plus de|(?:inf|sup)(?:\.|érieure?)? à|jusqu'à|max\w*\.?|min\w*\.?){_GAP}{_NUMBER}.*",
    re.IGNORECASE,
)
_RANGE = re.compile(rf"(?:de |entre )?{_SOME}{_GAP}(?:-|–|—|à|a|et|…|\.\.+|to){_GAP}{_SOME}.*")
_SEVERAL = re.compile(rf"{_NUMBER}(?:{_GAP}(?:/|;|\||\+|\n|ou|et){_GAP}{_NUMBER})+")
_MANY = tuple(
    (shape, Fault("type-error", detail=detail))
    for shape, detail in ((_BOUND, "borne"), (_SEVERAL, "plusieurs_valeurs"), (_RANGE, "plage"))
)
_BRACKETS = re.compile(rf"\({_GAP}(?P<number>{_SOME}){_GAP}\)")
_BEHIND = re.compile(rf"(?P<number>{_SOME}){_GAP}[-−]")
_DASH = re.compile(rf"[-–—−‐‑]{_GAP}(?P<number>{_SOME})")
_FOOTNOTE = re.compile(rf"(?P<number>{_NUMBER}){_GAP}(?:\([0-9]{{1,2}}\)|\[[0-9]{{1,2}}\]|\*{{1,3}}|[¹²³⁴⁵⁶⁷⁸⁹†‡]+)")
_UNKNOWN_UNIT = Fault("type-error", detail="unite")
_NOTE_ENDS = ")]*¹²³⁴⁵⁶⁷⁸⁹†‡"
_UNDERSCORED = re.compile(r"[-+]?[0-9]+(?:_[0-9]+)+(?:[.,][0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?(?:inf|infinity|infini|∞)", re.IGNORECASE)
# The Cyrillic letter looks like the Latin one.
_INSIDE = re.compile("[0-9][OolIОо]+[0-9]")
_ANY_DIGIT = re.compile(r"\d")
_LETTERS = str.maketrans({"O": "0", "o": "0", "l": "1", "I": "1", "О": "0", "о": "0"})


def name(text: str, field: Field) -> Outcome:
    """What is wrong with a trimmed text that should be a number, None when nothing can be said of it.

    A text that only bears the column's own unit is no fault: its Spelling is given.
    """
    if text[:1] in ("=", "@"):
        return Fault("type-error", detail="formule")
    if len(text) > _LONGEST:
        return None
    if not _ANY_DIGIT.search(text):
        return _without_digits(text)
    if _DATED.fullmatch(text):
        return None
    mistyped = _foreign(text, field) if _INSIDE.search(text) else None
    return _meant(text, field) or _several(text) or mistyped or _measured(text, field) or _foreign(text, field)


def _without_digits(text: str) -> Fault | None:
    if absences.may_be_zero(text):
        return Fault("type-error", detail="zero_ou_absent", readings=("0", ""))
    return Fault("type-error", detail="non_fini") if _NOT_FINITE.fullmatch(text) else None


def _meant(text: str, field: Field) -> Fault | None:
    """The faults for which the number that was meant can be shown."""
    if about := _ABOUT.fullmatch(text):
        return _fault("approximation", about["number"] or about["behind"], field)
    if "_" in text and _UNDERSCORED.fullmatch(text):
        return _fault("trait_bas", text.replace("_", ""), field)
    if text[0] == "(" and (brackets := _BRACKETS.fullmatch(text)):
        return _fault("negatif_comptable", f"-{brackets['number']}", field)
    if signed := _DASH.fullmatch(text) or (text[-1] in "-−" and _BEHIND.fullmatch(text)):
        return _fault("signe", f"-{signed['number']}", field)
    if text[-1] in _NOTE_ENDS and (noted := _FOOTNOTE.fullmatch(text)):
        return _fault("appel_de_note", noted["number"], field)
    return None


def _several(text: str) -> Fault | None:
    for shape, fault in _MANY:
        if shape.fullmatch(text):
            return fault
    return None


def _measured(text: str, field: Field) -> Outcome:
    """A number with a unit: the column's own is tolerated, any other is a fault, with the conversion when exact."""
    measured = _WITH_UNIT.fullmatch(text) or _UNIT_FIRST.fullmatch(text)
    number = None if measured is None else numbers.read(measured["number"], field)
    if measured is None or number is None:
        return None
    word = measured["unit"].strip()
    unit, wanted = units.named(word), units.of_field(field)
    if unit is None:
        return _UNKNOWN_UNIT if len(word) > 1 else None
    if unit == wanted and isinstance(number, Spelling):
        return Spelling(number.text, "pourcentage" if unit.name == "%" else "unite_retiree")
    return number if unit == wanted else _other_unit(number, unit, wanted)


def _other_unit(number: Spelling | Fault, unit: units.Unit, wanted: units.Unit | None) -> Fault:
    amount = Decimal(number.text) if isinstance(number, Spelling) else None
    if wanted is None or (units.MONEY == unit.quantity != wanted.quantity):
        return _unexpected(amount, unit)
    if unit.quantity != wanted.quantity:
        return Fault("unite_dans_cellule", detail="autre_grandeur")
    worth = None if amount is None else units.converted(amount, unit, wanted)
    return Fault("unite_dans_cellule", detail="autre_unite", proposal=None if worth is None else _figure(worth))


def _unexpected(amount: Decimal | None, unit: units.Unit) -> Fault:
    """A unit in a column that states none: only a percentage has one meaning, and it is another number."""
    if unit.quantity == units.MONEY:
        return _UNKNOWN_UNIT
    if unit.name == "%":
        proposal = None if amount is None else _figure(amount / 100)
        return Fault("unite_dans_cellule", detail="pourcentage", proposal=proposal)
    return Fault("unite_dans_cellule", detail="sans_unite_attendue")


def _foreign(text: str, field: Field) -> Fault | None:
    """Digits of another script, or letters in the place of digits."""
    if not text.isascii() and any(letter.isdecimal() and not letter.isascii() for letter in text):
        western = "".join(str(int(letter)) if letter.isdecimal() else letter for letter in text)
        return _fault("chiffres_etrangers", western, field)
    if not has_digit(text):
        return None
    digits = text.translate(_LETTERS)
    return None if digits == text else _fault("lettre_pour_chiffre", digits, field)


def _fault(detail: str, meant: str, field: Field) -> Fault | None:
    number = numbers.read(meant, field)
    if number is None:
        return None
    return Fault("type-error", detail=detail, proposal=number.text if isinstance(number, Spelling) else None)


def _figure(value: Decimal) -> str:
    """A decimal in plain digits, without needless zeros."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text

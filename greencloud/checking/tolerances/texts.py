"""Texts: free ones are kept but for outer spaces and decomposed accents, codes are brought to their form."""

import re
import unicodedata
from collections.abc import Callable
from difflib import get_close_matches

from greencloud.checking.tolerances import identifiers
from greencloud.checking.tolerances.spelling import INVISIBLE, SPACES, Spelling, folded, narrow, trimmed, unwrapped
from greencloud.checking.verdicts import Cell, CellReader, Fault
from greencloud.tables import Field

_FORMULA = re.compile(r"[\t\r\n ]*[=@|＝＠]|[\t\r]|[+\-＋－](?![0-9.,\s  ]*$).", re.DOTALL)
_BIDIRECTIONAL = re.compile("[\u202a-\u202e\u2066-\u2069]")
# Line ends for some readers and not for CSV: they come from a copied document and hide nothing.
_LINE_ENDS = frozenset("\v\f\x1c\x1d\x1e\x85")
_LOST = "\ufffd"
_RESEMBLANCE = 0.8
_LONGEST_ENUM = 200
_DIGITS = re.compile(r"[0-9]+(?:-[0-9]+)*")
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—−", "-"))
_NEITHER = str.maketrans(dict.fromkeys(INVISIBLE))
_LOOKALIKES = str.maketrans(
    "АВЕЅІЈКМНОРСТХУаеорсхуіјѕԁԛԝΑΒΕΖΗΙΚΜΝΟΡΤΥΧονι",
    "ABESIJKMHOPCTXYaeopcxyijsdqwABEZHIKMNOPTYXovi",
)


def reader(field: Field, strict: CellReader) -> Callable[[str], Cell]:
    """The reader of a text field that is no SIRET: free, or bound by a pattern, a list or a length."""
    bound = "pattern" in field.constraints or "enum" in field.constraints or field.format != "default"

    def read(raw: str) -> Cell:
        if _FORMULA.match(raw):
            cell = strict(raw)
            if not cell.faults or not bound:
                return _said(cell, "formule")
        text = composed(trimmed(raw))
        cell = _plain(strict(text.text), text.text)
        if not cell.faults:
            return _said(cell, _noticed(raw, text))
        return _bound(text.text, cell, field, strict) if bound else cell

    return read


def composed(text: str) -> Spelling:
    """A text whose accents stand on their letters, as every keyboard gives them."""
    if text.isascii() or unicodedata.is_normalized("NFC", text):
        return Spelling(text)
    return Spelling(unicodedata.normalize("NFC", text), "accents_recomposes")


def _plain(cell: Cell, text: str) -> Cell:
    """A cell refused for its control characters is a text all the same when they are old line ends."""
    if cell.faults == (Fault("type-error", detail="caractere_de_controle"),) and _controls(text) <= _LINE_ENDS:
        return Cell(text, text)
    return cell


def _controls(text: str) -> set[str]:
    if text.isprintable():
        return set()
    return {character for character in text if unicodedata.category(character) == "Cc"} - set("\t\n\r")


def _noticed(raw: str, text: Spelling) -> str | None:
    if _LOST in raw:
        return "caractere_perdu"
    if _controls(text.text):
        return "caractere_de_controle"
    if _BIDIRECTIONAL.search(raw):
        return "caractere_bidirectionnel"
    return text.tolerance or ("espaces" if text.text != raw else None)


def _said(cell: Cell, tolerance: str | None) -> Cell:
    if cell.faults or tolerance is None:
        return cell
    return Cell(cell.text, cell.value, cell.tolerance or tolerance)


def _bound(text: str, cell: Cell, field: Field, strict: CellReader) -> Cell:
    """A text that breaks its pattern or is not of its list: read as another spelling of one that does not, or told."""
    for tolerance, other in _spellings(text):
        if other != text and not (found := strict(other)).faults:
            return _said(found, tolerance)
    if "enum" in field.constraints:
        return _listed(text, cell, field, strict)
    return Cell(None, cell.value, faults=tuple(_told(fault, text, strict) for fault in cell.faults))


def _spellings(text: str) -> list[tuple[str, str]]:
    """Spellings that differ by nothing a person sees or means: spaces go from between digits alone."""
    bare = text.translate(_NEITHER)
    compact = re.sub(f"[{SPACES}]", "", bare.translate(_DASHES))
    return [
        ("caracteres_invisibles", bare),
        ("apostrophe", unwrapped(bare).text),
        ("chiffres_pleine_chasse", narrow(bare).text),
        ("tirets", bare.translate(_DASHES)),
        ("identifiant_espaces", compact if _DIGITS.fullmatch(compact) else text),
    ]


def _told(fault: Fault, text: str, strict: CellReader) -> Fault:
    """A broken pattern with its cause, when it is one that a person would not see."""
    if fault.constraint != "pattern":
        return fault
    if identifiers.SCIENTIFIC.fullmatch(text):
        return Fault("identifiant_abime", detail="notation_scientifique")
    latin = text.translate(_LOOKALIKES)
    if latin != text:
        odd = next(before for before, after in zip(text, latin, strict=True) if before != after)
        proposal = latin if not strict(latin).faults else None
        return Fault(fault.code, fault.constraint, "caractere_trompeur", (odd, f"U+{ord(odd):04X}"), proposal)
    for other in (text.upper(), text.lower()):
        if other != text and not strict(other).faults:
            return Fault(fault.code, fault.constraint, "casse", proposal=other)
    return fault


def _signs(text: str) -> str:
    """What tells `niveau_1` from `niveau_2` and `n+1` from `n-1`: a slip of the keyboard is one of letters."""
    return re.sub(r"[^\W\d]|[\s-]", "", text)


def _words(text: str) -> str:
    """The words of a listed value, however they are joined; a sign stays, for `n-1` is not `n+1`."""
    return re.sub(r"[\s_]+|(?<=[^\W\d_])-(?=[^\W\d_])", "_", folded(text).replace("’", "'"))


def _listed(text: str, cell: Cell, field: Field, strict: CellReader) -> Cell:
    """A value of the list but for case, accents and punctuation is read; one that resembles a value is proposed."""
    values = [str(value) for value in field.constraints["enum"]]
    if len(text) > _LONGEST_ENUM:
        return cell
    for tolerance, key in (("casse", str.casefold), ("accents", folded), ("accents", _words)):
        alike = [value for value in values if key(value) == key(text) != ""]
        if len(alike) == 1:
            return _said(strict(alike[0]), tolerance)
    near = {folded(value): value for value in values if _signs(value) == _signs(text)}
    close = get_close_matches(folded(text), list(near), n=1, cutoff=_RESEMBLANCE)
    proposal = near[close[0]] if close else None
    detail = "ressemblance" if proposal else None
    faults = [
        Fault(fault.code, "enum", detail, proposal=proposal) if fault.constraint == "enum" else fault
        for fault in cell.faults
    ]
    return Cell(None, cell.value, faults=tuple(faults))

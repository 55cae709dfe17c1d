"""Texts: free ones are kept but for outer spaces and decomposed accents, codes are brought to their form."""

import re
import unicodedata
from collections.abc import Iterator

from greencloud.checking.tolerances import identifiers
from greencloud.checking.tolerances.listed import Listed
from greencloud.checking.tolerances.spelling import (
    INVISIBLE,
    SPACES,
    Family,
    Spelling,
    narrow,
    said,
    trimmed,
    unwrapped,
)
from greencloud.checking.verdicts import Cell, CellReader, Fault
from greencloud.tables import Field

_FORMULA = re.compile(r"[\t\r\n ]*[=@|＝＠]|[\t\r]|[+\-＋－](?![0-9.,\s  ]*$).", re.DOTALL)
_BIDIRECTIONAL = re.compile("[\u202a-\u202e\u2066-\u2069]")
# Line ends for some readers and not for CSV: they come from a copied document and hide nothing.
_LINE_ENDS = frozenset("\v\f\x1c\x1d\x1e\x85")
_LOST = "\ufffd"
_CONTROL = (Fault("type-error", detail="caractere_de_controle"),)
_DIGITS = re.compile(r"[0-9]+(?:-[0-9]+)*")
_SPACE = re.compile(f"[{SPACES}]")
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—−", "-"))
_NEITHER = str.maketrans(dict.fromkeys(INVISIBLE))
_LOOKALIKES = str.maketrans(
    "АВЕЅІЈКМНОРСТХУаеорсхуіјѕԁԛԝΑΒΕΖΗΙΚΜΝΟΡΤΥΧονι",
    "ABESIJKMHOPCTXYaeopcxyijsdqwABEZHIKMNOPTYXovi",
)


def reader(field: Field, strict: CellReader) -> Family:
    """The reader of a text field that is no SIRET: free, or bound by a pattern, a list or a length."""
    bound = "pattern" in field.constraints or "enum" in field.constraints or field.format != "default"

    listed = Listed.of(field) if "enum" in field.constraints else None

    def read(raw: str, _text: Spelling) -> Cell:
        if _FORMULA.match(raw):
            cell = strict(str(raw))
            if not cell.faults or not bound:
                return said(cell, "formule")
        text = composed(trimmed(raw))
        cell = _plain(strict(text.text), text.text)
        if not cell.faults:
            return said(cell, _noticed(raw, text))
        return _bound(text.text, cell, strict, listed) if bound else cell

    return read


def composed(text: str) -> Spelling:
    """A text whose accents stand on their letters, as every keyboard gives them."""
    if text.isascii() or unicodedata.is_normalized("NFC", text):
        return Spelling(text)
    return Spelling(unicodedata.normalize("NFC", text), "accents_recomposes")


def _plain(cell: Cell, text: str) -> Cell:
    """A cell refused for its control characters is a text all the same when they are old line ends."""
    if cell.faults == _CONTROL and _controls(text) <= _LINE_ENDS:
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


def _bound(text: str, cell: Cell, strict: CellReader, listed: Listed | None) -> Cell:
    """A text that breaks its pattern or is not of its list: read as another spelling of one that does not, or told."""
    for tolerance, other in _spellings(text):
        if other != text and not (found := strict(other)).faults:
            return said(found, tolerance)
    if listed is not None:
        return listed.read(text, cell, strict)
    return Cell(None, cell.value, faults=tuple(_told(fault, text, strict) for fault in cell.faults))


def _spellings(text: str) -> Iterator[tuple[str, str]]:
    """Spellings that differ by nothing a person sees or means: spaces go from between digits alone."""
    bare = dashed = text
    if not text.isascii():
        bare = text.translate(_NEITHER)
        dashed = bare.translate(_DASHES)
        yield "caracteres_invisibles", bare
        yield "chiffres_pleine_chasse", narrow(bare).text
        yield "tirets", dashed
    yield "apostrophe", unwrapped(bare).text
    compact = _SPACE.sub("", dashed) if dashed[:1].isdigit() else ""
    if _DIGITS.fullmatch(compact):
        yield "identifiant_espaces", compact


def _told(fault: Fault, text: str, strict: CellReader) -> Fault:
    """A broken pattern with its cause, when it is one that a person would not see."""
    if fault.constraint != "pattern":
        return fault
    if identifiers.SCIENTIFIC.fullmatch(text):
        return Fault("identifiant_abime", detail="notation_scientifique")
    latin = text if text.isascii() else text.translate(_LOOKALIKES)
    if latin != text:
        odd = next(before for before, after in zip(text, latin, strict=True) if before != after)
        proposal = latin if not strict(latin).faults else None
        return Fault(fault.code, fault.constraint, "caractere_trompeur", (odd, f"U+{ord(odd):04X}"), proposal)
    for other in (text.upper(), text.lower()):
        if other != text and not strict(other).faults:
            return Fault(fault.code, fault.constraint, "casse", proposal=other)
    return fault

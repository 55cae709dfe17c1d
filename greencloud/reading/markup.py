"""The XML parts of workbooks, parsed without any entity of their own."""

import re
from collections.abc import Callable
from xml.parsers import expat

from greencloud.reading.refusals import EXPORT_AGAIN, SAVE_AS_CSV, Unreadable

_ENTITIES = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_PROLOGUE = 200


def refuse_entities(part: bytes) -> None:
    """Raise Unreadable for a part that declares entities, or that hides them in another encoding than UTF-8."""
    if _ENTITIES.search(part):
        raise Unreadable(
            "format-error",
            "Le classeur déclare des entités XML, ce qu'aucun tableur ne fait : il n'est pas ouvert.",
            SAVE_AS_CSV,
        )
    if b"\x00" in part[:_PROLOGUE]:
        raise damaged()


def parse(
    part: bytes,
    start: Callable[[str, dict[str, str]], None],
    end: Callable[[str], None],
    text: Callable[[str], None],
) -> None:
    """Call `start`, `end` and `text` as the part is read; names are `address name`. Raises Unreadable."""
    refuse_entities(part)
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    try:
        parser.Parse(part, True)
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise damaged() from error


def damaged() -> Unreadable:
    """The refusal of a workbook whose parts are broken."""
    return Unreadable("source-error", "Le classeur est tronqué ou abîmé.", EXPORT_AGAIN)

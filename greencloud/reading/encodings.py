"""Bytes -> text, judged over the whole file and not on a sample.

A byte order mark is believed when the file bears it out; else strict UTF-8; else UTF-16 told by its null bytes; else
the 8-bit encoding that makes sense. Lines that make sense in none are damaged: they are told, never guessed.
"""

import codecs
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from greencloud.reading import charsets
from greencloud.reading.mixtures import Lines, count_line_ends, holds_utf8, usual_line
from greencloud.reading.oddities import remarks_on
from greencloud.reading.records import Remark
from greencloud.reading.refusals import SAVE_AGAIN, Unreadable, empty_file
from greencloud.reading.words import counted

UTF16_MARKS = ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
UTF16_PROBE = 1 << 16
_LISTED_LINES = 5
_FEW_LINES = 3
WHY_MIXED = "parce que ses lettres accentuées, hors des lignes signalées, se lisent ainsi"
WHY_NEARLY = "parce que tout le reste du fichier se lit ainsi"
NULLS = "Le fichier contient des octets nuls : ce n'est pas un texte."

_ALPHANUMERIC = (*range(0x30, 0x3A), *range(0x41, 0x5B), *range(0x61, 0x7B))
_MISALIGNED = re.compile("[" + "".join(chr(code << 8) for code in _ALPHANUMERIC) + "]")


@dataclass(frozen=True)
class Decoded:
    """The text of a file, the encoding it was read in and why, what was noticed, and the lines that are damaged.

    `damaged` tells, by physical line number (the first is 1), what is wrong with it in a French sentence; U+FFFD stands
    in the text for each byte that could not be read. Line ends are kept as they are.
    """

    text: str
    encoding: str
    remarks: tuple[Remark, ...] = ()
    damaged: Mapping[int, str] = field(default_factory=dict)
    why: str = ""


def decode(content: bytes, encoding: str | None = None) -> Decoded:
    """Decode a whole file, in `encoding` when it is given. Raises Unreadable when no reading can be right."""
    decoded = _without_nulls(_forced(content, encoding) if encoding else _detected(content))
    if not decoded.text.strip("\ufeff \t\r\n"):
        raise empty_file()
    noticed = remarks_on(decoded.text)
    if decoded.damaged and b"\xef\xbf\xbd" not in content:
        noticed = (remark for remark in noticed if remark.code != "caractere_perdu")
    return replace(decoded, remarks=(*decoded.remarks, *noticed))


def _forced(content: bytes, encoding: str) -> Decoded:
    try:
        text = content.decode(encoding)
    except LookupError as error:
        raise Unreadable(
            "encoding-error",
            f"L'encodage demandé, « {encoding} », n'existe pas.",
            "Indiquez par exemple utf-8, cp1252 ou utf-16.",
        ) from error
    except UnicodeError as error:
        raise unreadable_byte(content, error, f"dans l'encodage demandé, « {encoding} »") from error
    return Decoded(text.removeprefix("\ufeff"), encoding, why="parce qu'il a été demandé")


def _detected(content: bytes) -> Decoded:
    if content.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        raise Unreadable("encoding-error", "Le fichier est en UTF-32, que les tableurs ne relisent pas.", SAVE_AGAIN)
    for mark, encoding in UTF16_MARKS:
        if content.startswith(mark):
            return replace(_utf16(content[len(mark) :], encoding, "annoncé par son début"), encoding="utf-16")
    guessed = unmarked_utf16(content)
    return _utf16(content, guessed, "que montrent ses octets nuls") if guessed else _eight_bit(content)


def unmarked_utf16(content: bytes) -> str | None:
    """UTF-16 without a mark has a null byte beside each plain letter, always on the same side."""
    probe = content[:UTF16_PROBE]
    if len(content) % 2 or b"\x00" not in probe:
        return None
    half = len(probe) // 2
    first, second = probe[0::2].count(0), probe[1::2].count(0)
    if second > 0.4 * half and first < 0.05 * half:
        return "utf-16-le"
    if first > 0.4 * half and second < 0.05 * half:
        return "utf-16-be"
    return None


def _utf16(content: bytes, encoding: str, told: str) -> Decoded:
    whole = content[: len(content) // 2 * 2]
    try:
        text = whole.decode(encoding).lstrip("\ufeff")
    except UnicodeError as error:
        raise unreadable_byte(whole, error, f"en UTF-16, {told}") from error
    if len(_MISALIGNED.findall(text[:UTF16_PROBE])) > 0.2 * len(text[:UTF16_PROBE]):
        raise Unreadable(
            "encoding-error",
            f"Les octets du fichier ne donnent pas un texte en UTF-16, {told} : ils sont décalés ou inversés.",
            SAVE_AGAIN,
        )
    damaged = {}
    if len(whole) < len(content):
        last = 1 + count_line_ends(text)
        text += "\ufffd"
        damaged[last] = f"Ligne {last} : le fichier est coupé au milieu d'un caractère."
    return Decoded(text, encoding, damaged=damaged, why=f"parce que c'est de l'UTF-16, {told}")


def _eight_bit(content: bytes) -> Decoded:
    body = content
    marks = 0
    while body.startswith(codecs.BOM_UTF8):
        body = body[len(codecs.BOM_UTF8) :]
        marks += 1
    repeated = (
        Remark("marque_utf8_repetee", f"La marque d'encodage UTF-8 est répétée {marks} fois au début du fichier."),
    )
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        decoded = _not_utf8(body, bool(marks))
    else:
        why = "annoncé par son début et vérifié jusqu'au bout" if marks else "parce que tout le fichier se lit ainsi"
        decoded = Decoded(text, "utf-8-sig" if marks else "utf-8", why=why)
    return replace(decoded, remarks=(repeated if marks > 1 else ()) + decoded.remarks)


def _not_utf8(content: bytes, marked: bool) -> Decoded:
    """What is not UTF-8 from end to end: another encoding, or lines of two encodings, or a few damaged lines."""
    if holds_utf8(content):
        return _mixed(content)
    charset = charsets.guess(content)
    if charset is None:
        return _nonsense(content)
    return _in_charset(content, charset, marked)


def _in_charset(content: bytes, charset: str, marked: bool) -> Decoded:
    lines = Lines(charset, lambda line: None)
    text = lines.read(content)
    return Decoded(text, charset, remarks_on_charset(charset, marked), lines.damaged, why_charset(charset))


def why_charset(charset: str) -> str:
    return f"parce que le fichier n'est pas en UTF-8 et que ses accents prennent leur sens en {charsets.NAMES[charset]}"


def remarks_on_charset(charset: str, marked: bool) -> tuple[Remark, ...]:
    """What is said of a file in an 8-bit charset; `marked` when it begins as UTF-8 does."""
    name = charsets.NAMES[charset]
    misled = Remark(
        "marque_utf8_trompeuse",
        f"Le fichier commence par la marque de l'UTF-8, mais le reste est en {name} : il a été lu ainsi.",
    )
    supposed = Remark(
        "encodage_suppose",
        f"Le fichier a été lu en {name}, l'encodage qui donne un sens à ses lettres accentuées : vérifiez-les.",
    )
    return ((misled,) if marked else ()) + ((supposed,) if charset != "cp1252" else ())


def _mixed(content: bytes) -> Decoded:
    """Lines in UTF-8 beside lines that are not: each one in Windows-1252 when that makes sense of it, else damaged."""
    lines = Lines("utf-8", usual_line)
    text = lines.read(content)
    return Decoded(text, "utf-8", remarks_on_mixture(lines), lines.damaged, WHY_MIXED)


def remarks_on_mixture(lines: Lines) -> tuple[Remark, ...]:
    return tuple(Remark("encodages_melanges", _said_of_mixture(found)) for found in [lines.converted] if found)


def _said_of_mixture(converted: list[int]) -> str:
    first = ", ".join(str(number) for number in converted[:_LISTED_LINES])
    if len(converted) == 1:
        return f"La ligne {first} est en Windows-1252 alors que le fichier est en UTF-8 : elle a été lue ainsi."
    others = len(converted) - _LISTED_LINES
    more = f" et {counted(others)} autre{'s' if others > 1 else ''}" if others > 0 else ""
    return (
        f"Les lignes {first}{more} sont en Windows-1252 alors que d'autres sont en UTF-8 (deux exports collés bout à "
        "bout ?) : chaque ligne a été lue dans son encodage."
    )


def _nonsense(content: bytes) -> Decoded:
    """High bytes that make no sense in any encoding: few lines are damaged ones, many are a file nobody can read."""
    lines = Lines("utf-8", lambda line: None)
    text = lines.read(content)
    refuse_nonsense(lines, content.count(b"\n"))
    return Decoded(text, "utf-8", damaged=lines.damaged, why=WHY_NEARLY)


def refuse_nonsense(lines: Lines, count: int) -> None:
    """Raise Unreadable when too many of the lines that were read are damaged."""
    if len(lines.damaged) > max(_FEW_LINES, count // 100):
        line, fault = next(iter(lines.damaged.items()))
        raise Unreadable(
            "encoding-error",
            f"L'encodage du fichier n'est pas reconnu. {fault}"
            if len(lines.damaged) == 1
            else f"L'encodage du fichier n'est pas reconnu : {counted(len(lines.damaged))} lignes n'ont "
            f"de sens dans aucun, à partir de la ligne {line}.",
            SAVE_AGAIN,
        )


def _without_nulls(decoded: Decoded) -> Decoded:
    """Null characters before and after the text go with a remark; a line that holds some is damaged."""
    if "\x00" not in decoded.text:
        return decoded
    text = decoded.text.strip("\x00")
    removed = len(decoded.text) - len(text)
    remarks, damaged = list(decoded.remarks), dict(decoded.damaged)
    if removed and text:
        place = "à la fin" if decoded.text.startswith(text[:1]) else "au début"
        remarks.append(
            Remark(
                "octets_nuls",
                f"{counted(removed)} octet{'s' if removed > 1 else ''} nul{'s' if removed > 1 else ''} {place} du "
                "fichier (écriture interrompue ?) : le reste a été lu.",
            )
        )
    return replace(decoded, text=_null_lines(text, damaged), remarks=tuple(remarks), damaged=damaged)


def _null_lines(text: str, damaged: dict[int, str]) -> str:
    if "\x00" not in text:
        return text
    tolerated = max(_FEW_LINES, count_line_ends(text) // 100)
    position = number = 0
    for nulls, null in enumerate(re.finditer("\x00+", text), start=1):
        number += count_line_ends(text[position : null.start()])
        position = null.start()
        line = number + 1
        damaged[line] = f"Ligne {line} : elle contient des octets nuls, à la place du texte qui a été perdu."
        if nulls > tolerated:
            raise Unreadable("encoding-error", NULLS, SAVE_AGAIN)
    return re.sub("\x00+", "\ufffd", text)


def unreadable_byte(content: bytes, error: UnicodeError, tried: str) -> Unreadable:
    start = error.start if isinstance(error, UnicodeDecodeError) else 0
    line = 1 + count_line_ends(content[:start])
    byte = f"l'octet 0x{content[start]:02X}" if start < len(content) else "la fin du fichier"
    return Unreadable("encoding-error", f"Ligne {line} : {byte} ne peut pas être lu {tried}.", SAVE_AGAIN)

"""RDF 1.1 Turtle, written strictly: every name is checked, every text escaped, one form for one graph.

https://www.w3.org/TR/turtle/. A term is made by one of the functions below and is never put together elsewhere.
"""

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from greencloud.errors import GreencloudError

_IRI = re.compile(r"[^\x00-\x20<>\"{}|^`\\\x7f\ud800-\udfff]*")  # production IRIREF, without its \u escapes
_NAME = re.compile(r"[a-z]+:[A-Za-z_][A-Za-z0-9_]*")  # of production PrefixedName, all that our vocabularies need
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{1,8})*")
_SHORT = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f"}
_ESCAPED = re.compile(r'[\\"\x00-\x1f\x7f\u0085\u2028\u2029\ufeff]')
_INDENT = "    "


class TurtleError(GreencloudError):
    """A value that RDF cannot hold; the text is a French sentence that shows it."""


@dataclass(frozen=True)
class Term:
    """Something that may stand as the value of a property, as it is written."""

    text: str


Properties = Sequence[tuple[str, Term | None]]
"""Prefixed names and their values, in the order of the file; a value that is not known is None and is left out."""


def iri(address: str) -> Term:
    """An address, absolute or relative to the file. Raises TurtleError for a character that no address may hold."""
    if not _IRI.fullmatch(address):
        raise TurtleError(f"« {address!a} » n'est pas une adresse : elle contient un caractère interdit. Encodez-le.")
    return Term(f"<{address}>")


def name(prefixed: str) -> Term:
    """A name of a vocabulary, such as `dcat:Dataset`. Raises TurtleError when it is none."""
    if not _NAME.fullmatch(prefixed):
        raise TurtleError(f"« {prefixed!a} » n'est pas un nom de vocabulaire. Écrivez-le « préfixe:nom ».")
    return Term(prefixed)


def text(value: str, language: str | None = None) -> Term:
    """A text, in a language when one is given. Raises TurtleError for half a surrogate pair or an odd language."""
    if any("\ud800" <= character <= "\udfff" for character in value):
        raise TurtleError("Un texte contient la moitié d'un caractère, que l'UTF-8 ne sait pas écrire. Corrigez-le.")
    if language is not None and not _LANGUAGE.fullmatch(language):
        raise TurtleError(f"« {language!a} » n'est pas un code de langue. Écrivez par exemple « fr ».")
    quoted = f'"{_ESCAPED.sub(_escape, value)}"'
    return Term(f"{quoted}@{language}" if language else quoted)


def typed(value: str, datatype: str) -> Term:
    """A literal of a datatype given by its prefixed name; what the datatype allows is the caller's to hold."""
    return Term(f"{text(value).text}^^{name(datatype).text}")


def day(iso: str) -> Term:
    """The day of an ISO date or time. Raises ValueError when it is neither."""
    return typed(dt.date.fromisoformat(iso[:10]).isoformat(), "xsd:date")


def instant(iso: str) -> Term:
    """An ISO date and time with its zone. Raises ValueError when it is none."""
    dt.datetime.fromisoformat(iso)
    return typed(iso, "xsd:dateTime")


def blank(properties: Properties) -> Term:
    """A thing without an address of its own, described where it stands."""
    inside = "".join(f"{_INDENT * 2}{line}\n" for line in _lines(properties))
    return Term(f"[\n{inside}{_INDENT}]")


def document(comment: str, prefixes: Mapping[str, str], subjects: Iterable[tuple[Term, Properties]]) -> str:
    """A Turtle file: comment, prefixes, then each subject with its properties, in the order given."""
    parts = ["".join(f"# {line}\n" for line in comment.splitlines())]
    parts.append("".join(f"@prefix {prefix}: {iri(address).text} .\n" for prefix, address in sorted(prefixes.items())))
    for subject, properties in subjects:
        body = "".join(f"\n{_INDENT}{line}" for line in _lines(properties))
        parts.append(f"{subject.text}{body} .\n")
    return "\n".join(parts)


def _lines(properties: Properties) -> list[str]:
    """One line for each value that is known, the last without a semicolon."""
    known = [(prefixed, value) for prefixed, value in properties if value is not None]
    end = len(known) - 1
    return [
        f"{name(prefixed).text} {value.text}{' ;' if place < end else ''}"
        for place, (prefixed, value) in enumerate(known)
    ]


def _escape(found: re.Match[str]) -> str:
    character = found.group()
    return _SHORT.get(character, f"\\u{ord(character):04X}")

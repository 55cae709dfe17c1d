"""Names, SIREN numbers and instants as the cards write them, whatever a depositor gave."""

import re
import unicodedata
from datetime import UTC, datetime, timedelta
from functools import lru_cache

NAME_LENGTH = 200
_TIME_FORMAT = "%Y-%m-%dT%H:%M:%S.%fZ"
_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T(?:[01][0-9]|2[0-3]):[0-9]{2}:[0-9]{2}\.[0-9]{6}Z")
_SIREN = re.compile(r"[0-9]{9}")
_SIREN_LENGTH = 9
# Unicode categories: controls, formats (writing direction), surrogates, line and paragraph breaks.
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def now() -> str:
    """This instant as the cards write it: UTC, with microseconds."""
    return datetime.now(UTC).strftime(_TIME_FORMAT)


def clean_name(name: str) -> str:
    """The base name that a depositor gave, without invisible characters, at most 200 characters long."""
    return visible(re.split(r"[/\\]", name)[-1]) or "sans-nom"


def visible(text: str) -> str:
    """A text without controls, writing directions or line breaks, at most 200 characters long."""
    shown = text if text.isprintable() else "".join(filter(_is_visible, text))
    return shown.strip()[:NAME_LENGTH].strip()


def _is_visible(letter: str) -> bool:
    return unicodedata.category(letter) not in _INVISIBLE


def is_time(text: str) -> bool:
    """Whether a text is an instant as `now` gives it."""
    if _TIME.fullmatch(text) is None:
        return False
    try:
        datetime.fromisoformat(text.removesuffix("Z"))  # ten times as fast as `strptime`: there may be many cards
    except ValueError:
        return False
    return True


def after(moment: str) -> str:
    """The instant a microsecond later."""
    return (datetime.strptime(moment, _TIME_FORMAT) + timedelta(microseconds=1)).strftime(_TIME_FORMAT)


def is_siren(digits: str) -> bool:
    """Whether nine digits are a SIREN number: its key is right, or it is one of the known exceptions."""
    return _SIREN.fullmatch(digits) is not None and _has_right_key(digits)


@lru_cache(10_000)
def _has_right_key(siren: str) -> bool:
    import frformat  # half a second that a mere import of this module should not cost

    return bool(frformat.Siren().is_valid(siren))


def siren_fault(digits: str) -> str:
    """Why a text without spaces is no SIREN number, in French; an empty text for one that is."""
    if is_siren(digits):
        return ""
    if not (digits.isascii() and digits.isdigit()):
        return "un SIREN n'a que des chiffres, neuf en tout"
    if len(digits) != _SIREN_LENGTH:
        return f"un SIREN a {_SIREN_LENGTH} chiffres, celui-ci en a {len(digits)}"
    return "sa clé de contrôle est fausse : un chiffre est mal recopié, ou deux sont échangés"

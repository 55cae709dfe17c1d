"""Texts and their formats: e-mail address, URI, UUID, base64, Well-Known Text."""

import base64
import binascii
import re
import uuid
from collections.abc import Callable, Mapping
from typing import Any

from greencloud.table_schema.fields import Field
from greencloud.table_schema.unfit import Unfit
from greencloud.table_schema.wkt import is_wkt

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")


def string(field: Field) -> Callable[[Any], str]:
    """The parser of a `string`: a text that has the format."""
    fits = _FORMATS[field.format]

    def parse(value: Any) -> str:
        if not isinstance(value, str) or not fits(value):
            raise Unfit
        return value

    return parse


def _is_email(text: str) -> bool:
    import validators

    return validators.email(text) is True


def _is_uri(text: str) -> bool:
    return _SCHEME.match(text) is not None


def _is_uuid(text: str) -> bool:
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True


def _is_base64(text: str) -> bool:
    try:
        base64.b64decode(text)
    except (binascii.Error, ValueError):
        return False
    return True


_FORMATS: Mapping[str, Callable[[str], bool]] = {
    "default": lambda text: True,
    "email": _is_email,
    "uri": _is_uri,
    "uuid": _is_uuid,
    "binary": _is_base64,
    "wkt": is_wkt,
}

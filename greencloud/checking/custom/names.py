"""The names of the custom checks, old and new, and the parameters that each of them knows."""

from collections.abc import Mapping

from greencloud.schema_lint import vocabulary
from greencloud.tables import CustomCheck

# Renamed by frformat 0.5, or two names of Validata for one thing; still written in schemas.
_RENAMED = {"numero-departement": "code-departement", "french-gps-coordinates": "coordonnees-gps-francaises"}
# Formats of frformat 0.5 that Validata 0.12.5 does not offer.
_BEYOND_VALIDATA = dict.fromkeys(
    ("code-departement", "code-rna", "id-rnb", "longitude-l93", "latitude-l93"), ("column",)
)

VINTAGE = ("cog", "version")
"""The two names, of Validata and of frformat, for the vintage of a list of INSEE."""
LISTS = ("othercolumns", "columns")
"""The parameters that hold a list of columns."""
REQUIRED: Mapping[str, tuple[str, ...]] = {
    name: tuple(key for key in keys if key not in VINTAGE)
    for name, keys in [*vocabulary.CHECKS.items(), *_BEYOND_VALIDATA.items()]
}
"""Every accepted name -> the parameters without which the check cannot be run."""


def canonical(name: str) -> str:
    """The current name of a check: its older names are still accepted."""
    current = vocabulary.DEPRECATED_CHECKS.get(name, name)
    return _RENAMED.get(current, current)


NAMES = frozenset(canonical(name) for name in REQUIRED)
"""The current names of every check."""


def known() -> str:
    """The names of the checks that are applied, for a message."""
    return ", ".join(sorted(NAMES))


def columns_of(check: CustomCheck) -> tuple[str, ...]:
    """The columns that a check is about, in the order of its parameters."""
    params = check.params
    listed = [params.get(key) for key in ("column", "column1", "column2")]
    grouped = [*params.get("othercolumns", []), *params.get("columns", [])]
    return tuple(column for column in [*listed, *grouped] if isinstance(column, str))

"""What two editions are made of, compared: deposits, factors, references, schemas, code, libraries."""

from collections.abc import Mapping

from greencloud.differences.model import Ingredients
from greencloud.differences.snapshots import Snapshot


def compare_ingredients(before: Snapshot, after: Snapshot) -> Ingredients:
    """The ingredients that are not the same; an older edition may not tell all of them."""
    old, new = before.deposits, after.deposits
    libraries = _differing(before, after, "versions")
    return Ingredients(
        new_deposits=tuple(card for sha256, card in new.items() if sha256 not in old),
        gone_deposits=tuple(card for sha256, card in old.items() if sha256 not in new),
        vintages=(before.made_of.get("millesime_facteurs"), after.made_of.get("millesime_facteurs")),
        references=tuple(_differing(before, after, "references")),
        schemas=tuple(_differing(before, after, "schemas")),
        code=tuple(_differing(before, after, "code")),
        libraries=tuple((name, *versions) for name, versions in libraries.items()),
    )


def _differing(before: Snapshot, after: Snapshot, kind: str) -> dict[str, tuple[str | None, str | None]]:
    old: Mapping[str, str] = before.made_of.get(kind) or {}
    new: Mapping[str, str] = after.made_of.get(kind) or {}
    names = sorted(old.keys() | new.keys())
    return {name: (old.get(name), new.get(name)) for name in names if old.get(name) != new.get(name)}

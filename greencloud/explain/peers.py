"""The sites that a rank or a quartile rests on: all published in their name, so that the edition alone tells them."""

from collections.abc import Mapping
from typing import Any

from greencloud.differences import Snapshot
from greencloud.explain import lookup
from greencloud.explain.lookup import Row

_READ = (
    *("id_centre", "pue_calcule", "classe_comparabilite"),
    *("classe_taille", "usage_principal", "zone_climatique", "type_hebergement"),
)
_ALL = ("tous usages", "tous climats", "tous hébergements")


def group(edition: Snapshot, row: Row, column: str) -> Mapping[str, Any]:
    """The peers of the group that a column names or measures: their PUE, in the order of the rank."""
    name = row["groupe_quartiles" if "quartile" in column or "mediane" in column else "groupe_pairs"]
    size, use, climate, category, kind = name.split(", ")
    sizes = _sizes(size)
    members = [
        one
        for one in lookup.rows(
            edition,
            "indicateurs_annuels",
            "annee = ? AND synthetique = ? AND niveau_comparabilite = 'pleine'",
            [row["annee"], row["synthetique"]],
            _READ,
        )
        if one["classe_taille"] in sizes
        and one["classe_comparabilite"].startswith(f"{category}-")
        and use in (_ALL[0], one["usage_principal"])
        and climate in (_ALL[1], one["zone_climatique"])
        and kind in (_ALL[2], one["type_hebergement"])
    ]
    ranked = sorted(members, key=lambda one: (one["pue_calcule"], one["id_centre"]))
    return {
        "groupe": name,
        "membres": [{"id_centre": one["id_centre"], "pue_calcule": one["pue_calcule"]} for one in ranked],
    }


def _sizes(text: str) -> set[str]:
    """`T2`, or `T1 à T3`."""
    first, _, last = text.partition(" à ")
    return {first} if not last else {f"T{size}" for size in range(int(first[1:]), int(last[1:]) + 1)}

"""The published savings under other assumptions: what the sliders work on, and nothing that is not published.

A saving is linear in the share of the gap that is closed, in the price, and, for a move, in the PUE aimed at: the sites
that save are those above the prudent target, whatever the other two, so that the published low and high estimates give
every value between them. A test checks it on the central one. The PUE of 1.5 and the quartile of the peers cannot be
moved: other sites would then save.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from dashboards import figures, french
from dashboards.cells import cell, masked
from dashboards.data import Edition, Row
from dashboards.themes import Nature

SCENARIOS: Mapping[str, str] = {
    "quartile_pairs": "Rejoindre le meilleur quart de ses pairs",
    "pue_1_5": "Atteindre un PUE de 1,5",
    "hebergement": "Déplacer les mêmes serveurs",
}
LEVELS = {"bas": "basse", "central": "centrale", "haut": "haute"}
_PRICES = (50, 400)  # ends of the slider, EUR/MWh


def part(edition: Edition, totals: Sequence[Row], groups: Sequence[Row], nature: Nature) -> dict[str, Any]:
    """The controls of a nature and the published rows that they work on, as JSON for a script element."""
    price = _assumed(edition, "tous", None, "prix_electricite")
    scenarios = [_scenario(edition, row, groups) for row in totals]
    suffix = "-demo" if nature.synthetic else ""
    return {
        "id": f"simulateur-{nature.anchor}",
        "suffix": suffix,
        "year": totals[0]["annee"],
        "scenarios": [(item["cle"], item["nom"], item["hypotheses"]) for item in scenarios],
        "price": {"minimum": _PRICES[0], "maximum": _PRICES[1], "central": french.plain(price["central"])},
        "default": price["central"],
        "json": figures.in_script({"prix": price["central"], "scenarios": scenarios}),
    }


def scenario_name(edition: Edition, row: Row, words: Mapping[str, str] = SCENARIOS) -> str:
    """A scenario in words, with the hosting kind it moves to."""
    name = words[row["scenario"]]
    if row["scenario"] != "hebergement":
        return name
    target = edition.label("type_hebergement", row["type_hebergement_cible"])
    return french.typography(f"{name} : {french.within(target)}")


def threshold(edition: Edition, row: Row) -> str:
    """Which sites save in a scenario, the same at its three levels: those above the least demanding target."""
    if row["scenario"] == "quartile_pairs":
        return "au-dessus du premier quartile de leurs pairs"
    moved = row["scenario"] == "hebergement"
    target = row["type_hebergement_cible"] if moved else None
    above = f"au-dessus de {french.plain(_assumed(edition, row['scenario'], target, 'pue_cible')['bas'])}"
    return f"hébergés autrement et {above}" if moved else above


def with_factor(row: Row) -> int:
    """How many of the sites that save have an emission factor: the tonnes are those of these sites alone."""
    return int((row["nb_sites_economie"] or 0) - (row["nb_sites_sans_facteur"] or 0))


def _scenario(edition: Edition, total: Row, groups: Sequence[Row]) -> dict[str, Any]:
    """A scenario: its assumptions by level, its published total and its published rows of hosting kinds."""
    scenario, target = total["scenario"], total["type_hebergement_cible"]
    moved = scenario == "hebergement"
    rows = [row for row in groups if (row["scenario"], row["type_hebergement_cible"]) == (scenario, target)]
    return {
        "cle": f"{scenario}-{target}" if moved else scenario,
        "nom": scenario_name(edition, total),
        "hypotheses": french.typography(total["hypotheses"] or ""),
        "seuil": threshold(edition, total),
        "part": _assumed(edition, scenario, None, "part_ecart_comblee")["central"],
        "pue": _assumed(edition, scenario, target, "pue_cible") if moved else None,
        "lignes": [_line(row) for row in (total, *rows)],
    }


def _line(row: Row) -> dict[str, Any]:
    """The published savings of a group; `secret` or `absent` stand where there are none to show."""
    known = row["economie_centrale_kwh"] is not None
    return {
        "groupe": row["libelle"] if row["dimension"] == "type_hebergement" else "Ensemble des sites comparables",
        "etat": "valeur" if known else "secret" if masked(row) else "absent",
        "sites": row["nb_sites_economie"],
        "kwh": {level: row[f"economie_{name}_kwh"] for level, name in LEVELS.items()},
        "avec_facteur": with_factor(row),
        "etat_tco2e": cell(row, "economies", "economie_centrale_tco2e").state,
        "tco2e": {level: row[f"economie_{name}_tco2e"] for level, name in LEVELS.items()},
    }


def _assumed(edition: Edition, scenario: str, target: str | None, parameter: str) -> dict[str, float]:
    """An assumption by level, from the reference table; one value for all the levels is given to each."""
    found = {
        row["niveau"]: float(row["valeur"])
        for row in edition.assumptions
        if (row["scenario"], row["parametre"]) == (scenario, parameter)
        and (target is None or row["type_hebergement_cible"] == target)
    }
    return {level: found.get(level, found.get("tous", float("nan"))) for level in LEVELS}

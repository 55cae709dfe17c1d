"""The totals of the example edition that compare years, count the cloud and add up savings, and what they hide.

Worked out with the standard library from the rows of the sites, and not with the code under test.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

Row = dict[str, Any]

DIMENSIONS = ("ensemble", "type_hebergement")
CIRCLES = {"cloud_interne": 1, "cloud_dedie": 2, "cloud_externe": 3}
HIDDEN_PAIR = 2022  # the pair of years whose national evolution is hidden, as complementary suppression may do
PRICES = (118.0, 172.0, 245.0)
# Scenario, target hosting kind, PUE aimed at and part of the gap closed for the low, central and high estimates.
SCENARIOS = (
    ("pue_1_5", "sans_objet", (1.5, 1.5, 1.5), (0.5, 1.0, 1.0)),
    ("quartile_pairs", "sans_objet", (1.4, 1.4, 1.4), (0.5, 1.0, 1.0)),
    ("hebergement", "colocation", (1.5, 1.45, 1.2), (1.0, 1.0, 1.0)),
    ("hebergement", "cloud_externe", (1.2, 1.15, 1.09), (1.0, 1.0, 1.0)),
)
LEVELS = ("basse", "centrale", "haute")
FACTOR = 0.0519  # kg CO2e per kWh


def evolutions(rows: Sequence[Row], aggregates: Sequence[Row]) -> list[Row]:
    """A row for each group and pair of years, at current and constant perimeter."""
    return [
        _evolution(group, _members(rows, group, group["annee"] - 1), _members(rows, group, group["annee"]))
        for group in _groups(aggregates)
        if group["annee"] > min(row["annee"] for row in rows)
    ]


def _evolution(group: Row, before: Mapping[str, Row], after: Mapping[str, Row]) -> Row:
    head = {**_key(group), "annee_precedente": group["annee"] - 1}
    both = set(before) & set(after)
    same = {site for site in both if before[site]["classe_comparabilite"] == after[site]["classe_comparabilite"]}
    if not before and not after:
        return {**head, "diffusion": "aucune_donnee"}
    constant = {
        "nb_sites_constants_nominatifs": len(same),
        **_perimeter(
            "_constante",
            "pue_constant",
            [before[site] for site in sorted(same)],
            [after[site] for site in sorted(same)],
        ),
    }
    if min(len(before), len(after)) < 3:
        return {**head, **constant, "diffusion": "secret_primaire"}
    if group["annee"] == HIDDEN_PAIR and group["dimension"] == "ensemble":
        return {**head, **constant, "diffusion": "secret_complementaire"}
    current = _perimeter("", "pue", list(before.values()), list(after.values()))
    kept = constant.get("energie_totale_constante_kwh")
    return {
        **head,
        **constant,
        **current,
        "nb_sites_precedents": len(before),
        "nb_sites": len(after),
        "nb_sites_constants": len(same),
        "nb_sites_modifies": len(both - same),
        "nb_sites_entres": len(set(after) - both),
        "nb_sites_sortis": len(set(before) - both),
        "part_constante": None if kept is None else kept / current["energie_totale_kwh"],
        "diffusion": "diffuse",
    }


def _perimeter(suffix: str, ratio: str, before: Sequence[Row], after: Sequence[Row]) -> Row:
    """The sums of both years over some sites, and their change; nothing where there is no site."""
    if not before:
        return {}
    (total_before, it_before), (total, it) = _sums(before), _sums(after)
    return {
        f"energie_totale{suffix}_precedente_kwh": total_before,
        f"energie_totale{suffix}_kwh": total,
        f"energie_it{suffix}_precedente_kwh": it_before,
        f"energie_it{suffix}_kwh": it,
        f"croissance_totale{suffix}_pct": 100 * (total / total_before - 1),
        f"{ratio}_precedent": total_before / it_before,
        ratio: total / it,
    }


def cloud(rows: Sequence[Row], aggregates: Sequence[Row]) -> list[Row]:
    """A row for each group, year and count; a group of less than three sites is hidden."""
    counts = {
        "nb_machines_virtuelles": "machines virtuelles",
        "nb_serveurs_physiques": "serveurs physiques",
        "stockage_utile_to": "To",
    }
    found = []
    for group in _groups(aggregates):
        everyone = [row for row in rows if (row["annee"], row["synthetique"]) == (group["annee"], group["synthetique"])]
        sites = [row for row in everyone if _belongs(row, group)]
        for name, unit in counts.items():
            values = [row[name] for row in sites if row.get(name) is not None]
            whole = sum(row[name] for row in everyone if row.get(name) is not None)
            found.append(_count(group, name, unit, len(values), sum(values), sum(values) / whole if whole else None))
        both = [row for row in sites if row.get("nb_serveurs_physiques") is not None]
        machines, servers = (sum(row[name] for row in both) for name in list(counts)[:2])
        found.append(
            _count(
                group,
                "machines_virtuelles_par_serveur",
                "machines virtuelles par serveur",
                len(both),
                machines / servers if servers else None,
                None,
            )
        )
    return found


def _count(group: Row, name: str, unit: str, sites: int, value: float | None, part: float | None) -> Row:
    head = {
        **_key(group),
        "indicateur": name,
        "unite": unit,
        "cercle_cloud": CIRCLES.get(group["modalite"]),
        "nb_sites_attendus": group["nb_sites_attendus"],
    }
    if sites >= 3:
        return {**head, "nb_sites": sites, "valeur": value, "part": part, "diffusion": "diffuse"}
    return {**head, "diffusion": "secret_primaire"} if sites else {**head, "nb_sites": 0, "diffusion": "aucune_donnee"}


def savings(rows: Sequence[Row], aggregates: Sequence[Row]) -> list[Row]:
    """A row for each group, year and scenario; as if secrecy had hidden the emissions of one scenario alone."""
    return [
        _saving(group, scenario, list(_members(rows, group, group["annee"]).values()))
        for scenario in SCENARIOS
        for group in _groups(aggregates)
    ]


def _saving(group: Row, scenario: tuple[Any, ...], members: Sequence[Row]) -> Row:
    name, target, ratios, parts = scenario
    head = {**_key(group), "scenario": name, "type_hebergement_cible": target, "hypotheses": "celles de l'exemple"}
    comparable = [row for row in members if row["niveau_comparabilite"] != "non_comparable"]
    better = [row for row in comparable if row["pue_calcule"] <= ratios[0]]
    gaining = [row for row in comparable if row["pue_calcule"] > ratios[0]]
    if not comparable:
        return {**head, "diffusion": "aucune_donnee"}
    if 0 < len(gaining) < 3:
        return {**head, "diffusion": "secret_primaire"}
    kwh = [
        sum(part * (row["energie_totale_kwh"] - row["energie_it_kwh"] * ratio) for row in gaining)
        for ratio, part in zip(ratios, parts, strict=True)
    ]
    total = sum(row["energie_totale_kwh"] for row in gaining)
    values: Row = {f"economie_{level}_kwh": value for level, value in zip(LEVELS, kwh, strict=True)}
    for level, value, price in zip(LEVELS, kwh, PRICES, strict=True):
        values[f"economie_{level}_eur"] = value / 1000 * price
        values[f"economie_{level}_tco2e"] = None if name == "pue_1_5" else value / 1000 * FACTOR
    return {
        **head,
        **values,
        "nb_sites_comparables": len(comparable),
        "nb_sites_economie": len(gaining),
        "nb_sites_deja_mieux": len(better),
        "nb_sites_sans_pairs": 0,
        "nb_sites_hors_champ": 0,
        "nb_sites_sans_facteur": 0,
        "part_economisee": kwh[1] / total if name == "hebergement" and total else None,
        "diffusion": "diffuse",
    }


def secrecy(totals: Mapping[str, Iterable[Row]]) -> list[Row]:
    """How many rows of each table are shown or hidden, and a few rows of sites withheld."""
    counts = Counter((name, row["synthetique"], row["diffusion"]) for name, rows in totals.items() for row in rows)
    if any(synthetic for _, synthetic, _ in counts):
        counts |= {("indicateurs_annuels", True, "site_agrege"): 7, ("indicateurs_annuels", True, "site_exempte"): 2}
    return [
        {"nom_table": name, "synthetique": synthetic, "motif": motive, "nb_lignes": number}
        for (name, synthetic, motive), number in sorted(counts.items())
    ]


def _groups(aggregates: Sequence[Row]) -> list[Row]:
    return [group for group in aggregates if group["dimension"] in DIMENSIONS]


def _key(group: Row) -> Row:
    return {name: group[name] for name in ("annee", "synthetique", "dimension", "modalite", "libelle")}


def _belongs(row: Row, group: Row) -> bool:
    kind: str = row.get("type_hebergement") or "inconnu"
    return bool(group["dimension"] == "ensemble" or kind == group["modalite"])


def _members(rows: Sequence[Row], group: Row, year: int) -> dict[str, Row]:
    """The sites of a group that a year sums, by id."""
    return {
        row["id_centre"]: row
        for row in rows
        if row["annee"] == year
        and row["synthetique"] is group["synthetique"]
        and row["inclus_dans_agregats"]
        and _belongs(row, group)
    }


def _sums(rows: Iterable[Row]) -> tuple[float, float]:
    found = list(rows)
    return sum(row["energie_totale_kwh"] for row in found), sum(row["energie_it_kwh"] for row in found)

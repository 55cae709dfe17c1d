"""A seeded edition folder with the published columns: synthetic sites over seven years, and a few real rows.

The figures are worked out here with the standard library only, so that the pages are not tested against themselves.
"""

import bisect
import csv
import json
import random
import statistics
from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from greencloud import tables
from tests.dashboards import example_measures, example_totals

Row = dict[str, Any]

EDITION_ID = "2026-05-15-0a1b2c3d"
YEARS = range(2019, 2026)
KINDS: dict[str, tuple[str, float]] = {
    "salle_serveurs": ("Salle de serveurs", 2.4),
    "centre_propre": ("Centre de données propre", 1.8),
    "centre_mutualise_public": ("Centre mutualisé public", 1.55),
    "colocation": ("Colocation", 1.5),
    "cloud_interne": ("Cloud interne (cercle 1)", 1.45),
    "cloud_dedie": ("Cloud dédié (cercle 2)", 1.35),
    "cloud_externe": ("Cloud externe (cercle 3)", 1.25),
}
BODIES = {"etat": "État", "region": "Région", "commune": "Commune", "hopital": "Hôpital"}
REGIONS = {
    "11": ("Île-de-France", "75", "H1"),
    "84": ("Auvergne-Rhône-Alpes", "69", "H1"),
    "93": ("Provence-Alpes-Côte d'Azur", "13", "H3"),
    "53": ("Bretagne", "35", "H2"),
    "04": ("La Réunion", "974", "outre_mer"),
}
SIZES = {"T0": 5, "T1": 30, "T2": 80, "T3": 250, "T4": 700}
_QUARTILES = ("quartile_1", "mediane", "quartile_3")
_BOUNDS = (1.15, 1.25, 1.35, 1.5, 1.7, 1.9, 2.2, 2.5, 3, 3.5)
_BANDS = ("au_plus_1.15", *(f"{low}_a_{high}" for low, high in pairwise(_BOUNDS)), "plus_de_3.5")
DIMENSIONS = ("type_hebergement", "categorie_organisme", "region", "classe_taille")
REAL: tuple[tuple[str, str, str, str, dict[int, tuple[float | None, float | None, float | None]]], ...] = (
    ("Jean Zay (IDRIS)", "CNRS", "11", "centre_propre", {2024: (17_000_000, None, None)}),
    ("DC361", "Université de Strasbourg", "84", "centre_propre", {2019: (None, None, 1.16)}),
    ("Salle interne", "Département de Loire-Atlantique", "53", "salle_serveurs", {2022: (None, None, 2.2)}),
    ("Colocation Etix", "Département de Loire-Atlantique", "53", "colocation", {2022: (None, None, 1.3)}),
    (
        "Espace Clément Ader",
        "Météo-France",
        "93",
        "centre_mutualise_public",
        {2025: (15_000_000, None, None)},
    ),
)


def write(folder: Path, *, sites: int = 120, real: bool = True, seed: int = 2) -> Path:
    """Write all the published tables in `folder` and give it back."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = _synthetic_rows(sites, random.Random(seed)) + (_real_rows() if real else [])
    rows.sort(key=lambda row: (row["id_centre"], row["annee"]))
    _rank(rows)
    _save(folder, "indicateurs_annuels", rows)
    aggregates = _aggregates(rows)
    totals = {
        "agregats_annuels": aggregates,
        "evolutions_annuelles": example_totals.evolutions(rows, aggregates),
        "observatoire_cloud": example_totals.cloud(rows, aggregates),
        "economies": example_totals.savings(rows, aggregates),
    }
    for name, total in totals.items():
        _save(folder, name, total)
    _save(folder, "secret_statistique", example_totals.secrecy(totals))
    _save(folder, "couverture", [_coverage(row) for row in rows])
    _save(folder, "consommations_mensuelles", _monthly(rows))
    _save(folder, "mesures_mensuelles", example_measures.monthly(rows))
    _save(folder, "rapprochements", example_measures.reconciled(rows))
    _save(folder, "rejets", _rejects() if rows else [])
    _save(folder, "historique", [])
    for name in ("LISEZMOI.md", "dictionnaire.md", "regles.md", "datapackage.json", "SHA256SUMS"):
        (folder / name).write_text(name, encoding="utf-8")
    (folder / "edition.json").write_text(json.dumps({"id": EDITION_ID}), encoding="utf-8")
    return folder


def _save(folder: Path, name: str, rows: Iterable[Row]) -> None:
    columns = tables.table(name).column_names
    with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n", restval="")
        writer.writeheader()
        for row in rows:
            writer.writerow({key: _cell(row.get(key)) for key in columns})


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _synthetic_rows(sites: int, draw: random.Random) -> list[Row]:
    rows = []
    for number in range(sites):
        kind = draw.choices(list(KINDS), weights=[34, 22, 16, 12, 8, 5, 3])[0]
        site = _site(number, kind, draw)
        base = KINDS[kind][1] * draw.uniform(0.85, 1.2)
        rows += [
            {**site, **_year(year, site, base, draw)} for year in YEARS if draw.random() < 0.55 + 0.06 * (year - 2019)
        ]
    return rows


def _site(number: int, kind: str, draw: random.Random) -> Row:
    region = draw.choices(list(REGIONS), weights=[10, 8, 6, 5, 1])[0]
    size, body = draw.choice(list(SIZES)), draw.choice(list(BODIES))
    return {
        "id_centre": f"{90000000000000 + number}-01",
        "nom_site": f"Centre {number + 1:03d}",
        "organisme": f"{BODIES[body]} de démonstration {number % 40 + 1}",
        "categorie_organisme": body,
        "type_hebergement": kind,
        "secnumcloud": kind.startswith("cloud") and number % 2 == 0,
        "usage_principal": draw.choice(("bureautique", "hopital", "calcul_intensif")),
        "code_departement": REGIONS[region][1],
        "code_region": region,
        "nom_region": REGIONS[region][0],
        "zone_climatique": REGIONS[region][2],
        "puissance_it_installee_kw": SIZES[size],
        "classe_taille": size,
        "synthetique": True,
        "nb_serveurs_physiques": 3 * SIZES[size],
        "nb_machines_virtuelles": 40 * SIZES[size] + number,
        "stockage_utile_to": None if number % 7 == 0 else 2.5 * SIZES[size],
    }


def _year(year: int, site: Row, base: float, draw: random.Random) -> Row:
    it = round(site["puissance_it_installee_kw"] * 8760 * draw.uniform(0.3, 0.6))
    total = round(it * max(1.05, base * (1 - 0.015 * (year - 2019)) * draw.uniform(0.97, 1.03)))
    category = draw.choice(("1", "1", "1", "2", "2", "3", "X"))
    level = "pleine" if category != "X" else "reservee"
    ratio_only = draw.random() < 0.04
    quality = "manquant" if draw.random() < 0.05 else "mesure"  # counted in the sums, but not comparable
    comparable = not ratio_only and quality == "mesure"
    return {
        "annee": year,
        "date_debut": f"{year}-01-01",
        "date_fin": f"{year}-12-31",
        "energie_totale_kwh": None if ratio_only else total,
        "energie_it_kwh": None if ratio_only else it,
        "source_energie": None if ratio_only else "declaration",
        "pue_declare": round(total / it, 2),
        "pue_calcule": None if ratio_only else total / it,
        "categorie_mesure_it": category,
        "perimetre": "dedie",
        "qualite_mesure": quality,
        "nature_valeur": "annuelle",
        "nature_pue": "annuel",
        "lettre_comparabilite": "E" if ratio_only else "C" if not comparable else "B" if category == "X" else "A",
        "bande_pue": None if ratio_only else _band(total / it),
        "apercu_classe_ue": _band_class(total / it) if comparable else None,
        "facteur_charge": None if ratio_only else it / (site["puissance_it_installee_kw"] * 8760),
        "niveau_comparabilite": level if comparable else "non_comparable",
        "classe_comparabilite": f"C{category}-D-A-{'R' if ratio_only else 'M' if comparable else 'X'}",
        "inclus_dans_agregats": not ratio_only,
        "motif_exclusion": "energie_totale_absente" if ratio_only else None,
        "depot_sha256": "ab" * 32,
        "depot_ligne": 2,
        "depot_recu_le": f"{year + 1}-05-14",
        "commentaire": "Donnée synthétique.",
    }


def _band(pue: float) -> str:
    return _BANDS[bisect.bisect_left(_BOUNDS, pue)]


def _band_class(pue: float) -> str:
    return "ABCDEFG"[min(bisect.bisect_left(_BOUNDS, pue), 6)]


def _real_rows() -> list[Row]:
    rows: list[Row] = []
    for number, (name, body, region, kind, years) in enumerate(REAL):
        for year, (total, it, pue) in years.items():
            rows.append(
                {
                    "id_centre": f"{80000000000000 + number}-01",
                    "nom_site": name,
                    "organisme": body,
                    "type_hebergement": kind,
                    "code_region": region,
                    "nom_region": REGIONS[region][0],
                    "classe_taille": "TX",
                    "annee": year,
                    "energie_totale_kwh": total,
                    "energie_it_kwh": it,
                    "pue_declare": pue,
                    "categorie_mesure_it": "X",
                    "nature_valeur": "conception" if name.startswith("Colocation") else None,
                    "commentaire": f"Source : https://www.example.org/{number}?a=1&b=2 (statut : secondaire).",
                    "niveau_comparabilite": "non_comparable",
                    "classe_comparabilite": f"CX-X-X-{'X' if pue is None else 'R'}",
                    "inclus_dans_agregats": False,
                    "motif_exclusion": "energie_totale_absente" if total is None else "energie_it_absente",
                    "synthetique": False,
                    "depot_sha256": "cd" * 32,
                    "depot_ligne": number + 2,
                    "depot_recu_le": "2026-05-15",
                }
            )
    return rows


def _rank(rows: Sequence[Row]) -> None:
    """Peer groups: a rank takes the first that has three sites, the quartiles the first that has eight."""
    peers: dict[tuple[Any, ...], list[float]] = defaultdict(list)
    full = [row for row in rows if row["niveau_comparabilite"] == "pleine"]
    for row in full:
        for name in {*_group_names(row), *_beside(row)}:
            peers[row["annee"], row["synthetique"], name].append(row["pue_calcule"])
    for row in full:
        found = {name: sorted(peers[row["annee"], row["synthetique"], name]) for name in _group_names(row)}
        for name, pues in [(name, pues) for name, pues in found.items() if len(pues) >= 3][:1]:
            rank = 1 + bisect.bisect_left(pues, row["pue_calcule"])
            row |= {"groupe_pairs": name, "nb_pairs": len(pues), "rang_pairs": rank}
        for name, pues in [(name, pues) for name, pues in found.items() if len(pues) >= 8][:1]:
            quartiles = statistics.quantiles(pues, n=4, method="inclusive")
            row.update(groupe_quartiles=name, nb_groupe_quartiles=len(pues))
            row.update(zip((f"pue_{name}_pairs" for name in _QUARTILES), quartiles, strict=True))


def _group_names(row: Row) -> tuple[str, ...]:
    """The groups of a site from the narrowest on: climate, use, size, then hosting kind let go."""
    size, use, climate = (row[name] for name in ("classe_taille", "usage_principal", "zone_climatique"))
    category, kind = f"C{row['categorie_mesure_it']}", row["type_hebergement"]
    return (
        f"{size}, {use}, {climate}, {category}, {kind}",
        f"{size}, {use}, tous climats, {category}, {kind}",
        f"{size}, tous usages, tous climats, {category}, {kind}",
        _around(row, int(size[1])),
        f"{size}, tous usages, tous climats, {category}, tous hébergements",
    )


def _beside(row: Row) -> tuple[str, ...]:
    """The groups of several sizes that a site belongs to besides its own."""
    size = int(row["classe_taille"][1])
    return tuple(_around(row, middle) for middle in (size - 1, size + 1) if 0 <= middle <= 7)


def _around(row: Row, middle: int) -> str:
    sizes = f"T{max(middle - 1, 0)} à T{min(middle + 1, 7)}"
    return f"{sizes}, tous usages, tous climats, C{row['categorie_mesure_it']}, {row['type_hebergement']}"


def _aggregates(rows: Sequence[Row]) -> list[Row]:
    groups: dict[tuple[Any, ...], list[Row]] = defaultdict(list)
    for row in rows:
        groups[row["annee"], row["synthetique"], "ensemble", "ensemble"].append(row)
        for dimension in DIMENSIONS:
            value = row.get("code_region" if dimension == "region" else dimension) or "inconnu"
            groups[row["annee"], row["synthetique"], dimension, value].append(row)
    return [_aggregate(key, members) for key, members in sorted(groups.items(), key=str)]


def _aggregate(key: tuple[Any, ...], members: Sequence[Row]) -> Row:
    year, synthetic, dimension, value = key
    used = [row for row in members if row["inclus_dans_agregats"]]
    shown = len(used) >= 3
    head = {
        "annee": year,
        "synthetique": synthetic,
        "dimension": dimension,
        "modalite": value,
        "libelle": _label(dimension, value),
        "nb_sites_attendus": len(members) + 20 if dimension == "ensemble" else len(members) + 2,
        "nb_sites_declarants": len(members),
        "nb_sites_pue": len(used) if shown or not used else None,
        "diffusion": "diffuse" if shown else "secret_primaire" if used else "aucune_donnee",
    }
    return {**head, **(_values(used, len(members) / head["nb_sites_attendus"]) if shown else {})}


def _values(used: Sequence[Row], coverage: float) -> Row:
    total, it = (sum(row[name] for row in used) for name in ("energie_totale_kwh", "energie_it_kwh"))
    pues = sorted(row["pue_calcule"] for row in used if row["niveau_comparabilite"] != "non_comparable")
    values = {
        "nb_sites_distribution": len(pues),
        "nb_sites_estimes": 0,
        "couverture_sites": coverage,
        "couverture_puissance": coverage * 0.9,
        "nb_sites_carbone": len(used),
    }
    # As if secrecy had hidden the measured share and the emissions of the even years alone.
    if used[0]["annee"] % 2:
        measured = sum(row["energie_it_kwh"] for row in used if row["qualite_mesure"] == "mesure")
        energies = [sum(row[name] for row in used) for name in ("energie_it_kwh", "energie_totale_kwh")]
        values |= {"part_it_mesuree": measured / energies[0], "emissions_tco2e": 0.0519 * energies[1] / 1000}
        values |= {"cue_kgco2e_par_kwh": 0.0519 * energies[1] / energies[0]}
    values |= {"energie_totale_kwh": total, "energie_it_kwh": it, "pue": total / it, **_resources(used)}
    if len(pues) >= 3:
        values |= {"pue_minimum": pues[0], "pue_mediane": statistics.median(pues), "pue_maximum": pues[-1]}
    if len(pues) >= 8:
        deciles, quartiles = statistics.quantiles(pues, n=10), statistics.quantiles(pues, n=4)
        values |= {"pue_decile_1": deciles[0], "pue_decile_9": deciles[-1]}
        values |= {"pue_quartile_1": quartiles[0], "pue_quartile_3": quartiles[-1]}
    return values


def _resources(used: Sequence[Row]) -> Row:
    """Water and renewable energy of half the sites, reused heat of one in twelve: given from three sites on."""
    told = {"wue_l_par_kwh": len(used) // 2, "ref": len(used) // 3, "erf": len(used) // 12}
    counts = {f"nb_sites_{column[:3]}": sites for column, sites in told.items()}
    return {**counts, **{column: 0.1 + 1 / sites for column, sites in told.items() if sites >= 3}}


def _label(dimension: str, value: str) -> str:
    names = {
        "ensemble": {"ensemble": "Ensemble"},
        "type_hebergement": {kind: label for kind, (label, _) in KINDS.items()},
        "categorie_organisme": BODIES,
        "region": {code: name for code, (name, _, _) in REGIONS.items()},
    }
    return names.get(dimension, {}).get(value, "Inconnu" if value == "inconnu" else value)


def _coverage(row: Row) -> Row:
    return {
        **row,
        "attendu": True,
        "statut": "complet" if row["inclus_dans_agregats"] else "partiel",
        "nb_rejets": 0,
    }


def _monthly(rows: Sequence[Row]) -> list[Row]:
    return [
        {
            "id_centre": row["id_centre"],
            "mois": f"{row['annee']}-{month:02d}",
            "poste": "total",
            "energie_kwh": round(row["energie_totale_kwh"] / 12, 1),
            "jours_couverts": 28,
            "jours_du_mois": 28,
            "repartition": "releve",
            "nb_releves": 1,
            "chevauchement": False,
            "qualite_mesure": "mesure",
            "synthetique": row["synthetique"],
        }
        for row in [row for row in rows if row["synthetique"]][:5]
        if row["energie_totale_kwh"] is not None
        for month in range(1, 13)
    ]


def _rejects() -> list[Row]:
    return [
        {
            "depot_sha256": "ab" * 32,
            "numero": 1,
            "nom_fichier": "déclaration <script>alert(1)</script>.csv",
            "table_visee": "declarations",
            "ligne": 12,
            "champ": "energie_totale_kwh",
            "valeur": "'=1+1",
            "code": "type-error",
            "message": "La valeur « =1+1 » n'est pas un nombre.",
            "correction": "Écrivez un nombre, sans formule.",
            "recu_le": "2026-05-14",
            "synthetique": True,
        }
    ]

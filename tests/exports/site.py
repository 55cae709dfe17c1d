"""A folder of deposits about a few invented sites, one of them with everything that the regulation asks for."""

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

SIRET = "99900160500016"
FULL, SMALL, EXEMPT, METERED = (f"{SIRET}-0{number}" for number in range(1, 5))
FORMER, RENAMED = "99988877900017-01", "99988877900025-01"
HOSTILE = """</style><script>alert("x")</script> & 'Salle' \u202e"""

CENTRES: Sequence[Mapping[str, Any]] = (
    {
        "id_centre": FULL,
        "nom_site": "Centre complet",
        "siret": SIRET,
        "organisme": "Région fictive",
        "proprietaire": "Société fictive des murs",
        "exploitant": "Région fictive, direction du numérique",
        "code_insee": "35238",
        "type_hebergement": "centre_mutualise_public",
        "type_centre": "cohebergement",
        "usage_principal": "mutualise",
        "puissance_it_installee_kw": 480,
        "mise_en_service": "2012-03",
        "redondance_electrique": "2N",
        "redondance_refroidissement": "N+1",
    },
    {"id_centre": SMALL, "nom_site": HOSTILE, "siret": SIRET, "puissance_it_installee_kw": 40, "code_insee": "97411"},
    {"id_centre": EXEMPT, "nom_site": "Salle réservée", "siret": SIRET, "mode_publication": "exempte_defense"},
    {"id_centre": METERED, "nom_site": "Salle relevée", "siret": SIRET, "code_insee": "35238"},
    {"id_centre": FORMER, "nom_site": "Salle", "siret": FORMER[:14], "date_fermeture": "2023-12-31"},
    {"id_centre": RENAMED, "nom_site": "Salle", "siret": RENAMED[:14], "ancien_id_centre": FORMER},
)
DECLARATION: Mapping[str, Any] = {
    "id_centre": FULL,
    "annee": 2024,
    "energie_totale_kwh": 3_000_000,
    "energie_it_kwh": 2_000_000,
    "energie_groupes_secours_kwh": 1200,
    "categorie_mesure_it": "1",
    "perimetre": "dedie",
    "qualite_mesure": "mesure",
    "nature_valeur": "annuelle",
    "puissance_it_installee_kw": 475.5,
    "surface_totale_m2": 900,
    "surface_salle_it_m2": 400,
    "services_reseau": "effacement|réserve primaire",
    "capacite_batteries_reseau_kw": 0,
    "eau_totale_m3": 1000,
    "categorie_mesure_eau": "2",
    "eau_potable_m3": 250,
    "type_refroidissement": "adiabatique",
    "chaleur_valorisee_kwh": 300_000,
    "temperature_chaleur_c": 36,
    "temperature_consigne_c": 24,
    "fluides_frigorigenes": "R410A|R32",
    "dju_froid": 120,
    "energie_renouvelable_go_kwh": 600_000,
    "energie_renouvelable_ppa_kwh": 0,
    "energie_renouvelable_site_kwh": 150_000,
    "capacite_serveurs_sert": 1234.5,
    "capacite_stockage_po": 2.5,
    "debit_entrant_gbps": 10,
    "debit_sortant_gbps": 10,
    "trafic_entrant_eo": 0.000365,
    "trafic_sortant_eo": 0.0004,
    "commentaire": "Compteurs changés en mars.",
}
DECLARATIONS: Sequence[Mapping[str, Any]] = (
    DECLARATION,
    {"id_centre": FULL, "annee": 2022, "energie_totale_kwh": 2_900_000, "energie_it_kwh": 1_850_000},
    {
        "id_centre": FULL,
        "annee": 2023,
        "energie_totale_kwh": 2_000_000,
        "energie_it_kwh": 3_000_000,
    },  # swapped: refused
    {"id_centre": SMALL, "annee": 2024, "pue_declare": 1.7, "motif_absence": "non_mesure", "commentaire": HOSTILE},
    {"id_centre": EXEMPT, "annee": 2024, "energie_totale_kwh": 90_000, "energie_it_kwh": 50_000},
    {"id_centre": FORMER, "annee": 2023, "energie_totale_kwh": 91_000, "energie_it_kwh": 50_000},
    {"id_centre": RENAMED, "annee": 2024, "energie_totale_kwh": 90_000, "energie_it_kwh": 50_000},
    {
        "id_centre": METERED,
        "annee": 2024,
        "energie_totale_kwh": 60_000,
        "date_debut": "2024-07-01",
        "date_fin": "2024-12-31",
        "energie_renouvelable_go_kwh": 1000,
    },
)
READINGS: Sequence[Mapping[str, Any]] = tuple(
    {
        "id_centre": METERED,
        "poste": item,
        "date_debut": "2024-01-01",
        "date_fin": "2024-12-31",
        "energie_kwh": energy,
    }
    for item, energy in (("total", 120_000), ("it", 80_000))
)


def write(folder: Path) -> Path:
    """Write the deposits in a folder, to be adopted."""
    for name, rows in (("centres", CENTRES), ("declarations", DECLARATIONS), ("consommations", READINGS)):
        columns = list(dict.fromkeys(column for row in rows for column in row))
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, columns)
            writer.writeheader()
            writer.writerows(rows)
    return folder

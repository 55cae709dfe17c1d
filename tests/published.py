"""A few rows of every published table, worked out by hand, and the deposits they would come from."""

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb

from greencloud import tables
from greencloud.deposits import Deposit

Rows = Mapping[str, Sequence[Mapping[str, Any]]]

SHA_A, SHA_B = "a" * 64, "b" * 64
SITE_A, SITE_B = "13002526500013-01", "21750001600019-01"
HOSTILE = (
    "guillemets \"doubles\", virgule et 'simples'",
    "deux\nlignes\r\net une troisième",
    "'=cmd|'/C calc'!A0",
    "<script>alert('|')</script> `code` *gras* [lien](x)",
    "\u202f1\u202f234,5\u00a0kWh ",
    "NULL",
    "# commentaire",
    "é𝄞☃\ufeff",
    "\\n \\ ;\t|",
)

_DAY = dt.date(2026, 5, 14)
_INDICATOR = {
    "id_centre": SITE_A,
    "annee": 2024,
    "nom_site": 'Salle « Nord », "bâtiment" A',
    "categorie_organisme": "commune",
    "type_hebergement": "salle_serveurs",
    "code_insee": "01053",
    "code_departement": "01",
    "code_region": "84",
    "nom_region": "Auvergne-Rhône-Alpes",
    "zone_climatique": "H1",
    "classe_taille": "TX",
    "date_debut": dt.date(2024, 1, 1),
    "date_fin": dt.date(2024, 12, 31),
    "energie_totale_kwh": 438000.0,
    "energie_it_kwh": 300000.5,
    "source_energie": "declaration",
    "pue_calcule": 438000.0 / 300000.5,
    "perimetre": "inconnu",
    "nature_valeur": "annuelle",
    "nature_pue": "annuel",
    "lettre_comparabilite": "B",
    "bande_pue": "1.35_a_1.5",
    "heures_periode": 8784,
    "commentaire": "'- compteur changé | le 12 mars",
    "niveau_comparabilite": "reservee",
    "inclus_dans_agregats": True,
    "synthetique": False,
    "depot_sha256": SHA_A,
    "depot_ligne": 2,
    "depot_recu_le": _DAY,
}
_AGGREGATE = {
    "annee": 2024,
    "synthetique": False,
    "dimension": "ensemble",
    "modalite": "ensemble",
    "libelle": "Ensemble",
    "nb_sites_attendus": 2,
    "nb_sites_declarants": 1,
    "nb_sites_pue": 1,
    "nb_sites_estimes": 0,
    "couverture_sites": 0.5,
    "diffusion": "secret_primaire",
}
_GROWTH = {
    "annee_precedente": 2023,
    "annee": 2024,
    "synthetique": False,
    "dimension": "ensemble",
    "modalite": "ensemble",
    "libelle": "Ensemble",
    "nb_sites": 4,
    "nb_sites_constants": 3,
    "nb_sites_constants_nominatifs": 3,
    "energie_totale_constante_precedente_kwh": 1200000.0,
    "energie_totale_constante_kwh": 1170000.0,
    "croissance_totale_constante_pct": -2.5,
    "diffusion": "diffuse",
}
_COUNT = {
    "annee": 2024,
    "synthetique": False,
    "indicateur": "nb_machines_virtuelles",
    "dimension": "type_hebergement",
    "modalite": "cloud_interne",
    "libelle": "Cloud interne (cercle 1)",
    "cercle_cloud": 1,
    "nb_sites_attendus": 4,
    "nb_sites": 3,
    "valeur": 1250.0,
    "unite": "machines virtuelles",
    "part": 0.125,
    "diffusion": "diffuse",
}
_SAVINGS = {
    "annee": 2024,
    "synthetique": False,
    "scenario": "pue_1_5",
    "type_hebergement_cible": "sans_objet",
    "dimension": "ensemble",
    "modalite": "ensemble",
    "libelle": "Ensemble",
    "hypotheses": "PUE cible : 1,5",
    "diffusion": "secret_primaire",
}
_MONTH = {
    "id_centre": SITE_A,
    "mois": "2024-01",
    "poste": "total",
    "energie_kwh": 36500.0,
    "jours_couverts": 31,
    "jours_du_mois": 31,
    "repartition": "releve",
    "nb_releves": 1,
    "chevauchement": False,
    "synthetique": False,
}
_METERED = {
    "id_centre": SITE_A,
    "mois": "2024-01",
    "poste": "total",
    "energie_kwh": 36512.25,
    "completude": 0.9986,
    "jours_complets": 30,
    "jours_du_mois": 31,
    "nb_compteurs": 1,
    "puissance_base_kw": 44.1,
    "puissance_pointe_kw": 61.5,
    "part_nuit": 0.325,
    "part_week_end": 0.258,
    "part_estimee": 0.0,
    "synthetique": False,
}
_RECONCILED = {
    "id_centre": SITE_A,
    "annee": 2024,
    "poste": "total",
    "energie_declaree_kwh": 438000.0,
    "energie_compteurs_kwh": 437912.5,
    "completude": 0.9992,
    "energie_ecartee_kwh": 85.4,
    "motifs_ecart": "chevauchement|doublon_identique",
    "ecart_pct": -0.02,
    "synthetique": False,
}
_COVERAGE = {
    "id_centre": SITE_A,
    "annee": 2024,
    "nom_site": "Salle Nord",
    "attendu": True,
    "statut": "complet",
    "nb_rejets": 0,
    "synthetique": False,
}
_REJECT = {
    "depot_sha256": SHA_A,
    "numero": 1,
    "nom_fichier": "déclarations.csv",
    "table_visee": "declarations",
    "ligne": 3,
    "champ": "energie_totale_kwh",
    "valeur": "environ 12",
    "code": "type-error",
    "message": "La valeur n'est pas un nombre.",
    "correction": "Écrivez le nombre seul.",
    "recu_le": _DAY,
    "synthetique": False,
}
_CHANGE = {
    "table_source": "declarations",
    "id_centre": SITE_A,
    "cle": "annee=2024",
    "champ": "energie_totale_kwh",
    "ancienne_valeur": "430000.0",
    "nouvelle_valeur": "438000.0",
    "ancien_depot_sha256": SHA_B,
    "ancien_depot_ligne": 2,
    "nouveau_depot_sha256": SHA_A,
    "nouveau_depot_ligne": 2,
    "remplace_le": _DAY,
    "synthetique": False,
}

_SECRET = {
    "nom_table": "agregats_annuels",
    "synthetique": False,
    "motif": "secret_primaire",
    "nb_lignes": 1,
}

ROWS: Rows = {
    "indicateurs_annuels": [_INDICATOR | {"id_centre": SITE_B, "inclus_dans_agregats": False}, _INDICATOR],
    "agregats_annuels": [_AGGREGATE],
    "evolutions_annuelles": [_GROWTH],
    "observatoire_cloud": [_COUNT],
    "economies": [_SAVINGS],
    "consommations_mensuelles": [_MONTH | {"mois": "2024-02", "jours_du_mois": 29, "jours_couverts": 29}, _MONTH],
    "mesures_mensuelles": [_METERED | {"mois": "2024-02", "jours_du_mois": 29, "jours_complets": 29}, _METERED],
    "rapprochements": [_RECONCILED],
    "couverture": [_COVERAGE | {"id_centre": SITE_B, "statut": "absent"}, _COVERAGE],
    "rejets": [_REJECT | {"numero": number, "valeur": text} for number, text in enumerate(HOSTILE, 2)] + [_REJECT],
    "historique": [_CHANGE],
    "secret_statistique": [_SECRET],
}


def connection(changed: Rows | None = None) -> duckdb.DuckDBPyConnection:
    """An in-memory warehouse with every published table; `changed` replaces the rows of some of them."""
    con = duckdb.connect(config={"threads": 1})
    for name in tables.PUBLISHED:
        fill(con, name, {**ROWS, **(changed or {})}[name])
    return con


def fill(con: duckdb.DuckDBPyConnection, name: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """Create (or create again) one published table with these rows; a column that a row does not name is missing."""
    columns = tables.table(name).duckdb_columns()
    definition = ", ".join(f"{tables.quote(column)} {kind}" for column, kind in columns.items())
    con.execute(f"CREATE OR REPLACE TABLE {tables.quote(name)} ({definition})")
    for row in rows:
        assert row.keys() <= columns.keys()
        marks = ", ".join("?" for _ in columns)
        con.execute(f"INSERT INTO {tables.quote(name)} VALUES ({marks})", [row.get(column) for column in columns])


def synthetic(name: str) -> list[dict[str, Any]]:
    """The rows of a table, marked as synthetic."""
    return [{**row, "synthetique": True} for row in ROWS[name]]


def deposit(sha256: str = SHA_A, recu_le: str = "2026-05-14T09:30:00.000000Z", synthetique: bool = False) -> Deposit:
    """A deposit of declarations; its file is not there, an edition only reads its card."""
    name = 'décla|rations "2024".csv'
    return Deposit(
        Path("depots") / sha256, sha256, 1234, name, recu_le, "130025265", "declarations", "0.1.0", synthetique
    )


DEPOSITS = (deposit(), deposit(SHA_B, "2026-02-01T08:00:00.000000Z"))

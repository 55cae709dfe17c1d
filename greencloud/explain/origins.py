"""Where each column of `indicateurs_annuels` comes from: a deposited cell, a formula, a reference, or other sites.

`formula` is an SQL expression over the published columns of the row (and `kgco2e_par_kwh`, the emission factor that the
row names): it is what the file of `sql/` computes, so that anybody may compute it again from the published row alone.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

Kind = Literal["cle", "registre", "declaration", "energie", "reference", "calcul", "facteur", "pairs", "provenance"]

REGISTER, DECLARATION, READINGS = "centres", "declarations", "consommations"


@dataclass(frozen=True)
class Origin:
    """How a column is made. `inputs`: columns of the same row; `sources`: deposit tables it may be copied from."""

    kind: Kind
    sql: str
    phrase: str
    inputs: tuple[str, ...] = ()
    formula: str | None = None
    sources: tuple[str, ...] = ()


_RESULT, _SITE_YEAR = "indicateurs_annuels.sql", "_sites_annees.sql"


def _copied(names: Iterable[str], kind: Kind, source: str, sql: str, phrase: str) -> dict[str, Origin]:
    return {name: Origin(kind, sql, phrase, sources=(source,)) for name in names}


def _formula(name: str, formula: str, *inputs: str, sql: str = _RESULT, phrase: str = "") -> tuple[str, Origin]:
    return name, Origin("calcul", sql, phrase or "calculé à partir de la ligne", inputs, formula)


def _decided(name: str, sql: str, phrase: str, *inputs: str) -> tuple[str, Origin]:
    return name, Origin("calcul", sql, phrase, inputs)


_PEERS = {
    name: Origin("pairs", "_groupes_pairs.sql", phrase, ("pue_calcule", "classe_comparabilite", "niveau_comparabilite"))
    for name, phrase in (
        ("groupe_pairs", "le plus étroit des groupes d'au moins 3 centres publiés à leur nom et de niveau « pleine »"),
        ("nb_pairs", "nombre de centres de groupe_pairs"),
        ("rang_pairs", "rang de pue_calcule, du plus petit au plus grand, parmi les centres de groupe_pairs"),
        (
            "groupe_quartiles",
            "le plus étroit des groupes d'au moins 8 centres publiés à leur nom, de niveau « pleine »",
        ),
        ("nb_groupe_quartiles", "nombre de centres de groupe_quartiles"),
        ("pue_quartile_1_pairs", "premier quartile interpolé de pue_calcule dans groupe_quartiles"),
        ("pue_mediane_pairs", "médiane interpolée de pue_calcule dans groupe_quartiles"),
        ("pue_quartile_3_pairs", "troisième quartile interpolé de pue_calcule dans groupe_quartiles"),
    )
}

ORIGINS: Mapping[str, Origin] = {
    **_copied(("id_centre",), "cle", REGISTER, "_sites.sql", "clé du centre, donnée par son déclarant"),
    "annee": Origin("cle", "_energies_annuelles.sql", "année de la déclaration, ou des relevés"),
    **_copied(
        (
            *("ancien_id_centre", "nom_site", "organisme", "categorie_organisme", "type_hebergement", "type_centre"),
            *("secnumcloud", "usage_principal", "code_insee"),
        ),
        *("registre", REGISTER, "_sites.sql", "recopié du registre des centres"),
    ),
    **{
        name: Origin("reference", "_sites.sql", f"tiré de code_insee par la table {table}", ("code_insee",))
        for name, table in (
            ("code_departement", "departements.csv"),
            ("code_region", "departements.csv puis regions.csv"),
            ("nom_region", "regions.csv"),
            ("zone_climatique", "departements.csv"),
        )
    },
    "puissance_it_installee_kw": Origin(
        *(
            "declaration",
            _SITE_YEAR,
            "celle de la déclaration de l'année ; à défaut celle du registre, si elle dépasse 0",
        ),
        sources=(DECLARATION, REGISTER),
    ),
    "classe_taille": Origin(
        "reference", "_classes_taille.sql", "classe où tombe la puissance installée", ("puissance_it_installee_kw",)
    ),
    **{
        name: Origin("energie", "_energies_annuelles.sql", phrase, ("source_energie",), sources=(DECLARATION, READINGS))
        for name, phrase in (
            ("date_debut", "premier jour déclaré ; le 1er janvier pour une somme de relevés"),
            ("date_fin", "dernier jour déclaré ; le 31 décembre pour une somme de relevés"),
            ("energie_totale_kwh", "énergie déclarée, ou somme des relevés du poste total"),
            ("energie_it_kwh", "énergie déclarée, ou somme des relevés du poste it"),
            ("qualite_mesure", "celle de la déclaration, ou la moins bonne des relevés"),
        )
    },
    "source_energie": Origin(
        *("calcul", "_energies_annuelles.sql"),
        "la déclaration si elle donne les deux énergies de l'année entière, sinon les relevés s'ils les donnent, sinon "
        "la première des deux qui en donne une",
    ),
    **_copied(
        (
            *("pue_declare", "categorie_mesure_it", "perimetre"),
            *("nature_valeur", "eau_totale_m3", "chaleur_valorisee_kwh", "energie_renouvelable_kwh"),
            *("nb_serveurs_physiques", "nb_machines_virtuelles", "stockage_utile_to", "surface_totale_m2"),
            "commentaire",
        ),
        *("declaration", DECLARATION, _RESULT, "recopié de la déclaration de l'année"),
    ),
    **dict(
        (
            _formula(
                *("pue_calcule", "energie_totale_kwh / energie_it_kwh", "energie_totale_kwh", "energie_it_kwh"),
                sql=_SITE_YEAR,
                phrase="énergie totale sur énergie informatique, vide hors de l'intervalle ]1,0005 ; 10]",
            ),
            _formula(
                "heures_periode",
                "24 * (coalesce(date_fin, make_date(annee, 12, 31)) - coalesce(date_debut, make_date(annee, 1, 1))"
                " + 1)",
                *("date_debut", "date_fin", "annee"),
                sql=_SITE_YEAR,
                phrase="24 heures par jour de la période, bornes comprises",
            ),
            _formula(
                *("facteur_charge", "energie_it_kwh / (puissance_it_installee_kw * heures_periode)"),
                *("energie_it_kwh", "puissance_it_installee_kw", "heures_periode"),
            ),
            _formula("wue_l_par_kwh", "1000 * eau_totale_m3 / energie_it_kwh", "eau_totale_m3", "energie_it_kwh"),
            _formula(
                "erf", "chaleur_valorisee_kwh / energie_totale_kwh", "chaleur_valorisee_kwh", "energie_totale_kwh"
            ),
            _formula(
                "ref", "energie_renouvelable_kwh / energie_totale_kwh", "energie_renouvelable_kwh", "energie_totale_kwh"
            ),
            _formula(
                *("emissions_tco2e", "energie_totale_kwh * kgco2e_par_kwh / 1000"),
                *("energie_totale_kwh", "facteur_emission"),
                phrase="énergie totale par le facteur kgco2e_par_kwh de facteur_emission",
            ),
            _formula(
                *("cue_kgco2e_par_kwh", "pue_calcule * kgco2e_par_kwh", "pue_calcule", "facteur_emission"),
                phrase="PUE calculé par le facteur kgco2e_par_kwh de facteur_emission",
            ),
            _formula(
                *("kwh_it_par_serveur", "energie_it_kwh / nb_serveurs_physiques"),
                *("energie_it_kwh", "nb_serveurs_physiques"),
            ),
            _formula(
                *("kwh_it_par_machine_virtuelle", "energie_it_kwh / nb_machines_virtuelles"),
                *("energie_it_kwh", "nb_machines_virtuelles"),
            ),
            _formula("kwh_par_m2", "energie_totale_kwh / surface_totale_m2", "energie_totale_kwh", "surface_totale_m2"),
            _formula(
                *("inclus_dans_agregats", "motif_exclusion IS NULL", "motif_exclusion"),
                phrase="oui quand motif_exclusion est vide",
            ),
            _decided(
                *("nature_pue", _SITE_YEAR, "ce qu'est le PUE, selon la période et le périmètre"),
                *("nature_valeur", "perimetre", "date_debut", "date_fin"),
            ),
            _decided(
                *("classe_comparabilite", _SITE_YEAR, "catégorie, périmètre, période, méthode"),
                *("categorie_mesure_it", "perimetre", "nature_valeur", "qualite_mesure"),
            ),
            _decided(
                *("niveau_comparabilite", _SITE_YEAR, "selon le nombre de réserves de la classe"),
                *("classe_comparabilite", "pue_calcule"),
            ),
            _decided(
                *("lettre_comparabilite", _SITE_YEAR, "résumé de la classe"),
                *("classe_comparabilite", "pue_calcule", "pue_declare"),
            ),
            _decided("bande_pue", "_bandes_pue.sql", "intervalle où tombe le PUE d'une année entière", "pue_calcule"),
            _decided(
                *("apercu_classe_ue", "_bandes_pue.sql", "aperçu non officiel, pour un PUE comparable"),
                *("bande_pue", "niveau_comparabilite"),
            ),
            _decided(
                *("motif_absence_cue", _RESULT, "première raison de l'absence du CUE ou des émissions"),
                *("energie_totale_kwh", "energie_it_kwh", "code_insee"),
            ),
            _decided(
                *("motif_exclusion", _SITE_YEAR, "première raison de ne pas entrer dans les sommes"),
                *("energie_totale_kwh", "energie_it_kwh", "pue_calcule", "nature_valeur"),
            ),
            _decided(
                *("avertissements", _RESULT, "codes levés par les lignes déposées et par leur rapprochement"),
                *("energie_totale_kwh", "energie_it_kwh"),
            ),
        )
    ),
    "facteur_emission": Origin(
        "facteur", "_facteurs_emission.sql", "ligne de la table des facteurs d'émission", ("code_insee", "annee")
    ),
    **_PEERS,
    **{
        name: Origin("provenance", _RESULT, phrase)
        for name, phrase in (
            ("synthetique", "dit par la carte du dépôt du centre"),
            ("depot_sha256", "empreinte du fichier d'où viennent les énergies"),
            ("depot_ligne", "enregistrement de ce fichier ; le premier relevé de l'année pour une somme de relevés"),
            ("depot_recu_le", "jour de réception, sur la carte du dépôt"),
        )
    },
}
"""Every column of the published table, in no particular order."""

SHOWN: Mapping[str, frozenset[str]] = {
    REGISTER: frozenset({"id_centre", *(name for name, one in ORIGINS.items() if REGISTER in one.sources)}),
    DECLARATION: frozenset(
        {"id_centre", "annee", *(name for name, one in ORIGINS.items() if DECLARATION in one.sources)}
    ),
    READINGS: frozenset({"id_centre", "poste", "date_debut", "date_fin", "energie_kwh", "qualite_mesure"}),
}
"""The deposited columns that an edition publishes; the others stay with whoever holds the deposits."""

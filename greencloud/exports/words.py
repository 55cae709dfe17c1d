"""The values of the schemas' lists in words; a value without an entry is shown as it is."""

from collections.abc import Mapping

WORDS: Mapping[str, Mapping[str, str]] = {
    "type_centre": {
        "entreprise": "d’entreprise",
        "colocation": "de colocation",
        "cohebergement": "de cohébergement",
    },
    "type_hebergement": {
        "salle_serveurs": "salle de serveurs",
        "centre_propre": "centre de données propre",
        "centre_mutualise_public": "centre mutualisé public",
        "colocation": "colocation",
        "cloud_interne": "cloud interne (cercle 1)",
        "cloud_dedie": "cloud dédié (cercle 2)",
        "cloud_externe": "cloud externe (cercle 3)",
    },
    "usage_principal": {
        "calcul_intensif": "calcul intensif",
        "hopital": "hôpital",
        "enseignement_recherche": "enseignement et recherche",
        "mutualise": "mutualisé",
    },
    "categorie_mesure_it": {
        "1": "1 (sortie des onduleurs)",
        "2": "2 (sortie des PDU)",
        "3": "3 (entrée des équipements)",
        "X": "inconnue",
    },
    "categorie_mesure_eau": {"X": "inconnue"},
    "perimetre": {
        "dedie": "dédié",
        "mixte_compte": "mixte, part comptée",
        "mixte_reparti": "mixte, part répartie",
    },
    "qualite_mesure": {
        "mesure": "mesurée",
        "estime": "estimée",
        "manquant": "relevé perdu",
        "point_change": "point de mesure changé",
    },
    "motif_absence": {"non_mesure": "non mesuré", "sans_objet": "sans objet"},
    "type_refroidissement": {
        "detente_directe": "détente directe",
        "eau_glacee": "eau glacée",
        "free_cooling_air": "air extérieur (free cooling)",
        "free_cooling_eau": "eau extérieure (free cooling)",
        "adiabatique": "adiabatique",
        "tour_evaporative": "tour évaporative",
        "refroidissement_liquide": "refroidissement liquide",
    },
}


def word(column: str, value: str) -> str:
    """A listed value as a sentence writes it."""
    return WORDS.get(column, {}).get(value, value)

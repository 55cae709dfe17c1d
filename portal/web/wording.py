"""The words of the pages of a declarant: states, tables and choices, as an agent says them."""

import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from greencloud import tables
from greencloud.checking.messages import WRITTEN_BY_COMMAND
from greencloud.checking.titles import Titles, titles
from greencloud.checking.visible import visible
from greencloud.tables import Field
from portal import models

TABLES = {
    "centres": "Registre des centres",
    "declarations": "Déclarations annuelles",
    "consommations": "Relevés de compteurs et factures",
}
STATES = {
    models.RECEIVED: "Reçu, contrôle en attente",
    models.CHECKED: "Contrôlé, à confirmer",
    models.UNREADABLE: "Illisible, à déposer à nouveau",
    models.CONFIRMED: "Confirmé",
    models.SUPERSEDED: "Remplacé",
    models.WITHDRAWN: "Retiré",
}
MEANINGS = {
    models.RECEIVED: "Le fichier est arrivé. Ouvrez-le : son contrôle se fait aussitôt.",
    models.CHECKED: "Le contrôle est fait, rien n’est encore transmis : il vous reste à confirmer.",
    models.UNREADABLE: "Le fichier n’a pas pu être lu. Déposez-en un autre ; celui-ci peut être retiré.",
    models.CONFIRMED: "Vous l’avez confirmé : il est, ou sera, dans l’édition publiée.",
    models.SUPERSEDED: "Un dépôt plus récent l’a remplacé. Il reste dans l’historique.",
    models.WITHDRAWN: "Vous l’avez retiré : il ne compte plus. Il reste dans l’historique.",
}
"""What a state means for the body that sees it."""
CHOICES = {
    "salle_serveurs": "Salle de serveurs, dans un bâtiment de bureaux",
    "centre_propre": "Centre à nous, bâtiment dédié",
    "centre_mutualise_public": "Centre public partagé entre plusieurs organismes",
    "colocation": "Colocation : nos serveurs chez un opérateur privé",
    "cloud_interne": "Cloud interne de l’État (cercle 1)",
    "cloud_dedie": "Cloud dédié (cercle 2)",
    "cloud_externe": "Cloud externe (cercle 3)",
    "entreprise": "Pour nos propres besoins",
    "cohebergement": "Cohébergement",
    "bureautique": "Bureautique et applications de gestion",
    "calcul_intensif": "Calcul intensif",
    "hopital": "Hôpital, établissement de santé",
    "enseignement_recherche": "Enseignement et recherche",
    "mutualise": "Plusieurs organismes ou usages, sans dominante",
    "autre": "Autre",
    "etat": "État (ministère, préfecture, juridiction)",
    "operateur_etat": "Opérateur de l’État",
    "region": "Région",
    "departement": "Département",
    "intercommunalite": "Intercommunalité",
    "commune": "Commune",
    "syndicat_mixte": "Syndicat mixte",
    "nominatif": "À son nom (la règle)",
    "agrege": "Dans les totaux seulement",
    "exempte_defense": "Exempté : défense",
    "exempte_oiv": "Exempté : opérateur d’importance vitale",
    "dedie": "Le centre a son propre compteur général",
    "mixte_compte": "Part du bâtiment, mesurée par des sous-compteurs",
    "mixte_reparti": "Part du bâtiment, calculée par une clé de répartition",
    "inconnu": "Nous ne savons pas",
    "1": "À la sortie des onduleurs (catégorie 1)",
    "2": "À la sortie des tableaux de distribution, PDU (catégorie 2)",
    "3": "À l’entrée de chaque équipement (catégorie 3)",
    "X": "Mesurée, nous ne savons pas où (catégorie X)",
    "mesure": "Relevées au compteur, sur toute l’année",
    "estime": "Calculées, en tout ou en partie",
    "point_change": "Relevées, mais le compteur a changé en cours d’année",
    "manquant": "Relevé perdu",
    "non_mesure": "Pas mesurée : il n’y a pas de compteur",
    "confidentiel": "Confidentielle",
    "sans_objet": "Sans objet",
    "annuelle": "L’année entière",
    "intermediaire": "Une autre durée qu’une année",
    "partielle": "Une année incomplète",
    "conception": "Une valeur d’étude",
    "puissance_instantanee": "Une puissance relevée à un instant",
    "puissance_crete": "Un rapport de puissances maximales",
    "detente_directe": "Climatiseurs ou armoires à détente directe",
    "eau_glacee": "Eau glacée",
    "free_cooling_air": "Air extérieur (free cooling)",
    "free_cooling_eau": "Eau de rivière, de nappe ou de mer",
    "adiabatique": "Air humidifié (adiabatique)",
    "tour_evaporative": "Tour évaporative",
    "refroidissement_liquide": "Eau jusqu’aux serveurs",
    "total": "Arrivée générale du centre",
    "it": "Équipements informatiques",
    "refroidissement": "Refroidissement",
    "pertes_electriques": "Pertes électriques (onduleurs, transformateurs)",
    "auxiliaires": "Auxiliaires (éclairage, sécurité)",
    "groupes_secours": "Groupes de secours",
    "oui": "Oui",
    "non": "Non",
}
# Where the description of a column explains its codes, which a form does not show.
_HINTS = {
    "type_hebergement": "C’est l’axe principal de comparaison : sans lui, le centre est rangé dans « inconnu ».",
    "usage_principal": "Ce à quoi sert la plus grande part de l’énergie ; vos pairs sont choisis d’après lui.",
    "type_centre": "Au sens du règlement (UE) 2024/1364. Dans une mairie : « Pour nos propres besoins ».",
    "categorie_organisme": "Un CHU est un hôpital ; un CROUS est un opérateur de l’État.",
    "mode_publication": (
        "Sans réponse, le centre est publié à son nom : c’est la règle. Ce choix ne retire pas les éditions déjà "
        "publiées."
    ),
}
# What the four letters of a comparability class mean, in their order; a second text says what would make it better.
_CLASS: tuple[dict[str, tuple[str, str]], ...] = (
    {
        "C1": ("énergie informatique mesurée à la sortie des onduleurs", ""),
        "C2": ("énergie informatique mesurée à la sortie des tableaux de distribution", ""),
        "C3": ("énergie informatique mesurée à l’entrée de chaque équipement", ""),
        "CX": ("endroit de la mesure informatique inconnu", "Catégorie de mesure IT"),
    },
    {
        "D": ("compteur propre au centre", ""),
        "M": ("part du bâtiment mesurée par des sous-compteurs", ""),
        "P": ("part du bâtiment calculée par une clé", ""),
        "X": ("périmètre du compteur inconnu", "Périmètre"),
    },
    {
        "A": ("année entière", ""),
        "I": ("une partie de l’année seulement", ""),
        "C": ("valeurs de conception", ""),
        "X": ("puissances d’un instant, qui ne disent rien d’une année", "Nature de la valeur"),
    },
    {
        "M": ("les deux énergies mesurées", ""),
        "E": ("une énergie au moins estimée", ""),
        "R": ("un rapport sans ses deux énergies", ""),
        "X": ("qualité de la mesure non dite", "Qualité de la mesure"),
    },
)


_ENERGIES = ("energie_totale_kwh", "energie_it_kwh")


def comparability(row: Mapping[str, Any]) -> tuple[str, list[str]]:
    """What the class of a line of `indicateurs_annuels` says (C1-D-A-M), and what to fill in for a better one."""
    code = row.get("classe_comparabilite") or ""
    known = [meanings[part] for meanings, part in zip(_CLASS, code.split("-"), strict=False) if part in meanings]
    lacking = [tables.table("declarations").field(name).title for name in _ENERGIES if row.get(name) is None]
    if code.endswith("-X") and lacking:  # the quality may well be given: there is nothing that it is the quality of
        known[-1:] = [("une énergie au moins manque", "")]
    return ", ".join(words for words, _ in known), [*(column for _, column in known if column), *lacking]


def hint(table: str, field: Field) -> str:
    """What helps to fill a column in a form, where lists are shown by their words."""
    return _HINTS.get(field.name) or told(table, field.description)


def choices(field: Field) -> list[tuple[str, str]]:
    """The values that a column may hold, each with its words; none for a free column."""
    values = ["oui", "non"] if field.type == "boolean" else field.constraints.get("enum", [])
    return [(str(value), CHOICES.get(str(value), str(value))) for value in values]


_WHERE = re.compile(r"^Ligne\s[0-9]+(?:, colonne «\s[^»]+\s»)?\s?: ")  # \s: any of the spaces of French
_READ_AS = re.compile("L'intitulé (« .+ ») a été lu comme (« .+ »)")
_ABSENT = "colonnes-absentes"


def told(table: str, text: str, *, code: str = "", placed: bool = True) -> str:
    """A sentence of the check as a page says it: the titles of the columns, not their names; no option of a command.

    `placed`: the page says the row by itself. Where names are what is to be typed (`code` is about labels), both stand.
    """
    text = _titles(table).told(visible(text).replace(WRITTEN_BY_COMMAND, ""), code)
    text = _WHERE.sub("", text) if placed else text
    return f"{text[:1].upper()}{text[1:]}"


def notes(table: str, told_of: Iterable[Mapping[str, str]]) -> list[str]:
    """How a file was read, in words; what is as it should be (a title for a name, a column left out) is not told."""
    said = [told(table, note["message"], placed=False) for note in told_of if note["code"] != _ABSENT]
    return [sentence for sentence in said if not ((found := _READ_AS.match(sentence)) and found[1] == found[2])]


def columns(table: str, text: str) -> list[str]:
    """The columns of a table that a sentence of the check names, in its order."""
    return _titles(table).columns(text)


@cache
def _titles(table: str) -> Titles:
    return titles(tables.table(table))

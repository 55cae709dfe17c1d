"""Why a line of readings is set aside: the codes, and which of them a declarant has to correct."""

NONE = "aucun"
"""What stands in place of a motive on a line that is kept."""

ILL_LINE = "ligne_illisible"
"""A line that cannot be cut into its cells."""

LINE = (
    ILL_LINE,
    "valeur_absente",
    "valeur_illisible",
    "horodate_illisible",
    "unite_inconnue",
    "grandeur_ignoree",
    "pas_illisible",
    "dernier_jour",
    "estime_illisible",
    "index_recule",
    "index_douteux",
    "index_seul",
    "evenement_inconnu",
    "pas_inconnu",
    "compteur_absent",
    "production",
    "annee_invraisemblable",
    "valeur_excessive",
    "negatif",
)
"""Those that a line bears by itself."""

SLOT = ("heure_inexistante", "doublon_identique", "doublon_different", "chevauchement")
"""Those that come from the clock, or from the other lines of the same meter and file."""

MOTIVES = (NONE, *LINE, *SLOT)
"""All of them: a code that is not listed here stops the reading instead of being lost."""

HARMLESS = frozenset({"valeur_absente", "grandeur_ignoree", "production", "doublon_identique"})
"""Told as warnings: nothing in the file is wrong, or nothing is lost."""

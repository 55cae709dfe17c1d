"""A few sites side by side, chosen by the reader: the page holds the rows of the table, the sites come on demand."""

from dataclasses import dataclass

from dashboards.data import Edition
from dashboards.themes import Page

MOST = 6  # sites side by side


@dataclass(frozen=True)
class Line:
    """A row of the table: its label, the published column, the name of its form in `commun.js`."""

    label: str
    column: str
    shape: str = ""


LINES = (
    Line("Organisme", "organisme"),
    Line("Type d’hébergement", "type_hebergement"),
    Line("Usage principal", "usage_principal"),
    Line("Région", "nom_region"),
    Line("Puissance informatique installée", "puissance_it_installee_kw", "kw"),
    Line("PUE calculé", "pue_calcule", "ratio"),
    Line("PUE déclaré", "pue_declare", "ratio"),
    Line("Rang parmi ses pairs", "rang_pairs", "entier"),
    Line("Nombre de pairs", "nb_pairs", "entier"),
    Line("Groupe de pairs", "groupe_pairs"),
    Line("Médiane", "pue_mediane_pairs", "ratio"),
    Line("Groupe de la médiane", "groupe_quartiles"),
    Line("Sites de ce groupe", "nb_groupe_quartiles", "entier"),
    Line("Point de mesure", "categorie_mesure_it"),
    Line("Comparabilité", "niveau_comparabilite"),
    Line("Énergie totale (MWh)", "energie_totale_kwh", "mwh"),
    Line("Énergie informatique (MWh)", "energie_it_kwh", "mwh"),
    Line("Qualité de la mesure", "qualite_mesure"),
    Line("Facteur de charge", "facteur_charge", "pourcent"),
    Line("Eau (L/kWh, WUE)", "wue_l_par_kwh", "ratio"),
    Line("Part renouvelable (REF)", "ref", "pourcent"),
    Line("Chaleur valorisée (ERF)", "erf", "pourcent"),
    Line("Émissions", "emissions_tco2e", "tonnes"),
)


def page(edition: Edition) -> Page:
    """The page `comparer.html`."""
    years = sorted({row["annee"] for row in edition.sites}, reverse=True)
    context = {"years": years, "lines": LINES, "most": MOST}
    return Page("comparer.html", "comparer.html.j2", "Comparer des sites", "comparer.html", context)

"""What is asked of a data centre, in the order of the texts, and the column of ours that answers.

Basis: Delegated Regulation (EU) 2024/1364, annexes I to III (transcriptions; French labels and point letters to be
confirmed on the Official Journal), and code de l'énergie, art. D. 236-3, for the five headings of the public page.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from greencloud import tables

ADMINISTRATIVE = "administratif"
OPERATION = "fonctionnement"
ENERGY = "energie_durabilite"
CAPACITY = "capacite"
TRAFFIC = "trafic"
HEADINGS = {
    ADMINISTRATIVE: "Données administratives",
    OPERATION: "Fonctionnement du centre",
    ENERGY: "Énergie et durabilité",
    CAPACITY: "Capacité informatique",
    TRAFFIC: "Trafic de données",
}
"""The headings of art. D. 236-3, in its order."""


@dataclass(frozen=True)
class Indicator:
    """One thing asked: where in the regulation ("": by us alone), under which heading of the page, in which unit.

    `column` is the column of `table` that answers, "" when we do not hold the answer; `title` is then its name.
    """

    annex: str
    point: str
    symbol: str
    heading: str
    table: str
    column: str
    unit: str = ""
    title: str = ""

    @property
    def label(self) -> str:
        """Its French name: the title of the column in its schema, without the unit."""
        if self.title:
            return self.title
        title = tables.table(self.table).field(self.column).title
        return title.removesuffix(f" ({self.unit})")

    @property
    def description(self) -> str:
        """What the schema tells the declarant, empty when the column is computed or not ours."""
        if self.table not in tables.INPUTS or not self.column:
            return ""
        return tables.table(self.table).field(self.column).description


def _centre(point: str, column: str, title: str = "") -> Indicator:
    return Indicator("I", point, "", ADMINISTRATIVE, "centres", column, title=title)


def _declared(point: str, symbol: str, heading: str, column: str, unit: str = "") -> Indicator:
    return Indicator("II", point, symbol, heading, "declarations", column, unit)


def _computed(point: str, symbol: str, column: str, unit: str = "", title: str = "") -> Indicator:
    return Indicator("III", point, symbol, ENERGY, "indicateurs_annuels", column, unit, title)


def _ours(heading: str, table: str, column: str) -> Indicator:
    """What the texts do not ask for and without which a figure cannot be compared, or a site found."""
    return Indicator("", "", "", heading, table, column)


INDICATORS: tuple[Indicator, ...] = (
    _centre("1", "nom_site"),
    _centre("2", "proprietaire"),
    _centre("2", "", "Coordonnées du propriétaire"),
    _centre("2", "exploitant"),
    _centre("2", "", "Coordonnées de l’exploitant"),
    _centre("3", "code_insee"),
    _centre("4", "type_centre"),
    _centre("5", "mise_en_service"),
    _centre("6", "redondance_electrique"),
    _centre("7", "redondance_refroidissement"),
    _ours(ADMINISTRATIVE, "centres", "organisme"),
    _ours(ADMINISTRATIVE, "centres", "siret"),
    _ours(ADMINISTRATIVE, "centres", "type_hebergement"),
    _ours(ADMINISTRATIVE, "centres", "usage_principal"),
    _declared("a", "PD_IT", OPERATION, "puissance_it_installee_kw", "kW"),
    _declared("b", "S_DC", OPERATION, "surface_totale_m2", "m²"),
    _declared("c", "S_CR", OPERATION, "surface_salle_it_m2", "m²"),
    _ours(ENERGY, "indicateurs_annuels", "date_debut"),
    _ours(ENERGY, "indicateurs_annuels", "date_fin"),
    _declared("d", "E_DC", ENERGY, "energie_totale_kwh", "kWh"),
    _declared("d", "E_DC-BG", ENERGY, "energie_groupes_secours_kwh", "kWh"),
    _declared("e", "E_IT", ENERGY, "energie_it_kwh", "kWh"),
    _declared("e", "", ENERGY, "categorie_mesure_it"),
    _ours(ENERGY, "declarations", "perimetre"),
    _ours(ENERGY, "declarations", "qualite_mesure"),
    _declared("f", "", OPERATION, "services_reseau"),
    _declared("g", "C_BtG", OPERATION, "capacite_batteries_reseau_kw", "kW"),
    _declared("h", "W_IN", ENERGY, "eau_totale_m3", "m³"),
    _declared("h", "", ENERGY, "categorie_mesure_eau"),
    _declared("i", "W_IN-POT", ENERGY, "eau_potable_m3", "m³"),
    _declared("j", "E_REUSE", ENERGY, "chaleur_valorisee_kwh", "kWh"),
    _declared("k", "T_WH", ENERGY, "temperature_chaleur_c", "°C"),
    _declared("l", "T_IN", OPERATION, "temperature_consigne_c", "°C"),
    _declared("m", "", OPERATION, "fluides_frigorigenes"),
    _ours(OPERATION, "declarations", "type_refroidissement"),
    _declared("n", "CDD", ENERGY, "dju_froid", "degrés-jours"),
    _declared("o", "E_RES-TOT", ENERGY, "energie_renouvelable_kwh", "kWh"),
    _declared("p", "E_RES-GOO", ENERGY, "energie_renouvelable_go_kwh", "kWh"),
    _declared("q", "E_RES-PPA", ENERGY, "energie_renouvelable_ppa_kwh", "kWh"),
    _declared("r", "E_RES-OS", ENERGY, "energie_renouvelable_site_kwh", "kWh"),
    _declared("2", "C_SERV", CAPACITY, "capacite_serveurs_sert", "score SERT"),
    _declared("2", "C_STOR", CAPACITY, "capacite_stockage_po", "Po"),
    _declared("3", "B_IN", TRAFFIC, "debit_entrant_gbps", "Gb/s"),
    _declared("3", "B_OUT", TRAFFIC, "debit_sortant_gbps", "Gb/s"),
    _declared("3", "T_IN", TRAFFIC, "trafic_entrant_eo", "Eo"),
    _declared("3", "T_OUT", TRAFFIC, "trafic_sortant_eo", "Eo"),
    _computed("a", "PUE", "pue_calcule", title="PUE, énergie totale sur énergie informatique"),
    _computed("b", "WUE", "wue_l_par_kwh", "m³/MWh", "WUE, eau entrée sur énergie informatique"),
    _computed("c", "ERF", "erf"),
    _computed("d", "REF", "ref"),
    _ours(ENERGY, "indicateurs_annuels", "pue_declare"),
    _ours(ENERGY, "indicateurs_annuels", "classe_comparabilite"),
)


def of_regulation() -> Iterator[Indicator]:
    """Those that the regulation asks for or computes, annex after annex."""
    return (indicator for indicator in INDICATORS if indicator.annex)


def of_page(heading: str) -> Iterator[Indicator]:
    """Those that a heading of the public page shows: all that we hold, contacts never."""
    return (indicator for indicator in INDICATORS if indicator.heading == heading and indicator.column)

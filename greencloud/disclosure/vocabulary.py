"""The words and the thresholds of secrecy, and what each published table hides."""

from collections.abc import Mapping, Sequence

from greencloud.disclosure.sums import CELL

THRESHOLD = 3
"""Smallest number of sites whose sum may be shown (2024/1364, Annex IV: at least three data centres; secondary)."""

DOMINANCE = 0.85
"""Largest share of a sum that one site may weigh (choice of the project: its weight is then at least 15 % off)."""

SHOWN, EMPTY, PRIMARY, COMPLEMENTARY = "diffuse", "aucune_donnee", "secret_primaire", "secret_complementaire"

NOMINATIVE = "nominatif"
"""The mode of publication of a site whose figures are published in its name; an empty cell says the same."""

HIDDEN_COLUMNS: Mapping[str, Sequence[str]] = {
    "agregats_annuels": (
        "nb_sites_pue",
        "nb_sites_distribution",
        "nb_sites_estimes",
        "couverture_sites",
        "couverture_puissance",
        "energie_totale_kwh",
        "energie_it_kwh",
        "pue",
        "pue_minimum",
        "pue_decile_1",
        "pue_quartile_1",
        "pue_mediane",
        "pue_quartile_3",
        "pue_decile_9",
        "pue_maximum",
        "wue_l_par_kwh",
        "erf",
        "ref",
        "part_it_mesuree",
        "nb_sites_wue",
        "nb_sites_erf",
        "nb_sites_ref",
        "nb_sites_carbone",
        "emissions_tco2e",
        "cue_kgco2e_par_kwh",
    ),
    "economies": (
        "nb_sites_comparables",
        "nb_sites_economie",
        "nb_sites_deja_mieux",
        "nb_sites_sans_pairs",
        "nb_sites_hors_champ",
        "economie_basse_kwh",
        "economie_centrale_kwh",
        "economie_haute_kwh",
        "part_economisee",
        "economie_basse_eur",
        "economie_centrale_eur",
        "economie_haute_eur",
        "nb_sites_sans_facteur",
        "economie_basse_tco2e",
        "economie_centrale_tco2e",
        "economie_haute_tco2e",
        "facteurs_emission",
        "motif_absence_tco2e",
    ),
    "evolutions_annuelles": (
        "nb_sites_precedents",
        "nb_sites",
        "nb_sites_constants",
        "nb_sites_entres",
        "nb_sites_sortis",
        "nb_sites_modifies",
        "energie_totale_precedente_kwh",
        "energie_totale_kwh",
        "croissance_totale_pct",
        "energie_it_precedente_kwh",
        "energie_it_kwh",
        "croissance_it_pct",
        "pue_precedent",
        "pue",
        "part_constante",
    ),
    "observatoire_cloud": ("nb_sites", "valeur", "part"),
}
"""What a hidden row no longer says, by table; the numbers of expected and declaring sites are no secret."""

PARTS: Mapping[str, Mapping[str, Sequence[str]]] = {
    "agregats_annuels": {
        "mesure": ("part_it_mesuree",),
        "carbone": ("emissions_tco2e", "cue_kgco2e_par_kwh"),
    },
    "economies": {"carbone": ("economie_basse_tco2e", "economie_centrale_tco2e", "economie_haute_tco2e")},
    "evolutions_annuelles": {},
    "observatoire_cloud": {"part": ("part",)},
}
"""The columns of a row that may be hidden alone: they tell other sums than the row's own."""

NOMINATIVE_ONLY: Mapping[str, Sequence[str]] = {
    "agregats_annuels": (
        "nb_sites_distribution",
        "couverture_puissance",
        "pue_minimum",
        "pue_decile_1",
        "pue_quartile_1",
        "pue_mediane",
        "pue_quartile_3",
        "pue_decile_9",
        "pue_maximum",
        "wue_l_par_kwh",
        "erf",
        "ref",
        "nb_sites_wue",
        "nb_sites_erf",
        "nb_sites_ref",
    ),
}
"""Columns that rest on nominative sites only: order statistics, ranks, and ratios that are no ratio of protected sums.

A minimum is the PUE of one site, whatever the number of sites it was taken from.
"""

LEAST: Sequence[tuple[str, str]] = (
    ("economies", "carbone"),
    ("agregats_annuels", "carbone"),
    ("agregats_annuels", "mesure"),
    ("economies", CELL),
    ("observatoire_cloud", CELL),
    ("evolutions_annuelles", CELL),
    ("agregats_annuels", CELL),
)
"""What is given up first when several shown parts betray a site together: the energies and the PUE come last."""

VALUES: Mapping[str, Sequence[str]] = {
    "agregats_annuels": ("energie_totale_kwh",),
    "economies": ("economie_centrale_kwh",),
    "evolutions_annuelles": ("energie_totale_kwh", "energie_totale_precedente_kwh"),
    "observatoire_cloud": ("valeur",),
}
"""The columns without any of which a row holds no data, and has nothing to hide."""


def columns(table: str, part: str) -> Sequence[str]:
    """The columns that go when a part of a row is hidden."""
    return HIDDEN_COLUMNS[table] if part == CELL else PARTS[table][part]

"""A PUE equal to last year's although the energies differ: one energy was made from the other.

Basis: one energy derived from last year's ratio. Beside abs(r - r_prec) < 0.0005, the energy must be the one that last
year's PUE gives, whole or with three decimals: steady sites fall within 0.0005 by chance (docs/rules.md says how many).
"""

from greencloud.rules.rule import Rule

RULE = Rule(
    code="pue_identique_annee_precedente",
    niveau="avertissement",
    famille="historique",
    table="declarations",
    champ="energie_totale_kwh",
    voit=("annees",),
    condition=(
        "abs(r - r_prec) < 0.0005 AND total <> energie_totale_kwh_prec AND it <> energie_it_kwh_prec "
        "AND (abs(total - it * r_prec) <= 1 OR abs(total - it * round(r_prec, 3)) <= 1 "
        "OR abs(it - total / r_prec) <= 1 OR abs(it - total / round(r_prec, 3)) <= 1) "
        "AND qualite_mesure IS DISTINCT FROM 'estime'"
    ),
    message=(
        "energie_totale_kwh / energie_it_kwh donne le PUE de l'an passé ({r}) alors que les énergies changent : l'une "
        "a-t-elle été calculée par le PUE ?"
    ),
    correction="Si oui, mettez qualite_mesure = estime ; sinon, saisissez les deux relevés.",
    source="Une énergie déduite du rapport de l'année précédente ; au kWh près : choix du projet",
    passe={"energie_totale_kwh": 314870},
    echoue={"energie_totale_kwh": 320243},
)

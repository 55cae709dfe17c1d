"""A zero where nothing was collected.

Basis: the American DCOI inventory stored « not collected » as 0.
"""

from greencloud.rules.rule import Rule

RULE = Rule(
    code="zero_pour_absence",
    niveau="erreur",
    famille="cellule",
    table="declarations",
    champ=("energie_totale_kwh", "energie_it_kwh", "puissance_it_installee_kw"),
    condition="{colonne} = 0",
    message=("{colonne} vaut 0, ce qui est impossible pour un centre en service : la donnée manque sans doute."),
    correction=(
        "Laissez la cellule vide et renseignez motif_absence (non_mesure, confidentiel, "
        "sans_objet), ou saisissez la valeur relevée."
    ),
    source="Inventaire DCOI (États-Unis) : « non collecté » y était enregistré 0",
    passe={"energie_it_kwh": 175120},
    echoue={"energie_it_kwh": 0},
)

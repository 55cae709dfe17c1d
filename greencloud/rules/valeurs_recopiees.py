"""An energy equal to that of the year before, to the kWh.

Basis: values copied forward.
"""

from greencloud.rules.rule import Rule

RULE = Rule(
    code="valeurs_recopiees",
    niveau="avertissement",
    famille="historique",
    table="declarations",
    champ=("energie_totale_kwh", "energie_it_kwh"),
    voit=("annees",),
    condition="{colonne} > 0 AND {colonne} = {precedente} AND qualite_mesure IS DISTINCT FROM 'estime'",
    valeurs={"avant": "CAST(annee - 1 AS VARCHAR)", "cette": "CAST(annee AS VARCHAR)"},
    message="{colonne} ({valeur} kWh) est identique à {avant} au kWh près : valeur recopiée ?",
    correction="Saisissez le relevé de {cette}, ou mettez qualite_mesure = estime.",
    source="Valeurs reprises d'une année sur l'autre",
    passe={"energie_totale_kwh": 314870},
    echoue={"energie_totale_kwh": 322400},
)

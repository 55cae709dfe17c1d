"""An energy ten or a hundred times that of the site's other years: its decimal comma was lost.

Basis: factors 10 and 100, of the variation allowed from one year to another (30 %) around them: choice. A comment, for
example on an extension, answers it.
"""

from greencloud.rules.rule import Rule

RULE = Rule(
    code="virgule_perdue",
    niveau="erreur",
    famille="changement",
    table="declarations",
    champ=("energie_totale_kwh", "energie_it_kwh"),
    voit=("annees",),
    condition=(
        "({colonne} / {repere} BETWEEN 7 AND 13 OR {colonne} / {repere} BETWEEN 70 AND 130) "
        "AND annee_complete AND sans_commentaire"
    ),
    valeurs={
        "usuelle": "{repere}",
        "facteur": "CASE WHEN {colonne} / {repere} < 70 THEN 10 ELSE 100 END",
        "juste": "{colonne} / CASE WHEN {colonne} / {repere} < 70 THEN 10 ELSE 100 END",
    },
    message=(
        "{colonne} ({valeur}) est {facteur} fois l'énergie des autres années du centre ({usuelle} kWh) : la virgule "
        "s'est sans doute perdue, et la valeur serait {juste} kWh."
    ),
    correction="Saisissez la valeur avec sa virgule ; si elle est juste, dites pourquoi dans la colonne commentaire.",
    source="Facteurs 10 et 100, à 30 % près : choix du projet",
    passe={"energie_totale_kwh": 314870},
    echoue={"energie_totale_kwh_repere": 31487, "energie_totale_kwh_prec": None, "energie_it_kwh_prec": None},
)

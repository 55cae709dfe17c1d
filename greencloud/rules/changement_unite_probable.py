"""An energy a thousand times, or the hours of a year, away from that of the site's other years.

Basis: x1,000 (MWh, Wh) and x hours (kW), each divided and multiplied by two. The other years are their median: the year
at fault is the one that differs from the others, not the one that follows it.
"""

from greencloud.rules.rule import Rule
from greencloud.rules.wording import text, whole

MWH = "{colonne} / {repere} BETWEEN 1.0 / 2000 AND 1.0 / 500"
KW = "{colonne} / {repere} BETWEEN 1.0 / 17568 AND 1.0 / 4380"
WH = "{colonne} / {repere} BETWEEN 500 AND 2000"
PETITE = f"{MWH} OR {KW}"
GRANDE = f"{WH} OR {{colonne}} / {{repere}} BETWEEN 4380 AND 17568"

RULE = Rule(
    code="changement_unite_probable",
    niveau="erreur",
    famille="changement",
    table="declarations",
    champ=("energie_totale_kwh", "energie_it_kwh"),
    voit=("annees",),
    condition=f"({PETITE}) OR ({GRANDE})",
    valeurs={
        "usuelle": "{repere}",
        "cette": "CAST(annee AS VARCHAR)",
        "cause": (
            f"CASE WHEN {MWH} THEN 'en MWh' WHEN {KW} THEN 'une puissance moyenne en kW' "
            f"WHEN {WH} THEN 'en Wh' ELSE 'multipliée deux fois par les heures de l''année' END"
        ),
        "geste": (
            f"CASE WHEN {MWH} THEN {text('multipliez-la par 1 000, soit ')} || {whole('{colonne} * 1000')} "
            f"WHEN {KW} THEN {text('saisissez le compteur, environ ')} || {whole('{colonne} * heures_annee')} "
            f"WHEN {WH} THEN {text('divisez-la par 1 000, soit ')} || {whole('{colonne} / 1000')} "
            f"ELSE {text('saisissez le compteur, environ ')} || {whole('{colonne} / heures_annee')} END"
        ),
    },
    message=(
        "{colonne} ({valeur}) est sans commune mesure avec les autres années du centre ({usuelle} kWh) : sans doute "
        "{cause}."
    ),
    correction="Si {cette} est l'année fautive, {geste} kWh ; sinon, corrigez les autres années.",
    source="× 1 000 (MWh, Wh) et × heures (kW), à un facteur 2 près ; médiane des autres années : choix du projet",
    passe={"energie_totale_kwh": 314870},
    echoue={"energie_totale_kwh_repere": 322.4, "energie_totale_kwh_prec": 322.4, "energie_it_kwh_repere": None},
)

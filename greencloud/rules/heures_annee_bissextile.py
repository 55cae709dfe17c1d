"""An energy computed with 8,760 h in a year of 8,784 h.

Basis: calendar (2024 and 2028 are leap years).
"""

from greencloud.rules.grandeurs import multiple
from greencloud.rules.rule import Rule

RULE = Rule(
    code="heures_annee_bissextile",
    niveau="avertissement",
    famille="periode",
    table="declarations",
    champ=("energie_totale_kwh", "energie_it_kwh"),
    condition=f"heures_annee = 8784 AND {multiple('8760')} AND NOT {multiple('8784')} AND annee_complete",
    valeurs={
        "annee": "annee::VARCHAR",
    },
    message=(
        "{colonne} ({valeur} kWh) est un multiple de 8 760 h alors que l'année {annee} compte "
        "8 784 h : valeur calculée (puissance × heures) sur une année ordinaire ?"
    ),
    correction=(
        "Saisissez la différence des index du compteur ; à défaut, refaites le calcul avec 8 784 h "
        "et mettez qualite_mesure = estime."
    ),
    source="Calendrier : 2024 et 2028 comptent 8 784 h",
    passe={"annee": 2024, "date_debut": "2024-01-01", "date_fin": "2024-12-31"},
    echoue={"annee": 2024, "date_debut": "2024-01-01", "date_fin": "2024-12-31", "energie_it_kwh": 175200},
)

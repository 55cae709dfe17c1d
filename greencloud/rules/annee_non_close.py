"""A period that has not ended on the day of the deposit.

Basis: code de l'énergie, D. 236-3 (previous calendar year).
"""

from greencloud.rules.rule import Rule

RULE = Rule(
    code="annee_non_close",
    niveau="erreur",
    famille="periode",
    table="declarations",
    champ="date_fin",
    voit=("depot",),
    condition="fin >= depot_recu_le AND nature_valeur IS DISTINCT FROM 'conception'",
    valeurs={"fin": "fin"},
    message="La période finit le {fin} (date_fin), elle n'est pas close le jour du dépôt, {depot_recu_le}.",
    correction="Attendez le relevé de fin d'année, ou donnez dans date_fin le dernier jour relevé.",
    source="Code de l'énergie, D. 236-3 : année civile précédente",
    passe={"date_fin": "2025-12-31"},
    echoue={"annee": 2026, "date_debut": "2026-01-01", "date_fin": "2026-12-31"},
)

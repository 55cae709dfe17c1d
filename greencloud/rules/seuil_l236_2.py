"""1 MW or more: waste heat must be reused.

Basis: code de l'énergie, L. 236-2 (unit of the threshold to confirm).
"""

from greencloud.rules.rule import Rule

RULE = Rule(
    code="seuil_l236_2",
    niveau="info",
    famille="seuil",
    table="declarations",
    champ="puissance_it_installee_kw",
    condition="puissance_it_installee_kw >= 1000",
    message=(
        "Avec {puissance_it_installee_kw} kW (puissance_it_installee_kw), le centre atteint 1 MW : "
        "la chaleur fatale doit être valorisée, sauf dérogation."
    ),
    correction=("Renseignez chaleur_valorisee_kwh, ou indiquez la dérogation dans la colonne commentaire."),
    source="Code de l'énergie, L. 236-2 (unité du seuil à confirmer)",
    passe={"puissance_it_installee_kw": 40},
    echoue={
        "puissance_it_installee_kw": 1200,
        "energie_totale_kwh": 9100000,
        "energie_it_kwh": 6100000,
        "surface_salle_it_m2": 600,
        "surface_totale_m2": 900,
    },
)

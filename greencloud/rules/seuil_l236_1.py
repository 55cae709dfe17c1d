"""500 kW or more for an operator: declaration, transmission and public page.

Basis: code de l'énergie, L. 236-1 and D. 236-1 II (threshold verified; that IT power is the measure: to confirm).
"""

from greencloud.rules.rule import Rule

RULE = Rule(
    code="seuil_l236_1",
    niveau="info",
    famille="seuil",
    table="declarations",
    champ="id_centre",
    voit=("registre", "voisins"),
    condition="puissance_du_siret_kw >= 500",
    message=(
        "Les centres du SIRET {siret} déclarés cette année ont {puissance_du_siret_kw} kW de "
        "puissance_it_installee_kw en tout, 500 kW ou plus."
    ),
    correction="Déclarez, transmettez et publiez la page de chaque centre au plus tard le 15 mai.",
    source="Code de l'énergie, L. 236-1 et D. 236-1 II (seuil vérifié ; qu'il se mesure en puissance IT : à confirmer)",
    passe={"puissance_du_siret_kw": 40},
    echoue={"puissance_du_siret_kw": 620},
)

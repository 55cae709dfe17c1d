"""No water at all with a cooling that evaporates it.

Basis: physics.
"""

from greencloud.rules.rule import Rule

RULE = Rule(
    code="eau_nulle_evaporatif",
    niveau="avertissement",
    famille="eau",
    table="declarations",
    champ="eau_totale_m3",
    condition="eau_totale_m3 = 0 AND type_refroidissement IN ('adiabatique', 'tour_evaporative')",
    message=("eau_totale_m3 vaut 0 avec un refroidissement de type {type_refroidissement}, qui évapore de l'eau."),
    correction=(
        "Si l'eau n'est pas comptée, laissez la cellule vide et mettez motif_absence = non_mesure ; "
        "sinon, saisissez les m³ relevés."
    ),
    source="Un refroidissement évaporatif consomme de l'eau",
    passe={"eau_totale_m3": 0, "type_refroidissement": "detente_directe"},
    echoue={"eau_totale_m3": 0, "type_refroidissement": "adiabatique"},
)

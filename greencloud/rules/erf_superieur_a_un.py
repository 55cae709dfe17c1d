"""More heat reused than energy consumed.

Basis: ERF between 0 and 1 (EN 50600-4-6, ISO/IEC 30134-6).
"""

from greencloud.rules.rule import Rule

RULE = Rule(
    code="erf_superieur_a_un",
    niveau="erreur",
    famille="chaleur",
    table="declarations",
    champ="chaleur_valorisee_kwh",
    condition="chaleur_valorisee_kwh > total",
    valeurs={"total_kwh": "1000 * total"},
    message=(
        "chaleur_valorisee_kwh ({chaleur_valorisee_kwh} kWh) dépasse energie_totale_kwh "
        "({energie_totale_kwh} kWh) : compteur placé après la pompe à chaleur, chaleur en Wh, ou "
        "total en MWh (× 1 000 : {total_kwh} kWh) ou en kW ?"
    ),
    correction="Relevez le compteur de chaleur au point de livraison, en kWh.",
    source="EN 50600-4-6 : l'ERF est compris entre 0 et 1",
    passe={"chaleur_valorisee_kwh": 80000, "temperature_chaleur_c": 36},
    echoue={"chaleur_valorisee_kwh": 400000, "temperature_chaleur_c": 36},
)

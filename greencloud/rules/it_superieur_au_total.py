"""IT slightly above total: not the same dates, or a feed forgotten.

Basis: EN 50600-4-2.
"""

from greencloud.rules.rule import Rule

RULE = Rule(
    code="it_superieur_au_total",
    niveau="erreur",
    famille="rapport",
    table="declarations",
    champ="energie_it_kwh",
    condition="r > 0.9709 AND r < 0.9995",
    valeurs={
        "ecart": "it - total",
    },
    message=(
        "energie_it_kwh ({energie_it_kwh}) dépasse energie_totale_kwh ({energie_totale_kwh}) de "
        "{ecart} kWh : les deux relevés ne couvrent pas les mêmes dates, ou le total oublie une "
        "arrivée (secours, second tableau)."
    ),
    correction="Alignez les dates des deux relevés et comptez toutes les arrivées dans le total.",
    source="EN 50600-4-2 : l'énergie IT est une partie du total",
    passe={"energie_totale_kwh": 314870},
    echoue={"energie_totale_kwh": 175120, "energie_it_kwh": 178000},
)

"""Less than 500 kWh of IT in a full year, installed power unknown.

Basis: 57 W all year, less than one server.
"""

from greencloud.rules.rule import Rule

RULE = Rule(
    code="energie_it_derisoire",
    niveau="avertissement",
    famille="facteur_charge",
    table="declarations",
    champ="energie_it_kwh",
    condition="puissance_it_installee_kw IS NULL AND annee_complete AND it < 500",
    valeurs={
        "watts": "round(1000 * it / heures_annee, 1)",
    },
    message=(
        "energie_it_kwh vaut {energie_it_kwh} kWh pour l'année entière, soit {watts} W en continu, "
        "moins qu'un serveur : valeur en MWh ou en kW ?"
    ),
    correction="Convertissez en kWh et indiquez puissance_it_installee_kw.",
    source="500 kWh par an = 57 W en continu",
    passe={"puissance_it_installee_kw": None},
    echoue={
        "puissance_it_installee_kw": None,
        "energie_totale_kwh": 314.87,
        "energie_it_kwh": 175.12,
        "surface_salle_it_m2": None,
        "surface_totale_m2": None,
    },
)

"""A period shorter than the calendar year.

Basis: ISO/IEC 30134-2 and EN 50600-4-2 (annual value; otherwise iPUE).
"""

from greencloud.rules.rule import Rule

RULE = Rule(
    code="periode_partielle",
    niveau="info",
    famille="periode",
    table="declarations",
    champ="date_debut",
    condition="NOT annee_complete",
    valeurs={
        "duree": "heures // 24 || CASE WHEN heures > 24 THEN ' jours' ELSE ' jour' END",
        "annee": "annee::VARCHAR",
    },
    message=(
        "La période du {debut} au {fin} couvre {duree} et non toute l'année {annee} : le PUE publié "
        "sera intermédiaire (iPUE), hors classement annuel, jamais extrapolé."
    ),
    correction=(
        "Rien à corriger si la période est exacte ; pour une année entière, laissez date_debut et date_fin vides."
    ),
    source="EN 50600-4-2 et ISO/IEC 30134-2 : le PUE est annuel, sinon iPUE",
    passe={"date_debut": "2025-01-01", "date_fin": "2025-12-31"},
    echoue={"date_debut": "2025-05-01", "energie_totale_kwh": 206000, "energie_it_kwh": 114600},
)

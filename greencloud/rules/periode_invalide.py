"""Dates in the wrong order or outside the declared year.

Basis: code de l'énergie, D. 236-3 (previous calendar year).
"""

from greencloud.rules.rule import Rule

RULE = Rule(
    code="periode_invalide",
    niveau="erreur",
    famille="periode",
    table="declarations",
    champ="date_fin",
    condition="date_fin < date_debut OR year(date_debut) <> annee OR year(date_fin) <> annee",
    valeurs={
        "annee": "annee::VARCHAR",
    },
    message=(
        "Les dates {date_debut} (date_debut) et {date_fin} (date_fin) ne forment pas une période de l'année {annee}."
    ),
    correction=(
        "Corrigez annee, date_debut ou date_fin : la fin suit le début et les deux dates sont dans l'année déclarée."
    ),
    source="Code de l'énergie, D. 236-3 : la déclaration porte sur l'année civile",
    passe={"date_debut": "2025-01-01", "date_fin": "2025-12-31"},
    echoue={"date_debut": "2025-12-31", "date_fin": "2025-01-01"},
)

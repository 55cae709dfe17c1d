"""No IT energy, no PUE and no reason why.

Basis: blanks in the EU database, the Dutch RVO files, GSF.
"""

from greencloud.rules.rule import Rule

RULE = Rule(
    code="energies_absentes",
    niveau="avertissement",
    famille="pue",
    table="declarations",
    champ="energie_it_kwh",
    condition="energie_manquante AND pue_declare IS NULL AND motif_absence IS NULL",
    message=(
        "La ligne n'a pas les deux énergies (energie_totale_kwh, energie_it_kwh), ni PUE déclaré, ni motif d'absence."
    ),
    correction=(
        "Complétez energie_totale_kwh et energie_it_kwh, ou indiquez motif_absence (non_mesure, "
        "confidentiel, sans_objet)."
    ),
    source="Cellules vides de la base européenne, des fichiers RVO (Pays-Bas) et de la GSF",
    passe={"energie_it_kwh": None, "motif_absence": "non_mesure"},
    echoue={"energie_it_kwh": None},
)

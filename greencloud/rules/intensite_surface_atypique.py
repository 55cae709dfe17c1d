"""An energy per m2 of room outside a factor 10 of the usual.

Basis: 5.15 MWh/m2 a year on average (ATEE); Jean Zay 53; 150 for high-performance computing is a choice. A low load
factor has its own warning.
"""

from greencloud.rules.facteur_charge_faible import RULE as FACTEUR_CHARGE_FAIBLE
from greencloud.rules.histoire import SANS_HISTOIRE
from greencloud.rules.rule import Rule
from greencloud.rules.wording import ratio, text

RULE = Rule(
    code="intensite_surface_atypique",
    niveau="avertissement",
    famille="surface",
    table="declarations",
    champ="surface_salle_it_m2",
    voit=("registre",),
    condition=(
        "(intensite < 0.515 OR intensite > CASE WHEN usage_principal = 'calcul_intensif' THEN 150 ELSE 51.5 END) "
        f"AND ({FACTEUR_CHARGE_FAIBLE.condition}) IS NOT TRUE"
    ),
    valeurs={
        "intensite": "intensite",
        "surface": "coalesce(nullif(surface_salle_it_m2, 0), surface_totale_m2)",
        "unite": (
            "CASE WHEN 1000 * intensite BETWEEN 0.515 AND 51.5 "
            f"THEN {text(' ; une énergie saisie en MWh en ferait ')} || {ratio('1000 * intensite')} ELSE '' END"
        ),
    },
    message=(
        "energie_totale_kwh ({energie_totale_kwh}) sur {surface} m² (surface_salle_it_m2, à défaut surface_totale_m2) "
        "fait {intensite} MWh par m² et par an, hors de l'usuel (5 en moyenne){unite}."
    ),
    correction="Vérifiez la surface (en m², celle de la salle et non du bâtiment) et l'unité des énergies (kWh).",
    source="ATEE : 5,15 MWh/m² en moyenne, ÷ 10 et × 10 ; Jean Zay 53 ; 150 en calcul intensif : choix du projet",
    passe={
        "energie_totale_kwh": 17000000,
        "energie_it_kwh": 13600000,
        "puissance_it_installee_kw": 2000,
        "surface_salle_it_m2": 320,
        "surface_totale_m2": 600,
        "usage_principal": "calcul_intensif",
        **SANS_HISTOIRE,
    },
    echoue={"surface_salle_it_m2": 6000, "surface_totale_m2": 8000},
)

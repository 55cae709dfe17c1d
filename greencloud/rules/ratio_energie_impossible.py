"""A ratio that no known mistake explains: what the eight causes below leave of r < 0.9995 and r > 10."""

from greencloud.rules.colonnes_inversees import RULE as COLONNES_INVERSEES
from greencloud.rules.it_en_kw import RULE as IT_EN_KW
from greencloud.rules.it_en_mwh import RULE as IT_EN_MWH
from greencloud.rules.it_mensuel import RULE as IT_MENSUEL
from greencloud.rules.it_superieur_au_total import RULE as IT_SUPERIEUR_AU_TOTAL
from greencloud.rules.rule import Rule
from greencloud.rules.total_en_kw import RULE as TOTAL_EN_KW
from greencloud.rules.total_en_mwh import RULE as TOTAL_EN_MWH
from greencloud.rules.total_mensuel import RULE as TOTAL_MENSUEL
from greencloud.rules.wording import VIRGULE_RAPPORT

CAUSES = (
    COLONNES_INVERSEES,
    IT_EN_KW,
    IT_EN_MWH,
    IT_MENSUEL,
    IT_SUPERIEUR_AU_TOTAL,
    TOTAL_EN_KW,
    TOTAL_EN_MWH,
    TOTAL_MENSUEL,
)
EXPLAINED = " OR ".join(f"({cause.condition})" for cause in CAUSES)

RULE = Rule(
    code="ratio_energie_impossible",
    niveau="erreur",
    famille="rapport",
    table="declarations",
    champ="energie_it_kwh",
    condition=f"(r > 10 OR r < 0.9995) AND NOT ({EXPLAINED})",
    valeurs={"virgule": VIRGULE_RAPPORT},
    message=(
        "Le rapport energie_totale_kwh / energie_it_kwh vaut {r} ({energie_totale_kwh} / "
        "{energie_it_kwh}), ce qui est impossible : unité, période ou compteur différents dans les "
        "deux colonnes{virgule}."
    ),
    correction="Vérifiez l'unité (kWh), la période et le compteur de chacune des deux colonnes.",
    source="Choix du projet : reste de la partition du rapport",
    passe={"energie_it_kwh": 175120},
    echoue={"energie_it_kwh": 400},
)

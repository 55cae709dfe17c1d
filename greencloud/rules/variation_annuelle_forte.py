"""An energy more than 30 % away from that of the year before, without a word.

Basis: users of GSA ask for the reason of a change; 30 % is a choice.
"""

from greencloud.rules.rule import Rule
from greencloud.rules.wording import text, whole

RULE = Rule(
    code="variation_annuelle_forte",
    niveau="avertissement",
    famille="historique",
    table="declarations",
    champ=("energie_totale_kwh", "energie_it_kwh"),
    voit=("annees",),
    condition=(
        "abs({colonne} / {precedente} - 1) > 0.30 AND annee_complete AND annee_complete_prec AND sans_commentaire"
    ),
    valeurs={
        "avant": "{precedente}",
        "pour_cent": "round(100 * ({colonne} / {precedente} - 1), 1)",
        "piste": (
            "CASE WHEN {colonne} / {precedente} BETWEEN 1 / 17.0 AND 1 / 8.0 "
            f"THEN {text(', ce que ferait un seul mois (× 12 : ')} || {whole('{colonne} * 12')} || "
            f"{text(' kWh) ou un chiffre oublié (× 10 : ')} || {whole('{colonne} * 10')} || ' kWh)' ELSE '' END"
        ),
    },
    message="{colonne} passe de {avant} à {valeur} kWh en un an, soit {pour_cent} %{piste}.",
    correction=(
        "Si c'est réel (déménagement, extension, arrêt), dites-le dans la colonne commentaire ; sinon, vérifiez le "
        "relevé."
    ),
    source="GSA, étude d'usage ; 30 % : choix du projet",
    passe={"energie_totale_kwh": 440000, "energie_it_kwh": 245000, "commentaire": "extension"},
    echoue={"energie_totale_kwh": 440000, "energie_it_kwh": 245000},
)

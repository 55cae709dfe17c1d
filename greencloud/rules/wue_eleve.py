"""A WUE of 3 to 50 L/kWh.

Basis: EU class G above 1.0; Dutch mean about 3.2 per kWh of IT (computed).
"""

from greencloud.rules.rule import Rule

RULE = Rule(
    code="wue_eleve",
    niveau="avertissement",
    famille="eau",
    table="declarations",
    champ="eau_totale_m3",
    condition="wue > 3 AND wue <= 50 AND sans_commentaire",
    valeurs={
        "wue": "round(wue, 2)",
        "m3": "eau_totale_m3 / 1000",
    },
    message=(
        "eau_totale_m3 ({eau_totale_m3} m³) donne un WUE de {wue} L/kWh : l'eau des sanitaires, de "
        "l'arrosage ou d'un bâtiment voisin est-elle comptée, ou le volume est-il en litres (soit {m3} m³), "
        "l'IT en MWh ou en kW ?"
    ),
    correction=(
        "Retirez l'eau qui ne sert pas au centre ; un circuit ouvert (rivière, nappe) est à "
        "signaler dans la colonne commentaire."
    ),
    source=("Classe G européenne au-delà de 1,0 L/kWh ; moyenne néerlandaise d'environ 3,2 L par kWh IT"),
    passe={"eau_totale_m3": 140, "type_refroidissement": "adiabatique"},
    echoue={"eau_totale_m3": 700, "type_refroidissement": "adiabatique"},
)

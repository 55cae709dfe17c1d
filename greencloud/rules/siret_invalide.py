"""A SIRET whose check digits fail.

Basis: INSEE, Luhn key on the SIREN (9 digits) and on the SIRET (14 digits), La Poste apart; the same
verdict as python-stdnum, which checks the other SIRET columns.
"""

from greencloud.rules.rule import Rule

SIRET = "left(id_centre, 14)"


def _luhn(packed: str) -> str:
    """The Luhn sum modulo 10 of the digits that `packed` holds, an integer with four bits a digit.

    From the right, every second digit counts double, less 9 from 5 on (modulo 10: plus 1). Each byte holds
    one digit of either kind, which weigh 28 at most together; the remainder by 255 adds up the bytes.
    """
    single = f"({packed} & {0x0F0F0F0F0F0F0F})"
    double = f"({packed} >> 4 & {0x0F0F0F0F0F0F0F})"
    from_five = f"({double} + {0x7B7B7B7B7B7B7B} >> 7 & {0x01010101010101})"
    return f"({single} + 2 * {double} + {from_five}) % 255 % 10"


SIREN_FAUX = f"{_luhn('(chiffres >> 20)')} <> 0"
SIRET_FAUX = f"{_luhn('chiffres')} <> 0"
# A list of one element binds the digits, read as hexadecimal, so that they are converted once.
FAUX = "[{test} FOR chiffres IN [try_cast('0x' || " + SIRET + " AS BIGINT)]][1]"
# La Poste has more establishments than Luhn keys: their digits sum to a multiple of 5, head office apart.
LA_POSTE = "id_centre LIKE '356000000%' AND id_centre NOT LIKE '35600000000048%'"
SOMME = " + ".join(f"substr(id_centre, {rank}, 1)::INTEGER" for rank in range(1, 15))

RULE = Rule(
    code="siret_invalide",
    niveau="erreur",
    famille="identite",
    table=("centres", "declarations"),
    champ="id_centre",
    condition=(
        f"CASE WHEN {LA_POSTE} THEN ({SOMME}) % 5 <> 0 ELSE "
        + FAUX.format(test=f"{SIREN_FAUX} OR {SIRET_FAUX}")
        + " END"
    ),
    valeurs={
        "siret": SIRET,
        "cause": "CASE WHEN "
        + FAUX.format(test=SIREN_FAUX)
        + " THEN 'des 9 premiers chiffres (SIREN)' ELSE 'des 14 chiffres' END",
    },
    message="Le SIRET {siret}, au début de id_centre, est invalide : la clé de contrôle {cause} est fausse.",
    correction=(
        "Vérifiez les 14 chiffres sur l'annuaire des entreprises ; un tableur a pu supprimer un zéro initial "
        "ou remplacer les derniers chiffres par des zéros (9,99E+13)."
    ),
    source="INSEE : clé de Luhn du SIREN et du SIRET ; La Poste : somme des chiffres multiple de 5",
    passe={"id_centre": "99988877900017-01"},
    echoue={"id_centre": "99988877900018-01"},
)

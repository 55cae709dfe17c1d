"""What is wrong with a cell: every fault of every type, constraint and spelling, with what to write instead."""

import re
from collections.abc import Mapping
from dataclasses import replace

from greencloud.checking.messages import constraints
from greencloud.checking.messages.kinds import kind
from greencloud.checking.messages.words import day, figure, joined, or_empty, place, plural, proposal, quoted, unit
from greencloud.checking.verdicts import Fault
from greencloud.table_schema.nested import item_field
from greencloud.tables import Field

ELEMENT = "element"
"""The detail of a fault that lies in an item of a list."""
_NUMERIC = ("number", "integer")
_UNIT_INSIDE = re.compile(r"[^\W\d_][\w²³%€°/.]*\.?\s*$|[%€°]")
# What strict reading does not tell apart: the usual causes of a text that is no number.
_CAUSES = (
    (re.compile(r"[~≈]"), "approximation"),
    (re.compile(r"[<>≤≥]"), "borne"),
    (re.compile(r"\d[\d\s.,]*(?:-|à|–)\s*\d"), "plage"),
    (re.compile(rf"\d.*(?:{_UNIT_INSIDE.pattern})", re.DOTALL), "unite"),
)
_LONGEST = 200
"""Nobody means a number by a longer text, in which these shapes would take long to be looked for."""
_DECIMAL_COMMA = re.compile(r"[+-]?\d[\d\s]*,\d+")
_GROUPED = re.compile(r"[+-]?\d{1,3}(?:\s\d{3})+(?:[.,]\d+)?")
_ALONE = "convertissez si besoin, puis saisissez le nombre seul"
_AS_TEXT = "Mettez la colonne au format « Texte » dans le tableur"
_DIRECTORY = "sur annuaire-entreprises.data.gouv.fr"
_SOURCE = "sur le document d'où il vient"
"""Where to look for an identifier that is neither a SIRET nor a SIREN: that of a meter, of a place…"""

_OTHER = "un identifiant"

# (code, detail) -> how the sentence goes on after the place, and what to do. `{…}` are the words of `_words`.
SENTENCES: Mapping[tuple[str, str | None], tuple[str, str]] = {
    ("separateur_ambigu", None): (
        "{value} peut se lire {readings}.",
        "Écrivez {whole} si ce sont des milliers, ou {decimal} si ce sont des décimales.",
    ),
    ("nombre_trop_long", None): (
        "{value} a trop de chiffres pour être conservé exactement.",
        "Vérifiez la valeur ; un identifiant se met dans une colonne de texte.",
    ),
    ("nombre_trop_long", "decimales"): (
        "{value} a plus de 17 chiffres significatifs : les derniers seraient perdus.",
        "Arrondissez la valeur.",
    ),
    ("erreur_tableur", None): (
        "{value} est un message d'erreur du tableur : la valeur calculée est perdue.",
        "Corrigez la formule dans le tableur, puis enregistrez à nouveau le fichier.",
    ),
    ("erreur_tableur", "largeur"): (
        "{value} vient d'une colonne trop étroite du tableur : la valeur n'a pas été enregistrée.",
        "Élargissez la colonne dans le tableur, puis enregistrez à nouveau le fichier.",
    ),
    ("unite_dans_cellule", None): (
        "{value} contient une unité ({received}).",
        "Convertissez si besoin, puis saisissez le nombre seul.",
    ),
    ("unite_dans_cellule", "autre_unite"): (
        "{value} est en {received} alors que la colonne est en {unit}.",
        "Convertissez la valeur en {unit}, puis saisissez le nombre seul.",
    ),
    ("unite_dans_cellule", "autre_grandeur"): (
        "{value} est en {received}, qui ne mesure pas ce que contient la colonne ({unit}).",
        "Vérifiez que la valeur est dans la bonne colonne, puis saisissez le nombre seul, en {unit}.",
    ),
    ("unite_dans_cellule", "sans_unite_attendue"): (
        "{value} porte une unité ({received}) alors que la colonne n'en a pas.",
        "Vérifiez que la valeur est dans la bonne colonne, puis saisissez le nombre seul.",
    ),
    ("unite_dans_cellule", "pourcentage"): (
        "{value} est un pourcentage alors que la colonne n'est pas en pourcentage.",
        "Écrivez le rapport, par exemple 0.12 pour 12 %.",
    ),
    ("type-error", "unite"): (
        "{value} contient une unité ou un texte ({received}).",
        "{alone}.",
    ),
    ("type-error", "plage"): (
        "{value} est une plage et non une valeur.",
        "Donnez une seule valeur, celle qui a été relevée{or_empty}.",
    ),
    ("type-error", "approximation"): (
        "{value} est une valeur approchée.",
        "Donnez la valeur relevée, ou le nombre seul si c'est le meilleur que vous ayez.",
    ),
    ("type-error", "borne"): (
        "{value} est une limite et non une valeur.",
        "Donnez la valeur elle-même{or_empty}.",
    ),
    ("type-error", "negatif_comptable"): (
        "{value} est écrit entre parenthèses : ce peut être un nombre négatif.",
        "Écrivez un nombre négatif avec le signe moins, et tout autre nombre sans parenthèses.",
    ),
    ("type-error", "signe"): (
        "{value} a un tiret ou un signe moins mal placé : ce peut être un nombre négatif.",
        "Écrivez un nombre négatif avec le signe moins devant, sans espace ; sinon retirez le tiret.",
    ),
    ("type-error", "plusieurs_valeurs"): (
        "{value} contient plusieurs nombres.",
        "Gardez une seule valeur par cellule.",
    ),
    ("type-error", "groupes_irreguliers"): (
        "{value} a des chiffres groupés de façon irrégulière : il peut en manquer un.",
        "Vérifiez la valeur, puis écrivez-la sans espaces.",
    ),
    ("type-error", "separateurs_meles"): (
        "{value} mêle des séparateurs qui se contredisent : les décimales ne se distinguent pas des milliers.",
        "Écrivez le nombre sans séparateur de milliers, avec un seul signe décimal.",
    ),
    ("type-error", "lettre_pour_chiffre"): (
        "{value} contient une lettre à la place d'un chiffre (O pour 0, l ou I pour 1).",
        "Remplacez la lettre par le chiffre.",
    ),
    ("type-error", "appel_de_note"): (
        "{value} contient un appel de note.",
        "Retirez-le ; une remarque a sa place dans une colonne de commentaire.",
    ),
    ("type-error", "formule"): (
        "{value} est une formule et non son résultat.",
        "Dans le tableur, remplacez la formule par sa valeur (collage spécial), puis enregistrez à nouveau.",
    ),
    ("type-error", "zero_ou_absent"): (
        "{value} peut vouloir dire zéro ou « valeur inconnue ».",
        "Écrivez 0 si la valeur est nulle{or_empty_if_unknown}.",
    ),
    ("type-error", "non_fini"): (
        "{value} n'est pas un nombre fini.",
        "Donnez une valeur{or_empty}.",
    ),
    ("type-error", "trait_bas"): (
        "{value} contient des traits bas entre ses chiffres.",
        "Écrivez le nombre sans trait bas.",
    ),
    ("type-error", "chiffres_etrangers"): (
        "{value} est écrit avec des chiffres d'une autre écriture.",
        "Écrivez le nombre avec les chiffres de 0 à 9.",
    ),
    ("type-error", "decimales"): (
        "{value} a des décimales alors qu'un nombre entier est attendu.",
        "Écrivez un nombre entier{or_empty}.",
    ),
    ("type-error", "coche"): (
        "{value} est une coche : elle ne dit pas si la réponse est oui ou non.",
        "{how}",
    ),
    ("type-error", "caractere_de_controle"): (
        "{value} contient des caractères de commande, invisibles à l'écran.",
        "Effacez le contenu de la cellule et saisissez-le à nouveau.",
    ),
    ("type-error", "caractere_bidirectionnel"): (
        "{value} contient des caractères invisibles qui changent le sens de lecture.",
        "Effacez le contenu de la cellule et saisissez-le à nouveau.",
    ),
    ("type-error", "jour_inexistant"): (
        "{value} désigne un jour qui n'existe pas.",
        "Corrigez le jour ou le mois{or_empty}.",
    ),
    ("type-error", "mois_inexistant"): (
        "{value} désigne un mois qui n'existe pas : le jour et le mois sont peut-être inversés.",
        "Corrigez la date{or_empty}.",
    ),
    ("type-error", "heure_en_trop"): (
        "{value} donne une heure alors que seul le jour est attendu.",
        "Gardez le jour seul{or_empty}.",
    ),
    ("type-error", "decalage_horaire"): (
        "{value} est dans un autre fuseau horaire : le jour peut changer{or_readings}.",
        "{how}",
    ),
    ("type-error", "jour_absent"): ("{value} ne donne pas le jour.", "{how}"),
    ("type-error", "annee_absente"): ("{value} ne donne pas l'année.", "{how}"),
    ("type-error", "numero_de_serie"): (
        "{value} est un nombre, et aucune date vraisemblable de tableur ne lui correspond.",
        "Vérifiez la colonne dans le tableur, au format « Date ». {how}",
    ),
    ("type-error", "date_pour_annee"): (
        "{value} est une date alors qu'{kind} est attendu{e}.",
        "{how}",
    ),
    ("type-error", "heure_inexistante"): (
        "{value} désigne une heure qui n'existe pas.",
        "{how}",
    ),
    ("type-error", "heure_absente"): (
        "{value} ne donne pas l'heure.",
        "{how}",
    ),
    ("type-error", "nombre_infini"): ("{value} n'est pas un nombre fini.", "Donnez une valeur{or_empty}."),
    ("type-error", "pas_un_nombre"): (
        "{value} dit qu'il n'y a pas de nombre.",
        "Donnez un nombre{or_empty}.",
    ),
    ("type-error", "tiret_bas"): (
        "{value} contient des traits bas entre ses chiffres.",
        "Écrivez le nombre sans trait bas.",
    ),
    ("type-error", "milliers_mal_places"): (
        "{value} a des séparateurs qui ne marquent pas les milliers : il peut manquer un chiffre.",
        "Vérifiez la valeur, puis écrivez-la sans séparateur de milliers.",
    ),
    ("type-error", "moins_zero"): (
        "{value} est un zéro avec un signe moins : un chiffre ou un signe est de trop.",
        "Écrivez 0, ou la valeur entière.",
    ),
    ("type-error", "nombre_trop_grand"): (
        "{value} est trop grand pour être conservé exactement.",
        "Vérifiez la valeur ; un identifiant se met dans une colonne de texte.",
    ),
    ("type-error", "ecriture_abregee"): (
        "{value} est écrit d'une façon que les logiciels ne lisent pas tous de même.",
        "{how}",
    ),
    ("type-error", "date_abregee"): (
        "{value} n'a pas deux chiffres partout où le schéma les demande.",
        "{how}",
    ),
    ("type-error", "date_incomplete"): (
        "{value} est incomplet : ce qui manque dépendrait du jour du contrôle.",
        "{how}",
    ),
    ("type-error", "date_improbable"): (
        "{value} a une année invraisemblable.",
        "Corrigez l'année{or_empty}.",
    ),
    ("type-error", "json_ambigu"): (
        "{value} répète une clé ou contient une valeur qui n'en est pas une.",
        "Gardez chaque clé une seule fois, avec une valeur ordinaire.",
    ),
    ("type-error", "identifiant_uuid"): ("{value} n'est pas écrit comme un identifiant UUID.", "{how}"),
    ("type-error", "base64_impur"): (
        "{value} contient des caractères étrangers au codage base64.",
        "Codez à nouveau le contenu. {how}",
    ),
    ("type-error", "coordonnee_douteuse"): (
        "{value} contient un trait bas ou des chiffres d'une autre écriture.",
        "Écrivez les coordonnées avec les chiffres de 0 à 9. {how}",
    ),
    ("type-error", "element_douteux"): (
        "un élément de {value} est mal écrit.",
        "Écrivez chaque élément simplement. {how}",
    ),
    ("date_ambigue", None): ("{value} peut se lire {readings}.", "Écrivez l'année d'abord : {iso}."),
    ("date_ambigue", "ordre"): (
        "{value} peut se lire {readings}.",
        "Écrivez l'année d'abord : {iso}.",
    ),
    ("date_ambigue", "ordre_contradictoire"): (
        "{value} ne peut être lu sûrement : des dates du fichier commencent par le mois{or_readings}.",
        "Écrivez toutes les dates avec l'année d'abord, par exemple 2025-12-31.",
    ),
    ("date_ambigue", "mois_jour"): (
        "{value} commence par le mois alors que les autres dates de la colonne commencent par le jour.",
        "Vérifiez la date, puis écrivez-la avec l'année d'abord, par exemple 2025-12-31.",
    ),
    ("date_ambigue", "annee_deux_chiffres"): (
        "{value} a une année sur deux chiffres : on peut lire {readings}.",
        "Écrivez l'année sur quatre chiffres : {iso}.",
    ),
    ("date_ambigue", "numero_de_serie"): (
        "{value} est un numéro de jour de tableur, qui peut être le {days} selon le tableur.",
        "Mettez la colonne au format « Date » dans le tableur, ou écrivez {iso}.",
    ),
    ("date_ambigue", "jour_de_semaine"): (
        "{value} se contredit : ce jour est un {other} et non un {first}.",
        "Vérifiez le jour, le mois et l'année, puis écrivez la date avec l'année d'abord, par exemple 2025-12-31.",
    ),
    ("date_ambigue", "chiffres_colles"): (
        "{value} peut se lire {readings}.",
        "Séparez l'année, le mois et le jour : {iso}.",
    ),
    ("identifiant_abime", None): (
        "{value} n'est pas {identifier} entier.",
        "Vérifiez le numéro {where}.",
    ),
    ("identifiant_abime", "notation_scientifique"): (
        "{value} est {identifier} que le tableur a changé en nombre{lost}.",
        _AS_TEXT + ", puis saisissez à nouveau le numéro entier (vérifiez-le {where}).",
    ),
    ("identifiant_abime", "chiffres_perdus"): (
        "{value} finit par des zéros que le tableur a mis à la place des derniers chiffres.",
        _AS_TEXT + ", puis saisissez à nouveau le numéro entier (vérifiez-le {where}).",
    ),
    ("identifiant_abime", "zero_perdu"): (
        "{value} a perdu un zéro au début : il compte {digits}.",
        _AS_TEXT + ", puis remettez le zéro (vérifiez le numéro {where}).",
    ),
    ("identifiant_abime", "plusieurs"): (
        "{value} contient plusieurs identifiants.",
        "Gardez un seul numéro dans la cellule ; ajoutez une ligne pour chacun des autres.",
    ),
    ("identifiant_abime", "siren_pour_siret"): (
        "{value} est un SIREN (9 chiffres) alors que le SIRET de l'établissement est attendu.",
        "Donnez les 14 chiffres du SIRET : cherchez l'établissement " + _DIRECTORY + ".",
    ),
    ("identifiant_abime", "siret_pour_siren"): (
        "{value} est un SIRET (14 chiffres) alors que le SIREN est attendu.",
        "Gardez les 9 premiers chiffres.",
    ),
    ("identifiant_abime", "longueur"): (
        "{value} compte {digits} : ce n'est pas {identifier}.",
        "Vérifiez le numéro {where} ; un tableur a pu en perdre des chiffres.",
    ),
    ("identifiant_abime", "lettre_pour_chiffre"): (
        "{value} contient une lettre à la place d'un chiffre (O pour 0, l ou I pour 1).",
        "Remplacez la lettre par le chiffre, puis vérifiez le numéro {where}.",
    ),
}


def fault(fault: Fault, field: Field, row: int, value: str | None) -> tuple[str, str]:
    """Message and fix of one fault of one cell, in either mode."""
    said, fix = _sentences(fault, field, value or "")
    offered = f" {proposal(fault.proposal, field)}" if fault.proposal is not None else ""
    return f"{place(row, field.name)} : {said}", fix + offered


def _sentences(fault: Fault, field: Field, value: str) -> tuple[str, str]:
    if fault.detail == ELEMENT:
        return _element(fault, field, value)
    if fault.code == "constraint-error":
        return constraints.violated(fault, field, value)
    if fault.code == "type-error" and fault.detail is None:
        return _type_error(field, value)
    said, fix = _known(fault)
    words = _words(fault, field, value)
    return said.format_map(words), fix.format_map(words)


def _element(fault: Fault, field: Field, value: str) -> tuple[str, str]:
    """A fault of an item of a list: it is told of the item, whose own text is not known."""
    item = item_field(field) or field
    where = f"un élément de {quoted(value)}"
    if fault.constraint == "required":
        return f"{where} est vide alors que chacun est obligatoire.", "Retirez-le ou donnez sa valeur."
    if fault.constraint in ("minLength", "maxLength"):
        limit = item.constraints[fault.constraint]
        word = "au moins" if fault.constraint == "minLength" else "au plus"
        return f"{where} n'a pas la longueur permise.", f"Chaque élément compte {word} {plural(limit, 'caractère')}."
    said, fix = _sentences(replace(fault, detail=None), item, value)
    return said.replace(quoted(value), where, 1), fix


def _known(fault: Fault) -> tuple[str, str]:
    """The sentences of a code and detail; those of the code alone where a new detail has none of its own."""
    key = (fault.code, fault.detail)
    return SENTENCES.get(key) or SENTENCES.get((fault.code, None)) or ("{value} n'est pas {kind}.", "{how}")


def _type_error(field: Field, value: str) -> tuple[str, str]:
    """A text that is not of the type; the usual causes of a wrong number are named."""
    text = value.strip()
    noun, how = kind(field)
    if field.type in _NUMERIC and len(text) <= _LONGEST:
        decimal = field.decimal_char
        if re.fullmatch(r"[+-]?\d+[.,]\d+", text) and field.type == "integer":
            return _filled("type-error", "decimales", field, value)
        if _GROUPED.fullmatch(text):
            return f"{quoted(value)} sépare les milliers par des espaces.", "Écrivez le nombre sans espaces."
        if decimal == "." and _DECIMAL_COMMA.fullmatch(text):
            point = text.replace(",", ".")
            return f"{quoted(value)} a une virgule décimale.", f"Écrivez un point décimal : {quoted(point)}."
        for shape, cause in _CAUSES:
            if shape.match(text):
                return _filled("type-error", cause, field, value)
    return f"{quoted(value)} n'est pas {noun}.", how


def _filled(code: str, detail: str, field: Field, value: str) -> tuple[str, str]:
    words = _words(Fault(code, detail=detail), field, value)
    said, fix = SENTENCES[(code, detail)]
    return said.format_map(words), fix.format_map(words)


def _words(fault: Fault, field: Field, value: str) -> Mapping[str, str]:
    """The words that the sentences take from the cell, its field and its fault."""
    noun, how = kind(field)
    symbol = unit(field)
    received = _UNIT_INSIDE.search(value.strip()[-_LONGEST:])
    readings = joined([_reading(text, field) for text in fault.readings], "ou") if fault.readings else "de deux façons"
    whole = next((text for text in fault.readings if "." not in text), value)
    decimal = next((text for text in fault.readings if "." in text), value)
    digits = sum(char.isdigit() for char in value)
    return {
        "value": quoted(value),
        "kind": noun,
        "e": "e" if noun.startswith("une ") else "",
        "how": how,
        "unit": symbol or "une autre unité",
        "alone": f"La colonne est en {symbol} : {_ALONE}" if symbol else _ALONE.capitalize(),
        "received": received[0].strip() if received else "texte",
        "readings": readings,
        "or_readings": f" ({readings} ?)" if fault.readings else "",
        "first": fault.readings[0] if fault.readings else "",
        "other": fault.readings[-1] if fault.readings else "",
        "iso": joined(list(fault.readings), "ou") if fault.readings else "par exemple 2025-12-31",
        "days": joined([day(text) for text in fault.readings or ("jour de deux dates",)], "ou le"),
        "whole": whole,
        "decimal": decimal.replace(".", field.decimal_char) + "0",
        "lost": " : les derniers chiffres sont perdus" if fault.proposal is None else "",
        "digits": f"{digits} chiffres" if digits > 1 else f"{digits} chiffre",
        "identifier": _identifier(field),
        "where": _SOURCE if _identifier(field) == _OTHER else _DIRECTORY,
        "or_empty": or_empty(field),
        "or_empty_if_unknown": "" if field.required else " ; si elle n'est pas connue, laissez la cellule vide",
    }


def _reading(text: str, field: Field) -> str:
    if field.type in _NUMERIC:
        return f"{figure(text)} ({'décimales' if '.' in text else 'milliers'})"
    return day(text) if re.match(r"\d{4}-\d{2}-\d{2}", text) else quoted(text)


def _identifier(field: Field) -> str:
    """Which identifier a column holds, by its name, else by the length that its pattern asks for."""
    name, pattern = field.name.lower(), str(field.constraints.get("pattern", ""))
    if "siret" in name or "{14}" in pattern:
        return "un SIRET"
    return "un SIREN" if "siren" in name or "{9}" in pattern else _OTHER

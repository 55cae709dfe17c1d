"""One example of every message about a table, made by the functions that make the real ones."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from greencloud.checking.messages import cells, header, keys, national, notes, rows
from greencloud.checking.report import Note
from greencloud.checking.verdicts import Fault
from greencloud.reading import Record
from greencloud.tables import Field, from_descriptor

_ROW = 3
_ENERGY = {"name": "energie_it_kwh", "type": "number"}
_PUE = {"name": "pue_declare", "type": "number"}
_YEAR = {"name": "annee", "type": "integer"}
_DAY = {"name": "date_debut", "type": "date"}
_SIRET = {"name": "siret", "type": "string"}
_TEXT = {"name": "commentaire", "type": "string"}
_OPEN = {"name": "ouvert", "type": "boolean", "trueValues": ["oui"], "falseValues": ["non"]}
_KIND = {"name": "type_hebergement", "type": "string", "constraints": {"enum": ["centre_propre", "colocation"]}}
_CODE = {"name": "code", "type": "string", "constraints": {"pattern": "^[A-Z]{2}-[0-9]{2}$"}}
_READINGS = ("2023-02-01", "2023-01-02")


class Example(NamedTuple):
    """A message with its fix; a note has none. `cause` tells the messages of one code apart."""

    code: str
    cause: str
    message: str
    fix: str | None


# (field, value, fault): one for each code and cause of a cell.
_CELLS: tuple[tuple[Mapping[str, Any], str, Fault], ...] = (
    (_ENERGY, "1.234", Fault("separateur_ambigu", readings=("1234", "1.234"))),
    (_ENERGY, "1E400", Fault("nombre_trop_long")),
    (_ENERGY, "0.1234567890123456789", Fault("nombre_trop_long", detail="decimales", proposal="0.12345678901234568")),
    (_ENERGY, "#DIV/0!", Fault("erreur_tableur")),
    (_ENERGY, "#####", Fault("erreur_tableur", detail="largeur")),
    (_ENERGY, "12 kWhef", Fault("unite_dans_cellule")),
    (_ENERGY, "1 234,5 MWh", Fault("unite_dans_cellule", detail="autre_unite", proposal="1234500")),
    (_ENERGY, "12 kW", Fault("unite_dans_cellule", detail="autre_grandeur")),
    (_PUE, "1,41 kWh", Fault("unite_dans_cellule", detail="sans_unite_attendue")),
    (_PUE, "12 %", Fault("unite_dans_cellule", detail="pourcentage", proposal="0.12")),
    (_ENERGY, "12 baies", Fault("type-error", detail="unite")),
    (_ENERGY, "300-400", Fault("type-error", detail="plage")),
    (_ENERGY, "env. 12", Fault("type-error", detail="approximation", proposal="12")),
    (_ENERGY, "< 12", Fault("type-error", detail="borne")),
    (_ENERGY, "(22 959,4)", Fault("type-error", detail="negatif_comptable", proposal="-22959.4")),
    (_ENERGY, "22959-", Fault("type-error", detail="signe", proposal="-22959")),
    (_ENERGY, "12 / 13", Fault("type-error", detail="plusieurs_valeurs")),
    (_ENERGY, "1 2345", Fault("type-error", detail="groupes_irreguliers", proposal="12345")),
    (_ENERGY, "12,000,0", Fault("type-error", detail="separateurs_meles")),
    (_ENERGY, "12O0", Fault("type-error", detail="lettre_pour_chiffre", proposal="1200")),
    (_ENERGY, "12000 (1)", Fault("type-error", detail="appel_de_note", proposal="12000")),
    (_ENERGY, "=SOMME(A1:A3)", Fault("type-error", detail="formule")),
    (_ENERGY, "néant", Fault("type-error", detail="zero_ou_absent", readings=("0", ""))),
    (_ENERGY, "∞", Fault("type-error", detail="non_fini")),
    (_ENERGY, "1_000", Fault("type-error", detail="trait_bas", proposal="1000")),
    (_ENERGY, "١٢", Fault("type-error", detail="chiffres_etrangers", proposal="12")),
    (_YEAR, "2023.5", Fault("type-error", detail="decimales")),
    (_OPEN, "✓", Fault("type-error", detail="coche", proposal="true")),
    (_TEXT, "a\x07b", Fault("type-error", detail="caractere_de_controle", proposal="ab")),
    (_TEXT, "a\u202eb", Fault("type-error", detail="caractere_bidirectionnel", proposal="ab")),
    (_DAY, "31/02/2023", Fault("type-error", detail="jour_inexistant")),
    (_DAY, "2023-13-01", Fault("type-error", detail="mois_inexistant")),
    (_DAY, "2023-01-01 14:30", Fault("type-error", detail="heure_en_trop", proposal="2023-01-01")),
    (
        _DAY,
        "2022-12-31T23:00:00Z",
        Fault("type-error", detail="decalage_horaire", readings=("2022-12-31", "2023-01-01")),
    ),
    (_DAY, "janvier 2023", Fault("type-error", detail="jour_absent")),
    (_DAY, "15/02", Fault("type-error", detail="annee_absente")),
    (_DAY, "60", Fault("type-error", detail="numero_de_serie")),
    ({"name": "annee", "type": "year"}, "01/01/2023", Fault("type-error", detail="date_pour_annee", proposal="2023")),
    ({"name": "heure", "type": "time"}, "25:00", Fault("type-error", detail="heure_inexistante")),
    (
        {"name": "releve", "type": "datetime"},
        "15/02/2023",
        Fault("type-error", detail="heure_absente", proposal="2023-02-15T00:00:00"),
    ),
    (_ENERGY, "Infinity", Fault("type-error", detail="nombre_infini")),
    (_ENERGY, "NaN", Fault("type-error", detail="pas_un_nombre")),
    (_YEAR, "2_023", Fault("type-error", detail="tiret_bas")),
    ({**_ENERGY, "groupChar": " "}, "1 2345", Fault("type-error", detail="milliers_mal_places")),
    (_YEAR, "-0", Fault("type-error", detail="moins_zero")),
    (_YEAR, "12345678901234567890", Fault("type-error", detail="nombre_trop_grand")),
    ({"name": "heure", "type": "time"}, "0830", Fault("type-error", detail="ecriture_abregee")),
    ({**_DAY, "format": "%d/%m/%Y"}, "1/2/2023", Fault("type-error", detail="date_abregee")),
    ({**_DAY, "format": "any"}, "12 mars", Fault("type-error", detail="date_incomplete")),
    (_DAY, "2999-01-01", Fault("type-error", detail="date_improbable")),
    ({"name": "detail", "type": "object"}, '{"a": 1, "a": 2}', Fault("type-error", detail="json_ambigu")),
    (
        {"name": "id", "type": "string", "format": "uuid"},
        "{12345678-1234-5678-1234-567812345678}",
        Fault("type-error", detail="identifiant_uuid"),
    ),
    ({"name": "cle", "type": "string", "format": "binary"}, "YWJj*", Fault("type-error", detail="base64_impur")),
    ({"name": "position", "type": "geopoint"}, "4_5, 3", Fault("type-error", detail="coordonnee_douteuse")),
    (
        {"name": "annees", "type": "list", "itemType": "integer"},
        "1,2_0",
        Fault("type-error", detail="element_douteux"),
    ),
    (_DAY, "01/02/2023", Fault("date_ambigue", readings=_READINGS)),
    (_DAY, "01/02/2023", Fault("date_ambigue", detail="ordre", readings=_READINGS)),
    (_DAY, "01/02/2023", Fault("date_ambigue", detail="ordre_contradictoire", readings=_READINGS)),
    (_DAY, "02/15/2023", Fault("date_ambigue", detail="mois_jour", proposal="2023-02-15")),
    (
        _DAY,
        "15/02/23",
        Fault("date_ambigue", detail="annee_deux_chiffres", readings=("2023-02-15", "1923-02-15")),
    ),
    (_DAY, "lundi 20/03/2024", Fault("date_ambigue", detail="jour_de_semaine", readings=("lundi", "mercredi"))),
    (_DAY, "43465", Fault("date_ambigue", detail="numero_de_serie", readings=("2018-12-31", "2023-01-01"))),
    (_DAY, "10112012", Fault("date_ambigue", detail="chiffres_colles", readings=("2012-11-10", "2012-10-11"))),
    (_SIRET, "1300252?", Fault("identifiant_abime")),
    (_SIRET, "9,99889E+13", Fault("identifiant_abime", detail="notation_scientifique")),
    (_SIRET, "99988800000000", Fault("identifiant_abime", detail="chiffres_perdus")),
    (_SIRET, "2001234500017", Fault("identifiant_abime", detail="zero_perdu", proposal="02001234500017")),
    (
        _SIRET,
        "99988877900017 / 99988877900025",
        Fault("identifiant_abime", detail="plusieurs", readings=("99988877900017", "99988877900025")),
    ),
    (_SIRET, "999888779", Fault("identifiant_abime", detail="siren_pour_siret")),
    (
        {"name": "siren", "type": "string"},
        "99988877900017",
        Fault("identifiant_abime", detail="siret_pour_siren", proposal="999888779"),
    ),
    (_SIRET, "9998887790001", Fault("identifiant_abime", detail="longueur")),
    (_SIRET, "999888779OOO17", Fault("identifiant_abime", detail="lettre_pour_chiffre", proposal="99988877900017")),
)
# A cell that is not of its type, for every type and format.
_TYPES: tuple[tuple[Mapping[str, Any], str], ...] = (
    (_ENERGY, "vingt"),
    (_ENERGY, "12 kWh"),
    (_ENERGY, "300-400"),
    (_ENERGY, "1234,5"),
    (_ENERGY, "1 234"),
    ({**_ENERGY, "decimalChar": ","}, "vingt"),
    (_YEAR, "vingt"),
    (_YEAR, "2023.5"),
    (_OPEN, "peut-être"),
    (_DAY, "hier"),
    ({**_DAY, "format": "%d/%m/%Y"}, "2025-12-31"),
    ({**_DAY, "format": "any"}, "hier"),
    ({"name": "releve", "type": "datetime"}, "hier"),
    ({"name": "releve", "type": "datetime", "format": "%d/%m/%Y %H:%M"}, "hier"),
    ({"name": "heure", "type": "time"}, "midi"),
    ({"name": "annee", "type": "year"}, "vingt"),
    ({"name": "mois", "type": "yearmonth"}, "janvier"),
    ({"name": "duree", "type": "duration"}, "deux heures"),
    ({"name": "courriel", "type": "string", "format": "email"}, "mairie"),
    ({"name": "site", "type": "string", "format": "uri"}, "mairie.fr"),
    ({"name": "id", "type": "string", "format": "uuid"}, "12"),
    ({"name": "cle", "type": "string", "format": "binary"}, "é"),
    ({"name": "forme", "type": "string", "format": "wkt"}, "point"),
    ({"name": "position", "type": "geopoint"}, "Rennes"),
    ({"name": "position", "type": "geopoint", "format": "array"}, "Rennes"),
    ({"name": "position", "type": "geopoint", "format": "object"}, "Rennes"),
    ({"name": "forme", "type": "geojson"}, "Rennes"),
    ({"name": "forme", "type": "geojson", "format": "topojson"}, "Rennes"),
    ({"name": "liste", "type": "array"}, "a, b"),
    ({"name": "annees", "type": "list", "itemType": "integer", "delimiter": ";"}, "a;b"),
    ({"name": "detail", "type": "object"}, "a"),
)
_MANY = [f"valeur_{number}" for number in range(1, 41)]
# (field, value, constraint, detail, readings, proposal)
_CONSTRAINTS: tuple[tuple[Mapping[str, Any], str, Fault], ...] = (
    ({**_SIRET, "title": "SIRET", "example": "99988877900017"}, "", Fault("constraint-error", "required")),
    ({**_SIRET, "title": "SIRET"}, "n.c.", Fault("constraint-error", "required", "absent")),
    (_SIRET, "99988877900017", Fault("constraint-error", "unique")),
    (_KIND, "nuage", Fault("constraint-error", "enum")),
    ({**_KIND, "constraints": {"enum": _MANY}}, "valeur_411", Fault("constraint-error", "enum")),
    ({**_KIND, "constraints": {"enum": _MANY}}, "?", Fault("constraint-error", "enum")),
    (_KIND, "colocaton", Fault("constraint-error", "enum", "ressemblance", proposal="colocation")),
    (_CODE, "ab12", Fault("constraint-error", "pattern")),
    ({**_TEXT, "constraints": {"pattern": "^[^=+@].*$"}}, "=1+1", Fault("constraint-error", "pattern")),
    (
        {"name": "code_insee", "type": "string", "constraints": {"pattern": r"^([013-9]\d|2[AB1-9])\d{3}$"}},
        "Rennes",
        Fault("constraint-error", "pattern"),
    ),
    (
        {"name": "jours", "type": "string", "constraints": {"pattern": r"(?:(?:^|\|)(lundi|mardi|jeudi))+$"}},
        "lundi, mardi",
        Fault("constraint-error", "pattern"),
    ),
    (
        {"name": "cle", "type": "string", "constraints": {"pattern": "(a|b(c|d))+"}, "example": "abc"},
        "x",
        Fault("constraint-error", "pattern"),
    ),
    (
        {
            "name": "cle",
            "type": "string",
            "constraints": {"pattern": "(a|b(c|d))+"},
            "description": "Clé du dossier, telle que le logiciel de gestion l'imprime.",
        },
        "x",
        Fault("constraint-error", "pattern"),
    ),
    (
        {"name": "cle", "type": "string", "constraints": {"pattern": "(a|b(c|d))+"}},
        "x",
        Fault("constraint-error", "pattern"),
    ),
    (_CODE, "АB-12", Fault("constraint-error", "pattern", "caractere_trompeur", ("А", "U+0410"), "AB-12")),
    (_CODE, "ab-12", Fault("constraint-error", "pattern", "casse", proposal="AB-12")),
    ({**_ENERGY, "constraints": {"minimum": 0}}, "-12", Fault("constraint-error", "minimum")),
    ({**_PUE, "constraints": {"minimum": 1}}, "0.9", Fault("constraint-error", "minimum")),
    ({**_YEAR, "constraints": {"minimum": 0, "required": True}}, "-1", Fault("constraint-error", "minimum")),
    ({**_ENERGY, "constraints": {"maximum": 1000000}}, "2000000", Fault("constraint-error", "maximum")),
    ({**_DAY, "constraints": {"minimum": "2020-01-01"}}, "2019-12-31", Fault("constraint-error", "minimum")),
    ({**_DAY, "constraints": {"maximum": "2030-12-31"}}, "2031-01-01", Fault("constraint-error", "maximum")),
    ({**_PUE, "constraints": {"exclusiveMinimum": 0}}, "0", Fault("constraint-error", "exclusiveMinimum")),
    ({**_PUE, "constraints": {"exclusiveMaximum": 10}}, "10", Fault("constraint-error", "exclusiveMaximum")),
    ({**_TEXT, "constraints": {"minLength": 2}}, "K", Fault("constraint-error", "minLength")),
    ({**_TEXT, "constraints": {"maxLength": 5}}, "beaucoup", Fault("constraint-error", "maxLength")),
    (
        {"name": "liste", "type": "array", "constraints": {"minLength": 2}},
        "[1]",
        Fault("constraint-error", "minLength"),
    ),
    (
        {"name": "liste", "type": "array", "arrayItem": {"type": "integer", "constraints": {"minimum": 3}}},
        "[1]",
        Fault("constraint-error", "minimum", "element"),
    ),
    (
        {"name": "liste", "type": "array", "arrayItem": {"type": "string", "constraints": {"maxLength": 3}}},
        '["long"]',
        Fault("constraint-error", "maxLength", "element"),
    ),
    (
        {"name": "liste", "type": "array", "arrayItem": {"type": "string", "constraints": {"required": True}}},
        '[""]',
        Fault("constraint-error", "required", "element"),
    ),
    (
        {"name": "liste", "type": "array", "arrayItem": {"type": "integer"}},
        '["a"]',
        Fault("type-error", detail="element"),
    ),
)
_RECEIVED: Mapping[str, tuple[str, str | None]] = {
    "espaces": (" 12 ", "12"),
    "virgule_decimale": ("1234,5", "1234.5"),
    "point_decimal": ("1234.5", "1234.5"),
    "milliers": ("1\u202f234,5", "1234.5"),
    "groupes_irreguliers": ("20 50 000", "2050000"),
    "notation_scientifique": ("1,2E+06", "1.2E+06"),
    "chiffres_pleine_chasse": ("２０２４", "2024"),
    "signe_plus": ("+12", "12"),
    "signe_moins": ("−12", "-12"),
    "apostrophe": ("'12", "12"),
    "unite_retiree": ("123 kWh", "123"),
    "pourcentage": ("12 %", "12"),
    "decimales_nulles": ("2023.0", "2023"),
    "casse": ("OUI", "true"),
    "accents": ("Colocation ", "colocation"),
    "absent": ("n.c.", None),
    "date_francaise": ("15/02/2023", "2023-02-15"),
    "date_iso": ("2023-02-15", "2023-02-15"),
    "date_en_lettres": ("15 févr. 2023", "2023-02-15"),
    "date_autre_ordre": ("20230215", "2023-02-15"),
    "date_avec_minuit": ("2023-02-15 00:00:00", "2023-02-15"),
    "date_tableur": ("44927", "2023-01-01"),
    "annee_deux_chiffres": ("15/02/23", "2023-02-15"),
    "heure": ("8h30", "08:30:00"),
    "identifiant_espaces": ("999 888 779 00017", "99988877900017"),
    "identifiant_decimal": ("99988877900017.0", "99988877900017"),
    "caracteres_invisibles": ("Ren\u200bnes", "Rennes"),
    "accents_recomposes": ("Orle\u0301ans", "Orléans"),
    "caractere_perdu": ("Orl\ufffdans", "Orl\ufffdans"),
    "formule": ("=1+1", "=1+1"),
}
_COLUMNS: Mapping[str, tuple[str | None, Mapping[str, Any], str]] = {
    "one-of-required": (None, {"column1": "energie_totale_kwh", "column2": "pue_declare"}, ""),
    "compare-columns-value": ("2025-01-01", {"column": "date_fin", "op": ">=", "column2": "date_debut"}, ""),
    "cohesive-columns-value": ("x", {"column": "a", "othercolumns": ["b", "c"]}, "b"),
    "sum-columns-value": ("40", {"column": "total", "columns": ["part_1", "part_2"]}, "12345.5"),
}


def field_of(descriptor: Mapping[str, Any]) -> Field:
    """The field that a descriptor describes."""
    return from_descriptor({"fields": [dict(descriptor)]}).fields[0]


def cell_examples() -> Iterator[Example]:
    """Every fault of a cell."""
    for descriptor, value in _TYPES:
        cause = " ".join([str(descriptor["type"]), *([str(descriptor["format"])] if "format" in descriptor else [])])
        yield _cell(descriptor, value, Fault("type-error"), cause)
    for descriptor, value, fault in _CONSTRAINTS:
        yield _cell(descriptor, value, fault, " ".join(filter(None, (fault.constraint, fault.detail))))
    for descriptor, value, fault in _CELLS:
        yield _cell(descriptor, value, fault, fault.detail or "")


def row_examples() -> Iterator[Example]:
    """Every fault of a row, keys and custom checks apart."""
    quotes = Record(_ROW, 3, 4, [], broken=True)
    yield Example("source-error", "", *rows.unreadable(quotes))
    lost = Record(_ROW, 3, 3, [], fault="Deux octets ne se lisent dans aucun encodage")
    yield Example("encoding-error", "", *rows.unreadable(lost))
    joined = Record(_ROW, 3, 3, [], repair="Un guillemet a été ajouté à la fin de la deuxième cellule")
    yield Example("ligne_reparee", "", *rows.repaired(joined))
    yield Example("extra-cell", "", *rows.extra_cells(_ROW, 9, 8))
    yield Example("missing-cell", "", *rows.missing_cells(_ROW, 1, ["id_centre", "annee"]))
    yield Example("missing-cell", "", *rows.wide_header(_ROW, 2, ["id_centre", "annee", "commentaire"], 120))
    for first in (_ROW, _ROW - 1):
        yield Example("second_tableau", "", *rows.second_table(first, 24, _ROW))
    for code in ("blank-row", "extra-cell", "missing-cell"):
        yield Example(code, "--strict", *rows.row_fault(code, _ROW, 3, "annee", "x", 2))
    for code, cause in rows.DIAGNOSES:
        shown = {"commentaire": "# brouillon", "texte": "Source : DSI", "unites": "kWh"}.get(cause or "", "Total 2024")
        yield Example(code, cause or "", *rows.diagnosed(code, _ROW, shown, cause))
    yield Example("primary-key", "", *keys.repeated(_ROW, 2, ["id_centre", "annee"], "99988877900017-01, 2024"))
    yield Example("primary-key", "vide", *keys.empty_key(_ROW, ["id_centre"]))
    yield Example("unique-error", "", *keys.repeated(_ROW, 2, ["compteur"], "K1"))
    yield Example("foreign-key", "", *keys.foreign_key(_ROW, ["site_parent"], "99988877900017-09"))


def header_examples() -> Iterator[Example]:
    """Every fault of a header."""
    labels = ["id_centre", "Année", ""]
    yield Example("missing-label", "", *header.missing_label("energie_totale_kwh", labels))
    yield Example("unmatched-header", "", *header.unmatched_header(labels, ["site", "total"]))
    yield Example("duplicate-label", "", *header.duplicate_label("annee", ["annee", "Année"]))
    yield Example("duplicate-label", "doute", *header.doubtful_label("énergie", ["energie_it_kwh", "energie_kwh"]))
    yield Example(
        "incorrect-label", "unite", *header.contradicting_unit("energie_it (MWh)", "energie_it_kwh", "MWh", "kWh")
    )
    yield Example("extra-label", "", *header.misspelt_label("enregie_it_kwh", "energie_it_kwh"))
    for code in header.STRICT:
        yield Example(code, "--strict", *header.label_fault(code, 2, "annee", "an"))


def check_examples() -> Iterator[Example]:
    """Every custom check of the national catalogue, with its causes."""
    for name in national.NAMES:
        value, params, detail = _COLUMNS.get(name, ("xyz", {"column": "colonne"}, ""))
        yield Example(name, "", *national.custom(name, _ROW, value, params, detail))
    for name, cause in national.CAUSES:
        yield Example(name, cause, *national.custom(name, _ROW, "xyz", {"column": "colonne"}, cause))
    yield Example("siret", "chiffres", *national.custom("siret", _ROW, "1234", {"column": "siret"}, "chiffres:4"))
    compare, mixed = "compare-columns-value", {"column": "a", "op": ">", "column2": "b"}
    yield Example(compare, "incomparables", *national.custom(compare, _ROW, "x", mixed, "incomparables"))
    yield Example("one-of-required", "colonnes", *national.custom_columns(["a", "b"], ["a", "b"]))
    yield Example("cohesive-columns-value", "colonnes", *national.custom_columns(["a", "b", "c"], ["b", "c"]))


def note_examples() -> Iterator[Example]:
    """Every note."""
    for code, (received, read) in _RECEIVED.items():
        yield _note(notes.tolerance(field_of(_OPEN if code == "casse" else _TEXT), code, 12, received, read))
    yield Example("intitule-tolere", "", header.tolerated_label("Année", "annee"), None)
    for note in header.header_notes(["x", "y", ""], ["pue_declare"]):
        yield _note(note)
    for note in rows.shape_notes(12, 1):
        yield _note(note)
    yield _note(keys.foreign_key_note("centres"))


def _cell(descriptor: Mapping[str, Any], value: str, fault: Fault, cause: str) -> Example:
    return Example(fault.code, cause, *cells.fault(fault, field_of(descriptor), _ROW, value))


def _note(note: Note) -> Example:
    return Example(note.code, "", note.message, None)

"""The schema linter: a sound descriptor has no defect, and each defect is found in a descriptor that has only it."""

import copy
import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from greencloud.schema_lint import LintFinding, lint, lint_folder

SHARED = Path(__file__).parents[2] / "shared" / "real" / "table_schema"

SOUND: dict[str, Any] = {
    "$schema": "https://specs.frictionlessdata.io/schemas/table-schema.json",
    "name": "essai",
    "title": "Essai",
    "description": "Un schéma sans défaut.",
    "homepage": "https://www.data.gouv.fr/",
    "path": "https://exemple.fr/v0.1.0/schema.json",
    "version": "0.1.0",
    "created": "2026-11-22",
    "lastModified": "2026-11-22",
    "contributors": [{"title": "Essai", "role": "author"}],
    "resources": [{"name": "exemple-valide", "title": "Exemple", "path": "exemple-valide.csv"}],
    "fields": [
        {
            "name": "code",
            "title": "Code",
            "description": "Un code.",
            "type": "string",
            "example": "A1",
            "constraints": {"required": True, "pattern": "^(?:[A-Z][0-9]|[|)]x)$", "minLength": 1, "maxLength": 4},
        },
        {
            "name": "energie_kwh",
            "title": "Énergie",
            "description": "Une énergie.",
            "type": "number",
            "example": "12.5",
            "constraints": {"required": False, "minimum": 0, "maximum": 1e9},
        },
        {
            "name": "jour",
            "title": "Jour",
            "description": "Un jour.",
            "type": "date",
            "format": "%d/%m/%Y",
            "examples": ["31/12/2025"],
            "constraints": {"minimum": "01/01/2000", "maximum": "31/12/2100"},
        },
        {
            "name": "ouvert",
            "title": "Ouvert",
            "description": "Ouvert ou non.",
            "type": "boolean",
            "trueValues": ["oui"],
            "falseValues": ["non"],
            "example": "oui",
        },
    ],
    "missingValues": [""],
    "primaryKey": "code",
    "foreignKeys": [{"fields": "code", "reference": {"resource": "", "fields": "code"}}],
    "custom_checks": [
        {"name": "compare-columns-value", "params": {"column": "energie_kwh", "op": ">=", "column2": "energie_kwh"}},
        {"name": "year-interval-value", "params": {"column": "code", "allow-year-only": "yes"}},
        {"name": "cohesive-columns-value", "params": {"column": "code", "othercolumns": ["jour", "ouvert"]}},
    ],
}


def with_root(**changes: Any) -> dict[str, Any]:
    return {**copy.deepcopy(SOUND), **changes}


def with_field(place: int, **changes: Any) -> dict[str, Any]:
    descriptor = copy.deepcopy(SOUND)
    descriptor["fields"][place] |= changes
    return descriptor


def without(descriptor: dict[str, Any], key: str) -> dict[str, Any]:
    return {name: value for name, value in descriptor.items() if name != key}


def check(name: str, **params: Any) -> dict[str, Any]:
    return with_root(custom_checks=[{"name": name, "params": params}])


def without_field_key(place: int, key: str) -> dict[str, Any]:
    descriptor = copy.deepcopy(SOUND)
    del descriptor["fields"][place][key]
    return descriptor


CODE, ENERGIE, JOUR, OUVERT = 0, 1, 2, 3
LONG = "energie_consommee_par_le_refroidissement_de_la_salle_serveurs_kwh"
DEFECTS: list[tuple[str, dict[str, Any], list[tuple[str, str | None, str | None]]]] = [
    ("unknown root key", with_root(auteur="x"), [("cle_inconnue", None, "auteur")]),
    ("unknown contributor key", with_root(contributors=[{"nom": "x"}]), [("cle_inconnue", None, "nom")]),
    ("missing root key", without(SOUND, "homepage"), [("cle_absente", None, "homepage")]),
    ("empty root key", with_root(title=""), [("cle_absente", None, "title")]),
    ("wrong $schema", with_root(**{"$schema": "https://exemple.fr/"}), [("adresse_de_schema", None, "$schema")]),
    ("capital in name", with_root(name="Essai"), [("nom_de_schema", None, "name")]),
    ("unreadable date", with_root(created="22/11/2026"), [("date_illisible", None, "created")]),
    ("dates reversed", with_root(lastModified="2026-11-21"), [("dates_inversees", None, "lastModified")]),
    ("version of two parts", with_root(version="0.1"), [("version_illisible", None, "version")]),
    ("path to another version", with_root(version="v0.2.0"), [("versions_divergentes", None, "path")]),
    (
        "resource of another version",
        with_root(resources=[{"path": "https://exemple.fr/0.0.9/exemple-valide.csv"}]),
        [("versions_divergentes", None, "resources[0].path")],
    ),
    ("sources not a list", with_root(sources="loi"), [("liste_attendue", None, "sources")]),
    ("missingValues not texts", with_root(missingValues=[None]), [("liste_attendue", None, "missingValues")]),
    (
        "duplicate field",
        with_field(JOUR, name="code"),
        [
            ("champ_en_double", "code", "name"),
            ("colonne_inconnue", None, "custom_checks"),
        ],
    ),
    ("misspelt constraints", with_field(ENERGIE, contraints={}), [("cle_inconnue", "energie_kwh", "contraints")]),
    ("missing description", without_field_key(CODE, "description"), [("cle_absente", "code", "description")]),
    ("missing example", without_field_key(ENERGIE, "example"), [("cle_absente", "energie_kwh", "example")]),
    ("missing title", with_field(ENERGIE, title=""), [("cle_absente", "energie_kwh", "title")]),
    ("missing type", without_field_key(ENERGIE, "type"), [("cle_absente", "energie_kwh", "type")]),
    (
        "constraint beside the type",
        with_field(OUVERT, required=True),
        [("contrainte_mal_placee", "ouvert", "required")],
    ),
    ("unknown type", with_field(OUVERT, type="bolean"), [("type_inconnu", "ouvert", "type")]),
    ("type that is no text", with_field(OUVERT, type=["boolean"]), [("type_inconnu", "ouvert", "type")]),
    ("unknown format", with_field(CODE, format="courriel"), [("format_inconnu", "code", "format")]),
    ("trueValues that is no list", with_field(OUVERT, trueValues="oui"), [("cle_illisible", "ouvert", "trueValues")]),
    ("trueValues that are no texts", with_field(OUVERT, trueValues=[1]), [("champ_illisible", "ouvert", None)]),
    (
        "constraints not an object",
        with_field(OUVERT, constraints=[]),
        [
            ("contrainte_illisible", "ouvert", "constraints"),
        ],
    ),
    ("unknown constraint", with_field(OUVERT, constraints={"requis": True}), [("cle_inconnue", "ouvert", "requis")]),
    (
        "constraint of another type",
        with_field(OUVERT, constraints={"minimum": 0}),
        [
            ("contrainte_inapplicable", "ouvert", "minimum"),
        ],
    ),
    (
        "required as a text",
        with_field(OUVERT, constraints={"required": "oui"}),
        [
            ("contrainte_illisible", "ouvert", "required"),
        ],
    ),
    (
        "negative length",
        with_field(CODE, constraints={"maxLength": -1}),
        [
            ("contrainte_illisible", "code", "maxLength"),
        ],
    ),
    (
        "null bound",
        with_field(ENERGIE, constraints={"maximum": None}),
        [
            ("contrainte_illisible", "energie_kwh", "maximum"),
        ],
    ),
    ("empty enum", with_field(CODE, constraints={"enum": []}), [("contrainte_illisible", "code", "enum")]),
    (
        "value twice in enum",
        with_field(CODE, constraints={"enum": ["A1", "A1"]}),
        [
            ("contrainte_illisible", "code", "enum"),
        ],
    ),
    (
        "pattern that is no text",
        with_field(CODE, constraints={"pattern": 5}),
        [
            ("contrainte_illisible", "code", "pattern"),
        ],
    ),
    ("broken pattern", with_field(CODE, constraints={"pattern": "^(A1$"}), [("motif_invalide", "code", "pattern")]),
    ("bare pattern", with_field(CODE, constraints={"pattern": "[A-Z][0-9]"}), [("motif_non_ancre", "code", "pattern")]),
    (
        "half-anchored choice",
        with_field(CODE, constraints={"pattern": "^A1|B2$"}),
        [
            ("motif_non_ancre", "code", "pattern"),
        ],
    ),
    (
        "escaped final dollar",
        with_field(CODE, constraints={"pattern": r"^A1\$"}, example="A1$"),
        [
            ("motif_non_ancre", "code", "pattern"),
        ],
    ),
    (
        "bound of another type",
        with_field(JOUR, constraints={"minimum": "2000-01-01"}),
        [
            ("borne_hors_type", "jour", "minimum"),
        ],
    ),
    (
        "bounds reversed",
        with_field(ENERGIE, constraints={"minimum": 20, "maximum": 3}, example=""),
        [
            ("cle_absente", "energie_kwh", "example"),
            ("bornes_inversees", "energie_kwh", "minimum"),
        ],
    ),
    (
        "lengths reversed",
        with_field(CODE, constraints={"minLength": 3, "maxLength": 1}, example="", examples=[""]),
        [
            ("bornes_inversees", "code", "minLength"),
        ],
    ),
    (
        "enum against its pattern",
        with_field(CODE, constraints={"enum": ["A1", "a1"], "pattern": "^(?:A1)$"}),
        [
            ("enum_hors_champ", "code", "enum"),
        ],
    ),
    ("enum of another type", with_field(CODE, constraints={"enum": ["A1", 1]}), [("enum_hors_champ", "code", "enum")]),
    (
        "example of another type",
        with_field(ENERGIE, example="12 kWh"),
        [
            ("exemple_hors_champ", "energie_kwh", "example"),
        ],
    ),
    (
        "example under its minimum",
        with_field(ENERGIE, example="-1"),
        [
            ("exemple_hors_champ", "energie_kwh", "example"),
        ],
    ),
    (
        "example outside its enum",
        with_field(CODE, constraints={"enum": ["B2"]}),
        [
            ("exemple_hors_champ", "code", "example"),
        ],
    ),
    (
        "one of several examples",
        with_field(JOUR, examples=["31/12/2025", "2025"]),
        [
            ("exemple_hors_champ", "jour", "example"),
        ],
    ),
    ("unknown key column", with_root(primaryKey=["code", "an"]), [("colonne_inconnue", None, "primaryKey")]),
    (
        "foreign key without reference",
        with_root(foreignKeys=[{"fields": "code"}]),
        [
            ("cle_etrangere_illisible", None, "foreignKeys"),
        ],
    ),
    (
        "foreign key of unequal lengths",
        with_root(foreignKeys=[{"fields": ["code", "jour"], "reference": {"resource": "", "fields": ["code"]}}]),
        [("cle_etrangere_illisible", None, "foreignKeys")],
    ),
    (
        "foreign key on unknown columns",
        with_root(foreignKeys=[{"fields": "cod", "reference": {"resource": "", "fields": "rien"}}]),
        [("colonne_inconnue", None, "foreignKeys"), ("colonne_inconnue", None, "foreignKeys")],
    ),
    (
        "foreign key to another table",
        with_root(foreignKeys=[{"fields": "code", "reference": {"resource": "centres", "fields": "id"}}]),
        [("cle_etrangere_externe", None, "foreignKeys")],
    ),
    (
        "exclusive bounds that leave nothing",
        with_field(ENERGIE, example="", examples=["12"], constraints={"minimum": 12, "exclusiveMaximum": 12}),
        [("bornes_inversees", "energie_kwh", "minimum"), ("exemple_hors_champ", "energie_kwh", "example")],
    ),
    (
        "enum of a list",
        with_field(ENERGIE, type="list", itemType="integer", example="1,2", constraints={"enum": ["1"]}),
        [("contrainte_inapplicable", "energie_kwh", "enum")],
    ),
    (
        "item of a list that is not of its type",
        with_field(ENERGIE, type="list", itemType="integer", example="1,x", constraints={}),
        [("exemple_hors_champ", "energie_kwh", "example")],
    ),
    (
        "geometry that is none",
        with_field(ENERGIE, type="string", format="wkt", example="POINT 1 2", constraints={}),
        [("exemple_hors_champ", "energie_kwh", "example")],
    ),
    ("unknown check", check("sirett", column="code"), [("controle_inconnu", None, "custom_checks")]),
    ("deprecated check", check("french-siret-value", column="code"), [("controle_deconseille", None, "custom_checks")]),
    (
        "check without its parameter",
        check("code-commune-insee", column="code"),
        [
            ("controle_illisible", None, "custom_checks"),
        ],
    ),
    (
        "check with an unknown parameter",
        check("siret", column="code", colonne="code"),
        [
            ("cle_inconnue", None, "colonne"),
        ],
    ),
    (
        "check on an unknown column",
        check("one-of-required", column1="code", column2="pue"),
        [
            ("colonne_inconnue", None, "custom_checks"),
        ],
    ),
    (
        "unknown operator",
        check("compare-columns-value", column="jour", column2="jour", op="=<"),
        [
            ("controle_illisible", None, "custom_checks"),
        ],
    ),
    (
        "parameters not an object",
        with_root(custom_checks=[{"name": "siret", "params": "code"}]),
        [
            ("controle_illisible", None, "custom_checks"),
        ],
    ),
]


def described(findings: list[LintFinding]) -> list[tuple[str, str | None, str | None]]:
    return [(finding.code, finding.field, finding.key) for finding in findings]


def test_a_sound_schema_has_no_defect() -> None:
    assert lint(SOUND) == []


@pytest.mark.parametrize(("descriptor", "expected"), [case[1:] for case in DEFECTS], ids=[case[0] for case in DEFECTS])
def test_each_defect_is_found_alone(
    descriptor: dict[str, Any], expected: list[tuple[str, str | None, str | None]]
) -> None:
    assert described(lint(descriptor)) == expected


def test_a_label_of_64_characters_is_too_long() -> None:
    assert len(LONG) > 63
    descriptor = with_field(ENERGIE, name=LONG) | {"custom_checks": []}
    assert described(lint(descriptor)) == [("nom_trop_long", LONG, "name")]
    assert lint(with_field(ENERGIE, name=LONG[:63]) | {"custom_checks": []}) == []


def test_a_misspelling_is_named() -> None:
    [finding] = lint(with_field(ENERGIE, contraints={}))
    assert finding.message.startswith("Champ « energie_kwh » : la clé « contraints » est inconnue")
    assert "Vouliez-vous écrire « constraints » ?" in finding.message


@pytest.mark.parametrize("descriptor", [{}, {"fields": 5}, {"fields": [1, None]}, {"fields": [{}], "primaryKey": 5}])
def test_a_descriptor_that_is_no_schema_is_told_without_an_exception(descriptor: dict[str, Any]) -> None:
    assert lint(descriptor)


def write_folder(folder: Path, descriptor: str) -> None:
    (folder / "schema.json").write_text(descriptor, encoding="utf-8")
    (folder / "README.md").write_text("# Essai\n", encoding="utf-8")
    header = "code,energie_kwh,jour,ouvert\n"
    (folder / "exemple-valide.csv").write_text(header, encoding="utf-8")
    (folder / "exemple-invalide.csv").write_text(header, encoding="utf-8")
    (folder / "erreurs-attendues.csv").write_text("code,ligne,champ,valeur\n", encoding="utf-8")


def test_a_sound_folder_has_no_defect(tmp_path: Path) -> None:
    write_folder(tmp_path, json.dumps(SOUND))
    assert lint_folder(tmp_path) == []


def test_files_that_lack_are_told(tmp_path: Path) -> None:
    write_folder(tmp_path, json.dumps(SOUND))
    for name in ("README.md", "exemple-valide.csv", "erreurs-attendues.csv"):
        (tmp_path / name).unlink()
    (tmp_path / "exemple-invalide.csv").write_bytes("code,énergie".encode("cp1252"))
    findings = lint_folder(tmp_path)
    assert {finding.code for finding in findings} == {"fichier_absent"}
    # exemple-valide.csv lacks twice: as the example, and as what `resources` announces.
    assert len(findings) == 5


def test_a_header_in_another_order_is_told(tmp_path: Path) -> None:
    write_folder(tmp_path, json.dumps(SOUND))
    (tmp_path / "exemple-valide.csv").write_text("energie_kwh,code,jour,ouvert\n", encoding="utf-8")
    [finding] = lint_folder(tmp_path)
    assert finding.code == "entete_divergent"


def test_a_key_written_twice_is_told(tmp_path: Path) -> None:
    write_folder(tmp_path, json.dumps(SOUND).replace('"required": true', '"required": true, "required": false'))
    assert described(lint_folder(tmp_path)) == [("cle_en_double", None, "required")]


@pytest.mark.parametrize("text", ["", "[]", "{"])
def test_a_schema_that_cannot_be_read_is_told(tmp_path: Path, text: str) -> None:
    write_folder(tmp_path, text)
    assert described(lint_folder(tmp_path)) == [("schema_illisible", None, None)]


def test_no_reader_but_our_own_is_loaded() -> None:
    field = {"name": "a", "type": "number", "example": "x"}
    program = f"import sys; from greencloud.schema_lint import lint; lint({{'fields': [{field}]}}); "
    program += "print('frictionless' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "False"


@pytest.mark.skipif(
    not SHARED.is_dir(), reason="the received files are not beside the repository (see CONTRIBUTING.md)"
)
def test_the_national_catalogue_has_the_known_defects() -> None:
    verdicts = json.loads((SHARED / "catalogue_lint.json").read_text(encoding="utf-8"))["schemas"]
    assert len(verdicts) == 93
    for verdict in verdicts:
        descriptor = json.loads((SHARED / "catalogue" / verdict["file"]).read_text(encoding="utf-8"))
        findings = lint(descriptor)
        unknown = [item for item in findings if item.code == "cle_inconnue" and "dans un champ" in item.message]
        misplaced = [item for item in findings if item.code == "contrainte_mal_placee"]
        misspelt = [item for item in unknown if "« constraints » ?" in item.message]
        refused = {item.field for item in findings if item.code == "exemple_hors_champ"}
        assert Counter(item.key for item in unknown) == verdict["unknown_keys"], verdict["file"]
        assert Counter(item.key for item in misplaced) == verdict["misplaced_constraints"], verdict["file"]
        losing = sorted({str(item.field) for item in misplaced + misspelt})
        assert losing == sorted(verdict["fields_losing_constraints"]), verdict["file"]
        # An empty example of a required field is told as a missing example.
        failures = {item["field"] for item in verdict["example_failures"] if item["example"]}
        assert refused == failures, verdict["file"]

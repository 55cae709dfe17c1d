"""Every message in French, complete, with its place and its value; the catalogue in docs/ is what they say today."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from greencloud.checking import messages, values
from greencloud.checking.messages import catalogue, cells, constraints, header, notes, patterns, rows, words
from greencloud.checking.messages.examples import Example, field_of
from greencloud.checking.verdicts import Fault
from greencloud.reading import Record
from greencloud.table_schema import doubts
from greencloud.table_schema.vocabulary import CONSTRAINTS, FORMATS
from greencloud.tables import Field, from_descriptor

ROOT = Path(__file__).parents[2]
EXAMPLES = [(title, example) for title, examples in catalogue.SECTIONS for example in examples()]
KEYS = ("primary-key", "unique-error", "foreign-key")
QUOTED = re.compile(r"« .*? »")
# Words that a French sentence never needs; names of types and values of a programming language among them.
ENGLISH = re.compile(
    r"(?i)\b(the|is|are|not|of|with|and|row|field|string|number|integer|boolean|float|error|value|cell|label|missing|"
    r"none|null|true|false|int|str|list|dict|tuple|bool|datetime|decimal|object|array|expected|must|should|invalid|"
    r"unknown|enum|pattern|required|unique)\b"
)


def told(example: Example) -> str:
    """What is ours in a message: neither the received values nor the examples of a fix."""
    fix = re.sub(r"(par exemple|modèle :|parmi :|exactement ainsi :|colonne :) .*", "", example.fix or "")
    return QUOTED.sub("", f"{example.message} {fix}")


@pytest.mark.parametrize(("title", "example"), EXAMPLES, ids=lambda item: getattr(item, "code", ""))
def test_each_message_is_a_french_sentence_with_its_place(title: str, example: Example) -> None:
    assert not ENGLISH.search(told(example)), told(example)
    assert example.message.endswith(".")
    assert "{" not in told(example) and "None" not in example.message
    if title in ("Cellules", "Lignes et clés") or (title.startswith("Contrôles") and example.cause != "colonnes"):
        assert example.message.startswith("Ligne 3")
    if title == "Cellules":
        assert "colonne « " in example.message
        assert "«" in example.message.partition(" : ")[2] or example.cause == "required"
    assert (example.fix is None) == title.startswith("Notes")


@pytest.mark.parametrize(("title", "example"), EXAMPLES, ids=lambda item: getattr(item, "code", ""))
def test_spelling_of_sentences(title: str, example: Example) -> None:
    for sentence in filter(None, (example.message, example.fix)):
        ours = QUOTED.sub("«»", sentence)
        assert not re.search(r"  | ,| \.(?!\d)|\.\.|\(\)", ours), ours
        assert not re.search(r"(?<![\s«])[;!?]|\w:(?!/|\w|\d)", re.sub(r"https?:\S+", "", ours)), ours
        assert not re.search(r"(?i)\b(?:que|de|lorsque|puisque) [aeiouyéèêâî](?!ui\b|nze\b)", ours), f"élision: {ours}"
        assert not re.search(r"\b[2-9]\d* (?:chiffre|cellule|colonne|caractère|ligne)\b", ours), ours


def test_the_catalogue_of_the_documentation_is_up_to_date() -> None:
    printed = (ROOT / "docs" / "messages.md").read_text(encoding="utf-8")
    assert printed == catalogue.document(), f"run: {catalogue.COMMAND} > docs/messages.md"


def calls(name: str) -> Iterator[ast.Call]:
    """Every call of that name in the checker and in what it stands on."""
    for room in ("checking", "reading", "table_schema"):
        for path in sorted((ROOT / "greencloud" / room).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name:
                    yield node


def constant(call: ast.Call, position: int, keyword: str) -> str | None:
    given = dict(enumerate(call.args)).get(position)
    node = given or next((item.value for item in call.keywords if item.arg == keyword), None)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def test_every_fault_of_the_code_has_its_sentence_and_its_example() -> None:
    shown = {(example.code, example.cause) for _, example in EXAMPLES}
    found = {(constant(call, 0, "code"), constant(call, 2, "detail")) for call in calls("Fault")}
    simple = {(code, detail) for code, detail in found if code not in (None, "constraint-error")}
    assert len(simple) > 30
    told = {*cells.SENTENCES, *rows.DIAGNOSES}
    told |= {(code, None) for code in (*KEYS, *rows.UNREADABLE, "type-error")}
    told.add(("type-error", cells.ELEMENT))
    for code, detail in simple:
        assert (code, detail) in told, (code, detail)
        assert (code, detail or "") in shown or (code, detail) == ("type-error", None), (code, detail)


def test_every_deviation_from_frictionless_has_its_sentence() -> None:
    for deviation in doubts.DEVIATIONS:
        assert ("type-error", deviation.code) in cells.SENTENCES


def test_every_sentence_has_an_example() -> None:
    shown = {(example.code, example.cause) for _, example in EXAMPLES}
    assert {(code, detail or "") for code, detail in cells.SENTENCES} <= shown
    assert {("constraint-error", f"{constraint} {detail}") for constraint, detail in constraints.DETAILS} <= shown
    assert set(notes.TOLERANCES) <= {example.code for _, example in EXAMPLES}


def test_every_type_format_and_constraint_of_table_schema_has_its_sentence() -> None:
    typed = {example.cause for _, example in EXAMPLES if example.code == "type-error"}
    formats = {f"{kind} {form}" for kind, forms in FORMATS.items() for form in forms - {"default"}}
    assert set(CONSTRAINTS) - {"string", "any"} | formats <= typed
    assert {name for names in CONSTRAINTS.values() for name in names} | {"unique"} <= set(constraints.CONSTRAINTS)


LIMITS: dict[str, Any] = {
    "required": True,
    "enum": ["a"],
    "pattern": "x(?=y)",
    "minLength": 1,
    "maxLength": 1,
    "minimum": 1,
    "maximum": 1,
    "exclusiveMinimum": 1,
    "exclusiveMaximum": 1,
}


@pytest.mark.parametrize("kind", sorted(CONSTRAINTS))
def test_every_constraint_of_every_type_is_told(kind: str) -> None:
    dated = {"date": "2025-12-31", "datetime": "2025-12-31T00:00:00Z", "time": "10:00:00", "yearmonth": "2025-12"}
    for constraint in CONSTRAINTS[kind]:
        limit = LIMITS[constraint]
        bound = dated.get(kind, limit) if constraint.endswith(("imum",)) else limit
        field = Field("a", kind, "default", {constraint: bound}, {"name": "a", "type": kind})
        message, fix = messages.fault(Fault("constraint-error", constraint), field, 4, "valeur")
        assert message.startswith("Ligne 4, colonne « a » : ")
        assert fix


def test_what_strict_reading_finds_can_be_told() -> None:
    for deviation in doubts.DEVIATIONS:
        descriptor, text = deviation.example
        table = from_descriptor({"fields": [{"name": "a", **descriptor}]})
        field = table.fields[0]
        for fault in values.reader(field, table)(text).faults:
            message, fix = messages.fault(fault, field, 2, text)
            assert message and fix


def test_an_unknown_detail_is_told_by_its_code() -> None:
    field = field_of({"name": "a", "type": "number"})
    assert messages.fault(Fault("erreur_tableur", detail="?"), field, 2, "#X")[0].endswith("est perdue.")
    assert "n'est pas un nombre" in messages.fault(Fault("type-error", detail="?"), field, 2, "x")[0]


def test_numbers_as_the_french_write_them() -> None:
    assert words.figure("1234567.5") == "1\u202f234\u202f567,5"
    assert words.figure("-12345") == "-12\u202f345"
    assert (words.figure("2025"), words.figure("0012345"), words.figure("x")) == ("2025", "0012345", "x")
    assert words.plural(1, "cellule") == "1 cellule" and words.plural(0, "cellule") == "0 cellule"
    assert words.plural(12345, "cellule") == "12\u202f345 cellules"


@pytest.mark.parametrize(
    ("descriptor", "text", "offered"),
    [
        ({"name": "energie_it_kwh", "type": "number"}, "1234500", "1\u202f234\u202f500 kWh"),
        ({"name": "x", "type": "number"}, "1.2E+6", "1\u202f200\u202f000"),
        ({"name": "x", "type": "integer"}, "2025", "2025"),
        ({"name": "x", "type": "date"}, "2023-02-15", "15/02/2023"),
        ({"name": "x", "type": "boolean"}, "true", "oui"),
        ({"name": "x", "type": "string"}, "a", "« a »"),
    ],
)
def test_a_proposal_says_what_would_be_written(descriptor: dict[str, Any], text: str, offered: str) -> None:
    assert words.proposal(text, field_of(descriptor)) == f"Proposition : {offered} ; l'option --corrected l'écrit."


def test_hostile_and_long_values_are_shown_and_cut() -> None:
    field = field_of({"name": "a", "type": "number"})
    message, _ = messages.fault(Fault("type-error"), field, 2, "\x1b[31m\u202e" + "x" * 1000)
    assert message.isprintable() and len(message) < 200 and "…" in message


@pytest.mark.parametrize(
    ("form", "model"),
    [
        ("%d/%m/%Y", "JJ/MM/AAAA, par exemple 31/12/2025"),
        ("%Y%m%d", "AAAAMMJJ, par exemple 20251231"),
        ("%d-%m-%y", "JJ-MM-AA, par exemple 31-12-25"),
        ("%F", "AAAA-MM-JJ, par exemple 2025-12-31"),
    ],
)
def test_a_date_format_is_shown_as_a_french_model(form: str, model: str) -> None:
    field = field_of({"name": "a", "type": "date", "format": form})
    assert f"sous la forme {model}" in messages.fault(Fault("type-error"), field, 2, "x")[1]


@pytest.mark.parametrize(
    ("pattern", "sentence", "example"),
    [
        (r"^\d{14}$", "14 chiffres", "12345678901234"),
        (r"^(?:[0-9]{14}-[0-9]{2})$", "14 chiffres, « - » puis 2 chiffres", "12345678901234-56"),
        (r"^\d\d\.\d\d[A-Z]$", "2 chiffres, « . », 2 chiffres puis 1 majuscule", "12.34E"),
        (r"[a-z]+", "au moins 1 minuscule", "a"),
        (r"^[a-zA-Z0-9]{9,14}$", "9 à 14 chiffres ou lettres", "123456789"),
        (r"^(oui|non)$", "l'une des valeurs : oui, non", "oui"),
        (
            r"(?:(?:^|\|)(Itinérant|Fixe \(bureau\)))+$",
            "une ou plusieurs des valeurs, séparées par « | » : Itinérant, Fixe (bureau)",
            "Itinérant|Fixe (bureau)",
        ),
    ],
)
def test_a_simple_pattern_is_explained(pattern: str, sentence: str, example: str) -> None:
    assert patterns.explain(pattern) == patterns.Explained(sentence, example)


@pytest.mark.parametrize(
    "pattern", ["(a|b(c|d))+", "x(?=y)", r"\w+", "[^a]*", "a{99}", "", "(", r"(?:(?:^|,)(a[bc]|d))+$"]
)
def test_a_pattern_that_says_more_is_left_to_its_example(pattern: str) -> None:
    assert patterns.explain(pattern) is None


def test_an_officer_never_reads_a_regular_expression() -> None:
    field = field_of({"name": "a", "type": "string", "constraints": {"pattern": "x(?=y)"}})
    message, fix = messages.fault(Fault("constraint-error", "pattern"), field, 2, "z")
    assert "(?" not in message + fix


def test_a_record_says_why_it_cannot_be_read() -> None:
    broken = Record(7, 8, 9, [], broken=True)
    assert messages.unreadable(broken)[0].startswith("Ligne 7 (lignes 8 à 9 du texte) : des guillemets")
    lost = Record(7, 7, 7, ["a"], fault="Ligne 7 : un octet est perdu.")
    assert messages.unreadable(lost)[0] == "Ligne 7 : un octet est perdu."
    repaired = Record(7, 7, 7, ["a"], repair="Deux cellules ont été recollées")
    assert messages.repaired(repaired)[0] == "Ligne 7 : deux cellules ont été recollées."


def test_one_note_a_column_and_tolerance() -> None:
    field = field_of({"name": "pue", "type": "number"})
    many = messages.tolerance(field, "virgule_decimale", 1200, "1,5", "1.5")
    assert many.message == (
        "Colonne « pue » : 1\u202f200 cellules écrites avec une virgule décimale (par exemple « 1,5 », lu « 1.5 »)."
    )
    one = messages.tolerance(field, "absent", 1, "n.c.", None)
    assert one.message == "Colonne « pue » : 1 cellule lue comme une valeur absente (« n.c. »)."
    assert "malgré une autre écriture" in messages.tolerance(field, "nouvelle", 1, "x", "y").message


def test_every_fault_of_a_header_read_by_position_has_its_sentence() -> None:
    source = (ROOT / "greencloud" / "checking" / "strict.py").read_text(encoding="utf-8")
    codes = set(re.findall(r'LabelFault\(\s*"([a-z-]+)"', source))
    assert codes <= set(header.STRICT) and {"error", "resource-error"} <= codes

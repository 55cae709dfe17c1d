"""The French papers that people read, in Markdown: the dictionary, the rules, the report and the LISEZMOI."""

import datetime as dt
import re
import string
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import jinja2

from greencloud import rules
from greencloud.packaging.contents import Contents
from greencloud.packaging.datapackage import LICENCE_URL, PUBLISHER, SYNTHETIC_NOTICES, TITLE, example_text
from greencloud.rules import Rule
from greencloud.rules.writing import sentence
from greencloud.tables import Field
from greencloud.warehouse import REFUSALS

THIN_SPACE = "\u202f"  # the narrow no-break space between groups of three digits
NOTHING = "—"
UNITS: Mapping[str, str] = {  # column suffix -> unit; a longer suffix stands before one that it ends with
    "_kgco2e_par_kwh": "kg éq. CO₂ par kWh",
    "_l_par_kwh": "L par kWh",
    "_tco2e": "t éq. CO₂",
    "_eur": "€",
    "kwh_it_par_serveur": "kWh par serveur",
    "kwh_it_par_machine_virtuelle": "kWh par machine virtuelle",
    "kwh_par_m2": "kWh par m²",
    "_kwh": "kWh",
    "_kw": "kW",
    "_m2": "m²",
    "_m3": "m³",
    "_pct": "%",
    "_to": "To",
}
_MONTHS = (  # spelt out: no locale is read
    *("janvier", "février", "mars", "avril", "mai", "juin"),
    *("juillet", "août", "septembre", "octobre", "novembre", "décembre"),
)
_TYPES = {
    "string": "texte",
    "number": "nombre",
    "integer": "entier",
    "boolean": "vrai ou faux (`true`, `false`)",
    "date": "date (AAAA-MM-JJ)",
    "datetime": "date et heure (ISO 8601)",
    "time": "heure",
    "year": "année",
}


_LEVELS = {"erreur": "refus de la ligne", "avertissement": "avertissement", "info": "information"}


def dictionary(contents: Contents) -> str:
    """`dictionnaire.md`: every column of every published table."""
    return _render("dictionnaire.md.j2", contents)


def rule_list(contents: Contents) -> str:
    """`regles.md`: every rule and every code of the published tables, with its meaning."""
    return _render(
        "regles.md.j2", contents, rules=rules.catalogue(), version=rules.VERSION, refusals=REFUSALS, levels=_LEVELS
    )


def readable(template: str, rule: Rule) -> str:
    """A French template of a rule as a sentence about no row in particular: `…` where a value would stand."""
    columns = ", ".join(rule.champs[:-1]) + (" ou " if len(rule.champs) > 1 else "") + rule.champs[-1]
    parts = string.Formatter().parse(sentence(template))
    return "".join(text + (columns if name == "colonne" else "…" if name else "") for text, name, _, _ in parts)


def validation_summary(contents: Contents, report: Mapping[str, Any]) -> str:
    """`rapport_validation.md`: what `validation.report` found, for people."""
    return _render("rapport_validation.md.j2", contents, report=report)


def readme(contents: Contents, has_pages: bool, has_journal: bool) -> str:
    """`LISEZMOI.md`: what the edition holds, how to load it, how to quote it."""
    return _render(
        "LISEZMOI.md.j2",
        contents,
        has_pages=has_pages,
        has_journal=has_journal,
        attribution=attribution(contents),
    )


def attribution(contents: Contents) -> str:
    """The line that the Licence Ouverte 2.0 asks reusers to show: who granted the data, and their last update."""
    return f"Source : {PUBLISHER}, {TITLE}, mise à jour du {french_date(contents.updated)}, Licence Ouverte 2.0"


def french_date(iso: str) -> str:
    """`2026-05-01T…` -> `1er mai 2026`."""
    date = dt.date.fromisoformat(iso[:10])
    return f"{'1er' if date.day == 1 else date.day} {_MONTHS[date.month - 1]} {date.year}"


def french_integer(number: int) -> str:
    """`1234567` -> `1 234 567`, with narrow no-break spaces."""
    return f"{number:,}".replace(",", THIN_SPACE)


def french_size(octets: int) -> str:
    """A file size in octets, ko or Mo (powers of 1,000), with a decimal comma."""
    if octets < 1_000:
        return f"{octets}{THIN_SPACE}octets"
    value, unit = (octets / 1_000, "ko") if octets < 1_000_000 else (octets / 1_000_000, "Mo")
    return f"{value:.1f}".replace(".", ",") + THIN_SPACE + unit


def markdown_text(text: str) -> str:
    """Any text as plain words of a Markdown paragraph or table cell: no markup, no HTML, one line."""
    without_html = text.strip().replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    escaped = re.sub(r"([\\`*_{}\[\]#|~])", r"\\\1", without_html)
    return re.sub(r"\s*[\r\n]+\s*", "<br>", escaped)


def markdown_code(text: str) -> str:
    """Any text as code inside a Markdown table cell: longer fences around backticks, `|` escaped, one line."""
    fence = "`" * (max((len(run) for run in re.findall("`+", text)), default=0) + 1)
    padding = " " if text.startswith("`") or text.endswith("`") else ""
    body = re.sub(r"[\r\n]+", " ", text).replace("|", r"\|")
    return f"{fence}{padding}{body}{padding}{fence}"


def unit(field: Field) -> str:
    """The unit that the suffix of a numeric column states, a dash for any other column."""
    if field.type not in ("number", "integer"):
        return NOTHING
    return next((text for suffix, text in UNITS.items() if field.name.endswith(suffix)), NOTHING)


def constraints(field: Field, primary_key: tuple[str, ...]) -> str:
    """The constraints of a column, but its allowed values, as French Markdown."""
    return " ; ".join(_constraints(field, primary_key)) or NOTHING


def allowed_values(field: Field) -> str:
    """The allowed values of a column as Markdown code, a dash when any value will do."""
    return ", ".join(markdown_code(example_text(value)) for value in field.constraints.get("enum", ())) or NOTHING


def _constraints(field: Field, primary_key: tuple[str, ...]) -> Iterator[str]:
    known = field.constraints
    if field.name in primary_key:
        yield "clé"
    if field.required:
        yield "toujours renseigné"
    if known.get("unique"):
        yield "sans doublon"
    for constraint, words in _BOUNDS.items():
        if constraint in known:
            yield words.format(_french_number(known[constraint]))
    if known.get("pattern", "").startswith(_NO_FORMULA):
        yield "ne commence jamais par `=`, `+`, `@` ou une tabulation"
    elif "pattern" in known:
        yield f"de la forme {markdown_code(known['pattern'])}"


_NO_FORMULA = r"^(?:[^=+@\t"  # the beginning of the pattern that keeps spreadsheets from running a text
_BOUNDS = {
    "minimum": "au moins {}",
    "maximum": "au plus {}",
    "minLength": "au moins {} caractères",
    "maxLength": "au plus {} caractères",
}


def _french_number(bound: Any) -> str:
    return markdown_text(str(bound).replace(".", ",") if isinstance(bound, float) else str(bound))


def _example(field: Field) -> str:
    return NOTHING if field.example in (None, "") else markdown_code(example_text(field.example))


def _render(template: str, contents: Contents, **values: Any) -> str:
    return (
        _environment()
        .get_template(template)
        .render(
            contents=contents,
            title=TITLE,
            licence_url=LICENCE_URL,
            notice=SYNTHETIC_NOTICES[contents.synthetic],
            **values,
        )
    )


@cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("greencloud.packaging"),
        undefined=jinja2.StrictUndefined,
        autoescape=False,  # Markdown: every value goes through `texte` or `code`
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters.update(
        texte=markdown_text,
        code=markdown_code,
        entier=french_integer,
        taille=french_size,
        date=french_date,
        unite=unit,
        contraintes=constraints,
        valeurs=allowed_values,
        exemple=_example,
        lisible=readable,
        phrase=sentence,
    )
    environment.globals["types"] = _TYPES
    return environment

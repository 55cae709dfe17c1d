"""The public page of a site: one HTML file that needs nothing else, with the same figures as CSV and as JSON-LD.

Basis: code de l'énergie, art. D. 236-3 (décret n° 2025-1382): the administrative data, the operation, the yearly
indicators of energy, capacity and traffic of a centre of 500 kW or more, put at the public's disposal by 15 May for
the calendar year before. Contacts are no part of it. Smaller sites may publish the same page of their own will.
"""

import base64
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files as resources
from typing import Any

import jinja2

from greencloud.checking.visible import visible
from greencloud.disclosure.vocabulary import NOMINATIVE
from greencloud.exports import files, json_ld
from greencloud.exports.dossier import THRESHOLD_KW, Dossier, ExportRefused, SiteYear
from greencloud.exports.figures import COMPUTED, READ, Figure, figure
from greencloud.exports.indicators import ADMINISTRATIVE, HEADINGS, Indicator, of_page
from greencloud.exports.words import word
from greencloud.rules.writing import french, sentence

COLUMNS = (
    *("id_centre", "annee", "rubrique", "indicateur", "colonne", "valeur", "unite"),
    *("etat", "motif_absence", "depot_sha256", "depot_ligne"),
)

_HEADLINES = (
    ("energie_totale_kwh",),
    ("energie_it_kwh",),
    ("pue_calcule", "pue_declare"),
    ("eau_totale_m3",),
    ("energie_renouvelable_kwh",),
)
_ABSENT = "non renseigné"
_MARKS = {READ: "relevé", COMPUTED: "calculé"}


@dataclass(frozen=True)
class Shown:
    """A figure as the page shows it: its text, whether it is known, how it was obtained when not declared."""

    text: str
    known: bool
    mark: str = ""


@dataclass(frozen=True)
class Line:
    """An indicator and its values, one a year."""

    label: str
    unit: str
    cells: tuple[Shown, ...]


@dataclass(frozen=True)
class Section:
    """A heading of the page and its lines; lines without any value are named together, not shown."""

    id: str
    title: str
    lines: tuple[Line, ...]
    absent: tuple[str, ...]


@dataclass(frozen=True)
class Page:
    """A public page in its three forms."""

    html: str
    csv: str
    json_ld: str

    @property
    def data(self) -> tuple[tuple[str, str], ...]:
        """The suffix and the text of the files that the HTML page names."""
        return (".csv", self.csv), (".jsonld", self.json_ld)


def page(dossier: Dossier) -> Page:
    """The public page of a site, all its years, the last first; the same dossier gives the same bytes.

    Raises ExportRefused for a site without a year, or that its register says not to be published by name.
    """
    mode = dossier.mode
    if mode != NOMINATIVE:
        raise ExportRefused(
            f"Le registre dit {dossier.id_centre} « {mode} » : ses données ne se publient pas à son nom. Si la page "
            "est bien due, corrigez mode_publication dans centres, puis redéposez la ligne."
        )
    if not dossier.years:
        raise ExportRefused(f"{dossier.id_centre} n'a encore rien déclaré : il n'y a pas de page à écrire.")
    return Page(_html(dossier), _csv(dossier), json_ld.text(dossier))


# ---- figures ----


def _last_first(dossier: Dossier) -> tuple[SiteYear, ...]:
    return tuple(reversed(dossier.years))


def _figures(dossier: Dossier) -> Iterator[tuple[str, SiteYear, Figure]]:
    """Heading, year and figure, in the order of the page; what does not change with the year stands at the last one."""
    for heading in HEADINGS:
        for year in _last_first(dossier)[: 1 if heading == ADMINISTRATIVE else None]:
            for indicator in of_page(heading):
                yield heading, year, figure(indicator, dossier, year)


def _csv(dossier: Dossier) -> str:
    return files.csv_text(COLUMNS, (_row(dossier, *found) for found in _figures(dossier)))


def _row(dossier: Dossier, heading: str, year: SiteYear, item: Figure) -> dict[str, Any]:
    return {
        "id_centre": dossier.id_centre,
        "annee": None if heading == ADMINISTRATIVE else year.year,
        "rubrique": heading,
        "indicateur": item.indicator.label,
        "colonne": item.indicator.column,
        "valeur": item.value,
        "unite": item.indicator.unit,
        "etat": item.state,
        "motif_absence": item.reason,
        "depot_sha256": item.sha256,
        "depot_ligne": item.line,
    }


# ---- HTML ----


def _html(dossier: Dossier) -> str:
    style = resources("greencloud.exports").joinpath("templates", "page.css").read_text(encoding="utf-8")
    years = _last_first(dossier)
    return (
        _environment()
        .get_template("page.html.j2")
        .render(
            dossier=dossier,
            years=years,
            style=style,
            style_hash=base64.b64encode(hashlib.sha256(style.encode()).digest()).decode(),
            identity=tuple(_identity(dossier)),
            headlines=tuple(_headlines(dossier, years[0])),
            sections=tuple(_sections(dossier, years)),
            comments=tuple(_comments(years)),
            warnings=tuple((year.year, year.warnings) for year in years if year.warnings),
            duty=_duty(dossier),
            updated="/".join(reversed(dossier.received.split("-"))),
        )
    )


def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("greencloud.exports"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["visible"] = visible
    environment.filters["sentence"] = sentence
    return environment


def _identity(dossier: Dossier) -> Iterator[tuple[str, Shown]]:
    last = dossier.years[-1]
    for indicator in of_page(ADMINISTRATIVE):
        item = _shown(figure(indicator, dossier, last))
        if indicator.column == "code_insee" and dossier.commune:
            item = Shown(f"{item.text} ({dossier.commune})", item.known)
        yield indicator.label, item


def _headlines(dossier: Dossier, year: SiteYear) -> Iterator[tuple[str, str, Shown]]:
    """The few figures that a reader looks for first; of several columns, the first that is known."""
    by_column = {indicator.column: indicator for heading in HEADINGS for indicator in of_page(heading)}
    for columns in _HEADLINES:
        found = [figure(by_column[column], dossier, year) for column in columns]
        item = next((item for item in found if item.known), found[0])
        yield item.indicator.label, item.indicator.unit, _shown(item)


def _sections(dossier: Dossier, years: tuple[SiteYear, ...]) -> Iterator[Section]:
    for heading, title in HEADINGS.items():
        if heading != ADMINISTRATIVE:
            lines = [_line(indicator, dossier, years) for indicator in of_page(heading)]
            known = tuple(line for line in lines if any(cell.known for cell in line.cells))
            yield Section(heading, title, known, tuple(line.label for line in lines if line not in known))


def _line(indicator: Indicator, dossier: Dossier, years: tuple[SiteYear, ...]) -> Line:
    cells = tuple(_shown(figure(indicator, dossier, year)) for year in years)
    return Line(indicator.label, indicator.unit, cells)


def _shown(item: Figure) -> Shown:
    if not item.known:
        return Shown(word("motif_absence", item.reason) if item.reason else _ABSENT, False)
    mark = _MARKS.get(item.state, "") if item.indicator.table == "declarations" else ""
    if isinstance(item.value, list):
        return Shown(visible(", ".join(item.value)), True, mark)
    if isinstance(item.value, str):
        return Shown(visible(word(item.indicator.column, item.value)), True, mark)
    return Shown(french(item.value), True, mark)


def _comments(years: tuple[SiteYear, ...]) -> Iterator[tuple[int, str]]:
    for year in years:
        said = (year.declaration.get("commentaire_perimetre"), year.declaration.get("commentaire"))
        if text := " ".join(str(part) for part in said if part):
            yield year.year, visible(text)


def _duty(dossier: Dossier) -> str:
    """Why this page exists: the law from 500 kW for the SIRET, the operator's will below."""
    article = "l’article D. 236-3 du code de l’énergie (décret n° 2025-1382 du 29 décembre 2025)"
    if dossier.siret_power_kw is not None and dossier.siret_power_kw >= THRESHOLD_KW:
        return sentence(f"Page publiée en application de {article}.")
    return sentence(
        f"Page publiée sur le modèle de {article}, que ce texte n’impose qu’à partir de {THRESHOLD_KW} kW par SIRET."
    )

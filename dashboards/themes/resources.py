"""Water, reused heat, renewable energy and carbon, by year and by hosting kind, each with the sites it rests on."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from dashboards import figures, french
from dashboards.cells import DIFFUSION, Chart, DataTable, Head, Part, cell, published_table, sentence
from dashboards.data import Edition, Row
from dashboards.themes import NATURES, Nature, Page, alternatives, bars, stems
from dashboards.themes.basis import AGGREGATES, among, latest, whole


@dataclass(frozen=True)
class Resource:
    """An indicator: its column, that of the sites it rests on, its words, how it is written, what it tells."""

    name: str
    column: str
    count: str
    title: str
    unit: str
    form: Callable[[float], str]
    told: str
    definition: str


def _kilograms(value: float) -> str:
    """An intensity of carbon: three decimals, those of the factors it comes from."""
    return french.number(value, 3)


RESOURCES = (
    Resource(
        "eau",
        "wue_l_par_kwh",
        "nb_sites_wue",
        "Eau",
        "WUE, en litres par kWh d’informatique",
        french.ratio,
        "En {annee}, il faut {valeur} litre d’eau par kWh d’informatique, sur les {sites} sites qui déclarent l’eau et "
        "cette énergie.",
        "Eau entrée dans le centre divisée par l’énergie informatique (EN 50600-4-9). L’eau bue par les centrales "
        "électriques n’y est pas. Zéro litre est possible : un refroidissement à sec n’en consomme pas.",
    ),
    Resource(
        "chaleur",
        "erf",
        "nb_sites_erf",
        "Chaleur",
        "ERF, part de l’énergie réutilisée hors du centre",
        french.percent,
        "En {annee}, {valeur} de l’énergie ressort en chaleur utile, sur les {sites} sites qui déclarent les deux "
        "énergies : ceux qui n’en réutilisent pas ne le déclarent pas tous.",
        "Chaleur fournie à un autre usage divisée par l’énergie totale (EN 50600-4-6).",
    ),
    Resource(
        "renouvelable",
        "ref",
        "nb_sites_ref",
        "Renouvelable",
        "REF, part de l’énergie renouvelable",
        french.percent,
        "En {annee}, {valeur} de l’énergie est déclarée renouvelable, sur les {sites} sites qui déclarent les deux "
        "énergies.",
        "Énergie renouvelable divisée par l’énergie totale (EN 50600-4-3) : garanties d’origine, contrats de long "
        "terme et production sur place. Une garantie d’origine ne change pas l’électricité reçue.",
    ),
    Resource(
        "carbone",
        "cue_kgco2e_par_kwh",
        "nb_sites_carbone",
        "Carbone",
        "CUE, en kg équivalent CO₂ par kWh d’informatique",
        _kilograms,
        "En {annee}, il part {valeur} kg équivalent CO₂ par kWh d’informatique, sur les {sites} sites dont les "
        "émissions se calculent.",
        "Émissions de toute l’énergie du centre, divisées par l’énergie informatique (EN 50600-4-8). Toute l’énergie "
        "reçoit le facteur de l’électricité du réseau, celui du territoire et de l’année : un combustible ou un froid "
        "acheté y est compté comme de l’électricité. Un site que des groupes de secours ou une production sur place "
        "ont alimenté n’y est pas, ni celui dont le territoire n’a pas de facteur cette année-là. Les fuites de "
        "fluides, la fabrication du matériel et le bâtiment n’y sont pas non plus.",
    ),
)


def page(edition: Edition) -> Page:
    """The page `ressources.html`."""
    return Page(
        "ressources.html",
        "ressources.html.j2",
        "Eau, chaleur, renouvelable, carbone",
        "ressources.html",
        {"parts": [_part(edition, nature) for nature in NATURES]},
    )


def _part(edition: Edition, nature: Nature) -> dict[str, Any]:
    totals = sorted(edition.groups("ensemble", synthetic=nature.synthetic), key=lambda row: int(row["annee"]))
    kinds = edition.groups("type_hebergement", synthetic=nature.synthetic)
    shown = [resource for resource in RESOURCES if latest(totals, resource.column) or latest(kinds, resource.column)]
    return {
        "nature": nature,
        "answers": [lesson for resource in shown if (lesson := _lesson(totals, resource))],
        "resources": [_resource(edition, totals, kinds, resource, nature) for resource in shown],
        "table": _table(kinds, nature) if shown else None,
    }


def _lesson(totals: Sequence[Row], resource: Resource) -> tuple[Part, ...]:
    row = latest(totals, resource.column)
    if row is None:
        return ()
    older = " C’est la dernière année dont ce chiffre est publié." if row["annee"] < totals[-1]["annee"] else ""
    return sentence(
        f"{resource.title} : {french.within(resource.told)}{older}",
        annee=cell(row, AGGREGATES, "annee"),
        valeur=cell(row, AGGREGATES, resource.column, resource.form),
        sites=cell(row, AGGREGATES, resource.count),
    )


def _resource(
    edition: Edition, totals: Sequence[Row], kinds: Sequence[Row], resource: Resource, nature: Nature
) -> dict[str, Any]:
    """The charts of an indicator: the years of all the sites, and the hosting kinds of the last year that has two."""
    known = [row for row in kinds if row[resource.column] is not None]
    years = [row["annee"] for row in known]
    year = max((year for year in years if years.count(year) > 1), default=None)
    now = [row for row in kinds if row["annee"] == year]
    drawn = [
        _years(totals, resource, nature) if latest(totals, resource.column) else None,
        _kinds(edition, now, resource, nature) if now else None,
    ]
    return {"resource": resource, "charts": [chart for chart in drawn if chart], "alone": not now}


def _years(totals: Sequence[Row], resource: Resource, nature: Nature) -> Chart:
    years = [bars.Bar(row["annee"], row[resource.column], _said(row, resource)) for row in totals]
    return Chart(
        id=f"ressources-annees-{resource.name}-{nature.anchor}",
        title=f"Tous les sites où il se calcule, {totals[0]['annee']} à {totals[-1]['annee']}",
        alternative=(
            f"Barres, une par année : {resource.unit}, "
            + alternatives.over_years([(str(bar.year), bar.value, bar.said) for bar in years])
            + f". {alternatives.end(nature)}"
        ),
        figure=bars.chart(years, synthetic=nature.synthetic),
        table=_years_table(totals, resource, nature),
        csv=f"{AGGREGATES}.csv",
        **among(latest(totals, resource.column), resource.count),
        width=420,
    )


def _said(row: Row, resource: Resource) -> str:
    return cell(row, AGGREGATES, resource.column, resource.form).text


def _kinds(edition: Edition, rows: Sequence[Row], resource: Resource, nature: Nature) -> Chart:
    ordered = sorted(
        rows, key=lambda row: (row[resource.column] is None, -(row[resource.column] or 0), row["modalite"])
    )
    year = ordered[0]["annee"]
    return Chart(
        id=f"ressources-hebergement-{resource.name}-{nature.anchor}",
        title=f"Par type d’hébergement en {year}",
        alternative=(
            f"Une ligne par type d’hébergement, année {year} : {resource.unit}, "
            + alternatives.between([(row["libelle"], row[resource.column], _said(row, resource)) for row in ordered])
            + f". {alternatives.end(nature)}"
        ),
        figure=stems.chart([_stem(row, resource) for row in ordered], synthetic=nature.synthetic),
        table=_kinds_table(ordered, resource, nature),
        csv=f"{AGGREGATES}.csv",
        **among(whole(edition, nature.synthetic, year), resource.count),
        width=420,
    )


def _stem(row: Row, resource: Resource) -> stems.Stem:
    sites = cell(row, AGGREGATES, resource.count)
    text = f"{figures.plain_text(row['libelle'])} : <b>{_said(row, resource)}</b>"
    if row[resource.column] is not None:
        text += f" (n\u00a0=\u00a0{sites.text})"
    return stems.Stem(french.typography(text), row[resource.column])


def _heads(resource: Resource) -> tuple[Head, ...]:
    return (Head(resource.unit.split(",")[0], resource.column, resource.form), Head("Sites", resource.count), DIFFUSION)


def _years_table(totals: Sequence[Row], resource: Resource, nature: Nature) -> DataTable:
    caption = f"{resource.unit}, tous les sites où il se calcule, données {nature.adjective}"
    heads = (Head("Année", "annee"), *_heads(resource))
    return published_table(f"table-{resource.name}-annees-{nature.anchor}", caption, AGGREGATES, totals, heads)


def _kinds_table(rows: Sequence[Row], resource: Resource, nature: Nature) -> DataTable:
    caption = f"{resource.unit}, par type d’hébergement, {rows[0]['annee']}, données {nature.adjective}"
    heads = (Head("Type d’hébergement", "libelle"), *_heads(resource))
    return published_table(f"table-{resource.name}-types-{nature.anchor}", caption, AGGREGATES, rows, heads)


def _table(rows: Sequence[Row], nature: Nature) -> DataTable:
    """Every year and hosting kind, the four indicators side by side, each with its sites."""
    columns = tuple(
        head
        for resource in RESOURCES
        for head in (Head(resource.title, resource.column, resource.form), Head("Sites", resource.count))
    )
    heads = (Head("Type d’hébergement", "libelle"), Head("Année", "annee"), *columns, DIFFUSION)
    caption = f"Eau (L/kWh), chaleur, renouvelable, carbone (kg/kWh) par type et année, données {nature.adjective}"
    ordered = sorted(rows, key=lambda row: (french.alphabetical(row["libelle"]), row["annee"]))
    return published_table(f"table-ressources-{nature.anchor}", caption, AGGREGATES, ordered, heads)

"""The front page: the key figures of the latest year of each nature, and what one learns from them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import plotly.graph_objects as go

from dashboards import figures, french
from dashboards.cells import (
    BODY,
    ENERGIES,
    SITE,
    Cell,
    Chart,
    DataTable,
    Head,
    Part,
    cell,
    masked,
    published_table,
    sentence,
)
from dashboards.data import Edition, Row
from dashboards.themes import COVERED, NATURES, REAL, Nature, Page, alternatives, evolution, perimeter, secrecy, stems
from dashboards.themes.basis import AGGREGATES, COMPARED, SITES, SUMMED, basis, declarants, declared
from dashboards.themes.declared import ORIGIN
from greencloud import tables

MOST_SITES = 12  # latest real figures listed one by one on the front page

_NO_SITE = (
    "En {annee}, aucun site n’a publié à la fois son énergie totale et son énergie informatique : "
    "aucun total ne peut être calculé."
)
_FEW_SITES = (
    "En {annee}, le total est masqué par le secret statistique : moins de trois sites ont publié leurs deux énergies, "
    "ou un seul y pèse presque tout, ou ce total en trahirait un autre."
)
_SITE_BY_SITE = (
    "Les chiffres publiés par les exploitants ou par la presse figurent plus bas, site par site, avec leur source."
)
_COVERAGE = "des sites attendus ont leurs deux énergies connues, ou comptées chez leur hôte"
_OF_POWER = " ; {n} de la puissance"
_IN_LETTERS = ("zéro", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix")
_RATIO_ALONE = "Un PUE publié sans ses deux énergies est montré, mais n’est compté dans aucune somme."


@dataclass(frozen=True)
class KeyFigure:
    """One figure of the front page: what it is, its value, what it is compared with."""

    label: str
    value: Cell
    note: tuple[Part, ...] = ()


def page(edition: Edition) -> Page:
    """The page `index.html`."""
    return Page(
        "index.html",
        "index.html.j2",
        "Vue d’ensemble",
        "index.html",
        {
            "parts": [_part(edition, nature) for nature in NATURES],
            "published": [tables.table(name) for name in tables.PUBLISHED],
        },
    )


def _part(edition: Edition, nature: Nature) -> dict[str, Any]:
    years = [row for row in edition.groups("ensemble", synthetic=nature.synthetic) if row["nb_sites_declarants"] != 0]
    if not years:
        return {"nature": nature, "total": None}
    total = max(years, key=lambda row: int(row["annee"]))
    groups = edition.groups("type_hebergement", synthetic=nature.synthetic, year=total["annee"])
    kinds = sorted((row for row in groups if row["pue"] is not None), key=lambda row: (row["pue"], row["modalite"]))
    hidden = [row for row in groups if row["pue"] is None and masked(row)]
    return {
        "nature": nature,
        "total": total,
        "year": cell(total, AGGREGATES, "annee"),
        "figures": _key_figures(total),
        "sentences": [*_sentences(total, kinds, len(hidden)), *filter(None, [perimeter.brief(edition, nature)])],
        "chart": _chart(kinds, hidden, total, nature) if len(kinds) > 1 else None,
        "shares": _shares(edition, total, nature) if len(kinds) > 1 else None,
        "trend": _trend(years, nature),
        "years": _years_table(years, nature) if len(years) > 1 else None,
        "sites": _sites_table(edition) if nature is REAL else None,
        "secrecy": secrecy.summary(edition, nature),
    }


def _key_figures(total: Row) -> list[KeyFigure]:
    value = {column: cell(total, AGGREGATES, column) for column in total}
    expected, counted, compared, power = (
        value[name] for name in ("nb_sites_attendus", "nb_sites_pue", "nb_sites_distribution", "couverture_puissance")
    )
    return [
        KeyFigure("Sites déclarants", value["nb_sites_declarants"], _beside("sur {n} attendus", expected)),
        KeyFigure("Couverture en énergie", value["couverture_sites"], (_COVERAGE, *_beside(_OF_POWER, power))),
        KeyFigure("Énergie totale", value["energie_totale_kwh"], _beside("de {n} sites", counted)),
        KeyFigure("Énergie informatique", value["energie_it_kwh"], _beside("des {n} mêmes sites", counted)),
        KeyFigure("PUE pondéré", value["pue"], ("énergie totale / énergie informatique",)),
        KeyFigure(
            "PUE médian", value["pue_mediane"], _beside(f"la moitié fait mieux, des {{n}} sites {COMPARED}", compared)
        ),
    ]


def _beside(model: str, value: Cell) -> tuple[Part, ...]:
    """The line under a key figure, left out when the value it gives is missing or masked."""
    return sentence(model, n=value) if value.known else ()


def _sentences(total: Row, kinds: Sequence[Row], hidden: int) -> list[tuple[Part, ...]]:
    value = {column: cell(total, AGGREGATES, column) for column in total}
    if total["pue"] is None:
        why = _NO_SITE if total["nb_sites_pue"] == 0 else _FEW_SITES
        return [sentence(why, annee=value["annee"]), (_SITE_BY_SITE,), (_RATIO_ALONE,)]
    lessons = [
        sentence(
            f"En {{annee}}, {{sites}} {declared(total)} sur {{attendus}} attendus ; "
            "comptés dans les sommes, avec leurs deux énergies de l’année entière : {avec}. "
            "En y ajoutant les sites comptés chez leur hôte, {part} des attendus sont couverts.",
            annee=value["annee"],
            sites=declarants(total),
            attendus=value["nb_sites_attendus"],
            avec=value["nb_sites_pue"],
            part=value["couverture_sites"],
        ),
        sentence(
            "Les {avec} sites comptés dans les sommes ont consommé {total}, dont {it} pour l’informatique : "
            f"un PUE pondéré de {{pue}}. Le PUE médian des sites {COMPARED} est de {{mediane}}.",
            avec=value["nb_sites_pue"],
            total=value["energie_totale_kwh"],
            it=value["energie_it_kwh"],
            pue=value["pue"],
            mediane=value["pue_mediane"],
        ),
    ]
    return lessons + ([_spread(kinds, hidden)] if len(kinds) > 1 else [(_RATIO_ALONE,)])


def _spread(kinds: Sequence[Row], hidden: int) -> tuple[Part, ...]:
    """The kinds that use least and most beside their computing, as far as those that secrecy hides let one say."""
    best, worst = kinds[0], kinds[-1]
    among = "D’un type d’hébergement à l’autre"
    if hidden:
        shown, every = (_IN_LETTERS[min(number, 10)] for number in (len(kinds), len(kinds) + hidden))
        among = f"Pour les {shown} types d’hébergement sur {every} dont il est publié"
    return sentence(
        f"{among}, le PUE pondéré va de {{bas}} pour « {{sobre}} » à {{haut}} pour « {{gourmand}} ».",
        bas=cell(best, AGGREGATES, "pue"),
        haut=cell(worst, AGGREGATES, "pue"),
        sobre=cell(best, AGGREGATES, "libelle", french.within),
        gourmand=cell(worst, AGGREGATES, "libelle", french.within),
    )


def _chart(kinds: Sequence[Row], hidden: Sequence[Row], total: Row, nature: Nature) -> Chart:
    told = [(row["libelle"], row["pue"], cell(row, AGGREGATES, "pue").text) for row in (*kinds, *hidden)]
    return Chart(
        id=f"apercu-{nature.anchor}",
        title="PUE pondéré par type d’hébergement",
        alternative=(
            "Diagramme à points, une ligne par type d’hébergement dont le chiffre est publié : PUE pondéré "
            f"{alternatives.between(told)}. {alternatives.end(nature)}"
        ),
        figure=_figure(kinds, nature.synthetic),
        table=_kinds_table((*kinds, *hidden), nature),
        csv=f"{AGGREGATES}.csv",
        **basis(total),
    )


def _figure(kinds: Sequence[Row], synthetic: bool) -> go.Figure:
    places = [-place for place in range(len(kinds))]
    values = [row["pue"] for row in kinds]
    labels = [
        figures.note(figures.plain_text(row["libelle"]), xref="paper", x=0, xanchor="left", y=place + 0.4)
        for row, place in zip(kinds, places, strict=True)
    ]
    return figures.figure(
        [_lines(values, places), _points(values, places)],
        height=56 * len(kinds) + 60,
        synthetic=synthetic,
        annotations=labels,
        margin={"l": 8, "r": 44, "t": 12, "b": 40},
        xaxis=figures.axis(range=[0.98, max(values) * 1.03], tick0=1, dtick=0.5, tickformat=".1f"),
        yaxis=figures.bare_axis(range=[0.4 - len(kinds), 0.7]),
    )


def _lines(values: Sequence[float], places: Sequence[int]) -> go.Scatter:
    return go.Scatter(
        x=[x for value in values for x in (1.0, value, None)],
        y=[y for place in places for y in (place, place, None)],
        mode="lines",
        line={"color": figures.FAINT, "width": 2},
        hoverinfo="skip",
    )


def _points(values: Sequence[float], places: Sequence[int]) -> go.Scatter:
    return go.Scatter(
        x=values,
        y=places,
        mode="markers+text",
        marker={"size": 14, "symbol": "diamond", "color": figures.VERMILLION},
        text=[f"  {french.ratio(value)}" for value in values],
        textposition="middle right",
        textfont={"size": 14, "color": figures.INK},
        cliponaxis=False,
        hoverinfo="skip",
    )


def _shares(edition: Edition, total: Row, nature: Nature) -> Chart:
    """What part of the energy summed goes to each hosting kind; the hidden ones say so."""
    rows = edition.groups("type_hebergement", synthetic=nature.synthetic, year=total["annee"])
    rows.sort(key=lambda row: (row["energie_totale_kwh"] is None, -(row["energie_totale_kwh"] or 0), row["modalite"]))
    told = [(row["libelle"], row["energie_totale_kwh"], _energy(row, total)) for row in rows]
    heads = (Head("Type d’hébergement", "libelle"), SUMMED, Head("Couverture", "couverture_sites"), *ENERGIES)
    caption = f"Énergie par type d’hébergement, données {nature.adjective}"
    return Chart(
        id=f"apercu-parts-{nature.anchor}",
        title="Énergie totale par type d’hébergement, et sa part du total",
        alternative=(
            "Une ligne par type d’hébergement, de la plus grande énergie totale à la plus petite : "
            f"{alternatives.between(told)}. {alternatives.end(nature)}"
        ),
        figure=stems.chart([_stem(row, total) for row in rows], synthetic=nature.synthetic),
        table=published_table(f"table-parts-{nature.anchor}", caption, AGGREGATES, rows, heads),
        csv=f"{AGGREGATES}.csv",
        **basis(total),
    )


def _stem(row: Row, total: Row) -> stems.Stem:
    said = french.typography(f"{figures.plain_text(row['libelle'])} : <b>{_energy(row, total)}</b>")
    return stems.Stem(said, row["energie_totale_kwh"])


def _energy(row: Row, total: Row) -> str:
    """The energy of a kind, and its share of the total when both are published."""
    energy, every = row["energie_totale_kwh"], total["energie_totale_kwh"]
    said = cell(row, AGGREGATES, "energie_totale_kwh").text
    return said if energy is None or not every else f"{said} ({french.percent(energy / every)})"


def _trend(years: Sequence[Row], nature: Nature) -> list[Chart]:
    """Energy and PUE over the years, as the page of evolution draws them."""
    ordered = sorted(years, key=lambda row: int(row["annee"]))
    if len([row for row in ordered if row["pue"] is not None]) < 2:
        return []
    charts = {"energie": evolution.energy(ordered, nature), "pue": evolution.ratio(ordered, nature)}
    table = f"table-annees-{nature.anchor}"
    return [
        replace(chart, id=f"apercu-{name}-{nature.anchor}", values=table, width=420) for name, chart in charts.items()
    ]


def _kinds_table(kinds: Sequence[Row], nature: Nature) -> DataTable:
    caption = f"PUE pondéré par type d’hébergement, données {nature.adjective}"
    heads = (
        Head("Type d’hébergement", "libelle"),
        SUMMED,
        *ENERGIES,
        Head("PUE pondéré", "pue"),
        Head("PUE médian", "pue_mediane"),
    )
    return published_table(f"table-apercu-{nature.anchor}", caption, AGGREGATES, kinds, heads)


def _years_table(years: Sequence[Row], nature: Nature) -> DataTable:
    caption = f"Toutes les années, données {nature.adjective}. {COVERED}"
    heads = (
        Head("Année", "annee"),
        Head("Sites déclarants", "nb_sites_declarants"),
        Head("Attendus", "nb_sites_attendus"),
        Head("Couverture", "couverture_sites"),
        *ENERGIES,
        Head("PUE pondéré", "pue"),
    )
    ordered = sorted(years, key=lambda row: -int(row["annee"]))
    return published_table(f"table-annees-{nature.anchor}", caption, AGGREGATES, ordered, heads)


def _sites_table(edition: Edition) -> DataTable:
    real = [row for row in edition.sites if not row["synthetique"]]
    shown = sorted(real, key=lambda row: (-row["annee"], row["nom_site"] or "", row["id_centre"]))
    heads = (
        SITE,
        BODY,
        Head("Année", "annee"),
        Head("Énergie totale", "energie_totale_kwh"),
        Head("Énergie informatique", "energie_it_kwh"),
        Head("PUE déclaré", "pue_declare"),
        Head("PUE calculé", "pue_calcule"),
        *ORIGIN,
    )
    caption = "Derniers chiffres publiés, avec leur source"
    return published_table("table-sites-reels", caption, SITES, shown[:MOST_SITES], heads)

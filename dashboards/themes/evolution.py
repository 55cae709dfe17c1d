"""Energy and PUE over the years, with the coverage beside them."""

from collections.abc import Mapping, Sequence
from typing import Any

import plotly.graph_objects as go

from dashboards import figures, french
from dashboards.cells import DIFFUSION, ENERGIES, Chart, DataTable, Head, cell, published_table
from dashboards.data import Edition, Row
from dashboards.themes import COVERED, NATURES, Nature, Page, alternatives, perimeter
from dashboards.themes.basis import AGGREGATES, SUMMED, basis, latest

_GWH = 1e6
_LEGEND: Mapping[str, Any] = {
    "orientation": "h",
    "x": 0,
    "y": 1.02,
    "yanchor": "bottom",
    "traceorder": "normal",
    "itemclick": False,
    "itemdoubleclick": False,
}


def page(edition: Edition) -> Page:
    """The page `evolution.html`."""
    return Page(
        "evolution.html",
        "evolution.html.j2",
        "Évolution",
        "evolution.html",
        {"parts": [_part(edition, nature) for nature in NATURES], "moves": perimeter.MOVES},
    )


def _part(edition: Edition, nature: Nature) -> dict[str, Any]:
    totals = sorted(edition.groups("ensemble", synthetic=nature.synthetic), key=lambda row: int(row["annee"]))
    kinds = [row for row in edition.groups("type_hebergement", synthetic=nature.synthetic) if row["pue"] is not None]
    enough = [row for row in totals if row["pue"] is not None]
    return {
        "nature": nature,
        "energy": energy(totals, nature) if enough else None,
        "ratio": ratio(totals, nature) if enough else None,
        "coverage": _coverage(totals, nature) if enough else None,
        "kinds": _kinds(kinds, totals, nature) if enough else [],
        "kinds_table": _kinds_table(kinds, nature) if kinds and enough else None,
        "table": _totals_table(totals, nature) if totals else None,
        "measures": _measures_table(totals, nature) if enough else None,
        "constant": perimeter.part(edition, nature),
    }


def energy(totals: Sequence[Row], nature: Nature) -> Chart:
    """The energy of the sites summed each year: that of computing, and the rest over it."""
    told = alternatives.over_years(_points(totals, "energie_totale_kwh"))
    return Chart(
        id=f"evolution-energie-{nature.anchor}",
        title="Énergie des sites comptés dans les sommes, en GWh",
        alternative=(
            "Barres empilées, une par année, énergie de l’informatique en bas, reste de l’énergie au-dessus : "
            f"énergie totale {told}. {alternatives.end(nature, 'des années')}"
        ),
        figure=_energy_figure(totals, nature.synthetic),
        csv=f"{AGGREGATES}.csv",
        **basis(latest(totals)),
        values=f"table-evolution-{nature.anchor}",
    )


def _points(rows: Sequence[Row], column: str) -> list[alternatives.Point]:
    return [(str(row["annee"]), row[column], cell(row, AGGREGATES, column).text) for row in rows]


def _energy_figure(totals: Sequence[Row], synthetic: bool) -> go.Figure:
    known = [row for row in totals if row["pue"] is not None]
    years = [row["annee"] for row in known]
    it = [row["energie_it_kwh"] / _GWH for row in known]
    rest = [(row["energie_totale_kwh"] - row["energie_it_kwh"]) / _GWH for row in known]
    hatched = {"color": "#f0b27f", "pattern": {"shape": "/", "fgcolor": figures.VERMILLION, "size": 6}}
    others = "refroidissement et pertes"
    return figures.figure(
        [
            go.Bar(x=years, y=it, name="informatique", marker={"color": figures.BLUE}, hoverinfo="skip"),
            go.Bar(x=years, y=rest, name=others, marker=hatched, hoverinfo="skip"),
        ],
        height=340,
        synthetic=synthetic,
        annotations=[_top(row) for row in known],
        barmode="stack",
        bargap=0.35,
        showlegend=True,
        legend=_LEGEND,
        margin={"l": 52, "r": 8, "t": 48, "b": 32},
        opaque=True,
        xaxis=_years_axis(totals),
        yaxis=figures.axis(
            range=[0, 1.15 * max(a + b for a, b in zip(it, rest, strict=True))],
            nticks=5,
            automargin=False,
            separatethousands=True,
        ),
    )


def _top(row: Row) -> dict[str, Any]:
    """The label over a bar: at most three digits, so that neighbours stay apart on a narrow screen."""
    total = row["energie_totale_kwh"] / _GWH
    return figures.note(
        french.number(total, 0 if total >= 100 else 1),
        x=row["annee"],
        y=total,
        yanchor="bottom",
        yshift=2,
        font={"size": 11, "color": figures.INK},
        bgcolor=figures.PAPER,
    )


def ratio(totals: Sequence[Row], nature: Nature) -> Chart:
    """The weighted PUE of the sites summed each year, which are not the same ones from a year to the next."""
    return Chart(
        id=f"evolution-pue-{nature.anchor}",
        title="PUE pondéré des sites comptés dans les sommes, qui ne sont pas les mêmes d’une année à l’autre",
        alternative=(
            "Courbe, un point par année : PUE pondéré des sites comptés dans les sommes, "
            f"{alternatives.over_years(_points(totals, 'pue'))}. {alternatives.end(nature, 'des années')}"
        ),
        figure=_ratio_figure(totals, nature.synthetic),
        csv=f"{AGGREGATES}.csv",
        **basis(latest(totals)),
        values=f"table-evolution-{nature.anchor}",
    )


def _ratio_figure(totals: Sequence[Row], synthetic: bool) -> go.Figure:
    known = [row for row in totals if row["pue"] is not None]
    values = [row["pue"] for row in known]
    line = go.Scatter(
        x=[row["annee"] for row in totals],
        y=[row["pue"] for row in totals],
        mode="lines+markers",
        line={"color": figures.VERMILLION, "width": 2.5},
        marker={"size": 9, "symbol": "diamond", "color": figures.VERMILLION},
        hoverinfo="skip",
    )
    return figures.figure(
        [line],
        height=200,
        synthetic=synthetic,
        annotations=[_end_label(row) for row in known],
        margin={"l": 52, "r": 8, "t": 12, "b": 32},
        xaxis=_years_axis(totals),
        yaxis=figures.axis(range=[1.0, max(values) + 0.25], nticks=4, tickformat=".1f", automargin=False),
    )


def _coverage(totals: Sequence[Row], nature: Nature) -> Chart:
    return Chart(
        id=f"evolution-couverture-{nature.anchor}",
        title=COVERED.rstrip("."),
        alternative=(
            "Barres, une par année : part des sites attendus dont les deux énergies sont connues, "
            f"ou comptées chez leur hôte, {alternatives.over_years(_points(totals, 'couverture_sites'))}. "
            f"{alternatives.end(nature, 'des années')}"
        ),
        figure=_coverage_figure(totals, nature.synthetic),
        csv=f"{AGGREGATES}.csv",
        **basis(latest(totals, "couverture_sites")),
        values=f"table-evolution-{nature.anchor}",
    )


def _coverage_figure(totals: Sequence[Row], synthetic: bool) -> go.Figure:
    known = [row for row in totals if row["couverture_sites"] is not None]
    return figures.figure(
        [
            go.Bar(
                x=[row["annee"] for row in known],
                y=[100 * row["couverture_sites"] for row in known],
                marker={"color": "#c3ccd3", "line": {"color": figures.MUTED, "width": 1}},
                hoverinfo="skip",
            )
        ],
        height=200,
        synthetic=synthetic,
        annotations=[_share(row) for row in known],
        bargap=0.35,
        margin={"l": 52, "r": 8, "t": 24, "b": 32},
        opaque=True,
        xaxis=_years_axis(totals),
        yaxis=figures.axis(range=[0, 100], dtick=50, ticksuffix="\u00a0%", automargin=False),
    )


def _share(row: Row) -> dict[str, Any]:
    """The label over a bar, on paper of its own: the watermark passes behind it."""
    share = 100 * row["couverture_sites"]
    text = f"{french.number(share)}\u00a0%"
    font = {"size": 11, "color": figures.INK}
    return figures.note(text, x=row["annee"], y=share, yshift=2, yanchor="bottom", font=font, bgcolor=figures.PAPER)


def _years_axis(totals: Sequence[Row]) -> dict[str, Any]:
    return figures.years_axis([row["annee"] for row in totals], automargin=False)


def _kinds(rows: Sequence[Row], totals: Sequence[Row], nature: Nature) -> list[Chart]:
    """Small multiples: one chart per hosting kind, the others in grey behind, all on the same scale."""
    by_kind: dict[str, list[Row]] = {}
    for row in sorted(rows, key=lambda row: int(row["annee"])):
        by_kind.setdefault(row["modalite"], []).append(row)
    ordered = sorted(by_kind.values(), key=lambda series: (-series[-1]["pue"], series[-1]["modalite"]))
    values = [row["pue"] for row in rows]
    years = (totals[0]["annee"], totals[-1]["annee"])
    limits = (min(1.0, *values), max(values) + 0.3) if values else (1.0, 2.0)
    return [_kind(series, ordered, years, limits, nature) for series in ordered]


def _kind(
    series: Sequence[Row],
    everyone: Sequence[Sequence[Row]],
    years: tuple[int, int],
    limits: tuple[float, float],
    nature: Nature,
) -> Chart:
    last = series[-1]
    return Chart(
        id=f"evolution-{last['modalite'].replace('_', '-')}-{nature.anchor}",
        title=last["libelle"],
        alternative=(
            f"{last['libelle']} : PUE pondéré {alternatives.over_years(_points(series, 'pue'))}. "
            f"{alternatives.end(nature, 'qui suit les cadres')}"
        ),
        figure=_kind_figure(series, everyone, years, limits, nature.synthetic),
        csv=f"{AGGREGATES}.csv",
        **basis(last),
        values=f"table-evolution-hebergement-{nature.anchor}",
        width=300,
    )


def _kind_figure(
    series: Sequence[Row],
    everyone: Sequence[Sequence[Row]],
    years: tuple[int, int],
    limits: tuple[float, float],
    synthetic: bool,
) -> go.Figure:
    behind = [_line(other, {"color": figures.FAINT, "width": 1}, "lines") for other in everyone if other is not series]
    front = _line(series, {"color": figures.BLUE, "width": 2.5}, "lines+markers")
    ends = {id(row): row for row in (series[0], series[-1])}.values()
    return figures.figure(
        [*behind, front],
        height=190,
        synthetic=synthetic,
        annotations=[_end_label(row) for row in ends],
        margin={"l": 8, "r": 8, "t": 10, "b": 28},
        xaxis=figures.axis(
            range=[years[0] - 0.6, years[1] + 0.6],
            tickvals=[years[0], years[1]],
            tickformat="d",
            showgrid=False,
        ),
        yaxis=figures.axis(range=list(limits), dtick=0.5, tickformat=".1f"),
    )


def _line(series: Sequence[Row], line: dict[str, Any], mode: str) -> go.Scatter:
    return go.Scatter(
        x=[row["annee"] for row in series],
        y=[row["pue"] for row in series],
        mode=mode,
        line=line,
        marker={"size": 7, "color": figures.BLUE},
        hovertext=[f"{row['annee']} : {french.ratio(row['pue'])}" for row in series],
        hoverinfo="text" if "markers" in mode else "skip",
    )


def _end_label(row: Row) -> dict[str, Any]:
    return figures.note(
        f"<b>{french.ratio(row['pue'])}</b>",
        x=row["annee"],
        y=row["pue"],
        yshift=9,
        yanchor="bottom",
        font={"size": 11, "color": figures.INK},
        bgcolor="rgba(255,255,255,0.8)",
    )


_RATIOS = (
    Head("PUE pondéré", "pue"),
    Head("Sites comparables", "nb_sites_distribution"),
    Head("PUE médian", "pue_mediane"),
)
_COVERAGES = (
    Head("Couverture (sites)", "couverture_sites"),
    Head("Couverture (puissance)", "couverture_puissance"),
)


def _totals_table(totals: Sequence[Row], nature: Nature) -> DataTable:
    caption = f"Toutes les années, données {nature.adjective}. {COVERED}"
    heads = (Head("Année", "annee"), SUMMED, *ENERGIES, *_RATIOS, *_COVERAGES, DIFFUSION)
    return published_table(f"table-evolution-{nature.anchor}", caption, AGGREGATES, totals, heads)


def _measures_table(totals: Sequence[Row], nature: Nature) -> DataTable:
    caption = (
        f"Part mesurée et émissions par année, données {nature.adjective}. Les émissions sont celles des seuls sites "
        "dont le territoire et l’année ont un facteur, et que ni groupes de secours ni production sur place n’ont "
        "alimentés ; toute leur énergie y reçoit le facteur de l’électricité."
    )
    heads = (
        Head("Année", "annee"),
        SUMMED,
        Head("Part de l’énergie informatique mesurée", "part_it_mesuree"),
        Head("Sites dans les émissions", "nb_sites_carbone"),
        Head("Émissions", "emissions_tco2e"),
        Head("CUE (kg CO₂e par kWh)", "cue_kgco2e_par_kwh"),
    )
    return published_table(f"table-mesure-{nature.anchor}", caption, AGGREGATES, totals, heads)


def _kinds_table(rows: Sequence[Row], nature: Nature) -> DataTable:
    caption = f"PUE pondéré par type d’hébergement et par année, données {nature.adjective}"
    heads = (
        Head("Type d’hébergement", "libelle"),
        Head("Année", "annee"),
        Head("Sites déclarants", "nb_sites_declarants"),
        SUMMED,
        *ENERGIES,
        *_RATIOS,
    )
    ordered = sorted(rows, key=lambda row: (french.alphabetical(row["libelle"]), row["annee"]))
    return published_table(f"table-evolution-hebergement-{nature.anchor}", caption, AGGREGATES, ordered, heads)

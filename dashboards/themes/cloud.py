"""The cloud observatory: virtual machines, servers, storage, and the share hosted in each cloud circle."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import plotly.graph_objects as go

from dashboards import figures, french
from dashboards.cells import DIFFUSION, Chart, Column, DataTable, Head, Part, cell, masked, published_table, sentence
from dashboards.data import Edition, Row
from dashboards.themes import NATURES, Nature, Page

CLOUD = "observatoire_cloud"

# What is counted: its words, and how its values are written.
COUNTS: Mapping[str, tuple[str, Callable[[float], str]]] = {
    "nb_machines_virtuelles": ("Machines virtuelles", french.integer),
    "nb_serveurs_physiques": ("Serveurs physiques", french.integer),
    "stockage_utile_to": ("Stockage utile (To)", french.integer),
    "machines_virtuelles_par_serveur": ("Machines virtuelles par serveur", lambda value: french.number(value, 1)),
}
CIRCLES = ("cloud_interne", "cloud_dedie", "cloud_externe")
_SHARED = ("nb_machines_virtuelles", "nb_serveurs_physiques", "stockage_utile_to")
_BIG = ((1e9, "Md"), (1e6, "M"), (1e3, "k"))


def page(edition: Edition) -> Page:
    """The page `observatoire-cloud.html`."""
    return Page(
        "observatoire-cloud.html",
        "observatoire-cloud.html.j2",
        "Observatoire du cloud",
        "observatoire-cloud.html",
        {"parts": [_part(edition, nature) for nature in NATURES]},
    )


def _part(edition: Edition, nature: Nature) -> dict[str, Any]:
    rows = edition.rows(CLOUD, synthetic=nature.synthetic)
    whole = [row for row in rows if row["dimension"] == "ensemble"]
    circles = [row for row in rows if row["modalite"] in CIRCLES]
    known = any(row["valeur"] is not None for row in whole)
    return {
        "nature": nature,
        "hidden": sum(map(masked, rows)),
        "rows": len(rows),
        "answer": _answer(whole, circles),
        "counts": [_count_chart(name, whole, nature) for name in COUNTS] if known else [],
        "table": _counts_table(whole, nature) if known else None,
        "circles": [_circle_chart(edition, kind, circles, nature) for kind in _declared(circles)] if known else [],
        "circles_table": _circles_table(circles, nature) if known and circles else None,
    }


def _declared(circles: Sequence[Row]) -> list[str]:
    """The circles that have a row, in their order: a circle where no site is expected has none."""
    return [kind for kind in CIRCLES if any(row["modalite"] == kind for row in circles)]


def _answer(whole: Sequence[Row], circles: Sequence[Row]) -> tuple[Part, ...]:
    """How many virtual machines are counted, and the circle that holds most of them."""
    counted = [row for row in whole if row["indicateur"] == "nb_machines_virtuelles" and row["valeur"] is not None]
    if not counted:
        return ()
    total = max(counted, key=lambda row: int(row["annee"]))
    shares = [row for row in circles if row["indicateur"] == total["indicateur"] and row["annee"] == total["annee"]]
    shares = [row for row in shares if row["part"] is not None]
    model = "En {annee}, les {sites} sites qui les comptent font tourner {machines} machines virtuelles"
    cells = {
        "annee": cell(total, CLOUD, "annee"),
        "sites": cell(total, CLOUD, "nb_sites"),
        "machines": cell(total, CLOUD, "valeur", french.integer),
    }
    if not shares:
        return sentence(f"{model}.", **cells)
    most = max(shares, key=lambda row: (row["part"], row["modalite"]))
    cells |= {"part": cell(most, CLOUD, "part"), "cercle": cell(most, CLOUD, "libelle", french.within)}
    return sentence(f"{model} ; des trois cercles du cloud, le plus gros est « {{cercle}} », avec {{part}}.", **cells)


def _basis(series: Sequence[Row]) -> dict[str, Any]:
    """How many sites give the last count of a series, and their share of those expected."""
    known = [row for row in series if row["valeur"] is not None and row["nb_sites"]]
    if not known:
        return {}
    row = known[-1]
    share = {"coverage": french.percent(row["nb_sites"] / row["nb_sites_attendus"])} if row["nb_sites_attendus"] else {}
    return {"count": cell(row, CLOUD, "nb_sites"), "year": cell(row, CLOUD, "annee"), **share}


def _count_chart(name: str, rows: Sequence[Row], nature: Nature) -> Chart:
    title, _ = COUNTS[name]
    series = sorted((row for row in rows if row["indicateur"] == name), key=lambda row: int(row["annee"]))
    labels = [short(row["valeur"], name) if row["valeur"] is not None else None for row in series]
    return Chart(
        id=f"cloud-{name.replace('_', '-')}-{nature.anchor}",
        title=title,
        alternative=f"Barres, une par année : {title.lower()}, somme des sites qui les comptent. "
        f"Données {nature.adjective}. Les valeurs sont dans le tableau qui suit.",
        figure=_bars(series, [row["valeur"] for row in series], labels, None, nature.synthetic),
        csv=f"{CLOUD}.csv",
        **_basis(series),
        width=420,
    )


def short(value: float, name: str) -> str:
    """A value as it fits over a bar: at most three digits and a prefix."""
    for factor, unit in _BIG:
        if value >= factor and name != "machines_virtuelles_par_serveur":
            scaled = value / factor
            return f"{french.number(scaled, 0 if scaled >= 100 else 1)}\u00a0{unit}"
    return COUNTS[name][1](value)


def _circle_chart(edition: Edition, kind: str, rows: Sequence[Row], nature: Nature) -> Chart:
    label = edition.label("type_hebergement", kind)
    series = [row for row in rows if row["modalite"] == kind and row["indicateur"] == "nb_machines_virtuelles"]
    series.sort(key=lambda row: int(row["annee"]))
    shares = [None if row["part"] is None else 100 * row["part"] for row in series]
    top = max([1.0, *(100 * row["part"] for row in rows if row["part"] is not None)])
    labels = [None if share is None else f"{french.number(share, 0 if share >= 10 else 1)}\u00a0%" for share in shares]
    return Chart(
        id=f"cloud-part-{kind.replace('_', '-')}-{nature.anchor}",
        title=label,
        alternative=f"Barres, une par année : part des machines virtuelles comptées qui sont hébergées en {label}. "
        f"Données {nature.adjective}. Les valeurs sont dans le tableau qui suit.",
        figure=_bars(series, shares, labels, top, nature.synthetic, ticksuffix="\u00a0%"),
        csv=f"{CLOUD}.csv",
        **_basis(series),
        width=300,
    )


def _bars(
    series: Sequence[Row],
    values: Sequence[float | None],
    labels: Sequence[str | None],
    top: float | None,
    synthetic: bool,
    **yaxis: Any,
) -> go.Figure:
    """Small bars by year; the years that secrecy hides, or that nobody counted, say so instead."""
    years = [row["annee"] for row in series]
    known = [value for value in values if value is not None]
    height = top if top is not None else max([1.0, *known])
    shown = [(year, value) for year, value in zip(years, values, strict=True) if value is not None]
    return figures.figure(
        [
            go.Bar(
                x=[year for year, _ in shown],
                y=[value for _, value in shown],
                marker={"color": figures.BLUE},
                hoverinfo="skip",
            )
        ],
        height=200,
        synthetic=synthetic,
        annotations=[_top(*bar) for bar in zip(series, values, labels, strict=True)],
        bargap=0.3,
        margin={"l": 8, "r": 8, "t": 8, "b": 28},
        opaque=True,
        xaxis=figures.axis(
            range=[years[0] - 0.6, years[-1] + 0.6], tickvals=[years[0], years[-1]], tickformat="d", showgrid=False
        ),
        yaxis=figures.bare_axis(range=[0, 1.25 * height], **yaxis),
    )


def _top(row: Row, value: float | None, label: str | None) -> dict[str, Any]:
    """What stands over a bar, or in the place of one that is not shown: why."""
    return figures.note(
        label or cell(row, CLOUD, "valeur" if row["valeur"] is None else "part").text,
        x=row["annee"],
        y=value or 0,
        yanchor="bottom",
        yshift=2,
        textangle=0 if label else -90,
        bgcolor=figures.PAPER,
        font={"size": 11, "color": figures.INK if label else figures.MUTED},
    )


def _counts_table(rows: Sequence[Row], nature: Nature) -> DataTable:
    """A year by row: each count with the number of sites that give it."""
    caption = (
        f"Décomptes de l’observatoire, tous sites, données {nature.adjective}. Sites : ceux qui donnent le décompte."
    )
    years = sorted({row["annee"] for row in rows})
    columns = [Column("Année", True)]
    for title, _ in COUNTS.values():
        columns += [Column(title, True), Column("Sites", True)]
    by_place = {(row["annee"], row["indicateur"]): row for row in rows}
    shown = []
    for year in years:
        line = [cell(by_place[year, "nb_machines_virtuelles"], CLOUD, "annee")]
        for name, (_, form) in COUNTS.items():
            row = by_place[year, name]
            line += [cell(row, CLOUD, "valeur", form), cell(row, CLOUD, "nb_sites")]
        shown.append(tuple(line))
    return DataTable(f"table-cloud-{nature.anchor}", caption, tuple(columns), tuple(shown))


def _circles_table(rows: Sequence[Row], nature: Nature) -> DataTable:
    heads = (
        Head("Cercle", "libelle"),
        Head("Année", "annee"),
        Head("Compté", "indicateur", lambda name: COUNTS[name][0]),
        Head("Sites", "nb_sites"),
        Head("Sites attendus", "nb_sites_attendus"),
        Head("Valeur", "valeur", french.integer),
        Head("Part de l’ensemble", "part"),
        DIFFUSION,
    )
    ordered = sorted(
        (row for row in rows if row["indicateur"] in _SHARED),
        key=lambda row: (CIRCLES.index(row["modalite"]), _SHARED.index(row["indicateur"]), row["annee"]),
    )
    caption = f"Part hébergée dans chaque cercle du cloud, données {nature.adjective}"
    return published_table(f"table-cloud-cercles-{nature.anchor}", caption, CLOUD, ordered, heads)

"""Sites ranked within their peer group: only level `pleine`, and never across measurement categories."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import plotly.graph_objects as go

from dashboards import figures, french
from dashboards.cells import BODY, SITE, Chart, DataTable, Head, published_table
from dashboards.data import Edition, Row
from dashboards.themes import NATURES, Nature, Page
from dashboards.themes.declared import ORIGIN

SITES = "indicateurs_annuels"
ROW_HEIGHT = 60  # px of one peer group
_WIDENED = ("tous ", "toutes ")  # a part of a group's name that leaves nobody out

WORDS: Mapping[str, str] = {
    "calcul_intensif": "calcul intensif",
    "hopital": "hôpital",
    "enseignement_recherche": "enseignement et recherche",
    "mutualise": "mutualisé",
    "autre": "autre usage",
    "outre_mer": "outre-mer",
    "salle_serveurs": "salle de serveurs",
    "centre_propre": "centre propre",
    "centre_mutualise_public": "centre mutualisé public",
    "cloud_interne": "cloud interne",
    "cloud_dedie": "cloud dédié",
    "cloud_externe": "cloud externe",
}

# Each measurement category has its own shape and its own colour: neither is needed to read the other.
CATEGORIES: Mapping[str, tuple[str, str]] = {
    "1": ("circle", figures.BLUE),
    "2": ("diamond", figures.VERMILLION),
    "3": ("square", figures.GREEN),
}


def pages(edition: Edition) -> list[Page]:
    """One page a year: `classement.html` for the latest, `classement-<annee>.html` for the others."""
    years = sorted({row["annee"] for row in edition.sites}, reverse=True)
    links = [(year, _path(year, years)) for year in years]
    return [
        Page(
            _path(year, years),
            "classement.html.j2",
            "Classement des sites" if year == years[0] else f"Classement des sites en {year}",
            "classement.html",
            {"year": year, "years": links, "parts": _parts(edition, year), **_choices(edition, year)},
        )
        for year in years
    ] or [Page("classement.html", "classement.html.j2", "Classement des sites", "classement.html", _EMPTY)]


_EMPTY: Mapping[str, Any] = {"year": None, "years": [], "parts": [], "kinds": [], "regions": [], "sizes": []}


def ranked(edition: Edition, year: int, nature: Nature) -> list[Row]:
    """The ranked sites of a year, by group and rank."""
    rows = [
        row
        for row in edition.sites
        if row["annee"] == year
        and row["synthetique"] is nature.synthetic
        and row["niveau_comparabilite"] == "pleine"
        and row["rang_pairs"] is not None
    ]
    return sorted(rows, key=lambda row: (_group_order(row["groupe_pairs"]), row["rang_pairs"], row["id_centre"]))


def peers(group: str, rows: Sequence[Row]) -> list[Row]:
    """The rows that a group `size, use, climate, category, hosting` compares, those of a narrower group included."""
    wanted = group.split(", ")
    return [row for row in rows if all(_within(part, own) for part, own in zip(wanted, _peer_values(row), strict=True))]


def _peer_values(row: Row) -> tuple[str, ...]:
    names = ("classe_taille", "usage_principal", "zone_climatique", "type_hebergement")
    size, use, climate, hosting = (str(row[name]) for name in names)
    return size, use, climate, f"C{row['categorie_mesure_it']}", hosting


def _within(part: str, own: str) -> bool:
    """Whether a value belongs to a part of a group's name: the same, any, or a span of sizes such as `T1 à T3`."""
    low, _, high = part.partition(" à ")
    return part.startswith(_WIDENED) or low <= own <= (high or low)


def _group_order(group: str) -> tuple[str, bool, str]:
    """Small sizes first; a span of sizes after the groups of its smallest."""
    return group[:2], " à " in group, group


def _path(year: int, years: Sequence[int]) -> str:
    return "classement.html" if year == years[0] else f"classement-{year}.html"


def _parts(edition: Edition, year: int) -> list[dict[str, Any]]:
    return [_part(edition, year, nature) for nature in NATURES]


def _part(edition: Edition, year: int, nature: Nature) -> dict[str, Any]:
    rows = ranked(edition, year, nature)
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        groups[row["groupe_pairs"]].append(row)
    return {
        "nature": nature,
        "chart": _chart(groups, rows, year, nature) if rows else None,
        "table": _table(edition, rows, year, nature) if rows else None,
    }


def _choices(edition: Edition, year: int) -> dict[str, Any]:
    rows = [row for nature in NATURES for row in ranked(edition, year, nature)]
    kinds = {row["type_hebergement"]: edition.label("type_hebergement", row["type_hebergement"]) for row in rows}
    regions = {row["code_region"]: row["nom_region"] or row["code_region"] for row in rows if row["code_region"]}
    return {"kinds": _sorted_by_label(kinds), "regions": _sorted_by_label(regions), "sizes": _sizes(edition, rows)}


def _sizes(edition: Edition, rows: Sequence[Row]) -> list[tuple[str, str]]:
    """The size classes of the rows with their label, for the reader of the names of the groups."""
    return [(size, edition.label("classe_taille", size)) for size in sorted({row["classe_taille"] for row in rows})]


def _sorted_by_label(choices: Mapping[str | None, str]) -> list[tuple[str, str]]:
    return sorted(((code or "", label) for code, label in choices.items()), key=lambda item: (item[1], item[0]))


def _chart(groups: Mapping[str, Sequence[Row]], rows: Sequence[Row], year: int, nature: Nature) -> Chart:
    return Chart(
        id=f"classement-{nature.anchor}",
        title=f"Les sites et leurs pairs en {year}",
        alternative=(
            f"Diagramme à points : {len(groups)} groupes de pairs, une ligne chacun, un point par site placé selon son "
            f"PUE, année {year}. Données {nature.adjective}. Chaque site figure dans le tableau qui suit."
        ),
        figure=_figure(groups, rows, nature.synthetic),
    )


def _figure(groups: Mapping[str, Sequence[Row]], everyone: Sequence[Row], synthetic: bool) -> go.Figure:
    traces: list[Any] = []
    annotations: list[dict[str, Any]] = []
    for place, (group, rows) in enumerate(groups.items()):
        annotations.append(_heading(group, rows, -place))
        traces += [_others(group, rows, everyone, -place), _dots(rows, -place)]
    return figures.figure(
        traces,
        height=ROW_HEIGHT * len(groups) + 80,
        synthetic=synthetic,
        annotations=annotations,
        margin={"l": 12, "r": 12, "t": 34, "b": 8},
        xaxis=figures.axis(
            range=[1.0, max(row["pue_calcule"] for row in everyone) + 0.1],
            dtick=0.5,
            tickformat=".1f",
            side="top",
        ),
        yaxis=figures.bare_axis(range=[0.6 - len(groups), 0.85]),
        shapes=[_rail(-place) for place in range(len(groups))],
    )


def _rail(center: float) -> dict[str, Any]:
    return {
        "type": "line",
        "xref": "paper",
        "x0": 0,
        "x1": 1,
        "y0": center,
        "y1": center,
        "layer": "below",
        "line": {"color": figures.GRID, "width": 1},
    }


def _heading(group: str, rows: Sequence[Row], center: float) -> dict[str, Any]:
    size, use, climate, category, kind = (figures.plain_text(part) for part in _name(group).split(", "))
    text = f"<b>{size}, {kind}</b><br>{use}, {climate}, {category}, {rows[0]['nb_pairs']} pairs"
    font = {"size": 12, "color": figures.INK}
    place = {"xref": "paper", "x": 0, "xanchor": "left", "y": center + 0.46, "yanchor": "middle", "align": "left"}
    return figures.note(text, font=font, **place)


def _name(group: str) -> str:
    """The name of a group for a reader: its codes of use, climate and hosting as French words."""
    return ", ".join(WORDS.get(part, part) for part in group.split(", "))


def _others(group: str, rows: Sequence[Row], everyone: Sequence[Row], center: float) -> go.Scatter:
    """The peers of a widened group that have their own rank in a narrower one, as small grey rings."""
    own = {row["id_centre"] for row in rows}
    values = [row["pue_calcule"] for row in peers(group, everyone) if row["id_centre"] not in own]
    return go.Scatter(
        x=values,
        y=[center] * len(values),
        mode="markers",
        marker={"size": 8, "symbol": "circle-open", "color": figures.MUTED, "line": {"width": 1}},
        hoverinfo="skip",
    )


def _dots(rows: Sequence[Row], center: float) -> go.Scatter:
    symbol, colour = CATEGORIES[rows[0]["categorie_mesure_it"]]
    return go.Scatter(
        x=[row["pue_calcule"] for row in rows],
        y=[center] * len(rows),
        mode="markers",
        marker={
            "size": 12,
            "symbol": symbol,
            "color": colour,
            "opacity": 0.85,
            "line": {"width": 1, "color": "white"},
        },
        unselected={"marker": {"opacity": 0.12}},
        customdata=[[row["type_hebergement"] or "", row["code_region"] or ""] for row in rows],
        hovertext=[_hover(row) for row in rows],
        hoverinfo="text",
    )


def _hover(row: Row) -> str:
    name = figures.plain_text(row["nom_site"] or row["id_centre"])
    rank = f"rang {row['rang_pairs']} sur {row['nb_pairs']}"
    body = figures.plain_text(row["organisme"] or "")
    return f"<b>{name}</b><br>{body}<br>PUE {french.ratio(row['pue_calcule'])}, {rank}"


def _table(edition: Edition, rows: Sequence[Row], year: int, nature: Nature) -> DataTable:
    caption = f"Sites classés dans leur groupe de pairs en {year}, données {nature.adjective}"
    heads = (
        SITE,
        BODY,
        Head("Type d’hébergement", "type_hebergement", lambda kind: edition.label("type_hebergement", kind)),
        Head("Région", "nom_region"),
        Head("Groupe de pairs", "groupe_pairs", _name),
        Head("Rang", "rang_pairs"),
        Head("Sur", "nb_pairs"),
        Head("PUE", "pue_calcule"),
        Head("Énergie totale (MWh)", "energie_totale_kwh", french.megawatt_hours),
        Head("Facteur de charge", "facteur_charge"),
        *(() if nature.synthetic else ORIGIN),
    )
    table = published_table(f"table-classement-{nature.anchor}", caption, SITES, rows, heads)
    return replace(table, marks=tuple(_marks(row) for row in rows))


def _marks(row: Row) -> dict[str, str]:
    return {"hebergement": row["type_hebergement"] or "", "region": row["code_region"] or ""}

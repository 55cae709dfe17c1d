"""PUE by hosting kind: every site, the quartiles, the weighted PUE, the reference marks and those of the market."""

from bisect import bisect_left, insort
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import plotly.graph_objects as go

from dashboards import figures, french
from dashboards.cells import BODY, SITE, Chart, Column, DataTable, Head, Part, cell, masked, published_table, sentence
from dashboards.data import Edition, Row, last_year
from dashboards.themes import NATURES, Nature, Page
from dashboards.themes.basis import AGGREGATES, SITES, basis, whole
from dashboards.themes.declared import ORIGIN
from dashboards.themes.sites import EXCLUSIONS, LEVELS
from greencloud import tables

ROW_HEIGHT = 112  # px of one hosting kind
LISTED = 500  # dots whose values are also listed on the page; beyond, the ranking lists them
_DOT = 0.012  # width of a dot, as a share of the axis
_LANE = 0.085  # height of a lane of dots, as a share of a row
_REACH = 0.27  # farthest lane, as a share of a row
_BOUNDS = "EuroCloud France"
_LETTER = 0.14  # width of a lettered mark at most, on the narrowest screen

# How a dot of each level of comparability is drawn. Those of the first are always there, a reader adds the others.
_SHAPES: Mapping[str, Mapping[str, Any]] = {
    "pleine": {"symbol": "circle", "line": {"width": 0.5, "color": figures.BLUE}},
    "reservee": {"symbol": "circle-open", "line": {"width": 1.5, "color": figures.BLUE}},
    "non_comparable": {"symbol": "x-thin", "line": {"width": 1.5, "color": figures.BLUE}},
}
# The market references that are drawn, of the many of the reference table: verified, and each of another kind.
_MARKET: Mapping[tuple[str, int], str] = {
    ("Université de Strasbourg, DC361 (calcul intensif)", 2019): "un centre public de calcul intensif, Strasbourg",
    ("Thésée", 2022): "un centre de colocation privé et récent, Thésée",
    ("Moyenne France, selon Equinix France", 2022): "les centres de colocation en France, selon Equinix",
    ("Uptime Institute, enquête mondiale", 2023): "le monde, enquête de l’Uptime Institute",
    ("Moyenne France tous types, selon Equinix France", 2022): "la France, tous types de centres, selon Equinix",
}


def page(edition: Edition) -> Page:
    """The page `pue-par-hebergement.html`."""
    return Page(
        "pue-par-hebergement.html",
        "pue-par-hebergement.html.j2",
        "PUE par type d’hébergement",
        "pue-par-hebergement.html",
        {"parts": [_part(edition, nature) for nature in NATURES], "market": _market_table(market(edition))},
    )


def references(edition: Edition) -> list[Row]:
    """The rows of the reference table that the charts draw: the bounds of the marks, then the market references."""
    return [*(row for row in edition.references if row["reference"].startswith(_BOUNDS)), *market(edition)]


def market(edition: Edition) -> list[Row]:
    """The market references, lowest PUE first. Those that nobody verified are none."""
    rows = [row for row in edition.references if row["annee"] and (row["reference"], int(row["annee"])) in _MARKET]
    return sorted((row for row in rows if row["statut"] == "verified"), key=lambda row: float(row["pue"]))


def reference_marks(edition: Edition) -> dict[str, float]:
    """The three bounds of EuroCloud France's proposal, from the reference table: modern, traditional low and high."""
    bounds = {row["nature"]: float(row["pue"]) for row in edition.references if row["reference"].startswith(_BOUNDS)}
    return {
        "modern": bounds["borne_superieure_exclue"],
        "low": bounds["borne_inferieure"],
        "high": bounds["borne_superieure"],
    }


def counted(row: Row) -> bool:
    """Whether the energies of a site are in the sums, thus in the weighted PUE."""
    return bool(row["inclus_dans_agregats"]) and row["pue_calcule"] is not None


def comparable(row: Row) -> bool:
    """Whether the PUE of a counted site can stand beside the others: level `pleine` or `reservee`."""
    return counted(row) and row["niveau_comparabilite"] in ("pleine", "reservee")


def isolated(row: Row) -> bool:
    """Whether a site declared a PUE that cannot be worked out again from its energies."""
    return row["pue_calcule"] is None and row["pue_declare"] is not None


def _part(edition: Edition, nature: Nature) -> dict[str, Any]:
    sites = [row for row in edition.sites if row["synthetique"] is nature.synthetic]
    year = last_year([row for row in sites if comparable(row)])
    apart = [row for row in sites if isolated(row) and (not nature.synthetic or row["annee"] == year)]
    told = {} if year is None else _told(edition, nature, year, [row for row in sites if row["annee"] == year])
    return {
        **dict.fromkeys(("answer", "chart", "scope", "bands", "points", "more"), None),
        **told,
        "nature": nature,
        "isolated": _isolated_table(edition, nature, apart) if apart else None,
    }


def _told(edition: Edition, nature: Nature, year: int, sites: Sequence[Row]) -> dict[str, Any]:
    """What the page shows of a year, from the rows of its sites."""
    drawn = [row for row in sites if row["pue_calcule"] is not None]
    groups = _ordered(edition.groups("type_hebergement", synthetic=nature.synthetic, year=year))
    by_kind = {
        group["modalite"]: [row for row in drawn if (row["type_hebergement"] or "inconnu") == group["modalite"]]
        for group in groups
    }
    groups = [group for group in groups if by_kind[group["modalite"]] or group["pue"] is not None]
    figure, more = _figure(groups, by_kind, edition, nature.synthetic)
    total = edition.groups("ensemble", synthetic=nature.synthetic, year=year)[0]
    return {
        "answer": answer(edition, nature, year),
        "scope": scope(sites, total["nb_sites_pue"]),
        "bands": bands(sites, year, nature),
        "points": _points_table(edition, nature, year, by_kind) if len(drawn) <= LISTED else None,
        "more": figures.in_script([trace.to_plotly_json() for trace in more]),
        "chart": Chart(
            id=f"pue-hebergement-{nature.anchor}",
            title=f"PUE de chaque site en {year}, par type d’hébergement",
            alternative=_alternative(groups, drawn, year, nature),
            figure=figure,
            table=_table(groups, year, nature),
            csv=f"{AGGREGATES}.csv",
            **basis(whole(edition, nature.synthetic, year)),
        ),
    }


def answer(edition: Edition, nature: Nature, year: int) -> tuple[Part, ...]:
    """Which hosting kind uses least beside its computing, and which most; nothing for a single kind."""
    groups = edition.groups("type_hebergement", synthetic=nature.synthetic, year=year)
    kinds = [row for row in groups if row["pue"]]
    if len(kinds) < 2:
        return ()
    best, *_, worst = _ordered(kinds)
    hidden = sum(map(masked, groups))
    among = f", parmi les {len(kinds)} types sur {len(kinds) + hidden} dont le chiffre est publié" if hidden else ""
    return sentence(
        "En {annee}, pour 1 kWh d’informatique, il faut {bas} kWh en tout dans l’hébergement le plus sobre "
        f"({{sobre}}, {{sites_bas}} sites) et {{haut}} kWh dans le moins sobre ({{gourmand}}, {{sites_haut}} sites)"
        f"{among}.",
        annee=cell(best, AGGREGATES, "annee"),
        bas=cell(best, AGGREGATES, "pue"),
        haut=cell(worst, AGGREGATES, "pue"),
        sobre=cell(best, AGGREGATES, "libelle", french.within),
        gourmand=cell(worst, AGGREGATES, "libelle", french.within),
        sites_bas=cell(best, AGGREGATES, "nb_sites_pue"),
        sites_haut=cell(worst, AGGREGATES, "nb_sites_pue"),
    )


def bands(sites: Sequence[Row], year: int, nature: Nature) -> DataTable | None:
    """How many comparable sites of a year lie in each band of PUE, beside the unofficial preview of the EU class."""
    drawn = [row for row in sites if comparable(row) and row["bande_pue"] is not None]
    if not drawn:
        return None
    order = tables.table(SITES).field("bande_pue").constraints["enum"]
    members = {band: [row for row in drawn if row["bande_pue"] == band] for band in order}
    return DataTable(
        f"table-bandes-{nature.anchor}",
        f"Sites comparables et comptés dans les sommes, par bande de PUE, en {year}, données {nature.adjective}",
        (Column("PUE"), Column("Sites", True), Column("Aperçu, non officiel, de la classe de l’Union européenne")),
        tuple(
            (
                band_words(band),
                french.integer(len(rows)),
                ", ".join(sorted({str(row["apercu_classe_ue"]) for row in rows if row["apercu_classe_ue"]}))
                or french.ABSENT,
            )
            for band, rows in members.items()
        ),
    )


def band_words(band: str) -> str:
    """A code of `bande_pue` for a reader: `1.35_a_1.5` is « plus de 1,35 à 1,5 »."""
    words = band.replace(".", ",").replace("_", " ").replace(" a ", " à ")
    return f"plus de {words}" if words[0].isdigit() else words


def scope(sites: Sequence[Row], summed: int | None) -> list[str]:
    """Which sites of a year the weighted PUE rests on, and which have a dot, by how far they compare.

    `summed`: sites in the published total, those whose own rows are withheld included; None when it is hidden.
    """
    drawn = [row for row in sites if row["pue_calcule"] is not None]
    listed, levels = sum(map(counted, sites)), Counter(row["niveau_comparabilite"] for row in drawn)
    inside = listed if summed is None else summed
    sums = (
        f"Le PUE pondéré porte sur les sites comptés dans les sommes ({french.number(inside)}) : deux énergies, sur "
        "une année entière."
    )
    dots = (
        f"Un point par site dont le PUE se calcule ({french.number(len(drawn))}) : {french.number(levels['pleine'])} "
        f"sans réserve, {french.number(levels['reservee'])} avec une réserve (point de mesure ou périmètre inconnu, "
        f"périmètre réparti, énergie estimée), {french.number(levels['non_comparable'])} qui ne se comparent pas "
        "(plusieurs réserves, qualité de mesure inconnue, année incomplète)."
    )
    apart = {
        "Points hors des sommes, pour une année incomplète ou une énergie déjà comptée chez l’hôte": len(drawn)
        - listed,
        "Sites qui ne comptent que dans les totaux, sans point": inside - listed,
    }
    others = " ".join(f"{what} : {french.number(count)}." for what, count in apart.items() if count)
    return [french.typography(text) for text in (sums, dots, others) if text]


def _ordered(groups: Sequence[Row]) -> list[Row]:
    """Lowest weighted PUE first, the masked ones last."""
    return sorted(groups, key=lambda row: (row["pue"] is None, row["pue"] or 0.0, row["modalite"]))


def _alternative(groups: Sequence[Row], drawn: Sequence[Row], year: int, nature: Nature) -> str:
    known = [row for row in groups if row["pue"] is not None]
    full = [row["pue_calcule"] for row in drawn if row["niveau_comparabilite"] == "pleine"]
    text = f"Nuage de points sur {len(groups)} lignes, une par type d’hébergement, année {year}. "
    if full:
        ends = f"PUE de {french.ratio(min(full))} à {french.ratio(max(full))}"
        text += f"{french.count(len(full), 'site')} sans réserve, {ends}. "
    if known:
        told = (f"{row['libelle']} {french.ratio(row['pue'])}" for row in known)
        text += f"PUE pondéré : {', '.join(told)}. "
    hidden = [row["libelle"] for row in groups if row["pue"] is None]
    text += f"Chiffre du groupe masqué ou inconnu : {', '.join(hidden)}. " if hidden else ""
    return text + f"Données {nature.adjective}. Les valeurs sont dans le tableau qui suit."


def _figure(
    groups: Sequence[Row], by_kind: Mapping[str, Sequence[Row]], edition: Edition, synthetic: bool
) -> tuple[go.Figure, list[go.Scatter]]:
    """The figure with the dots that compare without reserve, and the dots that a reader may add."""
    marks, others = reference_marks(edition), market(edition)
    values = [
        row["pue_calcule"] for rows in by_kind.values() for row in rows if row["niveau_comparabilite"] == "pleine"
    ]
    values += [group["pue"] for group in groups if group["pue"] is not None]
    low, high = 1.0, max([marks["high"], *values]) + 0.1
    traces, more = [*_market_marks(others)], []
    annotations = [*_reference_notes(marks), *_market_heading(others)]
    for place, group in enumerate(groups):
        center, rows = -float(place), by_kind[group["modalite"]]
        dots = _dots(rows, center, high - low)
        more += [trace for trace in dots if trace.name != "pleine"]
        first = [trace for trace in dots if trace.name == "pleine"]
        traces += [*_quartiles(group, center), *first, *_weighted(group, center)]
        annotations += _heading(group, center, len(rows))
    figure = figures.figure(
        traces,
        height=ROW_HEIGHT * (len(groups) + bool(others)) + 110,
        synthetic=synthetic,
        annotations=annotations,
        shapes=_reference_shapes(marks),
        margin={"l": 12, "r": 12, "t": 58, "b": 48},
        xaxis=figures.axis(range=[low, high], dtick=0.5, tickformat=".1f", title={"text": "PUE"}),
        yaxis=figures.bare_axis(range=[-len(groups) + 0.55, 0.75 + bool(others)]),
    )
    return figure, more


def _reference_shapes(marks: Mapping[str, float]) -> list[dict[str, Any]]:
    line = {"type": "line", "yref": "paper", "y0": 0, "y1": 1, "layer": "below"}
    return [
        {
            **line,
            "x0": marks["modern"],
            "x1": marks["modern"],
            "line": {"color": figures.MUTED, "width": 1.5, "dash": "dash"},
        },
        {
            "type": "rect",
            "yref": "paper",
            "y0": 0,
            "y1": 1,
            "layer": "below",
            "x0": marks["low"],
            "x1": marks["high"],
            "fillcolor": "#eef1f3",
            "line": {"width": 0},
        },
    ]


def _reference_notes(marks: Mapping[str, float]) -> list[dict[str, Any]]:
    style = {"yref": "paper", "y": 1, "yanchor": "bottom", "font": {"size": 12, "color": figures.MUTED}}
    modern = f"centres modernes<br>moins de {french.plain(marks['modern'])}"
    rooms = f"salles traditionnelles<br>{french.plain(marks['low'])} à {french.plain(marks['high'])}"
    middle = (marks["low"] + marks["high"]) / 2
    return [
        figures.note(modern, x=marks["modern"], xanchor="center", **style),
        figures.note(rooms, x=middle, xanchor="center", **style),
    ]


def _market_marks(rows: Sequence[Row]) -> list[go.Scatter]:
    """A lettered mark by market reference, on a row of their own above the hosting kinds."""
    values = [float(row["pue"]) for row in rows]
    places = [1.1 - 0.2 * lane for lane in swarm(values, _LETTER)]
    marker = {"size": 17, "symbol": "square", "color": "#ffffff", "line": {"width": 1.5, "color": figures.INK}}
    trace = go.Scatter(
        x=values,
        y=places,
        mode="markers+text",
        text=[letter(place) for place in range(len(rows))],
        textposition="middle center",
        textfont={"size": 12, "color": figures.INK},
        marker=marker,
        hovertext=[figures.plain_text(f"{_MARKET[_named(row)]} : {_written(row)} ({_named(row)[1]})") for row in rows],
        hoverinfo="text",
    )
    return [trace] if rows else []


def _market_heading(rows: Sequence[Row]) -> list[dict[str, Any]]:
    text = "<b>Références du marché</b><br>publiées ailleurs, hors de ces données"
    return [_row_note(text, 1.0)] if rows else []


def letter(place: int) -> str:
    """The letter of a market reference, by its place."""
    return "abcdefghijklmnopqrstuvwxyz"[place]


def _named(row: Row) -> tuple[str, int]:
    return row["reference"], int(row["annee"])


def _written(row: Row) -> str:
    over = "plus de " if row["nature"] == "borne_inferieure" else ""
    return over + french.ratio(row["pue"])


def _market_table(rows: Sequence[Row]) -> DataTable:
    return DataTable(
        "table-marche",
        "Références du marché dessinées au-dessus des types d’hébergement",
        (
            Column("Repère", shape="court"),
            Column("Ce que c’est", shape="libelle"),
            *(Column("PUE", shape="court"), Column("Année", True), Column("Ce que couvre la source", shape="propos")),
            Column("Source"),
        ),
        tuple(
            (
                letter(place),
                _MARKET[_named(row)],
                *(_written(row), str(_named(row)[1]), row["perimetre"], row["url_source"]),
            )
            for place, row in enumerate(rows)
        ),
        linked=True,
    )


def _heading(group: Row, center: float, published: int) -> list[dict[str, Any]]:
    """The name of a group, its ratio and its size; when its size is hidden, how many of its sites are published."""
    weighted, inside = cell(group, AGGREGATES, "pue").text, group["nb_sites_pue"]
    sites = french.count(published if inside is None else inside, "site")
    if inside is None:
        sites += " publié" if published < 2 else " publiés"
    elif not published:
        sites += ", aucun publié"
    return [_row_note(f"<b>{figures.plain_text(group['libelle'])}</b><br>PUE pondéré {weighted}, {sites}", center)]


def _row_note(text: str, center: float) -> dict[str, Any]:
    where = {"xref": "paper", "x": 0, "xanchor": "left", "y": center + 0.52, "yanchor": "middle", "align": "left"}
    return figures.note(text, bgcolor=figures.PAPER, **where)


def _quartiles(group: Row, center: float) -> list[Any]:
    low, middle, high = (group[name] for name in ("pue_quartile_1", "pue_mediane", "pue_quartile_3"))
    if low is None or high is None:
        return []
    box = go.Scatter(
        x=[low, high, high, low, low],
        y=[center - 0.3, center - 0.3, center + 0.3, center + 0.3, center - 0.3],
        mode="lines",
        fill="toself",
        fillcolor="rgba(0,114,178,0.10)",
        line={"color": "rgba(0,114,178,0.45)", "width": 1},
        hoverinfo="skip",
    )
    median = go.Scatter(
        x=[middle, middle],
        y=[center - 0.3, center + 0.3],
        mode="lines",
        line={"color": figures.INK, "width": 2},
        hoverinfo="skip",
    )
    return [box, median]


def _dots(rows: Sequence[Row], center: float, span: float) -> list[go.Scatter]:
    """A trace by level of comparability, named after it: those that compare best are nearest to the middle."""
    levels = list(_SHAPES)
    ordered = sorted(
        rows, key=lambda row: (levels.index(row["niveau_comparabilite"]), row["pue_calcule"], row["id_centre"])
    )
    lanes = swarm([row["pue_calcule"] for row in ordered], _DOT * span)
    step = min(_LANE, _REACH / max([1, *(abs(lane) for lane in lanes)]))
    placed = [(row, center + lane * step) for row, lane in zip(ordered, lanes, strict=True)]
    by_level = {level: [dot for dot in placed if dot[0]["niveau_comparabilite"] == level] for level in levels}
    return [_dots_of(level, dots) for level, dots in by_level.items() if dots]


def _dots_of(level: str, dots: Sequence[tuple[Row, float]]) -> go.Scatter:
    return go.Scatter(
        name=level,
        x=[row["pue_calcule"] for row, _ in dots],
        y=[height for _, height in dots],
        mode="markers",
        marker={"size": 8, "color": figures.BLUE, "opacity": 0.8, **_SHAPES[level]},
        hovertext=[_hover(row) for row, _ in dots],
        hoverinfo="text",
    )


def swarm(values: Sequence[float], width: float) -> list[int]:
    """The lane (0, 1, -1, 2, ...) of each dot, first come first placed, so that no two dots of a lane touch."""
    taken: dict[int, list[float]] = {}
    lanes = []
    for value in values:
        lane, step = 0, 0
        while _touches(taken.setdefault(lane, []), value, width):
            step += 1
            lane = (step + 1) // 2 * (1 if step % 2 else -1)
        insort(taken[lane], value)
        lanes.append(lane)
    return lanes


def _touches(lane: Sequence[float], value: float, width: float) -> bool:
    place = bisect_left(lane, value)
    return any(abs(other - value) < width for other in lane[max(place - 1, 0) : place + 1])


def _weighted(group: Row, center: float) -> list[Any]:
    if group["pue"] is None:
        return []
    return [
        go.Scatter(
            x=[group["pue"]],
            y=[center],
            mode="markers",
            marker={
                "size": 15,
                "symbol": "diamond",
                "color": figures.VERMILLION,
                "line": {"width": 2, "color": "white"},
            },
            hovertext=[f"{figures.plain_text(group['libelle'])}<br>PUE pondéré : {french.ratio(group['pue'])}"],
            hoverinfo="text",
        )
    ]


def _hover(row: Row) -> str:
    lines = [f"<b>{figures.plain_text(row['nom_site'] or row['id_centre'])}</b>"]
    if row["organisme"]:
        lines.append(figures.plain_text(row["organisme"]))
    lines.append(
        f"PUE {french.ratio(row['pue_calcule'])}, {french.energy(row['energie_totale_kwh'])} en {row['annee']}"
    )
    lines.append({**LEVELS, "non_comparable": "ne se compare pas"}[row["niveau_comparabilite"]])
    return "<br>".join(lines)


def _table(groups: Sequence[Row], year: int, nature: Nature) -> DataTable:
    caption = (
        f"PUE par type d’hébergement en {year}, données {nature.adjective}. Le PUE pondéré porte sur les sites comptés "
        "dans les sommes, la distribution (du minimum au maximum) sur ceux d’entre eux qui se comparent, avec ou sans "
        "réserve."
    )
    heads = (
        Head("Type d’hébergement", "libelle"),
        Head("Sites déclarants", "nb_sites_declarants"),
        Head("Comptés dans les sommes", "nb_sites_pue"),
        Head("PUE pondéré", "pue"),
        Head("Dont comparables", "nb_sites_distribution"),
        Head("Minimum", "pue_minimum"),
        Head("Quartile 1", "pue_quartile_1"),
        Head("Médiane", "pue_mediane"),
        Head("Quartile 3", "pue_quartile_3"),
        Head("Maximum", "pue_maximum"),
    )
    return published_table(f"table-pue-hebergement-{nature.anchor}", caption, AGGREGATES, groups, heads)


def _points_table(edition: Edition, nature: Nature, year: int, by_kind: Mapping[str, Sequence[Row]]) -> DataTable:
    """The dots one by one, in the order of the chart."""
    ordered = [
        row for rows in by_kind.values() for row in sorted(rows, key=lambda row: (row["pue_calcule"], row["id_centre"]))
    ]
    heads = (
        SITE,
        BODY,
        Head("Type d’hébergement", "type_hebergement", lambda kind: edition.label("type_hebergement", kind)),
        Head("PUE calculé", "pue_calcule"),
        Head("Comparabilité", "niveau_comparabilite", lambda level: LEVELS.get(level, level)),
        Head("Compté dans les sommes", "inclus_dans_agregats", lambda inside: "oui" if inside else "non"),
        Head("Sinon, pourquoi", "motif_exclusion", lambda why: EXCLUSIONS.get(why, why)),
    )
    caption = f"Les points, un par un, en {year}, données {nature.adjective}"
    return published_table(f"table-points-{nature.anchor}", caption, SITES, ordered, heads)


def _isolated_table(edition: Edition, nature: Nature, rows: Sequence[Row]) -> DataTable:
    ordered = sorted(rows, key=lambda row: (-row["annee"], row["nom_site"] or "", row["id_centre"]))
    caption = f"PUE déclarés sans leurs deux énergies, données {nature.adjective}"
    heads = (
        SITE,
        BODY,
        Head("Type d’hébergement", "type_hebergement", lambda kind: edition.label("type_hebergement", kind)),
        Head("Année", "annee"),
        Head("PUE déclaré", "pue_declare"),
        *(() if nature.synthetic else ORIGIN),
    )
    return published_table(f"table-isoles-{nature.anchor}", caption, SITES, ordered, heads)

"""PUE by hosting kind: every site, the quartiles, the weighted PUE, and the reference marks."""

from collections.abc import Mapping, Sequence
from typing import Any

import plotly.graph_objects as go

from dashboards import figures, french
from dashboards.cells import BODY, SITE, Chart, Column, DataTable, Head, Part, cell, published_table, sentence
from dashboards.data import Edition, Row, last_year
from dashboards.themes import NATURES, Nature, Page
from dashboards.themes.basis import basis, whole
from dashboards.themes.declared import ORIGIN
from greencloud import tables

AGGREGATES = "agregats_annuels"
SITES = "indicateurs_annuels"
ROW_HEIGHT = 112  # px of one hosting kind
_DOT = 0.012  # width of a dot, as a share of the axis
_LANE = 0.085  # height of a lane of dots, as a share of a row
_REACH = 0.27  # farthest lane, as a share of a row


def page(edition: Edition) -> Page:
    """The page `pue-par-hebergement.html`."""
    return Page(
        "pue-par-hebergement.html",
        "pue-par-hebergement.html.j2",
        "PUE par type d’hébergement",
        "pue-par-hebergement.html",
        {"parts": [_part(edition, nature) for nature in NATURES], "marks": reference_marks(edition)},
    )


def reference_marks(edition: Edition) -> dict[str, float]:
    """The three bounds of EuroCloud France's proposal, from the reference table: modern, traditional low and high."""
    bounds = {
        row["nature"]: float(row["pue"])
        for row in edition.references
        if row["reference"].startswith("EuroCloud France")
    }
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
    return {
        "nature": nature,
        "year": year,
        "answer": () if year is None else answer(edition, nature, year),
        "chart": None if year is None else _chart(edition, nature, year, sites),
        "scope": "" if year is None else _scope(edition, nature, [row for row in sites if row["annee"] == year]),
        "bands": None if year is None else bands([row for row in sites if row["annee"] == year], year, nature),
        "isolated": _isolated_table(edition, nature, apart) if apart else None,
    }


def answer(edition: Edition, nature: Nature, year: int) -> tuple[Part, ...]:
    """Which hosting kind uses least beside its computing, and which most; nothing for a single kind."""
    kinds = [row for row in edition.groups("type_hebergement", synthetic=nature.synthetic, year=year) if row["pue"]]
    if len(kinds) < 2:
        return ()
    best, *_, worst = _ordered(kinds)
    return sentence(
        "En {annee}, pour 1 kWh d’informatique, il faut {bas} kWh en tout dans l’hébergement le plus sobre "
        "({sobre}, {sites_bas} sites) et {haut} kWh dans le moins sobre ({gourmand}, {sites_haut} sites).",
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
        french.typography(f"Sites comparables par bande de PUE en {year}, données {nature.adjective}"),
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


def _scope(edition: Edition, nature: Nature, sites: Sequence[Row]) -> str:
    total = edition.groups("ensemble", synthetic=nature.synthetic, year=sites[0]["annee"])[0]
    return scope(sites, total["nb_sites_pue"])


def scope(sites: Sequence[Row], summed: int | None) -> str:
    """Which of the sites of a year the weighted PUE rests on, which are drawn, and why the others are not.

    `summed`: sites in the published total, those whose own rows are withheld included; None when it is hidden.
    """
    listed, drawn = sum(map(counted, sites)), sum(map(comparable, sites))
    inside = listed if summed is None else summed
    text = (
        f"Le PUE pondéré porte sur tous les sites inclus ({french.number(inside)}) : "
        "deux énergies, sur une année entière. "
    )
    if inside == drawn:
        return french.typography(text + "Aucun n’est laissé hors du dessin.")
    return french.typography(
        f"{text}Les points, la médiane et les quartiles ne montrent que les sites comparables, avec ou sans réserve "
        f"({french.number(drawn)})." + _left_out(listed - drawn) + _withheld(inside - listed)
    )


def _left_out(sites: int) -> str:
    if not sites:
        return ""
    return (
        f" Sites inclus mais non dessinés : {french.number(sites)}, faute d’une qualité de mesure déclarée, ou pour au "
        "moins deux réserves (point de mesure inconnu, périmètre réparti ou inconnu, énergie estimée)."
    )


def _withheld(sites: int) -> str:
    return f" Sites qui ne comptent que dans les totaux : {french.number(sites)}." if sites else ""


def _chart(edition: Edition, nature: Nature, year: int, sites: Sequence[Row]) -> Chart:
    inside = [row for row in sites if row["annee"] == year and counted(row)]
    groups = _ordered(edition.groups("type_hebergement", synthetic=nature.synthetic, year=year))
    by_kind = {
        group["modalite"]: [row for row in inside if (row["type_hebergement"] or "inconnu") == group["modalite"]]
        for group in groups
    }
    groups = [group for group in groups if by_kind[group["modalite"]] or group["pue"] is not None]
    return Chart(
        id=f"pue-hebergement-{nature.anchor}",
        title=f"PUE de chaque site en {year}, par type d’hébergement",
        alternative=_alternative(groups, year, nature),
        figure=_figure(groups, by_kind, reference_marks(edition), nature.synthetic),
        table=_table(groups, year, nature),
        csv=f"{AGGREGATES}.csv",
        **basis(whole(edition, nature.synthetic, year)),
    )


def _ordered(groups: Sequence[Row]) -> list[Row]:
    """Lowest weighted PUE first, the masked ones last."""
    return sorted(groups, key=lambda row: (row["pue"] is None, row["pue"] or 0.0, row["modalite"]))


def _alternative(groups: Sequence[Row], year: int, nature: Nature) -> str:
    known = [row for row in groups if row["pue"] is not None]
    text = f"Nuage de points sur {len(groups)} lignes, une par type d’hébergement, un point par site, année {year}. "
    if known:
        first, last = known[0], known[-1]
        text += (
            f"Le PUE pondéré va de {french.ratio(first['pue'])} ({first['libelle']}) "
            f"à {french.ratio(last['pue'])} ({last['libelle']}). "
        )
    return text + f"Données {nature.adjective}. Les valeurs sont dans le tableau qui suit."


def _figure(
    groups: Sequence[Row], by_kind: Mapping[str, Sequence[Row]], marks: Mapping[str, float], synthetic: bool
) -> go.Figure:
    drawn = {kind: [row for row in rows if comparable(row)] for kind, rows in by_kind.items()}
    values = [row["pue_calcule"] for rows in drawn.values() for row in rows]
    values += [group["pue"] for group in groups if group["pue"] is not None]
    low, high = 1.0, max(marks["high"] + 0.1, max(values) + 0.1)
    traces: list[Any] = []
    annotations = _reference_notes(marks)
    for place, group in enumerate(groups):
        center = -float(place)
        dots = drawn[group["modalite"]]
        traces += [*_quartiles(group, center), *_dots(dots, center, high - low), *_weighted(group, center)]
        inside = group["nb_sites_pue"]
        annotations += _heading(group, center, len(by_kind[group["modalite"]]) if inside is None else inside, len(dots))
    return figures.figure(
        traces,
        height=ROW_HEIGHT * len(groups) + 110,
        synthetic=synthetic,
        annotations=annotations,
        shapes=_reference_shapes(marks),
        margin={"l": 12, "r": 12, "t": 58, "b": 48},
        xaxis=figures.axis(range=[low, high], dtick=0.5, tickformat=".1f", title={"text": "PUE"}),
        yaxis=figures.bare_axis(range=[-len(groups) + 0.55, 0.75]),
    )


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


def _heading(group: Row, center: float, inside: int, drawn: int) -> list[dict[str, Any]]:
    weighted = cell(group, AGGREGATES, "pue").text
    label = figures.plain_text(group["libelle"])
    sites = french.count(inside, "site") + ("" if inside == drawn else f", {french.count(drawn, 'dessiné')}")
    text = f"<b>{label}</b><br>PUE pondéré {weighted}, {sites}"
    return [
        figures.note(
            text,
            xref="paper",
            x=0,
            xanchor="left",
            y=center + 0.52,
            yanchor="middle",
            align="left",
            bgcolor=figures.PAPER,
        )
    ]


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


def _dots(rows: Sequence[Row], center: float, span: float) -> list[Any]:
    ordered = sorted(rows, key=lambda row: (row["pue_calcule"], row["id_centre"]))
    lanes = swarm([row["pue_calcule"] for row in ordered], _DOT * span)
    step = min(_LANE, _REACH / max([1, *(abs(lane) for lane in lanes)]))
    full = [row["niveau_comparabilite"] == "pleine" for row in ordered]
    return [
        go.Scatter(
            x=[row["pue_calcule"] for row in ordered],
            y=[center + lane * step for lane in lanes],
            mode="markers",
            marker={
                "size": 8,
                "symbol": ["circle" if whole else "circle-open" for whole in full],
                "color": figures.BLUE,
                "opacity": 0.8,
                "line": {"width": [0.5 if whole else 1.5 for whole in full], "color": figures.BLUE},
            },
            hovertext=[_hover(row) for row in ordered],
            hoverinfo="text",
        )
    ]


def swarm(values: Sequence[float], width: float) -> list[int]:
    """For sorted values, the lane (0, 1, -1, 2, ...) of each dot so that no two dots of a lane touch."""
    last: dict[int, float] = {}
    lanes = []
    for value in values:
        lane, step = 0, 0
        while lane in last and value - last[lane] < width:
            step += 1
            lane = (step + 1) // 2 * (1 if step % 2 else -1)
        last[lane] = value
        lanes.append(lane)
    return lanes


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
    return "<br>".join(lines)


def _table(groups: Sequence[Row], year: int, nature: Nature) -> DataTable:
    caption = (
        f"PUE par type d’hébergement en {year}, données {nature.adjective}. Le PUE pondéré porte sur les sites inclus, "
        "la distribution (du minimum au maximum) sur les sites comparables."
    )
    heads = (
        Head("Type d’hébergement", "libelle"),
        Head("Sites déclarants", "nb_sites_declarants"),
        Head("Inclus", "nb_sites_pue"),
        Head("PUE pondéré", "pue"),
        Head("Dont comparables", "nb_sites_distribution"),
        Head("Minimum", "pue_minimum"),
        Head("Quartile 1", "pue_quartile_1"),
        Head("Médiane", "pue_mediane"),
        Head("Quartile 3", "pue_quartile_3"),
        Head("Maximum", "pue_maximum"),
    )
    return published_table(f"table-pue-hebergement-{nature.anchor}", caption, AGGREGATES, groups, heads)


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

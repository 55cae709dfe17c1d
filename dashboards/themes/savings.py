"""What public data centres would save, by scenario and hosting kind, under printed assumptions."""

from collections.abc import Mapping, Sequence
from typing import Any

import plotly.graph_objects as go

from dashboards import figures, french
from dashboards.cells import (
    DIFFUSION,
    Cell,
    Chart,
    Column,
    DataTable,
    Head,
    Part,
    cell,
    computed,
    masked,
    published_table,
    sentence,
)
from dashboards.data import Edition, Row
from dashboards.themes import NATURES, Nature, Page, alternatives, ranges, simulator
from dashboards.themes.basis import basis, whole

SAVINGS = "economies"
_GWH = 1e6
_LEVELS = ("economie_basse_kwh", "economie_centrale_kwh", "economie_haute_kwh")

SCENARIOS: Mapping[str, str] = {**simulator.SCENARIOS, "tous": "Tous les scénarios"}
# The same where a narrow screen leaves little room.
_SHORT: Mapping[str, str] = {
    "quartile_pairs": "Meilleur quart des pairs",
    "pue_1_5": "PUE de 1,5",
    "hebergement": "Déplacer",
}
_PARAMETERS: Mapping[str, str] = {
    "prix_electricite": "Prix de l’électricité",
    "effectif_minimum_pairs": "Nombre minimal de pairs",
    "part_ecart_comblee": "Part de l’écart comblée",
    "pue_cible": "PUE visé",
    "part_economisee_annoncee": "Part économisée annoncée en 2017 (repère, hors calcul)",
}
_STATUSES: Mapping[str, str] = {
    "verified": "vérifié",
    "secondary": "source secondaire",
    "to confirm": "à confirmer",
}
_LEVEL_WORDS: Mapping[str, str] = {"bas": "basse", "central": "centrale", "haut": "haute", "tous": "toutes"}
_LESSON = (
    "{scenario} : en {annee}, les sites {threshold} ({sites}) économiseraient {centrale} par an en estimation centrale "
    "(de {basse} à {haute} selon les hypothèses), soit {euros}{emissions}."
)
_CARBON = " ; émissions évitées : {carbone} ({avec} sur {parmi})"


def page(edition: Edition) -> Page:
    """The page `economies.html`."""
    return Page(
        "economies.html",
        "economies.html.j2",
        "Économies possibles",
        "economies.html",
        {
            "parts": [_part(edition, nature) for nature in NATURES],
            "assumptions": _assumptions(edition),
            "claim": announced(edition),
        },
    )


def announced(edition: Edition) -> dict[str, float]:
    """The share that a move was said in 2017 to save, by level, from the reference table: a mark, never an input."""
    return {
        row["niveau"]: float(row["valeur"])
        for row in edition.assumptions
        if row["parametre"] == "part_economisee_annoncee"
    }


def _part(edition: Edition, nature: Nature) -> dict[str, Any]:
    rows = sorted(edition.rows(SAVINGS, synthetic=nature.synthetic), key=_order)
    total = [row for row in rows if row["dimension"] == "ensemble"]
    year = max((row["annee"] for row in total if row["economie_centrale_kwh"] is not None), default=None)
    now = [row for row in total if row["annee"] == year]
    groups = [row for row in rows if row["annee"] == year and row["dimension"] == "type_hebergement"]
    return {
        "nature": nature,
        "year": year,
        "hidden": sum(map(masked, rows)),
        "rows": len(rows),
        "lessons": [_lesson(edition, row) for row in now if row["nb_sites_economie"]],
        "chart": _chart(edition, now, nature) if now else None,
        "tables": _tables(edition, now, nature) if now else [],
        "kinds": [] if year is None else _kinds(edition, groups, nature),
        "claim": _claim(edition, [*now, *groups], nature),
        "simulator": simulator.part(edition, now, groups, nature) if now else None,
        "years": _years(edition, total, nature) if year is not None else [],
    }


def _order(row: Row) -> tuple[int, str, str]:
    return list(SCENARIOS).index(row["scenario"]), row["type_hebergement_cible"], row["modalite"]


def _lesson(edition: Edition, row: Row) -> tuple[Part, ...]:
    named = {column: cell(row, SAVINGS, column) for column in row}
    carbon = named["economie_centrale_tco2e"]
    model = _LESSON.replace("{emissions}", _CARBON if carbon.known else "")
    model = model.replace("{threshold}", simulator.threshold(edition, row))
    return sentence(
        model,
        scenario=_scenario_cell(edition, row),
        annee=named["annee"],
        sites=cell(row, SAVINGS, "nb_sites_economie", _sites),
        avec=computed(simulator.with_factor(row), _sites, "nb_sites_economie - nb_sites_sans_facteur"),
        parmi=named["nb_sites_economie"],
        basse=named["economie_basse_kwh"],
        centrale=named["economie_centrale_kwh"],
        haute=named["economie_haute_kwh"],
        euros=named["economie_centrale_eur"],
        carbone=carbon,
    )


def _sites(count: float) -> str:
    return french.count(int(count), "site")


def _scenario_cell(edition: Edition, row: Row) -> Cell:
    return cell(row, SAVINGS, "scenario", lambda _: simulator.scenario_name(edition, row))


def _chart(edition: Edition, rows: Sequence[Row], nature: Nature) -> Chart:
    year = rows[0]["annee"]
    lines = [_range_line(edition, row) for row in rows]
    return Chart(
        id=f"economies-{nature.anchor}",
        title=f"Énergie économisée par an selon le scénario, tous sites comparables, {year}, en GWh",
        alternative=(
            f"Une ligne par scénario, année {year} : un trait de l’estimation basse à la haute, un losange pour "
            f"l’estimation centrale. {_told(lines)}. {alternatives.end(nature, 'des estimations publiées')}"
        ),
        figure=_range_figure(lines, nature.synthetic),
        values=f"table-economies-energie-{nature.anchor}",
        **_rests(edition, rows, nature),
    )


def _told(lines: Sequence[ranges.Line]) -> str:
    """What is written over each line of a chart, as one sentence."""
    return " ; ".join(f"{line.title} : {line.said}" for line in lines)


def _rests(edition: Edition, rows: Sequence[Row], nature: Nature) -> dict[str, Any]:
    """The comparable sites that savings rest on, with the coverage of their year."""
    widest = max(rows, key=lambda row: row["nb_sites_comparables"] or 0)
    counted = {"count": cell(widest, SAVINGS, "nb_sites_comparables"), "csv": f"{SAVINGS}.csv"}
    total = whole(edition, nature.synthetic, widest["annee"])
    return {**basis(total), **counted, "beside": _of_which(widest, total)}


def _of_which(widest: Row, total: Row | None) -> tuple[str, ...]:
    """How many of these sites count only in totals, for their number to be found again on the other pages."""
    named = None if total is None else total["nb_sites_distribution"]
    unnamed = 0 if named is None else (widest["nb_sites_comparables"] or 0) - named
    return (f"dont {french.number(unnamed)} qui ne comptent que dans les totaux",) if unnamed > 0 else ()


def _range_figure(lines: Sequence[ranges.Line], synthetic: bool) -> go.Figure:
    top = max((value for line in lines for value in line.values if value is not None), default=0.0) or 1.0
    end, middle = ranges.Mark("line-ns", figures.MUTED, 16), ranges.Mark("diamond", figures.VERMILLION, 14)
    return ranges.chart(lines, (end, middle, end), synthetic=synthetic, limits=(-0.02 * top, 1.08 * top))


def _range_line(edition: Edition, row: Row) -> ranges.Line:
    title = figures.plain_text(simulator.scenario_name(edition, row, _SHORT))
    low, middle, high = (None if row[name] is None else row[name] / _GWH for name in _LEVELS)
    if low is None or middle is None or high is None:
        return ranges.Line(title, cell(row, SAVINGS, "economie_centrale_kwh").text, (None, None, None))
    said = f"{french.number(middle, 1)} GWh (de {french.number(low, 1)} à {french.number(high, 1)})"
    return ranges.Line(title, said, (low, middle, high))


_ENERGY = (
    Head("Sites au-dessus de la cible prudente", "nb_sites_economie"),
    Head("Sites déjà meilleurs", "nb_sites_deja_mieux"),
    Head("Basse (GWh)", "economie_basse_kwh", french.gigawatt_hours),
    Head("Centrale (GWh)", "economie_centrale_kwh", french.gigawatt_hours),
    Head("Haute (GWh)", "economie_haute_kwh", french.gigawatt_hours),
    DIFFUSION,
)
_MONEY_AND_CARBON = (
    Head("Basse (M€)", "economie_basse_eur", french.million_euros),
    Head("Centrale (M€)", "economie_centrale_eur", french.million_euros),
    Head("Haute (M€)", "economie_haute_eur", french.million_euros),
    Head("Basse (tCO₂e)", "economie_basse_tco2e", french.integer),
    Head("Centrale (tCO₂e)", "economie_centrale_tco2e", french.integer),
    Head("Haute (tCO₂e)", "economie_haute_tco2e", french.integer),
    Head("Sites sans facteur d’émission", "nb_sites_sans_facteur"),
)
# What a table gives, its part of an identifier and its heads: all at once would not fit on a screen.
_RESULTS = (
    ("énergie", "energie", _ENERGY),
    ("euros et émissions", "euros", _MONEY_AND_CARBON),
)


def _tables(edition: Edition, rows: Sequence[Row], nature: Nature) -> list[DataTable]:
    where = f"tous sites comparables, {rows[0]['annee']}, données {nature.adjective}"
    return [
        _with_scenarios(
            edition, f"table-economies-{name}-{nature.anchor}", f"Économies par scénario ({what}), {where}", rows, heads
        )
        for what, name, heads in _RESULTS
    ]


def _with_scenarios(
    edition: Edition, identifier: str, caption: str, rows: Sequence[Row], heads: Sequence[Head]
) -> DataTable:
    """Rows of savings under their scenario in words, which takes two published columns to say."""
    table = published_table(identifier, caption, SAVINGS, rows, heads)
    named = tuple((_scenario_cell(edition, row), *shown) for row, shown in zip(rows, table.rows, strict=True))
    return DataTable(identifier, caption, (Column("Scénario", shape="libelle"), *table.columns), named)


def _kinds(edition: Edition, rows: Sequence[Row], nature: Nature) -> list[tuple[str, list[DataTable]]]:
    """The tables of hosting kinds of each scenario, with its name."""
    scenarios: dict[str, list[Row]] = {}
    for row in rows:
        scenarios.setdefault(simulator.scenario_name(edition, row), []).append(row)
    return [
        (
            name,
            [
                published_table(
                    f"table-economies-{part}-{number}-{nature.anchor}",
                    f"{name} ({what}), par type d’hébergement actuel, {rows[0]['annee']}, données {nature.adjective}",
                    SAVINGS,
                    members,
                    (Head("Hébergement actuel", "libelle", shape="libelle"), *heads),
                )
                for what, part, heads in _RESULTS
            ],
        )
        for number, (name, members) in enumerate(scenarios.items(), start=1)
    ]


def _years(edition: Edition, rows: Sequence[Row], nature: Nature) -> list[DataTable]:
    ordered = sorted(rows, key=lambda row: (_order(row), row["annee"]))
    return [
        _with_scenarios(
            edition,
            f"table-economies-annees-{name}-{nature.anchor}",
            f"Économies de tous les sites comparables ({what}), année par année, données {nature.adjective}",
            ordered,
            (Head("Année", "annee"), *heads),
        )
        for what, name, heads in _RESULTS
    ]


# ---- the claim of 2017 ----


def _claim(edition: Edition, rows: Sequence[Row], nature: Nature) -> dict[str, Any] | None:
    """The share that moving saves, of all sites and of server rooms, beside what was announced in 2017."""
    moves = [row for row in rows if row["scenario"] == "hebergement" and row["modalite"] in _CLAIMED]
    if not [row for row in moves if row["part_economisee"] is not None]:
        return None
    heads = (
        Head("Hébergement actuel", "libelle"),
        Head("Sites qui économiseraient", "nb_sites_economie"),
        Head("Part économisée", "part_economisee"),
        DIFFUSION,
    )
    caption = f"Part de l’énergie économisée par un déplacement en {moves[0]['annee']}, données {nature.adjective}"
    table = _with_scenarios(edition, f"table-annonce-{nature.anchor}", caption, moves, heads)
    return {"chart": _claim_chart(edition, moves, nature), "table": table}


_CLAIMED: Mapping[str, tuple[str, ranges.Mark]] = {
    "ensemble": ("ensemble", ranges.Mark("circle", figures.BLUE)),
    "salle_serveurs": ("salles de serveurs", ranges.Mark("diamond", figures.VERMILLION)),
}


def _claim_chart(edition: Edition, moves: Sequence[Row], nature: Nature) -> Chart:
    targets: dict[str, dict[str, Row]] = {}
    for row in moves:
        targets.setdefault(row["type_hebergement_cible"], {})[row["modalite"]] = row
    lines = [_claim_line(edition, target, by_group) for target, by_group in targets.items()]
    marks = announced(edition)
    low, middle, high = (french.percent(marks[level]) for level in ("bas", "central", "haut"))
    return Chart(
        id=f"economies-annonce-{nature.anchor}",
        title="Part de l’énergie qu’un déplacement économiserait, et l’annonce de 2017 (bande grise)",
        alternative=(
            f"Une ligne par type d’hébergement visé, devant l’annonce de 2017 (bande de {low} à {high}, trait à "
            f"{middle}). {_told(lines)}. {alternatives.end(nature)}"
        ),
        figure=ranges.chart(
            lines,
            tuple(mark for _, mark in _CLAIMED.values()),
            synthetic=nature.synthetic,
            limits=(0, 70),
            shapes=_announced_shapes(marks),
            ticksuffix="\u00a0%",
        ),
        values=f"table-annonce-{nature.anchor}",
        **_rests(edition, moves, nature),
    )


def _announced_shapes(marks: Mapping[str, float]) -> list[dict[str, Any]]:
    """A band between the ends of what was announced, and a line at its middle."""
    behind = {"yref": "paper", "y0": 0, "y1": 1, "layer": "below"}
    low, middle, high = (100 * marks[level] for level in ("bas", "central", "haut"))
    stroke = {"color": figures.MUTED, "width": 1.5, "dash": "dash"}
    return [
        {**behind, "type": "rect", "x0": low, "x1": high, "fillcolor": "#e3e8eb", "line": {"width": 0}},
        {**behind, "type": "line", "x0": middle, "x1": middle, "line": stroke},
    ]


def _claim_line(edition: Edition, target: str, by_group: Mapping[str, Row]) -> ranges.Line:
    shares = {group: by_group[group]["part_economisee"] if group in by_group else None for group in _CLAIMED}
    said = ", ".join(
        f"{words} {cell(by_group[group], SAVINGS, 'part_economisee').text if group in by_group else french.ABSENT}"
        for group, (words, _) in _CLAIMED.items()
    )
    values = tuple(None if share is None else 100 * share for share in shares.values())
    return ranges.Line(figures.plain_text(edition.label("type_hebergement", target)), said, values)


# ---- what the results rest on ----


def _assumptions(edition: Edition) -> DataTable:
    """The assumptions that the build read, one value a row, each with its source, date and status."""
    return DataTable(
        "table-hypotheses",
        "Hypothèses de calcul, avec la source, la date et le statut de chacune",
        (
            Column("Hypothèse"),
            Column("Scénario"),
            Column("Estimation"),
            Column("Valeur"),
            Column("Source", shape="propos"),
            Column("Date", shape="court"),
            Column("Statut"),
        ),
        tuple(_assumption(edition, row) for row in edition.assumptions),
        linked=True,
    )


def _assumption(edition: Edition, row: Row) -> tuple[Part, ...]:
    name, target = _PARAMETERS[row["parametre"]], row["type_hebergement_cible"]
    if target is not None:
        name = f"{name} : {edition.label('type_hebergement', target)}"
    unit = "" if row["unite"] == "ratio" else french.SPACE + row["unite"].replace("EUR", "€")
    source = [row["source"], row["perimetre"], row["url_source"]]
    return (
        french.typography(name),
        SCENARIOS[row["scenario"]],
        _LEVEL_WORDS[row["niveau"]],
        french.plain(row["valeur"]) + unit,
        " ; ".join(text for text in source if text),
        row["date_valeur"],
        _STATUSES[row["statut"]],
    )

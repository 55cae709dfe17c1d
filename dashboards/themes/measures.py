"""Measures month by month: how complete they are, the PUE of whole months, and what the meters say of declarations."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from dashboards import figures, french, links
from dashboards.cells import Cell, Chart, Column, DataTable, Part, cell, computed, sentence
from dashboards.data import Edition, Row, records
from dashboards.themes import NATURES, Nature, Page, alternatives, gaps, months
from dashboards.themes.months import ITEMS, MEASURES
from dashboards.themes.peers import WORDS
from dashboards.themes.sites import SITES

RECONCILED = gaps.SOURCE
_WIDTH = 420
_FEWEST = 3  # sites of a median
_LISTED = 30  # reconciliations listed, the widest gaps first
_COLOURS = {"1": figures.BLUE, "2": figures.VERMILLION, "3": figures.GREEN}
_SYMBOLS = {"1": "circle", "2": "diamond", "3": "square"}


Medians = Mapping[tuple[str, int], tuple[float, int]]
"""Category of measurement and month -> median PUE of the sites, and how many they are."""


@dataclass(frozen=True)
class Count:
    """The series of a month: a row of it, how many there are, how many of them are complete."""

    first: Row
    series: int
    whole: int


@dataclass(frozen=True)
class Listed:
    """A site in the list: its name as published, the page of its measures, and what it measures."""

    name: Cell
    address: str
    items: str
    first: Part
    last: Part
    complete: Cell
    months: Cell


@dataclass(frozen=True)
class Band:
    """A range of gaps between meters and declaration: its words, and whether a row falls in it."""

    said: str
    short: str
    holds: Callable[[float | None], bool]


BANDS = (
    Band("1 % au plus", "≤ 1 %", lambda gap: gap is not None and abs(gap) <= 1),
    Band("plus de 1 %, 5 % au plus", "1 à 5 %", lambda gap: gap is not None and 1 < abs(gap) <= 5),
    Band("plus de 5 %, 20 % au plus", "5 à 20 %", lambda gap: gap is not None and 5 < abs(gap) <= 20),
    Band("plus de 20 %", "> 20 %", lambda gap: gap is not None and abs(gap) > 20),
    Band("écart non calculé", "non calculé", lambda gap: gap is None),
)


def page(edition: Edition) -> Page:
    """The page `mesures.html`."""
    context = {
        "parts": [_part(edition, nature) for nature in NATURES],
        "drawn": months.DRAWN,
        "listed": _LISTED,
        "colours": _COLOURS,
        "words": WORDS,
    }
    return Page("mesures.html", "mesures.html.j2", "Mesures mois par mois", "mesures.html", context)


def _part(edition: Edition, nature: Nature) -> dict[str, Any]:
    frame, years = (edition.frames[name] for name in (MEASURES, RECONCILED))
    frame, years = (one[one["synthetique"] == nature.synthetic] for one in (frame, years))
    now = _last_compared(years)
    counts, medians = _counts(frame), _medians(frame)
    return {
        "nature": nature,
        "empty": frame.empty and years.empty,
        "answers": [answer for answer in (_months_answer(frame), _gaps_answer(now)) if answer],
        "completeness": _completeness(frame, counts, nature) if counts else None,
        "pue": _pue(frame, medians, nature) if medians else None,
        "gaps": _gaps(now, nature) if now else None,
        "widest": _widest(edition, now, nature) if now else None,
        "categories": _categories(medians),
        "sites": _sites(edition, frame, years),
    }


def _last_compared(years: pd.DataFrame) -> list[Row]:
    """The reconciliations of the last year that has a gap, or else of the last one."""
    compared = years[years["ecart_pct"].notna()]
    last = (years if compared.empty else compared)["annee"].max()
    return [] if years.empty else records(years[years["annee"] == last])


# ---- the answers ----


def _months_answer(frame: pd.DataFrame) -> tuple[Part, ...]:
    if frame.empty:
        return ()
    year = frame["mois"].max()[:4]
    own = frame[frame["mois"].str.startswith(year)]
    sites, share = own["id_centre"].nunique(), float(_whole(own).mean())
    how = f"{MEASURES}, mois de {year}"
    return sentence(
        f"En {{annee}}, {{sites}} {'publient' if sites > 1 else 'publie'} des mesures mensuelles ; {{part}} de leurs "
        "mois sont complets, poste par poste.",
        annee=computed(int(year), str, "année du dernier mois publié"),
        sites=computed(sites, lambda number: french.count(int(number), "centre"), f"id_centre distincts, {how}"),
        part=computed(share, months.completeness, f"part des lignes de completude 1, {how}"),
    )


def _whole(frame: pd.DataFrame) -> "pd.Series[bool]":
    """Which rows are complete, as `months.complete` says it of one."""
    return frame["completude"] >= 1


def _gaps_answer(now: Sequence[Row]) -> tuple[Part, ...]:
    known = [row for row in now if row["ecart_pct"] is not None]
    if not known:
        return ()
    far = [row for row in known if abs(row["ecart_pct"]) > 5]
    how = f"{RECONCILED}, année {known[0]['annee']}"
    found = "{loin} sur {tous} s’écarte" if far else "aucun rapprochement sur {tous} ne s’écarte"
    found += "nt" if len(far) > 1 else ""
    return sentence(
        f"En {{annee}}, {found} de plus de 5 % de la déclaration, ou à défaut des lignes de relevés.",
        annee=cell(known[0], RECONCILED, "annee"),
        loin=computed(len(far), lambda number: french.count(int(number), "rapprochement"), f"|ecart_pct| > 5, {how}"),
        tous=computed(len(known), french.integer, f"ecart_pct connu, {how}"),
    )


# ---- the charts ----


def _counts(frame: pd.DataFrame) -> dict[int, Count]:
    """The series of each month that is drawn, in the order of months."""
    firsts = {row["mois"]: row for row in records(frame.drop_duplicates("mois"))}
    whole, all_ = (rows.groupby("mois").size().to_dict() for rows in (frame[_whole(frame)], frame))
    shown = sorted(firsts)[-months.DRAWN :]
    oldest = months.number(shown[-1]) - months.DRAWN if shown else 0
    return {
        months.number(name): Count(firsts[name], int(all_[name]), int(whole.get(name, 0)))
        for name in shown
        if months.number(name) > oldest
    }


def _completeness(frame: pd.DataFrame, counts: Mapping[int, Count], nature: Nature) -> Chart:
    """How many measured items are complete each month, and how many are not."""
    hatched = {"color": "#ffffff", "pattern": months.INCOMPLETE, "line": {"color": months.HATCH, "width": 1}}
    whole = [count.whole for count in counts.values()]
    rest = [count.series - count.whole for count in counts.values()]
    described = months.described(
        [
            {"type": "bar", "x": list(counts), "y": whole, "marker": {"color": figures.BLUE}, "hoverinfo": "skip"},
            {"type": "bar", "x": list(counts), "y": rest, "marker": hatched, "hoverinfo": "skip"},
        ],
        months.span_of(list(counts)),
        synthetic=nature.synthetic,
        opaque=True,
        barmode="stack",
        bargap=0.25,
        yaxis=figures.counts_axis(max(count.series for count in counts.values())),
    )
    first, last = min(counts), max(counts)
    return Chart(
        id=f"mesures-completude-{nature.anchor}",
        title="Séries complètes et incomplètes (un poste d’un centre)",
        alternative=(
            f"Colonnes, une par mois : {whole[0]} séries complètes et {rest[0]} incomplètes en "
            f"{months.name_of(first)}, {whole[-1]} et {rest[-1]} en {months.name_of(last)}. {alternatives.end(nature)}"
        ),
        figure=go.Figure(described),
        table=_completeness_table(counts, nature),
        csv=f"{MEASURES}.csv",
        count=computed(frame["id_centre"].nunique(), french.integer, f"id_centre distincts de {MEASURES}"),
        width=_WIDTH,
    )


def _completeness_table(counts: Mapping[int, Count], nature: Nature) -> DataTable:
    columns = (Column("Mois", shape="court"), Column("Séries", True), Column("Complètes", True), Column("Part", True))
    rows = tuple(
        (
            cell(count.first, MEASURES, "mois", months.name),
            computed(count.series, french.integer, f"lignes de {MEASURES} du mois"),
            computed(count.whole, french.integer, f"lignes de {MEASURES} du mois, completude 1"),
            computed(count.whole / count.series, months.completeness, "complètes / séries"),
        )
        for count in list(counts.values())[::-1]
    )
    name = f"table-completude-{nature.anchor}"
    return DataTable(name, f"Séries complètes, données {nature.adjective}", columns, rows)


def _pue(frame: pd.DataFrame, medians: Medians, nature: Nature) -> Chart:
    """The median PUE of whole months, by the point where IT is measured: they are never mixed."""
    shown = months.span_of([place for _, place in medians])
    categories = _categories(medians)
    described = months.described(
        [trace for category in categories for trace in _median_line(medians, category, shown)],
        shown,
        synthetic=nature.synthetic,
        yaxis=figures.axis(range=[1.0, max(value for value, _ in medians.values()) + 0.2], nticks=5),
    )
    told = " ; ".join(f"{WORDS[category]} : {_told(medians, category, shown)}" for category in categories)
    return Chart(
        id=f"mesures-pue-{nature.anchor}",
        title="PUE médian des mois complets, par point de mesure",
        alternative=f"Une ligne par point de mesure. {told}. {alternatives.end(nature)}",
        figure=go.Figure(described),
        table=_pue_table(medians, nature),
        csv=f"{MEASURES}.csv",
        count=computed(
            frame[frame["pue"].notna()]["id_centre"].nunique(),
            french.integer,
            f"id_centre distincts de {MEASURES} qui ont un pue",
        ),
        width=_WIDTH,
    )


def _told(medians: Medians, category: str, shown: range) -> str:
    own = [(place, value) for (one, place), (value, _) in sorted(medians.items()) if one == category and place in shown]
    return alternatives.over_years([(months.name_of(place), value, french.ratio(value)) for place, value in own])


def _medians(frame: pd.DataFrame) -> Medians:
    """The medians of the months and categories that have enough sites."""
    known = frame[frame["pue"].notna() & frame["categorie_mesure_it"].notna()]
    found = known.groupby(["categorie_mesure_it", "mois"])["pue"].agg(["median", "size"])
    return {
        (category, months.number(name)): (float(value), int(sites))
        for (category, name), value, sites in zip(found.index, found["median"], found["size"], strict=True)
        if sites >= _FEWEST
    }


def _categories(medians: Medians) -> list[str]:
    """The categories of measurement that have a median."""
    return [category for category in _COLOURS if any(one == category for one, _ in medians)]


def _median_line(medians: Medians, category: str, shown: range) -> list[dict[str, Any]]:
    values = [medians.get((category, place), (None, 0))[0] for place in shown]
    known = [(place, value) for place, value in zip(shown, values, strict=True) if value is not None]
    colour = _COLOURS[category]
    marker = {"color": colour, "size": 8, "symbol": _SYMBOLS[category]}
    line = {"color": colour, "width": 2}
    return [
        {"type": "scatter", "mode": "lines", "x": list(shown), "y": values, "line": line, "hoverinfo": "skip"},
        {
            "type": "scatter",
            "mode": "markers",
            "x": [place for place, _ in known],
            "y": [value for _, value in known],
            "marker": marker,
            "hoverinfo": "skip",
        },
    ]


def _pue_table(medians: Medians, nature: Nature) -> DataTable:
    columns = (
        Column("Mois", shape="court"),
        Column("Point de mesure"),
        Column("PUE médian", True),
        Column("Centres", True),
    )
    rows = tuple(
        (
            computed(place, lambda value: months.name_of(int(value)), f"mois de {MEASURES}"),
            WORDS[category],
            computed(value, french.ratio, f"médiane de pue, {months.month_of(place)}, catégorie {category}"),
            computed(sites, french.integer, f"lignes qui ont un pue, {months.month_of(place)}, catégorie {category}"),
        )
        for (category, place), (value, sites) in sorted(medians.items(), key=lambda item: (-item[0][1], item[0][0]))
    )
    caption = f"PUE médian des mois complets, données {nature.adjective}"
    return DataTable(f"table-pue-{nature.anchor}", caption, columns, rows)


def _gaps(now: Sequence[Row], nature: Nature) -> Chart:
    """How many reconciliations of the last year fall in each range of gaps."""
    counts = [sum(band.holds(row["ecart_pct"]) for row in now) for band in BANDS]
    year = now[0]["annee"]
    below = {"yref": "paper", "y": 0, "yanchor": "top", "yshift": -6}
    described = figures.described(
        [{"type": "bar", "x": list(range(len(BANDS))), "y": counts, "marker": _gap_marker(), "hoverinfo": "skip"}],
        height=220,
        synthetic=nature.synthetic,
        opaque=True,
        annotations=[
            *(
                figures.note(band.short, x=place, font={"size": 11, "color": figures.MUTED}, **below)
                for place, band in enumerate(BANDS)
            ),
            *(
                figures.note(french.integer(count), x=place, y=count, yanchor="bottom", yshift=2, bgcolor=figures.PAPER)
                for place, count in enumerate(counts)
            ),
        ],
        bargap=0.3,
        margin={"l": 8, "r": 8, "t": 8, "b": 32},
        xaxis=figures.bare_axis(range=[-0.6, len(BANDS) - 0.4]),
        yaxis=figures.bare_axis(range=[0, 1.2 * max(counts)]),
    )
    told = " ; ".join(f"{band.said} : {count}" for band, count in zip(BANDS, counts, strict=True))
    rows = tuple(
        (band.said, computed(count, french.integer, f"lignes de {RECONCILED}, {year}, {band.said}"))
        for band, count in zip(BANDS, counts, strict=True)
    )
    columns = (Column("Écart des compteurs"), Column("Rapprochements", True))
    return Chart(
        id=f"mesures-ecarts-{nature.anchor}",
        title=f"Écart entre compteurs et déclaration en {year}",
        alternative=f"Colonnes : nombre de rapprochements, {told}. {alternatives.end(nature)}",
        figure=go.Figure(described),
        table=DataTable(
            f"table-ecarts-{nature.anchor}", f"Écarts en {year}, données {nature.adjective}", columns, rows
        ),
        csv=f"{RECONCILED}.csv",
        count=computed(
            len({row["id_centre"] for row in now}), french.integer, f"id_centre distincts de {RECONCILED}, {year}"
        ),
        year=cell(now[0], RECONCILED, "annee"),
        width=_WIDTH,
    )


def _gap_marker() -> dict[str, Any]:
    """The last bar is no gap but what could not be compared: grey."""
    return {"color": [*[figures.BLUE] * (len(BANDS) - 1), figures.FAINT]}


# ---- the lists ----


def _widest(edition: Edition, now: Sequence[Row], nature: Nature) -> DataTable:
    """The reconciliations of the last year that have a gap, the widest first."""
    known = [row for row in now if row["ecart_pct"] is not None]
    ordered = sorted(known, key=lambda row: (-abs(row["ecart_pct"]), row["id_centre"], row["poste"]))[:_LISTED]
    shape = "court"
    columns = (
        Column("Centre"),
        Column("Poste"),
        Column("Déclarée", True, shape),
        Column("Lignes", True, shape),
        Column("Compteurs", True, shape),
        Column("Écart", True),
        Column("Mise de côté", True, shape),
        Column("Pourquoi", shape="long"),
    )
    names = _names(edition)
    rows = tuple(
        (
            _name(names, row),
            cell(row, RECONCILED, "poste", lambda item: ITEMS.get(item, item)),
            cell(row, RECONCILED, "energie_declaree_kwh"),
            cell(row, RECONCILED, "energie_lignes_kwh"),
            cell(row, RECONCILED, "energie_compteurs_kwh"),
            cell(row, RECONCILED, "ecart_pct"),
            cell(row, RECONCILED, "energie_ecartee_kwh"),
            cell(row, RECONCILED, "motifs_ecart", gaps.reasons),
        )
        for row in ordered
    )
    caption = f"Les plus grands écarts en {now[0]['annee']}, données {nature.adjective}"
    return DataTable(f"table-plus-grands-ecarts-{nature.anchor}", caption, columns, rows)


def _names(edition: Edition) -> Mapping[str, Row]:
    """The last published row of each site, which holds its name."""
    return {row["id_centre"]: row for row in edition.sites}


def _name(names: Mapping[str, Row], row: Row) -> Cell:
    """The name of the site of a row, or its number when no annual row names it."""
    register = names.get(row["id_centre"])
    if register is None or register["nom_site"] is None:
        return cell(row, RECONCILED if "annee" in row else MEASURES, "id_centre")
    return cell(register, SITES, "nom_site")


def _sites(edition: Edition, frame: pd.DataFrame, years: pd.DataFrame) -> list[Listed]:
    """The sites that have a page of measures, by name: with months, or with years alone."""
    names = _names(edition)
    whole = frame[_whole(frame)].groupby("id_centre").size().to_dict()
    months_of = frame[["id_centre", "mois", "poste"]].groupby("id_centre")
    years_of = years[~years["id_centre"].isin(frame["id_centre"])][["id_centre", "annee", "poste"]].groupby("id_centre")
    found = [
        _listed(names, records(own), int(whole.get(identifier, 0)))
        for groups in (months_of, years_of)
        for identifier, own in groups
        if links.measures(str(identifier))
    ]
    return sorted(found, key=lambda site: (french.alphabetical(site.name.text), site.address))


def _listed(names: Mapping[str, Row], rows: Sequence[Row], whole: int) -> Listed:
    monthly = [row for row in rows if "mois" in row]
    ends = [choose(monthly, key=lambda row: str(row["mois"])) for choose in (min, max) if monthly]
    told: list[Part] = [cell(row, MEASURES, "mois", months.name) for row in ends]
    first, last = told or [french.ABSENT, french.ABSENT]
    present = {row["poste"] for row in rows}
    how = f"lignes de {MEASURES} du centre"
    return Listed(
        _name(names, rows[0]),
        links.measures(rows[0]["id_centre"]),
        ", ".join(french.within(label) for item, label in ITEMS.items() if item in present),
        first,
        last,
        computed(whole, french.integer, f"{how}, completude 1"),
        computed(len(monthly), french.integer, how),
    )

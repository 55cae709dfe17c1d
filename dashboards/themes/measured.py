"""One page for each site that publishes measures: its months, its monthly PUE, its power, and what they agree with."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import Any

from dashboards import figures, french, links, svg
from dashboards.cells import DataTable, Head, Part, cell, computed, published_table, sentence
from dashboards.data import Edition, Row
from dashboards.themes import NATURES, Nature, Page, alternatives, gaps, months
from dashboards.themes.months import ITEMS, MEASURES
from dashboards.themes.peers import WORDS

WIDTH = 340  # px of the still drawings: about a phone's
_ROWS = 10  # years and items that the drawing of reconciliations shows
_SYMBOLS = {"1": "circle", "2": "diamond", "3": "square"}  # by category of measurement; hollow when it is not known
_UNITS = ((1e6, "GWh"), (1e3, "MWh"), (1.0, "kWh"))
_MONTH = Head("Mois", "mois", months.name, shape="court")
_ITEM = Head("Poste", "poste", lambda item: ITEMS.get(item, item))
_COMPLETE = Head("Complétude", "completude", months.completeness, shape="court")


def _kilowatts(value: float) -> str:
    return f"{french.number(value, 1)}{french.SPACE}kW"


_ENERGY = (
    _MONTH,
    Head("Énergie retenue", "energie_kwh", shape="court"),
    _COMPLETE,
    Head("Jours complets", "jours_complets", french.integer),
    Head("Jours du mois", "jours_du_mois", french.integer),
    Head("Compteurs", "nb_compteurs"),
    Head("Part estimée", "part_estimee"),
)
_PUE = (
    _MONTH,
    Head("PUE du mois", "pue"),
    Head("Point de mesure", "categorie_mesure_it", lambda category: WORDS.get(category, category)),
    _COMPLETE,
)
_POWER = (
    _MONTH,
    _ITEM,
    Head("Puissance de base", "puissance_base_kw", _kilowatts, shape="court"),
    Head("Pointe", "puissance_pointe_kw", _kilowatts, shape="court"),
    _COMPLETE,
)
_SHARES = (_MONTH, _ITEM, Head("Part de nuit", "part_nuit"), Head("Part de week-end", "part_week_end"), _COMPLETE)


@dataclass(frozen=True)
class Still:
    """A still drawing with its words, its table and the keys that it takes."""

    id: str
    title: str
    alternative: str
    drawing: str
    table: DataTable
    csv: str = f"{MEASURES}.csv"
    keys: tuple[tuple[str, str], ...] = ()
    note: str = ""


def pages(edition: Edition, first: int = 0, step: int = 1) -> Iterator[Page]:
    """The pages `mesures/<id_centre>.html`, one at a time; from `first`, one in `step`."""
    names = {row["id_centre"]: row for row in edition.sites}  # the last year, as rows are in order
    for identifier in islice(measured(edition), first, None, step):
        yield _page(edition, identifier, names.get(identifier))


def measured(edition: Edition) -> list[str]:
    """The sites that have a page of measures, in the order of their numbers."""
    return sorted(filter(partial(address, edition), {*edition.measures, *edition.reconciliations}))


def address(edition: Edition, identifier: str) -> str:
    """The page of the measures of a site, '' when it has none."""
    known = identifier in edition.measures or identifier in edition.reconciliations
    return links.measures(identifier) if known else ""


def answer(rows: Sequence[Row]) -> tuple[Part, ...]:
    """How many months are complete, and the last monthly PUE, in a sentence or two; nothing without measures."""
    totals = principal(rows)
    if not totals:
        return ()
    whole = [row for row in totals if months.complete(row)]
    how = f"nombre de lignes {totals[0]['poste']} de {MEASURES} du centre"
    item = french.within(ITEMS[totals[0]["poste"]])
    count = "{complets} des" if whole else "Aucun des"
    verb = "sont complets" if len(whole) > 1 else "est complet" if whole else "n’est complet"
    parts = sentence(
        f"{count} {{mois}} mois relevés {verb} ({item}), de {{debut}} à {{fin}}.",
        complets=computed(len(whole), french.integer, f"{how}, completude 1"),
        mois=computed(len(totals), french.integer, how),
        debut=cell(totals[0], MEASURES, "mois", months.name),
        fin=cell(totals[-1], MEASURES, "mois", months.name),
    )
    known = [row for row in rows if row["pue"] is not None]
    return (*parts, *_last_pue(known[-1])) if known else parts


def principal(rows: Sequence[Row]) -> list[Row]:
    """The rows of the item that tells most of a site: the total, or else the first that it measures."""
    for item in ITEMS:
        if found := [row for row in rows if row["poste"] == item]:
            return found
    return []


def _last_pue(row: Row) -> tuple[Part, ...]:
    return sentence(
        " Le dernier PUE d’un mois complet est de {pue}, en {mois}.",
        pue=cell(row, MEASURES, "pue"),
        mois=cell(row, MEASURES, "mois", months.name),
    )


def _page(edition: Edition, identifier: str, register: Row | None) -> Page:
    rows, years = edition.measures.get(identifier, []), edition.reconciliations.get(identifier, [])
    synthetic = bool([*rows, *years][0]["synthetique"])
    nature = next(nature for nature in NATURES if nature.synthetic is synthetic)
    name = identifier if register is None else register["nom_site"] or identifier
    title = ", ".join(filter(None, (f"Mesures – {name}", register["organisme"] if register else None)))
    context = {
        "identifier": identifier,
        "name": name,
        "site": links.site(identifier) if register is not None else "",
        "nature": nature,
        "answer": answer(rows),
        "energies": list(_energies(rows, nature)),
        "pue": _pue(rows, nature),
        "powers": _power(rows, nature),
        "shares": _shares(rows, nature),
        "gaps": _gaps(years, nature),
        "drawn": months.DRAWN,
    }
    return Page(links.measures(identifier), "mesures-centre.html.j2", title, "mesures.html", context)


def _energies(rows: Sequence[Row], nature: Nature) -> Iterator[Still]:
    """A drawing of the months of each item."""
    for item, label in ITEMS.items():
        if own := [row for row in rows if row["poste"] == item]:
            yield _energy(own, item, label, nature)


def _energy(rows: Sequence[Row], item: str, label: str, nature: Nature) -> Still:
    shown = months.span(rows)
    drawn = months.within(rows, shown)
    known = [row for row in drawn if months.complete(row) and row["energie_kwh"] is not None]
    highest = max((row["energie_kwh"] for row in drawn if row["energie_kwh"] is not None), default=0.0) or 1.0
    scale, unit = next((scale, unit) for scale, unit in _UNITS if highest >= scale or scale == 1.0)
    top = 1.1 * highest / scale
    described = months.described(
        months.bars(drawn, shown, top, scale),
        shown,
        shapes=[*months.gaps(drawn, shown, top), *months.kept(drawn, scale)],
        annotations=months.labels(drawn, top),
        synthetic=nature.synthetic,
        opaque=True,
        barmode="stack",
        bargap=0.25,
        yaxis=figures.axis(range=[0, top], nticks=5),
    )
    told = alternatives.over_years(_points(known, "energie_kwh", french.energy))
    holes = len(drawn) - len(known)
    alternative = (
        f"Une colonne par mois : {french.within(label)}, {told} pour les mois complets ; "
        f"{_incomplete(holes)}. {alternatives.end(nature)}"
    )
    table = published_table(f"table-energie-{item}", f"{label}, mois par mois", MEASURES, rows[::-1], _ENERGY)
    return _still(f"energie-{item}", f"{label} ({unit} par mois)", alternative, described, table)


def _incomplete(count: int) -> str:
    if count == 0:
        return "aucun mois incomplet"
    return f"{count} mois {'incomplet, hachuré' if count == 1 else 'incomplets, hachurés'}, sans total"


def _pue(rows: Sequence[Row], nature: Nature) -> Still | None:
    """The PUE of complete months, with the point where IT is measured."""
    totals = [row for row in rows if row["poste"] == "total"]
    known = [row for row in totals if row["pue"] is not None]
    if not known:
        return None
    shown = months.span(totals)
    drawn = months.within(known, shown)
    symbols = [_SYMBOLS.get(row["categorie_mesure_it"], "circle-open") for row in drawn]
    described = months.described(
        months.line(drawn, shown, "pue", figures.BLUE, symbols=symbols),
        shown,
        synthetic=nature.synthetic,
        yaxis=figures.axis(range=[1.0, max((row["pue"] for row in drawn), default=1.0) + 0.2], nticks=5),
    )
    categories = sorted({row["categorie_mesure_it"] or "" for row in drawn})
    told = alternatives.over_years(_points(drawn, "pue", french.ratio))
    points = " et ".join(WORDS.get(category, "point de mesure inconnu") for category in categories)
    alternative = f"PUE des mois complets : {told} ; {points}. {alternatives.end(nature)}"
    table = published_table("table-pue", "PUE mois par mois", MEASURES, totals[::-1], _PUE)
    keys = tuple((_KEYS[category], WORDS.get(category, "point de mesure inconnu")) for category in categories)
    return _still("pue", "PUE mensuel, selon le point de mesure", alternative, described, table, keys=keys)


_KEYS = {"1": "cle-point", "2": "cle-losange-bleu", "3": "cle-carre-plein", "": "cle-anneau"}


def _power(rows: Sequence[Row], nature: Nature) -> Still | None:
    """The base load and the peak of the item that tells most."""
    known = _with(rows, ("puissance_base_kw", "puissance_pointe_kw"))
    if not known:
        return None
    shown = months.span(known)
    drawn = months.within(known, shown)
    highest = max(row[column] or 0.0 for row in drawn for column in ("puissance_base_kw", "puissance_pointe_kw"))
    described = months.described(
        [
            *months.line(drawn, shown, "puissance_base_kw", figures.BLUE),
            *months.line(drawn, shown, "puissance_pointe_kw", figures.VERMILLION),
        ],
        shown,
        synthetic=nature.synthetic,
        yaxis=figures.axis(range=[0, 1.15 * (highest or 1.0)], nticks=5),
    )
    base, peak = (
        alternatives.over_years(_points(drawn, column, _kilowatts))
        for column in ("puissance_base_kw", "puissance_pointe_kw")
    )
    item = ITEMS[known[0]["poste"]]
    alternative = f"{item} : puissance de base, {base} ; pointe, {peak}. {alternatives.end(nature)}"
    table = published_table("table-puissances", "Puissances mois par mois", MEASURES, known[::-1], _POWER)
    keys = (("cle-point", "base, médiane des minimums de chaque jour complet"), ("cle-disque", "pointe du mois"))
    title = f"Puissance de base et de pointe (kW), {french.within(item)}"
    return _still("puissances", title, alternative, described, table, keys=(*keys, _HOLLOW))


def _shares(rows: Sequence[Row], nature: Nature) -> Still | None:
    """The shares of the night and of the week-end, beside what a constant load would have by night."""
    known = _with(rows, ("part_nuit", "part_week_end"))
    if not known:
        return None
    shown = months.span(known)
    drawn = months.within(known, shown)
    highest = max(100 * (row[column] or 0.0) for row in drawn for column in ("part_nuit", "part_week_end"))
    dotted = {"color": figures.MUTED, "width": 1, "dash": "dot"}
    constant = {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": 100 / 3, "y1": 100 / 3, "line": dotted}
    described = months.described(
        [
            *months.line(drawn, shown, "part_nuit", figures.BLUE, scale=100),
            *months.line(drawn, shown, "part_week_end", figures.VERMILLION, scale=100),
        ],
        shown,
        synthetic=nature.synthetic,
        shapes=[{**constant, "layer": "below"}],
        yaxis=figures.axis(range=[0, max(45.0, 1.15 * highest)], nticks=5),
    )
    night, rest = (
        alternatives.over_years(_points(drawn, column, french.percent)) for column in ("part_nuit", "part_week_end")
    )
    item = ITEMS[known[0]["poste"]]
    alternative = f"{item} : part de la nuit, {night} ; part du week-end, {rest}. {alternatives.end(nature)}"
    table = published_table("table-parts", "Parts de nuit et de week-end", MEASURES, known[::-1], _SHARES)
    keys = (("cle-point", "nuit, de 22 h à 6 h"), ("cle-disque", "samedis et dimanches"), _HOLLOW)
    title = f"Part de la nuit et du week-end (%), {french.within(item)}"
    return _still("parts", title, alternative, described, table, keys=keys)


_HOLLOW = ("cle-anneau", "marque creuse, hors du trait : mois incomplet")


def _with(rows: Sequence[Row], columns: Sequence[str]) -> list[Row]:
    """The rows of the first item that has a value in one of these columns."""
    for item in ITEMS:
        own = [row for row in rows if row["poste"] == item]
        if any(row[column] is not None for row in own for column in columns):
            return own
    return []


def _gaps(years: Sequence[Row], nature: Nature) -> Still | None:
    if not years:
        return None
    order = list(ITEMS)
    ordered = sorted(years, key=lambda row: (-int(row["annee"]), order.index(row["poste"])))
    drawn = ordered[:_ROWS]
    known = [(f"{row['annee']}, {french.within(ITEMS[row['poste']])}", row["ecart_pct"]) for row in drawn]
    told = " ; ".join(f"{name} : {french.change(gap)}" for name, gap in known if gap is not None)
    alternative = (
        "Une ligne par année et poste, de zéro à la plus grande énergie : déclarée, relevée, comptée. "
        f"Écarts : {told or 'aucun ne se calcule'}. {alternatives.end(nature)}"
    )
    keys = (
        ("cle-losange-creux", "énergie déclarée"),
        ("cle-carre-gris", "somme des lignes de relevés (factures)"),
        ("cle-point", "compteurs, année complète à 99 % au moins"),
        ("cle-anneau", "compteurs, année incomplète : ce n’est pas un total"),
    )
    more = f"Les {_ROWS} premières lignes sont dessinées." if len(ordered) > _ROWS else ""
    described = gaps.drawing(drawn, synthetic=nature.synthetic)
    table = gaps.table(years, "Ce que disent la déclaration, les lignes et les compteurs")
    title = "Déclaré, relevé, compté, année par année"
    return _still("rapprochements", title, alternative, described, table, "rapprochements.csv", keys, more)


def _still(
    name: str,
    title: str,
    alternative: str,
    described: dict[str, Any],
    table: DataTable,
    csv: str = f"{MEASURES}.csv",
    keys: tuple[tuple[str, str], ...] = (),
    note: str = "",
) -> Still:
    alternative = french.typography(alternative)
    return Still(name, title, alternative, svg.render(described, name, alternative, WIDTH), table, csv, keys, note)


def _points(rows: Sequence[Row], column: str, form: Callable[[float], str]) -> list[alternatives.Point]:
    known = [row for row in rows if row[column] is not None]
    return [(months.name(row["mois"]), row[column], form(row[column])) for row in known]

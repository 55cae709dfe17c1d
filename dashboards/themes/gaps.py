"""Declared, copied from bills, metered: three energies of a year and an item side by side, and what was set aside."""

from collections.abc import Mapping, Sequence
from typing import Any

from dashboards import figures, french
from dashboards.cells import DataTable, Head, published_table
from dashboards.data import Row
from dashboards.themes.months import ITEMS, completeness
from greencloud.checking.groups import READINGS

SOURCE = "rapprochements"
ENOUGH = 0.99
"""The completeness from which a gap is worked out: below it, a hole would be taken for one (see the schema)."""

_ROW = 46  # px of a line of the drawing


def reasons(codes: str) -> str:
    """The codes of what was set aside, in words."""
    return ", ".join(READINGS.get(code, code.replace("_", " ")) for code in codes.split("|"))


_HEADS = (
    Head("Année", "annee"),
    Head("Poste", "poste", lambda item: ITEMS.get(item, item)),
    Head("Déclarée", "energie_declaree_kwh", shape="court"),
    Head("Lignes de relevés", "energie_lignes_kwh", shape="court"),
    Head("Compteurs", "energie_compteurs_kwh", shape="court"),
    Head("Complétude", "completude", completeness),
    Head("Écart", "ecart_pct"),
    Head("Mise de côté", "energie_ecartee_kwh", shape="court"),
    Head("Pourquoi", "motifs_ecart", reasons, shape="long"),
)


def table(rows: Sequence[Row], caption: str, name: str = "table-rapprochements") -> DataTable:
    """Every year and item, the newest first."""
    order = list(ITEMS)
    ordered = sorted(rows, key=lambda row: (-int(row["annee"]), order.index(row["poste"])))
    return published_table(name, caption, SOURCE, ordered, _HEADS)


def drawing(rows: Sequence[Row], *, synthetic: bool) -> dict[str, Any]:
    """A line for each year and item, from zero: declared a diamond, bills a square, meters a disc, or a ring."""
    top = max((row[column] or 0.0 for row in rows for column, _ in _MARKS), default=0.0) or 1.0
    return figures.described(
        [_rails(rows, top), *(_marks(rows, column, look) for column, look in _MARKS)],
        height=_ROW * len(rows) + 16,
        synthetic=synthetic,
        annotations=[_heading(row, -float(place)) for place, row in enumerate(rows)],
        margin={"l": 12, "r": 12, "t": 8, "b": 8},
        xaxis=figures.bare_axis(range=[-0.02 * top, 1.04 * top]),
        yaxis=figures.bare_axis(range=[0.6 - len(rows), 0.8]),
    )


_MARKS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("energie_lignes_kwh", {"size": 17, "color": figures.MUTED, "symbol": "square-open", "width": 2}),
    ("energie_compteurs_kwh", {"size": 10, "color": figures.BLUE, "symbol": "circle", "width": 2}),
    ("energie_declaree_kwh", {"size": 13, "color": figures.VERMILLION, "symbol": "diamond-open", "width": 2}),
)


def _rails(rows: Sequence[Row], top: float) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines",
        "x": [x for _ in rows for x in (0, top, None)],
        "y": [y for place in range(len(rows)) for y in (-place, -place, None)],
        "line": {"color": figures.GRID, "width": 3},
        "hoverinfo": "skip",
    }


def _marks(rows: Sequence[Row], column: str, look: Mapping[str, Any]) -> dict[str, Any]:
    known = [(row, -place) for place, row in enumerate(rows) if row[column] is not None]
    symbols = [_symbol(row, column, str(look["symbol"])) for row, _ in known]
    line = {"color": look["color"], "width": look["width"]}
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [row[column] for row, _ in known],
        "y": [place for _, place in known],
        "marker": {"size": look["size"], "color": look["color"], "symbol": symbols, "line": line},
        "hoverinfo": "skip",
    }


def _symbol(row: Row, column: str, usual: str) -> str:
    """A ring for meters that miss a part of the year: what they counted is no total."""
    return f"{usual}-open" if column == "energie_compteurs_kwh" and row["completude"] < ENOUGH else usual


def _heading(row: Row, place: float) -> dict[str, Any]:
    gap = row["ecart_pct"]
    told = f"écart {french.change(gap)}" if gap is not None else _without(row)
    text = french.typography(f"<b>{row['annee']}</b>, {french.within(ITEMS[row['poste']])} : {told}")
    where = {"xref": "paper", "x": 0, "xanchor": "left", "y": place + 0.42, "yanchor": "middle", "align": "left"}
    return figures.note(text, bgcolor=figures.PAPER, font={"size": 12, "color": figures.INK}, **where)


def _without(row: Row) -> str:
    """Why a gap is not worked out."""
    if row["energie_compteurs_kwh"] is None:
        return "compteurs sans relevé"
    if row["completude"] < ENOUGH:
        return f"complétude {completeness(row['completude'])}"
    return "rien à comparer sur toute l’année"

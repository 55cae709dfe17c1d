"""Cells and tables written with their place said once: the table's by the table, the row's by the row.

The pages of sites are thousands: what they repeat is written here, as the macros of the other pages would, and faster.
"""

from collections.abc import Callable, Iterator
from html import escape

from markupsafe import Markup

from dashboards import french
from dashboards.cells import Cell, Column, DataTable, Part
from dashboards.links import pieces

Address = Callable[[Cell], str]
"""Gives the address that the text of a cell leads to, '' when it leads nowhere."""


def value(part: Part, address: Address, *, column: bool = True) -> Markup:
    """A cell inside elements that name its table and its row, and its column too unless `column`."""
    return Markup(_value(part, address, column))


def table(shown: DataTable, address: Address) -> Markup:
    """A table of published rows: its first cell is the heading of each, its columns are named by its head."""
    numeric = all(column.numeric for column in shown.columns)
    title, kind = f"{shown.id}-titre", ' class="nombres"' if numeric else ""
    heads = "".join(
        f'<th scope="col" data-colonne="{column.name}"{_class(column, numeric)}>{escape(column.label)}</th>'
        for column in shown.columns
    )
    return Markup(
        f'<div class="defilant" role="region" tabindex="0" aria-labelledby="{title}">\n'
        f'<table id="{shown.id}" data-source="{shown.source}.csv"{kind}>\n'
        f'<caption id="{title}"><span>{escape(shown.caption)}</span></caption>\n'
        f"<thead><tr>{heads}</tr></thead>\n<tbody>\n{''.join(_rows(shown, address, numeric))}</tbody>\n</table>\n</div>"
    )


def _rows(shown: DataTable, address: Address, numeric: bool) -> Iterator[str]:
    classes = [_class(column, numeric) for column in shown.columns]
    for row in shown.rows:
        key = row[0].key if isinstance(row[0], Cell) else ""
        cells: list[str] = []
        for part, column, shape in zip(row, shown.columns, classes, strict=True):
            tag, start = ("td", "<td") if cells else ("th", '<th scope="row"')
            other = isinstance(part, Cell) and part.column != column.name
            cells.append(f"{start}{shape}>{_value(part, address, other)}</{tag}>")
        yield f'<tr data-cle="{escape(key)}">{"".join(cells)}</tr>\n'


def _class(column: Column, numeric: bool) -> str:
    name = "" if numeric else "nombre" if column.numeric else column.shape
    return f' class="{name}"' if name else ""


def _value(part: Part, address: Address, column: bool) -> str:
    if isinstance(part, str):
        return escape(part)
    state = "" if part.known else f' class="{part.state}"'
    place = f' data-colonne="{part.column}"' if column else ""
    return f'<data{state} value="{escape(part.raw)}"{place}>{_text(part, address)}</data>'


def _text(part: Cell, address: Address) -> str:
    if part.column == "commentaire":
        return "".join(_linked(text, target) for text, target in pieces(part.text))
    leads = address(part)
    return f'<a href="{escape(leads)}">{escape(part.text)}</a>' if leads else escape(part.text)


def _linked(text: str, target: str) -> str:
    if not target:
        return escape(french.typography(text))
    return f'<a href="{escape(target)}" rel="noopener nofollow external">{escape(text)}</a>'

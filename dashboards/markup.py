"""Cells and tables as HTML: each value with its place in the published files, unless what is around it says it already.

Written here, not by macros: a page may hold thousands of cells, and an edition thousands of pages.
"""

from collections.abc import Callable, Iterator

from markupsafe import Markup

from dashboards import french
from dashboards.cells import Cell, Column, DataTable, Part
from dashboards.links import pieces
from dashboards.svg.elements import escape

Address = Callable[[Cell], str]
"""Gives the address that the text of a cell leads to, '' when it leads nowhere."""
_Place = tuple[str, str, str]  # a published table, the key of a row, a column


def value(part: Part, address: Address) -> Markup:
    """A text, or a cell that names its table, its row and its column."""
    return Markup(_part(part, address, ("", "", "")))


def brief(part: Part, address: Address, *, column: bool = True) -> Markup:
    """A cell inside elements that name its table and its row, and its column too unless `column`."""
    around = (part.source, part.key, "" if column else part.column) if isinstance(part, Cell) else ("", "", "")
    return Markup(_part(part, address, around))


def table(shown: DataTable, address: Address) -> Markup:
    """A table: the first cell of each row is its heading; its columns are named by its head, its rows by themselves."""
    numeric = all(column.numeric for column in shown.columns)
    title = f"{shown.id}-titre"
    attributes = _attribute("data-source", f"{shown.source}.csv" if shown.source else "")
    attributes += _attribute("class", "nombres" if numeric else "")
    heads = "".join(
        f'<th scope="col"{_attribute("data-colonne", column.name)}{_class(column, numeric)}>{escape(column.label)}</th>'
        for column in shown.columns
    )
    return Markup(
        f'<div class="defilant" role="region" tabindex="0" aria-labelledby="{title}">\n'
        f'<table id="{shown.id}"{attributes}>\n'
        f'<caption id="{title}"><span>{escape(french.typography(shown.caption))}</span></caption>\n'
        f"<thead><tr>{heads}</tr></thead>\n<tbody>\n{''.join(_rows(shown, address, numeric))}</tbody>\n</table>\n</div>"
    )


def _rows(shown: DataTable, address: Address, numeric: bool) -> Iterator[str]:
    classes = [_class(column, numeric) for column in shown.columns]
    for row in shown.rows:
        key = next((part.key for part in row if isinstance(part, Cell) and part.source), "")
        cells: list[str] = []
        for part, column, shape in zip(row, shown.columns, classes, strict=True):
            tag, start = ("td", "<td") if cells else ("th", '<th scope="row"')
            linked = shown.linked and isinstance(part, str)
            inside = _links(str(part)) if linked else _part(part, address, (shown.source, key, column.name))
            cells.append(f"{start}{shape}>{inside if cells else _led(shown, row[0], inside)}</{tag}>")
        name = _attribute("id", _name(shown.anchor, row[0]))
        yield f"<tr{name}{_attribute('data-cle', key)}>{''.join(cells)}</tr>\n"


def _led(shown: DataTable, heading: Part, inside: str) -> str:
    """The heading of a row, leading to the row of its name in another table."""
    target = _name(shown.leads, heading)
    return f'<a href="#{escape(target)}">{inside}</a>' if target else inside


def _name(anchor: str, heading: Part) -> str:
    return f"{anchor}-{heading.raw if isinstance(heading, Cell) else heading}" if anchor else ""


def _class(column: Column, numeric: bool) -> str:
    return _attribute("class", "" if numeric else "nombre" if column.numeric else column.shape)


def _attribute(name: str, text: str) -> str:
    return f' {name}="{escape(text)}"' if text else ""


def _part(part: Part, address: Address, around: _Place) -> str:
    if isinstance(part, str):
        return escape(part)
    source, key, column = around
    if not part.source:
        return f'<data value="{escape(part.raw)}" data-calcul="{escape(part.key)}">{_text(part, address)}</data>'
    place = "" if part.source == source else f' data-source="{part.source}.csv"'
    place += "" if part.key == key else f' data-cle="{escape(part.key)}"'
    place += "" if part.column == column else f' data-colonne="{part.column}"'
    state = "" if part.known else f' class="{part.state}"'
    return f'<data{state} value="{escape(part.raw)}"{place}>{_text(part, address)}</data>'


def _text(part: Cell, address: Address) -> str:
    if part.column == "commentaire":
        return _links(part.text)
    leads = address(part)
    return f'<a href="{escape(leads)}">{escape(part.text)}</a>' if leads else escape(part.text)


def _links(text: str) -> str:
    """A text with its web addresses as links."""
    return "".join(_linked(shown, target) for shown, target in pieces(text))


def _linked(text: str, target: str) -> str:
    if not target:
        return escape(french.typography(text))
    return f'<a href="{escape(target)}" rel="noopener nofollow external">{escape(text)}</a>'

"""The view `lues`: one row a line of the files of a group, straight over DuckDB's reader of CSV.

DuckDB numbers no line of a CSV file, and a window that counts rows is one thread's work. A group of several files is
therefore read in as many lanes as DuckDB has threads, side by side, each with a count of its own: the number of a line
is its number in its lane less the lines of the files before it, which are known from the laying.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import duckdb

from greencloud.checking.sql import literal
from greencloud.readings.formats.laying import FILLER, ILL, Laid
from greencloud.readings.motives import ILL_LINE

COLUMNS: Mapping[str, str] = {
    "fichier": "INTEGER",
    "ligne": "BIGINT",
    "compteur": "VARCHAR",
    "sens": "VARCHAR",
    "debut": "TIMESTAMP",
    "fin": "TIMESTAMP",
    "decalage_debut": "INTEGER",
    "decalage_fin": "INTEGER",
    "pas": "INTEGER",
    "valeur": "DECIMAL(18,6)",
    "unite": "VARCHAR",
    "estime": "BOOLEAN",
    "probleme": "VARCHAR",
    "brut": "VARCHAR",
}
"""The columns of the view and their types."""
OFFSETS = ("decalage_debut", "decalage_fin")
_ENDS = ("debut", "fin")
_SHOWN = 200


@dataclass(frozen=True)
class Recipe:
    """How the cells of a format become the columns of the view.

    `parsed`: names of intermediate values -> SQL over the cells; `columns`: columns of the view -> SQL over cells and
    intermediate values (what is left out is NULL, `sens` is CONS, `estime` is false). `problem` gives the code of what
    is wrong with a line, NULL when nothing is, and `written` what is then shown of it. `kinds` are the columns and
    their types, those of the view unless its rows come from several lines.
    """

    parsed: Mapping[str, str]
    columns: Mapping[str, str]
    problem: str
    written: str
    kinds: Mapping[str, str] = field(default_factory=lambda: COLUMNS)
    stamps: Sequence[str] = ()
    tags: Sequence[str] = ()


def cell(place: int) -> str:
    """The column of a cell."""
    return f"c{place}"


def view(files: Sequence[Laid], recipe: Recipe, lanes: int, *, numbered: bool = True) -> str:
    """SQL: the rows of the view for files of one shape. Not `numbered`: `ligne` is NULL, and every thread reads."""
    if not files:
        return empty()
    if not numbered:
        return _lane(files, recipe, numbered=False)
    return " UNION ALL ".join(_lane(part, recipe, numbered=True) for part in _parts(files, lanes))


def empty() -> str:
    """SQL: no row at all, in the columns of the view."""
    return f"SELECT {', '.join(f'NULL::{kind} AS {name}' for name, kind in COLUMNS.items())} WHERE FALSE"


def _parts(files: Sequence[Laid], lanes: int) -> list[list[Laid]]:
    """The files in at most `lanes` runs of about as many lines each, in order."""
    total = sum(laid.lines for laid in files)
    parts: list[list[Laid]] = [[]]
    taken = 0
    for laid in files:
        if parts[-1] and len(parts) < lanes and taken + laid.lines / 2 > total * len(parts) / lanes:
            parts.append([])
        parts[-1].append(laid)
        taken += laid.lines
    return parts


def _lane(files: Sequence[Laid], recipe: Recipe, *, numbered: bool) -> str:
    """SQL: the rows of files that are read one after the other."""
    return _told(_cells(files, numbered=numbered), recipe, copied=files[0].copied)


def _cells(files: Sequence[Laid], *, numbered: bool) -> str:
    """SQL: the cells of files that are read one after the other, with the file and the number of each line."""
    width, copied = len(files[0].labels), files[0].copied
    cells = ", ".join(_cell_of(files, place) for place in range(width))
    number = f"row_number() OVER () + {_per_file(_offsets(files))}" if numbered else "NULL"
    rows = (
        f"SELECT {cells}, {_per_file([laid.place for laid in files])}::INTEGER AS fichier, {number}::BIGINT AS ligne "
        f"FROM {_source(files, width, parallel=not numbered)}"
    )
    return f"SELECT * FROM ({rows}) WHERE {cell(0)} IS DISTINCT FROM {literal(FILLER)}" if copied else rows


def _cell_of(files: Sequence[Laid], place: int) -> str:
    """SQL: a cell, or its text when it is the same in all lines of all files, so that it is understood once."""
    texts = {laid.same.get(place) for laid in files}
    [text] = texts if len(texts) == 1 else [None]
    return cell(place) if text is None else f"{_text(text)} AS {cell(place)}"


def _text(text: str) -> str:
    """SQL: what DuckDB reads of the text of a cell."""
    return literal(text) if text else "NULL::VARCHAR"


def fixed(files: Sequence[Laid], recipe: Recipe) -> list[str]:
    """The tags of which each file has but one, the same in all its lines."""
    return [tag for tag in recipe.tags if all(_place(tag) in laid.same for laid in files)]


def fixed_of(files: Sequence[Laid], tags: Sequence[str]) -> str:
    """SQL: rows of `fichier` and of these tags, one a file."""
    rows = (f"({', '.join((str(laid.place), *written(laid.same, tags)))})" for laid in files)
    return f"SELECT * FROM (VALUES {', '.join(rows)}) AS uns ({', '.join(('fichier', *tags))})"


def written(same: Mapping[int, str], tags: Sequence[str]) -> list[str]:
    """SQL: the tags of lines of which these cells are the same."""
    return [_text(same[_place(tag)]) for tag in tags]


def _place(tag: str) -> int:
    return int(tag.removeprefix("c"))


def _told(rows: str, recipe: Recipe, *, copied: bool) -> str:
    """SQL: the rows of the view, of rows of cells."""
    marked = f"starts_with(coalesce({cell(0)}, ''), {literal(ILL)})"
    problem, written = recipe.problem, recipe.written
    if copied:
        problem = f"CASE WHEN {marked} THEN {literal(ILL_LINE)} ELSE {problem} END"
        written = f"CASE WHEN {marked} THEN substr({cell(0)}, 2) ELSE {written} END"
    judged = f"SELECT *, {problem} AS probleme FROM (SELECT *{_parsed(recipe)} FROM ({rows}))"
    columns = {"sens": "'CONS'", "estime": "FALSE", **recipe.columns}
    # A cast understands « infinity ».
    columns |= {
        name: f"CASE WHEN isfinite({columns[name]}) THEN {columns[name]} END" for name in _ENDS if name in columns
    }
    columns |= {"fichier": "fichier", "ligne": "ligne", "probleme": "probleme"}
    columns["brut"] = f"CASE WHEN probleme IS NOT NULL THEN left({written}, {_SHOWN}) END"
    if copied:
        columns["compteur"] = f"CASE WHEN NOT {marked} THEN {columns.get('compteur', 'NULL')} END"
    selected = ", ".join(f"({columns.get(name, 'NULL')})::{kind} AS {name}" for name, kind in recipe.kinds.items())
    return f"SELECT {selected} FROM ({judged})"


def _parsed(recipe: Recipe) -> str:
    return "".join(f", {sql} AS {name}" for name, sql in recipe.parsed.items())


_OF_LINES = (*_ENDS, *OFFSETS, "pas", "valeur")


def sweep(files: Sequence[Laid], recipe: Recipe, lanes: int) -> str:
    """SQL: what differs from line to line, with the tags: `fichier`, `ligne`, tags, stamps and the columns `_OF_LINES`.

    For a recipe that has stamps.
    """
    columns = ", ".join(f"({recipe.columns.get(name, 'NULL')})::{COLUMNS[name]} AS {name}" for name in _OF_LINES)
    kept = ", ".join(("fichier", "ligne", *recipe.tags, *recipe.stamps))
    return " UNION ALL ".join(
        f"SELECT {kept}, {columns} FROM (SELECT *{_parsed(recipe)} FROM ({_cells(part, numbered=True)}))"
        for part in _parts(files, lanes)
    )


def swept(files: Sequence[Laid], recipe: Recipe, rows: str) -> str:
    """SQL: the rows of the view, of rows that have the tags, the stamps, the value and the offsets already."""
    given = {*recipe.stamps, recipe.columns["valeur"]}
    others = [cell(place) for place in range(len(files[0].labels)) if cell(place) not in recipe.tags]
    cells = "".join(f", NULL::VARCHAR AS {name}" for name in others)
    known = replace(
        recipe,
        parsed={name: sql for name, sql in recipe.parsed.items() if name not in given},
        columns={**recipe.columns, **{name: name for name in OFFSETS}},
    )
    return _told(f"SELECT *{cells} FROM ({rows})", known, copied=False)


def _offsets(files: Sequence[Laid]) -> list[int]:
    """What is added to the number of a row in its lane to have the line of its file, for each file."""
    offsets, before = [], 0
    for laid in files:
        offsets.append(laid.first - 1 - before)
        before += laid.lines
    return offsets


def _per_file(values: Sequence[int]) -> str:
    """SQL: the value of the file that a row comes from."""
    if len(set(values)) == 1:
        return str(values[0])
    if list(values) == list(range(values[0], values[0] + len(values))):
        return f"(file_index::BIGINT + {values[0]})"
    return f"list_extract([{', '.join(map(str, values))}], file_index::BIGINT + 1)"


def _source(files: Sequence[Laid], width: int, *, parallel: bool) -> str:
    """SQL: the cells of the files, as texts, each line being known to have as many.

    Lines that are to be counted come from one thread; others would only read ahead in vain. A laid text is never
    compressed, whatever its name says.
    """
    paths = ", ".join(literal(str(laid.text)) for laid in files)
    kinds = ", ".join(f"{literal(cell(place))}: 'VARCHAR'" for place in range(width))
    quoting = "quote='\"', escape='\"'" if files[0].copied else "quote='', escape=''"
    return (
        f"read_csv([{paths}], columns={{{kinds}}}, header=false, skip={files[0].skip}, auto_detect=false, "
        f"compression='none', delim={literal(files[0].delimiter)}, {quoting}, parallel={str(parallel).lower()})"
    )


def lanes_of(con: duckdb.DuckDBPyConnection) -> int:
    """How many threads a connection has."""
    [(threads,)] = con.execute("SELECT current_setting('threads')").fetchall()
    return int(threads)

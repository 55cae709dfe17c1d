"""Plain lines added up by columns: what `sweeping` does, of files whose cells are read already.

In such a file only stamps and value differ from line to line. Lines are of one kind when they have the same offsets:
their slots are as long and start as far from their stamps. What the extreme ones are, judged as lines are (see
`lines`), all of the kind are.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from greencloud.readings import lines
from greencloud.readings.energy import MOST_VALUE, ROUNDED, millijoules
from greencloud.readings.formats import cells
from greencloud.readings.formats.plainness import MILLION, Array, Plain
from greencloud.readings.formats.views import OFFSETS, Recipe, cell, swept, written
from greencloud.readings.motives import NONE
from greencloud.readings.proving import NIGHT_ENDS, NIGHT_STARTS
from greencloud.readings.zones import DAY

if TYPE_CHECKING:
    import duckdb

    from greencloud.readings.formats.laying import Laid

_CHUNK = 1 << 16  # lines; their columns stay in the caches of a processor
_MOST_KINDS, _LINES_OF_GROUP = 8, 4
_PART_BITS = 11  # a day has fewer masks than that tells, of 64 slots each
_NOWHERE = -(1 << 31)
"""Stands for the offset of stamps that have none."""
_OPERATIONS: Mapping[str, np.ufunc] = {
    **dict.fromkeys(("lignes", "somme", "decales", "nuls", "nuit"), np.add),
    **dict.fromkeys(("cle", "moindre", "premier", "ligne", "decalage_min"), np.minimum),
    **dict.fromkeys(("plus_forte", "dernier", "decalage_max"), np.maximum),
    "masque": np.bitwise_or,
}
"""How each column of a group comes from those of its lines; `cle` tells its day and its mask."""
_READ_ALIKE: Mapping[str, Sequence[str | None]] = {"": (None, ".", ","), ".": (None, "."), ",": (None, ",")}
"""The decimal mark that is written -> the marks that a format may tell, for the number to be read alike."""

_Table = Mapping[str, Array]


@dataclass(frozen=True)
class _Columns:
    """Of a part of a file: labels of the stamps of the recipe, offsets that count, values, and the kind of each line.

    `file`: its place; `line`: the number of its first line; kinds are numbered among those of all files, from `first`.
    """

    file: int
    line: int
    same: Mapping[int, str]
    labels: Sequence[Array]
    offsets: Mapping[str, Array]
    values: Array
    kinds: Array
    first: int
    count: int

    @property
    def numbers(self) -> range:
        """Those of its kinds."""
        return range(self.first, self.first + self.count)

    def of_kind(self, kind: int) -> Any:
        """What picks its lines."""
        return slice(None) if self.count == 1 else self.kinds == kind


class _Kind(NamedTuple):
    """What the extreme lines of a kind are, as `lines` tells it; `simple`: nothing is wrong with them."""

    number: int
    length: int
    unit: str | None
    low: int | None
    high: int | None
    first: int
    simple: bool


def create(con: "duckdb.DuckDBPyConnection", files: "Sequence[Laid]", recipe: Recipe) -> set[int]:
    """Make `comptes` and `portees` of the files that are plain, for `groups` and `carried`, and say which they are.

    After `conventions.create`, once `jours_portes` tells the days of which lines are carried along.
    """
    found = list(_suited(files, recipe))
    if not found:
        return set()
    judged = _judged(con, found, files[0], recipe)
    days = np.array([day for (day,) in con.execute("SELECT jour FROM jours_portes").fetchall()], np.int64)
    kinds = {columns.first: [judged[kind] for kind in columns.numbers] for columns in found}
    shifts = {columns.first: _shift(columns, kinds[columns.first]) for columns in found}
    left = {columns.file for columns in found if shifts[columns.first] is None}
    tables: list[tuple[int, _Table, _Table]] = []
    for columns in found:
        shift = shifts[columns.first]
        if columns.file in left or shift is None:
            continue
        tally = _tally(columns, kinds[columns.first], shift, days)
        if tally is None:
            left.add(columns.file)
        else:
            tables.append((columns.file, *tally))
    kept = [of_part for file, *of_part in tables if file not in left]
    for name, of_parts in zip(("comptes", "portees"), zip(*kept, strict=True), strict=False):
        _store(con, name, _joined(of_parts))
    return {columns.file for columns in found} - left


def _suited(files: "Iterable[Laid]", recipe: Recipe) -> Iterator[_Columns]:
    """The parts of the files of which the recipe reads all cells as they were read."""
    first = 0
    for laid in files:
        parts, line = [], laid.first
        for plain in laid.plain:
            columns = _columns(laid.place, plain, recipe, line, first)
            if columns is None:
                break
            parts.append(columns)
            line, first = line + plain.lines, first + columns.count
        else:
            yield from parts


def _columns(file: int, plain: Plain, recipe: Recipe, line: int, first: int) -> _Columns | None:
    """The columns of a part, None when the recipe reads a cell otherwise than it was read."""
    labels = {cells.wall(cell(place)): stamps.labels for place, stamps in plain.stamps.items()}
    offsets = {cells.offset(cell(place)): stamps.offsets for place, stamps in plain.stamps.items()}
    told = {name: recipe.columns[name] for name in OFFSETS if name in recipe.columns}
    numbers = [cells.number(cell(plain.place), mark) for mark in _READ_ALIKE[plain.mark]]
    if (
        not {cell(place) for place in plain.same} >= set(recipe.tags)
        or recipe.parsed.get(recipe.columns["valeur"]) not in numbers
        or not labels.keys() >= {recipe.parsed[name] for name in recipe.stamps}
    ):
        return None
    counted = {name: of for name, sql in told.items() if (of := offsets[sql]) is not None}
    kinds, count = _kinds(list(counted.values()), plain.lines)
    if count > _MOST_KINDS:
        return None
    stamps = [labels[recipe.parsed[name]] for name in recipe.stamps]
    return _Columns(file, line, plain.same, stamps, counted, plain.values, kinds + first, first, count)


def _kinds(offsets: Sequence[Array], count: int) -> tuple[Array, int]:
    """The kind of each line, by the offsets of its stamps, and how many there are."""
    if all((of == of[0]).all() for of in offsets):
        return np.zeros(count, np.int32), 1
    _, kinds = np.unique(
        sum(of.astype(np.int64) << 32 * place for place, of in enumerate(offsets)), return_inverse=True
    )
    return kinds, int(kinds.max()) + 1


def _judged(
    con: "duckdb.DuckDBPyConnection", found: Sequence[_Columns], laid: "Laid", recipe: Recipe
) -> dict[int, _Kind]:
    """What the extreme lines of each kind are, by its number; makes `genres`, which tells the same.

    `laid`: any of the files, which all have the same cells.
    """
    values = ", ".join(row for columns in found for row in _extremes(columns, recipe))
    names = ", ".join(
        ("fichier", "ligne", *OFFSETS, *recipe.tags, "millioniemes", *(f"s_{name}" for name in recipe.stamps))
    )
    stamps = ", ".join(f"make_timestamp(s_{name}::BIGINT * {MILLION}) AS {name}" for name in recipe.stamps)
    value = f"(millioniemes::DECIMAL(18, 0) * 0.000001)::DECIMAL(18, 6) AS {recipe.columns['valeur']}"
    rows = f"""
        SELECT {", ".join(("fichier", "ligne", *OFFSETS, *recipe.tags))}, {value}, {stamps}
        FROM (VALUES {values}) AS e ({names})
    """
    con.execute(f"CREATE OR REPLACE TEMP VIEW lues AS {swept([laid], recipe, rows)}")
    con.execute(
        f"""
        CREATE OR REPLACE TABLE genres AS
        SELECT ligne AS genre, fichier, compteur, pas, forme, unite, estime, decalage_debut, decalage_fin,
            min(libelle) AS premier, bool_and(motif = '{NONE}') AS simple
        FROM ({lines.query(con)})
        GROUP BY ALL
        """
    )
    told = con.execute(
        """
        SELECT genre, pas, unite::VARCHAR, least(decalage_debut, decalage_fin),
            greatest(decalage_debut, decalage_fin), premier, simple
        FROM genres
        """
    ).fetchall()
    return {kind.number: kind for kind in (_Kind(*row) for row in told)}


def _extremes(columns: _Columns, recipe: Recipe) -> Iterator[str]:
    """SQL: two rows for each kind, of the greatest value at the least stamps and at the greatest ones."""
    tags = written(columns.same, recipe.tags)
    for kind in columns.numbers:
        of_kind = columns.of_kind(kind)
        values, *labels = (column[of_kind] for column in (columns.values, *columns.labels))
        offsets = [str(columns.offsets[name][of_kind][0]) if name in columns.offsets else "NULL" for name in OFFSETS]
        head = ", ".join((str(columns.file), str(kind), *offsets, *tags))
        for end in (np.min, np.max):
            yield f"({head}, {values.max()}, {', '.join(str(end(of)) for of in labels)})"


def _shift(columns: _Columns, kinds: Sequence[_Kind]) -> int | None:
    """How far from its first stamp each slot starts, None unless all slots are as long and nothing is wrong."""
    if not all(kind.simple and kind.length > 0 for kind in kinds) or len({kind.length for kind in kinds}) > 1:
        return None
    if columns.values.sum(dtype=np.float64) >= MOST_VALUE * MILLION:
        return None
    if kinds[0].unit in ROUNDED and (columns.values % 1000).any():
        return None
    for kind in kinds:
        first, *others = (labels[columns.of_kind(kind.number)].astype(np.int64) for labels in columns.labels)
        if any((other - first != other[0] - first[0]).any() for other in others):
            return None
    return kind.first - int(first.min())


def _tally(columns: _Columns, kinds: Sequence[_Kind], shift: int, days: Array) -> tuple[_Table, _Table] | None:
    """The groups of a part, of lines that follow each other, and its lines of some days.

    None where groups have too few lines: they would take the memory of many more than they are made of.
    """
    low, high = (np.array([_NOWHERE if of is None else of for of in ends], np.int32) for ends in _bounds(kinds))
    tallies, carried, groups = [], [], 0
    for start in range(0, len(columns.values), _CHUNK):
        chunk = slice(start, start + _CHUNK)
        of_lines = _of_lines(columns.labels[0][chunk].astype(np.int64) + shift, columns.values[chunk], kinds[0].length)
        kind = columns.kinds[chunk]
        of_lines["decalage_min"], of_lines["decalage_max"] = low[kind - columns.first], high[kind - columns.first]
        of_lines["ligne"] = np.arange(start, start + len(kind)) + columns.line
        heads = _heads(of_lines["cle"])
        groups += len(heads)
        if groups * _LINES_OF_GROUP > start + len(kind):
            return None
        tallies.append(_reduced(of_lines, heads))
        borne = np.isin(of_lines["cle"][heads] >> _PART_BITS, days)
        picked = np.repeat(borne, np.diff(np.append(heads, len(kind))))
        names = {"ligne": "ligne", "libelle": "premier", "micro": "somme"}
        carried.append({"genre": kind[picked], **{new: of_lines[old][picked] for new, old in names.items()}})
    tally = _joined(tallies)
    tally["genre"] = np.full(len(tally["cle"]), columns.first)
    return tally, _joined(carried)


def _bounds(kinds: Sequence[_Kind]) -> Iterator[tuple[int | None, ...]]:
    """The least offsets of the kinds, and the greatest."""
    return zip(*((kind.low, kind.high) for kind in kinds), strict=True)


def _of_lines(starts: Array, values: Array, length: int) -> dict[str, Array]:
    """What groups are made of, of each line: its slot starts at a label and is as long as the others (s)."""
    days = starts // DAY
    clock = starts - days * DAY
    ranks = clock // length
    by_night = (clock < NIGHT_ENDS) | (clock >= NIGHT_STARTS)
    return {
        "cle": (days << _PART_BITS) + (ranks >> 6),
        "lignes": np.ones(len(starts), np.int64),
        "somme": values,
        "masque": np.uint64(1) << (ranks & 63).astype(np.uint64),
        "decales": (ranks * length != clock).astype(np.int64),
        "nuls": (values == 0).astype(np.int64),
        "nuit": np.where(by_night, values, 0),
        "moindre": values,
        "plus_forte": values,
        "premier": starts,
        "dernier": starts,
    }


def _heads(keys: Array) -> Array:
    """Where each run of equal keys begins."""
    return np.concatenate(([0], np.flatnonzero(np.diff(keys)) + 1))


def _reduced(columns: Mapping[str, Array], heads: Array) -> dict[str, Array]:
    return {name: _OPERATIONS[name].reduceat(column, heads) for name, column in columns.items()}


def _joined(tables: Sequence[_Table]) -> dict[str, Array]:
    """Tables of the same columns, one after the other."""
    return {name: np.concatenate([table[name] for table in tables]) for name in tables[0]}


def _store(con: "duckdb.DuckDBPyConnection", name: str, table: _Table) -> None:
    con.register("colonnes", dict(table))
    con.execute(f"CREATE OR REPLACE TABLE {name} AS SELECT * FROM colonnes")
    con.unregister("colonnes")


def groups() -> str:
    """SQL of the groups of the parts, as `sweeping` adds them up."""
    sums = {"energie": "somme", "nuit": "nuit", "moindre": "moindre", "plus_forte": "plus_forte"}
    energies = ", ".join(f"{millijoules(f'c.{micro}', 'unite', 'pas')} AS {name}" for name, micro in sums.items())
    return f"""
        SELECT
            fichier, compteur, pas,
            cle >> {_PART_BITS} AS jour,
            cle & {(1 << _PART_BITS) - 1} AS partie,
            lignes, masque, decales, nuls, estime,
            {energies},
            c.premier, c.dernier,
            nullif(decalage_min, {_NOWHERE}) AS decalage_min,
            nullif(decalage_max, {_NOWHERE}) AS decalage_max,
            ligne
        FROM comptes c INNER JOIN genres USING (genre)
    """


def carried() -> str:
    """SQL of the lines carried along, as those of `lines.query`."""
    return f"""
        SELECT fichier, ligne, compteur, libelle, pas, forme, decalage_debut, decalage_fin,
            micro, unite, FALSE AS sans_energie, estime, '{NONE}'::motif_ecart AS motif, NULL::VARCHAR AS brut
        FROM portees INNER JOIN genres USING (genre)
    """

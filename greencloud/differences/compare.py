"""Two editions -> what differs, table by table."""

from collections.abc import Iterator, Set

import duckdb

from greencloud.checking.sql import literal
from greencloud.differences import causes, rows
from greencloud.differences.ingredients import compare_ingredients, named_alike, rename
from greencloud.differences.model import CHANGED, Cause, Comparison, RowChange, TableChange
from greencloud.differences.rows import Joined
from greencloud.differences.snapshots import DifferenceError, Snapshot
from greencloud.tables import quote

_NEEDED = ("couverture", "historique", "indicateurs_annuels", "rejets")
_SITE = "[0-9]{14}-[0-9]{2}"
UNNAMED = "(centre non publié à son nom)"
_UNTOLD = frozenset({"rejets"})  # what a refused line says may speak of a site that is now protected


def compare(before: Snapshot, after: Snapshot, *, limit: int | None = None) -> Comparison:
    """What `after` changed in `before`; of each table, at most `limit` rows are listed (None: all), all are counted.

    Raises DifferenceError when a file of either edition is missing or unreadable.
    """
    before, names = named_alike(before, after)
    made_of = compare_ingredients(before, after)
    with duckdb.connect() as con:
        con.execute("SET threads = 1")
        present = rows.load(con, before, after)
        rename(con, names)
        pairs = {name: rows.join(con, name) for name in present}
        history, missing = pairs.get("historique"), [name for name in _NEEDED if pairs.get(name) is None]
        if history is None or missing:
            raise DifferenceError(
                f"Les deux éditions n'ont pas la table {missing[0]}, ou pas sa clé : elles ne peuvent pas être "
                "comparées. Restaurez leurs fichiers Parquet."
            )
        rows.complete(con, present)
        causes.prepare(con, before, after, history)
        found = []
        for name, (had, has) in present.items():
            joined = pairs[name]
            if joined is not None:
                causes.explain(con, joined, made_of)
            found.append(_table(con, name, joined, (had, has), limit))
    return Comparison(before.identifier, after.identifier, made_of, tuple(found), {**before.deposits, **after.deposits})


def _table(
    con: duckdb.DuckDBPyConnection, name: str, joined: Joined | None, present: tuple[bool, bool], limit: int | None
) -> TableChange:
    counts = [con.execute(f"SELECT count(*) FROM {side}.{quote(name)}").fetchall()[0][0] for side in rows.SIDES]
    before, after = (count if there else None for count, there in zip(counts, present, strict=True))
    if joined is None or not all(present):
        return TableChange(name, before, after, (), (), (), (), 0)
    told = tuple(_causes(con, name))
    return TableChange(
        name,
        before,
        after,
        joined.added,
        joined.removed,
        told,
        tuple(_rows(con, joined, limit)) if told else (),
        con.execute(f"SELECT count(*) FROM {_told(name)} WHERE NOT nomme").fetchall()[0][0],
    )


def _told(name: str) -> str:
    return quote(f"causes_{name}")


def _causes(con: duckdb.DuckDBPyConnection, name: str) -> Iterator[Cause]:
    """The causes of a table: new rows first, then changed, then removed; the most frequent first."""
    query = (
        f"SELECT sens, cause, depot, count(*) AS nb FROM {_told(name)} GROUP BY sens, cause, depot "
        "ORDER BY list_position(['nouvelle', 'modifiee', 'retiree'], sens), nb DESC, cause, depot"
    )
    for sens, code, deposit, count in con.execute(query).fetchall():
        yield Cause(sens, code, deposit, count)


def _rows(con: duckdb.DuckDBPyConnection, joined: Joined, limit: int | None) -> Iterator[RowChange]:
    changed_somewhere = {
        name
        for (name,) in con.execute(f"SELECT DISTINCT unnest(colonnes) FROM {_told(joined.name)} WHERE nomme").fetchall()
    }
    key = list(joined.key)
    shown = ", ".join(f"e.{quote(column)}" for column in key)
    cells = ", ".join(_cells(joined, changed_somewhere))
    same = " AND ".join(f"{{0}}.{quote(column)} = e.{quote(column)}" for column in key)
    found = con.execute(f"""
        SELECT {shown}, e.sens, e.cause, e.depot, e.ligne, e.refus, e.colonnes, [{cells}]
        FROM (
            FROM {_told(joined.name)} AS e WHERE nomme
            ORDER BY list_position(['nouvelle', 'modifiee', 'retiree'], sens), {shown}
            {"" if limit is None else f"LIMIT {int(limit)}"}
        ) AS e
        LEFT JOIN avant.{quote(joined.name)} AS a ON {same.format("a")}
        LEFT JOIN apres.{quote(joined.name)} AS b ON {same.format("b")}
        ORDER BY list_position(['nouvelle', 'modifiee', 'retiree'], e.sens), {shown}
    """)
    for row in found.fetchall():
        values, (sens, cause, deposit, line, refusal, changed, all_cells) = row[: len(key)], row[len(key) :]
        told = {one["c"]: (one["a"], one["b"]) for one in all_cells if one is not None}
        hidden = dict.fromkeys(changed, (None, None)) if sens == CHANGED and not told else told
        yield RowChange(dict(zip(key, values, strict=True)), sens, cause, deposit, line, refusal, hidden)


def _cells(joined: Joined, changed: Set[str]) -> Iterator[str]:
    if joined.name == "historique":  # a row of it is itself a value replaced by another
        yield "CASE WHEN e.sens = 'nouvelle' THEN {'c': e.champ, 'a': b.ancienne_valeur, 'b': b.nouvelle_valeur} END"
    elif joined.name not in _UNTOLD:
        yield from (_cell(column) for column in joined.columns if column in changed)


def _cell(column: str) -> str:
    """SQL: the two values of a changed cell as published, a site that is no longer named taken out of the earlier."""
    one, other = (f"CAST({side}.{quote(column)} AS VARCHAR)" for side in "ab")
    named = f"regexp_extract_all({one}, '{_SITE}')"
    public = f"CASE WHEN list_has_all(getvariable('centres_nommes'), {named}) THEN {one} ELSE '{UNNAMED}' END"
    name = literal(column)
    return (
        f"CASE WHEN e.sens = '{CHANGED}' AND list_contains(e.colonnes, {name}) "
        f"THEN {{'c': {name}, 'a': CASE WHEN {one} IS NOT NULL THEN {public} END, 'b': {other}}} END"
    )

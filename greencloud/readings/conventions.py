"""What is known of a meter beside its lines: the register's word before the mapping's, before the format's own."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from greencloud.checking.sql import literal
from greencloud.readings.energy import UNITS
from greencloud.readings.sources import Convention
from greencloud.readings.zones import KNOWN, PARIS, legal

if TYPE_CHECKING:
    import duckdb

ENDS = ("debut", "fin")
WORDS = ("unite", "horodate", "fuseau")


def unknown(convention: Convention) -> str | None:
    """The first word of a convention that nothing here can apply, None when all are known."""
    known = ((convention.unite, UNITS), (convention.horodate, ENDS), (convention.fuseau, KNOWN))
    return next((word for word, words in known if word is not None and word not in words), None)


def create(
    con: "duckdb.DuckDBPyConnection", conventions: Mapping[int, Sequence[Convention]], defaults: Convention
) -> None:
    """Make `reglages_fichier` (one row a file) and `reglages_compteur` (one row a meter that the register knows).

    `conventions`: by the place of the file. The first one that tells a thing of a meter, or of a file, is believed.
    """
    con.execute(
        "CREATE OR REPLACE TABLE reglages_fichier (fichier INTEGER, unite VARCHAR, horodate VARCHAR, fuseau VARCHAR)"
    )
    con.execute(
        "CREATE OR REPLACE TABLE reglages_compteur "
        "(fichier INTEGER, compteur VARCHAR, unite VARCHAR, horodate VARCHAR, fuseau VARCHAR)"
    )
    files, meters = [], []
    for place, told in conventions.items():
        of_file = _merged([item for item in told if item.compteur is None])
        files.append([place, *_words(_merged([of_file, defaults, Convention(fuseau=PARIS)]))])
        for name in dict.fromkeys(item.compteur for item in told if item.compteur is not None):
            meters.append([place, name, *_words(_merged([item for item in told if item.compteur == name]))])
    _insert(con, "reglages_fichier", files)
    _insert(con, "reglages_compteur", meters)


def zones(con: "duckdb.DuckDBPyConnection") -> list[str]:
    """The zones whose days count for any of the meters."""
    found = con.execute(
        f"SELECT {legal('fuseau')} FROM reglages_fichier UNION SELECT {legal('fuseau')} FROM reglages_compteur"
    ).fetchall()
    return [zone for (zone,) in found if zone is not None]


def contradicted(con: "duckdb.DuckDBPyConnection", mapping: Convention) -> dict[int, tuple[str, str, str]]:
    """Of the files whose meters the register writes otherwise than `mapping`: the column, its word, the mapping's.

    After `create`, once `partiels` holds the meters of each file.
    """
    found: dict[int, tuple[str, str, str]] = {}
    for column in WORDS:
        word = getattr(mapping, column)
        if word is not None:
            rows = con.execute(
                f"SELECT fichier, min({column}) FROM reglages_compteur INNER JOIN "
                "(SELECT DISTINCT fichier, compteur FROM partiels) USING (fichier, compteur) "
                f"WHERE {column} <> {literal(word)} GROUP BY fichier"
            ).fetchall()
            found |= {place: (column, told, word) for place, told in rows}
    return found


def _merged(told: Sequence[Convention]) -> Convention:
    unit, end, zone = (
        next((word for item in told if (word := getattr(item, name)) is not None), None) for name in WORDS
    )
    return Convention(None, unit, end, zone)


def _words(convention: Convention) -> tuple[str | None, ...]:
    return convention.unite, convention.horodate, convention.fuseau


def _insert(con: "duckdb.DuckDBPyConnection", target: str, rows: Sequence[Sequence[object]]) -> None:
    """As text: a parameter makes DuckDB import pandas, which takes longer than a small file."""
    if rows:
        con.execute(f"INSERT INTO {target} VALUES {', '.join(f'({_values(row)})' for row in rows)}")


def _values(row: Sequence[object]) -> str:
    return ", ".join("NULL" if value is None else literal(value) for value in row)

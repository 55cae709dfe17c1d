"""The canonical texts of the rows that Python read, on their way to DuckDB."""

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from greencloud.checking.layout import Layout, text_column
from greencloud.checking.sql import ROW, literal, ours
from greencloud.tables import quote

if TYPE_CHECKING:
    import duckdb

READ = "lus"
"""The table of those rows: number, whether no cell is wrong, and the text of each column of the layout."""
GOOD = ours("bonne")
_ABSENT = "\x02\x1a\x03"
_SHORTEST_LIMIT = 1 << 20


class Spool:
    """Writes rows to the file `path`; `load` makes a table of them."""

    def __init__(self, path: Path, layout: Layout) -> None:
        self.path, self.layout = path, layout
        self._stream = path.open("w", encoding="utf-8", errors="surrogatepass", newline="")
        self._writer = csv.writer(self._stream, quoting=csv.QUOTE_ALL, lineterminator="\n")
        self.longest = 0
        self.rows = 0

    def add(self, number: int, good: bool, texts: Sequence[str | None]) -> None:
        """One row: its number, whether no cell is wrong, its canonical texts."""
        written = [_ABSENT if text is None else text for text in texts]
        self.longest = max(self.longest, self._writer.writerow([number, int(good), *written]))
        self.rows += 1

    def close(self) -> None:
        """No more rows."""
        self._stream.close()

    def load(self, connection: "duckdb.DuckDBPyConnection") -> None:
        """The table of the rows written so far."""
        connection.execute(f"CREATE TABLE {READ} AS FROM {source([self])}")


def source(spools: Sequence[Spool], options: str = "") -> str:
    """SQL: the rows of spools of one layout; `options`: more of them for DuckDB's reader."""
    names = [ROW, GOOD, *(column.text for column in spools[0].layout.columns)]
    kinds = ["BIGINT", "BOOLEAN", *("VARCHAR" for _ in spools[0].layout.columns)]
    listed = ", ".join(f"{literal(name[1:-1])}: '{kind}'" for name, kind in zip(names, kinds, strict=True))
    # A character takes up to four bytes, and DuckDB wants room for one more line.
    limit = max(_SHORTEST_LIMIT, *(5 * spool.longest for spool in spools))
    return (
        f"read_csv([{', '.join(literal(spool.path) for spool in spools)}], columns={{{listed}}}, header=false, "
        f"auto_detect=false, delim=',', quote='\"', escape='\"', new_line='\\n', nullstr={literal(_ABSENT)}, "
        f"allow_quoted_nulls=true, max_line_size={limit}, buffer_size={2 * limit}, parallel=false{options})"
    )


def values(layout: Layout) -> str:
    """SQL: the number and the typed values of rows of canonical texts, under the names of the fields."""
    columns = [ROW]
    for field in layout.table.fields:
        place = layout.positions.get(field.name)
        typed = "NULL" if place is None else text_column(place)
        columns.append(f"TRY_CAST({typed} AS {field.duckdb_type}) AS {quote(field.name)}")
    return ", ".join(columns)

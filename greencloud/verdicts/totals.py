"""What the deposits of earlier editions give, kept from one run to the next: secrecy compares each new edition with all
of them, which would cost more each time.

They are those of this very program, like the verdicts beside them, and hold what secrecy hides: nothing of them is
published.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from greencloud import durable
from greencloud.checking.sql import literal
from greencloud.program import file_sha256
from greencloud.tables import quote


@dataclass(frozen=True)
class Totals:
    """Databases in a folder, each beside the sha256 of its bytes; one being made is in `scratch`, on the same disk."""

    folder: Path
    scratch: Path

    def recall(
        self, made_of: Sequence[str], names: Sequence[str], make: Callable[[], duckdb.DuckDBPyConnection]
    ) -> duckdb.DuckDBPyConnection:
        """The tables `names` of the connection that `make` gives, kept for the next time; only to be read.

        `made_of`: all that decides what they hold, the program apart. Raises OSError.
        """
        name = hashlib.sha256("\n".join([*names, *made_of]).encode()).hexdigest()
        kept, stated = self.folder / f"{name}.duckdb", self.folder / f"{name}.sha256"
        if not (kept.is_file() and stated.is_file() and stated.read_text(encoding="ascii") == file_sha256(kept)):
            self.folder.mkdir(exist_ok=True)
            passing = self.scratch / kept.name
            with make() as con:
                con.execute(f"ATTACH {literal(passing)} AS gardees")
                for table in names:
                    con.execute(f"CREATE TABLE gardees.{quote(table)} AS FROM {quote(table)}")
                con.execute("DETACH gardees")
            passing.replace(kept)
            durable.write_whole(stated, file_sha256(kept).encode())
        return duckdb.connect(kept, read_only=True, config={"threads": 1})

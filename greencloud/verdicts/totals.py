"""What the deposits of each edition give, kept from one run to the next: secrecy compares each new edition with all
those before it, which would cost more each time.

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

    def keep(self, made_of: Sequence[str], names: Sequence[str], con: duckdb.DuckDBPyConnection) -> Path:
        """Keep the tables `names` of a connection for the next time, and give their database. Raises OSError.

        `made_of`: all that decides what they hold, the program apart.
        """
        kept, stated = self._places(made_of, names)
        if not _is_whole(kept, stated):
            self.folder.mkdir(exist_ok=True)
            passing = self.scratch / kept.name
            con.execute(f"ATTACH {literal(passing)} AS gardees")
            for table in names:
                con.execute(f"CREATE TABLE gardees.{quote(table)} AS FROM {quote(table)}")
            con.execute("DETACH gardees")
            passing.replace(kept)
            durable.write_whole(stated, file_sha256(kept).encode())
        return kept

    def recall(
        self, made_of: Sequence[str], names: Sequence[str], make: Callable[[], duckdb.DuckDBPyConnection]
    ) -> duckdb.DuckDBPyConnection:
        """What `keep` kept, only to be read; `make` gives a connection to keep them of when they are not there."""
        kept, stated = self._places(made_of, names)
        if not _is_whole(kept, stated):
            with make() as con:
                self.keep(made_of, names, con)
        return duckdb.connect(kept, read_only=True, config={"threads": 1})

    def _places(self, made_of: Sequence[str], names: Sequence[str]) -> tuple[Path, Path]:
        name = hashlib.sha256("\n".join([*names, *made_of]).encode()).hexdigest()
        return self.folder / f"{name}.duckdb", self.folder / f"{name}.sha256"


def _is_whole(kept: Path, stated: Path) -> bool:
    return kept.is_file() and stated.is_file() and stated.read_text(encoding="ascii") == file_sha256(kept)

"""Verdicts on storage, each under its key: whoever makes one again writes the same name, and no verdict is half there.

The rows of a lot go first, under the sha256 of their bytes; then the index of each verdict, which names them. What a
killed worker leaves is rows that no index names.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from greencloud.checking.sql import literal
from greencloud.program import file_sha256
from greencloud.storage.mirror import Stored
from greencloud.storage.place import Place, side_by_side
from greencloud.verdicts import ORIGIN, RefusedKey, Verdict, key

_INDEX, _ROWS = ".json", ".parquet"


@dataclass(frozen=True)
class Results:
    """The verdicts of one program (`program.fingerprint`) in a folder on storage. Its methods raise StorageError."""

    place: Place
    program: str

    @property
    def _own(self) -> Place:
        return self.place.below(self.program)

    def keys(self) -> set[str]:
        """The keys of the verdicts that are there."""
        names = (found.name for found in self._own.objects())
        return {name.removesuffix(_INDEX) for name in names if name.endswith(_INDEX)}

    def put(self, made: Sequence[Verdict], etags: Mapping[str, str]) -> None:
        """Put verdicts whose rows are one file; `etags`: sha256 of a deposit -> the mark of its object."""
        own, accepted = self._own, made[0].accepted
        sha256 = file_sha256(accepted)
        shared = {"lignes": sha256, "octets": accepted.stat().st_size, "verdicts": len(made)}
        own.write(f"{sha256}{_ROWS}", accepted)
        side_by_side(
            lambda verdict: own.write(
                f"{key(verdict.deposit)}{_INDEX}", _index(verdict, shared, etags[verdict.deposit.sha256])
            ),
            made,
        )

    def judged(self, wanted: Sequence[Stored]) -> list[Stored]:
        """Those on whose very objects there is a verdict."""
        return [stored for stored, _ in self._indexes(wanted)]

    def take(self, wanted: Sequence[Stored], scratch: Path) -> Iterator[list[Verdict]]:
        """The verdicts on these very objects that are there, their rows a file in `scratch`, lot by lot.

        One that is damaged, or of an object that was written again since, is not there.
        """
        own = self._own
        lots: dict[str, list[tuple[Stored, dict[str, Any]]]] = defaultdict(list)
        for stored, told in self._indexes(wanted):
            lots[told["lignes"]].append((stored, told))
        for sha256, lot in lots.items():
            accepted = scratch / f"{sha256}{_ROWS}"
            if _fetched(own, sha256, lot[0][1]["octets"], accepted):
                if len(lot) < lot[0][1]["verdicts"]:
                    _keep_only(accepted, [key(stored.deposit) for stored, _ in lot])
                yield [_verdict(stored, told, accepted) for stored, told in lot]

    def _indexes(self, wanted: Sequence[Stored]) -> list[tuple[Stored, dict[str, Any]]]:
        own = self._own
        read = side_by_side(lambda stored: _read(own.read(f"{key(stored.deposit)}{_INDEX}"), stored), wanted)
        return [(stored, told) for stored, told in zip(wanted, read, strict=True) if told is not None]


def _index(verdict: Verdict, shared: Mapping[str, Any], etag: str) -> bytes:
    told = {**shared, "objet": etag, "report": verdict.report, "refused": [list(line) for line in verdict.refused]}
    content = json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    return hashlib.sha256(content).hexdigest().encode() + b"\n" + content


def _read(index: bytes | None, stored: Stored) -> dict[str, Any] | None:
    stated, _, content = (index or b"").partition(b"\n")
    if hashlib.sha256(content).hexdigest().encode() != stated:
        return None
    told: dict[str, Any] = json.loads(content)
    return told if told["objet"] == stored.etag else None


def _fetched(own: Place, sha256: str, size: int, path: Path) -> bool:
    try:
        own.fetch(f"{sha256}{_ROWS}", size, path)
    except FileNotFoundError:
        return False
    return file_sha256(path) == sha256


def _keep_only(accepted: Path, keys: Sequence[str]) -> None:
    """Take the rows of other verdicts out: theirs may come in another lot, made when a worker was killed."""
    aside, listed = accepted.with_suffix(".partie"), ", ".join(literal(one) for one in keys)
    with duckdb.connect(config={"threads": 1}) as con:
        con.execute(
            f"COPY (FROM read_parquet({literal(accepted)}) WHERE {ORIGIN} IN ({listed})) "
            f"TO {literal(aside)} (FORMAT parquet, COMPRESSION zstd)"
        )
    aside.replace(accepted)


def _verdict(stored: Stored, told: Mapping[str, Any], accepted: Path) -> Verdict:
    return Verdict(stored.deposit, accepted, told["report"], tuple(RefusedKey(*line) for line in told["refused"]))

"""A file that arrives: block by block to the disk, within a limit, under a name that nobody gave; or not at all."""

import hashlib
import os
from collections.abc import AsyncIterable, AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from starlette.concurrency import run_in_threadpool

from greencloud import durable
from greencloud.errors import cause, fix
from portal.filings import places, room
from portal.filings.errors import Empty, TooLarge, Unstored
from portal.settings import MIB, Settings

_BLOCK = 1 << 18
_BETWEEN = 16 * MIB  # octets written from one look at the room that is left to the next


@dataclass(frozen=True)
class Arrived:
    """A whole file in quarantine, its sha256 and its size in octets."""

    path: Path
    sha256: str
    octets: int


@dataclass
class _Writing:
    path: Path
    settings: Settings
    file: BinaryIO
    octets: int = 0
    looked: int = 0
    digest: "hashlib._Hash" = field(default_factory=hashlib.sha256)

    def add(self, block: bytes) -> None:
        self.octets += len(block)
        if self.octets > self.settings.largest_file:
            raise TooLarge(
                f"Ce fichier dépasse {self.settings.largest_file // MIB} Mio, la plus grande taille reçue ici. "
                "Déposez-le en plusieurs fichiers, par exemple un par année.",
                headers={"Connection": "close"},  # the rest of it, which may have no end, is not read
            )
        if self.octets - self.looked > _BETWEEN:  # many that arrive at once fill a disk that had room for each
            room.refuse_full(self.settings)
            self.looked = self.octets
        self.digest.update(block)
        self.file.write(block)

    def arrived(self) -> Arrived:
        if self.octets == 0:
            raise Empty("Ce fichier est vide. Déposez le fichier rempli.")
        self.file.flush()
        os.fsync(self.file.fileno())
        return Arrived(self.path, self.digest.hexdigest(), self.octets)


@contextmanager
def _writing(settings: Settings) -> Iterator[_Writing]:
    """A file of its own in quarantine, gone when the block ends unless it was moved."""
    folder = places.quarantine(settings)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        room.refuse_full(settings)
        with durable.passing(folder) as path, path.open("wb") as file:
            yield _Writing(path, settings, file)
    except OSError as error:
        raise Unstored(f"Le fichier n'a pas pu être enregistré : {cause(error)}. {fix(error)}") from error


@contextmanager
def taken(settings: Settings, blocks: Iterable[bytes]) -> Iterator[Arrived]:
    """The file that blocks make, on the disk as long as the block lasts. Raises TooLarge, Empty, Unstored."""
    with _writing(settings) as writing:
        for block in blocks:
            writing.add(block)
        yield writing.arrived()


@asynccontextmanager
async def arriving(settings: Settings, blocks: AsyncIterable[bytes]) -> AsyncIterator[Arrived]:
    """The same for the body of a request; what the iterator raises when its sender goes away passes through."""
    with _writing(settings) as writing:
        async for block in blocks:
            writing.add(block)
        yield await run_in_threadpool(writing.arrived)


def blocks_of(stream: BinaryIO) -> Iterator[bytes]:
    """The bytes of an open file, block by block."""
    while block := stream.read(_BLOCK):
        yield block


def sweep(settings: Settings) -> None:
    """Remove what interrupted uploads and killed services have left."""
    folder = places.quarantine(settings)
    if folder.is_dir():
        durable.sweep(folder)

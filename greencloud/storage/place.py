"""A folder on storage, spoken to through obstore, which tries again by itself what is refused, cut or too late.

Credentials, region and endpoint come from the usual `AWS_*` variables (`AWS_ENDPOINT_URL`, `AWS_ALLOW_HTTP=true` for an
endpoint without TLS, `AWS_TIMEOUT` for the longest that a request may last).
"""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError
from obstore.store import from_url

from greencloud.errors import GreencloudError

if TYPE_CHECKING:
    from obstore.store import ObjectStore, RetryConfig

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")

# Longer and longer waits, up to 10 s, with chance in them: a minute and a half before the task itself is tried again.
_RETRIES: "RetryConfig" = {
    "max_retries": 100,
    "retry_timeout": timedelta(seconds=90),
    "backoff": {"init_backoff": timedelta(milliseconds=100), "max_backoff": timedelta(seconds=10), "base": 2},
}
_PART = 16 << 20
"""Bytes of one request: a large file is many of them, each tried again alone."""
_AT_ONCE = 16
"""Requests under way: they wait for the storage, not for the processor."""


class StorageError(GreencloudError, OSError):
    """Storage that could not be used, however often it was asked; the text is a French sentence with cause and fix.

    An OSError as well: it may answer next time, so that what failed is tried again.
    """


@dataclass(frozen=True)
class Object:
    """One object of a folder: `name` below the folder, `size` in bytes, `etag` the storage's own mark of its bytes.

    `modified`: when it was written, in seconds since 1970.
    """

    name: str
    size: int
    etag: str
    modified: float


@dataclass(frozen=True)
class Place:
    """A folder on storage: `s3://bucket/prefix`. Its methods raise StorageError."""

    url: str

    @cached_property
    def _store(self) -> "ObjectStore":
        with _told(self.url):
            return from_url(self.url, retry_config=_RETRIES)

    def below(self, name: str) -> "Place":
        """A folder inside this one."""
        return Place(f"{self.url.rstrip('/')}/{name}")

    def objects(self) -> Iterator[Object]:
        """Everything below the folder, a thousand names a request."""
        with _told(self.url):
            for batch in obstore.list(self._store):
                for found in batch:
                    yield Object(found["path"], found["size"], found["e_tag"] or "", found["last_modified"].timestamp())

    def read(self, name: str) -> bytes | None:
        """The bytes of a small object; None where there is none."""
        try:
            with _told(f"{self.url}/{name}", FileNotFoundError):
                return bytes(obstore.get(self._store, name).bytes())
        except FileNotFoundError:
            return None

    def fetch(self, name: str, size: int, path: Path) -> None:
        """Copy an object of `size` bytes to a file, part by part. Raises FileNotFoundError where there is none."""
        with path.open("wb") as file:
            for start in range(0, size, _PART):
                with _told(f"{self.url}/{name}", FileNotFoundError):
                    file.write(obstore.get_range(self._store, name, start=start, end=min(start + _PART, size)))

    def write(self, name: str, content: bytes | Path) -> None:
        """Put an object over any other of its name; nobody ever sees a part of it."""
        with _told(f"{self.url}/{name}"):
            obstore.put(self._store, name, content, chunk_size=_PART)

    def create(self, name: str, content: bytes) -> bool:
        """Put an object unless there is one of its name already; whether it was put."""
        with _told(f"{self.url}/{name}"):
            try:
                obstore.put(self._store, name, content, mode="create")
            except AlreadyExistsError:
                return False
            return True


def side_by_side(ask: Callable[[_Item], _Result], items: Iterable[_Item]) -> list[_Result]:
    """The results of a request for each item, in their order, several requests at once."""
    with ThreadPoolExecutor(_AT_ONCE) as threads:
        return list(threads.map(ask, items))


@contextmanager
def _told(where: str, expected: type[Exception] | tuple[()] = ()) -> Iterator[None]:
    """What the library raises, in French, but what is expected: its own text tells which request failed."""
    try:
        yield
    except expected:
        raise
    except (BaseError, FileNotFoundError, ValueError, PermissionError) as error:
        raise StorageError(
            f"Le stockage « {where} » ne peut pas être lu ou écrit ({_first_line(error)}). Vérifiez l'adresse, les "
            "droits et que le service répond, puis relancez : ce qui est déjà fait ne sera pas refait."
        ) from error


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]

"""One after the other, within a body. One process serves a data folder (`places.alone`), so its threads are all there
are: what goes on in turn may wait for a disk and for a worker, and holds no lock of the database meanwhile.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Turns:
    """Who has begun ends before the next of the same body begins. Never take the turn of a body within another's:
    two that do would wait for each other.
    """

    def __init__(self) -> None:
        self._locks: dict[str, threading.Lock] = {}

    @contextmanager
    def of(self, siren: str) -> Iterator[None]:
        """Hold the turn of a body."""
        with self._locks.setdefault(siren, threading.Lock()):
            yield

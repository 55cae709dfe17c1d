"""Processor time in seconds of a free core: neighbours on the same core slow it down, as a loop of known cost tells."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

_LOOP = 0.04


def pace() -> float:
    """How many times slower than a free core this one runs at the moment."""
    start = time.process_time()
    for _ in range(1_000_000):
        pass
    return max(1.0, (time.process_time() - start) / _LOOP)


@contextmanager
def costs_under(seconds: float) -> Iterator[None]:
    """Fails where the work inside takes more; a guard against work without end, `tests/bench` measures speed."""
    before, start = pace(), time.process_time()
    yield
    spent = (time.process_time() - start) / ((before + pace()) / 2)
    assert spent < seconds, f"{spent:.1f} s of processor"

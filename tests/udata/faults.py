"""What can be done to a request on its way, and what is noted of it; `proxy.py` does it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Kind = Literal[
    "status",
    "status_after",
    "cut_before",
    "cut_after",
    "hold_before",
    "hold_after",
    "late",
    "delay",
    "slow",
    "cut_body",
    "garbage",
]
NOT_DONE: frozenset[Kind] = frozenset({"status", "cut_before", "hold_before"})
"""The faults under which the server never hears of the request."""


@dataclass
class Fault:
    """A fault for the requests of a method and path (a regular expression; none: any), from the `skip`-th on.

    `times` of them meet it (-1: all that follow), then it is over.
    """

    kind: Kind
    method: str = ""
    path: str = ""
    skip: int = 0
    times: int = 1
    status: int = 503
    retry_after: int | None = None
    seconds: float = 1.0

    def meets(self, method: str, path: str) -> bool:
        """Whether this request meets the fault; counts it."""
        if not self.times or (self.method or method) != method or not re.search(self.path, path):
            return False
        if self.skip:
            self.skip -= 1
            return False
        self.times -= self.times > 0
        return True


@dataclass(frozen=True)
class Seen:
    """A request that came: its status is the server's own, None if it was not passed on; `at` in seconds.

    `user` is whose key signed it, where S3 was asked.
    """

    method: str
    path: str
    status: int | None
    fault: Kind | None
    at: float
    user: str = ""


@dataclass(frozen=True)
class Answer:
    """What the server answered, without the headers that concern one connection only."""

    status: int
    headers: Sequence[tuple[str, str]]
    body: bytes

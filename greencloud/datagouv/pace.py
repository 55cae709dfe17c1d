"""How fast to go, how long to insist."""

import email.utils
import time
import zlib
from collections.abc import Callable
from dataclasses import dataclass

import httpx

from greencloud.datagouv.errors import Unreachable


@dataclass(frozen=True)
class Pace:
    """How fast to go and how long to insist: seconds, except `tries`. The defaults are those asked of a good client."""

    request_s: float = 0.5  # at most two requests a second (none is documented: a courtesy)
    upload_s: float = 1.1  # two uploads of one name within a second answer 500 (udata#3024)
    first_retry_s: float = 1.0
    longest_wait_s: float = 60.0
    tries: int = 5
    timeout_s: float = 30.0
    sleep: Callable[[float], None] = time.sleep

    def wait(self, what: str, number: int, url: str, after_s: float | None) -> None:
        """Wait after try `number`: what the platform asks for, or twice as long each time, spread by the address.

        Raises Unreachable when the platform asks for more than `longest_wait_s`.
        """
        if after_s is None:
            spread = zlib.crc32(f"{url} {number}".encode()) / 2**32
            after_s = min(self.first_retry_s * 2.0 ** (number - 1) * (1 + spread / 2), self.longest_wait_s)
        if after_s > self.longest_wait_s:
            raise Unreachable(f"{what} : la plateforme demande d'attendre {after_s:.0f} secondes. Relancez ensuite.")
        self.sleep(after_s)


def retry_after_s(answer: httpx.Response) -> float | None:
    """`Retry-After` in seconds; a date is counted from the answer's own `Date`, so that no clock is compared."""
    text = answer.headers.get("Retry-After", "").strip()
    if text.isascii() and text.isdigit():
        return float(text)
    try:
        until = email.utils.parsedate_to_datetime(text)
        sent = email.utils.parsedate_to_datetime(answer.headers.get("Date", ""))
        return max(0.0, (until - sent).total_seconds())
    except (ValueError, TypeError, OverflowError):  # absent, malformed, no date, or one of them without a zone
        return None

"""What we already hold of a platform, read off the cards of the deposits: there is no other memory."""

from collections.abc import Iterable, Iterator, Sequence

from greencloud.datagouv.files import sha1
from greencloud.deposits import Deposit, Origin


class Held:
    """The deposits, found by the resource they came from and by their bytes."""

    def __init__(self, deposits: Sequence[Deposit]) -> None:
        """`deposits`: in the order of supersession, as `deposits.scan` gives them."""
        self._deposits: list[Deposit] = []
        self._sha1: dict[str, str] = {}
        self._last: dict[tuple[str, str], tuple[Deposit, Origin]] = {}
        for deposit in deposits:
            self.add(deposit)

    def add(self, deposit: Deposit) -> None:
        """One more deposit, the newest."""
        self._deposits.append(deposit)
        if deposit.origine is not None:
            self._last[deposit.origine.plateforme, deposit.origine.ressource] = deposit, deposit.origine

    def last(self, platform: str, resource: str) -> Deposit | None:
        """The newest deposit that came from a resource."""
        found = self._last.get((platform, resource))
        return found[0] if found else None

    def same_bytes(self, octets: int, digest: str) -> Deposit | None:
        """The deposit of these bytes, wherever it came from. Only files of that size are read."""
        return next((item for item in self._deposits if item.octets == octets and self._digest(item) == digest), None)

    def gone(self, platform: str, announced: Iterable[str]) -> Iterator[tuple[Deposit, Origin]]:
        """The newest deposit of each resource of the platform that is not among those announced."""
        present = set(announced)
        for (where, resource), found in self._last.items():
            if where == platform and resource not in present:
                yield found

    def _digest(self, deposit: Deposit) -> str:
        if deposit.sha256 not in self._sha1:
            self._sha1[deposit.sha256] = sha1(deposit.path)
        return self._sha1[deposit.sha256]

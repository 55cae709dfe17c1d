"""The publisher as the tests run it: on a small edition, at a pace of its own."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from greencloud.datagouv.pace import Pace
from greencloud.datagouv.planning import Step
from greencloud.datagouv.publishing import Publication
from greencloud.datagouv.session import Order, publication

PATIENCE_S = 3.0
"""How long the publisher waits for an answer here; a server of a test run answers in hundredths of a second."""
QUICK = Pace(request_s=0, upload_s=0, timeout_s=30)
"""No pause between requests, nor between uploads of files of different names; those before a new try stay whole."""
IMPATIENT = Pace(request_s=0, upload_s=0, tries=3, timeout_s=PATIENCE_S)
"""The same for runs that meet a fault: gives up sooner."""


@dataclass(frozen=True)
class Publisher:
    """One organisation's publisher: a platform's address, a token, a state file in a folder of its own."""

    url: str
    token: str
    organization: str
    folder: Path

    @property
    def state(self) -> Path:
        return self.folder / "etat.json"

    def order(self, edition: Path) -> Order:
        """What an operator would ask; the token goes through a file, as it should."""
        self.folder.mkdir(parents=True, exist_ok=True)
        secret = self.folder / "jeton"
        secret.write_text(self.token, encoding="ascii")
        return Order(edition, self.state, url=self.url, organization=self.organization, token_file=secret)

    def plan(self, edition: Path) -> list[Step]:
        """What is left to do."""
        with self._open(edition, writes=False, pace=QUICK) as found:
            return found.plan()

    def publish(self, edition: Path, pace: Pace = QUICK) -> list[Step]:
        """Do it, read it back, and give the steps that were done."""
        done: list[Step] = []
        with self._open(edition, writes=True, pace=pace) as found:
            found.apply(done.append)
            found.verify()
        return done

    def quality(self, edition: Path) -> dict[str, float]:
        """Page of each dataset and its score."""
        with self._open(edition, writes=False, pace=QUICK) as found:
            return {page: score for _, page, score in found.pages()}

    @contextmanager
    def _open(self, edition: Path, *, writes: bool, pace: Pace) -> Iterator[Publication]:
        with publication(self.order(edition), writes=writes, pace=pace) as found:
            yield found


def main() -> None:
    """Publish once, in a process that can be killed."""
    url, token, organization, folder, edition = sys.argv[1:]
    Publisher(url, token, organization, Path(folder)).publish(Path(edition))


if __name__ == "__main__":
    main()

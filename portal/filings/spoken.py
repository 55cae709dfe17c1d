"""The sites and years that a confirmed deposit speaks of, kept in its row: a backup holds them, and not the verdicts.

Who has declared is known from them, so a service that was restored knows it before it answers anybody, and makes each
verdict again when somebody looks at it.
"""

import json
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import update

from greencloud import durable
from portal.database import Database
from portal.filings import places
from portal.models import Filing
from portal.settings import Settings
from portal.worker.names import SITES

_LONGEST = 1 << 20  # characters of a row; who declares so many sites is checked again
_RESTORED = "restaure"
"""Stands for a program among the verdicts of a deposit, and holds nothing but its sites."""


def text(sites: Sequence[tuple[str, int | None]]) -> str | None:
    """As the row keeps them; None when they are too many."""
    written = json.dumps(sites, separators=(",", ":"))
    return written if len(written) <= _LONGEST else None


def is_known(database: Database, settings: Settings, filing: Filing) -> bool:
    """Whether the sites of a deposit, read with its `sites`, stand where they are looked for; made to, when its row
    tells them.

    Those of a deposit that was confirmed before rows told them are written to its row meanwhile.
    """
    folder = places.work(settings) / filing.id
    found = max(folder.glob(f"*/{SITES}"), key=lambda path: path.stat().st_mtime_ns, default=None)
    if found is not None and filing.sites is None:
        _remember(database, filing, found)
    elif found is None and filing.sites is not None:
        (folder / _RESTORED).mkdir(parents=True, exist_ok=True)
        durable.write_whole(folder / _RESTORED / SITES, filing.sites.encode())
    return found is not None or filing.sites is not None


def _remember(database: Database, filing: Filing, found: Path) -> None:
    told = text(json.loads(found.read_bytes()))
    if told is not None:
        with database.session() as session:
            session.execute(update(Filing).where(Filing.id == filing.id).values(sites=told))

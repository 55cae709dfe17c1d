"""A deposit in `raw` and out of it: what the next edition will read. The database decides, this folder follows."""

import os
import secrets
import shutil
from contextlib import suppress
from pathlib import Path
from typing import Any

from greencloud import durable
from greencloud.deposits import CARD_SUFFIX
from greencloud.deposits.cards import described, read_card
from portal.filings import places
from portal.filings.verdict import job_data
from portal.filings.workshop import Workshop, answer
from portal.models import OPEN, Filing
from portal.settings import Settings


def put(settings: Settings, workshop: Workshop, filing: Filing) -> bool:
    """Store a deposit into `raw`, in a process of its own; False when the same bytes stand there as another's.

    The body's own older reception of these bytes makes way: handed in again, they are to win over what came between.
    Raises FilingError with the sentence of `deposits.store`.
    """
    for card, known in _cards(settings, filing):
        if _is_earlier(known, filing):
            _move_out(settings, card, filing.id)
    settings.raw.mkdir(parents=True, exist_ok=True)
    with workshop.made("ranger", places.work(settings), job_data(settings, filing)) as folder:
        stored = answer(folder)
    return _is_ours(stored, filing)


def take_out(settings: Settings, filing: Filing, *, ours: bool = True, earlier: bool = False) -> bool:
    """Move a deposit from `raw` into `retires`; False when it is not there, or there as another's.

    `ours`: this very reception; `earlier`: the body's older one of these bytes, which a deposit handed in again tells
    no more.
    """
    taken = False
    for card, known in _cards(settings, filing):
        if (ours and _is_ours(known, filing)) or (earlier and _is_earlier(known, filing)):
            _move_out(settings, card, filing.id)
            taken = True
    return taken


def take_out_replaced(settings: Settings, filing: Filing) -> bool:
    """The same for what a withdrawn deposit replaced. One that was handed in again has a reception of its own since:
    it stays, and only the older one leaves.
    """
    return take_out(settings, filing, ours=filing.etat not in OPEN, earlier=True)


def holds(settings: Settings, filing: Filing) -> bool:
    """Whether `raw` has the bytes of a deposit and their card, whoever gave them first."""
    return any(described(card).is_file() for card, _ in _cards(settings, filing))


def holds_as_ours(settings: Settings, filing: Filing, *, earlier: bool = False) -> bool:
    """Whether `raw` has this very reception; `earlier`: or an older one of the body."""
    return any(
        _is_ours(known, filing) or (earlier and _is_earlier(known, filing)) for _, known in _cards(settings, filing)
    )


def _is_ours(known: dict[str, Any], filing: Filing) -> bool:
    return (known["emetteur"], known["recu_le"]) == (filing.siren, filing.recu_le)


def _is_earlier(known: dict[str, Any], filing: Filing) -> bool:
    same_body = known["emetteur"] == filing.siren and known.get("origine") is None
    return same_body and known["recu_le"] != filing.recu_le


def _cards(settings: Settings, filing: Filing) -> list[tuple[Path, dict[str, Any]]]:
    folder = settings.raw / "depots" / filing.sha256[:2]
    found = [(card, read_card(card)) for card in sorted(folder.glob(f"{filing.sha256}.*{CARD_SUFFIX}"))]
    return [(card, content) for card, content in found if content is not None]


def _move_out(settings: Settings, card: Path, name: str) -> None:
    """Copies first, the card last: bytes without a card would be taken for a file placed by hand."""
    place = places.withdrawn(settings) / f"{name}-{secrets.token_hex(4)}"
    place.mkdir(parents=True)
    source = described(card)
    for path in (source, card):
        with suppress(FileNotFoundError):
            _copied(path, place / path.name)
    durable.flush_tree(place)
    durable.flush(place.parent)
    source.unlink(missing_ok=True)
    card.unlink(missing_ok=True)
    durable.flush(card.parent)


def _copied(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except FileNotFoundError:
        raise
    except OSError:  # another disk, or one without links
        shutil.copy2(source, target)

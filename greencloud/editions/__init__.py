"""Editions: built aside, verified against the tables they come from, then put in place at once.

``published_dir/editions/<id>/`` is never written twice; ``published_dir/current`` is a relative link to the newest.
A kill, a full disk or a power cut at any instant leave the last edition whole, and the next run puts things right.
"""

from greencloud.editions.chain import CURRENT, EDITIONS, earlier, locked, newest, standing
from greencloud.editions.drafting import Draft, draft
from greencloud.editions.errors import EditionError
from greencloud.editions.ingredients import edition_id, ingredients
from greencloud.editions.past import Past, again, past, verdict
from greencloud.editions.verifying import CHECKSUMS, checksums, verify

__all__ = [
    "CHECKSUMS",
    "CURRENT",
    "EDITIONS",
    "Draft",
    "EditionError",
    "Past",
    "again",
    "checksums",
    "draft",
    "earlier",
    "edition_id",
    "ingredients",
    "locked",
    "newest",
    "past",
    "standing",
    "verdict",
    "verify",
]

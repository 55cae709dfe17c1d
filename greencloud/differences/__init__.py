"""What changed between two editions, and why: the rows, the causes, the journal of an edition.

Only published tables and `edition.json` are read, so that all of it may be published. A site that the later edition no
longer publishes in its name is counted and never named: it may have become a protected one.
"""

from greencloud.differences.compare import compare
from greencloud.differences.journal import journal
from greencloud.differences.model import CHANGED, NEW, REMOVED, Cause, Comparison, Ingredients, RowChange, TableChange
from greencloud.differences.snapshots import DifferenceError, Snapshot, find, open_snapshot

__all__ = [
    "CHANGED",
    "NEW",
    "REMOVED",
    "Cause",
    "Comparison",
    "DifferenceError",
    "Ingredients",
    "RowChange",
    "Snapshot",
    "TableChange",
    "compare",
    "find",
    "journal",
    "open_snapshot",
]

"""Where a published number comes from: the chain from the published value down to the line of the deposited file.

What is told by default is safe to publish: only sites published in their name, and only the deposited columns that the
edition publishes. `internal`, or a `Holding` of the deposits for totals, tells the rest to whoever holds them.
"""

from greencloud.explain.chain import explain
from greencloud.explain.evidence import Holding
from greencloud.explain.metered import explain_metered
from greencloud.explain.model import (
    Cell,
    Column,
    Contributor,
    ExplainError,
    Explanation,
    Line,
    Metered,
    Piece,
    Raw,
    Superseded,
    Total,
)
from greencloud.explain.totals import explain_total

__all__ = [
    "Cell",
    "Column",
    "Contributor",
    "ExplainError",
    "Explanation",
    "Holding",
    "Line",
    "Metered",
    "Piece",
    "Raw",
    "Superseded",
    "Total",
    "explain",
    "explain_metered",
    "explain_total",
]

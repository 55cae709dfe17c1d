"""Every sentence the checker says, in French: what is wrong, where, and what to do.

A message names the line, the column and the value; its fix says what to type instead. Line numbers count records, the
header being line 1 where nothing stands above it.
"""

from greencloud.checking.messages.cells import fault
from greencloud.checking.messages.header import (
    contradicting_unit,
    doubtful_label,
    duplicate_label,
    header_notes,
    label_fault,
    missing_label,
    misspelt_label,
    tolerated_label,
    unmatched_header,
)
from greencloud.checking.messages.keys import empty_key, foreign_key, foreign_key_note, foreign_key_notes, repeated
from greencloud.checking.messages.national import custom, custom_columns
from greencloud.checking.messages.notes import (
    information_notes,
    reading_notes,
    remark_notes,
    rule,
    tolerance,
)
from greencloud.checking.messages.rows import (
    broken_quotes,
    diagnosed,
    extra_cells,
    missing_cells,
    repaired,
    row_fault,
    second_table,
    shape_notes,
    unreadable,
    wide_header,
)
from greencloud.checking.messages.words import WRITTEN_BY_COMMAND, figure, listed, place, plural, proposal, quoted

__all__ = [
    "WRITTEN_BY_COMMAND",
    "broken_quotes",
    "contradicting_unit",
    "custom",
    "custom_columns",
    "diagnosed",
    "doubtful_label",
    "duplicate_label",
    "empty_key",
    "extra_cells",
    "fault",
    "figure",
    "foreign_key",
    "foreign_key_note",
    "foreign_key_notes",
    "header_notes",
    "information_notes",
    "label_fault",
    "listed",
    "missing_cells",
    "missing_label",
    "misspelt_label",
    "place",
    "plural",
    "proposal",
    "quoted",
    "reading_notes",
    "remark_notes",
    "repaired",
    "repeated",
    "row_fault",
    "rule",
    "second_table",
    "shape_notes",
    "tolerance",
    "tolerated_label",
    "unmatched_header",
    "unreadable",
    "wide_header",
]

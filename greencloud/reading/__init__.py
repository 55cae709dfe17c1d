"""Bytes -> a table of text. Refuses clearly, never guesses silently.

`read_table` is the one way in: container, encoding, dialect, then records, each decided in its own module.
"""

from greencloud.reading.containers import Unreadable
from greencloud.reading.text import Record, TextTable, read_table

__all__ = ["Record", "TextTable", "Unreadable", "read_table"]

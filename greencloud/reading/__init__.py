"""Bytes -> a table of text. Refuses clearly, never guesses silently.

`read_table` is the one way in: container, encoding, dialect, then records, each decided in its own module.
"""

from greencloud.reading.records import Block, Record, Remark, TextTable
from greencloud.reading.refusals import Unreadable
from greencloud.reading.text import read_table

__all__ = ["Block", "Record", "Remark", "TextTable", "Unreadable", "read_table"]

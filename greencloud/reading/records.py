"""What reading gives: a table of text, its records one by one or in blocks, and what had to be said on the way."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Remark:
    """Something noticed or tolerated while reading, in French: it rejects nothing."""

    code: str
    message: str


@dataclass(slots=True)
class Record:
    """One record of a file: its number (the first record is 1), its physical lines, its cells (none when broken).

    Nobody changes one; it is not frozen because there are millions of them, and a frozen one takes four times as long
    to make.

    `repair` says, in French, how its cells were put back together: such a record waits for its declarant's word.
    `fault` says, in French, why it cannot be read at all or what it is instead of data (broken quotes, undecodable
    bytes); its cells are then what could be saved, for display alone.
    """

    number: int
    first_line: int
    last_line: int
    cells: list[str]
    broken: bool = False
    repair: str | None = None
    fault: str | None = None

    @property
    def blank(self) -> bool:
        return not self.broken and not any(cell.strip() for cell in self.cells)


@dataclass(frozen=True, slots=True)
class Block:
    """Whole consecutive records of a table.

    `content` is their text in UTF-8 as standard CSV (`delimiter`, `"` doubled inside quotes, lines ended by LF or
    CRLF) when their quotes are known to be well placed, None when they have to be read record by record. Records may
    still be ragged or blank: only `records` knows.
    """

    first: int
    delimiter: str
    content: bytes | None
    read: Callable[[], Iterator[Record]]

    def records(self) -> Iterator[Record]:
        """The records of the block, blank and broken ones included, numbered from `first`."""
        return self.read()


@dataclass(frozen=True)
class TextTable:
    """A table of text: the labels of its header, how the file was read, and its records in order.

    `header_row` is the record number of the (last) header line; records above it (titles, disclaimers) are told in a
    remark. `encoding` and `delimiter` are None for a workbook. `sheet` is the sheet of a workbook, `member` the file
    read inside an archive. `header_rows` is how many lines make the header (0: there is none and `header` was made up);
    `quote` and `escape` tell the notation of a text, `why` how its encoding was known.
    """

    header: tuple[str, ...]
    header_row: int
    encoding: str | None
    delimiter: str | None
    source: Callable[[int], Iterator[Block]] = field(repr=False)
    container: str = "csv"
    sheet: str | None = None
    member: str | None = None
    remarks: tuple[Remark, ...] = ()
    header_rows: int = 1
    quote: str = '"'
    escape: str = '"'
    why: str = ""

    def blocks(self) -> Iterator[Block]:
        """The records below the header, in blocks of a few megabytes; may be asked for again."""
        return self.source(self.header_row)

    def records(self) -> Iterator[Record]:
        """The records below the header, blank and broken ones included; may be asked for again."""
        for block in self.blocks():
            yield from block.records()

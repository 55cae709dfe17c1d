"""Plain text is cut where records end, and any record can be found again."""

import csv
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from greencloud.reading.blocks import chosen, cut, file_blocks, parted, text_blocks
from greencloud.reading.records import Record


def read(lines: Iterable[str], number: int, line: int) -> Iterator[Record]:
    """A record reader without repairs."""
    for place, cells in enumerate(csv.reader(lines, strict=True)):
        yield Record(number + place, line, line, cells)


TEXTS = {
    "plain": "".join(f"{number},é\n" for number in range(3000)),
    "CRLF": "".join(f"{number},é\r\n" for number in range(3000)),
    "quoted line ends": "".join(f'{number},"a\nb ""c"""\n' for number in range(2000)),
    "no last line end": "a,b\n" * 2000 + "c,d",
}


@pytest.mark.parametrize("name", TEXTS)
def test_blocks_hold_every_record_once(name: str) -> None:
    text = TEXTS[name]
    expected = list(csv.reader(text.splitlines(keepends=True)))
    content = text.encode()
    pieces = [content[start : start + 100] for start in range(0, len(content), 100)]
    blocks = list(cut(lambda: iter(pieces), ",", read, 1000)(1))
    assert len(blocks) > 5
    found = [record for block in blocks for record in block.records()]
    assert [record.cells for record in found] == expected[1:]
    assert [record.number for record in found] == list(range(2, len(expected) + 1))


@pytest.mark.parametrize("name", TEXTS)
def test_records_are_found_again_by_their_number(name: str) -> None:
    [block] = text_blocks(TEXTS[name].encode(), ",", read)(0)
    records = {record.number: record for record in block.records()}
    for numbers in ({1, 2, 1500}, {len(records)}, {1999, 700, 701}, {len(records) + 1}, set(records)):
        found = [(record.number, record.cells) for record in chosen(block, numbers)]
        assert found == [(number, records[number].cells) for number in sorted(numbers & set(records))]


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16-le", "utf-8"])
def test_a_file_of_any_encoding_is_given_in_utf8(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "essai.csv"
    path.write_bytes(TEXTS["CRLF"].encode(encoding))
    blocks = file_blocks(path, encoding, ",", read, 1000)(0)
    assert b"".join(block.content or b"" for block in blocks).decode() == TEXTS["CRLF"]


def test_a_block_is_parted_where_a_record_ends() -> None:
    [block] = text_blocks(TEXTS["quoted line ends"].encode(), ",", read)(0)
    parts = parted(block, 1000)
    assert parts is not None
    assert [record.number for part in parts for record in part.records()] == list(range(1, 2001))

"""A table of products polluted in all the ways of the public Pollock benchmark, and its way of scoring, in our words.

The shape is the benchmark's: 84 lines, 9 columns (date, time, quantity, code, price, name, description, address, an
empty last column), CR LF, comma, names in quotes when they hold a comma, descriptions and addresses always.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

Row = list[str]
LABELS = ["DATE", "TIME", "Qty", "PRODUCTID", "Price", "ProductType", "ProductDescription", "URL", "Comments"]
ALWAYS_QUOTED = (6, 7)
LINES, COLUMNS = 84, len(LABELS)

_NAMES = (
    "Women's Waterproof Boots",
    "Light-Up Running Jacket",
    "Kids' 3-in-1 Jacket",
    "Throw Pillow, Wooden Paddles",
    "Men's  Fly Rod 8 Wt.",
    'Round Table, 48"',
    "Kids' Shirt, Short Sleeve, Graphic",
    "Headlamp",
    "Men's Boxer, 5\" Inseam",
    "Cotton/Linen Sweater",
    "Tee, Traditional Fit",
)
_DESCRIPTIONS = (
    "This light jacket resists the elements and keeps you visible. From running to walking, it won't let you down.",
    "Great grip and extra breathability make these ideal for warm, dry conditions.",
    "Our men's socks offer all-day comfort: at home or work.",
    "A remarkably light feel in our 8\\'9\" length rod, designed for her.",
    "With a front profile of only 9mm and weighing only 2.4 oz., this lamp sits comfortably.",
    "The best boots ever made by hand right here.",
)
_CODES = ("MG", "RI", "CC", "YY", "BH", "HK", "AN")


def source() -> list[Row]:
    """The clean table, labels first."""
    rows = [list(LABELS)]
    for place in range(1, LINES):
        code = f"{_CODES[place % 7]}-{1000 + 97 * place % 9000}"
        rows.append(
            [
                f"{place % 28 + 1:02d}/{place % 12 + 1:02d}/2018",
                f"{place % 24:02d}:{15 * place % 60:02d}",
                str(place % 5 if place % 3 else 7 + place % 30),
                code,
                f"${place % 90}.{place % 10}{place % 7}" if place % 11 else f"${place}",
                _NAMES[place % len(_NAMES)],
                _DESCRIPTIONS[place % len(_DESCRIPTIONS)],
                f"https://www.example.com/product/{code.replace('-', '_')}.html",
                "",
            ]
        )
    return rows


@dataclass(frozen=True)
class Polluted:
    """A polluted file: its name, its bytes, the table that should be read from it, its weight in the second score."""

    name: str
    content: bytes
    clean: list[Row]
    weight: float


def _cell(text: str, quoted: bool, quote: str, escape: str) -> str:
    body = text.replace('"', escape + '"')
    return quote + body + quote if quoted else body


def _must_quote(place: int, text: str) -> bool:
    return place in ALWAYS_QUOTED or "," in text or '"' in text


def _line(row: Sequence[str], delimiter: str = ",", quote: str = '"', escape: str = '"') -> list[str]:
    """The pieces of a line: cells and delimiters in turn."""
    pieces: list[str] = []
    for place, text in enumerate(row):
        pieces += [delimiter] if place else []
        pieces.append(_cell(text, _must_quote(place, text), quote, escape))
    return pieces


def _joined(lines: Sequence[Sequence[str]], end: str = "\r\n") -> bytes:
    return "".join("".join(line) + end for line in lines).encode()


def whole_file() -> Iterator[Polluted]:
    """The pollutions of the file as a whole."""
    rows = source()
    lines = [_line(row) for row in rows]
    text = _joined(lines)
    yield Polluted("source", text, rows, 1)
    yield Polluted("no_payload", b"", [], 15)
    yield Polluted("no_trailing_newline", text[:-2], rows, 184)
    yield Polluted("double_trailing_newline", text + b"\r\n", rows, 5)
    yield Polluted("no_header", _joined(lines[1:]), rows[1:], 470)
    for count in (2, 3):
        merged = [" ".join([label] * count) for label in LABELS]
        yield Polluted(f"header_multirow_{count}", _joined([lines[0]] * (count - 1) + lines), [merged, *rows[1:]], 47)
    preamble = [["PREAMBLE", "," * 8], ["," * 8]]
    yield Polluted("preamble", _joined(preamble + lines), rows, 282)
    for name, second in (
        ("less", [row[:-1] for row in rows[:-1]]),
        ("same", rows[:-1]),
        ("more", [[*rows[0], "col1"], *([*row, ""] for row in rows[1:-1])]),
    ):
        yield Polluted(f"multitable_{name}", _joined(lines + [_line(row) for row in second]), rows, 62.67)
    yield Polluted("header_only", _joined(lines[:1]), rows[:1], 3)
    yield Polluted("one_data_row", _joined(lines[:2]), rows[:2], 4)
    yield Polluted("record_delimiter_lf", _joined(lines, "\n"), rows, 1691)
    yield Polluted("record_delimiter_cr", _joined(lines, "\r"), rows, 7)
    for name, delimiter, weight in (
        ("semicolon", ";", 834),
        ("tab", "\t", 4),
        ("comma_space", ", ", 101),
        ("space", " ", 4),
    ):
        yield Polluted(f"field_delimiter_{name}", _joined([_line(row, delimiter) for row in rows]), rows, weight)
    yield Polluted("quotation_apostrophe", _joined([_line(row, quote="'") for row in rows]), rows, 11)
    yield Polluted("escape_backslash", _joined([_line(row, escape="\\") for row in rows]), rows, 1)
    yield Polluted("escape_none", _joined([_line(row, escape="") for row in rows]), rows, 7)


def row_by_row(rows_at: Sequence[int] = range(LINES), columns_at: Sequence[int] = range(COLUMNS)) -> Iterator[Polluted]:
    """The pollutions of one row at a time: a delimiter too many or too few, a stray quote, another delimiter."""
    rows = source()
    lines = [_line(row) for row in rows]
    for at in rows_at:
        for column in columns_at:
            line = lines[at]
            extra = [*line[: 2 * column], *([","] if column == 0 else []), *line[2 * column :]]
            if column:
                extra = [*line[: 2 * column - 1], ",", *line[2 * column - 1 :]]
            yield _with(lines, at, extra, rows, f"more_sep_row{at}_col{column}", 0.37)
            if column:
                fewer = [*line[: 2 * column - 1], *line[2 * column :]]
                yield _with(lines, at, fewer, rows, f"less_sep_row{at}_col{column}", 0.37)
            stray = list(line)
            place = 2 * column
            quoted = stray[place].startswith('"')
            stray[place] = '""' + stray[place][1:] if quoted else '"' + stray[place]
            clean = [list(row) for row in rows]
            clean[at][column] = '"' + clean[at][column]
            yield _with(lines, at, stray, clean, f"extra_quote_row{at}_col{column}", 0.37)
        yield _with(lines, at, _line(rows[at], " "), rows, f"field_delimiter_row{at}", 0.37)


def _with(lines: Sequence[list[str]], at: int, line: list[str], clean: list[Row], name: str, weight: float) -> Polluted:
    return Polluted(name, _joined([*lines[:at], line, *lines[at + 1 :]]), clean, weight)


def score(clean: list[Row], loaded: list[Row] | None) -> float:
    """Ten points: loaded at all, then precision, recall and their mean for the labels, the records and the cells."""
    if loaded is None:
        return 0.0
    if not clean:
        return 10.0
    labels = _measures(clean[0], loaded[0] if loaded else [])
    records = _measures(["\0".join(row) for row in clean[1:]], ["\0".join(row) for row in loaded[1:]])
    cells = _measures([cell for row in clean for cell in row], [cell for row in loaded for cell in row])
    return 1.0 + labels + records + cells


def _measures(clean: Sequence[str], loaded: Sequence[str]) -> float:
    if not clean:
        return 3.0
    shared = (Counter(clean) & Counter(loaded)).total()
    if not shared:
        return 0.0
    precision, recall = shared / len(clean), shared / len(loaded)
    return precision + recall + 2 * precision * recall / (precision + recall)

"""Workbooks and other containers written byte by byte, so that a test can write what no program would."""

import io
import struct
import zipfile
from collections.abc import Mapping, Sequence

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TYPES = "http://schemas.openxmlformats.org/package/2006"
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>'

STYLES = (
    '<numFmts count="2"><numFmt numFmtId="164" formatCode="[h]:mm"/>'
    '<numFmt numFmtId="165" formatCode="dd/mm/yyyy hh:mm"/></numFmts>'
    '<cellXfs count="5"><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/><xf numFmtId="21"/>'
    '<xf numFmtId="165"/></cellXfs>'
)
DATE, ELAPSED, TIME, MOMENT = 1, 2, 3, 4
"""The cell formats of STYLES, by number."""


_END, _FAT, _DIFAT, _FREE = 0xFFFFFFFE, 0xFFFFFFFD, 0xFFFFFFFC, 0xFFFFFFFF


def zipped(members: Mapping[str, bytes | str], stored: Sequence[str] = ()) -> bytes:
    """A zip archive; `stored` members are not compressed."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(
                zipfile.ZipInfo(name), content, zipfile.ZIP_STORED if name in stored else zipfile.ZIP_DEFLATED
            )
    return target.getvalue()


def xlsx(
    *sheets: str,
    names: Sequence[str] = (),
    states: Mapping[int, str] | None = None,
    since_1904: bool = False,
    strings: Sequence[str] = (),
    more: Mapping[str, bytes | str] | None = None,
) -> bytes:
    """A workbook whose sheets hold the given XML of `sheetData`'s rows."""
    entries = relations = ""
    members: dict[str, bytes | str] = {}
    for number, rows in enumerate(sheets, start=1):
        name = names[number - 1] if names else f"Feuil{number}"
        state = f' state="{states[number]}"' if states and number in states else ""
        entries += f'<sheet name="{name}" sheetId="{number}"{state} r:id="rId{number}"/>'
        relations += _relation(number, "worksheet", f"worksheets/sheet{number}.xml")
        members[f"xl/worksheets/sheet{number}.xml"] = (
            rows
            if "<worksheet" in rows
            else f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetData>{rows}</sheetData></worksheet>'
        )
    relations += _relation(1001, "styles", "styles.xml") + _relation(1002, "sharedStrings", "sharedStrings.xml")
    old = '<workbookPr date1904="1"/>' if since_1904 else ""
    shared = "".join(f"<si><t>{text}</t></si>" for text in strings)
    main = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
    return zipped(
        {
            "[Content_Types].xml": f'{_HEAD}<Types xmlns="{_TYPES}/content-types"><Default Extension="xml" '
            f'ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="{main}"/></Types>',
            "_rels/.rels": f'{_HEAD}<Relationships xmlns="{_TYPES}/relationships">'
            + _relation(1, "officeDocument", "xl/workbook.xml")
            + "</Relationships>",
            "xl/workbook.xml": f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}">{old}<sheets>{entries}</sheets>'
            "</workbook>",
            "xl/_rels/workbook.xml.rels": f'{_HEAD}<Relationships xmlns="{_TYPES}/relationships">{relations}'
            "</Relationships>",
            "xl/styles.xml": f'{_HEAD}<styleSheet xmlns="{_MAIN}">{STYLES}</styleSheet>',
            "xl/sharedStrings.xml": f'{_HEAD}<sst xmlns="{_MAIN}">{shared}</sst>',
            **members,
            **(more or {}),
        }
    )


def rows(*lines: Sequence[str | int | float]) -> str:
    """Rows of texts and numbers, from the first."""
    written = ""
    for number, line in enumerate(lines, start=1):
        cells = ""
        for column, value in enumerate(line):
            place = f"{chr(ord('A') + column)}{number}"
            if isinstance(value, str):
                cells += f'<c r="{place}" t="inlineStr"><is><t>{value}</t></is></c>'
            else:
                cells += f'<c r="{place}"><v>{value!r}</v></c>'
        written += f'<row r="{number}">{cells}</row>'
    return written


def ods(*tables: str, styles: str = "", more: Mapping[str, bytes | str] | None = None) -> bytes:
    """A spreadsheet whose tables are given as XML (`table:table` elements)."""
    urn = "urn:oasis:names:tc:opendocument:xmlns"
    spaces = " ".join(
        f'xmlns:{short}="{urn}:{name}:1.0"'
        for short, name in (
            ("office", "office"),
            ("table", "table"),
            ("text", "text"),
            ("style", "style"),
            ("draw", "drawing"),
        )
    )
    spaces += ' xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'
    return zipped(
        {
            "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
            "content.xml": f"{_HEAD}<office:document-content {spaces}><office:automatic-styles>{styles}"
            f"</office:automatic-styles><office:body><office:spreadsheet>{''.join(tables)}</office:spreadsheet>"
            "</office:body></office:document-content>",
            **(more or {}),
        },
        stored=("mimetype",),
    )


def ods_table(body: str, name: str = "Feuille1", style: str = "ta1") -> str:
    """A table of rows given as XML."""
    return f'<table:table table:name="{name}" table:style-name="{style}">{body}</table:table>'


def ods_row(*cells: str, repeated: int = 1) -> str:
    """A row of cells given as XML."""
    return f'<table:table-row table:number-rows-repeated="{repeated}">{"".join(cells)}</table:table-row>'


def ods_text(text: str, repeated: int = 1) -> str:
    """A cell of text."""
    return (
        f'<table:table-cell table:number-columns-repeated="{repeated}" office:value-type="string">'
        f"<text:p>{text}</text:p></table:table-cell>"
    )


def record(kind: int, data: bytes) -> bytes:
    """A record of a Workbook stream."""
    return struct.pack("<HH", kind, len(data)) + data


def xls(cells: Sequence[bytes], *, before: Sequence[bytes] = (), strings: Sequence[str] = (), state: int = 0) -> bytes:
    """A workbook of one sheet, given as the records of its cells; formats are numbered as in STYLES."""
    formats = [
        record(0x041E, struct.pack("<H", n) + _biff_text(t)) for n, t in ((164, "[h]:mm"), (165, "dd/mm/yyyy hh:mm"))
    ]
    styles = [record(0x00E0, struct.pack("<HH", 0, n) + bytes(16)) for n in (0, 14, 164, 21, 165)]
    shared = struct.pack("<II", len(strings), len(strings)) + b"".join(map(_biff_text, strings))
    start = record(0x0809, struct.pack("<HHHHII", 0x0600, 5, 0, 0, 0, 0)) + b"".join((*before, *formats, *styles))
    end = record(0x00FC, shared) + record(0x000A, b"")
    name = b"\x06\x00Feuil1"
    offset = len(start) + 4 + 6 + len(name) + len(end)
    sheet = record(0x0085, struct.pack("<IBB", offset, state, 0) + name)
    body = record(0x0809, struct.pack("<HHHHII", 0x0600, 0x10, 0, 0, 0, 0)) + b"".join(cells) + record(0x000A, b"")
    return compound("Workbook", start + sheet + end + body)


def _biff_text(text: str) -> bytes:
    return struct.pack("<HB", len(text), 1) + text.encode("utf-16-le")


def _relation(number: int, kind: str, target: str) -> str:
    return f'<Relationship Id="rId{number}" Type="{_OFFICE}/{kind}" Target="{target}"/>'


def compound(name: str, stream: bytes) -> bytes:
    """A compound file that holds one stream and nothing else."""
    sector = 1 << 9
    body = stream.ljust(max(len(stream), 4096), b"\x00")
    body += b"\x00" * (-len(body) % sector)
    data, tables, lists = len(body) // sector, 0, 0
    while True:  # the tables of sectors count themselves
        needed = -(-(1 + data + tables + lists) // (sector // 4))
        listing = max(0, -(-(needed - 109) // (sector // 4 - 1)))
        if (needed, listing) == (tables, lists):
            break
        tables, lists = needed, listing
    first_table, first_list = 1 + data, 1 + data + tables
    fat = [_END, *range(2, data + 1), _END, *[_FAT] * tables, *[_DIFAT] * lists]
    fat += [_FREE] * (tables * (sector // 4) - len(fat))
    numbers = list(range(first_table, first_table + tables))
    beyond = numbers[109:]
    pages = b""
    for page in range(lists):
        part = beyond[page * 127 : (page + 1) * 127]
        following = first_list + page + 1 if page + 1 < lists else _END
        pages += struct.pack("<128I", *part, *[_FREE] * (127 - len(part)), following)
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    header += struct.pack("<IIIIIII", 0, tables, 0, 0, 4096, _END, 0)
    header += struct.pack("<II", first_list if lists else _END, lists)
    header += struct.pack("<109I", *numbers[:109], *[_FREE] * (109 - len(numbers[:109])))
    directory = _packed_entry("Root Entry", 5, _END, 0, 1) + _packed_entry(name, 2, 1, len(body), _FREE)
    return header + directory.ljust(sector, b"\x00") + body + struct.pack(f"<{len(fat)}I", *fat) + pages


def _packed_entry(name: str, kind: int, start: int, size: int, child: int) -> bytes:
    encoded = name.encode("utf-16-le") + b"\x00\x00"
    links = struct.pack("<HBB III", len(encoded), kind, 1, _FREE, _FREE, child)
    return encoded.ljust(64, b"\x00") + links + bytes(36) + struct.pack("<IQ", start, size)

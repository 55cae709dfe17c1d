"""Workbooks: the sheet that holds the table, and each kind of cell in one canonical spelling whatever the format."""

import datetime
import json
import struct
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greencloud.reading import spellings
from greencloud.reading.containers import Unpacked, unpack
from greencloud.reading.native import TypedText
from greencloud.reading.refusals import Unreadable
from tests.reading.workbook_files import (
    DATE,
    ELAPSED,
    MOMENT,
    TIME,
    ods,
    ods_row,
    ods_table,
    ods_text,
    record,
    rows,
    xls,
    xlsx,
)

REAL = Path(__file__).parents[3] / "shared" / "real"
real_files = pytest.mark.skipif(
    not REAL.is_dir(), reason="the received files are not beside the repository (see CONTRIBUTING.md)"
)


def opened(tmp_path: Path, content: bytes, expected: tuple[str, ...] = ()) -> Unpacked:
    path = tmp_path / "classeur"
    path.write_bytes(content)
    return unpack(path, expected)


def cell(tmp_path: Path, content: bytes) -> str:
    found = opened(tmp_path, content).rows
    assert found is not None
    assert len(found) == len(found[0]) == 1
    return found[0][0]


def codes(unpacked: Unpacked) -> list[str]:
    return [remark.code for remark in unpacked.remarks]


@pytest.mark.parametrize(
    ("xml", "text"),
    [
        ("<v>13002526500013</v>", "13002526500013"),
        ("<v>1.3002526500013E13</v>", "13002526500013"),
        ("<v>0.30000000000000004</v>", "0.3"),
        ("<v>1234567.8</v>", "1234567.8"),
        ("<v>1E-7</v>", "0.0000001"),
        ("<v>-12</v>", "-12"),
        ("<v>1E+20</v>", "1e+20"),
        ("<f>1+1</f><v>7</v>", "7"),
        ("<f>A2</f>", "=A2"),
        ("<f>A2&amp;B2</f><v></v>", "=A2&B2"),
    ],
)
def test_numbers_of_xlsx(tmp_path: Path, xml: str, text: str) -> None:
    assert cell(tmp_path, xlsx(f'<row r="1"><c r="A1">{xml}</c></row>')) == text


@pytest.mark.parametrize(
    ("attributes", "xml", "text"),
    [
        (f's="{DATE}"', "<v>45000</v>", "2023-03-15"),
        (f's="{DATE}"', "<v>45000.5</v>", "2023-03-15T12:00:00"),
        (f's="{MOMENT}"', "<v>45000.4166666667</v>", "2023-03-15T10:00:00"),
        (f's="{ELAPSED}"', "<v>1.5</v>", "36:00:00"),
        (f's="{TIME}"', "<v>0.5</v>", "12:00:00"),
        ('t="d"', "<v>2024-05-06</v>", "2024-05-06"),
        ('t="b"', "<v>1</v>", "true"),
        ('t="b"', "<v>0</v>", "false"),
        ('t="e"', "<v>#REF!</v>", "#REF!"),
        ('s="1" t="e"', "<f>1/0</f><v>#DIV/0!</v>", "#DIV/0!"),
        ('t="s"', "<v>0</v>", "à l'année"),
        ('t="str"', "<f>x</f><v>007</v>", "007"),
        ('t="inlineStr"', '<is><t xml:space="preserve"> 12 kWh</t></is>', " 12 kWh"),
    ],
)
def test_other_cells_of_xlsx(tmp_path: Path, attributes: str, xml: str, text: str) -> None:
    content = xlsx(f'<row r="1"><c r="A1" {attributes}>{xml}</c></row>', strings=["à l'année"])
    assert cell(tmp_path, content) == text


def test_dates_since_1904(tmp_path: Path) -> None:
    sheet = f'<row r="1"><c r="A1" s="{DATE}"><v>45000</v></c></row>'
    assert cell(tmp_path, xlsx(sheet, since_1904=True)) == "2027-03-16"


@pytest.mark.parametrize(
    "sheet",
    [
        "<row><c><v>1</v></c><c><v>2</v></c></row><row><c t='e'><v>#N/A</v></c></row>",
        "<row r='1'><c r='A1'><v>1</v></c><c r='B1'><v>2</v></c></row><row r='2'><c t='e' r='A2'><v>#N/A</v></c></row>",
        '<row r="1"><c s="0" r="A1"><v>1</v></c><c r="B1" t="inlineStr"><is><r><t>2</t></r></is></c></row>'
        '<row r="2"><c t="e" r="A2"><v>#N/A</v></c></row>',
        '<row r="1" ><c r="A1"\n><v>1</v></c ><c r="B1"><v>2</v></c></row>'
        '<row r="2"><c r="A2" t="e"><v>#N/A</v></c></row>',
    ],
)
def test_sheets_written_in_unusual_ways_are_the_same_sheet(tmp_path: Path, sheet: str) -> None:
    assert opened(tmp_path, xlsx(sheet)).rows == [["1", "2"], ["#N/A", ""]]


def test_prefixed_markup_is_the_same_sheet(tmp_path: Path) -> None:
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    sheet = (
        f'<x:worksheet xmlns:x="{main}"><x:sheetData><x:row r="1"><x:c r="A1" t="e"><x:v>#N/A</x:v></x:c>'
        '<x:c r="B1"><x:f>A1</x:f></x:c></x:row></x:sheetData></x:worksheet>'
    )
    assert opened(tmp_path, xlsx(sheet)).rows == [["#N/A", "=A1"]]


def test_record_numbers_are_sheet_rows(tmp_path: Path) -> None:
    sheet = '<row r="3"><c r="C3"><v>1</v></c></row><row r="5"><c r="B5"><v>2</v></c></row>'
    blank = ["", "", ""]
    assert opened(tmp_path, xlsx(sheet)).rows == [blank, blank, ["", "", "1"], blank, ["", "2", ""]]


def test_a_formula_without_its_result_is_said(tmp_path: Path) -> None:
    unpacked = opened(tmp_path, xlsx('<row r="2"><c r="B2"><f>A1</f></c><c r="C2"><f>A1</f></c></row>'))
    assert codes(unpacked) == ["formules_sans_resultat"]
    assert "Cellule B2 et 1 autre" in unpacked.remarks[0].message


def test_styled_cells_below_the_table_add_no_rows(tmp_path: Path) -> None:
    tail = "".join(f'<row r="{row}"><c r="A{row}" s="1"/></row>' for row in range(3, 5000))
    assert opened(tmp_path, xlsx(rows(["a"], ["b"]) + tail)).rows == [["a"], ["b"]]


@pytest.mark.parametrize(
    ("cells", "text"),
    [
        (record(0x0203, struct.pack("<HHHd", 0, 0, 0, 13002526500013.0)), "13002526500013"),
        (record(0x0203, struct.pack("<HHHd", 0, 0, DATE, 45000.0)), "2023-03-15"),
        (record(0x0203, struct.pack("<HHHd", 0, 0, MOMENT, 45000.4166666667)), "2023-03-15T10:00:00"),
        (record(0x0203, struct.pack("<HHHd", 0, 0, ELAPSED, 1.5)), "36:00:00"),
        (record(0x0203, struct.pack("<HHHd", 0, 0, TIME, 0.5)), "12:00:00"),
        (record(0x027E, struct.pack("<HHHI", 0, 0, 0, (123456 << 2) | 3)), "1234.56"),
        (record(0x027E, struct.pack("<HHHi", 0, 0, 0, (-5 << 2) | 2)), "-5"),
        (record(0x00BD, struct.pack("<HHHIH", 0, 0, 0, (7 << 2) | 2, 0)), "7"),
        (record(0x00FD, struct.pack("<HHHI", 0, 0, 0, 1)), "cœur"),
        (record(0x0205, struct.pack("<HHHBB", 0, 0, 0, 1, 0)), "true"),
        (record(0x0205, struct.pack("<HHHBB", 0, 0, 0, 23, 1)), "#REF!"),
        (
            record(0x0006, struct.pack("<HHHB5xH", 0, 0, 0, 2, 0xFFFF)[:8] + b"\x07\x00\x00\x00\xff\xff" + bytes(8)),
            "#DIV/0!",
        ),
        (record(0x0006, struct.pack("<HHHd", 0, 0, 0, 2.5) + bytes(8)), "2.5"),
        (
            record(0x0006, struct.pack("<HHH", 0, 0, 0) + b"\x00\x00\x00\x00\x00\x00\xff\xff" + bytes(8))
            + record(0x0207, struct.pack("<HB", 2, 0) + b"ok"),
            "ok",
        ),
    ],
)
def test_cells_of_xls(tmp_path: Path, cells: bytes, text: str) -> None:
    assert cell(tmp_path, xls([cells], strings=["a", "cœur"])) == text


def test_xls_dates_since_1904(tmp_path: Path) -> None:
    dated = record(0x0203, struct.pack("<HHHd", 0, 0, DATE, 45000.0))
    assert cell(tmp_path, xls([dated], before=[record(0x0022, b"\x01\x00")])) == "2027-03-16"


def test_a_protected_or_too_old_xls_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="mot de passe"):
        opened(tmp_path, xls([], before=[record(0x002F, bytes(4))]))
    with pytest.raises(Unreadable, match="trop ancien"):
        opened(tmp_path, b"\x09\x04\x06\x00" + bytes(600))


def value_cell(kind: str, attribute: str, value: str) -> str:
    opening = f'<table:table-cell office:value-type="{kind}" office:{attribute}="{value}">'
    return f"{opening}<text:p>?</text:p></table:table-cell>"


@pytest.mark.parametrize(
    ("xml", "text"),
    [
        (value_cell("float", "value", "13002526500013"), "13002526500013"),
        (value_cell("percentage", "value", "0.125"), "0.125"),
        (value_cell("currency", "value", "0.30000000000000004"), "0.3"),
        (value_cell("date", "date-value", "2024-05-06"), "2024-05-06"),
        (value_cell("date", "date-value", "2024-05-06T10:20:30"), "2024-05-06T10:20:30"),
        (value_cell("date", "date-value", "2024-05-06T00:00:00"), "2024-05-06"),
        (value_cell("time", "time-value", "PT26H30M00S"), "26:30:00"),
        (value_cell("boolean", "boolean-value", "false"), "false"),
        ('<table:table-cell table:formula="of:=A2"/>', "=A2"),
        (
            '<table:table-cell table:formula="of:=#REF!" office:value-type="string" office:string-value="" '
            'calcext:value-type="error"><text:p>#REF!</text:p></table:table-cell>',
            "#REF!",
        ),
        (
            '<table:table-cell office:value-type="string"><office:annotation><text:p>note</text:p></office:annotation>'
            '<text:p>a<text:s text:c="2"/>b<text:span>c</text:span></text:p><text:p>d</text:p></table:table-cell>',
            "a  bc\nd",
        ),
    ],
)
def test_cells_of_ods(tmp_path: Path, xml: str, text: str) -> None:
    assert cell(tmp_path, ods(ods_table(ods_row(xml)))) == text


def test_repeated_cells_and_rows_of_ods(tmp_path: Path) -> None:
    empty = '<table:table-cell table:number-columns-repeated="16384"/>'
    table = ods_table(
        ods_row(empty, repeated=2)
        + ods_row("<table:table-cell/>", ods_text("x", repeated=2), empty, repeated=2)
        + ods_row(empty, repeated=1_048_572)
    )
    unpacked = opened(tmp_path, ods(table))
    assert unpacked.rows == [["", "", ""], ["", "", ""], ["", "x", "x"], ["", "x", "x"]]


HIDDEN_STYLE = (
    '<style:style style:name="ta2" style:family="table"><style:table-properties table:display="false"/></style:style>'
)


def test_hidden_and_empty_sheets_are_passed(tmp_path: Path) -> None:
    table = rows(["site", "énergie"], ["a", 1])
    for state in ("hidden", "veryHidden"):
        unpacked = opened(tmp_path, xlsx(table, "", table, states={1: state}))
        assert unpacked.sheet == "Feuil3"
        assert codes(unpacked) == ["feuilles_masquees"]
    hidden = ods_table(ods_row(ods_text("x")), "Cachée", "ta2")
    unpacked = opened(tmp_path, ods(hidden, ods_table(ods_row(ods_text("y")), "Vue"), styles=HIDDEN_STYLE))
    assert (unpacked.sheet, unpacked.rows, codes(unpacked)) == ("Vue", [["y"]], ["feuilles_masquees"])


def test_a_workbook_with_nothing_to_see_is_refused(tmp_path: Path) -> None:
    number = record(0x0203, struct.pack("<HHHd", 0, 0, 0, 1.0))
    for content in (xlsx("", ""), xlsx(rows(["a"]), states={1: "hidden"}), xls([number], state=2), ods(ods_table(""))):
        with pytest.raises(Unreadable, match="aucune feuille remplie"):
            opened(tmp_path, content)


def test_expected_labels_choose_the_sheet_else_the_fullest(tmp_path: Path) -> None:
    notice = rows(*[["Lisez-moi", "x", "y"]] * 20)
    table = rows(["Déclaration 2024"], [], ["Site", "Énergie (kWh)"], ["a", 1])
    content = xlsx(notice, table, names=["Notice", "Données"])
    chosen = opened(tmp_path, content, ("site", "energie_kwh"))
    assert (chosen.sheet, codes(chosen)) == ("Données", ["feuille_choisie"])
    assert "« Notice », « Données »" in chosen.remarks[0].message
    assert opened(tmp_path, content).sheet == "Notice"


def test_merged_cells_are_said(tmp_path: Path) -> None:
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    sheet = (
        f'<worksheet xmlns="{main}"><sheetData>{rows(["Titre"], ["a", "b"])}</sheetData>'
        '<mergeCells count="1"><mergeCell ref="A1:B1"/></mergeCells></worksheet>'
    )
    unpacked = opened(tmp_path, xlsx(sheet))
    assert (unpacked.rows, codes(unpacked)) == ([["Titre", ""], ["a", "b"]], ["cellules_fusionnees"])


@given(st.integers(-(10**15) + 1, 10**15 - 1), st.integers(0, 6))
def test_decimals_of_15_digits_come_back_exactly(digits: int, scale: int) -> None:
    exact = Decimal(digits).scaleb(-scale)
    spelled = spellings.number(float(exact))
    assert Decimal(spelled) == exact
    assert "e" not in spelled.lower()


@given(st.datetimes(datetime.datetime(1900, 3, 1), datetime.datetime(9999, 12, 30)), st.booleans())
def test_serial_numbers_give_their_date_to_the_second(moment: datetime.datetime, since_1904: bool) -> None:
    first = datetime.datetime(1904, 1, 1) if since_1904 else datetime.datetime(1899, 12, 30)
    whole = moment.replace(microsecond=0)
    if whole < first + datetime.timedelta(days=1):
        return
    serial = (whole - first) / datetime.timedelta(days=1)
    assert spellings.serial(serial, since_1904) == spellings.moment(whole)


def test_serial_numbers_that_are_no_date_stay_numbers() -> None:
    assert [spellings.serial(value, False) for value in (-1.0, 60.0, 1.0, 3_000_000.0)] == [
        "-1",
        "60",
        "1900-01-01",
        "3000000",
    ]


def truth() -> list[dict[str, object]]:
    if not REAL.is_dir():
        return []
    entries = json.loads((REAL / "truth.json").read_text())
    listed = entries["files"] if isinstance(entries, dict) else entries
    return [entry for entry in listed if entry.get("encoding") in ("xlsx", "xls", "ods")]


@real_files
@pytest.mark.parametrize("entry", truth(), ids=lambda entry: str(entry["file"])[-40:])
def test_real_workbooks_give_the_counted_sums(entry: dict[str, object]) -> None:
    unpacked = unpack(REAL / str(entry["file"]))
    assert unpacked.container == entry["encoding"]
    assert unpacked.sheet == entry["sheet"]
    assert unpacked.rows is not None
    header_row = entry["header_row"]
    assert isinstance(header_row, int)
    header = unpacked.rows[header_row - 1]
    assert sum(label != "" for label in header) == entry["columns"]
    apart = entry.get("other_rows") or {}
    assert isinstance(apart, dict)
    below = len([row for row in unpacked.rows[header_row:] if any(row)])
    assert below - sum(count for kind, count in apart.items() if kind != "above_header") == entry["rows"]
    sums = entry["sums"]
    assert isinstance(sums, dict)
    for label, total in sums.items():
        column = header.index(label)
        amounts = [Decimal(row[column]) for row in unpacked.rows[header_row:] if is_number(row[column])]
        assert sum(amounts) == Decimal(str(total))


def is_number(text: str) -> bool:
    return text.replace(".", "", 1).removeprefix("-").isdecimal()


@real_files
def test_the_choice_between_two_real_sheets_is_said() -> None:
    unpacked = unpack(REAL / "fr_admin" / "subventions_versees_aux_associations_en_2018-converti.xlsx")
    assert [remark.code for remark in unpacked.remarks] == ["feuille_choisie"]


ZEROS = (
    '<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><numFmts count="1">'
    '<numFmt numFmtId="164" formatCode="00000"/></numFmts><cellXfs count="2"><xf numFmtId="0"/>'
    '<xf numFmtId="164" applyNumberFormat="1"/></cellXfs></styleSheet>'
)


def test_a_number_shown_as_a_code_keeps_the_zeros_that_are_shown(tmp_path: Path) -> None:
    cells = '<row r="1"><c r="A1" s="1"><v>1004</v></c><c r="B1"><v>1004</v></c><c r="C1" s="1"><v>1.5</v></c></row>'
    assert opened(tmp_path, xlsx(cells, more={"xl/styles.xml": ZEROS})).rows == [["01004", "1004", "1.5"]]
    shown = '<table:table-cell office:value-type="float" office:value="1004"><text:p>01004</text:p></table:table-cell>'
    assert opened(tmp_path, ods(ods_table(ods_row(shown)))).rows == [["01004"]]
    assert [spellings.code_digits(form) for form in ("00000", "0", "0.00", "General", "00 00")] == [5, 0, 0, 0, 0]


def test_numbers_dates_and_truth_values_are_marked_and_texts_are_not(tmp_path: Path) -> None:
    unpacked = opened(tmp_path, xlsx(rows(["12", 12, 12, "12"])))
    assert unpacked.rows == [["12", "12", "12", "12"]]
    assert [type(cell) for cell in unpacked.rows[0]] == [str, TypedText, TypedText, str]
    old = opened(tmp_path, xls([record(0x0203, struct.pack("<HHHd", 0, 0, 0, 1.0))]))
    assert old.rows is not None and type(old.rows[0][0]) is TypedText

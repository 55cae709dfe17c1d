"""Separators, quotes, line ends and headers, told without a schema or with one; rows put back together."""

from contextlib import suppress
from pathlib import Path

import pytest

from greencloud.descriptors import SchemaError
from greencloud.reading import TextTable, Unreadable, read_table
from greencloud.table_schema.reading import field

ROWS = [["site", "date", "kWh", "note"]] + [
    [f"S-{place:03d}", f"{place % 28 + 1:02d}/03/2023", f"{place * 7},5", f"salle {place}"] for place in range(1, 13)
]


def read(tmp_path: Path, text: str | bytes, expected: tuple[str, ...] = ()) -> TextTable:
    path = tmp_path / "fichier.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_table(path, expected)


def lines(delimiter: str = ";", end: str = "\n") -> list[str]:
    return [delimiter.join(row) + end for row in ROWS]


def codes(table: TextTable) -> list[str]:
    return [remark.code for remark in table.remarks]


def cells(table: TextTable) -> list[list[str]]:
    return [record.cells for record in table.records()]


@pytest.mark.parametrize("expected", [(), tuple(ROWS[0])])
@pytest.mark.parametrize("delimiter", [";", "\t", "|", "^", "~"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_separator_and_line_end(tmp_path: Path, delimiter: str, end: str, expected: tuple[str, ...]) -> None:
    table = read(tmp_path, "".join(lines(delimiter, end)), expected)
    assert (table.delimiter, table.header, cells(table)) == (delimiter, tuple(ROWS[0]), ROWS[1:])


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda text: text.replace(";", ";;"), "separateurs_doubles"),
        (lambda text: text.replace(";", "; "), "espaces_apres_separateur"),
        (lambda text: "sep=;\n" + text, "ligne_sep"),
        (lambda text: '"sep=;"\n' + text, "ligne_sep"),
        (lambda text: "".join(f'"{line}"\n' for line in text.splitlines()), "lignes_entre_guillemets"),
        (lambda text: "# export\n# outil ; GTB\n" + text, "lignes_avant_intitules"),
        (lambda text: "Consommations 2023;;;\n;;;\n" + text, "lignes_avant_intitules"),
        (
            lambda text: text.replace("salle", "'la salle").replace("\n", "'\n").replace("note'", "'note'"),
            "guillemet_inhabituel",
        ),
    ],
)
def test_odd_notations_give_the_same_rows_and_are_told(tmp_path: Path, change: object, code: str) -> None:
    assert callable(change)
    table = read(tmp_path, change("".join(lines())))
    found = [[cell.replace("la salle", "salle") for cell in row] for row in cells(table)]
    assert (table.header, found) == (tuple(ROWS[0]), ROWS[1:])
    assert code in codes(table)


def test_backslash_before_quotes(tmp_path: Path) -> None:
    table = read(tmp_path, 'a,b\n"dit \\"x\\", puis",1\n"et \\"y\\", fin",2\n')
    assert table.escape == "\\"
    assert cells(table) == [['dit "x", puis', "1"], ['et "y", fin', "2"]]


def test_a_carriage_return_inside_a_cell_ends_no_line(tmp_path: Path) -> None:
    text = "".join(lines(end="\r\n")).replace("salle 4", "salle\r4")
    assert cells(read(tmp_path, text))[3] == ["S-004", "05/03/2023", "28,5", "salle\r4"]


def test_an_unusual_line_separator_of_unicode_is_text(tmp_path: Path) -> None:
    table = read(tmp_path, "".join(lines()).replace("salle 4", "salle\u20284\x0b\x0c"))
    assert cells(table)[3][3] == "salle\u20284\x0b\x0c"


def test_a_table_without_labels_is_told(tmp_path: Path) -> None:
    table = read(tmp_path, "".join(lines()[1:]))
    assert (table.header_row, table.header_rows, codes(table)) == (0, 0, ["sans_intitules"])
    assert table.header == ("colonne_1", "colonne_2", "colonne_3", "colonne_4")
    assert cells(table) == ROWS[1:]


def test_labels_alone_are_labels(tmp_path: Path) -> None:
    table = read(tmp_path, lines()[0])
    assert (table.header, cells(table)) == (tuple(ROWS[0]), [])


def test_years_as_labels_are_labels(tmp_path: Path) -> None:
    table = read(tmp_path, "site;2021;2022\na;12,5;13,5\nb;10,5;11,5\n")
    assert table.header == ("site", "2021", "2022")


def test_labels_on_two_lines_are_joined(tmp_path: Path) -> None:
    table = read(tmp_path, "site;puissance;énergie\n;kW;kWh\n" + "".join(f"s{n};{n},5;{n * 9}\n" for n in range(1, 9)))
    assert (table.header, table.header_row, table.header_rows) == (("site", "puissance kW", "énergie kWh"), 2, 2)


def test_titles_above_rows_that_are_mostly_empty_are_passed(tmp_path: Path) -> None:
    text = "Déplacements;;;\nAnnée 2023;;;\nnom;date;ville;motif\na;néant;;\nb;néant;;\nc;14/01/2023;Berlin;réunion\n"
    table = read(tmp_path, text + "d;néant;;\ne;15/01/2023;Rome;visite\nf;16/01/2023;Lyon;visite\n")
    assert (table.header, table.header_row) == (("nom", "date", "ville", "motif"), 3)


def test_a_schema_finds_its_labels_below_a_long_preamble(tmp_path: Path) -> None:
    preamble = "Titre, avec des virgules, beaucoup\n" * 20
    table = read(tmp_path, preamble + "".join(lines()), ("site", "kWh"))
    assert (table.header_row, table.delimiter) == (21, ";")
    assert cells(table) == ROWS[1:]


def repaired(tmp_path: Path, line: str, expected: tuple[str, ...] = ()) -> tuple[list[str], str | None, str | None]:
    changed = lines()
    changed[5] = line + "\n"
    record = list(read(tmp_path, "".join(changed), expected).records())[4]
    return record.cells, record.repair, record.fault


@pytest.mark.parametrize("expected", [(), tuple(ROWS[0])])
@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("S-005;06/03/2023;;35,5;salle 5", "en trop"),
        (";S-005;06/03/2023;35,5;salle 5", "en trop"),
        ("S-00506/03/2023;35,5;salle 5", "il manquait"),
        ("S-005,06/03/2023,35.5,salle 5", "autre séparateur"),
        ('S-005;06/03/2023;"35,5;salle 5', "guillemet"),
        ('S-005;06/03/2023;35,5;"salle 5', "guillemet"),
    ],
)
def test_a_row_is_repaired_when_one_way_alone_fits(
    tmp_path: Path, line: str, word: str, expected: tuple[str, ...]
) -> None:
    found, repair, _ = repaired(tmp_path, line, expected)
    assert [cell.replace('"', "").replace("35.5", "35,5") for cell in found] == ROWS[5]
    assert repair is not None and repair.startswith("Ligne 6 : ") and word in repair


@pytest.mark.parametrize(
    "line",
    [
        "S-005;06/03/2023;35,5;salle 5;x",
        "S-005;06/03/2023;35,5",
        "S-005;06/03/2023",
        "S-005;x;y;z;t;u;v",
        "rien du tout",
    ],
)
def test_a_row_that_could_be_cut_otherwise_is_left_as_it_is(tmp_path: Path, line: str) -> None:
    assert repaired(tmp_path, line, tuple(ROWS[0])) == (line.split(";"), None, None)


def test_a_stray_quote_limits_the_damage_to_its_line(tmp_path: Path) -> None:
    _, repair, fault = repaired(tmp_path, 'S-005;"06/03/2023;a"b;"c;d')
    assert repair is None and fault is not None and fault.startswith("Ligne 6 : ")
    changed = lines()
    changed[5] = 'S-005;"06/03/2023;a"b;"c;d\n'
    records = list(read(tmp_path, "".join(changed)).records())
    assert [record.cells for record in records if not record.broken] == ROWS[1:5] + ROWS[6:]


def test_rows_swallowed_by_two_stray_quotes_are_told(tmp_path: Path) -> None:
    changed = lines()
    changed[5] = changed[5].replace("salle 5", '"salle 5')
    changed[8] = changed[8].replace("salle 8", '"')
    broken = [record for record in read(tmp_path, "".join(changed)).records() if record.broken]
    assert [(record.first_line, record.last_line) for record in broken] == [(6, 9)]
    assert broken[0].fault is not None and "ligne 9" in broken[0].fault


def test_a_cell_of_several_lines_is_no_fault(tmp_path: Path) -> None:
    changed = lines()
    changed[5] = changed[5].replace("salle 5", '"salle 5 ;\nbaies ; 1 à 4\n\nfin"')
    records = list(read(tmp_path, "".join(changed)).records())
    assert records[4].cells[3] == "salle 5 ;\nbaies ; 1 à 4\n\nfin"
    assert not any(record.broken or record.repair for record in records)


def test_repairs_are_the_same_at_each_pass(tmp_path: Path) -> None:
    changed = lines()
    changed[5] = "S-005;06/03/2023;;35,5;salle 5\n"
    table = read(tmp_path, "".join(changed))
    assert list(table.records()) == list(table.records())


def test_a_decimal_comma_among_commas_is_refused(tmp_path: Path) -> None:
    text = "nom,montant,motif\n" + "".join(f"asso {n},{n * 1000},50,achat de matériel\n" for n in range(1, 6))
    for expected in ((), ("nom", "montant", "motif")):
        with pytest.raises(Unreadable, match="décimales"):
            read(tmp_path, text, expected)


@pytest.mark.parametrize(
    "content",
    [
        b'"' * 900_000,
        b"a,b,c\n" + b'x,1,"y\n' * 8_000,
        b"a,b,c\n" + b'"""x,1,2\n' * 8_000,
        b'"a,b,c\n' + b"1,2,3\n" * 20_000,
        b",".join([b"1"] * 20_000) + b"\n" + b",".join([b"1"] * 19_999) + b"\n",
        b"," * 300_000,
    ],
    ids=["quotes", "open", "odd", "first", "wide", "delimiters"],
)
def test_hostile_texts_take_no_endless_time(tmp_path: Path, content: bytes) -> None:
    for expected in ((), ("a", "b")):
        with suppress(Unreadable):
            assert sum(1 for _ in read(tmp_path, content, expected).records()) < 30_000


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("delimiter", [";", "; "])
def test_a_long_text_is_streamed_and_gives_the_same_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, encoding: str, delimiter: str
) -> None:
    monkeypatch.setattr("greencloud.reading.containers.STREAMED_FROM", 100)
    text = "".join(lines(delimiter)).replace("salle", "bâtiment")
    table = read(tmp_path, text.encode(encoding), ("site", "kWh"))
    assert table.header == tuple(ROWS[0])
    assert [row[3] for row in cells(table)] == [row[3].replace("salle", "bâtiment") for row in ROWS[1:]]
    assert cells(table) == cells(table)


@pytest.mark.parametrize("named", [False, True])
@pytest.mark.parametrize(
    "text",
    [
        "heure\n10:30\n11:45\n12:00\n",
        "nom\nDupont, Jean\nDurand, Paul\n",
        "nom\nJean Dupont\nPaul Durand\nAnne Petit\n",
        "conso\n12,5\n13,5\n",
        "moment\n2023-01-01 10:30\n2023-01-02 11:30\n2023-01-03 11:30\n",
    ],
)
def test_one_column_is_never_split(tmp_path: Path, text: str, named: bool) -> None:
    label, *values = text.splitlines()
    table = read(tmp_path, text, (label,) if named else ())
    assert (table.header, table.header_row, cells(table)) == ((label,), 1, [[value] for value in values])
    assert codes(table) == []


@pytest.mark.parametrize("delimiter", [", ", ":", " "])
def test_a_title_above_a_table_with_a_weak_separator_is_no_label(tmp_path: Path, delimiter: str) -> None:
    rows = [["site", "conso"], ["A", "12"], ["B", "13"], ["C", "14"], ["D", "15"]]
    table = read(tmp_path, "Consommations\n" + "".join(delimiter.join(row) + "\n" for row in rows))
    found = [[cell.strip() for cell in row] for row in cells(table)]
    assert (table.header, found) == (("site", "conso"), rows[1:])


def test_labels_fewer_than_the_columns_stay_labels(tmp_path: Path) -> None:
    table = read(tmp_path, "h1;h2\na;b;c\nd;e;f\n")
    assert (table.header, cells(table)) == (("h1", "h2"), [["a", "b", "c"], ["d", "e", "f"]])
    assert codes(table) == ["intitules_manquants"]


def test_a_declared_separator_is_not_taken_for_padding(tmp_path: Path) -> None:
    table = read(tmp_path, "sep=;\na;b\n15-02-2023;x\n")
    assert (table.header, codes(table)) == (("a", "b"), ["ligne_sep"])


def test_one_label_above_cut_numbers_is_told_in_the_singular(tmp_path: Path) -> None:
    path = tmp_path / "fichier.csv"
    path.write_text("conso\n12,5\n13,5\n", encoding="utf-8")
    with pytest.raises(Unreadable, match="plus de cellules que l'intitulé : la virgule"):
        read_table(path, ("conso",), delimiter=",")


def test_a_broken_pattern_is_told_in_french() -> None:
    with pytest.raises(SchemaError, match="expression régulière valide") as told:
        field({"name": "a", "type": "string", "constraints": {"pattern": "a(?i)b"}})
    assert "flags" not in str(told.value)

"""One good declaration of three years, spoilt in as many ways as administrations send it, with what mends each.

What is right is worked out by hand: RIGHT. The faults are those of the corpus of dirty files (see CONTRIBUTING), in the
columns of our own schema; every file is made here.
"""

import csv
import gzip
import io
import unicodedata
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import openpyxl

Rows = list[list[str]]

LABELS = (
    *("id_centre", "annee", "date_debut", "date_fin", "energie_totale_kwh", "energie_it_kwh"),
    *("qualite_mesure", "commentaire"),
)
SITE, YEAR, START, END, TOTAL, IT, QUALITY, COMMENT = range(len(LABELS))
RIGHT = {
    "2025": ("314870.5", "175120.2", "2025-12-31", "Salle de l’académie – cœur de réseau"),
    "2023": ("330000", "180000", "2023-12-31", "Groupe froid remplacé ; mesure à partir d’août"),
    "2022": ("341250.8", "", "2022-12-31", "Pas de comptage informatique à La Réunion"),
}
"""Year -> total and IT energy, last day, comment, as the normalised row has them."""
TITLES = {
    SITE: "Identifiant du centre",
    YEAR: "Année",
    START: "Premier jour relevé",
    END: "Dernier jour relevé",
    TOTAL: "Énergie totale du centre (kWh)",
    IT: "Énergie des équipements informatiques (kWh)",
    COMMENT: "Commentaire",
}


@dataclass(frozen=True)
class Remedy:
    """What the agent does on the page of the report; nothing at all for a file that is accepted as it is.

    `cells`: (line, column) -> text; `aside`: lines; `adopt`: hand in the corrected file; `again`: mend the file in the
    spreadsheet and hand it in anew; `without`: confirm without the refused lines. `lost`: years that are left out.
    """

    cells: Mapping[tuple[int, int], str] = field(default_factory=dict)
    aside: Sequence[int] = ()
    adopt: bool = False
    again: bool = False
    without: bool = False
    lost: Sequence[str] = ()

    @property
    def typed(self) -> dict[str, str]:
        """The texts by the labels of their inputs."""
        return {f"{TITLES[column]}, ligne {line}": text for (line, column), text in self.cells.items()}

    @property
    def ticked(self) -> list[str]:
        """The labels of the boxes."""
        return [f"Laisser cette ligne de côté : ligne {line}" for line in self.aside]

    @property
    def right(self) -> dict[str, tuple[str, str, str, str]]:
        """What is confirmed in the end."""
        return {year: values for year, values in RIGHT.items() if year not in self.lost}


@dataclass(frozen=True)
class Spoilt:
    """A file, and what mends it. `says`: words of the report, in the order of the page."""

    content: bytes
    remedy: Remedy = Remedy()
    says: Sequence[str] = ()
    name: str = "déclarations.csv"


def good(site: str) -> Rows:
    """The labels and three years, as a spreadsheet in French shows them."""
    figures = {"2025": ("314 870,5", "175 120,2"), "2023": ("330 000,0", "180 000,0"), "2022": ("341 250,8", "")}
    rows = [
        [site, year, f"01/01/{year}", f"31/12/{year}", *figures[year], "mesure", RIGHT[year][3]] for year in figures
    ]
    return [list(LABELS), *rows]


def changed(site: str, column: int, change: Callable[[str], str]) -> Rows:
    """The good rows with each cell of a column written otherwise."""
    head, *rows = good(site)
    return [head, *([*row[:column], change(row[column]), *row[column + 1 :]] for row in rows)]


def put(site: str, *cells: tuple[int, int, str]) -> Rows:
    """The good rows with other texts at some lines (the labels are line 1) and columns."""
    rows = good(site)
    for line, column, text in cells:
        rows[line - 1][column] = text
    return rows


def with_line(site: str, line: int, inserted: Sequence[str]) -> Rows:
    """The good rows with one more, which becomes that line."""
    rows = good(site)
    rows.insert(line - 1, list(inserted))
    return rows


def csv_text(rows: Sequence[Sequence[str]], delimiter: str = ";", end: str = "\r\n") -> str:
    """As spreadsheets in French write a CSV."""
    written = io.StringIO(newline="")
    csv.writer(written, delimiter=delimiter, lineterminator=end).writerows(rows)
    return written.getvalue()


def csv_bytes(rows: Sequence[Sequence[str]], delimiter: str = ";", end: str = "\r\n") -> bytes:
    """The same in UTF-8."""
    return csv_text(rows, delimiter, end).encode()


def workbook(rows: Sequence[Sequence[object]]) -> bytes:
    """A workbook of one sheet."""
    book, written = openpyxl.Workbook(), io.BytesIO()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(list(row))
    book.save(written)
    return written.getvalue()


def mended(site: str) -> bytes:
    """The file once its fault was mended in the spreadsheet."""
    return csv_bytes(good(site))


def spoilt(site: str) -> dict[str, Spoilt]:
    """Every fault by its name."""
    return encodings(site) | separators(site) | numbers(site) | missing(site) | dates(site) | keys(site) | layouts(site)


def encodings(site: str) -> dict[str, Spoilt]:
    """Other bytes for the same text, or a few bytes too many."""
    text = csv_text(good(site))
    bad = text.encode().replace("Réunion".encode(), b"R\xffunion")
    return {
        "utf8_bom": Spoilt(text.encode("utf-8-sig")),
        "utf16be_bom": Spoilt(b"\xfe\xff" + text.encode("utf-16-be")),
        "cp1252": Spoilt(text.encode("cp1252")),
        "mac_roman": Spoilt(text.encode("mac-roman")),
        "decomposed_accents": Spoilt(unicodedata.normalize("NFD", text).encode()),
        "nul_tail": Spoilt(text.encode() + b"\0" * 10_240),
        "no_end_of_last_line": Spoilt(text.encode().rstrip()),
        "gzip_called_csv": Spoilt(gzip.compress(text.encode(), mtime=0)),
        "one_bad_byte": Spoilt(
            bad, Remedy(cells={(4, COMMENT): RIGHT["2022"][3]}), ("Ligne 4", "L’octet 0xFF ne peut être lu")
        ),
        "one_bad_byte_and_a_faulty_cell": Spoilt(
            bad.replace(b"330 000,0", b"?"),
            Remedy(cells={(3, TOTAL): "330 000", (4, COMMENT): RIGHT["2022"][3]}),
            ("Ligne 3", "L’octet 0xFF ne peut être lu"),
        ),
    }


def separators(site: str) -> dict[str, Spoilt]:
    """Other signs between the cells, around them and at the ends of the lines."""
    rows = good(site)
    lines = csv_text(rows).splitlines()
    return {
        "comma_with_quoted_decimal_commas": Spoilt(csv_bytes(rows, ",")),
        "tab": Spoilt(csv_bytes(rows, "\t"), name="déclarations.tsv"),
        "quoted_sep_line": Spoilt(('"sep=;"\r\n' + csv_text(rows)).encode()),
        "doubled_separator": Spoilt(csv_bytes([[part for cell in row for part in (cell, "")] for row in rows])),
        "line_feeds": Spoilt(csv_bytes(rows, end="\n")),
        "carriage_returns": Spoilt(csv_bytes(rows, end="\r")),
        "mixed_ends": Spoilt(("\n".join(lines[:2]) + "\n" + "\r\n".join(lines[2:]) + "\r\n").encode()),
    }


def numbers(site: str) -> dict[str, Spoilt]:
    """Figures as they are typed, copied and exported."""

    def energies(change: Callable[[str], str]) -> bytes:
        head, *rows = changed(site, TOTAL, change)
        return csv_bytes([head, *([*row[:IT], change(row[IT]), *row[IT + 1 :]] for row in rows)])

    def one(text: str, line: int = 2, column: int = TOTAL) -> bytes:
        return csv_bytes(put(site, (line, column, text)))

    typed = Remedy(cells={(2, TOTAL): "314 870,5"})
    wide = {ord("0") + digit: ord("０") + digit for digit in range(10)}
    return {
        "unbreakable_thousands": Spoilt(energies(lambda text: text.replace(" ", "\u00a0"))),
        "narrow_thousands": Spoilt(energies(lambda text: text.replace(" ", "\u202f"))),
        "dot_thousands": Spoilt(energies(lambda text: text.replace(" ", "."))),
        "english_numbers": Spoilt(energies(lambda text: text.replace(",", ".").replace(" ", ","))),
        "wrong_groups": Spoilt(one("31 48 70,5"), typed, ("Ligne 2", "« 31 48 70,5 »")),
        "full_width_digits": Spoilt(energies(lambda text: text.translate(wide))),
        "unit_in_the_cell": Spoilt(energies(lambda text: f"{text} kWh" if text else "")),
        "other_unit_in_the_cell": Spoilt(one("314,8705 MWh"), Remedy(adopt=True), ("Ligne 2", "314,8705 MWh")),
        "two_readings": Spoilt(one("314.870"), typed, ("Ligne 2", "« 314.870 » peut se lire")),
        "minus_sign": Spoilt(one("−314 870,5"), typed, ("Ligne 2", "« −314 870,5 » est inférieur au minimum")),
        "two_decimal_commas": Spoilt(one("314,870,5"), typed, ("Ligne 2", "314,870,5")),
        "about": Spoilt(one("env. 314 870"), typed, ("Ligne 2", "env. 314 870")),
        "letter_for_a_digit": Spoilt(one("314 87O,5"), Remedy(adopt=True), ("Ligne 2", "314 87O,5")),
        "huge_number": Spoilt(one("9" * 100_000), typed, ("Ligne 2", "a trop de chiffres")),
        "more_for_servers_than_in_all": Spoilt(
            one("751 120,2", column=IT), Remedy(cells={(2, IT): "175 120,2"}), ("Ligne 2", "751 120,2")
        ),
    }


def missing(site: str) -> dict[str, Spoilt]:
    """What stands for nothing, and what a spreadsheet leaves of a value that was there."""
    marks = {"na": "#N/A", "not_told": "non communiqué", "long_dash": "—"}
    read = {f"missing_{name}": Spoilt(csv_bytes(put(site, (4, IT, mark)))) for name, mark in marks.items()}
    broken = {
        f"broken_{name}": Spoilt(
            csv_bytes(put(site, (3, IT, mark))), Remedy(cells={(3, IT): "180 000"}), ("Ligne 3", mark)
        )
        for name, mark in {"reference": "#REF!", "number": "#NOMBRE!"}.items()
    }
    return read | broken


def dates(site: str) -> dict[str, Spoilt]:
    """Days as spreadsheets of other places and settings write them."""
    serials = {"31/12/2025": "46022", "31/12/2023": "45291", "31/12/2022": "44926"}
    return {
        "iso_dates": Spoilt(csv_bytes(changed(site, END, lambda text: "-".join(reversed(text.split("/")))))),
        "one_digit_dates": Spoilt(csv_bytes(changed(site, START, lambda text: f"1/1/{text[6:]}"))),
        "serial_dates": Spoilt(csv_bytes(changed(site, END, serials.__getitem__))),
        "american_dates": Spoilt(
            csv_bytes(changed(site, END, lambda text: f"12/31/{text[6:]}")), Remedy(again=True), ("Ligne 2", "mois")
        ),
        "day_that_never_was": Spoilt(
            csv_bytes(put(site, (2, END, "31/11/2025"))),
            Remedy(cells={(2, END): "31/12/2025"}),
            ("Ligne 2", "31/11/2025"),
        ),
    }


def keys(site: str) -> dict[str, Spoilt]:
    """The identifier of the site, spoilt on its way through a spreadsheet."""

    def one(text: str, line: int = 2) -> bytes:
        return csv_bytes(put(site, (line, SITE, text)))

    chosen = Remedy(cells={(2, SITE): site})
    spaced = f"{site[:9]}\u00a0{site[9:14]}{site[14:]}"
    return {
        "spaces_in_the_key": Spoilt(csv_bytes(changed(site, SITE, lambda _: spaced))),
        "unbreakable_hyphen": Spoilt(csv_bytes(changed(site, SITE, lambda text: text.replace("-", "\u2011")))),
        "scientific_key": Spoilt(one("1,30000E+13"), chosen, ("Ligne 2", "1,30000E+13")),
        "two_keys": Spoilt(one(f"{site}, {site[:-1]}2"), chosen, ("Ligne 2", f"{site[:-1]}2")),
        "key_of_the_merged_cell": Spoilt(one("", 3), Remedy(cells={(3, SITE): site}), ("Ligne 3", "vide")),
    }


def layouts(site: str) -> dict[str, Spoilt]:
    """What stands around the rows, between them, and twice."""
    rows = good(site)
    head, first = rows[0], rows[1]
    blank = [""] * len(LABELS)
    total = ["Total", "", "", "", "986 121,3", "355 120,2", "", ""]
    titles = [["Direction du numérique"], [], ["Énergie des centres de données, en kWh"]]
    aside, between = Remedy(aside=(5,)), Remedy(aside=(4,))
    both = Remedy(cells={(2, TOTAL): "314 870,5"}, aside=(5,))
    wrong = put(site, (2, TOTAL, "314,870,5"))
    return {
        "title_rows": Spoilt(csv_bytes([*titles, *rows])),
        "comment_lines": Spoilt(csv_bytes([["# export du 12/03/2026"], ["# direction du numérique"], *rows])),
        "blank_rows": Spoilt(csv_bytes([*rows, *[blank] * 500])),
        "titles_for_names": Spoilt(
            csv_bytes([[TITLES.get(place, label) for place, label in enumerate(head)], *rows[1:]])
        ),
        "optional_column_absent": Spoilt(csv_bytes([row[:QUALITY] + row[COMMENT:] for row in rows])),
        "unknown_column": Spoilt(csv_bytes([[*head, "Contact"], *([*row, "service"] for row in rows[1:])])),
        "total_row": Spoilt(csv_bytes([*rows, total]), aside, ("Ligne 5", "« Total »")),
        "total_row_and_a_faulty_cell": Spoilt(csv_bytes([*wrong, total]), both, ("Ligne 2", "Ligne 5")),
        "subtotal": Spoilt(
            csv_bytes(with_line(site, 4, ["Sous-total", *total[1:]])), between, ("Ligne 4", "« Sous-total »")
        ),
        "header_repeated": Spoilt(csv_bytes(with_line(site, 4, head)), between, ("Ligne 4", "répétés ici")),
        "row_twice": Spoilt(csv_bytes([*rows, first]), aside, ("Ligne 5", "se trouve déjà à la ligne 2")),
        "row_twice_and_a_faulty_cell": Spoilt(csv_bytes([*wrong, rows[2]]), both, ("Ligne 2", "Ligne 5")),
        "two_rows_of_one_year": Spoilt(
            csv_bytes([*rows, [*first[:TOTAL], "999", "99", *first[QUALITY:]]]),
            aside,
            ("Ligne 5", "se trouve déjà à la ligne 2"),
        ),
        "long_row": Spoilt(
            csv_bytes([*rows[:3], [*rows[3], "x"]]), Remedy(again=True), ("Ligne 4", "9 cellules pour 8 colonnes")
        ),
        "short_row": Spoilt(
            csv_bytes([*rows[:3], rows[3][:IT]]), Remedy(again=True), ("Ligne 4", "5 cellules seulement")
        ),
        "label_twice": Spoilt(
            csv_bytes([[*head[:IT], "energie_totale_kwh", *head[QUALITY:]], *rows[1:]]),
            Remedy(again=True),
            ("Ligne 1", "plusieurs colonnes"),
        ),
        "formula": Spoilt(
            csv_bytes(put(site, (4, COMMENT, "=1+1"))),
            Remedy(cells={(4, COMMENT): RIGHT["2022"][3]}),
            ("Ligne 4", "=1+1"),
        ),
        "bad_row_left_out": Spoilt(
            csv_bytes(put(site, (4, TOTAL, "?"))), Remedy(without=True, lost=("2022",)), ("Ligne 4", "?")
        ),
        "workbook_called_csv": Spoilt(workbook(rows)),
        "workbook_with_titles_and_total": Spoilt(
            workbook([*titles, *rows, total]), Remedy(aside=(8,)), ("Ligne 8", "« Total »"), "déclarations.xlsx"
        ),
        "archive": Spoilt(_archive(csv_bytes(rows)), name="déclarations.zip"),
    }


def _archive(content: bytes) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("déclarations.csv", content)
    return written.getvalue()

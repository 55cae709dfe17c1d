"""The dirty corpus: one file in every state in which administrations send it, against what an ideal reader returns.

It stands beside the repository (see CONTRIBUTING); where it is absent these tests are skipped. The synthetic variants
below need nothing: they are the same file, spoilt in as many other ways.
"""

import csv
import json
import time
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from greencloud import tables
from greencloud.checking import Checked, check_file

CORPUS = Path(__file__).parents[3] / "shared" / "cases" / "dirty"
REACH = 0.88
SLOWEST = 5.0
NEEDS_CORPUS = pytest.mark.skipif(
    not CORPUS.is_dir(), reason="the received files are not beside the repository (see CONTRIBUTING.md)"
)

Row = list[str | None]


@dataclass(frozen=True)
class Result:
    """What came out of one file: rows of the truth that were not recovered, accepted rows that are in no truth."""

    case: dict[str, Any]
    checked: Checked
    lost: set[int]
    foreign: list[Row]
    seconds: float

    @property
    def expected_losses(self) -> set[int]:
        """The rows that the ideal reader rejects, where they are rows at all."""
        records = [rejected["record"] for rejected in self.case.get("rejected_rows", [])]
        inserted = [item["record"] for item in self.case.get("rejected_rows", []) if item["code"] in NOT_ROWS]
        return {record - 1 for record in records if record not in inserted}

    @property
    def exact(self) -> bool:
        """Whether exactly what could be recovered was, and nothing else."""
        return not self.foreign and self.lost == self.expected_losses


NOT_ROWS = ("total_row", "repeated_header")


def corpus() -> list[dict[str, Any]]:
    if not CORPUS.is_dir():
        return []
    cases: list[dict[str, Any]] = json.loads((CORPUS / "expected.json").read_text())["cases"]
    return cases


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Result]:
    table = tables.from_file(CORPUS / "declaration.schema.json")
    folder = tmp_path_factory.mktemp("dirty")
    return {case["id"]: judged(case, table, folder) for case in corpus()}


def judged(case: dict[str, Any], table: tables.Table, folder: Path) -> Result:
    path = CORPUS / case.get("file", "files/e00_utf8.csv")
    start = time.process_time()
    checked = check_file(path, table, name=case.get("upload_name"))
    seconds = time.process_time() - start
    got = accepted(checked, folder)
    truth = json.loads((CORPUS / "truth.json").read_text())
    if case["outcome"] == "reject":
        return Result(case, checked, set(), got, seconds)
    lost, left = set(), list(got)
    for place, row in enumerate(wanted(case, truth), start=1):
        found = next((other for other in left if same(row, other, truth["types"])), None)
        if found is None:
            lost.add(place)
        else:
            left.remove(found)
    return Result(case, checked, lost, left, seconds)


def accepted(checked: Checked, folder: Path) -> list[Row]:
    path = folder / "acceptees.csv"
    checked.write_accepted(path)
    with path.open(encoding="utf-8", newline="") as stream:
        return [[cell or None for cell in row] for row in csv.reader(stream)][1:]


def wanted(case: dict[str, Any], truth: dict[str, Any]) -> Iterator[Row]:
    """The rows of the truth with the changes that the case makes to them; `*` is a cell that may be anything."""
    values = case["values"] if isinstance(case["values"], dict) else {}
    columns: list[str] = truth["columns"]
    for number, row in enumerate(truth["rows"], start=1):
        cells: Row = [None if cell is None else str(cell) for cell in row]
        for name, scale in values.get("scale", {}).items():
            cell = cells[columns.index(name)]
            cells[columns.index(name)] = None if cell is None else str(Decimal(cell) * Decimal(scale))
        for name, constant in values.get("column", {}).items():
            cells[columns.index(name)] = constant
        for change in values.get("cells", []):
            if change["row"] == number:
                cells[columns.index(change["field"])] = change["value"]
        for change in values.get("except_cells", []):
            if change["row"] == number:
                cells[columns.index(change["field"])] = "*"
        yield cells


def same(row: Row, other: Row, types: Sequence[str]) -> bool:
    return all(alike(*pair) for pair in zip(row, other, types, strict=True))


def alike(wanted: str | None, got: str | None, kind: str) -> bool:
    if wanted == "*" or wanted is None or got is None:
        return wanted in ("*", got)
    if kind in ("decimal", "integer"):
        return Decimal(wanted) == Decimal(got)
    return unicodedata.normalize("NFC", wanted) == unicodedata.normalize("NFC", got)


@NEEDS_CORPUS
@pytest.mark.parametrize("case", corpus(), ids=lambda case: case["id"])
def test_no_file_is_silently_wrong_or_slow(case: dict[str, Any], results: dict[str, Result]) -> None:
    result = results[case["id"]]
    assert result.seconds < SLOWEST
    if case["outcome"] == "reject" and "read" not in case.get("also_acceptable", ""):
        assert not result.foreign and not result.checked.report.valid
    elif case["outcome"] != "reject":
        assert not result.foreign
        assert result.lost <= result.expected_losses or "also_acceptable" in case
        assert bool(result.lost) <= (not result.checked.report.valid), "a row is never lost without an error"


@NEEDS_CORPUS
@pytest.mark.parametrize("case", [case for case in corpus() if case.get("rejected_rows")], ids=lambda case: case["id"])
def test_the_rows_that_nobody_can_read_are_named(case: dict[str, Any], results: dict[str, Result]) -> None:
    errors = results[case["id"]].checked.report.errors
    named = {(error.row, error.field) for error in errors}
    for rejected in case["rejected_rows"]:
        field = rejected.get("field")
        assert (rejected["record"], field) in named or (
            field is None and rejected["record"] in {row for row, _ in named}
        )


@NEEDS_CORPUS
def test_most_of_what_can_be_recovered_is(results: dict[str, Result]) -> None:
    recoverable = [result for result in results.values() if result.case["outcome"] != "reject"]
    exact = [result for result in recoverable if result.exact]
    short = sorted({result.case["id"] for result in recoverable} - {result.case["id"] for result in exact})
    assert len(exact) >= REACH * len(recoverable), short


SCHEMA: dict[str, Any] = {
    "fields": [
        {
            "name": "code_site",
            "title": "Code du site",
            "constraints": {"required": True, "pattern": "^[A-Z0-9-]{3,20}$"},
        },
        {"name": "siret", "title": "SIRET", "constraints": {"required": True}},
        {"name": "annee", "type": "integer", "title": "Année", "constraints": {"minimum": 2015, "maximum": 2100}},
        {
            "name": "energie_kwh",
            "type": "number",
            "title": "Énergie totale (kWh)",
            "decimalChar": ",",
            "groupChar": " ",
            "constraints": {"minimum": 0},
        },
        {"name": "pue", "type": "number", "title": "PUE", "decimalChar": ","},
        {"name": "date_debut", "type": "date", "title": "Date de début", "format": "%d/%m/%Y"},
        {"name": "commentaire", "title": "Commentaire"},
    ],
    "missingValues": [""],
}
LABELS = [field["name"] for field in SCHEMA["fields"]]
GOOD = [
    ["DC-75-001", "13002526500013", "2023", "1 234 567,8", "1,41", "01/01/2023", "RAS"],
    ["DC-75-002", "13002526500021", "2023", "2 050 000,0", "1,40", "15/02/2023", ""],
    ["DC-13-010", "02001234500017", "2023", "45 000,5", "", "31/12/2023", "Site fermé"],
]
READ: list[Row] = [
    ["DC-75-001", "13002526500013", "2023", "1234567.8", "1.41", "2023-01-01", "RAS"],
    ["DC-75-002", "13002526500021", "2023", "2050000.0", "1.40", "2023-02-15", None],
    ["DC-13-010", "02001234500017", "2023", "45000.5", None, "2023-12-31", "Site fermé"],
]
TYPES = ("string", "string", "integer", "decimal", "decimal", "date", "string")


def spoilt(folder: Path, rows: Sequence[Sequence[str]], labels: Sequence[str] = LABELS) -> tuple[Checked, list[Row]]:
    path = folder / "depot.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, delimiter=";").writerows([labels, *rows])
    checked = check_file(path, tables.from_descriptor(SCHEMA))
    return checked, accepted(checked, folder)


def column(name: str, change: Callable[[str], str]) -> list[list[str]]:
    place = LABELS.index(name)
    return [[change(cell) if number == place else cell for number, cell in enumerate(row)] for row in GOOD]


def iso(text: str) -> str:
    day, month, year = text.split("/")
    return f"{year}-{month}-{day}"


MONTHS = {"01": "janv.", "02": "février", "12": "déc."}
SERIALS = {"01/01/2023": "44927", "15/02/2023": "44972", "31/12/2023": "45291"}
SERIALS_1904 = {"01/01/2023": "43465", "15/02/2023": "43510", "31/12/2023": "43829"}


@pytest.mark.parametrize(
    "rows",
    [
        column("energie_kwh", lambda text: text.replace(" ", "\u00a0")),
        column("energie_kwh", lambda text: text.replace(" ", "\u202f")),
        column("energie_kwh", lambda text: text.replace(" ", "\u2009")),
        column("energie_kwh", lambda text: text.replace(" ", "'")),
        column("energie_kwh", lambda text: text.replace(" ", "’")),
        column("energie_kwh", lambda text: text.replace(" ", "")),
        column("energie_kwh", lambda text: text.replace(" ", "").replace(",", ".")),
        column("energie_kwh", lambda text: text.replace(" ", ".")),
        column("energie_kwh", lambda text: text.replace(",", ".").replace(" ", ",")),
        column("energie_kwh", lambda text: f"{text} kWh"),
        column("energie_kwh", lambda text: f" {text}\u00a0"),
        column("energie_kwh", lambda text: f"+{text}"),
        column("energie_kwh", lambda text: f"'{text}"),
        column("energie_kwh", lambda text: f"{Decimal(text.replace(' ', '').replace(',', '.')):E}".replace(".", ",")),
        column("annee", lambda text: f"{text},0"),
        column("annee", lambda text: f"{text}.0"),
        column("annee", lambda text: text.translate({ord("0") + digit: ord("０") + digit for digit in range(10)})),
        column("pue", lambda text: text or "n.c."),
        column("pue", lambda text: text or "#N/A"),
        column("pue", lambda text: text or "-"),
        column("pue", lambda text: text or "   "),
        column("date_debut", iso),
        column("date_debut", lambda text: text.replace("/", "-")),
        column("date_debut", lambda text: text.replace("/", ".")),
        column("date_debut", lambda text: iso(text).replace("-", "/")),
        column("date_debut", lambda text: iso(text) + " 00:00:00"),
        column("date_debut", lambda text: iso(text) + "T00:00:00"),
        column("date_debut", lambda text: f"{text} 00:00"),
        column("date_debut", lambda text: iso(text).replace("-", "")),
        column("date_debut", lambda text: f"{int(text[:2])} {MONTHS[text[3:5]]} {text[6:]}"),
        column("date_debut", lambda text: text[:6] + text[8:]),
        column("date_debut", SERIALS.__getitem__),
        column("siret", lambda text: f"{text[:3]} {text[3:6]} {text[6:9]} {text[9:]}"),
        column("siret", lambda text: f"{text[:3]}.{text[3:6]}.{text[6:9]}.{text[9:]}"),
        column("siret", lambda text: f"'{text}"),
        column("siret", lambda text: f'="{text}"'),
        column("siret", lambda text: f"{text} "),
        column("siret", lambda text: f"{text}.0"),
        column("code_site", lambda text: f" {text}"),
        column("code_site", lambda text: text.replace("-", "\u2011")),
        column("commentaire", lambda text: unicodedata.normalize("NFD", text)),
    ],
)
def test_another_spelling_gives_the_same_rows(tmp_path: Path, rows: list[list[str]]) -> None:
    checked, got = spoilt(tmp_path, rows)
    assert checked.report.valid
    assert len(got) == len(READ)
    assert all(same(row, other, TYPES) for row, other in zip(READ, got, strict=True))


@pytest.mark.parametrize(
    ("rows", "codes"),
    [
        (column("energie_kwh", lambda text: f"{text[:1]}.234"), {"separateur_ambigu"}),
        (column("energie_kwh", lambda text: f"{text} MWh"), {"unite_dans_cellule"}),
        (column("energie_kwh", lambda text: f"env. {text}"), {"type-error"}),
        (column("energie_kwh", lambda text: f"{text} - {text}"), {"type-error"}),
        (column("energie_kwh", lambda text: f"({text})"), {"type-error"}),
        (column("energie_kwh", lambda text: f"−{text}"), {"constraint-error"}),
        (column("energie_kwh", lambda _: "#DIV/0!"), {"erreur_tableur"}),
        (column("pue", lambda _: "141 %"), {"unite_dans_cellule"}),
        (column("date_debut", lambda text: f"{text[3:5]}/{text[:2]}/{text[6:]}"), {"date_ambigue"}),
        (column("date_debut", lambda _: "31/02/2023"), {"type-error"}),
        (column("date_debut", SERIALS_1904.__getitem__), {"date_ambigue"}),
        (column("date_debut", lambda text: f"{text[:6]}24"), {"date_ambigue"}),
        (column("siret", lambda _: "1,30025E+13"), {"identifiant_abime"}),
        (column("siret", lambda text: text[:9] + "00000"), {"identifiant_abime"}),
        (column("siret", lambda text: text[1:]), {"identifiant_abime"}),
        (column("siret", lambda text: text[:9]), {"identifiant_abime"}),
        (column("siret", lambda text: f"{text}, {text}"), {"identifiant_abime"}),
        (column("siret", lambda _: "n.c."), {"constraint-error"}),
        (column("code_site", lambda text: text.replace("C", "\u0421")), {"constraint-error"}),
        (column("code_site", lambda text: text.lower()), {"constraint-error"}),
    ],
)
def test_what_cannot_be_known_is_refused(tmp_path: Path, rows: list[list[str]], codes: set[str]) -> None:
    checked, got = spoilt(tmp_path, rows)
    assert got == []
    assert {error.code for error in checked.report.errors} == codes
    assert {error.row for error in checked.report.errors} == {2, 3, 4}


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (["TOTAL", "", "", "3 329 568,3", "", "", ""], "ligne_total"),
        (["Sous-total Paris", "", "2023", "3 284 567,8", "", "", ""], "ligne_total"),
        (["", "Total général", "", "3 284 567,8", "", "", ""], "ligne_total"),
        (LABELS, "entete_repetee"),
        (["# export du 12/03/2024"], "ligne_note"),
        (["Source : direction du numérique, 2024"], "ligne_note"),
        (["(1) Estimation", "", "", "", "", "", ""], "ligne_note"),
        (["", "", "", "kWh", "", "JJ/MM/AAAA", ""], "ligne_note"),
        (["-----", "-----", "-----", "-----", "-----", "-----", "-----"], "ligne_note"),
    ],
)
@pytest.mark.parametrize("place", [1, 3])
def test_a_line_that_is_no_row_is_set_apart_and_named(tmp_path: Path, line: list[str], code: str, place: int) -> None:
    checked, got = spoilt(tmp_path, [*GOOD[:place], line, *GOOD[place:]])
    assert [(error.code, error.row) for error in checked.report.errors] == [(code, place + 2)]
    assert len(got) == len(READ)


def test_a_site_named_after_a_total_is_a_site(tmp_path: Path) -> None:
    checked, got = spoilt(tmp_path, [*GOOD, ["TOTAL-ENERGIES", "13002526500013", "2023", "12,5", "", "", ""]])
    assert checked.report.valid and len(got) == len(READ) + 1


def test_titles_in_another_order_are_labels(tmp_path: Path) -> None:
    titles = [field["title"] for field in SCHEMA["fields"]]
    checked, got = spoilt(tmp_path, [list(reversed(row)) for row in GOOD], list(reversed(titles)))
    assert checked.report.valid
    assert all(same(row, other, TYPES) for row, other in zip(READ, got, strict=True))


@pytest.mark.parametrize(
    ("labels", "code"),
    [
        ([*LABELS[:3], "Énergie totale (MWh)", *LABELS[4:]], "incorrect-label"),
        ([*LABELS[:3], "energie_mwh", *LABELS[4:]], "incorrect-label"),
        ([*LABELS[:3], "energie_kwh", "energie_kwh", *LABELS[5:]], "duplicate-label"),
        ([*LABELS[:6], "commentaires"], "incorrect-label"),
        ([*LABELS[:6], 'commentaire"); DROP TABLE x;--'], "incorrect-label"),
        (["code", *LABELS[1:]], "missing-label"),
    ],
)
def test_a_doubtful_header_is_one_error_and_no_row_is_read(tmp_path: Path, labels: list[str], code: str) -> None:
    checked, got = spoilt(tmp_path, GOOD, labels)
    assert [(error.code, error.row) for error in checked.report.errors] == [(code, None)]
    assert got == []


def test_sql_and_python_give_the_same_report(tmp_path: Path) -> None:
    """Rows that SQL may prove, among lines and cells that only Python can read."""
    plain = [[f"DC-{number}", "13002526500013", "2023", "1234", "", "", "RAS"] for number in range(300)]
    odd = [
        ["DC-75-003", "130 025 265 00013", "2023", "1.234", "n.c.", "1/3/2023", "@SUM(A1)"],
        ["DC-75-004", "1,30025E+13", "2023,0", "12 MWh", "-", "31/02/2023", "e\u0301"],
        ["Sous-total", "", "", "370 200", "", "", ""],
        LABELS,
    ]
    first, _ = spoilt(tmp_path, [*GOOD, *plain[:150], *odd, *plain[150:]])
    path, table = tmp_path / "depot.csv", tables.from_descriptor(SCHEMA)
    proven, read = check_file(path, table, small=0), check_file(path, table, small=10**9)
    assert proven.report.to_dict() == read.report.to_dict() == first.report.to_dict()
    assert accepted(proven, tmp_path) == accepted(read, tmp_path)
    assert read.report.accepted == len(GOOD) + len(plain)

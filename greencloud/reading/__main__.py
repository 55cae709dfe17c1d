"""`python -m greencloud.reading FILE --to OUT.csv --report OUT.json`: any table as plain CSV, and how it was read.

OUT.csv is UTF-8, comma, quotes only where needed, LF; the labels first when the table has some, then the rows as
they were read. A file that is refused gives no OUT.csv, except the empty file, which gives an empty one. Files are
written whole or not at all, and never over the one that is read. One line on the output says how much was read and how
it was written. The exit code is 0 when the file was read, 2 when it
was refused or the command was not understood.

OUT.json holds `container`, `encoding` and `why`, `delimiter`, `quote`, `escape`, `header_row` (0: none), `header_rows`,
`rows`, `columns`, `remarks` [{code, message}], `repairs` [{row, line, message}] and `refused` (null or {code, message,
fix}). `remarks` tell what was noticed or set apart, `repairs` every row whose cells had to be put back together or
could not be.
"""

import argparse
import csv
import json
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn, TextIO

from greencloud.reading.endings import Rows, settled
from greencloud.reading.records import Record, Remark, TextTable
from greencloud.reading.refusals import Unreadable
from greencloud.reading.text import read_table
from greencloud.reading.words import counted

_DELIMITERS = {"\t": "tabulation", " ": "espace"}
_HEADER_REPAIRS = ("intitules_repares", "intitules_manquants")


def main(arguments: Sequence[str] | None = None) -> int:
    """Read one file; the exit code."""
    parser = _options()
    options = parser.parse_args(arguments)
    _refuse_places(parser, options)
    try:
        return _read(options)
    except OSError:
        print(f"Rien n'a pu être écrit à côté de {options.to} : vérifiez ce dossier.", file=sys.stderr)
        return 2


def _read(options: argparse.Namespace) -> int:
    try:
        table = read_table(options.file, delimiter=options.delimiter, encoding=options.encoding)
        records, remarks = settled(table)
    except Unreadable as refusal:
        _write_report(options.report, _refused(refusal))
        if options.file.is_file() and options.file.stat().st_size == 0:
            _write(options.to, lambda stream: None)
        print(refusal, file=sys.stderr)
        return 2
    seen = _Seen(_width(table, records))
    _write_rows(options.to, table, records, seen)
    report = _report(table, seen, remarks)
    _write_report(options.report, report)
    print(_told(options.file.name, report))
    return 0


class _Parser(argparse.ArgumentParser):
    """A command line that answers in French."""

    def error(self, message: str) -> NoReturn:
        """Say how the command is written; argparse's own words are English, whatever the cause."""
        self.exit(2, f"La commande n'est pas complète ou n'est pas comprise. {self.format_usage()}")

    def format_usage(self) -> str:
        return (
            "Écrivez : python -m greencloud.reading FICHIER --to SORTIE.csv [--report RAPPORT.json] "
            "[--delimiter CARACTÈRE] [--encoding ENCODAGE]\n"
        )

    def format_help(self) -> str:
        return f"{self.description}\n{self.format_usage()}"


def _options() -> argparse.ArgumentParser:
    parser = _Parser(description="Lit une table sans schéma.", allow_abbrev=False)
    parser.add_argument("file", type=Path)
    parser.add_argument("--to", type=Path, required=True)
    parser.add_argument("--report", type=Path)
    parser.add_argument("--delimiter")
    parser.add_argument("--encoding")
    return parser


def _refuse_places(parser: argparse.ArgumentParser, options: argparse.Namespace) -> None:
    """Stop before two of the files are one: what is read is never written over."""
    places = [path.resolve() for path in (options.file, options.to, options.report) if path is not None]
    if len(set(places)) < len(places):
        parser.exit(2, "Le fichier lu, la sortie et le rapport doivent être trois fichiers différents.\n")


class _Seen:
    """What the report says of the rows, gathered while they are written."""

    def __init__(self, width: int) -> None:
        self.width = width
        self.rows = self.odd = 0
        self.first_odd: Record | None = None
        self.repairs: list[dict[str, Any]] = []

    def add(self, record: Record) -> None:
        """One more row."""
        if not record.blank:
            self.rows += 1
            if len(record.cells) != self.width and not record.broken:
                self.odd += 1
                self.first_odd = self.first_odd or record
        message = record.repair or record.fault
        if message:
            self.repairs.append({"row": record.number, "line": record.first_line, "message": message})


def _write_rows(path: Path, table: TextTable, records: Rows, seen: _Seen) -> None:
    def write(stream: TextIO) -> None:
        writer = csv.writer(stream, lineterminator="\n")
        if table.header_rows:
            writer.writerow(table.header)
        for record in records:
            seen.add(record)
            if record.cells:
                writer.writerow(_trimmed(record.cells, seen.width))

    _write(path, write)


def _write(path: Path, write: Callable[[TextIO], None]) -> None:
    """Write a file aside, then put it in its place: it is there whole, or as it was."""
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".greencloud-") as folder:
        aside = Path(folder, path.name)
        with aside.open("w", encoding="utf-8", newline="") as stream:
            write(stream)
        aside.replace(path)


def _width(table: TextTable, records: Rows) -> int:
    """How many columns the table has: as many as labels, unless one is missing."""
    if all(remark.code != "intitules_manquants" for remark in table.remarks):
        return len(table.header)
    usual = Counter(len(record.cells) for record in records if not record.blank).most_common(1)
    return usual[0][0] if usual else len(table.header)


def _trimmed(cells: Sequence[str], width: int) -> Sequence[str]:
    """The cells without the empty ones that stand beyond the last column."""
    end = len(cells)
    while end > width and not cells[end - 1].strip():
        end -= 1
    return cells[:end]


def _report(table: TextTable, seen: _Seen, remarks: Sequence[Remark]) -> dict[str, Any]:
    return {
        "container": table.container,
        "encoding": table.encoding,
        "why": table.why,
        "delimiter": table.delimiter,
        "quote": table.quote,
        "escape": table.escape,
        "header_row": table.header_row if table.header_rows else 0,
        "header_rows": table.header_rows,
        "rows": seen.rows,
        "columns": seen.width,
        "remarks": [
            {"code": remark.code, "message": remark.message} for remark in (*table.remarks, *remarks, *_shapes(seen))
        ],
        "repairs": [*_header_repairs(table), *seen.repairs],
        "refused": None,
    }


def _told(name: str, report: Mapping[str, Any]) -> str:
    """The one line on a file that was read."""
    repairs, encoding, delimiter = len(report["repairs"]), report["encoding"], report["delimiter"]
    parts = [
        f"{_count(report['rows'], 'ligne')} et {_count(report['columns'], 'colonne')}",
        *([f"encodage {encoding}"] if encoding else []),
        *([f"séparateur « {_DELIMITERS.get(delimiter, delimiter)} »"] if delimiter else []),
        _count(repairs, "réparation") if repairs else "aucune réparation",
    ]
    shown = "".join(char if char.isprintable() else "\ufffd" for char in name)
    return f"{shown} ({report['container']}) : {', '.join(parts)}."


def _count(number: int, noun: str) -> str:
    return f"{counted(number)} {noun}{'s' if number > 1 else ''}"


def _header_repairs(table: TextTable) -> list[dict[str, Any]]:
    return [
        {"row": table.header_row, "line": table.header_row, "message": remark.message}
        for remark in table.remarks
        if remark.code in _HEADER_REPAIRS
    ]


def _shapes(seen: _Seen) -> list[Remark]:
    """One remark for the rows that have more or fewer cells than there are columns."""
    if seen.first_odd is None:
        return []
    first = seen.first_odd.first_line
    if seen.odd == 1:
        message = f"Ligne {first} : {len(seen.first_odd.cells)} cellules pour {seen.width} colonnes."
    else:
        message = f"{counted(seen.odd)} lignes n'ont pas {seen.width} cellules ; la première est la ligne {first}."
    return [Remark("lignes_irregulieres", message)]


def _refused(refusal: Unreadable) -> dict[str, Any]:
    absent = dict.fromkeys(("container", "encoding", "why", "delimiter", "quote", "escape", "header_row"))
    reason = {"code": refusal.code, "message": refusal.message, "fix": refusal.fix}
    return {**absent, "header_rows": 0, "rows": 0, "columns": 0, "remarks": [], "repairs": [], "refused": reason}


def _write_report(path: Path | None, report: dict[str, Any]) -> None:
    if path is not None:
        _write(path, lambda stream: print(json.dumps(report, ensure_ascii=False, indent=2), file=stream))


if __name__ == "__main__":
    sys.exit(main())

"""The list of errors for the person who corrects the file: one line an error, to be opened in a spreadsheet."""

from pathlib import Path

from greencloud.checking import spreadsheet
from greencloud.checking.report import Report

COLUMNS = ("fichier", "ligne", "colonne", "valeur", "code", "message", "correction", "proposition")


def write_rejects(report: Report, path: Path) -> None:
    """Write every error of a report, in its order; an empty list when there is none."""
    name = report.file.name
    spreadsheet.write(
        path,
        COLUMNS,
        (
            (name, error.row, error.field, error.value, error.code, error.message, error.fix, error.proposal)
            for error in report.errors
        ),
    )

"""What to try when the strict mode fills the screen with errors for one reason: the separator, or the columns."""

from pathlib import Path

from greencloud.checking import Checked, Note
from greencloud.checking.messages import quoted
from greencloud.reading import Unreadable, read_table

_MARKS = {"\t": "tab"}


def strict_hints(file: Path, checked: Checked, *, delimiter: str | None, encoding: str | None) -> list[Note]:
    """One note, or none: a separator that was not seen goes before columns that are not those of the schema."""
    report, text = checked.report, checked.text
    if report.valid or text is None:
        return []
    seen = _separator(file, checked, encoding) if delimiter is None and text.delimiter is not None else None
    if seen not in (None, text.delimiter):
        mark = _MARKS.get(seen or "", f'"{seen}"')
        return [
            Note(
                "separateur",
                f"Le séparateur paraît être {_shown(seen)} et le fichier a été lu avec {_shown(text.delimiter)} : "
                f"essayez --delimiter {mark}.",
            )
        ]
    if report.errors.of_file:
        return [
            Note(
                "colonnes",
                "Avec --strict, le fichier doit avoir toutes les colonnes du schéma, dans le même ordre. Sans "
                "--strict, elles sont reconnues à leur intitulé et les facultatives peuvent manquer.",
            )
        ]
    return []


def _separator(file: Path, checked: Checked, encoding: str | None) -> str | None:
    """The separator that the default mode finds."""
    try:
        return read_table(file, expected=checked.table.column_names, encoding=encoding).delimiter
    except Unreadable:
        return None


def _shown(delimiter: str | None) -> str:
    return "la tabulation" if delimiter == "\t" else quoted(delimiter)

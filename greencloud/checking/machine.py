"""A report as JSON, written as it goes: a million errors need no second copy in memory."""

import json
from collections.abc import Iterable
from typing import Any, TextIO

from greencloud.checking.report import Finding, Report


def write_json(report: Report, stream: TextIO) -> None:
    """Write what `report.to_dict()` gives, two spaces a level, without making the lists of findings."""
    stream.write("{\n")
    for key, value in report.summary().items():
        stream.write(f"  {json.dumps(key)}: {_dumped(value, 1)},\n")
    stream.write('  "errors": ')
    _write_list(report.errors, stream)
    stream.write(',\n  "warnings": ')
    _write_list(report.warnings, stream)
    stream.write("\n}\n")


def _write_list(findings: Iterable[Finding], stream: TextIO) -> None:
    opening = "[\n"
    for finding in findings:
        stream.write(f"{opening}    {_dumped(vars(finding), 2)}")
        opening = ",\n"
    stream.write("[]" if opening == "[\n" else "\n  ]")


def _dumped(value: Any, level: int) -> str:
    # The only line ends of a JSON text are those between its parts: those of a string are escaped.
    return json.dumps(value, ensure_ascii=False, indent=2).replace("\n", "\n" + "  " * level)

"""`greencloud check DESCRIPTEUR.json --strict`: the verdict on a descriptor and on the data it describes."""

import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from greencloud.checking.engine import card_of
from greencloud.checking.report import Finding, Findings, Report
from greencloud.checking.resource import Verdict, check_descriptor, is_descriptor
from greencloud.descriptors import read_json


def check(
    file: Path,
    schema: Path | None,
    checks: Path | None,
    *,
    delimiter: str | None = None,
    encoding: str | None = None,
    trusted: bool = False,
    output: str = "text",
) -> int:
    """Print the verdict on a descriptor, or on a table with the checks of Frictionless; the exit status.

    A schema that was asked for goes before the descriptor's own.
    """
    descriptor: Any = read_json(file) if is_descriptor(file) else _described(file, delimiter, encoding)
    if schema is not None:
        descriptor = {**descriptor, "schema": read_json(schema)}
    wanted = () if checks is None else read_json(checks)
    verdict = check_descriptor(descriptor, file.parent, wanted, name=file.name, trusted=trusted)
    if output == "json":
        from greencloud.checking.machine import write_json

        write_json(whole(verdict, file), sys.stdout)
    else:
        _print(verdict, file)
    return 0 if verdict.valid else 1


def whole(verdict: Verdict, file: Path) -> Report:
    """One report on everything: that of the only resource, or one whose findings name their resource."""
    if len(verdict.resources) == 1:
        return verdict.resources[0].report
    reports = [judged.report for judged in verdict.resources]
    notes = [note for report in reports for note in report.notes]
    return Report(
        card_of(file, file.name),
        rows=sum(report.rows for report in reports),
        accepted=sum(report.accepted for report in reports),
        notes=notes,
        errors=Findings([*verdict.errors, *_named(verdict)]),
    )


def _named(verdict: Verdict) -> Iterator[Finding]:
    for judged in verdict.resources:
        for finding in judged.report.errors:
            yield replace(finding, message=f"Ressource « {judged.name} ». {finding.message}")


def _print(verdict: Verdict, file: Path) -> None:
    from greencloud.checking.terminal import print_report

    if verdict.errors or not verdict.resources:
        print_report(Report(card_of(file, file.name), errors=Findings(verdict.errors)))
    for place, judged in enumerate(verdict.resources):
        if place:
            print()
        print_report(judged.report)


def _described(file: Path, delimiter: str | None, encoding: str | None) -> Mapping[str, Any]:
    """A descriptor for a table that has none."""
    described: dict[str, Any] = {"name": re.sub(r"[^a-z0-9._-]+", "-", file.stem.lower()) or "table", "path": file.name}
    if delimiter is not None:
        described["dialect"] = {"csv": {"delimiter": delimiter}}
    if encoding is not None:
        described["encoding"] = encoding
    return described

"""A report as text for a terminal: the verdict first, errors grouped by cause, then warnings and notes."""

from collections import Counter
from collections.abc import Sequence

from rich.console import Console
from rich.markup import escape

from greencloud.checking.messages import plural
from greencloud.checking.report import Finding, Report

SHOWN_PER_CODE = 20


def print_report(report: Report, console: Console | None = None) -> None:
    """Print a report; colours only where the terminal has them."""
    console = console or Console(highlight=False, soft_wrap=True)
    for line in lines(report):
        console.print(line)


def lines(report: Report) -> list[str]:
    """The report as lines of rich markup, every received text escaped."""
    result = [_verdict(report)]
    result += _section("Erreurs à corriger", report.errors, "red")
    result += _section("Avertissements", report.warnings, "yellow")
    if report.notes:
        result += ["", "[bold]Bon à savoir[/bold]"]
        result += [f"  • {escape(note.message)}" for note in report.notes]
    return result


def _verdict(report: Report) -> str:
    name = escape(report.file.name)
    if not report.readable:
        return f"[bold red]✘ {name} : fichier illisible[/bold red]"
    counts = f"{plural(report.accepted, 'ligne acceptée', 'lignes acceptées')} sur {plural(report.rows, 'ligne')}"
    if report.valid:
        return f"[bold green]✔ {name} : fichier valide[/bold green] — {counts}"
    errors = plural(len(report.errors), "erreur")
    return f"[bold red]✘ {name} : {errors}[/bold red] — {counts}"


def _section(title: str, findings: Sequence[Finding], colour: str) -> list[str]:
    """One block a code, the most frequent code first, long lists cut with their count."""
    if not findings:
        return []
    result = ["", f"[bold {colour}]{title}[/bold {colour}]"]
    for code, count in sorted(
        Counter(finding.code for finding in findings).items(), key=lambda item: (-item[1], item[0])
    ):
        group = [finding for finding in findings if finding.code == code]
        for finding in group[:SHOWN_PER_CODE]:
            result += [f"  [{colour}]•[/{colour}] {escape(finding.message)}", f"      → {escape(finding.fix)}"]
        if count > SHOWN_PER_CODE:
            more = plural(count - SHOWN_PER_CODE, "autre erreur du même type", "autres erreurs du même type")
            result.append(f"  … et {more} ({code}) : voir le rapport complet avec --format json.")
    return result

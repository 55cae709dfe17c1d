"""A report as text for a terminal: the verdict first, then errors by cause, the worst first, warnings and notes."""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from greencloud.checking.groups import Group, grouped
from greencloud.checking.messages import plural
from greencloud.checking.report import Finding, Report
from greencloud.checking.visible import visible

if TYPE_CHECKING:
    from rich.console import Console

EXAMPLES = 3
CAUSES = 20
"""How many examples a cause and how many causes a section a screen can bear; the rest is counted."""


@dataclass(frozen=True)
class Line:
    """One line: its pieces with their styles, and how far what follows is set in when it has to be folded."""

    pieces: tuple[tuple[str, str], ...]
    hanging: int = 0

    @property
    def text(self) -> str:
        return "".join(piece for piece, _ in self.pieces)


@dataclass(frozen=True)
class _Section:
    title: str
    colour: str
    others: tuple[str, str]


_ERRORS = _Section("Erreurs à corriger", "red", ("autre cause d'erreur", "autres causes d'erreur"))
_WARNINGS = _Section("Avertissements", "yellow", ("autre avertissement", "autres avertissements"))


def print_report(report: Report, console: "Console | None" = None) -> None:
    """Print a report: coloured and folded on a terminal, plain and whole elsewhere, for those who search in it."""
    if console is None and sys.stdout.isatty():
        from rich.console import Console

        console = Console(highlight=False)
    for line in lines(report):
        if console is None:
            print(line.text)
        else:
            _print_folded(line, console)


def _print_folded(line: Line, console: "Console") -> None:
    """Print a line folded between words at the width of the console."""
    from rich.text import Text

    text, hanging = Text.assemble(*line.pieces), min(line.hanging, console.width // 3)
    first, *rest = text.wrap(console, console.width) if text.cell_len > console.width else [text]
    console.print(first, soft_wrap=True)
    if rest:
        for piece in Text(" ").join(rest).wrap(console, console.width - hanging):
            console.print(Text(" " * hanging) + piece, soft_wrap=True)


def lines(report: Report) -> Iterator[Line]:
    """The report line by line; what was received is made safe to print."""
    yield _verdict(report)
    yield from _section(_ERRORS, grouped(report.errors, EXAMPLES))
    yield from _section(_WARNINGS, grouped(report.warnings, EXAMPLES))
    if report.notes:
        yield from (_line(""), _line("Bon à savoir", style="bold"))
        for note in report.notes:
            yield _line(f"  • {note.message}", 4)


def _line(text: str, hanging: int = 0, style: str = "") -> Line:
    return Line(((visible(text), style),), hanging)


def _verdict(report: Report) -> Line:
    name = visible(report.file.name)
    if not report.readable:
        return _line(f"✘ {name} : fichier illisible", style="bold red")
    counts = f"{plural(report.accepted, 'ligne acceptée', 'lignes acceptées')} sur {plural(report.rows, 'ligne')}"
    verdict = (
        (f"✔ {name} : fichier valide", "bold green")
        if report.valid
        else (f"✘ {name} : {plural(len(report.errors), 'erreur')}", "bold red")
    )
    return Line((verdict, (f" — {counts}", "")))


def _section(section: _Section, found: Sequence[Group]) -> Iterator[Line]:
    if not found:
        return
    yield from (_line(""), _line(section.title, style=f"bold {section.colour}"))
    for group in found[:CAUSES]:
        yield from _group(group, section.colour)
    if len(found) > CAUSES:
        yield _line(f"  … et {plural(len(found) - CAUSES, *section.others)} : voir le rapport complet (--html).", 4)


def _group(group: Group, colour: str) -> Iterator[Line]:
    """One finding is told at once; several under the title of their cause, with what to do said once."""
    bullet = ("  • ", colour)
    if group.count == 1:
        yield from _told(group.examples[0], bullet)
        return
    yield Line((bullet, (visible(group.title), "bold"), (f", {group.extent}", "")), 4)
    for example in group.examples:
        yield from [_line(f"      {example.message}", 8)] if group.fix else _told(example, ("      ", ""))
    if group.count > len(group.examples):
        yield _line(f"      {_more(group)}", 8)
    if group.fix:
        yield _line(f"      → {group.fix}", 8)


def _told(finding: Finding, bullet: tuple[str, str]) -> Iterator[Line]:
    indent = len(bullet[0])
    yield Line((bullet, (visible(finding.message), "")), indent)
    yield _line(f"{' ' * (indent + 2)}→ {finding.fix}", indent + 4)


def _more(group: Group) -> str:
    others = f"… et {plural(group.count - len(group.examples), 'autre', 'autres')}"
    shown = {example.row for example in group.examples}
    rows = [str(row) for row in group.first_rows if row not in shown]
    if not rows:
        return f"{others}."
    dots = "…" if group.lines > len(group.first_rows) else "."
    return f"{others}, {'ligne' if len(rows) == 1 and dots == '.' else 'lignes'} {', '.join(rows)}{dots}"

"""What a producer is told in public: which columns and which lines of their file are refused, and never a value.

Everybody reads a discussion, and some sites are protected. So nothing that was received is repeated, not even the name
of the file: only words of ours, names of columns of our schemas, numbers, and a link that we made.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from greencloud import tables
from greencloud.checking import Report
from greencloud.checking.groups import Group, grouped
from greencloud.checking.messages import plural
from greencloud.deposits import Deposit
from greencloud.harvest.discovery import Announced

TITLE = "Contrôle automatique de votre fichier de centres de données"
_CAUSES = 20  # beyond that, the report on the producer's own machine says more than a discussion
_SIGN = "Référence du contrôle :"


_REVERTED = (
    "Vous aviez déjà publié ce fichier, puis l'avez remplacé : les lignes acceptées du plus récent restent en usage. "
    "Pour que celles-ci comptent à nouveau, changez-y quelque chose, par exemple un commentaire, et publiez-le."
)


@dataclass(frozen=True)
class Letter:
    """What is to be said of the file of a resource. `reference` names resource, file and verdict: said once."""

    reference: str
    good: bool
    text: str


def letter(item: Announced, deposit: Deposit, report: Report, *, reverted: bool = False) -> Letter:
    """The French letter about a checked file; `reverted`: a file that came back, whose rows do not count again."""
    verdict = "accepte" if report.valid and report.accepted else "partiel" if report.accepted else "refuse"
    reference = f"{prefix(item)} {deposit.short} {'anterieur' if reverted else verdict}"
    body = [_REVERTED] if reverted else _body(deposit, report)
    lines = [*_opening(item, deposit, report), "", *body, "", f"{_SIGN} `{reference}`"]
    return Letter(reference, verdict == "accepte" and not reverted, "\n".join(lines))


def prefix(item: Announced) -> str:
    """How every reference to a resource begins."""
    return f"gcn-moisson {item.ressource}"


def references(item: Announced, text: str) -> list[str]:
    """The references to a resource that a letter of ours holds: only its last line is one."""
    last = text.rstrip().rpartition("\n")[2]
    inner = last.removeprefix(f"{_SIGN} `").removesuffix("`")
    return [inner] if last == f"{_SIGN} `{inner}`" and inner.startswith(f"{prefix(item)} ") else []


def _opening(item: Announced, deposit: Deposit, report: Report) -> Iterator[str]:
    table = tables.table(deposit.table)
    yield f"Bonjour, le fichier {item.url} a été contrôlé avec le schéma « {table.title} » (version {table.version})."
    if not report.readable:
        yield "Il n'a pas pu être lu comme un tableau."
    else:
        accepted = plural(report.accepted, "ligne acceptée", "lignes acceptées")
        yield f"Résultat : {accepted}, {plural(report.rejected, 'rejetée', 'rejetées')}."
    if deposit.table != item.table:
        declared = tables.table(item.table).title
        yield f"Le schéma que vous déclarez est « {declared} », mais l'en-tête est celui du premier : corrigez-le."


def _body(deposit: Deposit, report: Report) -> Iterator[str]:
    if report.valid and report.accepted:
        yield "Toutes ses lignes sont prises en compte. Merci."
        return
    groups = grouped(report.errors, kept=0)
    yield from (f"- {_told(group, deposit)}" for group in groups[:_CAUSES])
    if len(groups) > _CAUSES:
        yield f"- et {plural(len(groups) - _CAUSES, 'autre cause', 'autres causes')}."
    yield ""
    yield (
        "Tant que ces lignes ne sont pas corrigées, les dernières que vous avez publiées et qui étaient acceptables "
        "restent en usage. Remplacez le fichier de cette même ressource : il sera relu automatiquement."
    )
    yield (
        "Ce message public ne cite aucune valeur. Le rapport complet, avec la correction de chaque ligne, s'obtient "
        f"sur votre poste : `greencloud check FICHIER --table {deposit.table} --html rapport.html`."
    )


def _told(group: Group, deposit: Deposit) -> str:
    """A cause without a word of the file: its column only if it is one of the schema."""
    if group.field not in (None, *tables.table(deposit.table).column_names):
        group = Group(group.code, None, group.empty, group.count, group.lines, first_rows=group.first_rows)
    lines = ", ".join(str(row) for row in group.first_rows)
    more = "…" if group.lines > len(group.first_rows) else ""
    if group.count == 1 or not lines:
        return f"{group.title}{f', {group.extent}' if group.extent else ''}"
    return f"{group.title}, {group.extent} (lignes {lines}{more})"

"""`JOURNAL.md`: what an edition changed, in French, for whoever reads the figures; then table by table."""

from collections.abc import Iterator
from pathlib import Path

from greencloud import tables
from greencloud.checking.messages import plural
from greencloud.checking.visible import visible
from greencloud.differences import words
from greencloud.differences.compare import compare
from greencloud.differences.model import CHANGED, NEW, REMOVED, Comparison, RowChange, TableChange
from greencloud.differences.snapshots import Card, Snapshot, open_snapshot
from greencloud.packaging.documents import french_date, markdown_code, markdown_text
from greencloud.rules.writing import sentence

LISTED = 10
"""How many deposits, and causes and rows of a table, the journal lists; all are counted."""

_CELLS = 4
_TOTALS = ("agregats_annuels", "evolutions_annuelles", "observatoire_cloud", "economies")


def journal(folder: Path, previous: Path | None) -> str:
    """The text of `JOURNAL.md` for the edition of `folder`, compared with that of `previous` (None: the first).

    The same two editions give the same text. Raises DifferenceError when one of them cannot be read.
    """
    edition = open_snapshot(folder)
    if previous is None:
        return "\n".join(_first(edition)) + "\n"
    found = compare(open_snapshot(previous), edition, limit=LISTED)
    return "\n".join([*_summary(found), *_tables(found)]) + "\n"


def _first(edition: Snapshot) -> Iterator[str]:
    cards = list(edition.deposits.values())
    yield f"# Journal de l'édition {markdown_code(edition.identifier)}"
    yield ""
    yield sentence("Première édition : il n'y en a pas d'autre à laquelle la comparer.")
    yield ""
    yield from _deposits("Faite de", cards)


def _summary(found: Comparison) -> Iterator[str]:
    made_of = found.ingredients
    yield f"# Journal de l'édition {markdown_code(found.after)}"
    yield ""
    yield sentence(f"Ce qui change depuis l'édition {markdown_code(found.before)}.")
    yield ""
    yield "## En bref"
    yield ""
    yield from _deposits("Reçu depuis :", made_of.new_deposits)
    yield from _deposits("Retiré depuis :", made_of.gone_deposits)
    if not (made_of.new_deposits or made_of.gone_deposits):
        yield "- Aucun dépôt nouveau, aucun retiré."
    yield from (f"- {line}" for line in _figures({table.name: table for table in found.tables}))
    yield from (f"- {markdown_text(line)}" for line in words.program(made_of))
    if all(table.same for table in found.tables):
        yield "- Aucune ligne publiée ne change."


def _deposits(beginning: str, cards: tuple[Card, ...] | list[Card]) -> Iterator[str]:
    if not cards:
        return
    yield sentence(f"- {beginning} {plural(len(cards), 'dépôt')}.")
    for card in cards[:LISTED]:
        origin = f", déposé par l'organisme de SIREN {card['emetteur']}" if card.get("emetteur") else ""
        kind = ", synthétique" if card.get("synthetique") else ""
        name = markdown_code(visible(card["nom_origine"]))
        yield f"  - {name} ({card['table']}), reçu le {french_date(card['recu_le'])}{origin}{kind}"
    if len(cards) > LISTED:
        yield f"  - et {plural(len(cards) - LISTED, 'autre')}, tous dans `edition.json`"


def _figures(changed: dict[str, TableChange]) -> Iterator[str]:
    """The sentences that a reader of the figures wants first."""
    sites = changed["indicateurs_annuels"]
    if not sites.same:
        yield sentence(f"Indicateurs des centres publiés à leur nom : {_counts(sites)}.")
    replaced, refused = changed["historique"].count(NEW), changed["rejets"].count(NEW)
    if replaced:
        yield sentence(
            f"{plural(replaced, 'valeur déclarée remplacée', 'valeurs déclarées remplacées')} par une autre."
        )
    if refused:
        yield sentence(f"{plural(refused, 'refus nouveau', 'refus nouveaux')} (table `rejets`).")
    totals = [changed[name] for name in _TOTALS if name in changed and not changed[name].same]
    if totals:
        hidden = sum(cause.nb_lignes for table in totals for cause in table.causes if cause.code == "secret")
        secret = f", dont {hidden} par le secret statistique" if hidden else ""
        listed = ", ".join(f"`{table.name}`" for table in totals)
        count = sum(table.count(sens) for table in totals for sens in (NEW, CHANGED, REMOVED))
        yield sentence(f"{plural(count, 'total change', 'totaux changent')}{secret} ({listed}).")


def _counts(table: TableChange) -> str:
    told = [words.rows(count, sens) for sens in (NEW, CHANGED, REMOVED) if (count := table.count(sens))]
    return ", ".join(told) or "aucune ligne ne change"


def _tables(found: Comparison) -> Iterator[str]:
    for table in found.tables:
        if not table.same:
            yield from _section(found, table)
    same = [f"`{table.name}`" for table in found.tables if table.same]
    if same:
        yield ""
        yield sentence(f"Sans changement : {', '.join(same)}.")


def _section(found: Comparison, table: TableChange) -> Iterator[str]:
    yield ""
    yield f"## {markdown_text(tables.table(table.name).title)} (`{table.name}`)"
    yield ""
    if table.before is None or table.after is None:
        yield "Table nouvelle." if table.before is None else "Table retirée."
        return
    yield sentence(f"{plural(table.before, 'ligne')} avant, {plural(table.after, 'ligne')} maintenant.")
    yield ""
    for column, verb in ((table.added_columns, "nouvelles"), (table.removed_columns, "retirées")):
        if column:
            yield sentence(f"- Colonnes {verb} : {', '.join(map(markdown_code, column))}.")
    for cause in table.causes[:LISTED]:
        told = words.cause(cause.code, cause.depot, found.deposits)
        yield sentence(f"- {words.rows(cause.nb_lignes, cause.sens)} : {markdown_text(told)}.")
    if table.causes[LISTED:]:
        yield f"- {words.others(table.causes[LISTED:])}."
    yield from _listed(found, table)


def _listed(found: Comparison, table: TableChange) -> Iterator[str]:
    total = sum(cause.nb_lignes for cause in table.causes) - table.unnamed
    if not table.rows:
        return
    yield ""
    yield "| Ligne | Ce qui change | Cause |"
    yield "| --- | --- | --- |"
    for row in table.rows:
        reason = words.cause(row.cause, row.depot, found.deposits, row.ligne)
        yield f"| {_key(row)} | {_cells(row)} | {markdown_text(reason)} |"
    if total > len(table.rows):
        yield ""
        yield sentence(f"Et {plural(total - len(table.rows), 'autre ligne', 'autres lignes')}.")


def _key(row: RowChange) -> str:
    return markdown_code(words.key(row.cle))


def _cells(row: RowChange) -> str:
    if not row.cellules:
        return markdown_text(words.whole(row))
    told = [
        markdown_code(name) + ("" if pair == (None, None) else f" {markdown_text(words.change(name, *pair))}")
        for name, pair in list(row.cellules.items())[:_CELLS]
    ]
    more = len(row.cellules) - _CELLS
    return " ; ".join(told) + (f" ; et {plural(more, 'autre colonne', 'autres colonnes')}" if more > 0 else "")

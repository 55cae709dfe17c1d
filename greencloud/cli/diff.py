"""`greencloud diff`: what one edition changed in another, on the terminal or as JSON."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from greencloud.checking.messages import plural
from greencloud.rules.writing import sentence

if TYPE_CHECKING:
    from rich.console import Console

    from greencloud.differences import Comparison, RowChange, TableChange

_PUBLISHED = Path("data/published")
_LISTED = 20
_CELLS = 4


def diff(
    before: Annotated[
        str, typer.Argument(metavar="AVANT", help="L'édition la plus ancienne : identifiant ou dossier.")
    ],
    after: Annotated[
        str, typer.Argument(metavar="APRES", help="La plus récente : identifiant, dossier, ou current.")
    ] = "current",
    published: Annotated[Path, typer.Option(metavar="DOSSIER", help="Le dossier des éditions.")] = _PUBLISHED,
    lignes: Annotated[
        int, typer.Option(metavar="NOMBRE", min=0, max=1_000_000, help="Combien de lignes lister par table.")
    ] = _LISTED,
    json: Annotated[bool, typer.Option("--json", help="Écrit tout, chaque ligne comprise, en JSON.")] = False,
) -> None:
    """Dit ce qui change entre deux éditions : lignes nouvelles, modifiées, retirées, et pourquoi.

    Ne lit que ce qui est publié : le résultat peut être publié aussi. 0 : elles sont comparées ; 2 : impossible.
    """
    from greencloud import differences

    old, new = (differences.find(name, published) for name in (before, after))
    found = differences.compare(old, new, limit=None if json else lignes)
    if json:
        from greencloud.differences.form import to_dict
        from greencloud.packaging import json_text

        print(json_text(to_dict(found)), end="")
        return
    _print(found)


def _print(found: "Comparison") -> None:
    from rich.console import Console

    console = Console(highlight=False, soft_wrap=True, markup=False)
    console.print(sentence(f"De l'édition {found.before} à l'édition {found.after}"), style="bold")
    for line in _ingredients(found):
        console.print(line)
    for table in found.tables:
        if not table.same:
            console.print()
            _print_table(console, found, table)
    same = [table.name for table in found.tables if table.same]
    if same:
        console.print()
        console.print(sentence(f"Sans changement : {', '.join(same)}."))


def _ingredients(found: "Comparison") -> Iterator[str]:
    from greencloud.differences import words
    from greencloud.packaging.documents import french_date

    made_of = found.ingredients
    for kind, many, cards in (
        ("nouveau", "nouveaux", made_of.new_deposits),
        ("retiré", "retirés", made_of.gone_deposits),
    ):
        if cards:
            yield sentence(f"{plural(len(cards), f'dépôt {kind}', f'dépôts {many}')} :")
        for card in cards[:_LISTED]:
            yield f"  • {words.deposit(card, card['sha256'])}, {card['table']}, reçu le {french_date(card['recu_le'])}"
        if len(cards) > _LISTED:
            yield f"  • et {plural(len(cards) - _LISTED, 'autre')}"
    yield from words.program(made_of)
    if not (made_of.new_deposits or made_of.gone_deposits or made_of.factors or made_of.program):
        yield "Elles sont faites des mêmes dépôts et du même programme."


def _print_table(console: "Console", found: "Comparison", table: "TableChange") -> None:
    from greencloud.differences import words

    console.print(f"{table.name}", style="bold")
    if table.before is None or table.after is None:
        console.print("  table nouvelle" if table.before is None else "  table retirée")
        return
    console.print(f"  {plural(table.before, 'ligne')} avant, {plural(table.after, 'ligne')} maintenant")
    for columns, verb in ((table.added_columns, "nouvelles"), (table.removed_columns, "retirées")):
        if columns:
            console.print(sentence(f"  colonnes {verb} : {', '.join(columns)}"))
    for cause in table.causes[:_LISTED]:
        told = words.cause(cause.code, cause.depot, found.deposits)
        console.print(sentence(f"  {words.rows(cause.nb_lignes, cause.sens)} : {told}"))
    if table.causes[_LISTED:]:
        console.print(f"  {words.others(table.causes[_LISTED:])} (--json)")
    for row in table.rows:
        console.print(f"    {_MARKS[row.sens]} {words.key(row.cle)}{_cells(row)}{_origin(row)}")
    more = sum(cause.nb_lignes for cause in table.causes) - table.unnamed - len(table.rows)
    if more > 0:
        console.print(f"    … {plural(more, 'autre ligne', 'autres lignes')} (--lignes, --json)")


_MARKS = {"nouvelle": "+", "modifiee": "~", "retiree": "-"}


def _cells(row: "RowChange") -> str:
    from greencloud.differences import words

    told = [
        name if pair == (None, None) else f"{name} {words.change(name, *pair)}"
        for name, pair in list(row.cellules.items())
    ]
    more = f" ; et {plural(len(told) - _CELLS, 'autre colonne', 'autres colonnes')}" if len(told) > _CELLS else ""
    return sentence(f" : {' ; '.join(told[:_CELLS])}{more}") if told else f", {words.whole(row)}"


def _origin(row: "RowChange") -> str:
    return "" if row.depot is None or row.ligne is None else f" [{row.depot[:12]}, ligne {row.ligne}]"

"""An explanation as French text, for a terminal or a letter: the published value, then what it rests on."""

import datetime as dt
import math
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from greencloud.checking import groups
from greencloud.checking.messages import figure, plural
from greencloud.checking.visible import visible
from greencloud.deposits import SHORT
from greencloud.explain.model import Column, Explanation, Line, Metered, Piece, Total
from greencloud.packaging.documents import UNITS
from greencloud.rules.writing import french, sentence

_LISTED = 12
_SAMPLED = 5
_WIDE = 400
_SECTIONS = {
    "Recopié des dépôts": ("cle", "registre", "declaration", "energie"),
    "Calculé": ("calcul",),
    "Tiré des tables de référence": ("reference", "facteur"),
    "Repose sur les centres du groupe de pairs": ("pairs",),
    "Provenance": ("provenance",),
}
_SQL = re.compile(r"\w\(|[A-Z]")  # a function or a word of SQL: the formula is then told by its phrase alone
_TABLES = {"centres": "registre des centres", "declarations": "déclaration", "consommations": "relevé"}


def of_row(found: Explanation, wanted: tuple[str, ...] = ()) -> Iterator[str]:
    """The lines of text about a row; `wanted` are the columns that were asked for (none: those that hold a value)."""
    yield sentence(f"{found.table}, {found.cle['id_centre']}, {found.cle['annee']}, édition {found.edition}")
    for note in found.notes:
        yield sentence(f"Attention : {note}")
    if wanted:
        seen: set[str] = set()
        for name in wanted:
            yield ""
            yield from _column(found, name, 0, seen)
    else:
        yield from _overview(found)
    used = _used(found, wanted)
    yield ""
    yield "Lignes déposées"
    for place in used:
        yield from _line(found, place)
    if not wanted and len(used) < len(found.lignes):
        yield sentence(f"  et {plural(len(found.lignes) - len(used), 'autre relevé', 'autres relevés')}.")
    yield ""
    yield "Dépôts"
    for sha256 in dict.fromkeys(found.lignes[place].depot_sha256 for place in used):
        yield from _card(found.depots[sha256])


def _used(found: Explanation, wanted: tuple[str, ...]) -> list[int]:
    """The lines to show: those of the columns asked for, or the first few of all."""
    if wanted:
        used = sorted({index for column in found.colonnes for index in column.lignes})
        if used:
            return used  # an empty cell comes from no cell: the first lines then show that they leave it out
    return list(range(min(len(found.lignes), _SAMPLED)))


def of_total(found: Total) -> Iterator[str]:
    """The lines of text about a row of totals."""
    key = found.cle
    kind = "synthétiques" if key["synthetique"] else "réelles"
    group = f"{key['dimension']} = {key['modalite']}"
    yield sentence(f"{found.table}, {key['annee']}, données {kind}, {group}, édition {found.edition}")
    for note in found.notes:
        yield sentence(f"Attention : {note}")
    yield ""
    yield sentence(f"Diffusion : {found.diffusion}")
    for name, value in found.valeurs.items():
        if value is not None and name not in (*key, "libelle", "diffusion"):
            formula = f"   ← {found.formules[name]}" if name in found.formules else ""
            yield f"  {name} = {french(value)}{formula}"
    yield ""
    yield from _contributors(found)
    yield ""
    yield "Calcul : greencloud/sql/agregats_annuels.sql ; membres : greencloud/sql/_membres_agregats_annuels.sql ;"
    yield "secret statistique : greencloud/disclosure. Pour un centre : greencloud explain indicateurs_annuels."


def _contributors(found: Total) -> Iterator[str]:
    named = [one for one in found.contributeurs if one.nominatif]
    others = [one for one in found.contributeurs if not one.nominatif]
    yield _counted(len(named))
    for one in named:
        yield f"  {one.id_centre}  {_added(one.valeurs)}"
    if named:
        yield sentence(f"  Leur somme : {_added(found.somme_nommes)}")
    if others:
        yield sentence("Centres protégés (à ne pas publier) :")
        for one in others:
            yield f"  {one.id_centre}  {_added(one.valeurs)}"
    elif found.nb_non_nommes:
        yield sentence(
            f"Et {plural(found.nb_non_nommes, 'autre centre', 'autres centres')}, qui ne comptent que dans les "
            "totaux : ni nommés ni chiffrés ici."
        )
    if found.reste is not None:
        yield sentence(f"  Somme des centres protégés : {_added(found.reste)}")


def _counted(named: int) -> str:
    if not named:
        return "Aucun centre publié à son nom n'est compté."
    if named == 1:
        return sentence("1 centre compté, publié à son nom :")
    return sentence(f"{plural(named, 'centre compté', 'centres comptés')}, publiés à leur nom :")


def _added(values: Mapping[str, float | None]) -> str:
    units = {"energie_totale_kwh": "kWh au total", "energie_it_kwh": "kWh informatiques"}
    units["emissions_tco2e"] = UNITS["_tco2e"]
    return ", ".join(f"{french(values[name])} {unit}" for name, unit in units.items() if values[name] is not None)


def _overview(found: Explanation) -> Iterator[str]:
    """Every value of the row on one line, by where it comes from."""
    for title, kinds in _SECTIONS.items():
        columns = [column for column in found.colonnes if column.nature in kinds and column.valeur is not None]
        if columns:
            yield ""
            yield title
        for column in columns:
            yield sentence(f"  {column.nom} = {_value(column.valeur)}   ← {_brief(found, column)}")
    empty = [column.nom for column in found.colonnes if column.valeur is None]
    if empty:
        yield ""
        yield sentence(f"Vides : {', '.join(empty)}.")
    yield ""
    yield "Une colonne jusqu'au fichier reçu : ajoutez --colonne et son nom."


def _brief(found: Explanation, column: Column) -> str:
    failed = ", NON RETROUVÉ" if column.verifie is False else ""
    if column.lignes:
        line = found.lignes[column.lignes[0]]
        more = f" et {plural(len(column.lignes) - 1, 'autre', 'autres')}" if len(column.lignes) > 1 else ""
        return f"{_TABLES[line.table]}, ligne {line.depot_ligne}{more}{failed}"
    return (_formula(column) or column.explication) + failed


def _column(found: Explanation, name: str, depth: int, seen: set[str]) -> Iterator[str]:
    """A column, then what it was computed from, indented below it."""
    column, left = found.column(name), "  " * depth
    if name in seen:
        yield sentence(f"{left}{name} = {_value(column.valeur)}   (expliqué plus haut)")
        return
    seen.add(name)
    yield sentence(f"{left}{name} = {_value(column.valeur)}   « {column.titre} »")
    yield f"{left}  ← {_made(column)} ({column.sql})"
    yield from (f"{left}  ← {told}" for told in _proofs(found, column))
    for one in column.entrees:
        if found.column(one).entrees or found.column(one).lignes:
            yield from _column(found, one, depth + 1, seen)
        else:
            yield sentence(f"{left}    {one} = {_value(found.column(one).valeur)}")


def _made(column: Column) -> str:
    formula = f" : {told}" if (told := _formula(column)) else ""
    checked = {True: ", vérifié", False: ", NON RETROUVÉ", None: ""}[column.verifie]
    return sentence(f"{column.explication}{formula}{checked}")


def _formula(column: Column) -> str:
    """The formula of a column when it is arithmetic, as it is written by hand; else an empty text."""
    formula = column.formule or ""
    return "" if _SQL.search(formula) else formula.replace(" * ", " × ")


def _proofs(found: Explanation, column: Column) -> Iterator[str]:
    """The cells, the line of the factors, the peers."""
    many = len(column.lignes) - _LISTED
    for index in column.lignes[:_LISTED]:
        line = found.lignes[index]
        cell = line.cell(column.colonne_deposee or "")
        if cell is not None:
            yield sentence(f"{_where(found, line)}, {cell.adresse} : reçu « {visible(cell.recu, _WIDE)} »")
    if many > 0:
        yield f"et {plural(many, 'autre ligne', 'autres lignes')}"
    if column.facteur is not None:
        told = column.facteur
        changed = "" if told["meme_table"] else " ; cette table a changé depuis l'édition"
        place = f"ligne {told['ligne']}" if told["ligne"] else "ligne absente aujourd'hui"
        yield sentence(f"data/reference/{told['fichier']}, {place}{changed}")
    if column.pairs is not None:
        members = column.pairs["membres"]
        yield sentence(f"{column.pairs['groupe']} : {plural(len(members), 'centre')}, du plus sobre au moins sobre")
        for rank, one in enumerate(members[:_LISTED], start=1):
            yield f"   {rank:>3}. {one['id_centre']}  PUE {french(one['pue_calcule'])}"


def _where(found: Explanation, line: Line) -> str:
    card = found.depots[line.depot_sha256]
    return f"« {card['nom_origine']} », {_TABLES[line.table]}, ligne {line.depot_ligne}"


def _line(found: Explanation, place: int) -> Iterator[str]:
    line = found.lignes[place]
    first, last = line.lignes_fichier
    physical = "" if (first, last) == (line.depot_ligne,) * 2 else f" (lignes {first} à {last} du fichier)"
    yield sentence(f"  {_where(found, line)}{physical}, {line.lecture} :")
    if line.brut is not None:
        yield f"    octets {line.brut.debut} à {line.brut.fin}, sha256 {line.brut.sha256}"
        yield f"    {visible(line.brut.texte, _WIDE)}"
    else:
        yield f"    {visible(line.texte, _WIDE)}"
    for old in line.remplace:
        changes = ", ".join(f"{name} {_value(one)} → {_value(other)}" for name, (one, other) in old.cellules.items())
        name = found.depots[old.depot_sha256]["nom_origine"]
        told = sentence(f" : {changes}") if changes else ", valeurs publiées égales"
        yield sentence(f"    remplace, le {old.remplace_le}, « {name} », ligne {old.depot_ligne}") + told


def _sender(card: Mapping[str, Any]) -> str:
    if card.get("emetteur"):
        return f"déposé par l'organisme de SIREN {card['emetteur']}"
    if card.get("origine"):
        return f"moissonné chez {visible(card['origine']['producteur'] or 'un particulier')}"
    return "placé à la main"


def _share(part: float) -> float:
    """A share in percent, to a tenth, rounded down: what is not whole is not told as such."""
    return math.floor(1000 * Decimal(str(part))) / 10


def of_metered(found: Metered) -> Iterator[str]:
    """The lines of text about an energy of meters."""
    yield sentence(f"{found.table}, {', '.join(str(part) for part in found.cle.values())}, édition {found.edition}")
    for note in found.notes:
        yield sentence(f"Attention : {note}")
    yield ""
    share = "" if found.completude is None else f", complétude {figure(_share(found.completude))} %"
    value = "aucune énergie publiée" if found.valeur is None else f"énergie publiée : {_value(found.valeur)} kWh"
    yield sentence(f"{value[0].upper()}{value[1:]}{share}")
    same = {True: " (la même)", False: " (différente : comparez les dépôts et la version du programme)", None: ""}
    total = "aucune" if found.somme_kwh is None else f"{_value(found.somme_kwh)} kWh"
    yield sentence(f"Somme des relevés déposés : {total}{same[found.verifie]}")
    yield ""
    yield "Relevés qui comptent"
    yield from map(_piece, found.morceaux)
    if found.ecartes:
        yield ""
        yield "Relevés mis de côté"
        yield from map(_piece, found.ecartes)
    yield ""
    yield "Dépôts"
    for card in found.depots.values():
        yield from _card(card)


def _piece(piece: Piece) -> str:
    """What a deposit says, from its first line on; the meter and the energy where they may be told."""
    noun = {"jour": "jour", "periode": "période"}.get(piece.nature)
    told = [] if noun is None else [plural(piece.nombre, noun)]
    told.append(f"du {french(piece.premier_jour)} au {french(piece.dernier_jour)}")
    told.append(plural(piece.creneaux, "créneau", "créneaux"))
    if piece.compteur is not None:
        told.append(f"compteur {visible(piece.compteur)}")
    elif piece.nb_compteurs > 1:
        told.append(f"{piece.nb_compteurs} compteurs")
    if piece.energie_kwh is not None:
        told.append(f"{_value(piece.energie_kwh)} kWh")
    why = "" if piece.motif is None else f" : {groups.title(piece.motif)}"
    return sentence(f"  {piece.depot_sha256[:SHORT]}, dès la ligne {piece.depot_ligne} : {', '.join(told)}{why}")


def _card(card: Mapping[str, Any]) -> Iterator[str]:
    kind = ", synthétique" if card.get("synthetique") else ""
    received = dt.date.fromisoformat(card["recu_le"][:10]).strftime("%d/%m/%Y")  # as the columns of dates are told
    yield sentence(f"  « {visible(card['nom_origine'])} » ({card['table']}), reçu le {received}, {_sender(card)}{kind}")
    if "empreinte" in card:
        yield f"    empreinte à clé {card['empreinte']}"
    if "sha256" in card:
        yield f"    sha256 {card['sha256']}, {french(card['octets'])} octets"


def _value(value: Any) -> str:
    if isinstance(value, str):
        return visible(value, _WIDE)
    if isinstance(value, float) and not value.is_integer():
        return figure(f"{Decimal(repr(value)):f}")
    return french(value) if not isinstance(value, int) or isinstance(value, bool) or value > 9_999 else str(value)

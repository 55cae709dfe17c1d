"""A row of `indicateurs_annuels` explained, column by column, down to the deposited lines."""

import csv
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from greencloud import tables
from greencloud.differences import Snapshot
from greencloud.explain import lookup, peers
from greencloud.explain.evidence import Evidence, Holding
from greencloud.explain.lookup import Row
from greencloud.explain.model import Column, ExplainError, Explanation, Line
from greencloud.explain.origins import DECLARATION, ORIGINS, READINGS, REGISTER
from greencloud.program import file_sha256
from greencloud.seals import KEY_FILE
from greencloud.tables import READINGS as METERED
from greencloud.tables import quote

TABLE = "indicateurs_annuels"
_FACTOR = re.compile(r"millésime (?P<millesime>\S+) ; (?P<valeur>[0-9,]+) kgCO2e/kWh")
_SAME = 1e-12  # relative; a formula gives the bits of its SQL, but for the order of a product
_DATES = {"date_debut", "date_fin"}


def explain(
    holding: Holding, id_centre: str, year: int, *, columns: Sequence[str] = (), internal: bool = False
) -> Explanation:
    """Explain the row of a site and a year, or some of its columns and those they are computed from.

    `internal`: tell also what is not published (whole lines, their bytes, protected sites). Raises ExplainError for
    what the edition does not publish, and for deposits that are missing or changed.
    """
    edition = holding.edition
    lookup.refuse_unknown_columns(TABLE, columns)
    row = lookup.site_year(edition, id_centre, year)
    notes: list[str] = []
    if row is None:
        if not internal:
            raise lookup.refuse_absent(edition, id_centre, year)
        row = _computed(holding, id_centre, year)
        notes.append("Cette ligne n'est pas publiée au nom du centre, elle est calculée ici : ne la publiez pas.")
    known = _evidence(holding, row)
    lines = known.lines(internal)
    if edition.deposits[row["depot_sha256"]]["table"] == METERED:
        notes.append(
            "Les énergies de cette ligne sont des sommes de relevés de compteurs, qui ne sont pas publiés : expliquez "
            "celles des tables mesures_mensuelles et rapprochements."
        )
    elif not _agrees(row, known):
        notes.append(
            "Les dépôts de ce dossier, lus par ce programme, ne redonnent pas toutes les valeurs publiées : comparez "
            "la version du programme et les dépôts avec edition.json."
        )
    wanted = [name for name in tables.table(TABLE).column_names if not columns or name in _with_inputs(columns)]
    explained = tuple(_column(edition, row, name, lines) for name in wanted)
    cards = {line.depot_sha256: holding.card(line.depot_sha256, internal) for line in lines}
    for old in (old for line in lines for old in line.remplace):
        cards.setdefault(old.depot_sha256, holding.card(old.depot_sha256, internal))
    key = {"id_centre": id_centre, "annee": year}
    return Explanation(edition.identifier, TABLE, key, internal, explained, tuple(lines), cards, tuple(notes))


def _with_inputs(columns: Sequence[str]) -> set[str]:
    found, left = set(), list(columns)
    while left:
        name = left.pop()
        if name not in found:
            found.add(name)
            left.extend(ORIGINS[name].inputs)
    return found


def _evidence(holding: Holding, row: Row) -> Evidence:
    """The deposited rows behind a published one; all deposits are checked again when a few do not give it."""
    if row["depot_sha256"] not in {deposit.empreinte for deposit in holding.deposits}:
        card = holding.edition.deposits[row["depot_sha256"]]
        lost = f", ou la clé « {KEY_FILE} » de ce dossier n'est plus la même" if "empreinte" in card else ""
        raise ExplainError(
            f"Le dépôt « {card['nom_origine']} » ({row['depot_sha256'][:12]}), d'où vient cette ligne, manque dans le "
            f"dossier des dépôts, ou n'a plus les mêmes octets{lost}. Restaurez-le, ou donnez son dossier avec --raw."
        )
    of_meters = holding.edition.deposits[row["depot_sha256"]]["table"] == METERED
    for known in holding.evidence(row["id_centre"], row["annee"]):
        if known.current[REGISTER] if of_meters else _agrees(row, known):
            break
    return known


def _agrees(row: Row, known: Evidence) -> bool:
    """Whether the deposited rows have the provenance and the energies of the published one."""
    source = READINGS if row["source_energie"] == "consommations" else DECLARATION
    places = {(one["depot_sha256"], one["depot_ligne"]) for one in known.current[source]}
    if (row["depot_sha256"], row["depot_ligne"]) not in places or not known.current[REGISTER]:
        return False
    return all(
        _energy(known, source, item) == row[f"energie_{name}_kwh"] for name, item in (("totale", "total"), ("it", "it"))
    )


def _energy(known: Evidence, source: str, item: str) -> float | None:
    rows = known.current[source]
    if source == DECLARATION:
        value = rows[0]["energie_totale_kwh" if item == "total" else "energie_it_kwh"]
        return None if value is None else float(value)
    values = [row["energie_kwh"] for row in rows if row["poste"] == item and row["energie_kwh"] is not None]
    total = 0.0
    for value in values:  # in the order of the days, like the SQL
        total += value
    return total if values else None


def _computed(holding: Holding, site: str, year: int) -> Row:
    """The row of a site that is not published, from the deposits."""
    rows = holding.tables.execute(f"SELECT * FROM {TABLE} WHERE id_centre = ? AND annee = ?", [site, year])
    names = [column[0] for column in rows.description]
    for values in rows.fetchall():
        return dict(zip(names, values, strict=True))
    raise lookup.refuse_absent(holding.edition, site, year)


# ---- one column ----


def _column(edition: Snapshot, row: Row, name: str, lines: Sequence[Line]) -> Column:
    origin = ORIGINS[name]
    source, deposited = _source(row, name)
    indexes = tuple(_indexes(lines, source, deposited, name))
    factor = _factor(edition, row) if "facteur_emission" in (name, *origin.inputs) else None
    return Column(
        nom=name,
        titre=tables.table(TABLE).field(name).title,
        valeur=row[name],
        nature=origin.kind,
        explication=_phrase(row, name),
        sql=f"greencloud/sql/{origin.sql}",
        formule=origin.formula,
        entrees={one: row[one] for one in origin.inputs},
        lignes=indexes,
        colonne_deposee=deposited if indexes else None,
        verifie=_verified(row, name, [lines[index] for index in indexes], deposited, factor),
        facteur=factor if name == "facteur_emission" else None,
        pairs=peers.group(edition, row, name) if origin.kind == "pairs" and row[name] is not None else None,
    )


def _phrase(row: Row, name: str) -> str:
    origin = ORIGINS[name]
    if row[name] is None and origin.kind in ("registre", "declaration", "energie"):
        return f"{origin.phrase} ; rien n'y est donné"
    if row[name] is None and "facteur_emission" in (name, *origin.inputs) and row["motif_absence_cue"]:
        return f"{origin.phrase} ; vide pour le motif {row['motif_absence_cue']} (voir regles.md)"
    return origin.phrase


def _source(row: Row, name: str) -> tuple[str | None, str]:
    """The deposit table and its column that a value was taken from, if it was."""
    origin = ORIGINS[name]
    if origin.kind == "energie":
        if row["source_energie"] == "consommations":
            return READINGS, {"qualite_mesure": name}.get(name, name if name in _DATES else "energie_kwh")
        return DECLARATION, name
    if origin.kind in ("cle", "registre", "declaration") and origin.sources:
        return origin.sources[0], name
    return None, name


def _indexes(lines: Sequence[Line], source: str | None, deposited: str, name: str) -> Iterator[int]:
    """The lines that hold the value of a column."""
    item = {"energie_totale_kwh": "total", "energie_it_kwh": "it"}.get(name)
    found = [index for index, line in enumerate(lines) if line.table == source and _holds(line, deposited, item)]
    if not found and name == "puissance_it_installee_kw":
        found = [index for index, line in enumerate(lines) if line.table == REGISTER and _holds(line, deposited, None)]
    yield from found


def _holds(line: Line, column: str, item: str | None) -> bool:
    cell, kind = line.cell(column), line.cell("poste")
    wanted = line.table != READINGS or item is None or (kind is not None and kind.lu == item)
    return wanted and cell is not None and cell.lu is not None


def _verified(
    row: Row, name: str, lines: Sequence[Line], deposited: str, factor: Mapping[str, Any] | None
) -> bool | None:
    """Whether the value comes out again of its formula or of its cells; None when there is none to try."""
    value, formula = row[name], ORIGINS[name].formula
    if value is None:
        return None
    if formula is not None:
        return same(_evaluated(row, formula, factor), value)
    cells = [cell.lu for line in lines if (cell := line.cell(deposited)) is not None]
    if not cells:
        return None
    if deposited == "energie_kwh":
        return same(sum(cells), value)
    if len(cells) > 1:
        return None
    return same(cells[0], value) or str(value) == f"'{cells[0]}"


def _evaluated(row: Row, formula: str, factor: Mapping[str, Any] | None) -> Any:
    known = {**row, "kgco2e_par_kwh": factor["valeur"] if factor else None}
    names = [name for name in known if re.search(rf"\b{name}\b", formula)]
    inner = ", ".join(f"${name} AS {quote(name)}" for name in names)
    values = {name: known[name] for name in names}
    [(found,)] = lookup.database().execute(f"SELECT {formula} FROM (SELECT {inner})", values).fetchall()
    return found


def same(one: Any, other: Any) -> bool:
    """Whether two values are the same, but for the order of a product."""
    if isinstance(one, int | float) and isinstance(other, int | float):
        return math.isclose(one, other, rel_tol=_SAME)
    return bool(one == other)


def _factor(edition: Snapshot, row: Row) -> Mapping[str, Any] | None:
    """The line of the table of factors that the row names, and whether the table is still that of the edition."""
    told = _FACTOR.search(row["facteur_emission"] or "")
    if told is None:
        return None
    path = lookup.reference("facteurs_emission")
    territory = row["facteur_emission"].split(" ; ")[2]
    value = float(told["valeur"].replace(",", "."))
    with path.open(encoding="utf-8", newline="") as file:
        line = next(
            (
                number
                for number, one in enumerate(csv.DictReader(file), start=2)
                if (one["territoire"], one["millesime"], int(one["annee"]))
                == (territory, told["millesime"], row["annee"])
                and row["facteur_emission"].startswith(f"{one['source']} ; {one['perimetre']} ; ")
            ),
            None,
        )
    same = edition.made_of.get("references", {}).get(path.name) == file_sha256(path)
    return {"fichier": path.name, "ligne": line, "texte": row["facteur_emission"], "valeur": value, "meme_table": same}

"""What the next edition would hold if one more file were confirmed: its own SQL, run in the memory of a worker."""

import csv
import datetime as dt
from collections.abc import Mapping, Sequence, Set
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb

from greencloud import deposits, editions, seals, tables, warehouse
from greencloud.checking.sql import literal
from greencloud.deposits import Deposit
from greencloud.verdicts import Verdict
from greencloud.verdicts import kept as work

_SHOWN = "diffuse"
_BEFORE = "_avant_secret"
_ONLINE = "_en_ligne"
_NOT_COMPARED = ("id_centre", "annee", "date_debut", "date_fin", "commentaire")


def foresee(path: Path, data: Mapping[str, Any], leaving: Set[str]) -> dict[str, Any]:
    """For each site that a file speaks of: its published row, its place, what secrecy hides, what changed.

    `data` names the folders (raw, published, verdicts), the deposit, its sites and years; `leaving`: the fingerprints
    of the body's deposits that the confirmation takes out. Raises GreencloudError.
    """
    raw, published = Path(data["raw"]), Path(data["published"])
    raw.mkdir(parents=True, exist_ok=True)
    with work.opened(Path(data["verdicts"]), wait=True) as kept:
        found, _ = deposits.scan(raw, kept.fingerprints.sha256)
        ours = _ours(path, data, found, raw)
        kept_out = {ours.sha256} | {
            one.sha256 for one in found if one.sha256 in leaving and one.emetteur == data["siren"]
        }
        everything = [*(one for one in found if one.sha256 not in kept_out), ours]
        verdicts = kept.verdicts(everything)
        con = _edition(verdicts, editions.earlier(published, everything))
    empreinte = ours.empreinte
    _remember_public(con, published)
    return {
        "sites": [_site(con, empreinte, site, year) for site, year in _wanted(con, data["sites"])],
        "ensemble": _findings(con, empreinte),
    }


def _ours(path: Path, data: Mapping[str, Any], found: Sequence[Deposit], raw: Path) -> Deposit:
    """The file as the deposit that it would become; the one that it is when it has been confirmed."""
    for one in found:
        if one.sha256 == data["sha256"] and one.emetteur == data["siren"]:
            return one
    table = tables.table(data["table"])
    invented = deposits.fictitious(path)
    told = (data["sha256"], data["octets"], data["nom"], data["recu_le"], data["siren"])
    deposit = Deposit(path, *told, table.name, table.version, invented)
    key = None if invented else seals.read(raw)
    return deposit if key is None else replace(deposit, seal=seals.seal(key, deposit.sha256, deposit.nom_origine))


def _edition(verdicts: Sequence[Verdict], before: Sequence[Path]) -> duckdb.DuckDBPyConnection:
    con = warehouse.load(verdicts)
    earlier = warehouse.earlier_editions(before, verdicts)
    warehouse.aggregate(con, earlier=earlier, computed=_remember, guarded=False)
    return con


def _remember(con: duckdb.DuckDBPyConnection) -> None:
    """What the body may see of its own sites, and the public may not."""
    con.execute(f"CREATE TABLE {_BEFORE} AS FROM indicateurs_annuels")
    con.execute(f"CREATE TABLE {_BEFORE}_historique AS FROM historique")


def _remember_public(con: duckdb.DuckDBPyConnection, published: Path) -> None:
    """What is online today under the names of the sites; nothing before the first edition.

    It may be of an older or a newer program: the columns that both know are taken, and what cannot be read is missing.
    """
    online = published / editions.CURRENT / "indicateurs_annuels.csv"
    con.execute(f"CREATE TABLE {_ONLINE} AS FROM indicateurs_annuels LIMIT 0")
    if not online.is_file():
        return
    with online.open(encoding="utf-8", newline="") as lines:
        names = next(csv.reader(lines), [])
    kinds = {name: kind for name, kind, *_ in con.execute(f"DESCRIBE {_ONLINE}").fetchall() if name in names}
    texts = ", ".join(f"{literal(name)}: 'VARCHAR'" for name in names)
    read = ", ".join(
        f"TRY_CAST({tables.quote(name)} AS {kind}) AS {tables.quote(name)}" for name, kind in kinds.items()
    )
    con.execute(
        f"INSERT INTO {_ONLINE} BY NAME SELECT {read} FROM read_csv(?, columns = {{{texts}}}, auto_detect = false, "
        "header = true, delim = ',', quote = '\"', escape = '\"', null_padding = true, parallel = false)",
        [str(online)],
    )


def _wanted(con: duckdb.DuckDBPyConnection, sites: Sequence[Sequence[Any]]) -> list[tuple[str, int | None]]:
    """The sites and years; for a row of the register, the latest year of the site."""
    wanted: dict[tuple[str, int | None], None] = {}
    for site, year in sites:
        wanted[site, _latest(con, site) if year is None else year] = None
    return list(wanted)


def _latest(con: duckdb.DuckDBPyConnection, site: str) -> int | None:
    found = con.execute(f"SELECT max(annee) FROM {_BEFORE} WHERE id_centre = ?", [site]).fetchone()
    return found[0] if found else None


def _site(con: duckdb.DuckDBPyConnection, empreinte: str, site: str, year: int | None) -> dict[str, Any]:
    where, values = "id_centre = ? AND annee = ?", [site, year]
    published = _row(con, "indicateurs_annuels", where, values)
    own = _row(con, _BEFORE, where, values)
    return {
        "id_centre": site,
        "annee": year,
        "registre": _row(con, "centres", "id_centre = ?", [site]),
        "indicateurs": published or own,
        "publie": published is not None,
        "en_ligne": _row(con, _ONLINE, where, values),
        "annee_precedente": None if year is None else _row(con, _BEFORE, where, [site, year - 1]),
        "ecarts": _changes(con, site, year),
        "remplacements": _replaced(con, empreinte, site, year),
        "totaux_masques": _hidden(con, site, year),
    }


def _changes(con: duckdb.DuckDBPyConnection, site: str, year: int | None) -> list[dict[str, Any]]:
    """Field by field, what was declared this year and the year before; fields that are empty in both are left out."""
    if year is None:
        return []
    where = "id_centre = ? AND annee = ?"
    new = _row(con, "declarations", where, [site, year]) or {}
    old = _row(con, "declarations", where, [site, year - 1]) or {}
    changes = []
    for field in tables.table("declarations").fields:
        before, after = old.get(field.name), new.get(field.name)
        if field.name in _NOT_COMPARED or before is after is None:
            continue
        title = field.descriptor.get("title", field.name)
        changes.append({"champ": field.name, "titre": title, "avant": before, "apres": after})
    return changes


def _replaced(con: duckdb.DuckDBPyConnection, empreinte: str, site: str, year: int | None) -> list[dict[str, Any]]:
    """The values of an earlier deposit that this one replaces: of the same year, or of the register."""
    return _rows(
        con,
        f"SELECT champ, ancienne_valeur AS avant, nouvelle_valeur AS apres, cle FROM {_BEFORE}_historique "
        "WHERE nouveau_depot_sha256 = ? AND id_centre = ? "
        "AND (cle = 'registre' OR cle = 'annee=' || ? OR contains(cle, 'date_debut=' || ?)) ORDER BY ALL",
        [empreinte, site, year, year],
    )


def _hidden(con: duckdb.DuckDBPyConnection, site: str, year: int | None) -> list[dict[str, Any]]:
    """The totals that hold this site and that secrecy does not show."""
    return _rows(
        con,
        "SELECT a.dimension, a.modalite, a.diffusion, a.nb_sites_declarants AS nb_sites FROM agregats_annuels AS a "
        "INNER JOIN _membres_agregats_annuels AS m USING (annee, synthetique, dimension, modalite) "
        "WHERE m.id_centre = ? AND a.annee = ? AND a.diffusion <> ? ORDER BY ALL",
        [site, year, _SHOWN],
    )


def _findings(con: duckdb.DuckDBPyConnection, empreinte: str) -> list[dict[str, Any]]:
    """The errors and warnings on the file once all deposits are together."""
    return _rows(
        con,
        "SELECT niveau, ligne, champ, valeur, code, message, correction, id_centre, annee FROM anomalies "
        "WHERE depot_sha256 = ? ORDER BY numero LIMIT 2000",
        [empreinte],
    )


def _row(con: duckdb.DuckDBPyConnection, table: str, where: str, values: Sequence[Any]) -> dict[str, Any] | None:
    """The one row of a table, its empty cells as None."""
    found = _rows(con, f"SELECT * FROM {tables.quote(table)} WHERE {where} LIMIT 1", values)
    return found[0] if found else None


def _rows(con: duckdb.DuckDBPyConnection, query: str, values: Sequence[Any]) -> list[dict[str, Any]]:
    cursor = con.execute(query, list(values))
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, map(_told, row), strict=True)) for row in cursor.fetchall()]


def _told(value: Any) -> Any:
    return value.isoformat() if isinstance(value, dt.date) else value

"""An energy of meters explained, that of a month or of a year: which deposits, which days, and that they add up to it.

What is told by default names no meter, and no energy but the published one: that of a deposit may be that of a meter.
"""

import calendar
import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any

import duckdb

from greencloud import tables
from greencloud.checking.messages import plural
from greencloud.explain import lookup
from greencloud.explain.chain import same
from greencloud.explain.evidence import Holding, load
from greencloud.explain.lookup import Row
from greencloud.explain.model import ExplainError, Metered, Piece
from greencloud.explain.origins import REGISTER

MONTHS, YEARS = "mesures_mensuelles", "rapprochements"
_VALUE = {MONTHS: "energie_kwh", YEARS: "energie_compteurs_kwh"}
# A piece counts while its meter is in service in the item of the site; one that leaves the period gives it no energy.
_PIECES = """
    SELECT r.depot_sha256, r.nature, r.motif, {meter} AS compteur, count(DISTINCT r.compteur) AS nb_compteurs,
        min(r.depot_ligne) AS depot_ligne, count(*) AS nombre, min(r.date_debut) AS premier_jour,
        max(coalesce(r.date_fin, last_day(r.date_debut))) AS dernier_jour, sum(r.creneaux)::BIGINT AS creneaux,
        {energy} AS energie_kwh
    FROM recues_releves AS r
    INNER JOIN emplois_compteurs AS e
        ON e.emetteur IS NOT DISTINCT FROM r.emetteur AND e.synthetique = r.synthetique AND e.id_compteur = r.compteur
    WHERE e.id_centre = $site AND e.poste = $item AND r.date_debut BETWEEN $first AND $last
        AND CASE WHEN r.motif IS NULL THEN r.date_debut >= e.date_debut AND r.date_fin <= e.date_fin
            AND r.date_fin <= $last
        ELSE r.date_debut <= e.date_fin AND coalesce(r.date_fin, last_day(r.date_debut)) >= e.date_debut END
    GROUP BY r.rang, r.depot_sha256, r.nature, r.motif, {meter}
    ORDER BY r.rang, depot_ligne, compteur, r.nature
"""

_SILENT = """
    SELECT DISTINCT e.id_compteur
    FROM emplois_compteurs AS e
    WHERE e.id_centre = $site AND e.poste = $item AND e.date_debut <= $last AND e.date_fin >= $first AND NOT EXISTS (
        FROM releves AS r
        WHERE e.emetteur IS NOT DISTINCT FROM r.emetteur AND e.synthetique = r.synthetique
            AND e.id_compteur = r.compteur AND r.date_debut <= $last AND r.date_fin >= $first
    )
    ORDER BY e.id_compteur
"""
"""The meters of an item that are awaited, and of which no reading of the period counts."""


def explain_metered(
    holding: Holding, table: str, id_centre: str, year: int, month: int | None, item: str, *, internal: bool = False
) -> Metered:
    """Explain the energy of a row of `mesures_mensuelles` (`month` given) or of `rapprochements`.

    `internal`: tell also the meters, their energies, and what was set aside. Raises ExplainError for what the edition
    does not publish in the name of the site, and for deposits that are missing.
    """
    key: dict[str, Any] = {"id_centre": id_centre, "poste": item}
    key |= {"annee": year} if month is None else {"mois": f"{year}-{month:02}"}
    row = _published(holding, table, key)
    if row is None and not internal:
        raise _absent(holding, table, key)
    last_month = month or 12
    period = dt.date(year, month or 1, 1), dt.date(year, last_month, calendar.monthrange(year, last_month)[1])
    with load([one for one in holding.deposits if one.table in _TOLD], holding.progress) as con:
        found = _pieces(con, id_centre, item, period, internal)
        kwh = _sum(con, id_centre, item, period)
        silent = _silent(con, id_centre, item, period)
    counted = tuple(piece for piece in found if piece.motif is None)
    if row is None and not counted:
        raise _absent(holding, table, key)
    value = None if row is None else row[_VALUE[table]]
    notes = (*_notes(table, row, internal), *_awaited(silent, internal))
    verified = None if value is None else same(kwh, value)
    aside = tuple(piece for piece in found if piece.motif is not None) if internal else ()
    cards = {one.depot_sha256: holding.card(one.depot_sha256, internal) for one in (*counted, *aside)}
    share = None if row is None else row["completude"]
    return Metered(
        holding.edition.identifier, table, key, internal, value, share, kwh, verified, counted, aside, cards, notes
    )


_TOLD = (REGISTER, tables.METERS, tables.READINGS)


def _published(holding: Holding, table: str, key: Row) -> Row | None:
    condition = " AND ".join(f"{name} = ?" for name in key)
    found = lookup.rows(holding.edition, table, condition, [*key.values()])
    return found[0] if found else None


def _absent(holding: Holding, table: str, key: Row) -> ExplainError:
    """What the edition publishes of that site instead; a protected site is told like an unknown one."""
    found = lookup.rows(holding.edition, table, "id_centre = ?", [key["id_centre"]])
    when = "mois" if table == MONTHS else "annee"
    if not found:
        return ExplainError(
            f"L'édition {holding.edition.identifier} ne publie aucune mesure de compteur au nom du centre "
            f"« {key['id_centre']} ». Vérifiez l'identifiant dans {table}.csv."
        )
    known = ", ".join(f"{row[when]} ({row['poste']})" for row in found)
    return ExplainError(
        f"L'édition {holding.edition.identifier} n'a pas de ligne de {table} pour {key['id_centre']}, {key[when]}, "
        f"poste {key['poste']}. Lignes publiées : {known}."
    )


def _pieces(
    con: duckdb.DuckDBPyConnection, site: str, item: str, period: tuple[dt.date, dt.date], internal: bool
) -> list[Piece]:
    told = {"meter": "r.compteur", "energy": "kwh(sum(e.signe * r.energie_mj))"}
    query = _PIECES.format_map(told if internal else {"meter": "NULL", "energy": "NULL"})
    rows = con.execute(query, {"site": site, "item": item, "first": period[0], "last": period[1]})
    names = [column[0] for column in rows.description]
    return [Piece(**dict(zip(names, row, strict=True))) for row in rows.fetchall()]


def _sum(con: duckdb.DuckDBPyConnection, site: str, item: str, period: tuple[dt.date, dt.date]) -> float | None:
    inner = _PIECES.format_map({"meter": "NULL", "energy": "sum(e.signe * r.energie_mj)"})
    given = {"site": site, "item": item, "first": period[0], "last": period[1]}
    [(found,)] = con.execute(f"SELECT kwh(sum(energie_kwh)) FROM ({inner}) WHERE motif IS NULL", given).fetchall()
    return None if found is None else float(found)


def _silent(con: duckdb.DuckDBPyConnection, site: str, item: str, period: tuple[dt.date, dt.date]) -> list[str]:
    given = {"site": site, "item": item, "first": period[0], "last": period[1]}
    return [meter for (meter,) in con.execute(_SILENT, given).fetchall()]


def _awaited(silent: Sequence[str], internal: bool) -> Iterator[str]:
    """Why an item is not complete though every reading was kept; the numbers are for whoever holds the deposits."""
    if not silent:
        return
    have, their = ("n'a", "ses") if len(silent) == 1 else ("n'ont", "leurs")
    named = f" ({', '.join(silent)})" if internal else ""
    yield (
        f"{plural(len(silent), 'compteur')} du registre{named} {have} aucun relevé qui compte ici : le poste reste "
        f"incomplet. Déposez {their} relevés ou, si la ligne du registre est une erreur, redéposez-la avec le signe 0."
    )


def _notes(table: str, row: Row | None, internal: bool) -> tuple[str, ...]:
    notes: Sequence[str] = ()
    if row is None:
        notes = ("Cette ligne n'est pas publiée au nom du centre, elle est calculée ici.",)
    if internal:
        notes = (
            *notes,
            "Ces lignes donnent des numéros de compteur et des énergies non publiées : ne les publiez pas.",
        )
    if table == YEARS:
        declared = "greencloud explain indicateurs_annuels"
        notes = (*notes, f"L'énergie déclarée et celle des lignes de relevés s'expliquent par {declared}.")
    return tuple(notes)

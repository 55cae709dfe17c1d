"""All that the deposits say of one site: its line of the register, and each year its declaration and its indicators.

The deposits go through the same checks, rules and SQL as an edition: what is exported of a site is what an edition
makes of it. An edition alone would not do: it publishes some of the declared columns only.
"""

import difflib
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from greencloud import deposits, tables, warehouse
from greencloud.checking.messages import figure, quoted
from greencloud.deposits import Deposit, Unfiled
from greencloud.disclosure.vocabulary import NOMINATIVE
from greencloud.errors import GreencloudError
from greencloud.rules.writing import sentence
from greencloud.verdicts import Verdict
from greencloud.verdicts.conventions import instructed

Row = Mapping[str, Any]
THRESHOLD_KW = 500
"""Installed IT power from which a centre has to report: per site, Regulation (EU) 2024/1364, art. 1; per SIRET, code de
l'énergie, art. L. 236-1 and D. 236-1 II."""

_LAST_STEP = "indicateurs_annuels"
_ID = re.compile(r"[0-9]{14}-[0-9]{2}")
_Progress = Callable[[Iterable[Deposit]], Iterable[Deposit]]


class ExportRefused(GreencloudError):
    """Nothing can be exported; the text is a French sentence with the cause and the fix."""


@dataclass(frozen=True)
class SiteYear:
    """A year of a site. `declaration` is empty when only meter readings are known; `indicators` are as published."""

    year: int
    declaration: Row
    indicators: Row

    @property
    def received(self) -> str:
        """The day of the last deposit that this year rests on, ISO."""
        days = [row["depot_recu_le"] for row in (self.declaration, self.indicators) if row.get("depot_recu_le")]
        return max(map(str, days))

    @property
    def warnings(self) -> tuple[str, ...]:
        """The codes of the warnings published with this year."""
        return tuple(filter(None, (self.indicators.get("avertissements") or "").split("|")))


@dataclass(frozen=True)
class Dossier:
    """A site, its years in order whatever number it bore, and the name of its commune (None: unknown).

    `mode` is its mode_publication, the closed one if one of its numbers has one. `siret_power_kw` is what the known
    sites of its SIRET can power together (None: unknown). `refusals` are the messages about refused lines of the site:
    the year that they speak of, if known, and why.
    """

    centre: Row
    years: tuple[SiteYear, ...]
    refusals: tuple[tuple[int | None, str], ...]
    commune: str | None
    siret_power_kw: float | None
    mode: str = NOMINATIVE

    @property
    def id_centre(self) -> str:
        return str(self.centre["id_centre"])

    @property
    def name(self) -> str:
        return str(self.centre["nom_site"])

    @property
    def synthetic(self) -> bool:
        return bool(self.centre["synthetique"])

    @property
    def received(self) -> str:
        """The day of the last deposit that the dossier rests on, ISO."""
        return max([str(self.centre["depot_recu_le"]), *(year.received for year in self.years)])

    def year(self, year: int) -> SiteYear:
        """One year. Raises ExportRefused when the site has declared nothing for it."""
        for found in self.years:
            if found.year == year:
                return found
        known = ", ".join(str(found.year) for found in self.years) or "aucune"
        why = next((f" Une ligne a été refusée. {told}" for refused, told in self.refusals if refused == year), "")
        raise ExportRefused(sentence(f"{self.id_centre} n'a rien déclaré pour {year}. Années connues : {known}.{why}"))


def open_deposits(raw: Path, progress: _Progress = iter) -> tuple[duckdb.DuckDBPyConnection, list[Unfiled]]:
    """The deposits of a folder checked, loaded and made into indicators; and the files that are no deposit.

    `progress` goes through the deposits while they are checked. Raises DepositError without the folder.
    """
    found, unfiled = deposits.scan(raw)
    with tempfile.TemporaryDirectory() as work:
        con = warehouse.load(_verdicts(found, Path(work), progress))
    for step in warehouse.STEPS[: warehouse.STEPS.index(_LAST_STEP) + 1]:
        warehouse.run_step(con, step)
    return con, unfiled


def _verdicts(found: Sequence[Deposit], work: Path, progress: _Progress) -> list[Verdict]:
    """The verdicts on deposits, those of readings once the register of meters is known."""
    first = [deposit for deposit in found if deposit.table != tables.READINGS]
    made = [warehouse.check_deposit(deposit, work) for deposit in progress(first)]
    ready = instructed(found, [verdict for verdict in made if verdict.deposit.table == tables.METERS])
    if readings := [deposit for deposit in ready if deposit.table == tables.READINGS]:
        made += [warehouse.check_deposit(deposit, work) for deposit in progress(readings)]
    return made


def refuse_malformed(id_centre: str) -> None:
    """Raise ExportRefused for a text that is no identifier of a site: before any deposit is read."""
    if not _ID.fullmatch(id_centre):
        raise ExportRefused(
            f"{quoted(id_centre)} n'est pas un identifiant de centre : il faut un SIRET de 14 chiffres, un tiret et "
            "deux chiffres, par exemple 13002526500013-01."
        )


def read(con: duckdb.DuckDBPyConnection, id_centre: str) -> Dossier:
    """The dossier of a site among opened deposits. Raises ExportRefused when the register has no such site."""
    refuse_malformed(id_centre)
    centre = next(iter(_rows(con, "FROM centres WHERE id_centre = ?", id_centre)), None)
    if centre is None:
        raise ExportRefused(_absent(con, id_centre))
    years: dict[int, SiteYear] = {}
    for found in (found for number in _numbers(con, id_centre) for found in _years(con, number)):
        # Of a year under two numbers, the one that the aggregates hold; else the newest.
        kept = years.get(found.year)
        if kept is None or found.indicators["inclus_dans_agregats"] or not kept.indicators["inclus_dans_agregats"]:
            years[found.year] = found
    communes = _rows(con, "FROM ref_communes WHERE code_insee = ?", centre["code_insee"])
    commune = next((str(row["nom_commune"]) for row in communes), None)
    ordered = tuple(years[year] for year in sorted(years))
    return Dossier(
        centre, ordered, _refusals(con, id_centre), commune, _siret_power(con, centre), _mode(con, id_centre)
    )


def thresholds(dossier: Dossier) -> tuple[str, str]:
    """Whether the site reaches the threshold of the Union and that of France, as two French sentences."""
    own = dossier.centre["puissance_it_installee_kw"] or None
    return (
        _threshold("Union européenne (par centre, règlement 2024/1364, article 1)", own),
        _threshold("France (par SIRET, code de l'énergie, article D. 236-1)", dossier.siret_power_kw),
    )


def _threshold(name: str, power: float | None) -> str:
    if power is None:
        return sentence(f"{name} : puissance inconnue, seuil de {THRESHOLD_KW} kW non vérifié.")
    reached = "atteint" if power >= THRESHOLD_KW else "non atteint"
    return sentence(f"{name} : seuil de {THRESHOLD_KW} kW {reached} ({figure(f'{power:g}')} kW).")


def _numbers(con: duckdb.DuckDBPyConnection, id_centre: str) -> list[str]:
    """The numbers that the site bore one after the other (sql/_identites.sql), the newest last."""
    same = "FROM _identites WHERE id_site = (SELECT id_site FROM _identites WHERE id_centre = ?) ORDER BY rang_numero"
    return [row["id_centre"] for row in _rows(con, same, id_centre)]


def _years(con: duckdb.DuckDBPyConnection, number: str) -> Iterator[SiteYear]:
    declarations = {row["annee"]: row for row in _rows(con, "FROM declarations WHERE id_centre = ?", number)}
    for row in _rows(con, "FROM indicateurs_annuels WHERE id_centre = ? ORDER BY annee", number):
        yield SiteYear(row["annee"], declarations.get(row["annee"], {}), row)


def _mode(con: duckdb.DuckDBPyConnection, id_centre: str) -> str:
    """How the register lets the site be published, under any of its numbers."""
    closed = con.execute(
        "SELECT mode_publication FROM _sites WHERE mode_publication <> $open AND id_site = "
        "(SELECT id_site FROM _identites WHERE id_centre = $id) ORDER BY id_centre",
        {"open": NOMINATIVE, "id": id_centre},
    ).fetchone()
    return str(closed[0]) if closed else NOMINATIVE


def _rows(con: duckdb.DuckDBPyConnection, query: str, key: str | None) -> list[Row]:
    found = con.execute(query, [key])
    names = [column[0] for column in found.description or ()]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def _siret_power(con: duckdb.DuckDBPyConnection, centre: Row) -> float | None:
    """The powers of the open sites of the same establishment, added; sites without a known power are not counted."""
    siret = centre["siret"] or str(centre["id_centre"])[:14]
    [(power,)] = con.execute(
        "SELECT sum(nullif(puissance_it_installee_kw, 0) ORDER BY id_centre) FROM centres "
        "WHERE coalesce(siret, left(id_centre, 14)) = ? AND date_fermeture IS NULL AND synthetique = ?",
        [siret, centre["synthetique"]],
    ).fetchall()
    return None if power is None else float(power)


def _refusals(con: duckdb.DuckDBPyConnection, id_centre: str) -> tuple[tuple[int | None, str], ...]:
    rows = _rows(
        con, "FROM anomalies WHERE niveau = 'erreur' AND id_centre = ? ORDER BY depot_sha256, numero", id_centre
    )
    return tuple((row["annee"], row["message"]) for row in rows)


def _absent(con: duckdb.DuckDBPyConnection, id_centre: str) -> str:
    known = [name for (name,) in con.execute("SELECT id_centre FROM centres ORDER BY id_centre").fetchall()]
    close = difflib.get_close_matches(id_centre, known, n=1)
    meant = f" Vouliez-vous dire {close[0]} ?" if close else ""
    why = next((f" Une ligne a été refusée. {message}" for _, message in _refusals(con, id_centre)), "")
    return sentence(f"Le centre {id_centre} n'est pas au registre des dépôts.{why} Déposez sa ligne de centres.{meant}")

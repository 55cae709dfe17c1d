"""The answer of a site to one indicator: its value, how it is known, and the deposited line it comes from."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from greencloud.exports.dossier import Dossier, Row, SiteYear
from greencloud.exports.indicators import Indicator

DECLARED = "declare"
READ = "releve"
COMPUTED = "calcule"
MISSING = "manquant"
ELSEWHERE = "hors_projet"
STATES = {
    DECLARED: "déclaré",
    READ: "relevé aux compteurs",
    COMPUTED: "calculé",
    MISSING: "manquant",
    ELSEWHERE: "non détenu",
}
"""How a value is known, with its French word."""

_ENERGIES = ("energie_totale_kwh", "energie_it_kwh")
_DAYS = {"date_debut": (1, 1), "date_fin": (12, 31)}
_LISTS = ("services_reseau", "fluides_frigorigenes")
_RENEWABLES = ("energie_renouvelable_go_kwh", "energie_renouvelable_ppa_kwh", "energie_renouvelable_site_kwh")


@dataclass(frozen=True)
class Figure:
    """A value and its state; `sha256` and `line` are the deposit and the line it comes from, None without one."""

    indicator: Indicator
    value: Any
    state: str
    reason: str | None = None
    sha256: str | None = None
    line: int | None = None

    @property
    def known(self) -> bool:
        return self.value is not None


def figure(indicator: Indicator, dossier: Dossier, year: SiteYear) -> Figure:
    """What is known of an indicator for a year; a missing value is never zero, `reason` is the declared motive."""
    column = indicator.column
    if not column:
        return Figure(indicator, None, ELSEWHERE)
    if indicator.table == "centres":
        return _taken(indicator, dossier.centre, DECLARED)
    if column in _DAYS:
        return _day(indicator, year)
    if indicator.table == "indicateurs_annuels":
        return _taken(indicator, year.indicators, COMPUTED)
    if column in _ENERGIES:
        # The energies of an edition: those of the declaration, or else of the meters (sql/_energies_annuelles.sql).
        read = year.indicators["source_energie"] == "consommations"
        return _taken(indicator, year.indicators, READ if read else DECLARED, year.declaration.get("motif_absence"))
    if column == "puissance_it_installee_kw" and year.declaration.get(column) is None:
        return _taken(indicator, dossier.centre, DECLARED)
    if column == "energie_renouvelable_kwh" and year.declaration.get(column) is None:
        return _renewable_total(indicator, year.declaration)
    return _taken(indicator, year.declaration, DECLARED)


def _taken(indicator: Indicator, row: Row, state: str, reason: str | None = None) -> Figure:
    value = row.get(indicator.column)
    if value is None or (indicator.column == "puissance_it_installee_kw" and value == 0):
        return Figure(indicator, None, MISSING, reason)
    if indicator.column in _LISTS:
        value = [part.strip() for part in str(value).split("|")]
    return Figure(indicator, value, state, None, row.get("depot_sha256"), row.get("depot_ligne"))


def _day(indicator: Indicator, year: SiteYear) -> Figure:
    """The first or last day measured: an empty one is that of the year, as its declarant was told, if it is whole."""
    given = _taken(indicator, year.indicators, DECLARED)
    whole = year.indicators["classe_comparabilite"].split("-")[2] == "A"
    if given.known or not whole or year.indicators["source_energie"] is None:
        return given
    day = dt.date(year.year, *_DAYS[indicator.column])
    return _taken(indicator, {**year.indicators, indicator.column: day}, DECLARED)


def _renewable_total(indicator: Indicator, declaration: Row) -> Figure:
    """E_RES-TOT = p + q + r (annex II, point o), only when all three are declared."""
    parts = [declaration.get(name) for name in _RENEWABLES]
    known = [part for part in parts if part is not None]
    if len(known) < len(parts):
        return Figure(indicator, None, MISSING)
    provenance = declaration["depot_sha256"], declaration["depot_ligne"]
    return Figure(indicator, sum(known), COMPUTED, None, *provenance)

"""Who has declared in a campaign, site by site, and who has not: what a manager follows, and what a body still owes."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal import models, register, standing, workbook
from portal.filings import places
from portal.models import Account, Body, Expected, Filing, Grant, Mail
from portal.register import Site, Tile
from portal.settings import Settings

DONE, PARTIAL, BEGUN, NOTHING = "declare", "partiel", "en_cours", "rien"
WORDS = {
    DONE: "Déclaré",
    PARTIAL: "Déclaré en partie",
    BEGUN: "Dépôt à confirmer",
    NOTHING: "Rien reçu",
}
_ANNUAL = ("declarations", "consommations")
_WAITING = (models.RECEIVED, models.CHECKED)


@dataclass(frozen=True)
class BodyState:
    """Where a body stands in a campaign. `sites`: those expected; `comptes`: those who could be reminded.

    `unregistered`: what it declared of sites that no register holds, which the next edition leaves out.
    """

    siren: str
    nom: str
    motif: str | None
    sites: tuple[Site, ...]
    unregistered: tuple[str, ...]
    confirmed: int
    begun: int
    comptes: int
    received: str | None  # the instant of its last deposit
    reminded: str | None  # the day of its last reminder

    @property
    def missing(self) -> tuple[Site, ...]:
        """The expected sites of which nothing came."""
        return tuple(site for site in self.sites if not site.declared)

    @property
    def state(self) -> str:
        """One of DONE, PARTIAL, BEGUN, NOTHING. A body without a known site has declared with its first deposit."""
        some = self.confirmed > 0 or any(site.declared for site in self.sites)
        if some and not self.missing and not self.unregistered:
            return DONE
        if self.begun:
            return BEGUN
        return PARTIAL if some else NOTHING

    @property
    def words(self) -> str:
        """The state in French."""
        return WORDS[self.state]


@dataclass(frozen=True)
class Region:
    """How many sites of a region are expected and declared; `tile` is None for sites whose region is not known."""

    tile: Tile | None
    expected: int
    declared: int

    @property
    def share(self) -> float | None:
        """The share declared, None when no site is expected."""
        return self.declared / self.expected if self.expected else None


def states(session: Session, settings: Settings, year: int, siren: str | None = None) -> list[BodyState]:
    """Where the expected bodies of a campaign stand, in the order of their names; only one when `siren` is given.

    A body that was not expected but is asked for stands there too.
    """
    facts = _facts(session, settings, year, siren)
    return [_state(facts, body, motif) for body, motif in _bodies(session, year, siren)]


def corrected(handed_in: Iterable[Filing]) -> set[str]:
    """The deposits that a correction stands in the place of: nothing is left to do with them."""
    return {one.remplace for one in handed_in if one.remplace and one.etat != models.WITHDRAWN}


def missing(session: Session, settings: Settings, year: int, siren: str) -> tuple[Site, ...]:
    """The sites of a body of which nothing came yet for a year."""
    found = states(session, settings, year, siren)
    return found[0].missing if found else ()


def regions(states: Iterable[BodyState]) -> list[Region]:
    """The expected sites by region, in the order of the names; those whose region is not known come last."""
    expected: Counter[str] = Counter()
    declared: Counter[str] = Counter()
    for site in (site for state in states for site in state.sites):
        expected[site.region] += 1
        declared[site.region] += site.declared
    tiles = {tile.code: tile for tile in register.tiles()}
    known = [Region(tile, expected[tile.code], declared[tile.code]) for tile in tiles.values()]
    lost = [code for code in expected if code not in tiles]
    unknown = Region(None, sum(expected[code] for code in lost), sum(declared[code] for code in lost))
    ordered = sorted(known, key=lambda region: region.tile.nom if region.tile else "")
    return [*ordered, *([unknown] if lost else [])]


@dataclass(frozen=True)
class _Facts:
    """What is known of a year, by SIREN, read once for all bodies."""

    settings: Settings
    year: int
    sites: Mapping[str, list[Site]]
    filings: Mapping[str, list[Filing]]
    accounts: Mapping[str, int]
    reminders: Mapping[str, str]


def _facts(session: Session, settings: Settings, year: int, siren: str | None) -> _Facts:
    owned: dict[str, list[Site]] = defaultdict(list)
    for site in register.sites(settings, year).values():
        owned[site.siren].append(site)
    return _Facts(settings, year, owned, _filings(session, siren), _accounts(session), _reminders(session, year))


def _bodies(session: Session, year: int, siren: str | None) -> list[tuple[Body, str | None]]:
    joined = (Expected.siren == Body.siren) & (Expected.annee == year)
    query = select(Body, Expected.motif).join(Expected, joined, isouter=siren is not None)
    if siren is not None:
        query = query.where(Body.siren == siren)
    return [(body, motif) for body, motif in session.execute(query.order_by(Body.nom, Body.siren))]


def _filings(session: Session, siren: str | None) -> Mapping[str, list[Filing]]:
    query = select(Filing).where(Filing.etat.in_((*_WAITING, models.CONFIRMED, models.SUPERSEDED)))
    if siren is not None:
        query = query.where(Filing.siren == siren)
    found: dict[str, list[Filing]] = defaultdict(list)
    for filing in session.scalars(query.order_by(Filing.recu_le)):
        found[filing.siren].append(filing)
    return found


def _accounts(session: Session) -> Mapping[str, int]:
    rows = session.execute(
        select(Grant.siren, func.count(Account.id.distinct()))
        .join(Account, Account.id == Grant.compte_id)
        .where(Grant.revoquee_le.is_(None), Account.actif, Account.courriel.is_not(None))
        .group_by(Grant.siren)
    )
    return dict(rows.tuples().all())


def _reminders(session: Session, year: int) -> Mapping[str, str]:
    rows = session.execute(
        select(Mail.siren, func.max(Mail.jour))
        .where(Mail.genre == "rappel", Mail.objet_id == str(year), Mail.siren.is_not(None))
        .group_by(Mail.siren)
    )
    return {siren: day for siren, day in rows if siren is not None}


def _state(facts: _Facts, body: Body, motif: str | None) -> BodyState:
    filings = facts.filings.get(body.siren, [])
    confirmed = [filing for filing in filings if filing.etat == models.CONFIRMED]
    annual = [filing for filing in confirmed if filing.table_visee in _ANNUAL and _speaks(facts, filing)]
    ended = corrected(filings)
    waiting = [
        one for one in filings if one.etat in _WAITING and one.annee in (facts.year, None) and one.id not in ended
    ]
    declared = _declared(facts, body.siren, confirmed)
    named = declared | {
        name for filing in annual for name, year in spoken(facts.settings, filing) if year == facts.year
    }
    lost = _unregistered(facts, body.siren, named, confirmed)
    return BodyState(
        siren=body.siren,
        nom=body.nom,
        motif=motif,
        sites=_expected(facts, body.siren, confirmed, named - lost, declared - lost),
        unregistered=tuple(sorted(lost)),
        confirmed=len(annual),
        begun=len(waiting),
        comptes=facts.accounts.get(body.siren, 0),
        received=filings[-1].recu_le if filings else None,
        reminded=facts.reminders.get(body.siren),
    )


def _declared(facts: _Facts, siren: str, confirmed: Sequence[Filing]) -> frozenset[str]:
    """The sites of which a body declared the year, by its total or by readings of each day."""
    totals = [filing for filing in confirmed if filing.table_visee == "declarations"]
    declared = frozenset(
        name for filing in totals for name, year in spoken(facts.settings, filing) if year == facts.year
    )
    reads = any(filing.table_visee == "consommations" for filing in confirmed)
    return declared | (standing.read_through(facts.settings, siren, facts.year) if reads else set())


def _registered(facts: _Facts, confirmed: Sequence[Filing]) -> frozenset[str]:
    """The sites of the registers that a body confirmed here."""
    registers = [filing for filing in confirmed if filing.table_visee == "centres"]
    return frozenset(name for filing in registers for name, _ in spoken(facts.settings, filing))


def _unregistered(facts: _Facts, siren: str, declared: frozenset[str], confirmed: Sequence[Filing]) -> frozenset[str]:
    """Those that are in no edition, nor in a register; the folder is only asked of those that nobody confirmed here."""
    known = {site.id_centre for site in facts.sites.get(siren, [])}
    return frozenset(standing.unregistered(facts.settings, siren, declared - known - _registered(facts, confirmed)))


def _expected(
    facts: _Facts, siren: str, confirmed: Sequence[Filing], named: frozenset[str], declared: frozenset[str]
) -> tuple[Site, ...]:
    """The sites of the register, those that the body added since, and those of which it told something of the year."""
    registered = _registered(facts, confirmed)
    known = {site.id_centre: site for site in facts.sites.get(siren, [])}
    closed = (_closed(facts, siren) if registered else frozenset()) - named
    added = [Site(name, name, "", True, False) for name in (named | registered) - set(known) - closed]
    found = [site for site in known.values() if site.declared or (site.expected and site.id_centre not in closed)]
    return tuple(
        replace(site, declared=site.declared or site.id_centre in declared)
        for site in sorted([*found, *added], key=lambda site: site.id_centre)
    )


def _closed(facts: _Facts, siren: str) -> frozenset[str]:
    """The sites that a body closed before the year: its register says so long before the next edition does."""
    register = standing.rows(facts.settings, siren, "centres")
    return frozenset(row["id_centre"] for row in register if not workbook.is_open(row, facts.year))


def _speaks(facts: _Facts, filing: Filing) -> bool:
    said = spoken(facts.settings, filing)
    return any(year == facts.year for _, year in said) or (filing.annee == facts.year and not said)


def spoken(settings: Settings, filing: Filing) -> frozenset[tuple[str, int | None]]:
    """The sites and years of the accepted rows of a deposit, as the check that ran last wrote them."""
    folder = places.work(settings) / filing.id
    found = [(path.stat().st_mtime_ns, path) for path in folder.glob("*/sites.json")]
    return _read(max(found)[1], max(found)[0]) if found else frozenset()


@lru_cache(8_192)
def _read(path: Path, _written: int) -> frozenset[tuple[str, int | None]]:
    return frozenset((name, year) for name, year in json.loads(path.read_text(encoding="utf-8")))

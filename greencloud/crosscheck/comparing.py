"""The rule: a site cannot have used more energy than was delivered at its address in the same year.

It is a bound in one direction: a building that uses less than the site declares is a doubt, one that uses more proves
nothing. An address is compared when it is the same, once written alike, as exactly one of the file; none is guessed.
Electricity must be found; the gas of the address is added to the bound, for the total energy of a site counts both.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from greencloud.crosscheck.addresses import Address, address, folded
from greencloud.crosscheck.deliveries import ELECTRICITY, GAS, Deliveries, Delivery
from greencloud.crosscheck.sites import Declared, Place

BEYOND, COMPATIBLE, NOT_COMPARED = "au_dela", "compatible", "non_compare"


@dataclass(frozen=True)
class Comparison:
    """What became of a site and a year. `reason` is a code of `wording.REASONS`, only when nothing was compared.

    `declared_kwh` is that of the site, `at_address_kwh` that of all the sites compared at this address, itself
    included; `lines` are those of the files that make `delivered_kwh`. `other_years`: those that the edition publishes
    of the site, when it is not this one.
    """

    site: str
    year: int
    place: Place
    known: Declared | None
    verdict: str
    reason: str | None = None
    at_address_kwh: Decimal | None = None
    neighbours: int = 0
    lines: tuple[Delivery, ...] = ()
    other_years: tuple[int, ...] = ()

    @property
    def address(self) -> Address:
        """The address as it was read."""
        return address(self.place.written)

    @property
    def declared_kwh(self) -> Decimal | None:
        return None if self.known is None else self.known.kwh

    def delivered(self, energy: str) -> Decimal | None:
        """The energy of one kind delivered at the address (kWh), None when no line gives it."""
        found = [line.kwh for line in self.lines if line.energy == energy]
        return sum(found, Decimal()) if found else None

    @property
    def delivered_kwh(self) -> Decimal | None:
        return sum((line.kwh for line in self.lines), Decimal()) if self.lines else None

    @property
    def excess_kwh(self) -> Decimal | None:
        """Declared less delivered, when it is above zero."""
        if self.verdict != BEYOND or self.at_address_kwh is None or self.delivered_kwh is None:
            return None
        return self.at_address_kwh - self.delivered_kwh


def compare(
    places: Mapping[str, Place], declared: Mapping[tuple[str, int], Declared], deliveries: Deliveries
) -> list[Comparison]:
    """Every site that has an address, for every year of the files, in the order of sites and years."""
    years: dict[str, list[int]] = defaultdict(list)
    for site, year in sorted(declared):
        years[site].append(year)
    found = [
        _placed(site, year, place, declared.get((site, year)), years[site], deliveries)
        for site, place in sorted(places.items())
        for year in deliveries.years
    ]
    return _judged(found)


def _placed(
    site: str, year: int, place: Place, known: Declared | None, published: Sequence[int], deliveries: Deliveries
) -> Comparison:
    """A site and a year with the lines of its address, or the reason why there are none."""

    def left_out(reason: str) -> Comparison:
        return Comparison(site, year, place, known, NOT_COMPARED, reason)

    if known is None:
        absent = left_out("annee_non_publiee" if published else "centre_non_publie")
        return replace(absent, other_years=tuple(published))
    wanted = address(place.written)
    reason = _unfit(known, wanted)
    if reason is not None or known.commune is None:
        return left_out(reason or "commune_inconnue")
    if not deliveries.knows(year, known.commune):
        return left_out("commune_absente")
    lines: list[Delivery] = []
    for energy in (ELECTRICITY, GAS):
        group = [line for line in deliveries.at(year, energy, wanted, known.commune) if place.iris in (None, line.iris)]
        if energy == ELECTRICITY and not group:
            return left_out("adresse_introuvable")
        if reason := _ambiguous(group):
            return left_out(reason)
        lines += group
    return Comparison(site, year, place, known, COMPATIBLE, lines=tuple(lines))


def _unfit(known: Declared, wanted: Address) -> str | None:
    """Why a declaration or an address cannot be compared, whatever the files hold."""
    if known.kwh is None:
        return "energie_absente"
    if known.leaves_year:
        return "periode_hors_annee"
    if known.commune is None:
        return "commune_inconnue"
    if not wanted.number:
        return "adresse_sans_numero"
    return "adresse_plusieurs_numeros" if wanted.several else None


def _ambiguous(group: Sequence[Delivery]) -> str | None:
    """Why the lines of one kind of energy are not those of one address."""
    if len({line.iris for line in group}) > 1:
        return "adresse_dans_deux_iris"
    if len({folded(line.written) for line in group}) > 1:
        return "adresse_ecrite_deux_fois"
    if len({(line.operator, line.sector, line.activity) for line in group}) < len(group):
        return "ligne_repetee"
    return None


def _judged(found: Iterable[Comparison]) -> list[Comparison]:
    """The verdicts: sites that share an address are added up, but for those that another one counts already."""
    placed = list(found)
    together: dict[tuple[Delivery, ...], list[Comparison]] = defaultdict(list)
    for one in placed:
        if one.lines:
            together[one.lines].append(one)
    return [_verdict(one, together[one.lines]) if one.lines else one for one in placed]


def _verdict(one: Comparison, group: Sequence[Comparison]) -> Comparison:
    added = [other for other in group if _adds(other, one)]
    total = sum((other.declared_kwh or Decimal() for other in added), Decimal())
    delivered = one.delivered_kwh
    verdict = BEYOND if delivered is not None and total > delivered else COMPATIBLE
    return replace(one, verdict=verdict, at_address_kwh=total, neighbours=len(added) - 1)


def _adds(other: Comparison, one: Comparison) -> bool:
    """Whether the energy of a site counts in the verdict of another (or itself) at the same address.

    That of a site which its host counts already is added to no other; real and synthetic energies are never added.
    """
    if other is one:
        return True
    known, own = other.known, one.known
    if known is None or own is None or known.synthetic != own.synthetic:
        return False
    return not (known.within_another or own.within_another)

"""What a fictitious site declares of its year: everything, the total only, a PUE only, an estimate, or nothing.

The answer « readings » leaves the total to the monthly readings: a PUE alone in even years, with IT energy in odd ones.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from greencloud.sample.draw import Draw
from greencloud.sample.energy import Month
from greencloud.sample.sites import FIRST_YEAR, KINDS, LAST_YEAR, Site

SYNTHETIC = "Donnée synthétique"
_ANSWERS: Mapping[str, Mapping[bool, float]] = {
    # answer: weight for a small room (True) and for a larger site (False)
    "complete": {True: 62, False: 82},
    "total": {True: 20, False: 5},
    "pue": {True: 7, False: 5},
    "estimate": {True: 11, False: 8},
}
_FLUIDS = ("R410A", "R134a", "R407C", "R32", "R1234ze")


@dataclass(frozen=True)
class Profile:
    """How a site measures, always the same way from one year to the next."""

    category: str
    perimeter: str
    answers: Mapping[int, str]
    density: float
    ambition: int
    water_rate: float
    renewable: float
    heat: float


@dataclass(frozen=True)
class Declaration:
    """One row of the table declarations, before it is written: column -> value."""

    site: Site
    year: int
    answer: str
    values: Mapping[str, object]


def profile(draw: Draw, site: Site, *, always: str = "") -> Profile:
    """How a site measures; `always` is the answer of every year (of a host, of a site that only hands in readings)."""
    categories = {"1": 46, "2": 15, "3": 4, "X": 20, "": 15} if site.small else {"1": 50, "2": 28, "3": 14, "X": 8}
    perimeters = {"mixte_reparti": 30, "mixte_compte": 35, "dedie": 20, "inconnu": 15}
    large = {"dedie": 70, "mixte_compte": 20, "mixte_reparti": 5, "inconnu": 5}
    wet = site.cooling in ("adiabatique", "tour_evaporative")
    return Profile(
        category=draw.weighted(categories),
        perimeter=draw.weighted(perimeters if site.small else large),
        answers={year: always or _answer(draw, site, year) for year in range(FIRST_YEAR, LAST_YEAR + 1)},
        density=draw.between(15, 40) if site.usage == "calcul_intensif" else draw.between(1.5, 12),
        ambition=draw.weighted({0: 45, 1: 40, 2: 15} if site.small else {0: 15, 1: 35, 2: 50}),
        water_rate=draw.between(0.2, 1.8) if wet else draw.between(0, 0.05),
        renewable=draw.between(0.05, 0.9) if draw.chance(0.2) else 0,
        heat=draw.between(0.04, 0.25) if not site.small and draw.chance(0.12) else 0,
    )


def declare(draw: Draw, site: Site, profile: Profile, year: int, months: Sequence[Month]) -> Declaration | None:
    """The declaration of one year, None when the site does not answer."""
    answer = profile.answers[year]
    if answer == "silence":
        return None
    it, total = sum(month.it for month in months), sum(month.total for month in months)
    if answer == "estimate":
        it, total = _rounded(it), _rounded(total)
    values: dict[str, object] = {"id_centre": site.id_centre, "annee": year}
    values |= _period(draw, months)
    if answer == "readings":
        values |= {"pue_declare": round(total / it, 2), "energie_it_kwh": it if year % 2 else ""}
    else:
        values |= _energies(draw, profile, answer, it, total)
    values |= _context(draw, site, profile, year, it, total)
    if answer not in ("pue", "readings"):
        values |= _environment(draw, site, profile, it, total)
    values["commentaire"] = SYNTHETIC
    return Declaration(site, year, answer, values)


def with_energies(values: Mapping[str, object], it: int, total: int) -> dict[str, object]:
    """The same row with other energies, and the PUE that goes with them where one was declared."""
    changed = {**values, "energie_totale_kwh": total, "energie_it_kwh": it}
    if values.get("pue_declare", "") != "":
        changed["pue_declare"] = round(total / it, 2)
    return changed


def _answer(draw: Draw, site: Site, year: int) -> str:
    first, last = KINDS[site.kind].silence
    silence = first + (last - first) * (year - FIRST_YEAR) / (LAST_YEAR - FIRST_YEAR)
    if draw.chance(silence):
        return "silence"
    return draw.weighted({answer: weights[site.small] for answer, weights in _ANSWERS.items()})


def _rounded(kwh: int) -> int:
    """Three significant figures: what a person writes who multiplies a power by hours."""
    step = int("1" + "0" * max(len(str(kwh)) - 3, 0))
    return round(kwh / step) * step


def _period(draw: Draw, months: Sequence[Month]) -> dict[str, object]:
    first, last = months[0].first, months[-1].last
    full = first == dt.date(first.year, 1, 1) and last == dt.date(first.year, 12, 31)
    if not full:
        return {"date_debut": first, "date_fin": last, "nature_valeur": "intermediaire"}
    if draw.chance(0.5):
        return {"date_debut": first, "date_fin": last, "nature_valeur": "annuelle" if draw.chance(0.5) else ""}
    return {"nature_valeur": "annuelle" if draw.chance(0.3) else ""}


def _energies(draw: Draw, profile: Profile, answer: str, it: int, total: int) -> dict[str, object]:
    pue = round(total / it, 2)
    if answer == "pue":
        return {"pue_declare": pue, "motif_absence": draw.pick(["confidentiel", "non_mesure"])}
    if answer == "total":
        reason = "non_mesure" if draw.chance(0.7) else ""
        return {"energie_totale_kwh": total, "motif_absence": reason, "qualite_mesure": "mesure"}
    return {
        "energie_totale_kwh": total,
        "energie_it_kwh": it,
        "pue_declare": _shown_pue(draw, pue) if draw.chance(0.35) else "",
        "categorie_mesure_it": profile.category,
        "qualite_mesure": "estime" if answer == "estimate" else ("mesure" if draw.chance(0.9) else "point_change"),
        "norme_version": "EN 50600-4-2:2016" if profile.ambition == 2 else "",
    }


def _shown_pue(draw: Draw, pue: float) -> float:
    """The PUE of the year; one in sixteen shows that of its best months, which the check must doubt."""
    return max(round(pue * 0.93, 2), 1.05) if draw.chance(1 / 16) else pue


def _context(draw: Draw, site: Site, profile: Profile, year: int, it: int, total: int) -> dict[str, object]:
    shared = profile.perimeter == "mixte_reparti"
    values: dict[str, object] = {
        "perimetre": profile.perimeter,
        "commentaire_perimetre": "Part de la salle au prorata des surfaces" if shared else "",
        "puissance_it_installee_kw": site.power_kw if draw.chance(0.7) else "",
        "type_refroidissement": site.cooling if profile.ambition or draw.chance(0.4) else "",
    }
    if profile.ambition >= 1:
        room = max(round(it * 1.5 / 1000 / profile.density), 4)
        hours = 8784 if year % 4 == 0 else 8760
        servers = max(round(it / hours / 0.35), 1)
        values |= {
            "surface_salle_it_m2": room,
            "surface_totale_m2": round(room * 1.6),
            "nb_serveurs_physiques": servers,
            "nb_machines_virtuelles": servers * draw.whole(4, 18),
            "nb_baies": max(servers // 14, 1),
            "stockage_utile_to": round(servers * draw.between(3, 12), 1),
            "temperature_consigne_c": draw.pick([22, 23, 23.5, 24, 24.5, 25, 26, 27]),
        }
    return values


def _environment(draw: Draw, site: Site, profile: Profile, it: int, total: int) -> dict[str, object]:
    values: dict[str, object] = {}
    if not site.small and draw.chance(0.4):
        values["energie_groupes_secours_kwh"] = round(total * draw.between(0.0005, 0.004))
    if profile.ambition == 2:
        values |= _water(profile, site, it) | _heat(draw, profile, total)
        values["fluides_frigorigenes"] = draw.pick(_FLUIDS)
        values["dju_froid"] = round(draw.between(1500, 2500) if site.overseas else draw.between(120, 900))
    if profile.ambition >= 1 and profile.renewable:
        values |= _renewable(draw, profile, total)
    return values


def _water(profile: Profile, site: Site, it: int) -> dict[str, object]:
    water = round(it * profile.water_rate / 1000)
    if water == 0:
        return {}
    drinkable = water if site.small else round(water * 0.6)
    return {
        "eau_totale_m3": water,
        "categorie_mesure_eau": "2" if drinkable < water else "1",
        "eau_potable_m3": drinkable,
    }


def _heat(draw: Draw, profile: Profile, total: int) -> dict[str, object]:
    if not profile.heat:
        return {}
    reused = round(total * profile.heat * draw.between(0.9, 1.1))
    return {"chaleur_valorisee_kwh": reused, "temperature_chaleur_c": draw.pick([30, 32.5, 36, 40, 46])}


def _renewable(draw: Draw, profile: Profile, total: int) -> dict[str, object]:
    on_site = round(total * draw.between(0, 0.04))
    contract = round(total * profile.renewable * 0.3) if profile.renewable > 0.5 else 0
    certified = round(total * profile.renewable) - contract
    return {
        "energie_renouvelable_kwh": certified + contract + on_site,
        "energie_renouvelable_go_kwh": certified,
        "energie_renouvelable_ppa_kwh": contract,
        "energie_renouvelable_site_kwh": on_site,
    }

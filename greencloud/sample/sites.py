"""Fictitious public bodies and their data centres: who, where, how big, how efficient."""

import calendar
import csv
import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from greencloud import tables
from greencloud.sample.draw import Draw, spread

FIRST_YEAR, LAST_YEAR = 2019, 2025
SIREN_RANGE = 99_900_000  # first eight digits: numbers in 999 are fictitious throughout the project

# Bounds of the size classes, kW of installed IT power (facts: indicators, section 5; T7 closed at 18 MW).
CLASSES: Mapping[str, tuple[float, float]] = {
    "T0": (2.5, 9.9),
    "T1": (10, 49.9),
    "T2": (50, 99.9),
    "T3": (100, 499),
    "T4": (500, 999),
    "T5": (1_000, 1_999),
    "T6": (2_000, 9_999),
    "T7": (10_000, 18_000),
}


@dataclass(frozen=True)
class Kind:
    """A hosting kind: its share of the sites, sizes, bodies, PUE range in 2019 and share of silent sites."""

    share: float
    classes: Mapping[str, float]
    bodies: Mapping[str, float]
    pue: tuple[float, float]
    silence: tuple[float, float]
    names: Sequence[str]


# PUE levels after data/reference/pue_reference.csv: traditional rooms 2 to 3 (EuroCloud 2017, LBNL), colocation 1.45
# (Equinix France 2022) to 1.50 (Arcep 2023), public cloud 1.09 to 1.2.
# Silence: share of the sites that do not answer, in the first and in the last year.
KINDS: Mapping[str, Kind] = {
    "salle_serveurs": Kind(
        0.46,
        {"T0": 30, "T1": 40, "T2": 18, "T3": 12},
        {
            "commune": 34,
            "intercommunalite": 14,
            "hopital": 14,
            "enseignement_recherche": 12,
            "departement": 8,
            "etat": 8,
            "autre": 5,
            "syndicat_mixte": 3,
            "operateur_etat": 2,
        },
        (1.9, 3.2),
        (0.50, 0.22),
        ("Salle serveurs du siège", "Local informatique", "Salle serveurs annexe", "Salle technique"),
    ),
    "centre_propre": Kind(
        0.18,
        {"T1": 10, "T2": 20, "T3": 35, "T4": 20, "T5": 12, "T6": 3},
        {
            "hopital": 20,
            "enseignement_recherche": 18,
            "departement": 16,
            "etat": 14,
            "operateur_etat": 12,
            "region": 10,
            "intercommunalite": 10,
        },
        (1.5, 2.0),
        (0.30, 0.12),
        ("Centre de données", "Centre informatique"),
    ),
    "centre_mutualise_public": Kind(
        0.13,
        {"T3": 25, "T4": 25, "T5": 25, "T6": 20, "T7": 5},
        {
            "enseignement_recherche": 30,
            "syndicat_mixte": 25,
            "operateur_etat": 20,
            "region": 15,
            "intercommunalite": 10,
        },
        (1.3, 1.6),
        (0.18, 0.06),
        ("Centre de données mutualisé", "Centre régional de calcul"),
    ),
    "colocation": Kind(
        0.10,
        {"T1": 25, "T2": 20, "T3": 30, "T4": 15, "T5": 10},
        {"commune": 25, "departement": 20, "intercommunalite": 20, "hopital": 15, "region": 10, "autre": 10},
        (1.25, 1.5),
        (0.25, 0.12),
        ("Espace en colocation", "Baies en colocation"),
    ),
    "cloud_interne": Kind(
        0.05,
        {"T3": 25, "T4": 25, "T5": 30, "T6": 20},
        {"etat": 70, "operateur_etat": 30},
        (1.15, 1.35),
        (0.20, 0.08),
        ("Nuage interne, zone A", "Nuage interne, zone B"),
    ),
    "cloud_dedie": Kind(
        0.03,
        {"T3": 40, "T4": 40, "T5": 20},
        {"operateur_etat": 50, "hopital": 50},
        (1.15, 1.35),
        (0.20, 0.08),
        ("Nuage dédié",),
    ),
    "cloud_externe": Kind(
        0.05,
        {"T5": 40, "T6": 40, "T7": 20},
        {"autre": 100},
        (1.1, 1.3),
        (0.20, 0.08),
        ("Nuage externe, région France",),
    ),
}
_DISCREET_BODIES = frozenset({"hopital", "etat", "operateur_etat", "enseignement_recherche"})
_DISCREET_DEPARTMENTS = frozenset(  # Île-de-France, Auvergne-Rhône-Alpes, Occitanie
    {"75", "77", "78", "91", "92", "93", "94", "95"}
    | {"01", "03", "07", "15", "26", "38", "42", "43", "63", "69", "73", "74"}
    | {"09", "11", "12", "30", "31", "32", "34", "46", "48", "65", "66", "81", "82"}
)
_BODIES: Mapping[str, str] = {
    "etat": "Direction ministérielle fictive de {}",
    "operateur_etat": "Agence nationale fictive de {}",
    "region": "Région fictive de {}",
    "departement": "Département fictif de {}",
    "intercommunalite": "Communauté d'agglomération fictive de {}",
    "commune": "Commune fictive de {}",
    "syndicat_mixte": "Syndicat mixte fictif de {}",
    "hopital": "Centre hospitalier fictif de {}",
    "enseignement_recherche": "Université fictive de {}",
    "autre": "Établissement public fictif de {}",
}
_FIRST = (
    "Valbr",
    "Montcl",
    "Rochen",
    "Clairf",
    "Hautem",
    "Fontab",
    "Brumev",
    "Sablon",
    "Grandv",
    "Orméla",
    "Pierrel",
    "Vertec",
    "Noirm",
    "Lunév",
    "Estramb",
    "Corval",
    "Sylvab",
    "Marvent",
)
_LAST = (
    "ondine",
    "arelle",
    "uvane",
    "istral",
    "égonde",
    "oriane",
    "umière",
    "arçon",
    "ivette",
    "équart",
    "omélie",
    "alanche",
    "ormise",
    "énuse",
    "ardille",
    "opaline",
    "erbise",
    "iroise",
)
_COOLING_SMALL = {"detente_directe": 70, "eau_glacee": 18, "free_cooling_air": 12}
_COOLING_LARGE = {
    "eau_glacee": 40,
    "free_cooling_air": 25,
    "adiabatique": 15,
    "free_cooling_eau": 10,
    "tour_evaporative": 6,
    "refroidissement_liquide": 4,
}
_HOST_CLASSES = ("T5", "T6", "T7")
# Installed power of one guest over that of its host, and guests of one host: far below the host's IT energy.
_GUEST_SHARE = 0.015
_GUESTS = 5


@dataclass(frozen=True)
class Site:
    """One fictitious data centre. `pue` and `load` (mean IT power / installed power) are those of its first year."""

    id_centre: str
    siret: str
    organisme: str
    nom_site: str
    categorie: str
    code_insee: str
    kind: str
    usage: str
    power_kw: float
    opened: dt.date
    closed: dt.date | None
    host: str | None
    cooling: str
    pue: float
    load: float
    size: str

    @property
    def overseas(self) -> bool:
        return self.code_insee.startswith("97")

    @property
    def small(self) -> bool:
        return self.size in ("T0", "T1", "T2")


def build(draw: Draw, count: int) -> list[Site]:
    """`count` sites of all kinds and sizes; one in twenty is a server room's new home, and the room closes."""
    moved = count // 20
    plans = [
        (kind, size) for kind, number in _numbers(count - moved).items() for size in spread(KINDS[kind].classes, number)
    ]
    places = draw.shuffled([f"{first}{last}" for first in _FIRST for last in _LAST])
    communes = _communes()
    sites: list[Site] = []
    for rank, (kind, size) in enumerate(draw.shuffled(plans)):
        sites.append(_site(draw, kind, size, fictitious_siret(rank), _place(places, rank), communes))
    sites = _second_sites(draw, sites)
    return sorted(_with_moves(draw, _with_guests(draw, sites), moved), key=lambda site: site.id_centre)


def register_row(draw: Draw, site: Site) -> dict[str, object]:
    """The site as a row of the table centres."""
    redundancy = {"N": 60, "N+1": 35, "2N": 5} if site.small else {"N+1": 55, "2N": 35, "2N+1": 5, "autre": 5}
    return {
        "id_centre": site.id_centre,
        "nom_site": site.nom_site,
        "siret": site.siret,
        "organisme": site.organisme,
        "exploitant": site.organisme if draw.chance(0.5) else "",
        "categorie_organisme": site.categorie,
        "code_insee": site.code_insee,
        "type_hebergement": site.kind,
        "type_centre": _type_centre(site.kind),
        "secnumcloud": _secnumcloud(draw, site.kind),
        "usage_principal": site.usage,
        "puissance_it_installee_kw": site.power_kw if draw.chance(0.95) else "",
        "mise_en_service": f"{site.opened:%Y-%m}" if draw.chance(0.9) or site.opened.year >= FIRST_YEAR else "",
        "date_fermeture": site.closed.isoformat() if site.closed else "",
        "redondance_electrique": draw.weighted(redundancy) if draw.chance(0.7) else "",
        "redondance_refroidissement": draw.weighted(redundancy) if draw.chance(0.6) else "",
        "heberge_chez": site.host or "",
        "mode_publication": _publication(site),
        "commentaire": "Donnée synthétique",
    }


def month_end(year: int, month: int) -> dt.date:
    """The last day of a month."""
    return dt.date(year, month, calendar.monthrange(year, month)[1])


def fictitious_siret(rank: int) -> str:
    """A number with the right check digits, in a SIREN range that names nobody."""
    siren = _with_check_digit(f"{SIREN_RANGE + rank:08d}")
    return _with_check_digit(f"{siren}0001")


def hosts(sites: Sequence[Site]) -> frozenset[str]:
    """The identifiers of the sites that host another one."""
    return frozenset(site.host for site in sites if site.host)


def _publication(site: Site) -> str:
    """The mode of publication: about one site in twelve counts in totals only, a few are exempt, an empty cell says no.

    They keep together, as a decision of a few networks of bodies would make them: one protected site alone in each
    group would have every group hidden. Drawn from the identifier, so that the campaign's own draws do not move.
    """
    discreet = site.categorie in _DISCREET_BODIES and site.code_insee[:2] in _DISCREET_DEPARTMENTS
    share = 0.5 if discreet else 0.005
    exempt = 0.08 if site.categorie == "etat" else 0.0
    weights = {"": 0.8 * (1 - share), "nominatif": 0.2 * (1 - share), "agrege": share}
    draw = Draw(int(site.id_centre.replace("-", "")))
    return draw.weighted({**weights, "exempte_defense": exempt, "exempte_oiv": exempt})


def _numbers(count: int) -> Mapping[str, int]:
    kinds = spread({name: kind.share for name, kind in KINDS.items()}, count)
    return {name: kinds.count(name) for name in KINDS}


def _place(places: Sequence[str], rank: int) -> str:
    turn, place = divmod(rank, len(places))
    return places[place] if turn == 0 else f"{places[place]} {turn + 1}"


def _communes() -> Mapping[str, Sequence[str]]:
    """INSEE codes of the reference table: `metropole` and `outre_mer`."""
    with (tables.reference_dir() / "communes.csv").open(encoding="utf-8", newline="") as stream:
        codes = sorted(row["code_insee"] for row in csv.DictReader(stream))
    overseas = [code for code in codes if code.startswith("97")]
    return {"metropole": [code for code in codes if code not in overseas], "outre_mer": overseas}


def _site(draw: Draw, kind: str, size: str, siret: str, place: str, communes: Mapping[str, Sequence[str]]) -> Site:
    spec = KINDS[kind]
    categorie = draw.weighted(spec.bodies)
    overseas = kind != "cloud_externe" and draw.chance(0.05)
    low, high = spec.pue
    recent = draw.chance(0.10)
    return Site(
        id_centre=f"{siret}-01",
        siret=siret,
        organisme=_BODIES[categorie].format(place),
        nom_site=f"{draw.pick(spec.names)} (fictif)",
        categorie=categorie,
        code_insee=draw.pick(communes["outre_mer" if overseas else "metropole"]),
        kind=kind,
        usage=_usage(draw, kind, size, categorie),
        power_kw=round(draw.between(*CLASSES[size]), 1 if size in ("T0", "T1", "T2") else None),
        opened=dt.date(draw.whole(2020, 2024) if recent else draw.whole(1996, 2018), draw.whole(1, 12), 1),
        closed=None,
        host=None,
        cooling=draw.weighted(_COOLING_SMALL if size in ("T0", "T1", "T2") else _COOLING_LARGE),
        pue=draw.between(low, high) + (0.1 if overseas else 0),
        load=draw.between(0.15, 0.70),
        size=size,
    )


def _usage(draw: Draw, kind: str, size: str, categorie: str) -> str:
    if categorie == "hopital":
        return "hopital"
    if categorie == "enseignement_recherche":
        large = size in ("T4", "T5", "T6", "T7")
        return "calcul_intensif" if large and draw.chance(0.6) else "enseignement_recherche"
    if kind in ("centre_mutualise_public", "cloud_interne", "cloud_dedie", "cloud_externe"):
        return "mutualise"
    return "bureautique" if draw.chance(0.9) else "autre"


def _type_centre(kind: str) -> str:
    types = {"colocation": "colocation", "centre_mutualise_public": "cohebergement", "cloud_externe": ""}
    return types.get(kind, "entreprise")


def _secnumcloud(draw: Draw, kind: str) -> str:
    qualified = {"cloud_dedie": 0.6, "cloud_externe": 0.4, "centre_mutualise_public": 0.05}
    if kind not in qualified:
        return "" if draw.chance(0.5) else "non"
    return "oui" if draw.chance(qualified[kind]) else "non"


def _second_sites(draw: Draw, sites: Sequence[Site]) -> list[Site]:
    """One small room in eight belongs to the body of the small room before it, under a second number."""
    result: list[Site] = []
    for site in sites:
        first = next((other for other in reversed(result) if other.kind == site.kind), None)
        alone = first is not None and first.id_centre.endswith("-01")
        if first is not None and alone and site.small and draw.chance(0.12):
            result.append(_second(site, first))
        else:
            result.append(site)
    return result


def _second(site: Site, first: Site) -> Site:
    return replace(
        site,
        id_centre=f"{first.siret}-02",
        siret=first.siret,
        organisme=first.organisme,
        categorie=first.categorie,
        usage=first.usage,
    )


def _with_guests(draw: Draw, sites: Sequence[Site]) -> list[Site]:
    """Some small colocation sites stand in a large shared centre that declares too."""
    candidates = [site for site in sites if _can_host(site)]
    crowd: Counter[str] = Counter()
    result = []
    for site in sites:
        able = site.kind == "colocation" and site.opened.year < FIRST_YEAR and draw.chance(0.5)
        rooms = [host.id_centre for host in candidates if _fits(site, host, crowd)] if able else []
        host = draw.pick(rooms) if rooms else None
        crowd.update([host] if host else [])
        result.append(replace(site, host=host))
    return result


def _can_host(site: Site) -> bool:
    shared = site.kind in ("centre_mutualise_public", "colocation") and site.size in _HOST_CLASSES
    return shared and site.opened.year < FIRST_YEAR


def _fits(guest: Site, host: Site, crowd: Mapping[str, int]) -> bool:
    return guest.power_kw <= _GUEST_SHARE * host.power_kw and crowd.get(host.id_centre, 0) < _GUESTS


def _with_moves(draw: Draw, sites: Sequence[Site], moved: int) -> list[Site]:
    """Server rooms that close for good, each with its new home in a shared centre or in colocation."""
    result = {site.id_centre: site for site in sites}
    owned = Counter(site.siret for site in sites)
    crowd = Counter(site.host for site in sites if site.host)
    candidates = [site for site in sites if _can_host(site)]
    rooms = [site for site in sites if site.kind == "salle_serveurs" and site.size in ("T0", "T1")]
    able = [room for room in rooms if owned[room.siret] == 1 and room.opened.year < FIRST_YEAR]
    for room in draw.shuffled(able)[:moved]:
        year, month = draw.whole(2020, 2024), draw.whole(3, 10)
        host = next((site for site in candidates if _fits(room, site, crowd)), None)
        crowd.update([host.id_centre] if host else [])
        result[room.id_centre] = replace(room, closed=month_end(year, month))
        result[f"{room.siret}-02"] = _new_home(draw, room, dt.date(year, month + 1, 1), host)
    return list(result.values())


def _new_home(draw: Draw, room: Site, opened: dt.date, host: Site | None) -> Site:
    kind = host.kind if host is not None else draw.pick(["centre_mutualise_public", "colocation"])
    return replace(
        room,
        id_centre=f"{room.siret}-02",
        nom_site="Baies hébergées (fictif)",
        kind=kind,
        code_insee=host.code_insee if host is not None else room.code_insee,
        opened=opened,
        host=host.id_centre if host is not None else None,
        cooling=host.cooling if host is not None else "eau_glacee",
        pue=draw.between(*KINDS[kind].pue),
        load=min(room.load * 0.8 + 0.05, 0.7),
    )


def _with_check_digit(digits: str) -> str:
    """The digits and their Luhn check digit (ISO/IEC 7812-1)."""
    doubled = [int(digit) * (2 - place % 2) for place, digit in enumerate(reversed(digits))]
    return digits + str(-sum(value - 9 * (value > 9) for value in doubled) % 10)

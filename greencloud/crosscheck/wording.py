"""What a comparison says: its verdict, why there is none, and what its source leaves unsaid.

Sources of the limits: code de l'énergie, article D. 111-52 as amended by décret 2020-196 of 4 March 2020 (categories of
customers, MWh PCS, ten delivery points) and the answer of the SDES quoted by the Agence ORE on 21 July 2022 (small
professionals are not in the file by address). What could not be read there is said « à confirmer ».
"""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from greencloud.checking.messages import plural
from greencloud.checking.messages.words import joined
from greencloud.crosscheck.comparing import BEYOND, COMPATIBLE, NOT_COMPARED, Comparison
from greencloud.crosscheck.deliveries import ELECTRICITY, GAS, Deliveries
from greencloud.rules.writing import french, sentence

VERDICTS = {BEYOND: "au-delà", COMPATIBLE: "compatible", NOT_COMPARED: "non comparé"}
REASONS = {
    "centre_non_publie": "l'édition ne publie rien au nom de ce centre",
    "annee_non_publiee": "l'édition n'a pas de ligne de ce centre pour cette année",
    "energie_absente": "aucune énergie n'est publiée pour cette année",
    "periode_hors_annee": "la période déclarée déborde de l'année civile",
    "commune_inconnue": "la commune du centre n'est pas au registre",
    "adresse_sans_numero": "l'adresse donnée n'a pas de numéro : la voie peut avoir plusieurs compteurs",
    "adresse_plusieurs_numeros": "l'adresse donnée a plusieurs numéros ; donnez celui du point de livraison",
    "commune_absente": "les fichiers d'électricité n'ont pas cette commune pour cette année (son code a pu changer)",
    "adresse_introuvable": "aucune ligne d'électricité ne porte cette adresse (voir les limites 1 et 2)",
    "adresse_dans_deux_iris": "l'adresse figure dans deux IRIS de la commune ; donnez code_iris",
    "adresse_ecrite_deux_fois": "l'adresse y est écrite de deux manières : rien ne dit que ce soit la même",
    "ligne_repetee": "l'adresse y a deux lignes de mêmes opérateur, secteur et activité : rien ne dit laquelle vaut",
}
SECTORS = {"A": "agriculture", "I": "industrie", "R": "résidentiel", "T": "tertiaire"}
LIMITS = {
    "petits_professionnels": (
        "Les points de livraison professionnels de 36 kVA au plus (électricité) ou au tarif T1 ou T2 (gaz) ne sont pas "
        "dans le fichier par adresse : une petite salle n'y est pas, et il peut manquer à une adresse jusqu'à "
        "315 360 kWh par an pour chaque point (36 kW pendant 8 760 heures)."
    ),
    "secret_logements": (
        "Le secret des logements retire les adresses de moins de 10 points de livraison résidentiels (11 avant le "
        "décret 2020-196) : une adresse absente n'a pas une consommation nulle. Les regroupements d'adresses : à "
        "confirmer."
    ),
    "adresse_de_livraison": (
        "L'énergie est rangée à l'adresse du point de livraison (à confirmer pour chaque opérateur). Un site livré en "
        "haute tension peut l'être à une autre entrée, ou pour tout un campus."
    ),
    "autres_energies": (
        "Le fioul des groupes, le froid ou la chaleur achetés et l'électricité produite sur place comptent dans "
        "l'énergie déclarée et ne sont dans aucun de ces fichiers."
    ),
    "annee_civile": (
        "Ces énergies sont ramenées à l'année civile, en partie par estimation : un dépassement de quelques pour cent "
        "peut venir de là (part estimée : à confirmer)."
    ),
    "gaz_non_fourni": "Aucun fichier de gaz de cette année n'est donné : seule l'électricité est comptée.",
    "gaz_sans_ligne": "Le fichier du gaz n'a pas de ligne à cette adresse : seule l'électricité est comptée.",
    "gaz_pcs": "Le gaz est compté en pouvoir calorifique supérieur, plus grand d'un dixième environ que l'inférieur.",
    "it_seule": "L'énergie totale n'est pas publiée : l'énergie informatique, qui en est une part, est comparée seule.",
    "periode_courte": "La période déclarée est plus courte que l'année : elle est comparée à l'année entière.",
    "centres_reunis": "Plusieurs centres donnés sont à cette adresse : c'est leur somme qui est comparée.",
    "synthetique": "Centre synthétique : sa déclaration est fabriquée pour la démonstration, l'adresse lui est prêtée.",
}
ONE_WAY = (
    "Au-delà : la déclaration dépasse ce qui a été livré à l'adresse, à vérifier avec le déclarant. Compatible ne "
    "prouve rien : un bâtiment consomme plus que sa salle."
)
NOTHING = (
    "Rien n'a pu être comparé, ce qui ne dit rien de ces déclarations. Vérifiez l'année des fichiers, les adresses et "
    "l'édition, d'après la raison donnée pour chaque centre."
)
COLUMNS = (
    *("id_centre", "nom_site", "annee", "adresse", "adresse_lue", "energie_declaree_kwh", "energie_comparee_kwh"),
    *("electricite_livree_kwh", "gaz_livre_kwh", "energie_livree_kwh", "points_livraison", "secteurs", "verdict"),
    *("depassement_kwh", "depassement_pct", "motif", "lignes", "limites", "synthetique"),
)


def compared(found: Sequence[Comparison]) -> bool:
    """Whether a verdict could be given on any site."""
    return any(one.verdict != NOT_COMPARED for one in found)


def limits(one: Comparison, deliveries: Deliveries) -> list[str]:
    """The codes of what the source leaves unsaid about one comparison, in the order of LIMITS."""
    found = {"petits_professionnels", "secret_logements", "adresse_de_livraison"}
    known = one.known
    if known is not None and known.synthetic:
        found.add("synthetique")
    if known is not None and one.lines:
        found |= {"autres_energies", "annee_civile", _gas(one, deliveries)}
        if known.it_only:
            found.add("it_seule")
        if (known.begins and (known.begins.month, known.begins.day) != (1, 1)) or (
            known.ends and (known.ends.month, known.ends.day) != (12, 31)
        ):
            found.add("periode_courte")
        if one.neighbours:
            found.add("centres_reunis")
    return [code for code in LIMITS if code in found]


def row(one: Comparison, deliveries: Deliveries) -> Mapping[str, object]:
    """A comparison as a row of the CSV: energies in kWh, exact; nothing compared is an empty cell, never a zero."""
    excess, delivered = one.excess_kwh, one.delivered_kwh
    return {
        "id_centre": one.site,
        "nom_site": None if one.known is None else one.known.name,
        "annee": one.year,
        "adresse": one.place.written,
        "adresse_lue": str(one.address),
        "energie_declaree_kwh": _plain(one.declared_kwh),
        "energie_comparee_kwh": _plain(one.at_address_kwh),
        "electricite_livree_kwh": _plain(one.delivered(ELECTRICITY)),
        "gaz_livre_kwh": _plain(one.delivered(GAS)),
        "energie_livree_kwh": _plain(delivered),
        "points_livraison": sum(line.points for line in one.lines) if one.lines else None,
        "secteurs": "|".join(sorted({line.sector for line in one.lines})) or None,
        "verdict": one.verdict,
        "depassement_kwh": _plain(excess),
        "depassement_pct": None if not excess or not delivered else f"{100 * excess / delivered:.1f}",
        "motif": one.reason,
        "lignes": "|".join(f"{line.file}:{line.line}" for line in one.lines) or None,
        "limites": "|".join(limits(one, deliveries)),
        "synthetique": None if one.known is None else one.known.synthetic,
    }


def lines(found: Sequence[Comparison], deliveries: Deliveries) -> Iterator[str]:
    """The result as text: a table of the sites, each with what bears on it, then the limits that are met, numbered."""
    numbers = {code: number for number, code in enumerate(LIMITS, 1)}
    yield f"{'Centre':<17}  {'Année':>5}  {'Déclaré (kWh)':>15}  {'Livré (kWh)':>15}  Verdict"
    for one in found:
        yield (
            f"{one.site:<17}  {one.year:>5}  {_figure(one.at_address_kwh or one.declared_kwh):>15}  "
            f"{_figure(one.delivered_kwh):>15}  {sentence(_verdict(one))}"
        )
        met = ", ".join(str(numbers[code]) for code in limits(one, deliveries))
        yield sentence(f"    {_circumstances(one)} ; limites {met}")
    yield ""
    yield sentence(_count(found))
    if found and not compared(found):
        yield sentence(NOTHING)
    yield sentence(ONE_WAY)
    yield ""
    yield "Limites"
    met_by_any = {code for one in found for code in limits(one, deliveries)}
    for code in LIMITS:
        if code in met_by_any:
            yield sentence(f"  {numbers[code]}. {LIMITS[code]}")


def _gas(one: Comparison, deliveries: Deliveries) -> str:
    if one.delivered(GAS) is not None:
        return "gaz_pcs"
    return "gaz_sans_ligne" if deliveries.holds(one.year, GAS) else "gaz_non_fourni"


def _verdict(one: Comparison) -> str:
    if one.reason is not None:
        return f"{VERDICTS[one.verdict]} : {REASONS[one.reason]}"
    excess, delivered = one.excess_kwh, one.delivered_kwh
    if excess is None or delivered is None:
        return VERDICTS[one.verdict]
    share = f", {french(round(100 * excess / delivered, 1))} %" if delivered else ""
    return f"{VERDICTS[one.verdict]} de {_figure(excess)} kWh{share}"


def _circumstances(one: Comparison) -> str:
    name = _absence(one) if one.known is None else one.known.name
    made = " (synthétique)" if one.known is not None and one.known.synthetic else ""
    told = [f"{name}{made}", str(one.address) or "sans adresse"]
    for energy, word in ((ELECTRICITY, "électricité"), (GAS, "gaz")):
        group = [line for line in one.lines if line.energy == energy]
        if group:
            sectors = ", ".join(SECTORS.get(code, code) for code in sorted({line.sector for line in group}))
            points = plural(sum(line.points for line in group), "point de livraison", "points de livraison")
            told.append(f"{word} {_figure(one.delivered(energy))} kWh ({sectors}, {points})")
    return " ; ".join(told)


def _absence(one: Comparison) -> str:
    if not one.other_years:
        return "centre inconnu de l'édition"
    return f"centre publié pour {joined([str(year) for year in one.other_years])}, pas pour {one.year}"


def _count(found: Sequence[Comparison]) -> str:
    counts = {code: sum(one.verdict == code for one in found) for code in VERDICTS}
    return (
        f"{plural(len(found), 'comparaison demandée', 'comparaisons demandées')} : {counts[BEYOND]} au-delà, "
        f"{plural(counts[COMPATIBLE], 'compatible')}, {plural(counts[NOT_COMPARED], 'non comparée', 'non comparées')}."
    )


def _figure(value: Decimal | None) -> str:
    return "—" if value is None else french(round(value, 3))


def _plain(value: Decimal | None) -> str | None:
    """A number without exponent or needless decimals."""
    if value is None:
        return None
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text

"""One page for each site published in its name: its years beside its peers, and where each number comes from."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import islice
from string import Formatter
from typing import Any

from dashboards import figures, french, links, svg
from dashboards.cells import Cell, DataTable, Head, Part, cell, published_table, sentence
from dashboards.data import Edition, Row
from dashboards.themes import NATURES, Page, alternatives, measured
from dashboards.themes.declared import ORIGIN
from dashboards.themes.peers import WORDS, words
from greencloud import rules, tables

SITES = "indicateurs_annuels"
_HEIGHT, _WIDTH = 260, 440
_SHORT = 12  # characters shown of a fingerprint
_ORIGIN = "origine"  # names the rows that say where a year comes from

LEVELS: Mapping[str, str] = {"pleine": "sans réserve", "reservee": "avec réserve", "non_comparable": "non comparable"}
QUALITIES: Mapping[str, str] = {
    "mesure": "mesurée",
    "estime": "estimée",
    "manquant": "relevés manquants",
    "point_change": "point de mesure changé en cours d’année",
}
_PERIMETERS: Mapping[str, str] = {
    "dedie": "bâtiment ou salle dédiés",
    "mixte_compte": "part d’un bâtiment partagé, mesurée par un compteur divisionnaire",
    "mixte_reparti": "part d’un bâtiment partagé, calculée par une clé",
    "inconnu": "inconnu",
}
EXCLUSIONS: Mapping[str, str] = {
    "energie_totale_absente": "énergie totale inconnue",
    "energie_it_absente": "énergie informatique inconnue",
    "ratio_energie_impossible": "rapport des deux énergies impossible",
    "periode_non_annuelle": "ne couvre pas l’année civile",
    "hebergement_circulaire": "centres qui se disent hébergés les uns chez les autres",
    "compte_chez_hote": "déjà compté chez son hôte",
    "compte_chez_repreneur": "compté chez son nouvel exploitant",
}
# Why the emissions of a year are not worked out: the codes of `motif_absence_cue` that leave them empty.
NO_EMISSIONS: Mapping[str, str] = {
    "energie_totale_absente": "énergie totale inconnue",
    "periode_non_annuelle": "l’année n’est pas entière",
    "territoire_inconnu": "commune inconnue, donc aucun facteur d’émission",
    "facteur_absent_territoire": "aucun facteur d’émission pour ce territoire",
    "facteur_absent_annee": "aucun facteur d’émission pour cette année",
    "groupes_secours": "des groupes de secours ont fourni de l’énergie, que le facteur du réseau ne compte pas",
    "production_sur_place": "une production sur place a fourni de l’énergie, que le facteur du réseau ne compte pas",
}
# What is found out once all the deposits are together; the rules of a row have their own sentence.
_FOUND_TOGETHER: Mapping[str, str] = {
    "ecart_consommations": "Une énergie déclarée et la somme des relevés de l’année diffèrent de plus de 5 %.",
    "releves_chevauchants": "Deux relevés d’un même poste couvrent un même jour.",
    "periode_remplacee": "Un relevé en remplace un autre qui finissait un autre jour : des jours ont pu être perdus.",
    "hebergement_circulaire": "Des centres se disent hébergés les uns chez les autres : aucun n’est compté.",
}

_YEARS = (
    Head("Année", "annee"),
    Head("Énergie totale", "energie_totale_kwh"),
    Head("Énergie informatique", "energie_it_kwh"),
    Head("PUE calculé", "pue_calcule"),
    Head("PUE déclaré", "pue_declare"),
    Head("Rang", "rang_pairs"),
    Head("Pairs classés", "nb_pairs"),
    Head("Pairs de la médiane", "nb_groupe_quartiles"),
    Head("Quartile 1", "pue_quartile_1_pairs"),
    Head("Médiane", "pue_mediane_pairs"),
    Head("Quartile 3", "pue_quartile_3_pairs"),
    Head("Facteur de charge", "facteur_charge"),
    Head("Eau (L/kWh, WUE)", "wue_l_par_kwh", french.ratio),
    Head("Part renouvelable (REF)", "ref", french.percent),
    Head("Chaleur valorisée (ERF)", "erf", french.percent),
    Head("Émissions", "emissions_tco2e"),
)
_QUALITY = (
    Head("Année", "annee"),
    Head("Comparabilité", "niveau_comparabilite", lambda level: LEVELS.get(level, level)),
    Head("Point de mesure", "categorie_mesure_it", lambda category: WORDS.get(category, category)),
    Head("Qualité de la mesure", "qualite_mesure", lambda quality: QUALITIES.get(quality, quality)),
    Head("Périmètre", "perimetre", lambda perimeter: _PERIMETERS.get(perimeter, perimeter)),
    Head("Compté dans les sommes", "inclus_dans_agregats", lambda included: "oui" if included else "non"),
    Head("Sinon, pourquoi", "motif_exclusion", lambda why: EXCLUSIONS.get(why, why)),
)
_PROVENANCE = (
    Head("Année", "annee"),
    Head("Dépôt (début de l’empreinte)", "depot_sha256", lambda print_: f"{print_[:_SHORT]}…"),
    Head("Ligne", "depot_ligne"),
    Head("Reçu le", "depot_recu_le", french.date),
    *ORIGIN,
)
_NO_PUE = {
    "non_comparable": "son PUE ne se compare pas à celui d’autres sites, voir plus bas",
    "reservee": "son PUE ne se compare qu’avec réserve, voir plus bas",
}


@dataclass(frozen=True)
class Answer:
    """A sentence about a row: its parts, and the key of the row."""

    key: str
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Doubt:
    """What the checks found odd in a year of a site: the year, the rule's code, what it says."""

    year: int
    code: str
    said: str


@dataclass(frozen=True)
class Saving:
    """What a site would have saved in a year at another PUE with the same servers, and what that comes from."""

    year: Cell
    total: Cell
    it: Cell
    target: Part
    formula: str
    saved: str
    worth: str
    better: bool


def pages(edition: Edition, first: int = 0, step: int = 1) -> Iterator[Page]:
    """The pages `centres/<id_centre>.html`, one at a time as there may be thousands; from `first`, one in `step`."""
    by_site: dict[str, list[Row]] = defaultdict(list)
    for row in edition.sites:
        by_site[row["id_centre"]].append(row)
    sites = {identifier: sorted(rows, key=lambda row: int(row["annee"])) for identifier, rows in by_site.items()}
    titles = Counter(_title(rows[-1]) for rows in sites.values())
    for identifier, rows in islice(sorted(sites.items()), first, None, step):
        if links.site(identifier):
            title = _title(rows[-1])
            yield _page(edition, identifier, title if titles[title] == 1 else f"{title} ({identifier})", rows)


def _title(row: Row) -> str:
    """The name of a site, with its body's: many sites are named alike."""
    return ", ".join(filter(None, (row["nom_site"] or row["id_centre"], row["organisme"])))


def _page(edition: Edition, identifier: str, title: str, rows: Sequence[Row]) -> Page:
    last = rows[-1]
    name = last["nom_site"] or identifier
    doubts = [doubt for row in reversed(rows) for doubt in _doubts(row)]
    context: dict[str, Any] = {
        "identifier": identifier,
        "last": last,
        "key": cell(last, SITES, "annee").key,
        "nature": next(nature for nature in NATURES if nature.synthetic is last["synthetique"]),
        "facts": list(_facts(edition, last)),
        "answer": _answer(edition, rows),
        "drawing": _drawing(rows, name),
        "alternative": _alternative(rows, name),
        "span": str(last["annee"]) if len(rows) == 1 else f"{rows[0]['annee']} à {last['annee']}",
        "peers": _peers(edition, rows),
        "years": _table("annees", "Ses indicateurs, année par année", rows, _YEARS),
        "savings": _savings(edition, rows),
        "quality": _table("qualite", "Ce que vaut chaque année", rows, _QUALITY),
        "measured": measured.answer(edition.measures.get(identifier, [])),
        "measures": measured.address(edition, identifier),
        "doubts": doubts,
        "moved": _years_of([row for row in rows if row["qualite_mesure"] == "point_change"]),
        "no_emissions": _no_emissions(rows),
        "provenance": replace(
            _table("provenance", "D’où vient chaque ligne", rows, _PROVENANCE), anchor=_ORIGIN, leads=""
        ),
    }
    return Page(links.site(identifier), "centre.html.j2", title, "classement.html", context)


def _table(name: str, caption: str, rows: Sequence[Row], heads: Sequence[Head]) -> DataTable:
    """Newest year first, each leading to its origin; a column that no year fills is left out."""
    filled = [head for head in heads if any(row[head.column] is not None for row in rows)]
    return replace(published_table(name, caption, SITES, rows[::-1], filled), leads=_ORIGIN)


def _facts(edition: Edition, row: Row) -> Iterator[tuple[str, Part]]:
    """What the register says of the site: label and published value."""
    forms = (
        ("Organisme", "organisme", None),
        ("Hébergement", "type_hebergement", lambda kind: edition.label("type_hebergement", kind)),
        ("Usage principal", "usage_principal", lambda use: WORDS.get(use, use)),
        ("Région", "nom_region", None),
        ("Puissance informatique installée", "puissance_it_installee_kw", lambda kw: f"{french.plain(kw)}\u00a0kW"),
        ("Numéro du centre", "id_centre", None),
    )
    for label, column, form in forms:
        if row[column] is not None:
            yield label, cell(row, SITES, column, form)


def _answer(edition: Edition, rows: Sequence[Row]) -> Answer:
    """The last PUE that can be computed, and its place among the peers, in one sentence."""
    known = [row for row in rows if row["pue_calcule"] is not None]
    if not known:
        return Answer("", _without_pue(rows[-1]))
    row = known[-1]
    cells = {"pue": cell(row, SITES, "pue_calcule"), "annee": cell(row, SITES, "annee")}
    if row["rang_pairs"] is not None:
        parts = sentence(
            "En {annee}, son PUE est de {pue} : rang {rang} sur {pairs} parmi ses pairs ({groupe}).",
            rang=cell(row, SITES, "rang_pairs"),
            pairs=cell(row, SITES, "nb_pairs"),
            groupe=cell(row, SITES, "groupe_pairs", lambda group: words(edition.label, group)),
            **cells,
        )
    else:
        parts = sentence(f"En {{annee}}, son PUE est de {{pue}}. Le site n’a pas de rang : {_unranked(row)}.", **cells)
    return Answer(cells["pue"].key, parts)


def _unranked(row: Row) -> str:
    """Why a PUE that is known has no rank."""
    if row["niveau_comparabilite"] in _NO_PUE:
        return _NO_PUE[row["niveau_comparabilite"]]
    if row["classe_taille"] in (None, "TX"):
        return "sa puissance informatique n’est pas connue, et des pairs sont d’abord de même taille"
    return "moins de trois sites lui ressemblent, même en élargissant le groupe"


def _peers(edition: Edition, rows: Sequence[Row]) -> Answer | None:
    """Whose median is drawn, in the last year that has one: it takes eight peers, a rank only three."""
    known = [row for row in rows if row["groupe_quartiles"] is not None]
    if not known:
        return None
    row = known[-1]
    wider = " Ce groupe est plus large que celui du rang." if row["groupe_quartiles"] != row["groupe_pairs"] else ""
    cells = {
        "annee": cell(row, SITES, "annee"),
        "sites": cell(row, SITES, "nb_groupe_quartiles"),
        "mediane": cell(row, SITES, "pue_mediane_pairs"),
        "groupe": cell(row, SITES, "groupe_quartiles", lambda group: words(edition.label, group)),
    }
    model = (
        f"En {{annee}}, la médiane de {{mediane}} est celle de {{sites}} sites, celui-ci compris ({{groupe}}).{wider}"
    )
    return Answer(cells["annee"].key, sentence(model, **cells))


def _without_pue(row: Row) -> tuple[Part, ...]:
    why = "Aucun PUE ne se calcule : il faut l’énergie totale et l’énergie informatique de la même année."
    if row["pue_declare"] is None:
        return sentence(why)
    return sentence(f"Le PUE annoncé est de {{pue}}. {why}", pue=cell(row, SITES, "pue_declare"))


def _savings(edition: Edition, rows: Sequence[Row]) -> list[Saving]:
    """What the last year of the totals would save at the PUE of its best peers, and at 1,5."""
    counted = [row for row in rows if row["inclus_dans_agregats"] and row["niveau_comparabilite"] != "non_comparable"]
    if not counted:
        return []
    row = counted[-1]
    targets: list[tuple[Part, float]] = [
        (french.number(value, 1), value) for value in _assumed(edition, "pue_1_5", "pue_cible")
    ]
    if row["pue_quartile_1_pairs"] is not None:
        targets.insert(0, (cell(row, SITES, "pue_quartile_1_pairs"), row["pue_quartile_1_pairs"]))
    prices = _assumed(edition, "tous", "prix_electricite", "central")
    return [_saving(row, shown, target, prices) for shown, target in targets]


def _assumed(edition: Edition, scenario: str, parameter: str, level: str = "tous") -> list[float]:
    wanted = (scenario, parameter, level)
    found = [row for row in edition.assumptions if (row["scenario"], row["parametre"], row["niveau"]) == wanted]
    return [float(row["valeur"]) for row in found]


def _saving(row: Row, shown: Part, target: float, prices: Sequence[float]) -> Saving:
    saved = float(row["energie_totale_kwh"] - row["energie_it_kwh"] * target)
    worth = "".join(
        f", soit environ {french.euros(saved / 1000 * price)} par an à {french.number(price)}\u00a0€ le MWh hors TVA"
        for price in prices
    )
    return Saving(
        year=cell(row, SITES, "annee"),
        total=cell(row, SITES, "energie_totale_kwh"),
        it=cell(row, SITES, "energie_it_kwh"),
        target=shown,
        formula=f"energie_totale_kwh - energie_it_kwh * {target!r}",
        saved=french.energy(max(saved, 0.0)),
        worth=worth,
        better=saved <= 0,
    )


def _doubts(row: Row) -> Iterator[Doubt]:
    for code in filter(None, (row["avertissements"] or "").split("|")):
        yield Doubt(row["annee"], code, french.typography(_said(code)))


@cache
def _said(code: str) -> str:
    """What a rule says, in words: `…` stands for a value of the row, and a column has its title."""
    rule = next((rule for rule in rules.catalogue() if rule.code == code), None)
    if rule is None:
        return _FOUND_TOGETHER.get(code, "")
    named = " ou ".join(rule.champs)
    parts = [
        text + ("" if name is None else named if name == "colonne" else "…")
        for text, name, _, _ in Formatter().parse(rule.message)
    ]
    return _titled("".join(parts))


def _titled(text: str) -> str:
    titles = {field.name: field.title for name in ("centres", "declarations") for field in tables.table(name).fields}
    return re.sub(r"\b[a-z]+(?:_[a-z0-9]+)+\b", lambda found: f"« {titles.get(found[0], found[0])} »", text)


def _years_of(rows: Sequence[Row]) -> str:
    return ", ".join(str(row["annee"]) for row in rows)


def _no_emissions(rows: Sequence[Row]) -> list[str]:
    """The years without emissions, by reason, in the order of the years."""
    by_reason: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if row["emissions_tco2e"] is None and row["motif_absence_cue"] in NO_EMISSIONS:
            by_reason[NO_EMISSIONS[row["motif_absence_cue"]]].append(row)
    return [f"{_years_of(those)} ({reason})" for reason, those in by_reason.items()]


# ---- the drawing ----


def _drawn(rows: Sequence[Row]) -> list[Row]:
    return [row for row in rows if row["pue_calcule"] is not None]


def _alternative(rows: Sequence[Row], name: str) -> str:
    drawn = _drawn(rows)
    if not drawn:
        return ""
    told = alternatives.over_years(
        [(str(row["annee"]), row["pue_calcule"], french.ratio(row["pue_calcule"])) for row in drawn]
    )
    return f"PUE calculé de {name} : {told}. Les valeurs, et celles des pairs, sont dans le tableau qui suit."


def _drawing(rows: Sequence[Row], name: str) -> str:
    """The PUE of each year as a diamond, joined, over the middle half of the peers; empty without any PUE."""
    drawn = _drawn(rows)
    if not drawn:
        return ""
    known = [row for row in rows if row["pue_quartile_1_pairs"] is not None]
    values = [row["pue_calcule"] for row in drawn]
    highest = max([*values, *(row["pue_quartile_3_pairs"] for row in known)])
    years = [row["annee"] for row in rows]
    described = figures.described(
        [_joined(rows), _diamonds(drawn)],
        height=_HEIGHT,
        synthetic=bool(rows[-1]["synthetique"]),
        shapes=[shape for row in known for shape in _band(row)],
        annotations=[_value(row) for row in (drawn[0], drawn[-1])[: len(drawn)]],
        margin={"l": 8, "r": 16, "t": 12, "b": 28},
        xaxis=figures.axis(range=[min(years) - 0.5, max(years) + 0.5], tickvals=years, tickformat="d", showgrid=False),
        yaxis=figures.axis(range=[1.0, highest + 0.2], tickformat=".1f", nticks=5),
    )
    return svg.render(described, "pue", _alternative(rows, name), _WIDTH)


def _joined(rows: Sequence[Row]) -> dict[str, Any]:
    """The line from year to year, broken where a year has no PUE, or nothing at all."""
    line = {"color": figures.BLUE, "width": 2}
    by_year = {int(row["annee"]): row["pue_calcule"] for row in rows}
    years = list(range(min(by_year), max(by_year) + 1))
    return {"type": "scatter", "mode": "lines", "x": years, "y": [by_year.get(year) for year in years], "line": line}


def _diamonds(rows: Sequence[Row]) -> dict[str, Any]:
    marker = {
        "size": 11,
        "color": figures.BLUE,
        "symbol": ["diamond" if row["niveau_comparabilite"] == "pleine" else "diamond-open" for row in rows],
    }
    years, values = [row["annee"] for row in rows], [row["pue_calcule"] for row in rows]
    return {"type": "scatter", "mode": "markers", "x": years, "y": values, "marker": marker}


def _band(row: Row) -> Iterator[dict[str, Any]]:
    """The middle half of the peers in a year, outlined so that it is seen on white, and their median."""
    sides = {"x0": row["annee"] - 0.28, "x1": row["annee"] + 0.28, "layer": "below"}
    low, middle, high = (row[f"pue_{name}_pairs"] for name in ("quartile_1", "mediane", "quartile_3"))
    edge = {"color": figures.MUTED, "width": 1}
    yield {"type": "rect", "y0": low, "y1": high, "fillcolor": "rgba(79,93,107,0.16)", "line": edge, **sides}
    yield {"type": "line", "y0": middle, "y1": middle, "line": {"color": figures.MUTED, "width": 2}, **sides}


def _value(row: Row) -> dict[str, Any]:
    """The number of a point, in its colour and on paper: over the band of the peers, it is not theirs."""
    text = f"<b>{french.ratio(row['pue_calcule'])}</b>"
    look = {"bgcolor": figures.PAPER, "font": {"color": figures.BLUE, "size": 13}}
    return figures.note(text, x=row["annee"], y=row["pue_calcule"], yshift=9, yanchor="bottom", **look)

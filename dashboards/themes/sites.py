"""One page for each site published in its name: its years beside its peers, and where each number comes from."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from dashboards import figures, french, svg
from dashboards.cells import DataTable, Head, Part, cell, published_table, sentence
from dashboards.data import Edition, Row
from dashboards.themes import NATURES, Page
from dashboards.themes.declared import ORIGIN
from dashboards.themes.ranking import WORDS
from greencloud import rules

SITES = "indicateurs_annuels"
FOLDER = "centres"
_HEIGHT, _WIDTH = 280, 640

LEVELS: Mapping[str, str] = {"pleine": "sans réserve", "reservee": "avec réserve", "non_comparable": "non comparable"}

_YEARS = (
    Head("Année", "annee"),
    Head("Énergie totale", "energie_totale_kwh"),
    Head("Énergie informatique", "energie_it_kwh"),
    Head("PUE calculé", "pue_calcule"),
    Head("PUE déclaré", "pue_declare"),
    Head("Comparabilité", "niveau_comparabilite", lambda level: LEVELS.get(level, level)),
    Head("Rang", "rang_pairs"),
    Head("Parmi", "nb_pairs"),
    Head("Médiane des pairs", "pue_mediane_pairs"),
    Head("Facteur de charge", "facteur_charge"),
    Head("WUE (L/kWh)", "wue_l_par_kwh", french.ratio),
    Head("Part renouvelable (REF)", "ref", french.percent),
    Head("Chaleur valorisée (ERF)", "erf", french.percent),
    Head("Émissions", "emissions_tco2e"),
)
_PROVENANCE = (
    Head("Année", "annee"),
    Head("Dépôt (empreinte)", "depot_sha256", shape="empreinte"),
    Head("Ligne", "depot_ligne"),
    Head("Reçu le", "depot_recu_le", french.date),
    *ORIGIN,
)
_NO_PUE = {
    "non_comparable": "son PUE ne se compare pas à celui d’autres sites, pour les raisons dites plus bas",
}


@dataclass(frozen=True)
class Doubt:
    """What the checks found odd in a year of a site: the year, the rule's code, its question and its answer."""

    year: int
    code: str
    question: str


def path(identifier: str) -> str:
    """The page of a site, from `tableaux-de-bord/`."""
    return f"{FOLDER}/{identifier}.html"


def pages(edition: Edition) -> Iterator[Page]:
    """The pages `centres/<id_centre>.html`, one at a time: there may be thousands."""
    by_site: dict[str, list[Row]] = defaultdict(list)
    for row in edition.sites:
        by_site[row["id_centre"]].append(row)
    for identifier, rows in sorted(by_site.items()):
        yield _page(edition, identifier, sorted(rows, key=lambda row: int(row["annee"])))


def _page(edition: Edition, identifier: str, rows: Sequence[Row]) -> Page:
    last = rows[-1]
    name = last["nom_site"] or identifier
    context: dict[str, Any] = {
        "identifier": identifier,
        "last": last,
        "nature": next(nature for nature in NATURES if nature.synthetic is last["synthetique"]),
        "facts": list(_facts(edition, last)),
        "answer": _answer(rows),
        "drawing": _drawing(rows, name),
        "alternative": _alternative(rows, name),
        "years": _table("annees", "Ses indicateurs, année par année", rows, _YEARS),
        "doubts": [doubt for row in rows for doubt in _doubts(row)],
        "provenance": _table("provenance", "D’où vient chaque ligne", rows, _PROVENANCE),
    }
    return Page(path(identifier), "centre.html.j2", name, "classement.html", context)


def _table(name: str, caption: str, rows: Sequence[Row], heads: Sequence[Head]) -> DataTable:
    """Newest year first; a column that no year fills is left out."""
    filled = [head for head in heads if any(row[head.column] is not None for row in rows)]
    return published_table(name, caption, SITES, rows[::-1], filled)


def _facts(edition: Edition, row: Row) -> Iterator[tuple[str, Part]]:
    """What the register says of the site: label and published value."""
    forms = (
        ("Organisme", "organisme", None),
        ("Hébergement", "type_hebergement", lambda kind: edition.label("type_hebergement", kind)),
        ("Usage principal", "usage_principal", lambda use: WORDS.get(use, use)),
        ("Région", "nom_region", None),
        ("Puissance informatique installée", "puissance_it_installee_kw", lambda kw: f"{french.plain(kw)}\u00a0kW"),
        ("Taille", "classe_taille", lambda size: edition.label("classe_taille", size)),
        ("Numéro du centre", "id_centre", None),
    )
    for label, column, form in forms:
        if row[column] is not None:
            yield label, cell(row, SITES, column, form)


def _answer(rows: Sequence[Row]) -> tuple[Part, ...]:
    """The last PUE that can be computed, and its place among the peers, in one sentence."""
    known = [row for row in rows if row["pue_calcule"] is not None]
    if not known:
        return sentence(
            "Aucun PUE ne se calcule : il faut l’énergie totale et l’énergie informatique de la même année."
        )
    row = known[-1]
    cells = {"pue": cell(row, SITES, "pue_calcule"), "annee": cell(row, SITES, "annee")}
    if row["rang_pairs"] is not None:
        return sentence(
            "En {annee}, son PUE calculé est {pue} : rang {rang} sur {pairs} dans son groupe de pairs ({groupe}).",
            rang=cell(row, SITES, "rang_pairs"),
            pairs=cell(row, SITES, "nb_pairs"),
            groupe=cell(row, SITES, "groupe_pairs", _group),
            **cells,
        )
    why = _NO_PUE.get(row["niveau_comparabilite"], "ses pairs sont moins de trois, ou il se compare avec réserve")
    return sentence(f"En {{annee}}, son PUE calculé est {{pue}} ; il n’a pas de rang : {why}.", **cells)


def _group(name: str) -> str:
    return ", ".join(WORDS.get(part, part) for part in name.split(", "))


def _doubts(row: Row) -> Iterator[Doubt]:
    for code in filter(None, (row["avertissements"] or "").split("|")):
        yield Doubt(row["annee"], code, _corrections().get(code, ""))


@cache
def _corrections() -> dict[str, str]:
    return {rule.code: rule.correction for rule in rules.catalogue()}


# ---- the drawing ----


def _drawn(rows: Sequence[Row]) -> list[Row]:
    return [row for row in rows if row["pue_calcule"] is not None]


def _alternative(rows: Sequence[Row], name: str) -> str:
    drawn = _drawn(rows)
    if not drawn:
        return ""
    first, last = drawn[0], drawn[-1]
    told = f"PUE calculé de {name} : {french.ratio(first['pue_calcule'])} en {first['annee']}"
    if len(drawn) > 1:
        told += f", {french.ratio(last['pue_calcule'])} en {last['annee']}"
    return f"{told}. Les valeurs, et celles des pairs, sont dans le tableau qui suit."


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
    """The line from year to year, broken where a year has no PUE."""
    line = {"color": figures.BLUE, "width": 2}
    values = [row["pue_calcule"] for row in rows]
    return {"type": "scatter", "mode": "lines", "x": [row["annee"] for row in rows], "y": values, "line": line}


def _diamonds(rows: Sequence[Row]) -> dict[str, Any]:
    marker = {
        "size": 11,
        "color": figures.BLUE,
        "symbol": ["diamond" if row["niveau_comparabilite"] == "pleine" else "diamond-open" for row in rows],
    }
    years, values = [row["annee"] for row in rows], [row["pue_calcule"] for row in rows]
    return {"type": "scatter", "mode": "markers", "x": years, "y": values, "marker": marker}


def _band(row: Row) -> Iterator[dict[str, Any]]:
    """The middle half of the peers in a year, and their median."""
    sides = {"x0": row["annee"] - 0.28, "x1": row["annee"] + 0.28, "layer": "below"}
    low, middle, high = (row[f"pue_{name}_pairs"] for name in ("quartile_1", "mediane", "quartile_3"))
    yield {"type": "rect", "y0": low, "y1": high, "fillcolor": "rgba(79,93,107,0.16)", "line": {"width": 0}, **sides}
    yield {"type": "line", "y0": middle, "y1": middle, "line": {"color": figures.MUTED, "width": 2}, **sides}


def _value(row: Row) -> dict[str, Any]:
    text = f"<b>{french.ratio(row['pue_calcule'])}</b>"
    return figures.note(text, x=row["annee"], y=row["pue_calcule"], yshift=9, yanchor="bottom")

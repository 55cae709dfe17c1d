"""Sites beside their peers: a rank is only given within a peer group, and never across measurement categories."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from dashboards import french
from dashboards.cells import BODY, SITE, Cell, Head, Part, cell, sentence
from dashboards.data import Edition, Row, last_year
from dashboards.themes import NATURES, Nature, Page
from dashboards.themes.peers import sizes, words
from dashboards.themes.sites import LEVELS

SITES = "indicateurs_annuels"
FIRST = 50  # rows that are shown at a time; those after them come when they are asked for

LETTERS: Mapping[str, str] = {
    "A": "A, sans réserve",
    "B": "B, une réserve",
    "C": "C, plusieurs réserves",
    "D": "D, pas une année entière",
    "E": "E, PUE déclaré seul",
}


@dataclass(frozen=True)
class Shown:
    """A column of the list: its head, and the name of its form in `commun.js`."""

    head: Head
    shape: str = ""
    numeric: bool = False


def pages(edition: Edition) -> list[Page]:
    """The page `classement.html`: the first sites of the last year of each nature, and all the others on demand."""
    years = sorted({row["annee"] for row in edition.sites}, reverse=True)
    shown = _shown(edition)
    context = {
        "years": years,
        "first": FIRST,
        "shown": shown,
        "parts": [_part(edition, nature, shown) for nature in NATURES],
        "choices": _choices(edition) if years else [],
    }
    return [Page("classement.html", "classement.html.j2", "Classement des sites", "classement.html", context)]


def ordered(rows: Sequence[Row]) -> list[Row]:
    """Ranked sites first, the largest before the others, by group and rank; `classement.js` orders them alike."""
    return sorted(rows, key=_order)


def _order(row: Row) -> tuple[Any, ...]:
    group = row["groupe_pairs"] or ""
    return row["rang_pairs"] is None, _size(group), group, row["rang_pairs"] or 0, row["id_centre"]


def _size(group: str) -> int:
    return 9 - int(group[1]) if group[:1] == "T" and group[1:2].isdigit() else 10


def _shown(edition: Edition) -> tuple[Shown, ...]:
    group = partial(words, edition.label)
    return (
        Shown(SITE, "nom"),
        Shown(BODY),
        Shown(Head("PUE calculé", "pue_calcule"), "ratio", numeric=True),
        Shown(Head("Rang", "rang_pairs"), "entier", numeric=True),
        Shown(Head("Nombre de pairs", "nb_pairs"), "entier", numeric=True),
        Shown(Head("Groupe de pairs", "groupe_pairs", group, shape="long")),
        Shown(Head("Médiane", "pue_mediane_pairs"), "ratio", numeric=True),
        Shown(Head("Groupe de la médiane", "groupe_quartiles", group, shape="long")),
        Shown(Head("Énergie totale (MWh)", "energie_totale_kwh", french.megawatt_hours), "mwh", numeric=True),
        Shown(Head("Type d’hébergement", "type_hebergement", lambda kind: edition.label("type_hebergement", kind))),
        Shown(Head("Puissance informatique", "classe_taille", sizes)),
        Shown(Head("Région", "nom_region")),
        Shown(Head("Comparabilité", "niveau_comparabilite", lambda level: LEVELS.get(level, level))),
    )


def _part(edition: Edition, nature: Nature, shown: Sequence[Shown]) -> dict[str, Any]:
    everyone = [row for row in edition.sites if row["synthetique"] is nature.synthetic]
    year = last_year(everyone)
    rows = ordered([row for row in everyone if row["annee"] == year])
    return {
        "nature": nature,
        "known": bool(everyone),
        "year": year,
        "total": len(rows),
        "rows": [(cell(row, SITES, "annee").key, _cells(row, shown)) for row in rows[:FIRST]],
        "answer": _answer(edition, rows),
    }


def _cells(row: Row, shown: Sequence[Shown]) -> list[Cell]:
    return [column.head.cell(row, SITES) for column in shown]


def _answer(edition: Edition, rows: Sequence[Row]) -> tuple[Part, ...]:
    """Who leads the group of most peers: the ten seconds' answer; nothing is said across groups."""
    firsts = [row for row in rows if row["rang_pairs"] == 1]
    if not firsts:
        return ()
    row = max(firsts, key=lambda row: int(row["nb_pairs"]))
    return sentence(
        "En {annee}, dans le groupe le plus nombreux ({groupe}), le premier de {pairs} sites est {site}, avec un PUE "
        "de {pue}.",
        annee=cell(row, SITES, "annee"),
        groupe=cell(row, SITES, "groupe_pairs", partial(words, edition.label)),
        pairs=cell(row, SITES, "nb_pairs"),
        site=SITE.cell(row, SITES),
        pue=cell(row, SITES, "pue_calcule"),
    )


def _choices(edition: Edition) -> list[dict[str, Any]]:
    """The filters: name in the address, published column, label, and the values that some row has."""
    rows = edition.sites
    labels: tuple[tuple[str, str, str, str, Mapping[str, str]], ...] = (
        ("hebergement", "type_hebergement", "Type d’hébergement", "Tous", _labelled(edition, "type_hebergement")),
        ("taille", "classe_taille", "Puissance informatique", "Toutes", _by(rows, "classe_taille", sizes)),
        ("region", "code_region", "Région", "Toutes", _regions(rows)),
        ("organisme", "categorie_organisme", "Organisme", "Tous", _labelled(edition, "categorie_organisme")),
        ("comparabilite", "niveau_comparabilite", "Comparabilité", "Toutes", _levels(rows)),
        (
            "lettre",
            "lettre_comparabilite",
            "Lettre de comparabilité",
            "Toutes",
            _by(rows, "lettre_comparabilite", LETTERS.get),
        ),
    )
    return [
        {"name": name, "column": column, "label": label, "all": everything, "values": list(values.items())}
        for name, column, label, everything, values in labels
    ]


def _by(rows: Sequence[Row], column: str, label: Any) -> dict[str, str]:
    return {code: label(code) for code in sorted({row[column] for row in rows if row[column]})}


def _labelled(edition: Edition, column: str) -> dict[str, str]:
    found = _by(edition.sites, column, lambda code: edition.label(column, code))
    return dict(sorted(found.items(), key=lambda item: french.alphabetical(item[1])))


def _regions(rows: Sequence[Row]) -> dict[str, str]:
    names = {row["code_region"]: row["nom_region"] or row["code_region"] for row in rows if row["code_region"]}
    return dict(sorted(names.items(), key=lambda item: french.alphabetical(item[1])))


def _levels(rows: Sequence[Row]) -> dict[str, str]:
    known = {row["niveau_comparabilite"] for row in rows}
    return {code: label for code, label in LEVELS.items() if code in known}

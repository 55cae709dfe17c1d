"""Data that a page asks for when it needs it: `donnees/sites-<annee>.js`, one file a year.

Each is one statement, `gcn.recevoir(name, table)`: a page opened from a folder may load a script, and nothing else.
"""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from dashboards.data import Edition, Row
from dashboards.french import alphabetical
from dashboards.themes.peers import WORDS, sizes, words
from dashboards.themes.sites import LEVELS, QUALITIES

FOLDER = "donnees"

# All of them published, in the order of the table.
COLUMNS = (
    *("id_centre", "nom_site", "organisme", "categorie_organisme", "type_hebergement", "usage_principal"),
    *("code_region", "nom_region", "puissance_it_installee_kw", "classe_taille"),
    *("energie_totale_kwh", "energie_it_kwh", "pue_declare", "pue_calcule", "categorie_mesure_it", "qualite_mesure"),
    *("lettre_comparabilite", "niveau_comparabilite"),
    *("facteur_charge", "wue_l_par_kwh", "erf", "ref", "emissions_tco2e"),
    *("groupe_pairs", "nb_pairs", "rang_pairs", "groupe_quartiles", "nb_groupe_quartiles"),
    *("pue_quartile_1_pairs", "pue_mediane_pairs", "pue_quartile_3_pairs", "synthetique"),
)


def name(year: int) -> str:
    """The name under which the pages ask for a year."""
    return f"sites-{year}"


def write(edition: Edition, folder: Path) -> Iterator[Path]:
    """Write the sites of each year under `folder`, real and synthetic ones told apart by their column."""
    (folder / FOLDER).mkdir(parents=True, exist_ok=True)
    by_year: dict[int, list[Row]] = defaultdict(list)
    for row in edition.sites:
        by_year[row["annee"]].append(row)
    for year, rows in sorted(by_year.items()):
        path = folder / FOLDER / f"{name(year)}.js"
        path.write_text(statement(edition, year, rows), encoding="utf-8", newline="\n")
        yield path


def statement(edition: Edition, year: int, rows: Sequence[Row]) -> str:
    """The script of a year: the columns, what their codes mean, one line a site in the order of their numbers."""
    lines = [_json([row[column] for column in COLUMNS]) for row in sorted(rows, key=lambda row: str(row["id_centre"]))]
    labels = _json(_labels(edition, rows))
    table = f'{{"colonnes":{_json(COLUMNS)},"libelles":{labels},"lignes":[\n' + ",\n".join(lines) + "\n]}"
    return f"gcn.recevoir({_json(name(year))},{table});\n"


def _labels(edition: Edition, rows: Sequence[Row]) -> dict[str, dict[str, str]]:
    """What the codes mean, by column, in the order that a list of sites sorted by the column follows."""
    kinds, bodies = (
        {code: edition.label(column, code) for code in _codes(rows, column)}
        for column in ("type_hebergement", "categorie_organisme")
    )
    return {
        "type_hebergement": _by_words(kinds),
        "categorie_organisme": _by_words(bodies),
        "usage_principal": _by_words({code: WORDS[code] for code in _codes(rows, "usage_principal")}),
        "categorie_mesure_it": {code: WORDS[code] for code in _codes(rows, "categorie_mesure_it")},
        "classe_taille": {code: sizes(code) for code in _codes(rows, "classe_taille")},
        "niveau_comparabilite": dict(LEVELS),
        "qualite_mesure": dict(QUALITIES),
        "groupe_pairs": {group: words(edition.label, group) for group in _codes(rows, "groupe_pairs")},
        "groupe_quartiles": {group: words(edition.label, group) for group in _codes(rows, "groupe_quartiles")},
    }


def _codes(rows: Sequence[Row], column: str) -> list[str]:
    return sorted({row[column] for row in rows} - {None})


def _by_words(labels: Mapping[str, str]) -> dict[str, str]:
    return dict(sorted(labels.items(), key=lambda item: alphabetical(item[1])))


def _json(value: object) -> str:
    """JSON that a script may hold, whatever the texts of the data: no tag, no line end of JavaScript alone."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text

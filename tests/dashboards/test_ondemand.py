"""The data that pages ask for: what is published, the same values, nothing that a script could run."""

import csv
import json
import re
from pathlib import Path
from typing import Any

import pytest

from dashboards import data, french, ondemand
from dashboards.themes import compare
from greencloud import tables


def _table(path: Path) -> dict[str, Any]:
    found = re.fullmatch(r'gcn\.recevoir\("([\w-]+)",(.*)\);\n', path.read_text(encoding="utf-8"), re.DOTALL)
    assert found and found[1] == path.stem
    table: dict[str, Any] = json.loads(found[2])
    return table


@pytest.fixture(scope="module")
def folder(edition_dir: Path) -> Path:
    return edition_dir / "tableaux-de-bord" / ondemand.FOLDER


def test_one_file_a_year(folder: Path) -> None:
    assert sorted(path.name for path in folder.iterdir()) == [f"sites-{year}.js" for year in range(2019, 2026)]


def test_the_columns_are_published(folder: Path) -> None:
    assert set(ondemand.COLUMNS) <= set(tables.table("indicateurs_annuels").column_names)


@pytest.mark.parametrize("year", [2019, 2025])
def test_every_site_of_the_year_is_there_with_its_published_values(edition_dir: Path, folder: Path, year: int) -> None:
    with (edition_dir / "indicateurs_annuels.csv").open(encoding="utf-8", newline="") as file:
        published = {row["id_centre"]: row for row in csv.DictReader(file) if row["annee"] == str(year)}
    table = _table(folder / f"sites-{year}.js")
    rows = [dict(zip(table["colonnes"], values, strict=True)) for values in table["lignes"]]
    assert [row["id_centre"] for row in rows] == sorted(published)
    for row in rows:
        for column, value in row.items():
            said = published[row["id_centre"]][column]
            if isinstance(value, float | int) and not isinstance(value, bool):
                assert float(said) == value, column
            else:
                assert said == ("" if value is None else str(value).lower() if isinstance(value, bool) else value)


def test_every_code_that_is_shown_has_its_words(folder: Path) -> None:
    for path in folder.iterdir():
        table = _table(path)
        for column, words in table["libelles"].items():
            place = table["colonnes"].index(column)
            assert {values[place] for values in table["lignes"]} - {None} <= set(words), column


def test_codes_are_sorted_as_their_words_mean(folder: Path) -> None:
    """A list sorted by a column follows the order of its words: 10 MW is more than 1 MW."""
    labels = _table(folder / "sites-2025.js")["libelles"]
    assert list(labels["niveau_comparabilite"]) == ["pleine", "reservee", "non_comparable"]
    assert list(labels["classe_taille"]) == sorted(labels["classe_taille"])
    kinds = list(labels["type_hebergement"].values())
    assert len(kinds) > 2 and kinds == sorted(kinds, key=french.alphabetical)


def test_no_column_is_sent_for_nothing() -> None:
    static = Path(ondemand.__file__).parent / "static"
    scripts = "".join(
        (static / f"{name}.js").read_text(encoding="utf-8") for name in ("commun", "comparer", "classement")
    )
    peers = {f"pue_{name}_pairs" for name in ("quartile_1", "mediane", "quartile_3")}  # the drawing builds their names
    filters = {"code_region", "categorie_organisme", "lettre_comparabilite"}
    shown = {line.column for line in compare.LINES} | filters | peers
    assert [column for column in ondemand.COLUMNS if column not in shown and column not in scripts] == []


def test_a_hostile_text_stays_a_text(edition_dir: Path) -> None:
    edition = data.load(edition_dir)
    hostile = "</script><script>alert(1)</script>\u2028\"');//&"
    row = {**edition.sites[0], "nom_site": hostile, "groupe_pairs": None}
    text = ondemand.statement(edition, row["annee"], [row])
    assert not re.search("[<>&\u2028\u2029]", text)
    lines = json.loads(text[text.index("{") : text.rindex(")")])["lignes"]
    assert lines[0][ondemand.COLUMNS.index("nom_site")] == hostile

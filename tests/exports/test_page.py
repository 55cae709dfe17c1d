"""The public page: all that the decree asks for, readable by everyone, self-contained, safe, the same each time."""

import csv
import io
import json
import re
from itertools import pairwise
from pathlib import Path

import duckdb
import pytest

from greencloud import tables
from greencloud.exports import dossier, page
from greencloud.exports.dossier import ExportRefused
from greencloud.exports.words import WORDS
from tests.dashboards import reading
from tests.exports import site

HEADINGS = ["administratif", "fonctionnement", "energie_durabilite", "capacite", "trafic"]


def made(con: duckdb.DuckDBPyConnection, id_centre: str = site.FULL) -> page.Page:
    return page.page(dossier.read(con, id_centre))


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))


def test_the_five_headings_of_the_decree_are_there_in_order(opened: duckdb.DuckDBPyConnection) -> None:
    document = reading.read(made(opened).html)
    identifiers = [element.attributes.get("id") for element in document.all("h2")]
    assert [name for name in identifiers if name in HEADINGS] == HEADINGS
    assert list(dict.fromkeys(row["rubrique"] for row in rows(made(opened).csv))) == HEADINGS


def test_every_year_is_there_the_last_first(opened: duckdb.DuckDBPyConnection) -> None:
    document = reading.read(made(opened).html)
    for table in document.all("table"):
        heads = [head.text for head in table.all("th") if head.attributes["scope"] == "col"]
        assert heads == ["Indicateur", "2024", "2022"]
    assert {row["annee"] for row in rows(made(opened).csv)} == {"", "2024", "2022"}


def test_the_figures_are_those_declared(opened: duckdb.DuckDBPyConnection) -> None:
    cells = {
        row[0].text: [cell.text for cell in row[1:]]
        for table in reading.read(made(opened).html).all("table")
        for line in table.all("tr")
        if (row := [*line.all("th"), *line.all("td")])
    }
    assert cells["Énergie totale du centre (kWh)"] == ["3\u202f000\u202f000", "2\u202f900\u202f000"]
    assert cells["PUE, énergie totale sur énergie informatique"] == ["1,5", "1,568"]
    assert cells["Énergie renouvelable totale (kWh)"] == ["750\u202f000 (calculé)", "non renseigné"]
    assert cells["Premier jour mesuré"] == ["01/01/2024", "01/01/2022"]
    assert cells["Batteries offertes au réseau (kW)"] == ["0", "non renseigné"]  # a zero that was declared is one
    assert cells["Périmètre"] == ["dédié", "non renseigné"]


def test_a_declared_motive_stands_where_an_energy_is_missing(opened: duckdb.DuckDBPyConnection) -> None:
    found = {row["colonne"]: row for row in rows(made(opened, site.SMALL).csv)}
    assert found["energie_totale_kwh"]["valeur"] == "" and found["energie_totale_kwh"]["motif_absence"] == "non_mesure"
    assert '<dd><span class="absente">non mesuré</span></dd>' in made(opened, site.SMALL).html


def test_a_declared_pue_heads_the_page_when_it_cannot_be_computed(opened: duckdb.DuckDBPyConnection) -> None:
    heads = {
        group.text.removeprefix(term.text): term.text
        for found in reading.read(made(opened, site.SMALL).html).all("dl")
        if found.attributes["class"] == "chiffres"
        for group in found.all("div")
        for term in group.all("dt")
    }
    assert heads["1,7"] == "PUE déclaré"


def test_no_contact_is_ever_shown(opened: duckdb.DuckDBPyConnection) -> None:
    assert "oordonnées" not in made(opened).html.replace("jamais les coordonnées", "")
    assert all("Coordonnées" not in row["indicateur"] for row in rows(made(opened).csv))


def test_the_page_is_accessible(opened: duckdb.DuckDBPyConnection) -> None:
    document = reading.read(made(opened).html)
    [html] = document.all("html")
    assert html.attributes["lang"] == "fr"
    [title] = document.all("title")
    assert title.text.startswith("Centre complet")
    levels = [int(element.tag[1]) for element in document.all() if re.fullmatch("h[1-6]", element.tag)]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    for table in document.all("table"):
        assert len(list(table.all("caption"))) == 1
        assert {head.attributes.get("scope") for head in table.all("th")} == {"col", "row"}
    identifiers = [element.attributes["id"] for element in document.all() if "id" in element.attributes]
    assert len(identifiers) == len(set(identifiers))
    labelled = [
        element.attributes["aria-labelledby"] for element in document.all() if "aria-labelledby" in element.attributes
    ]
    assert set(labelled) <= set(identifiers)
    assert len(list(document.all("main"))) == 1
    links = [link.text for link in document.all("a")]
    assert len(links) == len(set(links)) and all(links)


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_every_text_has_contrast_in_both_schemes() -> None:
    style = Path(page.__file__).with_name("templates").joinpath("page.css").read_text(encoding="utf-8")
    schemes = [dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", block)) for block in style.split(":root {")[1:3]]
    for scheme in schemes:
        assert len(scheme) == 9
        for text in ("encre", "discret", "lien", "accent"):
            assert contrast(scheme[text], scheme["fond"]) >= 4.5
            assert contrast(scheme[text], scheme["voile"]) >= 4.5
        assert contrast(scheme["alerte"], scheme["alerte-fond"]) >= 4.5


def test_nothing_is_run_nor_fetched(opened: duckdb.DuckDBPyConnection) -> None:
    for id_centre in (site.FULL, site.SMALL):
        document = reading.read(made(opened, id_centre).html)
        assert not list(document.all("script")) and not list(document.all("img")) and not list(document.all("iframe"))
        assert not [name for element in document.all() for name in element.attributes if name.startswith("on")]
        targets = {element.attributes["href"] for element in document.all() if "href" in element.attributes}
        assert targets == {"#contenu", f"{id_centre}.csv", f"{id_centre}.jsonld"}
        [style] = document.all("style")
        assert "url(" not in "".join(map(str, style.content)) and "@import" not in "".join(map(str, style.content))


def test_hostile_names_are_shown_and_do_nothing(opened: duckdb.DuckDBPyConnection) -> None:
    found = made(opened, site.SMALL)
    [head] = reading.read(found.html).all("h1")
    assert head.text == site.HOSTILE.replace("\u202e", "[U+202E]")
    assert "\u202e" not in found.html and "<script" not in found.html
    assert json.loads(found.json_ld)["name"]


def test_the_same_deposits_give_the_same_bytes(opened: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    again, _ = dossier.open_deposits(site.write(tmp_path))
    day = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{2}/[0-9]{2}/[0-9]{4}")  # adopted files are received today
    first, second = made(opened), made(again)
    assert made(opened) == first
    assert day.sub("", first.html) == day.sub("", second.html)
    assert (first.csv, day.sub("", first.json_ld)) == (second.csv, day.sub("", second.json_ld))


def test_synthetic_data_are_called_so_everywhere(opened: duckdb.DuckDBPyConnection) -> None:
    found = made(opened)
    assert "Données synthétiques" in reading.read(found.html).text
    assert "synthétiques" in json.loads(found.json_ld)["name"]


def test_the_json_ld_is_a_dataset_of_schema_org(opened: duckdb.DuckDBPyConnection) -> None:
    content = json.loads(made(opened).json_ld)
    assert (content["@context"], content["@type"]) == ("https://schema.org/", "Dataset")
    # The properties that schema.org gives to a Dataset, of those that are used.
    assert set(content) <= {
        *("@context", "@type", "name", "description", "identifier", "inLanguage", "isAccessibleForFree", "license"),
        *(
            "creator",
            "dateModified",
            "temporalCoverage",
            "spatialCoverage",
            "variableMeasured",
            "distribution",
            "hasPart",
        ),
    }
    assert 50 <= len(content["description"]) <= 5000
    assert content["temporalCoverage"] == "2022/2024"
    assert content["distribution"][0]["contentUrl"] == f"{site.FULL}.csv"
    assert (content["spatialCoverage"]["@type"], content["spatialCoverage"]["name"]) == ("Place", "Rennes")
    last = {item["propertyID"]: item["value"] for item in content["hasPart"][0]["variableMeasured"]}
    assert (last["energie_totale_kwh"], last["fluides_frigorigenes"]) == (3_000_000, "R410A|R32")
    first = {item["propertyID"] for item in content["hasPart"][1]["variableMeasured"]}
    assert "eau_totale_m3" not in first  # missing is absent, not zero


def test_a_site_that_is_not_to_be_named_has_no_page(opened: duckdb.DuckDBPyConnection) -> None:
    with pytest.raises(ExportRefused, match="exempte_defense"):
        made(opened, site.EXEMPT)


def test_the_law_is_cited_as_it_applies(opened: duckdb.DuckDBPyConnection) -> None:
    assert "Page publiée en application de" in made(opened).html


def test_the_words_are_those_of_values_that_exist() -> None:
    for column, words in WORDS.items():
        table = "centres" if column in tables.table("centres").column_names else "declarations"
        assert set(words) <= set(tables.table(table).field(column).constraints["enum"])

"""The pages as a whole: their structure, their links, what each chart comes with, and the same bytes every time."""

import csv
import re
from itertools import pairwise
from pathlib import Path

import pytest

import dashboards
from dashboards import data
from dashboards.themes import NATURES, files
from greencloud import tables
from tests.dashboards import example_edition, reading

Pages = dict[str, reading.Element]

LABELLED = (
    *("type_hebergement", "groupe_pairs", "groupe_quartiles", "modalite", "nature_valeur", "commentaire"),
    *("diffusion", "motif", "nom_table", "scenario", "indicateur"),
    *("usage_principal", "classe_taille", "niveau_comparabilite", "categorie_mesure_it", "qualite_mesure", "perimetre"),
    *("mois", "poste", "motifs_ecart"),
    *("inclus_dans_agregats", "motif_exclusion", "depot_sha256", "depot_recu_le", "puissance_it_installee_kw"),
)
EXPECTED = {
    *("index.html", "pue-par-hebergement.html", "evolution.html", "carte.html", "donnees.html", "methode.html"),
    *("economies.html", "observatoire-cloud.html", "secret.html"),
    *("ressources.html", "qualite.html", "accessibilite.html"),
    *("classement.html", "comparer.html", "mesures.html"),
    *(f"tables/{name}.html" for name in tables.PUBLISHED),
}


def test_the_pages_are_all_there(pages: Pages, edition_dir: Path) -> None:
    sites = {f"centres/{identifier}.html" for identifier in _identifiers(edition_dir)}
    measured = {f"mesures/{identifier}.html" for identifier in _identifiers(edition_dir, "mesures_mensuelles")}
    assert set(pages) == EXPECTED | sites | measured
    assets = {path.name for path in (edition_dir / "tableaux-de-bord" / "assets").iterdir()}
    ours = {path.name for path in (Path(dashboards.__file__).parent / "static").iterdir()}
    assert assets == ours | {"plotly.min.js"}


def _identifiers(edition_dir: Path, table: str = "indicateurs_annuels") -> set[str]:
    with (edition_dir / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return {row["id_centre"] for row in csv.DictReader(file)}


def test_write_pages_gives_back_what_it_wrote(tmp_path: Path) -> None:
    folder = example_edition.write(tmp_path / "edition", sites=10)
    written = dashboards.write_pages(folder)
    assert written == sorted(path for path in (folder / "tableaux-de-bord").rglob("*") if path.is_file())


def test_the_same_edition_gives_the_same_bytes(edition_dir: Path, tmp_path: Path) -> None:
    again = example_edition.write(tmp_path / "elsewhere")
    for path in dashboards.write_pages(again):
        assert path.read_bytes() == (edition_dir / path.relative_to(again)).read_bytes(), path.name


def test_the_id_is_that_of_the_edition_not_of_its_folder(pages: Pages) -> None:
    for page in pages.values():
        found = [span.text for span in page.all("span") if span.attributes.get("data-identifiant") == "edition"]
        assert set(found) == {example_edition.EDITION_ID}


def test_a_missing_table_stops_the_writing(tmp_path: Path) -> None:
    folder = example_edition.write(tmp_path / "edition", sites=3)
    (folder / "couverture.csv").unlink()
    with pytest.raises(FileNotFoundError):
        dashboards.write_pages(folder)


def test_french_pages_with_landmarks_and_a_way_to_the_content(pages: Pages) -> None:
    for name, page in pages.items():
        assert next(page.all("html")).attributes["lang"] == "fr", name
        assert [element.tag for element in page.all() if element.tag in ("header", "main", "footer")] == [
            "header",
            "main",
            "footer",
        ]
        skip = next(page.all("a"))
        assert skip.attributes["href"] == f"#{next(page.all('main')).attributes['id']}"
        assert "–" in next(page.all("title")).text


def test_one_first_heading_and_no_level_skipped(pages: Pages) -> None:
    for name, page in pages.items():
        levels = [int(element.tag[1]) for element in page.all() if re.fullmatch(r"h[1-6]", element.tag)]
        assert levels.count(1) == 1 and levels[0] == 1, name
        assert all(after - before <= 1 for before, after in pairwise(levels)), (name, levels)


def test_ids_are_unique_and_references_lead_somewhere(pages: Pages) -> None:
    for name, page in pages.items():
        ids = [element.attributes["id"] for element in page.all() if "id" in element.attributes]
        assert len(ids) == len(set(ids)), name
        for element in page.all():
            targets = {element.attributes.get(key, "") for key in ("aria-labelledby", "for")} - {""}
            assert targets <= set(ids), (name, element.attributes)


def test_tables_have_a_caption_and_scoped_heads(pages: Pages) -> None:
    for name, page in pages.items():
        for table in page.all("table"):
            assert len(list(table.all("caption"))) == 1, name
            assert all(head.attributes.get("scope") in ("col", "row") for head in table.all("th")), name
            for row in next(table.all("tbody")).all("tr"):
                first = next(part for part in row.content if isinstance(part, reading.Element))
                assert first.tag == "th", name


def test_each_chart_has_a_text_a_table_and_a_file(pages: Pages) -> None:
    for name, page in pages.items():
        assert {drawing.attributes["id"] for drawing in _drawings(page)} == set(reading.figures(page)), name
        for section in page.all("section"):
            inside = _drawings(section)
            if inside:
                assert all(len(drawing.attributes["aria-label"]) > 40 for drawing in inside), name
                assert list(section.all("table")), name
                links = [link.attributes["href"] for link in section.all("a") if "download" in link.attributes]
                assert any(link.endswith(".csv") for link in links), name


def _drawings(element: reading.Element) -> list[reading.Element]:
    return [part for part in element.all() if part.attributes.get("class") == "dessin"]


def test_links_inside_the_edition_resolve(pages: Pages, edition_dir: Path) -> None:
    root = edition_dir / "tableaux-de-bord"
    for name, page in pages.items():
        for element in page.all():
            target = element.attributes.get("href", element.attributes.get("src", ""))
            if element.tag == "a" and target.startswith("https://"):
                continue
            path, _, anchor = target.partition("#")
            path = path.partition("?")[0]
            if path and not path.startswith("data:,"):
                assert (root / name).parent.joinpath(path).resolve().is_file(), (name, target)
            if anchor:
                page_name = (root / name).parent.joinpath(path).resolve() if path else root / name
                other = pages[page_name.relative_to(root.resolve()).as_posix()] if path else page
                assert anchor in {part.attributes.get("id") for part in other.all()}, (name, target)


def test_nothing_is_loaded_from_elsewhere(pages: Pages, edition_dir: Path) -> None:
    for name, page in pages.items():
        for element in page.all():
            if element.tag != "a":
                sources = [element.attributes.get(key, "") for key in ("src", "href", "srcset", "action", "data")]
                assert not any(re.match(r"(?:\w+:)?//", source) for source in sources), (name, element)
    ours = [path for path in (edition_dir / "tableaux-de-bord" / "assets").iterdir() if path.name != "plotly.min.js"]
    named = "http://www.w3.org/2000/svg"  # the name of SVG, which is no address
    texts = (path.read_text(encoding="utf-8").replace(named, "") for path in ours)
    assert not any(re.search(r"https?:|@import|url\(", text) for text in texts)


def test_synthetic_charts_are_watermarked_and_real_ones_are_not(pages: Pages) -> None:
    seen = set()
    for page in pages.values():
        for identifier, figure in reading.figures(page).items():
            labels = [shape.get("label", {}).get("text") for shape in figure["layout"].get("shapes", [])]
            synthetic = identifier.endswith("donnees-synthetiques")
            assert ("DONNÉES SYNTHÉTIQUES" in labels) is synthetic, identifier
            seen.add(synthetic)
    assert True in seen


def test_a_banner_stands_wherever_synthetic_figures_are(pages: Pages) -> None:
    for name, page in pages.items():
        for section in page.all("section"):
            banners = [part for part in section.all("p") if part.attributes.get("class") == "banniere"]
            empty = "Aucune ligne de données synthétiques" in section.text
            assert len(banners) == (section.attributes["aria-labelledby"] == "donnees-synthetiques" and not empty), name


def test_the_first_rows_of_a_table_never_stand_under_the_words_of_the_other_nature(tmp_path: Path) -> None:
    folder = example_edition.write(tmp_path / "edition", sites=2)
    table = tables.table("indicateurs_annuels")
    [real, fake] = [files.preview(data.load(folder), table, nature) for nature in NATURES]
    place = table.column_names.index("synthetique")
    assert {row[place] for row in real.rows} == {"non"} and len(
        real.rows
    ) == 5  # one year of each of the five real sites
    assert {row[place] for row in fake.rows} == {"oui"}
    assert (real.caption.split(", ")[1], fake.caption.split(", ")[1]) == ("données réelles", "données synthétiques")


def test_no_python_value_is_shown(pages: Pages) -> None:
    for name, page in pages.items():
        words = set(re.findall(r"\w+|<NA>", page.text))
        assert not words & {"nan", "NaN", "None", "NaT", "<NA>", "True", "False"}, name


def test_french_punctuation_is_not_cut_from_its_word(pages: Pages) -> None:
    for name, page in pages.items():
        tags = ("h1", "h2", "h3", "figcaption", "summary", "caption")
        headings = [element.text for element in page.all() if element.tag in tags]
        assert not [text for text in headings if re.search(r" [:;!?»]|« ", text)], name
    licence = next(pages["index.html"].all("footer")).text
    assert "Source\u202f: Green Cloud Nation, «\u202fÉnergie" in licence


def test_numbers_of_all_the_pages_equal_the_published_files(edition_dir: Path, pages: Pages) -> None:
    for name, page in pages.items():
        assert reading.disagreements(page, edition_dir, LABELLED) == []
        assert (
            name.startswith("tables/")
            or name in ("donnees.html", "methode.html", "accessibilite.html", "comparer.html")
            or list(page.all("data"))
        ), name

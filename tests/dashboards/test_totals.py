"""Perimeters, savings, the cloud and secrecy: what is drawn and said is what is published, hidden values included."""

import csv
from dataclasses import replace
from pathlib import Path

import pytest

from dashboards import data, french
from dashboards.cells import Cell, Part
from dashboards.themes import NATURES, alternatives, cloud, hosting, method, perimeter, savings, simulator
from greencloud import tables
from tests.dashboards import example_totals, reading

Pages = dict[str, reading.Element]
Rows = list[dict[str, str]]


def _rows(edition_dir: Path, name: str, **wanted: str) -> Rows:
    with (edition_dir / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file) if all(row[column] == value for column, value in wanted.items())]


def _national(edition_dir: Path, name: str, **wanted: str) -> Rows:
    return _rows(edition_dir, name, synthetique="true", dimension="ensemble", **wanted)


def _text(parts: tuple[Part, ...]) -> str:
    return "".join(part.text if isinstance(part, Cell) else part for part in parts)


def _origin(pages: Pages, page: str, figure: str) -> reading.Element:
    """The line under a figure: its file, its sites, its coverage."""
    name = f"{figure}-donnees-synthetiques"
    figures = [part for part in pages[page].all("figure") if any(e.attributes.get("id") == name for e in part.all())]
    return next(line for line in figures[0].all("p") if line.attributes.get("class") == "origine")


def _drawn(pages: Pages, page: str, figure: str) -> tuple[list[list[float]], list[str]]:
    """The values of each trace that holds marks or bars, and the texts written in the chart."""
    found = reading.figures(pages[page])[f"{figure}-donnees-synthetiques"]
    traces = [trace for trace in found["data"] if trace.get("mode") != "lines"]
    values = [trace["y"] if trace["type"] == "bar" else trace["x"] for trace in traces]
    return values, [note["text"] for note in found["layout"]["annotations"]]


def test_growth_is_drawn_at_both_perimeters_the_constant_one_always(pages: Pages, edition_dir: Path) -> None:
    pairs = _national(edition_dir, "evolutions_annuelles")
    values, texts = _drawn(pages, "evolution.html", "perimetre-croissance")
    columns = ("croissance_totale_pct", "croissance_totale_constante_pct")
    assert values == [[float(row[column]) for row in pairs if row[column]] for column in columns]
    assert len(texts) == len(pairs) == 6
    for text, row in zip(texts, pairs, strict=True):
        current, constant = (french.change(float(row[column])) if row[column] else french.ABSENT for column in columns)
        assert text == f"<b>de {row['annee_precedente']} à {row['annee']}</b><br>constant {constant}, courant {current}"
        assert (current == french.ABSENT) == (row["annee"] == str(example_totals.HIDDEN_PAIR))


@pytest.mark.parametrize("figure", ["perimetre-croissance", "perimetre-pue"])
def test_a_change_at_constant_perimeter_rests_on_the_sites_of_its_pair(
    pages: Pages, edition_dir: Path, figure: str
) -> None:
    last = _national(edition_dir, "evolutions_annuelles")[-1]
    cells = {cell.attributes["data-colonne"]: cell for cell in _origin(pages, "evolution.html", figure).all("data")}
    assert set(cells) == {"nb_sites_constants_nominatifs", "part_constante", "annee"}
    assert cells["nb_sites_constants_nominatifs"].attributes["value"] == last["nb_sites_constants_nominatifs"]
    assert int(last["nb_sites_constants_nominatifs"]) < int(last["nb_sites"])


def test_the_change_of_the_ratio_is_that_of_the_same_sites(pages: Pages, edition_dir: Path) -> None:
    pairs = _national(edition_dir, "evolutions_annuelles")
    values, _ = _drawn(pages, "evolution.html", "perimetre-pue")
    known = [row for row in pairs if row["diffusion"] == "diffuse"]
    assert values[0] == pytest.approx([float(row["pue"]) - float(row["pue_precedent"]) for row in known])
    assert values[1] == pytest.approx(
        [float(row["pue_constant"]) - float(row["pue_constant_precedent"]) for row in pairs]
    )


def test_who_came_and_went_is_drawn_and_a_hidden_year_says_so(pages: Pages, edition_dir: Path) -> None:
    shown = [row for row in _national(edition_dir, "evolutions_annuelles") if row["diffusion"] == "diffuse"]
    values, texts = _drawn(pages, "evolution.html", "perimetre-sites")
    same, changed, entered, left = ([float(row[name]) for row in shown] for name in MOVES)
    assert values == [same, changed, entered, [-gone for gone in left]]
    assert sum(left) > 0 and sum(entered) > 0 and sum(changed) > 0
    assert texts == ["secret"]
    assert "masqué par le secret statistique\u202f: 1 sur 6" in pages["evolution.html"].text


def test_the_lesson_is_told_of_the_last_pair_that_has_a_constant_perimeter(edition_dir: Path) -> None:
    """A year without one and one site alone are told as rightly as the others."""
    edition = data.load(edition_dir)
    frame = edition.frames["evolutions_annuelles"].copy()
    last, names = frame["annee"] == frame["annee"].max(), tables.table("evolutions_annuelles").column_names
    frame.loc[last, [name for name in names if "constant" in name and not name.startswith("nb_")]] = None
    frame.loc[~last, "nb_sites_constants_nominatifs"] = 1
    [nature] = [nature for nature in NATURES if nature.synthetic]
    changed = replace(edition, frames={**edition.frames, "evolutions_annuelles": frame})
    lesson = perimeter.part(changed, nature)["lesson"]
    text = "".join(part if isinstance(part, str) else part.text for part in lesson)
    year = frame["annee"].max() - 1
    assert text.startswith(f"De {year - 1} à {year}, à périmètre constant (sites de même définition")
    assert "à leur nom\u202f: 1)" in text and french.ABSENT not in text


MOVES = ("nb_sites_constants", "nb_sites_modifies", "nb_sites_entres", "nb_sites_sortis")


def test_a_hidden_pair_of_years_says_why_in_the_table(pages: Pages) -> None:
    table = _table(pages["evolution.html"], "table-perimetre-donnees-synthetiques")
    line = next(row for row in _lines(table) if row[0] == str(example_totals.HIDDEN_PAIR))
    assert line[-1] == "secret complémentaire"
    heads = [column.text for column in table.all("th") if column.attributes.get("scope") == "col"]
    hidden = {head for head, text in zip(heads, line, strict=True) if text == "secret"}
    constant = {"Année", "Dont nominatifs", "Variation constante", "PUE constant avant", "PUE constant", "Diffusion"}
    assert hidden == set(heads) - constant


def test_emissions_hidden_alone_are_secret_in_a_shown_year(pages: Pages) -> None:
    table = _table(pages["evolution.html"], "table-mesure-donnees-synthetiques")
    for line in _lines(table):
        hidden = int(line[0]) % 2 == 0
        assert (line[2] == "secret", line[4] == "secret") == (hidden, hidden)
        assert line[1].isdigit()


def test_savings_are_drawn_from_low_to_high(pages: Pages, edition_dir: Path) -> None:
    rows = _national(edition_dir, "economies", annee="2025")
    rows.sort(key=lambda row: (list(savings.SCENARIOS).index(row["scenario"]), row["type_hebergement_cible"]))
    values, texts = _drawn(pages, "economies.html", "economies")
    for drawn, level in zip(values, example_totals.LEVELS, strict=True):
        assert drawn == pytest.approx([float(row[f"economie_{level}_kwh"]) / 1e6 for row in rows])
    assert len(texts) == len(example_totals.SCENARIOS)
    assert any("Déplacer\u202f: colocation" in text for text in texts)


def test_every_group_and_scenario_of_the_year_is_in_a_table(pages: Pages, edition_dir: Path) -> None:
    cells = [cell.attributes for cell in pages["economies.html"].all("data")]
    shown = {cell["data-cle"] for cell in cells if cell["data-colonne"] == "economie_centrale_eur"}
    key = tables.table("economies").primary_key
    for row in _rows(edition_dir, "economies", synthetique="true", annee="2025"):
        assert ";".join(f"{name}={row[name]}" for name in key) in shown


def test_the_claim_of_2017_is_compared_with_what_a_move_saves(pages: Pages, edition_dir: Path) -> None:
    moves = _rows(edition_dir, "economies", synthetique="true", annee="2025", scenario="hebergement")
    values, _ = _drawn(pages, "economies.html", "economies-annonce")
    for drawn, group in zip(values, ("ensemble", "salle_serveurs"), strict=True):
        expected = [100 * float(row["part_economisee"]) for row in moves if row["modalite"] == group]
        assert sorted(drawn) == pytest.approx(sorted(expected))
    shapes = reading.figures(pages["economies.html"])["economies-annonce-donnees-synthetiques"]["layout"]["shapes"]
    assert (shapes[0]["x0"], shapes[0]["x1"], shapes[1]["x0"]) == pytest.approx((40, 57, 50))


def test_the_assumptions_are_those_of_the_reference_table(pages: Pages) -> None:
    with (tables.reference_dir() / "hypotheses_economies.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    lines = _lines(_table(pages["economies.html"], "table-hypotheses"))
    assert len(lines) == len(rows)
    words = {"verified": "vérifié", "secondary": "source secondaire", "to confirm": "à confirmer"}
    for line, row in zip(lines, rows, strict=True):
        assert float(line[3].split("\u00a0")[0].replace(",", ".")) == float(row["valeur"])
        assert (line[5], line[6]) == (row["date_valeur"], words[row["statut"]])
        assert line[4].replace("\u202f", " ").startswith(row["source"])


def test_each_scenario_is_said_in_a_sentence_without_emissions_that_are_hidden(pages: Pages) -> None:
    section = next(part for part in pages["economies.html"].all("section") if "synthetiques" in str(part.attributes))
    lessons = [part.text for part in next(section.all("ul")).all("li")]
    assert len(lessons) == len(example_totals.SCENARIOS)
    assert not [text for text in lessons if "—" in text or "secret" in text]
    assert [text for text in lessons if "tCO₂e" not in text] == [text for text in lessons if "PUE de 1,5" in text] != []


def test_the_tonnes_are_said_to_be_those_of_the_sites_that_have_a_factor(edition_dir: Path) -> None:
    edition = data.load(edition_dir)
    [row] = [
        row
        for row in edition.rows("economies", synthetic=True)
        if (row["annee"], row["dimension"], row["type_hebergement_cible"]) == (2025, "ensemble", "colocation")
    ]
    row |= {"nb_sites_economie": 28, "nb_sites_sans_facteur": 2, "economie_centrale_tco2e": 535.0}
    said = _text(savings._lesson(edition, row)).replace("\u00a0", " ").replace("\u202f", " ")
    assert "les sites hébergés autrement et au-dessus de 1,5 (28 sites) économiseraient" in said
    assert said.endswith(" ; émissions évitées : 535 tCO₂e (26 sites sur 28).")


@pytest.mark.parametrize(
    ("scenario", "target", "said"),
    [
        ("quartile_pairs", "sans_objet", "au-dessus du premier quartile de leurs pairs"),
        ("pue_1_5", "sans_objet", "au-dessus de 1,5"),
        ("hebergement", "cloud_externe", "hébergés autrement et au-dessus de 1,2"),  # the low of 1.2, 1.15 and 1.09
    ],
)
def test_the_sites_that_save_are_those_above_the_prudent_target(
    edition_dir: Path, scenario: str, target: str, said: str
) -> None:
    row = {"scenario": scenario, "type_hebergement_cible": target}
    assert simulator.threshold(data.load(edition_dir), row) == said


def test_the_sites_of_the_savings_are_told_apart_from_those_of_the_median() -> None:
    assert savings._of_which({"nb_sites_comparables": 162}, {"nb_sites_distribution": 144}) == (
        "dont 18 qui ne comptent que dans les totaux",
    )
    assert savings._of_which({"nb_sites_comparables": 144}, {"nb_sites_distribution": 144}) == ()
    assert savings._of_which({"nb_sites_comparables": 162}, {"nb_sites_distribution": None}) == ()


def test_caveats_stand_on_the_page(pages: Pages) -> None:
    text = pages["economies.html"].text
    assert "ils ne s’additionnent pas" in text
    assert "redondance, de la météo et du bâtiment" in text
    assert "non des engagements" in text


def test_each_count_of_the_cloud_is_drawn(pages: Pages, edition_dir: Path) -> None:
    for name in cloud.COUNTS:
        rows = _national(edition_dir, "observatoire_cloud", indicateur=name)
        values, texts = _drawn(pages, "observatoire-cloud.html", f"cloud-{name.replace('_', '-')}")
        assert values == [[float(row["valeur"]) for row in rows]]
        assert texts == [cloud.short(float(row["valeur"]), name) for row in rows]


def test_the_biggest_circle_is_named_among_those_that_are_shown(edition_dir: Path) -> None:
    rows = data.load(edition_dir).rows("observatoire_cloud", synthetic=True)
    whole = [row for row in rows if row["dimension"] == "ensemble"]
    circles = [row for row in rows if row["modalite"] in cloud.CIRCLES]
    last = max(row["annee"] for row in circles)
    shown = [{**row, "diffusion": "diffuse", "part": 0.2, "valeur": 9.0} for row in circles if row["annee"] == last]
    assert "le cercle du cloud qui en porte le plus est" in _text(cloud._answer(whole, shown))
    for hidden, words in (
        (cloud.CIRCLES[:1], "dont la part est publiée (2 sur 3), le plus gros est"),
        (cloud.CIRCLES[:2], "un seul cercle du cloud a une part publiée (1 sur 3)"),
    ):
        secret = {"diffusion": "secret_primaire", "part": None, "valeur": None}
        masked = [{**row, **secret} if row["modalite"] in hidden else row for row in shown]
        assert words in _text(cloud._answer(whole, masked))
        assert cloud.CIRCLES[0] not in _text(cloud._answer(whole, masked))


def test_what_a_bar_counts_is_said_in_its_own_words(pages: Pages, edition_dir: Path) -> None:
    """A ratio is no sum, and a unit keeps its capitals."""
    for name, words in (("stockage-utile-to", "stockage utile en To, additionné"), (RATE, "divisées par les serveurs")):
        said = _alternative(pages, "observatoire-cloud.html", f"cloud-{name}")
        rows = _national(edition_dir, "observatoire_cloud", indicateur=name.replace("-", "_"))
        first, last = (cloud.COUNTS[row["indicateur"]].form(float(row["valeur"])) for row in (rows[0], rows[-1]))
        assert words in said and f"de {first} en {rows[0]['annee']} à {last} en {rows[-1]['annee']}" in said
    assert "additionné" not in _alternative(pages, "observatoire-cloud.html", f"cloud-{RATE}")


RATE = "machines-virtuelles-par-serveur"


def _alternative(pages: Pages, page: str, figure: str) -> str:
    name = f"{figure}-donnees-synthetiques"
    return next(part.attributes["aria-label"] for part in pages[page].all("div") if part.attributes.get("id") == name)


def test_each_circle_is_drawn_with_its_hidden_years(pages: Pages, edition_dir: Path) -> None:
    words = {"diffuse": "%", "secret_primaire": "secret", "aucune_donnee": "—"}
    seen = set()
    for kind in cloud.CIRCLES:
        rows = _rows(
            edition_dir,
            "observatoire_cloud",
            synthetique="true",
            modalite=kind,
            indicateur="nb_machines_virtuelles",
        )
        values, texts = _drawn(pages, "observatoire-cloud.html", f"cloud-part-{kind.replace('_', '-')}")
        assert values[0] == pytest.approx([100 * float(row["part"]) for row in rows if row["part"]])
        assert [text.split("\u00a0")[-1] for text in texts] == [words[row["diffusion"]] for row in rows]
        seen |= {row["diffusion"] for row in rows}
    assert {"diffuse", "secret_primaire"} <= seen


@pytest.mark.parametrize(
    ("value", "name", "text"),
    [
        (999.0, "nb_serveurs_physiques", "999"),
        (1_500.0, "nb_serveurs_physiques", "1,5\u00a0k"),
        (280_297.0, "nb_serveurs_physiques", "280\u00a0k"),
        (2_923_600.0, "nb_machines_virtuelles", "2,9\u00a0M"),
        (1200.0, "machines_virtuelles_par_serveur", "1\u202f200,0"),
    ],
)
def test_a_label_over_a_bar_is_short(value: float, name: str, text: str) -> None:
    assert cloud.short(value, name) == text


def test_the_counts_of_secrecy_are_all_shown(pages: Pages, edition_dir: Path) -> None:
    for page, table in (("secret.html", "table-secret"),):
        for nature, synthetic in (("reelles", "false"), ("synthetiques", "true")):
            rows = _rows(edition_dir, "secret_statistique", synthetique=synthetic)
            lines = _lines(_table(pages[page], f"{table}-donnees-{nature}"))
            assert sorted(line[2] for line in lines) == sorted(french.integer(int(row["nb_lignes"])) for row in rows)


def test_the_front_page_says_how_much_is_hidden_and_withheld(pages: Pages) -> None:
    cells = [cell.attributes["data-cle"] for cell in pages["index.html"].all("data")]
    said = [key for key in cells if key.startswith("nom_table=")]
    assert "nom_table=agregats_annuels;synthetique=true;motif=secret_primaire" in said
    assert "nom_table=indicateurs_annuels;synthetique=true;motif=site_agrege" in said


def test_the_preview_of_the_eu_class_is_unofficial_and_dated(pages: Pages) -> None:
    section = next(part for part in pages["methode.html"].all("section") if "apercu-ue" in str(part.attributes))
    assert "non officiel" in section.text and "22 novembre 2026" in section.text and "à confirmer" in section.text
    for page in pages.values():
        heads = [head.text for table in page.all("table") for head in table.all("th")]
        assert all("non officiel" in head for head in heads if "classe" in head and "Union" in head)


def test_bands_count_the_comparable_sites(pages: Pages, edition_dir: Path) -> None:
    sites = _rows(edition_dir, "indicateurs_annuels", annee="2025", synthetique="true", inclus_dans_agregats="true")
    comparable = [row for row in sites if row["niveau_comparabilite"] != "non_comparable"]
    lines = _lines(_table(pages["pue-par-hebergement.html"], "table-bandes-donnees-synthetiques"))
    assert sum(int(line[1]) for line in lines) == len(comparable)
    by_band = {line[0]: line[1:] for line in lines}
    modern = [row for row in comparable if row["bande_pue"] == "1.35_a_1.5"]
    assert by_band["plus de 1,35 à 1,5"] == [str(len(modern)), "D"]


@pytest.mark.parametrize(
    ("band", "words"),
    [("au_plus_1.15", "au plus 1,15"), ("1.35_a_1.5", "plus de 1,35 à 1,5"), ("plus_de_3.5", "plus de 3,5")],
)
def test_a_band_is_said_in_words(band: str, words: str) -> None:
    assert hosting.band_words(band) == words


def test_the_definitions_are_those_of_the_schemas(pages: Pages) -> None:
    field = tables.table("indicateurs_annuels").field("lettre_comparabilite")
    lines = _lines(_table(pages["methode.html"], "table-lettres"))
    assert [line[0] for line in lines] == list(field.constraints["enum"])
    assert [line[1] for line in lines] == ["sans réserve", "avec réserve", *["non comparable"] * 3]
    assert all(line[2] in french.typography(field.description) for line in lines)
    section = next(part for part in pages["methode.html"].all("section") if "definitions" in str(part.attributes))
    terms = [[part.text for part in section.all(tag)] for tag in ("dt", "dd")]
    for term, text, (name, column) in zip(*terms, method.DEFINED, strict=True):
        assert term.endswith(column)
        assert text == french.typography(tables.table(name).field(column).description)
    assert any("facteur_charge" in term for term in terms[0])


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ((1.4, 1.2, 1.3), "de 1,40 en 2019 à 1,30 en 2021, au plus bas 1,20 en 2020"),
        ((1.2, None, 1.4), "de 1,20 en 2019 à 1,40 en 2021"),
        ((1.2, 1.201, 1.2), "de 1,20 en 2019 à 1,20 en 2021"),
        ((None, 1.5, None), "1,50 en 2020"),
        ((None, None, None), alternatives.NOTHING),
    ],
)
def test_years_are_said_by_their_ends_and_extremes(values: tuple[float | None, ...], said: str) -> None:
    points = [
        (str(year), value, "" if value is None else french.ratio(value)) for year, value in enumerate(values, 2019)
    ]
    assert alternatives.over_years(points) == said


def test_groups_are_said_by_their_extremes_and_the_hidden_ones_by_name() -> None:
    points = [("A", 2.0, "2,00"), ("B", None, french.SECRET), ("C", 1.0, "1,00"), ("D", None, french.ABSENT)]
    assert alternatives.between(points) == (
        "de 1,00 pour « C » à 2,00 pour « A » ; masqué par le secret : B ; sans donnée : D"
    )
    assert alternatives.between(points[:1]) == "2,00 pour « A »"
    assert alternatives.between(points[1:2]) == f"{alternatives.NOTHING} ; masqué par le secret : B"


def _table(page: reading.Element, identifier: str) -> reading.Element:
    return next(table for table in page.all("table") if table.attributes["id"] == identifier)


def _lines(table: reading.Element) -> list[list[str]]:
    rows = next(table.all("tbody")).all("tr")
    return [[part.text for part in row.content if isinstance(part, reading.Element)] for row in rows]

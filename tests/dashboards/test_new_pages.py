"""Resources, quality, accessibility, sliders: what is drawn or said is published, and each page answers first."""

import csv
import json
import re
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from dashboards import data
from dashboards.cells import Cell, Part
from dashboards.themes import REAL, SYNTHETIC, overview, quality, resources, simulator
from greencloud import rules
from greencloud.loading import meters
from greencloud.loading.refusals import REFUSALS
from greencloud.readings.motives import MOTIVES
from tests.dashboards import reading
from tests.sql import test_economies

Pages = dict[str, reading.Element]
THEMES = ("pue-par-hebergement", "evolution", "economies", "observatoire-cloud", "carte", "ressources", "qualite")


def _rows(edition_dir: Path, name: str, **wanted: str) -> list[dict[str, str]]:
    with (edition_dir / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file) if all(row[column] == value for column, value in wanted.items())]


def _section(page: reading.Element, nature: str = "donnees-synthetiques") -> reading.Element:
    return next(part for part in page.all("section") if part.attributes.get("aria-labelledby") == nature)


def _text(parts: tuple[Part, ...]) -> str:
    return "".join(part.text if isinstance(part, Cell) else part for part in parts)


@pytest.fixture(scope="module")
def told(edition_dir: Path) -> data.Edition:
    """The edition with water, heat, renewable energy and carbon: heat in the totals alone, one hidden hosting kind."""
    edition = data.load(edition_dir)
    frame = edition.frames["agregats_annuels"].copy()
    shown = frame["synthetique"] & (frame["diffusion"] == "diffuse")
    whole = shown & (frame["dimension"] == "ensemble")
    values = {"wue_l_par_kwh": 0.25, "ref": 0.5, "cue_kgco2e_par_kwh": 0.0712}
    for place, (column, value) in enumerate(values.items()):
        frame.loc[shown, column] = [value + index / 1000 for index in range(shown.sum())]
        frame.loc[shown, ("nb_sites_wue", "nb_sites_ref", "nb_sites_carbone")[place]] = 7 + place
    frame["erf"] = frame["erf"].astype("float64")
    frame.loc[whole, "erf"] = 0.1
    frame.loc[whole, "nb_sites_erf"] = 4
    hidden = shown & (frame["modalite"] == "colocation")
    frame.loc[hidden, "wue_l_par_kwh"] = float("nan")
    frame.loc[hidden, "diffusion"] = "secret_primaire"
    return replace(edition, frames={**edition.frames, "agregats_annuels": frame})


# ---- each page answers its question first ----


@pytest.mark.parametrize("name", THEMES)
def test_a_page_answers_before_it_draws(pages: Pages, name: str) -> None:
    inside = list(_section(pages[f"{name}.html"]).all())
    first = next(place for place, part in enumerate(inside) if part.attributes.get("class") == "lecons")
    drawn = next(place for place, part in enumerate(inside) if part.attributes.get("role") == "img")
    assert first < drawn
    assert list(inside[first].all("data")), "the answer is made of published cells"


@pytest.mark.parametrize("name", THEMES)
def test_each_chart_says_on_how_many_sites_it_rests(pages: Pages, name: str) -> None:
    for figure in _section(pages[f"{name}.html"]).all("figure"):
        [origin] = [part for part in figure.all("p") if part.attributes.get("class") == "origine"]
        assert "n = " in origin.text and ".csv" in origin.text, (name, origin.text)
        assert "Licence Ouverte 2.0" in origin.text
        share = ("couverture", "des sites attendus", "de l’énergie", "des refus et non des sites")
        assert sum(words in origin.text for words in share) == 1, (name, origin.text)


@pytest.mark.parametrize("name", [*THEMES, "index"])
def test_each_chart_says_its_values_and_leads_to_its_table(pages: Pages, name: str) -> None:
    ids = {table.attributes["id"] for table in pages[f"{name}.html"].all("table")}
    for figure in _section(pages[f"{name}.html"]).all("figure"):
        [said] = [part.attributes["aria-label"] for part in figure.all() if part.attributes.get("role") == "img"]
        years = r"\b20[12]\d\b"
        assert re.search(r"\d", re.sub(years, "", said)), (name, said)
        assert not re.search(r" [:;!?»]|« ", said), (name, said)
        [place] = [part for part in figure.all("span") if part.attributes.get("class") == "telecharger"]
        assert list(figure.all("table")) or place.attributes.get("data-table") in ids, (name, said)


def test_the_two_ends_of_the_kinds_are_said_among_those_that_are_shown(told: data.Edition) -> None:
    part = overview._part(told, SYNTHETIC)
    assert "D’un type d’hébergement à l’autre" in _text(part["sentences"][2])
    frame = told.frames["agregats_annuels"].copy()
    frame.loc[frame["modalite"].isin(["cloud_externe", "colocation"]), ["pue", "diffusion"]] = [None, "secret_primaire"]
    part = overview._part(replace(told, frames={**told.frames, "agregats_annuels": frame}), SYNTHETIC)
    assert "Pour les cinq types d’hébergement sur sept dont il est publié" in _text(part["sentences"][2])
    assert "masqué par le secret : C" in part["chart"].alternative


def test_the_answer_on_hosting_names_the_two_ends(pages: Pages, edition_dir: Path) -> None:
    groups = _rows(edition_dir, "agregats_annuels", annee="2025", synthetique="true", dimension="type_hebergement")
    ratios = sorted(float(row["pue"]) for row in groups if row["pue"])
    answer = next(part for part in _section(pages["pue-par-hebergement.html"]).all("ul") if "lecons" in str(part))
    said = [float(cell.attributes["value"]) for cell in answer.all("data") if cell.attributes["data-colonne"] == "pue"]
    assert said == [ratios[0], ratios[-1]]


# ---- water, heat, renewable, carbon ----


def test_each_resource_is_said_with_its_sites(told: data.Edition) -> None:
    part = resources._part(told, SYNTHETIC)
    said = [_text(answer) for answer in part["answers"]]
    assert [text.split("\u202f")[0] for text in said] == ["Eau", "Chaleur", "Renouvelable", "Carbone"]
    assert "10,0\u00a0%" in said[1] and "les 4 sites" in said[1]
    assert not [text for text in said if "—" in text or "secret" in text]


def test_an_older_year_among_the_answers_says_why_it_stands_there(told: data.Edition) -> None:
    totals = told.groups("ensemble", synthetic=True)
    totals[-1]["cue_kgco2e_par_kwh"] = None
    water, *_, carbon = (_text(resources._lesson(totals, resource)) for resource in resources.RESOURCES)
    assert carbon.startswith("Carbone\u202f: en 2024,") and carbon.endswith(
        "dernière année dont ce chiffre est publié."
    )
    assert water.startswith("Eau\u202f: en 2025,") and "dernière année" not in water


def test_the_kinds_of_a_resource_are_drawn_with_the_hidden_one_said(told: data.Edition) -> None:
    water = resources._part(told, SYNTHETIC)["resources"][0]
    years, kinds = (chart.figure.to_plotly_json() for chart in water["charts"])
    frame = told.frames["agregats_annuels"]
    rows = frame[frame["synthetique"] & (frame["annee"] == 2025) & (frame["dimension"] == "type_hebergement")]
    known = rows["wue_l_par_kwh"].dropna()
    assert sorted(kinds["data"][1]["x"]) == sorted(known) and len(known) > 1
    texts = [note["text"] for note in kinds["layout"]["annotations"]]
    assert len(texts) == len(rows)
    assert any("Colocation" in text and "secret" in text for text in texts)
    assert len(years["data"][0]["x"]) == 7


def test_a_resource_that_no_kind_tells_is_not_compared(told: data.Edition) -> None:
    heat = resources._part(told, SYNTHETIC)["resources"][1]
    assert heat["alone"] and len(heat["charts"]) == 1


def test_a_nature_without_resources_says_so(pages: Pages) -> None:
    section = _section(pages["ressources.html"], "donnees-reelles")
    assert "au moins trois sites" in section.text and reading.figures(section) == {}


# ---- quality ----


def test_refusals_are_counted_by_cause(pages: Pages, edition_dir: Path) -> None:
    rows = _rows(edition_dir, "rejets", synthetique="true")
    causes = Counter(quality.cause(row["code"]) for row in rows)
    figure = reading.figures(pages["qualite.html"])["qualite-refus-donnees-synthetiques"]
    assert sorted(figure["data"][1]["x"]) == sorted(causes.values())
    table = next(part for part in pages["qualite.html"].all("table") if "table-refus" in part.attributes["id"])
    lines = [
        [part.text for part in row.content if isinstance(part, reading.Element)]
        for row in next(table.all("tbody")).all("tr")
    ]
    assert {line[1]: int(line[3]) for line in lines} == Counter(row["code"] for row in rows)


def test_every_error_has_a_cause_in_plain_words() -> None:
    errors = [rule.code for rule in rules.catalogue() if rule.niveau == "erreur"]
    errors += [*(refusal.code for refusal in REFUSALS if refusal.code != "foreign-key"), *MOTIVES[1:], *meters.TOLD]
    found = {code: quality.cause(code) for code in errors}
    assert not [code for code, words in found.items() if words == quality.WRITING]
    assert quality.cause("type-error") == quality.cause("a-code-of-tomorrow") == quality.WRITING
    assert quality.cause("energies_en_mwh") != quality.cause("it_mensuel")
    assert set(found.values()) >= set(quality.CAUSES) - {quality.WRITING}


def test_a_code_of_readings_is_told_in_words() -> None:
    for code in (*MOTIVES[1:], *meters.TOLD):
        assert "règle" not in quality.control(code) and "_" not in quality.control(code)


def test_who_declared_is_drawn_from_the_published_counts(pages: Pages, edition_dir: Path) -> None:
    rows = _rows(edition_dir, "agregats_annuels", annee="2025", synthetique="true", dimension="type_hebergement")
    figure = reading.figures(pages["qualite.html"])["qualite-hebergement-donnees-synthetiques"]
    declared, covered = (trace["x"] for trace in figure["data"][1:])
    shares = [100 * int(row["nb_sites_declarants"]) / int(row["nb_sites_attendus"]) for row in rows]
    assert sorted(declared) == pytest.approx(sorted(shares))
    known = [100 * float(row["couverture_sites"]) for row in rows if row["couverture_sites"]]
    assert sorted(covered) == pytest.approx(sorted(known))


def test_the_steps_go_from_expected_to_compared(pages: Pages, edition_dir: Path) -> None:
    [total] = _rows(edition_dir, "agregats_annuels", annee="2025", synthetique="true", dimension="ensemble")
    figure = reading.figures(pages["qualite.html"])["qualite-etapes-donnees-synthetiques"]
    expected = [int(total[column]) for column, _ in quality._STEPS]
    assert figure["data"][1]["x"] == expected == sorted(expected, reverse=True)


def _year(edition: data.Edition) -> dict[str, Any]:
    [total] = edition.groups("ensemble", synthetic=True, year=2025)
    return total


def test_one_site_declares_in_the_singular(edition_dir: Path) -> None:
    total = _year(data.load(edition_dir)) | {"nb_sites_declarants": 1, "nb_sites_attendus": 7}
    assert "1\u00a0site a déclaré sur 7 attendus" in _text(quality._answer(total))
    assert "1\u00a0site a déclaré sur 7 attendus" in _text(overview._sentences(total, [], 0)[0])
    assert quality._said(total).startswith("1\u00a0déclarant sur 7,")
    assert quality._said(total | {"nb_sites_declarants": 2}).startswith("2\u00a0déclarants sur 7,")
    assert "2\u00a0sites ont déclaré" in _text(quality._answer(total | {"nb_sites_declarants": 2}))


def test_the_counts_of_sites_that_compare_are_told_with_one_another(edition_dir: Path) -> None:
    """Four sites A, two of them at their host, one B, two C, one of them at its host; six in the savings."""
    edition = data.load(edition_dir)
    frame = edition.frames["indicateurs_annuels"]
    few = frame[frame["synthetique"] & (frame["annee"] == 2025)].head(7).copy()
    few["lettre_comparabilite"] = [*"AAAABCC"]
    few["inclus_dans_agregats"] = [True, True, False, False, True, True, False]
    few["motif_exclusion"] = [None, None, "compte_chez_hote", "compte_chez_hote", None, None, "compte_chez_hote"]
    savings = edition.frames["economies"].copy()
    savings.loc[savings["nb_sites_comparables"].notna(), "nb_sites_comparables"] = 6
    changed = replace(edition, frames={**edition.frames, "indicateurs_annuels": few, "economies": savings})
    total = _year(edition) | {"nb_sites_distribution": 3}
    letters = quality._letters(changed, total, SYNTHETIC)
    assert letters is not None
    assert [(row[0], *row[2:]) for row in letters.rows[:3]] == [("A", "4", "2"), ("B", "1", "1"), ("C", "2", "1")]
    said = _text(quality._compared(changed, total, SYNTHETIC)).replace("\u202f", " ")
    assert "ceux de la médiane : 3." in said
    assert "hors des sommes : 2 (déjà compté chez son hôte : 2)." in said
    assert "ne comptent que dans les totaux : 3 ; avec ceux de la médiane, ils sont les 6 des économies." in said


def test_withheld_refusals_are_counted_not_shown(edition_dir: Path) -> None:
    edition = data.load(edition_dir)
    columns = edition.frames["secret_statistique"].columns
    row = {"nom_table": "rejets", "synthetique": True, "motif": "site_agrege", "nb_lignes": 7}
    frame = pd.concat([edition.frames["secret_statistique"], pd.DataFrame([row])[list(columns)]], ignore_index=True)
    changed = replace(edition, frames={**edition.frames, "secret_statistique": frame})
    assert _text(quality._withheld(changed, SYNTHETIC)).endswith("7.")
    assert quality._withheld(edition, REAL) == ()


# ---- accessibility ----


def test_the_statement_says_what_is_missing_and_where_to_write(pages: Pages) -> None:
    text = pages["accessibilite.html"].text
    assert "non conformes" in text and "Aucun audit" in text and "Adresse de contact" in text
    for name, page in pages.items():
        links = [link.attributes["href"] for link in next(page.all("footer")).all("a")]
        assert any(link.endswith("accessibilite.html") for link in links), name


# ---- sliders ----


def _simulation(pages: Pages) -> dict[str, Any]:
    scripts = [part for part in pages["economies.html"].all("script") if "data-simulation" in part.attributes]
    [script] = scripts
    found: dict[str, Any] = json.loads("".join(map(str, script.content)))
    return found


def test_the_sliders_work_on_published_rows_alone(pages: Pages, edition_dir: Path) -> None:
    published = _rows(edition_dir, "economies", synthetique="true", annee="2025")
    simulation = _simulation(pages)
    assert sum(len(item["lignes"]) for item in simulation["scenarios"]) == len(published)
    energies = {float(row["economie_centrale_kwh"]) for row in published if row["economie_centrale_kwh"]}
    lines = [line for item in simulation["scenarios"] for line in item["lignes"]]
    assert {line["kwh"]["central"] for line in lines if line["etat"] == "valeur"} == energies
    for line in lines:
        hidden = line["etat"] != "valeur"
        assert hidden == (line["kwh"]["central"] is None), line
        assert not hidden or set(line["kwh"].values()) == set(line["tco2e"].values()) == {None}


def test_the_sliders_start_from_the_printed_assumptions(pages: Pages) -> None:
    simulation = _simulation(pages)
    assert simulation["prix"] == 172
    moves = {item["cle"]: item["pue"] for item in simulation["scenarios"] if item["pue"]}
    assert moves["hebergement-colocation"] == {"bas": 1.5, "central": 1.45, "haut": 1.2}
    assert all(item["part"] == 1 for item in simulation["scenarios"])
    form = next(part for part in pages["economies.html"].all("form"))
    assert "hidden" in form.attributes
    labels = {label.attributes["for"] for label in form.all("label")}
    controls = {part.attributes["id"] for part in form.all() if "data-role" in part.attributes}
    assert controls == labels


def test_without_a_script_the_three_estimates_are_read(pages: Pages) -> None:
    section = _section(pages["economies.html"])
    assert "les trois estimations publiées" in next(section.all("noscript")).text
    heads = [head.text for head in section.all("th")]
    assert {"Basse (GWh)", "Centrale (GWh)", "Haute (GWh)"} <= set(heads)


def test_a_saving_of_the_table_is_linear_in_what_the_sliders_move(edition_dir: Path) -> None:
    """What the sliders rest on, on rows that the SQL makes: two estimates of a scenario give every one between them."""
    edition = data.load(edition_dir)
    ratios = (1.3, 1.48, 1.52, 1.8, 3.0)
    rows = test_economies.cells(*({"total": 100_000 * ratio, "it": 100_000} for ratio in ratios))
    national = {key[:2]: row for key, row in rows.items() if key[2:] == test_economies.WHOLE}
    prices = simulator._assumed(edition, "tous", None, "prix_electricite")
    moved = 0
    for (scenario, target), row in national.items():
        kwh = {level: row[f"economie_{name}_kwh"] for level, name in simulator.LEVELS.items()}
        if not kwh["central"]:
            continue
        moved += 1
        assert row["economie_haute_eur"] == pytest.approx(kwh["haut"] / 1000 * prices["haut"])
        if scenario == "hebergement":
            aimed = simulator._assumed(edition, scenario, target, "pue_cible")
            slope = (kwh["haut"] - kwh["bas"]) / (aimed["bas"] - aimed["haut"])
            assert kwh["bas"] + slope * (aimed["bas"] - aimed["central"]) == pytest.approx(kwh["central"])
        else:
            shares = simulator._assumed(edition, scenario, None, "part_ecart_comblee")
            assert kwh["bas"] / shares["bas"] == pytest.approx(kwh["central"] / shares["central"])
    assert moved >= 3

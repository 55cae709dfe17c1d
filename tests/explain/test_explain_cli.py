"""`greencloud explain` as it is typed: text, JSON, and one sentence when there is nothing to explain."""

import json
import os
import subprocess
import sys

import pytest

from tests.explain.held import WIDE, Held


def command(held: Held, *arguments: str) -> subprocess.CompletedProcess[str]:
    places = ("--edition", str(held.edition.folder), "--raw", str(held.raw))
    return subprocess.run(
        [sys.executable, "-m", "greencloud", "explain", *arguments, *places],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONUTF8": "1"},
    )


def test_a_column_is_followed_down_to_the_file(held: Held) -> None:
    run = command(held, "indicateurs_annuels", "--id-centre", WIDE, "--annee", "2024", "--colonne", "pue_calcule")
    assert (run.returncode, run.stderr) == (0, "")
    told = run.stdout.replace("\u202f", " ")
    assert "pue_calcule = 1,5000004166666667" in told
    assert "energie_totale_kwh / energie_it_kwh, vérifié (greencloud/sql/_sites_annees.sql)" in told
    assert "« wide.csv », déclaration, ligne 2, colonne 4 (« energie_it_kwh ») : reçu « 1 200 000 »" in told
    assert "encodage utf-16, séparateur « ; »" in told
    (row,) = held.rows("indicateurs_annuels", f"id_centre = '{WIDE}'")
    assert f"sha256 {row['depot_sha256']}" in told


def test_the_whole_row_fits_on_a_page(held: Held) -> None:
    run = command(held, "indicateurs_annuels", "--id-centre", WIDE, "--annee", "2024")
    assert run.returncode == 0
    assert "energie_totale_kwh = 1\u202f800\u202f000,5   ← déclaration, ligne 2" in run.stdout
    assert len(run.stdout.splitlines()) < 100


def test_json_is_the_whole_explanation(held: Held) -> None:
    run = command(held, "indicateurs_annuels", "--id-centre", WIDE, "--annee", "2024", "--json")
    told = json.loads(run.stdout)
    assert told["edition"] == held.edition.identifier
    assert told["interne"] is False
    (energy,) = (column for column in told["colonnes"] if column["nom"] == "energie_totale_kwh")
    assert (energy["valeur"], energy["verifie"]) == (1_800_000.5, True)
    line = told["lignes"][energy["lignes"][0]]
    assert line["depot_sha256"] in told["depots"]


def test_totals_in_text_and_json(held: Held) -> None:
    wanted = ("agregats_annuels", "--annee", "2024", "--synthetiques")
    text = command(held, *wanted)
    assert (text.returncode, text.stderr) == (0, "")
    assert "publiés à leur nom" in text.stdout
    told = json.loads(command(held, *wanted, "--json").stdout)
    assert told["cle"] == {"annee": 2024, "synthetique": True, "dimension": "ensemble", "modalite": "ensemble"}


def test_an_empty_cell_shows_the_lines_that_leave_it_out(held: Held) -> None:
    (row,) = held.rows("indicateurs_annuels", f"id_centre = '{WIDE}'")
    assert row["wue_l_par_kwh"] is None
    run = command(held, "indicateurs_annuels", "--id-centre", WIDE, "--annee", "2024", "--colonne", "wue_l_par_kwh")
    lines, deposits = run.stdout.replace("\u202f", " ").split("Lignes déposées\n")[1].split("Dépôts\n")
    assert "« wide.csv »" in lines
    assert "« wide.csv »" in deposits


def test_nobody_counted_is_no_zero(held: Held) -> None:
    row = held.rows("agregats_annuels", "annee = 2024 AND diffusion = 'aucune_donnee'")[0]
    group = ("--dimension", row["dimension"], "--modalite", row["modalite"], "--synthetiques")
    run = command(held, "agregats_annuels", "--annee", "2024", *group)
    assert "Aucun centre publié à son nom n'est compté." in run.stdout
    assert "somme" not in run.stdout


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("indicateurs_annuels", "--annee", "2024"), "Il manque « --id-centre ID »"),
        (("indicateurs_annuels", "--annee", "2012", "--id-centre", WIDE), "Années publiées : 2024."),
        (
            ("indicateurs_annuels", "--annee", "2024", "--id-centre", WIDE[:-1] + "9"),
            f"ne publie aucune ligne au nom du centre « {WIDE[:-1]}9 ». Les plus proches : {WIDE[:-2]}",
        ),
        (
            ("indicateurs_annuels", "--annee", "2024", "--id-centre", WIDE, "--colonne", "energie_total_kwh"),
            "Les plus proches : energie_totale_kwh",
        ),
        (("agregats_annuels", "--annee", "2024", "--dimension", "region"), "Il manque « --modalite CODE »"),
        (
            ("agregats_annuels", "--annee", "2024", "--synthetiques", "--dimension", "regions", "--modalite", "84"),
            "Valeurs possibles ici : categorie_organisme, classe_taille, ensemble, region, type_hebergement.",
        ),
        (("couverture", "--annee", "2024"), "La table « couverture » ne s'explique pas"),
        (("agregats_annuels", "--annee", "2024", "--colonne", "pue"), "--colonne et --id-centre ne vont qu'avec"),
    ],
)
def test_nothing_to_explain_is_one_sentence(held: Held, arguments: tuple[str, ...], sentence: str) -> None:
    run = command(held, *arguments)
    assert (run.returncode, run.stdout) == (2, "")
    assert sentence in run.stderr
    assert len(run.stderr.splitlines()) == 1

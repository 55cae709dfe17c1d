"""`greencloud explain` as it is typed: text, JSON, and one sentence when there is nothing to explain."""

import json
import os
import subprocess
import sys
from collections.abc import Callable

import pytest

from tests.differences.made import typed
from tests.explain.held import WIDE, Held

Command = Callable[..., subprocess.CompletedProcess[str]]


def places(held: Held) -> tuple[str, ...]:
    return "--edition", str(held.edition.folder), "--raw", str(held.raw)


@pytest.fixture
def command(held: Held, capsys: pytest.CaptureFixture[str]) -> Command:
    """`greencloud explain` with these arguments about the sample edition."""
    return lambda *arguments: typed(capsys, "explain", *arguments, *places(held))


def test_a_column_is_followed_down_to_the_file(held: Held) -> None:
    wanted = ("indicateurs_annuels", "--id-centre", WIDE, "--annee", "2024", "--colonne", "pue_calcule")
    run = subprocess.run(
        [sys.executable, "-m", "greencloud", "explain", *wanted, *places(held)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONUTF8": "1"},
    )
    assert (run.returncode, run.stderr) == (0, "")
    told = run.stdout.replace("\u202f", " ")
    assert "pue_calcule = 1,5000004166666667" in told
    assert "energie_totale_kwh / energie_it_kwh, vérifié (greencloud/sql/_sites_annees.sql)" in told
    assert "« wide.csv », déclaration, ligne 2, colonne 4 (« energie_it_kwh ») : reçu « 1 200 000 »" in told
    assert "encodage utf-16, séparateur « ; »" in told
    (row,) = held.rows("indicateurs_annuels", f"id_centre = '{WIDE}'")
    assert f"sha256 {row['depot_sha256']}" in told


def test_the_whole_row_fits_on_a_page(command: Command) -> None:
    run = command("indicateurs_annuels", "--id-centre", WIDE, "--annee", "2024")
    assert run.returncode == 0
    assert "energie_totale_kwh = 1\u202f800\u202f000,5   ← déclaration, ligne 2" in run.stdout
    assert len(run.stdout.splitlines()) < 100


def test_json_is_the_whole_explanation(held: Held, command: Command) -> None:
    run = command("indicateurs_annuels", "--id-centre", WIDE, "--annee", "2024", "--json")
    told = json.loads(run.stdout)
    assert told["edition"] == held.edition.identifier
    assert told["interne"] is False
    (energy,) = (column for column in told["colonnes"] if column["nom"] == "energie_totale_kwh")
    assert (energy["valeur"], energy["verifie"]) == (1_800_000.5, True)
    line = told["lignes"][energy["lignes"][0]]
    assert line["depot_sha256"] in told["depots"]


def test_totals_in_text_and_json(command: Command) -> None:
    wanted = ("agregats_annuels", "--annee", "2024", "--synthetiques")
    text = command(*wanted)
    assert (text.returncode, text.stderr) == (0, "")
    assert "publiés à leur nom" in text.stdout
    told = json.loads(command(*wanted, "--json").stdout)
    assert told["cle"] == {"annee": 2024, "synthetique": True, "dimension": "ensemble", "modalite": "ensemble"}


def test_an_empty_cell_shows_the_lines_that_leave_it_out(held: Held, command: Command) -> None:
    (row,) = held.rows("indicateurs_annuels", f"id_centre = '{WIDE}'")
    assert row["wue_l_par_kwh"] is None
    run = command("indicateurs_annuels", "--id-centre", WIDE, "--annee", "2024", "--colonne", "wue_l_par_kwh")
    lines, deposits = run.stdout.replace("\u202f", " ").split("Lignes déposées\n")[1].split("Dépôts\n")
    assert "« wide.csv »" in lines
    assert "« wide.csv »" in deposits


def test_nobody_counted_is_no_zero(held: Held, command: Command) -> None:
    row = held.rows("agregats_annuels", "annee = 2024 AND diffusion = 'aucune_donnee'")[0]
    group = ("--dimension", row["dimension"], "--modalite", row["modalite"], "--synthetiques")
    run = command("agregats_annuels", "--annee", "2024", *group)
    assert "Aucun centre publié à son nom n'est compté." in run.stdout
    assert "somme" not in run.stdout


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("indicateurs_annuels", "--annee", "2024"), "Il manque « --id-centre ID »"),
        (("indicateurs_annuels", "--annee", "2012", "--id-centre", WIDE), "Années publiées : 2024."),
        (
            ("indicateurs_annuels", "--annee", "2024", "--id-centre", WIDE[:-1] + "9"),
            f"ne publie aucune ligne au nom du centre « {WIDE[:-1]}9 ». Vérifiez l'identifiant dans "
            f"indicateurs_annuels.csv. Les plus proches : {WIDE[:-2]}",
        ),
        (("agregats_annuels", "--annee", "2024"), "n'a pas de données réelles pour 2024. Ajoutez --synthetiques."),
        (("agregats_annuels", "--annee", "2012"), "annee est « 2012 ». Valeurs possibles ici : 2019, "),
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
        (
            ("agregats_annuels", "--annee", "2024", "--colonne", "pue"),
            "L'option --colonne ne va qu'avec la table indicateurs_annuels. Retirez-la.",
        ),
        (
            ("indicateurs_annuels", "--annee", "2024", "--id-centre", WIDE, "--modalite", "84"),
            "L'option --modalite ne va qu'avec la table agregats_annuels. Retirez-la.",
        ),
    ],
)
def test_nothing_to_explain_is_one_sentence(command: Command, arguments: tuple[str, ...], sentence: str) -> None:
    run = command(*arguments)
    assert (run.returncode, run.stdout) == (2, "")
    assert sentence in run.stderr
    assert len(run.stderr.splitlines()) == 1


def test_neither_an_explanation_nor_a_comparison_loads_a_solver() -> None:
    """It takes a second, and only an edition that is built needs one."""
    program = "import sys; from greencloud import differences, explain; print('scipy' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert run.stdout == "False\n"

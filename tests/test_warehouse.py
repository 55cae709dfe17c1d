"""Deposits checked, loaded, superseded, refused and aggregated, with real files and a real DuckDB."""

import csv
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import pandas as pd
import pytest

from greencloud import deposits, tables
from greencloud.warehouse import Verdict, WarehouseError, aggregate, check_deposit, load

SIREN = "130025265"
SITE_A, SITE_B = "13002526500013-01", "13002526500013-02"
CENTRE_A = {"id_centre": SITE_A, "nom_site": "Salle Nord", "code_insee": "01053"}
DECLARATION_A: dict[str, Any] = {
    "id_centre": SITE_A,
    "annee": 2023,
    "energie_totale_kwh": 314870,
    "energie_it_kwh": 175120,
    "nature_valeur": "annuelle",
    "qualite_mesure": "mesure",
}


class Desk:
    """Deposits and checks small files, received one day after another."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.verdicts: list[Verdict] = []

    def receive(self, table: str, rows: Sequence[dict[str, Any]], *, synthetic: bool = False) -> Verdict:
        columns = list(dict.fromkeys(column for row in rows for column in row))
        lines = [columns, *([row.get(column, "") for column in columns] for row in rows)]
        file = self.folder / f"{table}-{len(self.verdicts)}.csv"
        with file.open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream).writerows(lines)
        return self.receive_file(table, file, synthetic=synthetic)

    def receive_file(self, table: str, file: Path, *, synthetic: bool = False) -> Verdict:
        day = f"2026-05-{len(self.verdicts) + 1:02d}T09:30:00.000000Z"
        deposit = deposits.store(
            file, table=table, emetteur=SIREN, raw_dir=self.folder / "raw", recu_le=day, synthetique=synthetic
        )
        self.verdicts.append(check_deposit(deposit, self.folder / "work"))
        return self.verdicts[-1]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def rows(con: duckdb.DuckDBPyConnection, query: str) -> list[tuple[Any, ...]]:
    return con.execute(query).fetchall()


# ---- one deposit ----


def test_a_good_deposit_gives_its_typed_rows_with_their_line(desk: Desk) -> None:
    verdict = desk.receive("declarations", [DECLARATION_A, {**DECLARATION_A, "annee": 2024}])
    assert verdict.report["valid"] and verdict.refused == ()
    found = duckdb.read_parquet(str(verdict.accepted))
    assert found.columns == [*tables.table("declarations").column_names, "depot_ligne", "cle_verdict"]
    assert found.project("annee, energie_totale_kwh, depot_ligne").fetchall() == [(2023, 314870, 2), (2024, 314870, 3)]
    assert verdict.report["file"]["name"] == "declarations-0.csv"


def test_a_bad_row_is_refused_alone_and_its_site_and_year_are_known(desk: Desk) -> None:
    verdict = desk.receive(
        "declarations",
        [{**DECLARATION_A, "energie_it_kwh": "beaucoup"}, {**DECLARATION_A, "annee": 2024}, {"id_centre": SITE_B}],
    )
    assert not verdict.report["valid"]
    assert verdict.refused == ((2, SITE_A, 2023), (4, SITE_B, None))
    assert duckdb.read_parquet(str(verdict.accepted)).project("annee").fetchall() == [(2024,)]


def test_an_unreadable_file_gives_a_report_and_no_row(desk: Desk) -> None:
    file = desk.folder / "classeur.csv"
    file.write_bytes(b"\x00\x01\x02" * 100)
    verdict = desk.receive_file("declarations", file)
    assert not verdict.report["valid"] and verdict.report["errors"]
    assert duckdb.read_parquet(str(verdict.accepted)).fetchall() == []
    con = load(desk.verdicts)
    assert rows(con, "SELECT count(*) FROM anomalies WHERE ligne IS NULL") == [(1,)]
    aggregate(con)
    assert rows(con, "SELECT nom_fichier, ligne FROM rejets") == [("classeur.csv", None)]


# ---- loading ----


def test_the_latest_deposit_of_a_key_is_current_and_the_others_are_kept(desk: Desk) -> None:
    desk.receive("centres", [CENTRE_A])
    for total in (310_000, 320_000, 330_000):
        desk.receive("declarations", [{**DECLARATION_A, "energie_totale_kwh": total}])
    con = load(desk.verdicts)
    assert rows(con, "SELECT energie_totale_kwh, depot_ligne, depot_recu_le::VARCHAR, emetteur FROM declarations") == [
        (330_000, 2, "2026-05-04", SIREN)
    ]
    shas = [verdict.deposit.sha256 for verdict in desk.verdicts]
    assert rows(
        con, "SELECT energie_totale_kwh, depot_sha256, remplace_par_sha256 FROM declarations_remplaces ORDER BY 1"
    ) == [(310_000, shas[1], shas[2]), (320_000, shas[2], shas[3])]
    aggregate(con)
    told = "SELECT ancienne_valeur, nouvelle_valeur, remplace_le::VARCHAR FROM historique ORDER BY remplace_le"
    assert rows(con, told) == [("310000", "320000", "2026-05-03"), ("320000", "330000", "2026-05-04")]


def test_the_order_of_the_verdicts_does_not_matter(desk: Desk) -> None:
    desk.receive("centres", [CENTRE_A])
    desk.receive("declarations", [DECLARATION_A])
    desk.receive("declarations", [{**DECLARATION_A, "energie_totale_kwh": 320_000}])
    for verdicts in (desk.verdicts, desk.verdicts[::-1]):
        assert rows(load(verdicts), "SELECT energie_totale_kwh FROM declarations") == [(320_000,)]


def test_a_row_without_its_site_is_refused_with_a_reason_and_comes_back_with_it(desk: Desk) -> None:
    desk.receive("declarations", [DECLARATION_A, {**DECLARATION_A, "id_centre": SITE_B}])
    reading = {"id_centre": SITE_B, "poste": "it", "date_debut": "2023-01-01", "date_fin": "2023-01-31"}
    desk.receive("consommations", [{**reading, "energie_kwh": 12}])
    desk.receive("centres", [CENTRE_A])
    con = load(desk.verdicts)
    assert rows(con, "SELECT id_centre FROM declarations") == [(SITE_A,)]
    assert rows(con, "SELECT count(*) FROM consommations") == [(0,)]
    refused = "SELECT niveau, ligne, champ, valeur, code, id_centre, annee FROM anomalies WHERE niveau = 'erreur'"
    assert rows(con, refused) == [
        ("erreur", 3, "id_centre", SITE_B, "foreign-key", SITE_B, 2023),
        ("erreur", 2, "id_centre", SITE_B, "foreign-key", SITE_B, 2023),
    ]
    aggregate(con)
    assert rows(con, "SELECT table_visee, ligne FROM rejets ORDER BY 1") == [("consommations", 2), ("declarations", 3)]
    desk.receive("centres", [{**CENTRE_A, "id_centre": SITE_B, "nom_site": "Salle Sud"}])
    assert rows(load(desk.verdicts), "SELECT id_centre FROM declarations") == [(SITE_A,), (SITE_B,)]


def test_a_synthetic_row_never_replaces_a_real_one_nor_the_reverse(desk: Desk) -> None:
    desk.receive("centres", [{**CENTRE_A, "nom_site": "Vraie salle"}])
    desk.receive("declarations", [DECLARATION_A])
    made_up = [{**CENTRE_A, "nom_site": "Fausse salle"}, {**CENTRE_A, "id_centre": SITE_B}]
    desk.receive("centres", made_up, synthetic=True)
    fakes = [{**DECLARATION_A, "annee": year, "id_centre": site} for year, site in ((2023, SITE_A), (2024, SITE_A))]
    desk.receive("declarations", [*fakes, {**DECLARATION_A, "id_centre": SITE_B}], synthetic=True)
    desk.receive("declarations", [{**DECLARATION_A, "annee": 2022, "id_centre": SITE_B}])
    con = load(desk.verdicts)
    assert rows(con, "SELECT nom_site, synthetique FROM centres") == [("Vraie salle", False), ("Salle Nord", True)]
    kept = [(SITE_A, 2023, False), (SITE_B, 2023, True)]
    assert rows(con, "SELECT id_centre, annee, synthetique FROM declarations") == kept
    refused = "SELECT code, count(*) FROM anomalies WHERE niveau = 'erreur' GROUP BY code ORDER BY code"
    assert rows(con, refused) == [("centre_deja_reel", 1), ("nature_melangee", 3)]
    assert rows(con, "SELECT count(*) FROM declarations_remplaces") == [(0,)]
    aggregate(con)


def test_a_reading_out_of_the_published_years_is_refused(desk: Desk) -> None:
    desk.receive("centres", [CENTRE_A])
    reading = {"id_centre": SITE_A, "poste": "total", "energie_kwh": 1}
    desk.receive(
        "consommations",
        [
            {**reading, "date_debut": "1900-01-01", "date_fin": "2100-12-31"},
            {**reading, "date_debut": "1999-12-31", "date_fin": "2000-12-31"},
            {**reading, "date_debut": "2000-01-01", "date_fin": "2000-12-31"},
        ],
    )
    con = load(desk.verdicts)
    aggregate(con)
    assert rows(con, "SELECT ligne, champ FROM rejets WHERE code = 'date_hors_plage'") == [
        (2, "date_debut"),
        (3, "date_debut"),
    ]
    assert rows(con, "SELECT annee FROM indicateurs_annuels") == [(2000,)]


def test_a_reading_that_begins_after_its_deposit_is_refused(desk: Desk) -> None:
    desk.receive("centres", [CENTRE_A])
    reading = {"id_centre": SITE_A, "poste": "total", "energie_kwh": 1}
    later = {"date_debut": "2052-01-01", "date_fin": "2052-01-31"}
    desk.receive(
        "consommations", [{**reading, **later}, {**reading, "date_debut": "2025-01-01", "date_fin": "2025-12-31"}]
    )
    con = load(desk.verdicts)
    aggregate(con)
    assert rows(con, "SELECT ligne, code FROM rejets") == [(2, "date_hors_plage")]
    assert rows(con, "SELECT annee FROM indicateurs_annuels") == [(2025,)]


def test_a_reading_that_replaces_another_period_is_said(desk: Desk) -> None:
    desk.receive("centres", [CENTRE_A])
    reading = {"id_centre": SITE_A, "poste": "total", "date_debut": "2023-01-01", "energie_kwh": 50}
    desk.receive("consommations", [{**reading, "date_fin": "2023-02-28"}])
    desk.receive("consommations", [{**reading, "date_fin": "2023-01-31", "commentaire": "mois"}])
    desk.receive("consommations", [{**reading, "date_fin": "2023-01-31", "energie_kwh": 60}])
    con = load(desk.verdicts)
    ((sha256, level, line, field, value, message, site, year),) = rows(
        con,
        "SELECT depot_sha256, niveau, ligne, champ, valeur, message, id_centre, annee "
        "FROM anomalies WHERE code = 'periode_remplacee'",
    )
    newer = desk.verdicts[2].deposit.sha256
    assert (sha256, level, line, field, value) == (newer, "avertissement", 2, "date_fin", "2023-01-31")
    assert (site, year) == (SITE_A, 2023)
    assert "finit le 31/01/2023" in message and "finissait le 28/02/2023" in message
    assert message.endswith(".")


def test_the_year_carries_the_warning_of_a_changed_period(desk: Desk) -> None:
    desk.receive("centres", [CENTRE_A])
    desk.receive("declarations", [DECLARATION_A])
    reading = {"id_centre": SITE_A, "poste": "total", "date_debut": "2023-01-01", "energie_kwh": 50}
    for end in ("2023-02-28", "2023-01-31"):
        desk.receive("consommations", [{**reading, "date_fin": end}])
    con = load(desk.verdicts)
    aggregate(con)
    assert rows(con, "SELECT avertissements FROM indicateurs_annuels") == [("periode_remplacee",)]
    assert rows(con, "SELECT count(*) FROM rejets") == [(0,)]


def test_coverage_tells_a_refused_declaration_from_none(desk: Desk) -> None:
    desk.receive("centres", [CENTRE_A, {**CENTRE_A, "id_centre": SITE_B, "nom_site": "Salle Sud"}])
    desk.receive("declarations", [DECLARATION_A, {**DECLARATION_A, "id_centre": SITE_B, "energie_it_kwh": "beaucoup"}])
    con = load(desk.verdicts)
    aggregate(con)
    assert rows(con, "SELECT id_centre, statut, nb_rejets FROM couverture") == [
        (SITE_A, "complet", 0),
        (SITE_B, "rejete", 1),
    ]


def test_every_french_sentence_of_a_refusal_is_whole(desk: Desk) -> None:
    desk.receive("declarations", [DECLARATION_A])
    ((message, fix),) = rows(load(desk.verdicts), "SELECT message, correction FROM anomalies WHERE niveau = 'erreur'")
    assert message.startswith("Ligne 2, colonne «\u202fid_centre\u202f»\u202f: Ce centre n'est pas inscrit")
    assert fix.endswith(".")


@pytest.mark.parametrize("damage", ["missing", "empty", "ragged"])
def test_a_broken_reference_table_is_said(damage: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for source in tables.reference_dir().glob("*.csv"):
        (tmp_path / source.name).write_bytes(source.read_bytes())
    regions = tmp_path / "regions.csv"
    if damage == "missing":
        regions.unlink()
    else:
        regions.write_text("" if damage == "empty" else "code_region,nom_region\n84\n", encoding="utf-8")
    monkeypatch.setattr(tables, "reference_dir", lambda: tmp_path)
    with pytest.raises(WarehouseError, match=r"regions\.csv\W+est absente ou illisible"):
        load([])


# ---- rules that see more than a row ----


def test_a_row_that_the_other_years_refuse_gives_its_place_back(desk: Desk) -> None:
    desk.receive("centres", [CENTRE_A])
    alone = {**DECLARATION_A, "energie_it_kwh": "", "motif_absence": "non_mesure"}
    desk.receive(
        "declarations", [{**alone, "annee": year, "energie_totale_kwh": 310_000 + year} for year in range(2021, 2025)]
    )
    first = load(desk.verdicts)
    assert rows(first, "SELECT count(*) FROM anomalies WHERE niveau = 'erreur'") == [(0,)]
    for wrong in ("312.1", "36"):  # in MWh, then in kW: each is refused in its turn
        desk.receive("declarations", [{**alone, "energie_totale_kwh": wrong}])
    con = load(desk.verdicts)
    assert rows(con, "SELECT energie_totale_kwh FROM declarations WHERE annee = 2023") == [(312_023,)]
    assert rows(con, "SELECT count(*) FROM declarations_remplaces") == [(0,)]
    told = rows(
        con,
        "SELECT code, ligne, champ, valeur, id_centre, annee FROM anomalies WHERE niveau = 'erreur' ORDER BY valeur",
    )
    assert told == [
        ("changement_unite_probable", 2, "energie_totale_kwh", value, SITE_A, 2023) for value in ("312.1", "36")
    ]
    ((message, fix),) = rows(con, "SELECT message, correction FROM anomalies WHERE valeur = '312.1'")
    assert message.startswith("Ligne 2") and "energie_totale_kwh (312,1) est sans commune mesure" in message
    assert "312\u202f100 kWh" in fix
    aggregate(con)
    assert rows(con, "SELECT code FROM rejets") == [("changement_unite_probable",)] * 2


def test_a_warning_of_history_marks_the_published_year(desk: Desk) -> None:
    desk.receive("centres", [CENTRE_A])
    copied = [{**DECLARATION_A, "annee": 2022}, DECLARATION_A]
    desk.receive("declarations", copied)
    con = load(desk.verdicts)
    aggregate(con)
    assert rows(con, "SELECT annee, avertissements FROM indicateurs_annuels ORDER BY annee") == [
        (2022, None),
        (2023, "valeurs_recopiees"),
    ]
    desk.receive("declarations", [{**DECLARATION_A, "energie_totale_kwh": 320_000, "energie_it_kwh": 180_000}])
    con = load(desk.verdicts)  # the corrected row is judged, the replaced one no more
    assert rows(con, "SELECT code FROM anomalies") == []


def test_a_year_that_is_not_over_is_refused(desk: Desk) -> None:
    desk.receive("centres", [CENTRE_A])
    desk.receive("declarations", [{**DECLARATION_A, "annee": 2026}, {**DECLARATION_A, "annee": 2025}])
    con = load(desk.verdicts)
    assert rows(con, "SELECT code, ligne, champ FROM anomalies") == [("annee_non_close", 2, "date_fin")]
    assert rows(con, "SELECT annee FROM declarations") == [(2025,)]


def test_a_commune_that_exists_nowhere_never_reaches_the_register(desk: Desk) -> None:
    desk.receive("centres", [CENTRE_A, {**CENTRE_A, "id_centre": SITE_B, "code_insee": "35000"}])
    con = load(desk.verdicts)
    assert rows(con, "SELECT id_centre FROM centres") == [(SITE_A,)]


def test_what_an_operator_must_do_is_said_without_a_warning(desk: Desk) -> None:
    desk.receive("centres", [{**CENTRE_A, "puissance_it_installee_kw": 620}])
    desk.receive("declarations", [{**DECLARATION_A, "energie_totale_kwh": 5_200_000, "energie_it_kwh": 3_100_000}])
    con = load(desk.verdicts)
    assert rows(con, "SELECT niveau, code FROM anomalies") == [("info", "seuil_l236_1")]
    aggregate(con)
    assert rows(con, "SELECT avertissements FROM indicateurs_annuels") == [(None,)]
    assert rows(con, "SELECT count(*) FROM rejets") == [(0,)]


# ---- publishing ----


def test_a_table_that_breaks_its_schema_is_never_published(desk: Desk) -> None:
    desk.receive("centres", [CENTRE_A])
    desk.receive("declarations", [DECLARATION_A])
    con = load(desk.verdicts)
    con.execute("UPDATE centres SET nom_site = '=1+1'")
    with pytest.raises(WarehouseError, match=r"centres\W+ne respecte pas son schéma \(nom_site, pattern\W+=1\+1"):
        aggregate(con)


def test_small_groups_are_hidden_in_the_published_table(desk: Desk) -> None:
    desk.receive("centres", [CENTRE_A])
    desk.receive("declarations", [DECLARATION_A])
    con = load(desk.verdicts)
    aggregate(con)
    assert rows(con, "SELECT DISTINCT diffusion, nb_sites_pue, pue FROM agregats_annuels") == [
        ("secret_primaire", None, None)
    ]


def test_a_group_without_a_sum_says_so(desk: Desk) -> None:
    desk.receive("centres", [CENTRE_A])
    desk.receive("declarations", [{**DECLARATION_A, "energie_it_kwh": ""}])
    con = load(desk.verdicts)
    aggregate(con)
    assert rows(con, "SELECT DISTINCT diffusion, nb_sites_declarants, nb_sites_pue, pue FROM agregats_annuels") == [
        ("aucune_donnee", 1, 0, None)
    ]


class National(NamedTuple):
    """Checked deposits, and the rows that should be current once they are loaded."""

    verdicts: list[Verdict]
    centres: list[dict[str, Any]]
    declarations: list[dict[str, Any]]


@pytest.fixture(scope="module")
def national(tmp_path_factory: pytest.TempPathFactory) -> National:
    """Forty sites over three years, with holes: a missing energy, part of a year, a hosted site, a corrected value."""
    desk = Desk(tmp_path_factory.mktemp("national"))
    draw = random.Random(7)
    kinds = ("salle_serveurs", "centre_propre", "colocation", "cloud_interne")
    centres: list[dict[str, Any]] = []
    declarations: list[dict[str, Any]] = []
    for number in range(40):
        site, power = f"13002526500013-{number + 1:02d}", draw.uniform(5, 900)
        host = centres[draw.randrange(number)]["id_centre"] if number % 9 == 8 else ""
        kind = draw.choice(kinds)
        centres.append(
            {"id_centre": site, "nom_site": f"Salle {number}", "type_hebergement": kind, "heberge_chez": host}
        )
        for year in (2022, 2023, 2024):
            energy = round(power * 8760 * draw.uniform(0.2, 0.8), 3)
            declarations.append(
                {
                    "id_centre": site,
                    "annee": year,
                    "energie_totale_kwh": round(energy * draw.uniform(1.1, 3.2), 3),
                    "energie_it_kwh": "" if draw.random() < 0.1 else energy,
                    "nature_valeur": draw.choice(("annuelle", "annuelle", "annuelle", "partielle")),
                    "qualite_mesure": "mesure",
                }
            )
    desk.receive("centres", centres)
    desk.receive("declarations", declarations)
    corrected = [{**row, "energie_totale_kwh": row["energie_totale_kwh"] * 1.01} for row in declarations[:20]]
    desk.receive("declarations", corrected)
    assert all(verdict.report["valid"] for verdict in desk.verdicts)
    return National(desk.verdicts, centres, corrected + declarations[20:])


def test_the_national_pue_per_hosting_kind_and_year_is_that_of_pandas(national: National) -> None:
    con = load(national.verdicts)
    aggregate(con)
    frame = pd.DataFrame(national.declarations).merge(pd.DataFrame(national.centres), on="id_centre", validate="m:1")
    frame["energie_it_kwh"] = pd.to_numeric(frame["energie_it_kwh"])
    whole = frame[frame["energie_it_kwh"].notna() & (frame["nature_valeur"] == "annuelle")]
    held = set(zip(whole["id_centre"], whole["annee"], strict=True))
    hosted = [(host, year) in held for host, year in zip(whole["heberge_chez"], whole["annee"], strict=True)]
    summed = whole[[not inside for inside in hosted]].groupby(["type_hebergement", "annee"])
    sums = summed[["energie_totale_kwh", "energie_it_kwh"]].sum()
    expected = (sums["energie_totale_kwh"] / sums["energie_it_kwh"]).to_dict()
    published = rows(
        con,
        "SELECT modalite, annee, pue FROM agregats_annuels "
        "WHERE dimension = 'type_hebergement' AND diffusion = 'diffuse'",
    )
    assert any(hosted) and len(published) >= 9
    for kind, year, pue in published:
        assert pue == pytest.approx(expected[kind, year], rel=1e-9)


def test_two_runs_give_equal_tables(national: National) -> None:
    first, second = load(national.verdicts), load(national.verdicts[::-1])
    aggregate(first)
    aggregate(second)
    aggregate(second)  # made again over itself
    for name in tables.PUBLISHED:
        pd.testing.assert_frame_equal(first.table(name).df(), second.table(name).df(), check_exact=True)


def test_a_warehouse_without_deposits_has_empty_tables() -> None:
    con = load([])
    aggregate(con)
    assert [rows(con, f"SELECT count(*) FROM {name}") for name in tables.PUBLISHED] == [[(0,)]] * len(tables.PUBLISHED)

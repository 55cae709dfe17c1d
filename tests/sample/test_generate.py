"""The generated deposits seen from outside: through the scan and through the real check."""

import csv
import hashlib
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import duckdb
import pytest

from greencloud import rules, tables
from greencloud.checking import Report, check_file
from greencloud.deposits import scan
from greencloud.sample import EXPECTED_ERRORS, generate
from greencloud.sample.mistakes import MISTAKES
from greencloud.verdicts import check_deposit

Error = tuple[str, int, str, str]
TOGETHER = {"foreign-key", *(rule.code for rule in rules.across("declarations") if rule.voit)}
"""What shows once all deposits are together."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sample")
    generate(folder)
    return folder


@pytest.fixture(scope="module")
def accepted(
    folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[dict[str, Report], duckdb.DuckDBPyConnection]:
    """The report on each file, and the accepted rows of each (a table of the file's name) in DuckDB."""
    parquet = tmp_path_factory.mktemp("accepted") / "accepted.parquet"
    con, reports = duckdb.connect(), {}
    for deposit in (deposit for deposit in scan(folder)[0] if deposit.table != tables.READINGS):
        table = tables.table(deposit.table)
        checked = check_file(deposit.path, table, rules=rules.for_table(deposit.table))
        checked.write_accepted(parquet)
        con.execute(f"CREATE TABLE {tables.quote(deposit.path.stem)} AS SELECT * FROM '{parquet}'")
        reports[deposit.path.name] = checked.report
    for table_name in ("declarations", "consommations"):
        parts = " UNION ALL ".join(
            f"SELECT * FROM {tables.quote(f'{table_name}-{year}')}" for year in range(2019, 2026)
        )
        con.execute(f"CREATE TABLE {table_name} AS {parts}")
    return reports, con


@pytest.fixture(scope="module")
def reports(accepted: tuple[dict[str, Report], duckdb.DuckDBPyConnection]) -> dict[str, Report]:
    return accepted[0]


@pytest.fixture(scope="module")
def con(accepted: tuple[dict[str, Report], duckdb.DuckDBPyConnection]) -> duckdb.DuckDBPyConnection:
    return accepted[1]


def expected(folder: Path) -> list[Error]:
    with (folder / EXPECTED_ERRORS).open(encoding="utf-8", newline="") as stream:
        return [(row["fichier"], int(row["ligne"]), row["champ"], row["code"]) for row in csv.DictReader(stream)]


def digests(folder: Path) -> Mapping[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.iterdir())}


def scalar(con: duckdb.DuckDBPyConnection, query: str) -> float:
    row = con.execute(query).fetchone()
    assert row is not None and row[0] is not None
    return float(row[0])


# ---- the errors ----


def test_the_check_finds_exactly_the_mistakes_that_were_made(folder: Path, reports: Mapping[str, Report]) -> None:
    found = [
        (name, error.row or 0, error.field or "", error.code)
        for name, report in reports.items()
        for error in report.errors
    ]
    assert sorted(found) == sorted(error for error in expected(folder) if error[3] not in TOGETHER)


def test_unknown_sites_are_the_declarations_that_the_register_lacks(
    folder: Path, con: duckdb.DuckDBPyConnection
) -> None:
    query = """
        SELECT 'declarations-' || annee || '.csv', depot_ligne, 'id_centre', 'foreign-key' FROM declarations
        WHERE id_centre NOT IN (SELECT id_centre FROM centres) ORDER BY ALL
    """
    unknown = [error for error in expected(folder) if error[3] == "foreign-key"]
    assert con.execute(query).fetchall() == unknown
    assert len(unknown) >= 1


def test_a_spoilt_row_alone_is_rejected(folder: Path, reports: Mapping[str, Report]) -> None:
    spoilt = Counter(name for name, _, _, code in expected(folder) if code not in TOGETHER)
    assert {name: report.rejected for name, report in reports.items()} == {name: spoilt[name] for name in reports}


def test_about_two_percent_are_wrong_in_every_known_way(folder: Path, reports: Mapping[str, Report]) -> None:
    rows = sum(report.rows for name, report in reports.items() if name.startswith("declarations-2"))
    assert 0.015 <= len(expected(folder)) / rows <= 0.03
    assert {code for _, _, _, code in expected(folder)} == {mistake.code for mistake in MISTAKES}


def test_files_are_read_in_the_flavours_of_administrations(reports: Mapping[str, Report]) -> None:
    flavours = {(report.file.encoding, report.file.delimiter) for report in reports.values()}
    assert len({delimiter for _, delimiter in flavours}) == 3
    assert len({encoding for encoding, _ in flavours}) == 3


# ---- the folder ----


def test_every_file_is_a_synthetic_deposit(folder: Path) -> None:
    found, unfiled = scan(folder)
    assert unfiled == []
    assert [deposit.nom_origine for deposit in found] == [deposit.path.name for deposit in found]
    assert Counter(deposit.table for deposit in found) == {
        "centres": 1,
        "declarations": 8,
        "consommations": 7,
        "compteurs": 1,
        "releves": 2,
    }
    assert all(deposit.synthetique for deposit in found)
    assert {deposit.emetteur for deposit in found} == {"999009988"}
    assert (found[0].nom_origine, found[0].recu_le) == ("declarations-2019.csv", "2020-05-10T09:00:00.000000Z")
    assert found[-1].nom_origine == "declarations-corrections.csv"


def test_every_row_says_that_it_is_synthetic(con: duckdb.DuckDBPyConnection) -> None:
    for name in ("centres", "declarations", "consommations", "declarations-corrections"):
        assert (
            scalar(con, f"SELECT count(*) FROM {tables.quote(name)} WHERE commentaire NOT LIKE 'Donnée synthétique%'")
            == 0
        )
    assert scalar(con, "SELECT count(*) FROM centres WHERE organisme NOT LIKE '%ficti%'") == 0


def test_it_is_small(folder: Path) -> None:
    assert sum(path.stat().st_size for path in folder.iterdir()) < 15_000_000


def test_the_same_numbers_give_the_same_bytes_anywhere(folder: Path, tmp_path: Path) -> None:
    script = "import sys; from pathlib import Path; from greencloud.sample import generate; generate(Path(sys.argv[1]))"
    elsewhere = {**os.environ, "PYTHONHASHSEED": "12", "TZ": "Pacific/Auckland", "LC_ALL": "C", "PYTHONUTF8": "0"}
    root = Path(__file__).parents[2]
    subprocess.run([sys.executable, "-c", script, tmp_path], env=elsewhere, cwd=root, check=True)
    assert digests(tmp_path) == digests(folder)


def test_another_seed_gives_other_bytes(folder: Path, tmp_path: Path) -> None:
    generate(tmp_path, seed=1)
    same = {name for name, digest in digests(tmp_path).items() if digests(folder)[name] == digest}
    assert same == {"LISEZMOI.md"}


@pytest.mark.parametrize("sites", [1, 7, 45])
def test_a_small_campaign_is_whole(sites: int, tmp_path: Path) -> None:
    paths = generate(tmp_path, sites=sites)
    found, unfiled = scan(tmp_path)
    assert unfiled == []
    assert sorted(deposit.path for deposit in found) == sorted(paths)
    assert len((tmp_path / "centres.csv").read_text(encoding="utf-8").splitlines()) == sites + 1


def test_no_site_is_no_campaign(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="au moins 1"):
        generate(tmp_path, sites=0)


def test_the_load_curves_have_the_faults_of_real_ones(folder: Path, tmp_path: Path) -> None:
    found = [check_deposit(deposit, tmp_path) for deposit in scan(folder)[0] if deposit.table == tables.READINGS]
    told = {verdict.deposit.nom_origine: verdict.report for verdict in found}
    codes = {name: {item["code"] for item in report["errors"] + report["warnings"]} for name, report in told.items()}
    assert codes == {
        "courbes-de-charge-2025.csv": {"valeur_absente", "doublon_identique"},
        "releves-onduleurs-2025.csv": {"chevauchement"},
    }
    assert all(0 < report["stats"]["rejected"] < 10 for report in told.values())
    assert all(report["stats"]["rows"] > 2 * 17_500 for report in told.values())


# ---- the figures ----


@pytest.mark.parametrize(
    ("kind", "low", "high"),
    [
        ("salle_serveurs", 1.8, 2.8),
        ("centre_propre", 1.5, 1.9),
        ("centre_mutualise_public", 1.3, 1.6),
        ("colocation", 1.25, 1.5),
        ("cloud_interne", 1.1, 1.35),
        ("cloud_dedie", 1.1, 1.35),
        ("cloud_externe", 1.1, 1.3),
    ],
)
def test_the_pue_of_a_kind_is_that_of_the_references(
    con: duckdb.DuckDBPyConnection, kind: str, low: float, high: float
) -> None:
    query = f"""
        SELECT median(energie_totale_kwh / energie_it_kwh) FROM declarations
        JOIN centres USING (id_centre) WHERE type_hebergement = '{kind}'
    """
    assert low <= scalar(con, query) <= high


def test_small_rooms_and_early_years_answer_less(con: duckdb.DuckDBPyConnection) -> None:
    def answers(kind: str, year: int) -> float:
        of_kind = f"FROM centres LEFT JOIN \"declarations-{year}\" USING (id_centre) WHERE type_hebergement = '{kind}'"
        return scalar(con, f"SELECT count(annee) / count(*) {of_kind} AND mise_en_service < '2019'")

    assert answers("salle_serveurs", 2019) < answers("salle_serveurs", 2025)
    assert answers("salle_serveurs", 2019) < answers("centre_mutualise_public", 2019)


def test_every_sort_of_declaration_is_there(con: duckdb.DuckDBPyConnection) -> None:
    total, it, pue = (f"{column} IS NOT NULL" for column in ("energie_totale_kwh", "energie_it_kwh", "pue_declare"))
    for condition, least in (
        (f"{total} AND {it}", 700),
        (f"{total} AND NOT {it}", 80),
        (f"NOT ({total}) AND NOT ({it}) AND {pue}", 60),
        (f"NOT ({total}) AND {it} AND {pue}", 10),
        ("qualite_mesure = 'estime'", 80),
        ("nature_valeur = 'intermediaire'", 10),
        ("chaleur_valorisee_kwh > 0", 10),
        ("eau_totale_m3 > 0", 50),
        ("energie_renouvelable_kwh > 0", 50),
        *((f"categorie_mesure_it = '{category}'", 20) for category in "123X"),
    ):
        assert scalar(con, f"SELECT count(*) FROM declarations WHERE {condition}") >= least, condition


def test_declared_energies_are_the_sum_of_the_months_but_for_six(con: duckdb.DuckDBPyConnection) -> None:
    gaps = con.execute("""
        SELECT abs(energie_totale_kwh / somme - 1) AS ecart
        FROM declarations JOIN (
            SELECT id_centre, year(date_debut) AS annee,
                sum(energie_kwh) AS somme, sum(date_fin - date_debut + 1) AS jours
            FROM consommations WHERE poste = 'total' GROUP BY ALL
        ) USING (id_centre, annee)
        WHERE jours >= 365 AND energie_totale_kwh IS NOT NULL AND qualite_mesure <> 'estime'
    """).fetchall()
    assert len(gaps) > 200
    assert sum(gap > 0.05 for (gap,) in gaps) == 6
    assert sum(0 < gap <= 0.05 for (gap,) in gaps) == 0


def test_some_annual_energies_stand_in_the_readings_only(con: duckdb.DuckDBPyConnection) -> None:
    query = """
        SELECT count(*) FROM declarations JOIN (
            SELECT id_centre, year(date_debut) AS annee, count(*) AS mois
            FROM consommations WHERE poste = 'total' GROUP BY ALL
        ) USING (id_centre, annee) WHERE mois = 12 AND energie_totale_kwh IS NULL
    """
    assert scalar(con, query) >= 40


def test_guests_never_use_more_than_their_host(con: duckdb.DuckDBPyConnection) -> None:
    query = """
        SELECT count(*) FILTER (somme > hote.energie_it_kwh), count(*) FROM (
            SELECT heberge_chez, annee, sum(energie_it_kwh) AS somme
            FROM declarations JOIN centres USING (id_centre) WHERE heberge_chez IS NOT NULL GROUP BY ALL
        ) AS heberges JOIN declarations AS hote ON hote.id_centre = heberge_chez AND hote.annee = heberges.annee
    """
    above, hosts = con.execute(query).fetchall()[0]
    assert above == 0
    assert hosts >= 10


def test_corrections_change_earlier_values_of_the_same_keys(con: duckdb.DuckDBPyConnection) -> None:
    corrections = '"declarations-corrections"'
    changed = f"""
        SELECT count(*) FROM {corrections} AS nouveau JOIN declarations AS ancien USING (id_centre, annee)
        WHERE nouveau.energie_totale_kwh > ancien.energie_totale_kwh
    """
    assert scalar(con, changed) == 18
    assert scalar(con, f"SELECT count(*) FROM {corrections} ANTI JOIN declarations USING (id_centre, annee)") == 6

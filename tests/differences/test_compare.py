"""What two editions differ by: every kind of change, its cause, and no name of a site that is no longer published."""

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pytest

from greencloud.differences import DifferenceError, RowChange, Snapshot, TableChange, compare, find, journal
from greencloud.differences.causes import PEERS
from greencloud.differences.form import to_dict
from tests.differences.made import edition
from tests.published import DEPOSITS, ROWS, SHA_A, SHA_B, SITE_A, SITE_B, Rows, deposit

SHA_C = "c0" * 32
NEW = deposit(SHA_C, "2026-09-01T10:00:00.000000Z")
INDICATOR_B, INDICATOR = map(dict, ROWS["indicateurs_annuels"])
COVERAGE_B, COVERAGE = map(dict, ROWS["couverture"])


def changes(tmp_path: Path, before: Rows | None, after: Rows | None, **made_of: Any) -> dict[str, TableChange]:
    """The tables that differ between an edition of `before` and one of `after`, which has one more deposit."""
    made_of = {"deposits": (*DEPOSITS, NEW), **made_of}
    return changes_between(edition(tmp_path / "avant", before), edition(tmp_path / "apres", after, **made_of))


def changes_between(before: Snapshot, after: Snapshot) -> dict[str, TableChange]:
    return {table.name: table for table in compare(before, after).tables if not table.same}


def only_row(found: dict[str, TableChange], table: str = "indicateurs_annuels") -> RowChange:
    (row,) = found[table].rows
    return row


def test_the_same_rows_differ_by_nothing(tmp_path: Path) -> None:
    found = compare(edition(tmp_path / "avant"), edition(tmp_path / "apres"))
    assert all(table.same for table in found.tables)
    assert not (found.ingredients.new_deposits or found.ingredients.program or found.ingredients.factors)


def test_a_new_row_names_the_deposit_and_the_line(tmp_path: Path) -> None:
    fresh = INDICATOR | {"annee": 2025, "depot_sha256": SHA_C, "depot_ligne": 7}
    found = changes(tmp_path, None, {"indicateurs_annuels": [*ROWS["indicateurs_annuels"], fresh]})
    row = only_row(found)
    assert (row.cle, row.sens, row.cause) == ({"id_centre": SITE_A, "annee": 2025}, "nouvelle", "depot_nouveau")
    assert (row.depot, row.ligne) == (SHA_C, 7)


def test_a_correction_names_the_line_that_made_it(tmp_path: Path) -> None:
    changed = INDICATOR | {"energie_totale_kwh": 440000.0, "depot_sha256": SHA_C, "depot_ligne": 4}
    superseded = dict(ROWS["historique"][0]) | {
        "ancienne_valeur": "438000",
        "nouvelle_valeur": "440000",
        "ancien_depot_sha256": SHA_A,
        "nouveau_depot_sha256": SHA_C,
        "nouveau_depot_ligne": 4,
    }
    after: Rows = {"indicateurs_annuels": [INDICATOR_B, changed], "historique": [*ROWS["historique"], superseded]}
    found = changes(tmp_path, None, after)
    row = only_row(found)
    assert (row.cause, row.depot, row.ligne) == ("correction", SHA_C, 4)
    assert row.cellules["energie_totale_kwh"] == ("438000.0", "440000.0")
    assert only_row(found, "historique").cellules == {"energie_totale_kwh": ("438000", "440000")}


def test_a_correction_of_a_comment_explains_no_energy(tmp_path: Path) -> None:
    changed = INDICATOR | {"energie_totale_kwh": 440000.0}
    superseded = dict(ROWS["historique"][0]) | {"champ": "commentaire", "ancien_depot_sha256": SHA_A}
    found = changes(
        tmp_path, None, {"indicateurs_annuels": [INDICATOR_B, changed], "historique": [*ROWS["historique"], superseded]}
    )
    assert only_row(found).cause == "depots"


def test_a_line_refused_now_is_told_with_its_code(tmp_path: Path) -> None:
    refusal = dict(ROWS["rejets"][-1]) | {"numero": 99, "ligne": 2, "code": "pue_egal_a_un"}
    after: Rows = {"indicateurs_annuels": [INDICATOR_B], "rejets": [*ROWS["rejets"], refusal]}
    row = only_row(changes(tmp_path, None, after))
    assert (row.sens, row.cause, row.depot, row.ligne, row.refus) == (
        "retiree",
        "ligne_refusee",
        SHA_A,
        2,
        "pue_egal_a_un",
    )


def test_a_line_accepted_at_last_is_told(tmp_path: Path) -> None:
    refusal = dict(ROWS["rejets"][-1]) | {"numero": 99, "ligne": 2}
    before: Rows = {"indicateurs_annuels": [INDICATOR_B | {"depot_ligne": 9}], "rejets": [*ROWS["rejets"], refusal]}
    after = {"indicateurs_annuels": [INDICATOR_B | {"depot_ligne": 9}, INDICATOR]}
    row = only_row(changes(tmp_path, before, after))
    assert (row.cause, row.depot, row.ligne) == ("ligne_acceptee", SHA_A, 2)


def test_a_deposit_that_is_gone_takes_its_rows(tmp_path: Path) -> None:
    found = changes(tmp_path, None, {"indicateurs_annuels": [INDICATOR_B]}, deposits=(DEPOSITS[1], NEW))
    assert only_row(found).cause == "depot_retire"


def test_a_site_no_longer_published_is_counted_and_never_named(tmp_path: Path) -> None:
    before = {"indicateurs_annuels": [INDICATOR_B, INDICATOR | {"ancien_id_centre": SITE_B, "nom_site": "Salle Nord"}]}
    after = {
        "indicateurs_annuels": [INDICATOR | {"nom_site": "Salle Nord"}],
        "couverture": [COVERAGE],
        "rejets": [dict(row) | {"valeur": None, "message": f"Rien sur {row['numero']}"} for row in ROWS["rejets"]],
    }
    before["rejets"] = [dict(row) | {"message": f"{SITE_B} a les mêmes énergies"} for row in ROWS["rejets"]]
    found = compare(edition(tmp_path / "avant", before), edition(tmp_path / "apres", after))
    told = json.dumps(to_dict(found), ensure_ascii=False, default=str)
    assert SITE_B not in told
    assert SITE_B not in journal(tmp_path / "apres", tmp_path / "avant")
    sites = next(table for table in found.tables if table.name == "indicateurs_annuels")
    assert sites.unnamed == 1
    assert [(cause.sens, cause.code) for cause in sites.causes if cause.sens == "retiree"] == [
        ("retiree", "centre_non_publie")
    ]
    assert sites.rows[0].cellules["ancien_id_centre"][0] == "(centre non publié à son nom)"


def test_ranks_that_move_alone_are_those_of_the_peers(tmp_path: Path) -> None:
    after = {"indicateurs_annuels": [INDICATOR_B, INDICATOR | {"rang_pairs": 2, "nb_pairs": 3}]}
    row = only_row(changes(tmp_path, None, after))
    assert row.cause == "pairs"
    assert set(row.cellules) <= set(PEERS)


def test_emissions_that_move_alone_follow_the_factors(tmp_path: Path) -> None:
    after = {"indicateurs_annuels": [INDICATOR_B, INDICATOR | {"emissions_tco2e": 25.0}]}
    found = changes(tmp_path, None, after, millesime_facteurs="2024-01-01")
    assert only_row(found).cause == "facteurs_emission"


def test_emissions_do_not_follow_factors_that_did_not_change(tmp_path: Path) -> None:
    after = {"indicateurs_annuels": [INDICATOR_B, INDICATOR | {"emissions_tco2e": 25.0}]}
    assert only_row(changes(tmp_path, None, after)).cause == "depots"


@pytest.mark.parametrize(
    ("made_of", "cause"),
    [
        ({}, "indeterminee"),
        ({"code": {"greencloud/warehouse.py": "0" * 64}}, "programme"),
        ({"references": {"facteurs_emission.csv": "0" * 64, "regions.csv": "e" * 64}}, "facteurs_emission"),
        ({"code": {}, "deposits": (*DEPOSITS, NEW)}, "depots_ou_programme"),
        ({"deposits": (*DEPOSITS, NEW)}, "depots"),
    ],
)
def test_what_no_row_explains_falls_to_the_ingredients(tmp_path: Path, made_of: dict[str, Any], cause: str) -> None:
    after = {"couverture": [COVERAGE_B, COVERAGE | {"statut": "partiel"}]}
    found = changes(tmp_path, None, after, **{"deposits": DEPOSITS, **made_of})
    assert only_row(found, "couverture").cause == cause


def test_the_last_digit_of_a_sum_is_called_so(tmp_path: Path) -> None:
    after = {"indicateurs_annuels": [INDICATOR_B, INDICATOR | {"energie_totale_kwh": 438000.0000000001}]}
    assert only_row(changes(tmp_path, None, after)).cause == "arrondi"


def test_secrecy_is_told_where_it_hides_or_shows(tmp_path: Path) -> None:
    total = dict(ROWS["agregats_annuels"][0])
    found = changes(tmp_path, None, {"agregats_annuels": [total | {"diffusion": "diffuse", "energie_totale_kwh": 9.0}]})
    assert only_row(found, "agregats_annuels").cause == "secret"


def test_totals_follow_the_sites_of_their_group(tmp_path: Path) -> None:
    total = dict(ROWS["agregats_annuels"][0])
    after = {
        "indicateurs_annuels": [INDICATOR_B, INDICATOR | {"energie_totale_kwh": 9.0}],
        "agregats_annuels": [total | {"nb_sites_pue": 2}],
    }
    row = only_row(changes(tmp_path, None, after), "agregats_annuels")
    assert (row.cause, row.depot) == ("groupe", SHA_C)


@pytest.mark.parametrize(
    "made_of",
    [
        {"deposits": (*DEPOSITS, NEW, deposit("d0" * 32, "2026-09-02T10:00:00.000000Z"))},
        {"deposits": (DEPOSITS[0], NEW)},
        {"code": {}},
    ],
)
def test_a_total_names_no_deposit_where_another_or_the_program_may_have_changed_it(
    tmp_path: Path, made_of: dict[str, Any]
) -> None:
    after = {
        "indicateurs_annuels": [INDICATOR_B, INDICATOR | {"energie_totale_kwh": 9.0}],
        "agregats_annuels": [dict(ROWS["agregats_annuels"][0]) | {"nb_sites_pue": 2}],
    }
    row = only_row(changes(tmp_path, None, after, **made_of), "agregats_annuels")
    assert (row.cause, row.depot) == ("groupe", None)


@pytest.mark.parametrize(
    ("table", "columns"),
    [
        ("historique", "* EXCLUDE (synthetique)"),
        ("historique", "synthetique, * EXCLUDE (synthetique)"),
        ("agregats_annuels", "* EXCLUDE (diffusion)"),
        ("indicateurs_annuels", "* EXCLUDE (depot_ligne)"),
    ],
)
def test_an_older_edition_may_have_had_other_columns_where_causes_are_sought(
    tmp_path: Path, table: str, columns: str
) -> None:
    before = edition(tmp_path / "avant")
    with duckdb.connect() as con:
        path = str(before.parquet(table))
        con.execute(f"CREATE TABLE t AS SELECT {columns} FROM read_parquet(?)", [path])
        con.table("t").write_parquet(path)
    after = {"indicateurs_annuels": [INDICATOR_B, INDICATOR | {"energie_totale_kwh": 9.0}]}
    found = changes_between(before, edition(tmp_path / "apres", after))
    assert only_row(found).cause == "indeterminee"  # the history is the same: no correction


def test_an_older_edition_may_lack_a_column_and_a_table(tmp_path: Path) -> None:
    before = edition(tmp_path / "avant")
    con = duckdb.connect()
    path = before.parquet("indicateurs_annuels")
    con.execute("CREATE TABLE t AS SELECT * EXCLUDE (facteur_charge) FROM read_parquet(?)", [str(path)])
    con.table("t").write_parquet(str(path))
    before.parquet("economies").unlink()
    found = {table.name: table for table in compare(before, edition(tmp_path / "apres")).tables}
    assert found["indicateurs_annuels"].added_columns == ("facteur_charge",)
    assert not found["indicateurs_annuels"].rows
    assert (found["economies"].before, found["economies"].after) == (None, 1)


def test_every_row_is_counted_whatever_is_listed(tmp_path: Path) -> None:
    rows = [INDICATOR | {"annee": year, "depot_sha256": SHA_C, "depot_ligne": year} for year in range(2000, 2020)]
    before = edition(tmp_path / "avant")
    after = edition(
        tmp_path / "apres", {"indicateurs_annuels": [*ROWS["indicateurs_annuels"], *rows]}, (*DEPOSITS, NEW)
    )
    sites = next(table for table in compare(before, after, limit=3).tables if table.name == "indicateurs_annuels")
    assert (sites.count("nouvelle"), len(sites.rows)) == (20, 3)
    assert [row.cle["annee"] for row in sites.rows] == [2000, 2001, 2002]


def test_editions_are_found_by_the_beginning_of_their_name(tmp_path: Path) -> None:
    edition(tmp_path / "editions" / "2026-05-14-0123abcd")
    edition(tmp_path / "editions" / "2026-06-14-4567abcd")
    (tmp_path / "current").symlink_to("editions/2026-06-14-4567abcd")
    assert find("0123", tmp_path).identifier == "2026-05-14-0123abcd"
    assert find("current", tmp_path).identifier == "2026-06-14-4567abcd"
    assert find(str(tmp_path / "current"), tmp_path).identifier == "2026-06-14-4567abcd"
    with pytest.raises(DifferenceError, match="plusieurs éditions"):
        find("2026", tmp_path)
    with pytest.raises(DifferenceError, match="Les plus proches : 2026-05-14-0123abcd"):
        find("2026-05-14-0123abce", tmp_path)


def test_what_is_no_edition_is_refused(tmp_path: Path) -> None:
    good = edition(tmp_path / "bonne")
    (tmp_path / "vide").mkdir()
    with pytest.raises(DifferenceError, match="n'est pas une édition"):
        find(str(tmp_path / "vide"), tmp_path)
    broken = Path(shutil.copytree(good.folder, tmp_path / "cassee"))
    (broken / "rejets.parquet").write_bytes(b"PAR1")
    with pytest.raises(DifferenceError, match=r"cassee/rejets\.parquet est illisible"):
        compare(good, replace(good, folder=broken))


def test_a_file_that_the_edition_lists_is_missed(tmp_path: Path) -> None:
    """Lost, and not a table that the older edition did not have yet."""
    before, after = edition(tmp_path / "avant"), edition(tmp_path / "apres")
    before.parquet("economies").unlink()
    (before.folder / "SHA256SUMS").write_text(f"{'0' * 64}  economies.parquet\n", encoding="utf-8")
    with pytest.raises(DifferenceError, match=r"avant/economies\.parquet manque"):
        compare(before, after)


def test_deposits_that_came_and_went_are_listed(tmp_path: Path) -> None:
    before = edition(tmp_path / "avant")
    found = compare(before, edition(tmp_path / "apres", None, (DEPOSITS[0], NEW)))
    assert [card["sha256"] for card in found.ingredients.new_deposits] == [SHA_C]
    assert [card["sha256"] for card in found.ingredients.gone_deposits] == [SHA_B]


def test_deposits_of_one_moment_that_both_editions_name_are_not_taken_for_one_another(tmp_path: Path) -> None:
    """The first real deposit brings a key to an edition whose files of the sample came at the same microsecond."""
    moment = "2026-06-17T09:00:00.000000Z"
    together = (deposit(SHA_A, moment), deposit(SHA_B, moment))
    before = edition(tmp_path / "avant", None, together)
    found = compare(before, edition(tmp_path / "apres", None, (*together, NEW), cle_empreintes="k" * 64))
    assert [card["sha256"] for card in found.ingredients.new_deposits] == [SHA_C]
    assert found.ingredients.gone_deposits == ()

"""From a published number down to the bytes of the deposit: what `explain` says, found again without the product."""

import hashlib
import math
import random
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb
import pytest

from greencloud import tables
from greencloud.explain import Column, ExplainError, Explanation, Holding, Line, explain, explain_total, text
from greencloud.explain.origins import ORIGINS
from tests.explain import raw_files
from tests.explain.held import SHEET, WIDE, ZIPPED, Held

TABLE = "indicateurs_annuels"
CELLS = 50
COPIED = [name for name, origin in ORIGINS.items() if origin.sources and origin.kind != "cle"]
WORDS = {True: {"oui", "true", "1", "vrai"}, False: {"non", "false", "0", "faux"}}
# The same formulas as the regulation and the standards write them, over deposited numbers.
RATIOS: Mapping[str, Any] = {
    "pue_calcule": lambda raw: raw["energie_totale_kwh"] / raw["energie_it_kwh"],
    "wue_l_par_kwh": lambda raw: 1000 * raw["eau_totale_m3"] / raw["energie_it_kwh"],
    "erf": lambda raw: raw["chaleur_valorisee_kwh"] / raw["energie_totale_kwh"],
    "ref": lambda raw: raw["energie_renouvelable_kwh"] / raw["energie_totale_kwh"],
    "kwh_par_m2": lambda raw: raw["energie_totale_kwh"] / raw["surface_totale_m2"],
    "kwh_it_par_serveur": lambda raw: raw["energie_it_kwh"] / raw["nb_serveurs_physiques"],
    "kwh_it_par_machine_virtuelle": lambda raw: raw["energie_it_kwh"] / raw["nb_machines_virtuelles"],
}


def sampled(held: Held, columns: list[str], seed: int) -> list[tuple[dict[str, Any], str]]:
    """Published cells drawn at random among those that hold a value, texts of workbooks left out."""
    rows = [row for row in held.rows(TABLE) if row["id_centre"] != SHEET]
    cells = [(row, column) for row in rows for column in columns if row[column] is not None]
    return random.Random(seed).sample(cells, CELLS)


def explained(held: Held, row: Mapping[str, Any], *columns: str) -> Explanation:
    return explain(held.holding, row["id_centre"], row["annee"], columns=columns)


def reread(held: Held, line: Line, column: str) -> str:
    """A cell read again from the bytes of the deposit, after the line was found to hold what was told of it."""
    path = raw_files.by_sha(held.raw)[line.depot_sha256]
    record = raw_files.records(path)[line.depot_ligne - 1]
    text = record[raw_files.header(path).index(column)]
    first, last = line.lignes_fichier
    physical = b"\n".join(raw_files.lines(path)[first - 1 : last])
    encoding = raw_files.encoding_of(path).replace("-sig", "")
    assert text.encode(encoding.replace("utf-16", "utf-16-le")) in physical
    cell = line.cell(column)
    assert cell is not None
    assert cell.recu == text
    return text


def values(held: Held, found: Explanation, column: Column) -> list[str]:
    assert column.colonne_deposee is not None
    return [reread(held, found.lignes[index], column.colonne_deposee) for index in column.lignes]


def alike(texts: list[str], value: object) -> bool:
    """Whether deposited texts mean a published value."""
    if isinstance(value, bool):
        return texts[0].strip().lower() in WORDS[value]
    if isinstance(value, int | float):
        return math.isclose(sum(map(raw_files.number, texts)), value, rel_tol=1e-12)
    return str(value) in (texts[0].strip(), f"'{texts[0].strip()}")


def test_fifty_published_cells_are_in_the_bytes_of_their_lines(held: Held) -> None:
    tried = 0
    for row, name in sampled(held, COPIED, seed=20261122):
        found = explained(held, row, name)
        column = found.column(name)
        assert column.verifie is not False, (row["id_centre"], row["annee"], name)
        texts = values(held, found, column)
        if name in ("date_debut", "date_fin", "qualite_mesure") and row["source_energie"] == "consommations":
            assert len(texts) > 1  # the year, or the worst quality, of many readings
        else:
            assert alike(texts, row[name]), (texts, row[name])
        tried += 1
    assert tried == CELLS


def test_fifty_computed_cells_come_out_of_the_deposited_numbers(held: Held) -> None:
    for row, name in sampled(held, list(RATIOS), seed=1500):
        found = explained(held, row, name)
        inputs = found.column(name).entrees
        raw = {one: sum(map(raw_files.number, values(held, found, found.column(one)))) for one in inputs}
        assert math.isclose(RATIOS[name](raw), row[name], rel_tol=1e-12), (row["id_centre"], row["annee"], name)
        assert found.column(name).verifie is True


def test_every_published_column_has_its_origin() -> None:
    assert set(ORIGINS) == set(tables.table(TABLE).column_names)
    for origin in ORIGINS.values():
        assert set(origin.inputs) <= set(ORIGINS)
        assert (Path(tables.__file__).parent / "sql" / origin.sql).is_file()


@pytest.mark.parametrize("name", [name for name, origin in ORIGINS.items() if origin.formula])
def test_formulas_hold_over_the_whole_edition(held: Held, name: str) -> None:
    factor = "CAST(replace(regexp_extract(facteur_emission, '([0-9,]+) kgCO2e', 1), ',', '.') AS DOUBLE)"
    with duckdb.connect() as con:
        query = (
            f"SELECT {name}, ({ORIGINS[name].formula}) FROM (SELECT *, TRY({factor}) AS kgco2e_par_kwh "
            f"FROM read_parquet(?)) WHERE {name} IS NOT NULL"
        )
        found = con.execute(query, [str(held.edition.parquet(TABLE))]).fetchall()
    assert all(math.isclose(one, other, rel_tol=1e-12) for one, other in found)


def test_the_factor_is_a_line_of_the_reference_table(held: Held) -> None:
    row = next(row for row in held.rows(TABLE) if row["emissions_tco2e"] is not None)
    factor = explained(held, row, "emissions_tco2e").column("facteur_emission").facteur
    assert factor is not None and factor["meme_table"]
    line = (tables.reference_dir() / factor["fichier"]).read_text(encoding="utf-8").splitlines()[factor["ligne"] - 1]
    assert line.split(",")[3] == str(row["annee"])
    assert float(line.split(",")[5]) == factor["valeur"]
    assert math.isclose(row["energie_totale_kwh"] * factor["valeur"] / 1000, row["emissions_tco2e"], rel_tol=1e-12)


def test_ranks_rest_on_the_sites_that_are_named(held: Held) -> None:
    ranked = held.rows(TABLE, "rang_pairs IS NOT NULL")
    assert ranked
    for row in ranked[::5]:
        told = explained(held, row, "rang_pairs").column("rang_pairs").pairs
        assert told is not None
        lower = [one for one in told["membres"] if one["pue_calcule"] < row["pue_calcule"]]
        assert (len(told["membres"]), len(lower) + 1) == (row["nb_pairs"], row["rang_pairs"])
        assert row["id_centre"] in {one["id_centre"] for one in told["membres"]}


def test_a_correction_tells_what_it_replaced(held: Held) -> None:
    [change, *_] = held.rows("historique", "champ = 'energie_totale_kwh'")
    year = int(change["cle"].removeprefix("annee="))
    found = explain(held.holding, change["id_centre"], year, columns=["energie_totale_kwh"])
    line = next(line for line in found.lignes if line.table == "declarations")
    [old] = line.remplace
    assert (line.depot_sha256, line.depot_ligne) == (change["nouveau_depot_sha256"], change["nouveau_depot_ligne"])
    assert (old.depot_sha256, old.depot_ligne) == (change["ancien_depot_sha256"], change["ancien_depot_ligne"])
    assert [f"{value:g}" for value in old.cellules["energie_totale_kwh"]] == [
        f"{float(change[name]):g}" for name in ("ancienne_valeur", "nouvelle_valeur")
    ]
    assert set(found.depots) >= {line.depot_sha256, old.depot_sha256}


@pytest.mark.parametrize(
    ("site", "where", "place", "received"),
    [
        (WIDE, "encodage utf-16, séparateur « ; »", "colonne 3 (« energie_totale_kwh »)", "1\u202f800\u202f000,5"),
        (SHEET, "classeur xlsx, feuille « Saisie »", "C4", "1\u202f800\u202f000,5"),
        (ZIPPED, "encodage cp1252, séparateur « ; »", "colonne 3 (« energie_totale_kwh »)", "1.800.000,5"),
    ],
)
def test_other_notations(held: Held, site: str, where: str, place: str, received: str) -> None:
    found = explain(held.holding, site, 2024, columns=["energie_totale_kwh"])
    column = found.column("energie_totale_kwh")
    line = found.lignes[column.lignes[0]]
    cell = line.cell("energie_totale_kwh")
    assert cell is not None
    assert (column.valeur, column.verifie) == (1_800_000.5, True)
    assert (line.lecture, cell.adresse, cell.recu) == (where, place, received)


@pytest.mark.parametrize("site", [WIDE, ZIPPED])
def test_whoever_holds_the_deposits_gets_the_exact_bytes(held: Held, site: str) -> None:
    found = explain(held.holding, site, 2024, columns=["energie_it_kwh"], internal=True)
    for line in found.lignes:
        content = raw_files.by_sha(held.raw)[line.depot_sha256].read_bytes()
        assert line.brut is not None
        part = content[line.brut.debut : line.brut.fin]
        assert hashlib.sha256(part).hexdigest() == line.brut.sha256
        assert line.brut.texte.startswith(site)
        assert part.endswith(line.brut.texte[-3:].encode("utf-16-le" if b"\x00" in part else "cp1252"))
        assert b"\n" not in part.rstrip(b"\x00") or b"\x00" in part


def test_a_few_deposits_give_what_all_of_them_give(held: Held) -> None:
    row = next(row for row in held.rows(TABLE) if row["source_energie"] == "consommations")
    quick = explain(Holding(held.edition, held.raw), row["id_centre"], row["annee"])
    assert quick == explained(held, row)
    assert not quick.notes
    assert all(column.verifie is not False for column in quick.colonnes)


def test_a_deposit_that_is_gone_is_named(held: Held, tmp_path: Path) -> None:
    (tmp_path / "raw").mkdir()
    row = held.rows(TABLE)[0]
    with pytest.raises(ExplainError, match=r"Le dépôt « .*csv » \([0-9a-f]{12}\).* manque"):
        explain(Holding(held.edition, tmp_path / "raw"), row["id_centre"], row["annee"])


def test_the_text_of_a_column_shows_no_sql_and_no_parenthesis_in_another(held: Held) -> None:
    row = next(row for row in held.rows(TABLE) if row["rang_pairs"] and row["emissions_tco2e"])
    found = explained(held, row)
    for name in ORIGINS:
        told = "\n".join(text.of_row(found, (name,))).split("Lignes déposées")[0].replace("\u202f", " ")
        assert not re.search(r"coalesce|make_date|IS NULL|\([^()]*\(", told), told
    assert "24 heures par jour de la période" in "\n".join(text.of_row(found, ("heures_periode",)))


def test_empty_emissions_tell_their_reason(held: Held) -> None:
    row = next(row for row in held.rows(TABLE) if row["emissions_tco2e"] is None and row["motif_absence_cue"])
    for name in ("emissions_tco2e", "cue_kgco2e_par_kwh", "facteur_emission"):
        assert f"vide pour le motif {row['motif_absence_cue']}" in explained(held, row, name).column(name).explication


def test_a_sum_of_emissions_has_the_unit_of_the_dictionary(held: Held) -> None:
    row = next(row for row in held.rows("agregats_annuels") if row["emissions_tco2e"])
    found = explain_total(held.edition, {name: row[name] for name in ("annee", "synthetique", "dimension", "modalite")})
    told = "\n".join(text.of_total(found))
    assert "t éq. CO₂" in told
    assert "tCO2e" not in told


def test_a_small_number_is_written_without_an_exponent() -> None:
    assert text._value(1.25e-05) == "0,0000125"

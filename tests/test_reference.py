"""The dated reference tables: every code they refer to exists, and nothing the warehouse joins on is missing."""

import csv
from collections.abc import Mapping

import frformat
import pytest

from greencloud import tables

TABLES = {
    "facteurs_emission": (
        "source,perimetre,territoire,annee,millesime,valeur_kgco2e_par_kwh,url_source,statut",
        ("source", "perimetre", "territoire", "annee", "millesime"),
    ),
    "hypotheses_economies": (
        "scenario,parametre,type_hebergement_cible,niveau,valeur,unite,source,perimetre,url_source,statut,date_valeur",
        ("scenario", "parametre", "type_hebergement_cible", "niveau"),
    ),
    "pue_reference": ("reference,nature,annee,pue,perimetre,url_source,statut", ("reference", "nature", "annee")),
    "regions": ("code_region,nom_region,colonne_tuile,ligne_tuile", ("code_region",)),
    "departements": ("code_departement,nom_departement,code_region,zone_climatique", ("code_departement",)),
    "communes": ("code_insee,nom_commune,code_departement", ("code_insee",)),
}


def rows(name: str) -> list[Mapping[str, str]]:
    with (tables.reference_dir() / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream, strict=True))


@pytest.mark.parametrize("name", TABLES)
def test_columns_keys_and_bytes(name: str) -> None:
    header, key = TABLES[name]
    content = (tables.reference_dir() / f"{name}.csv").read_bytes()
    found = rows(name)
    assert content.split(b"\n", 1)[0].decode() == header
    assert b"\r" not in content and content.endswith(b"\n") and not content.startswith(b"\xef\xbb\xbf")
    assert all(set(row) == set(header.split(",")) and None not in row.values() for row in found)
    assert len({tuple(row[column] for column in key) for row in found}) == len(found)


def test_each_table_is_described_with_its_source() -> None:
    text = (tables.reference_dir() / "README.md").read_text(encoding="utf-8")
    assert {path.name for path in tables.reference_dir().glob("*.csv")} == {f"{name}.csv" for name in TABLES}
    assert all(f"`{name}.csv`" in text for name in TABLES)


def test_every_code_referred_to_exists() -> None:
    regions = {row["code_region"] for row in rows("regions")}
    departements = {row["code_departement"] for row in rows("departements")}
    assert {row["code_region"] for row in rows("departements")} == regions
    assert {row["code_departement"] for row in rows("communes")} == departements
    assert (len(regions), len(departements)) == (18, 101)


def test_the_departement_of_a_commune_is_the_one_its_code_begins_with() -> None:
    for row in rows("communes"):
        length = 3 if row["code_insee"].startswith("97") else 2
        assert row["code_insee"][:length] == row["code_departement"], row


def test_communes_are_current_insee_codes() -> None:
    known = frformat.CodeCommuneInsee(frformat.Millesime.LATEST)
    assert [row["code_insee"] for row in rows("communes") if not known.is_valid(row["code_insee"])] == []


def test_every_departement_has_its_climate_zone() -> None:
    for row in rows("departements"):
        overseas = row["code_departement"].startswith("97")
        assert (row["zone_climatique"] == "outre_mer") == overseas, row
        assert overseas or row["zone_climatique"] in ("H1", "H2", "H3"), row


def test_two_regions_never_share_a_tile() -> None:
    tiles = {(int(row["colonne_tuile"]), int(row["ligne_tuile"])): row["code_region"] for row in rows("regions")}
    assert len(tiles) == 18
    assert {code for (_, line), code in tiles.items() if line == 7} == {"01", "02", "03", "04", "06"}


@pytest.mark.parametrize(
    ("first", "where", "second"),
    [
        ("32", "north", "11"),  # Hauts-de-France, Île-de-France
        ("53", "west", "52"),  # Bretagne, Pays de la Loire
        ("28", "north", "75"),  # Normandie, Nouvelle-Aquitaine
        ("75", "west", "84"),  # Nouvelle-Aquitaine, Auvergne-Rhône-Alpes
        ("44", "north", "27"),  # Grand Est, Bourgogne-Franche-Comté
        ("76", "west", "93"),  # Occitanie, Provence-Alpes-Côte d'Azur
        ("93", "north", "94"),  # Provence-Alpes-Côte d'Azur, Corse
        ("93", "west", "94"),
    ],
)
def test_tiles_lie_as_the_regions_do(first: str, where: str, second: str) -> None:
    places = {row["code_region"]: (int(row["colonne_tuile"]), int(row["ligne_tuile"])) for row in rows("regions")}
    axis = 0 if where == "west" else 1
    assert places[first][axis] < places[second][axis]


def test_emission_factors_and_reference_pue_are_numbers_with_a_source() -> None:
    for row in rows("facteurs_emission"):
        assert 0 < float(row["valeur_kgco2e_par_kwh"]) < 1, row
    for row in rows("pue_reference"):
        assert 1 < float(row["pue"]) < 4, row
    for row in rows("facteurs_emission") + rows("pue_reference"):
        assert row["url_source"].startswith("http") and row["statut"] in ("verified", "secondary", "to confirm"), row

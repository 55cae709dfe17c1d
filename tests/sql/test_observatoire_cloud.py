"""The cloud observatory: inventories added up once, and the part of each circle."""

from typing import Any

import pytest

from tests.sql.inputs import SITE_A, SITE_B, SITE_C, Row, build, made

VIRTUAL, SERVERS, STORAGE, PER_SERVER = (
    "nb_machines_virtuelles",
    "nb_serveurs_physiques",
    "stockage_utile_to",
    "machines_virtuelles_par_serveur",
)


def cells(con: Any) -> dict[tuple[str, str], dict[str, Any]]:
    """The rows of the last year by count and hosting kind ('ensemble' for all), before secrecy."""
    rows = made(con, "observatoire_cloud")
    last = max(row["annee"] for row in rows)
    return {(row["indicateur"], row["modalite"]): row for row in rows if row["annee"] == last}


def stock(site: str, virtual: int | None, servers: int | None, **row: Any) -> Row:
    counts = {VIRTUAL: virtual, SERVERS: servers}
    return {"id_centre": site, "annee": 2024, "pue_declare": 1.5, **counts, **row}


def test_counts_are_added_and_shared_out_between_the_circles() -> None:
    centres: list[Row] = [
        {"type_hebergement": "cloud_interne"},
        {"id_centre": SITE_B, "type_hebergement": "salle_serveurs"},
        {"id_centre": SITE_C},
    ]
    declarations = [
        stock(SITE_A, 600, 50, stockage_utile_to=90.5),
        stock(SITE_B, 200, 150, stockage_utile_to=9.5),
        stock(SITE_C, None, 100),
    ]
    found = cells(build(centres=centres, declarations=declarations))
    row = found[VIRTUAL, "cloud_interne"]
    assert (row["valeur"], row["part"], row["nb_sites"], row["cercle_cloud"]) == (600, 0.75, 1, 1)
    assert (row["unite"], row["libelle"]) == ("machines virtuelles", "Cloud interne (cercle 1)")
    assert (found[VIRTUAL, "ensemble"]["valeur"], found[VIRTUAL, "ensemble"]["part"]) == (800, 1)
    row = found[SERVERS, "inconnu"]
    assert (row["valeur"], row["part"], row["cercle_cloud"]) == (100, 1 / 3, None)
    assert (found[STORAGE, "ensemble"]["valeur"], found[STORAGE, "salle_serveurs"]["part"]) == (100, 0.095)
    # 600 + 200 over 50 + 150: the site without virtual machines is in neither sum
    assert found[PER_SERVER, "ensemble"]["valeur"] == 4
    assert (found[PER_SERVER, "ensemble"]["nb_sites"], found[PER_SERVER, "ensemble"]["part"]) == (2, None)
    assert found[VIRTUAL, "inconnu"]["valeur"] is None  # not zero: nobody said
    assert (found[VIRTUAL, "inconnu"]["nb_sites"], found[VIRTUAL, "inconnu"]["nb_sites_attendus"]) == (0, 1)


def test_a_guest_counts_at_its_host_for_what_the_host_gives() -> None:
    centres: list[Row] = [{}, {"id_centre": SITE_B, "heberge_chez": SITE_A}]
    found = cells(build(centres=centres, declarations=[stock(SITE_A, None, 50), stock(SITE_B, 80, 10)]))
    assert (found[SERVERS, "ensemble"]["valeur"], found[VIRTUAL, "ensemble"]["valeur"]) == (50, 80)


def test_a_former_number_does_not_count_beside_the_new_one() -> None:
    centres: list[Row] = [{}, {"id_centre": SITE_B, "ancien_id_centre": SITE_A}]
    found = cells(build(centres=centres, declarations=[stock(SITE_A, 80, 9), stock(SITE_B, 85, 10)]))
    assert (found[SERVERS, "ensemble"]["valeur"], found[SERVERS, "ensemble"]["nb_sites"]) == (10, 1)


@pytest.mark.parametrize(
    ("centre", "declaration"),
    [
        ({"date_fermeture": "2024-12-30"}, {}),
        ({}, {"nature_valeur": "conception"}),
        ({"heberge_chez": SITE_B}, {}),  # with the host of the other: a ring
    ],
)
def test_what_does_not_exist_on_31_december_is_not_counted(centre: Row, declaration: Row) -> None:
    ring: list[Row] = [{"id_centre": SITE_B, "heberge_chez": SITE_A}] if "heberge_chez" in centre else []
    con = build(centres=[centre, *ring], declarations=[stock(SITE_A, 80, 10, **declaration)])
    assert (cells(con)[SERVERS, "ensemble"]["nb_sites"], cells(con)[SERVERS, "ensemble"]["valeur"]) == (0, None)


def test_the_last_day_of_the_year_counts_and_zero_virtual_machines_are_a_count() -> None:
    con = build(centres=[{"date_fermeture": "2024-12-31"}], declarations=[stock(SITE_A, 0, 10)])
    found = cells(con)
    assert (found[VIRTUAL, "ensemble"]["valeur"], found[VIRTUAL, "ensemble"]["part"]) == (0, None)
    assert found[PER_SERVER, "ensemble"]["valeur"] == 0


def test_real_and_synthetic_sites_stand_apart() -> None:
    centres: list[Row] = [{}, {"id_centre": SITE_B, "synthetique": True}]
    con = build(centres=centres, declarations=[stock(SITE_A, 8, 2), stock(SITE_B, 90, 3, synthetique=True)])
    rows = [
        row for row in made(con, "observatoire_cloud") if (row["indicateur"], row["modalite"]) == (VIRTUAL, "ensemble")
    ]
    assert [(row["synthetique"], row["valeur"], row["part"]) for row in rows] == [(False, 8, 1), (True, 90, 1)]

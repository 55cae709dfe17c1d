import datetime as dt
from collections import Counter

from greencloud.checking.custom import valid_identifier
from greencloud.sample.draw import Draw
from greencloud.sample.energy import measure
from greencloud.sample.sites import CLASSES, KINDS, build, fictitious_siret, hosts, register_row

SITES = build(Draw(2017), 300)


def test_the_number_asked_for_is_built() -> None:
    assert len({site.id_centre for site in SITES}) == len(SITES) == 300
    assert [len(build(Draw(1), count)) for count in (1, 2, 19, 20, 41)] == [1, 2, 19, 20, 41]


def test_identifiers_name_nobody_and_have_the_right_check_digits() -> None:
    for site in SITES:
        assert site.siret.startswith("999") and valid_identifier("siret", site.siret), site
        assert valid_identifier("siren", site.siret[:9]), site
        assert site.id_centre in (f"{site.siret}-01", f"{site.siret}-02")
        assert "ficti" in site.organisme and "ficti" in site.nom_site
    assert fictitious_siret(1) == "99900001100018"


def test_every_kind_size_and_category_is_there() -> None:
    assert {site.kind for site in SITES} == set(KINDS)
    assert {site.size for site in SITES} == set(CLASSES)
    assert len({site.categorie for site in SITES}) == 10
    assert {site.usage for site in SITES} == {
        "bureautique",
        "calcul_intensif",
        "hopital",
        "enseignement_recherche",
        "mutualise",
        "autre",
    }
    assert min(Counter(site.kind for site in SITES).values()) >= 8


def test_every_site_has_the_size_and_the_pue_of_its_kind() -> None:
    for site in SITES:
        smallest, largest = CLASSES[site.size]
        assert smallest <= site.power_kw <= largest, site
        lowest, highest = KINDS[site.kind].pue
        assert lowest <= site.pue <= highest + 0.1, site
        assert 0.15 <= site.load <= 0.70, site


def test_about_one_site_in_twelve_counts_in_totals_only() -> None:
    modes = Counter(register_row(Draw(1), site)["mode_publication"] for site in SITES)
    assert set(modes) == {"", "nominatif", "agrege", "exempte_defense", "exempte_oiv"}
    assert 20 <= modes["agrege"] <= 35 and modes["exempte_defense"] + modes["exempte_oiv"] <= 6


def test_a_small_share_is_overseas() -> None:
    assert 5 <= sum(site.overseas for site in SITES) <= 30


def test_guests_stand_in_large_shared_centres() -> None:
    by_id = {site.id_centre: site for site in SITES}
    guests = [site for site in SITES if site.host]
    assert len(guests) >= 10
    for host in hosts(SITES):
        assert by_id[host].kind in ("centre_mutualise_public", "colocation") and by_id[host].host is None
        assert sum(guest.power_kw for guest in guests if guest.host == host) < 0.08 * by_id[host].power_kw


def test_rooms_that_close_have_a_new_home() -> None:
    by_id = {site.id_centre: site for site in SITES}
    closed = [site for site in SITES if site.closed]
    assert len(closed) == 15
    for room in closed:
        home = by_id[f"{room.siret}-02"]
        assert room.kind == "salle_serveurs" and home.kind in ("centre_mutualise_public", "colocation")
        assert room.closed is not None and home.opened == room.closed + dt.timedelta(days=1)
        assert home.pue < room.pue


def test_the_meters_run_while_the_site_is_open_and_for_every_hour() -> None:
    site = next(site for site in SITES if site.closed is None and site.opened.year < 2019)
    years = measure(Draw(1), site)
    assert sorted(years) == list(range(2019, 2026))
    for year, months in years.items():
        days = sum((month.last - month.first).days + 1 for month in months)
        assert days == (366 if year in (2020, 2024) else 365)
        load = sum(month.it for month in months) / (site.power_kw * 24 * days)
        assert 0.12 * 0.97 <= load <= 0.85 * 1.03
        assert all(month.total > month.it > 0 for month in months)


def test_a_room_that_closes_in_the_year_has_only_its_months() -> None:
    room = next(site for site in SITES if site.closed)
    assert room.closed is not None
    years = measure(Draw(1), room)
    assert max(years) == room.closed.year
    assert years[room.closed.year][-1].last == room.closed


def test_summer_costs_more_than_winter() -> None:
    site = next(site for site in SITES if site.cooling == "free_cooling_air" and not site.overseas)
    months = measure(Draw(1), site)[2025]
    winter, summer = months[0], months[6]
    assert summer.total / summer.it > winter.total / winter.it

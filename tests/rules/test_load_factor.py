"""The partition of the load factor, and the accepted ranges that spare clean rows."""

import pytest

from greencloud import rules
from greencloud.rules.families import FAMILIES
from greencloud.rules.grandeurs import measured
from tests.rules.rows import all_codes, judge, load

HOURS = 8760


def with_load(factor: float, power: float = 40.0007) -> dict[str, object]:
    """A row whose load factor on IT energy is this one, at a PUE of 1.8."""
    it = factor * power * HOURS
    return {"puissance_it_installee_kw": power, "energie_it_kwh": it, "energie_totale_kwh": 1.8 * it}


CAUSES = {
    2000: "facteur_charge_superieur_a_un",
    951: "facteur_charge_superieur_a_un",
    949: "puissance_en_mw",
    51: "puissance_en_mw",
    49: "facteur_charge_superieur_a_un",
    1.01: "facteur_charge_superieur_a_un",
    0.99: "facteur_charge_eleve",
    0.951: "facteur_charge_eleve",
    0.94: None,
    0.051: None,
    0.049: "facteur_charge_faible",
    0.0011: "facteur_charge_faible",
    0.00098: "facteur_charge_impossible",
    0.0009: "energies_en_mwh",
    0.00012: "energies_en_mwh",
    0.0001: "energies_en_kw",
    0.000006: "energies_en_kw",
    0.000005: "facteur_charge_impossible",
}


def test_each_load_factor_has_its_cause() -> None:
    found = dict(zip(CAUSES, all_codes([with_load(factor) for factor in CAUSES]), strict=True))
    assert found == {factor: [code] if code else [] for factor, code in CAUSES.items()}


def test_two_powers_in_kw_may_also_be_energies_in_mwh() -> None:
    powers, both = judge([with_load(0.3 / HOURS), with_load(0.6 / HOURS)])
    assert "en MWh" not in powers[0].message
    assert "ou à des énergies en MWh" in both[0].message


@pytest.mark.parametrize("name", [name for name, family in FAMILIES.items() if family.accepted])
def test_no_rule_fires_in_the_accepted_range_of_its_family(name: str) -> None:
    steps = [10 ** (exponent / 7) for exponent in range(-42, 43)]
    rows = [{"energie_totale_kwh": 90000 * step, "energie_it_kwh": 70000} for step in steps]
    con = load([*rows, *(with_load(step) for step in steps)])
    accepted = str(FAMILIES[name].accepted)
    fires = " OR ".join(
        f"({rule.condition_on(column)})"
        for rule in rules.for_table("declarations")
        if rule.famille == name
        for column in rule.champs
    )
    [counts] = con.execute(
        f"SELECT count(*) FILTER (accepted), count(*) FILTER (fires), count(*) FILTER (accepted AND fires) "
        f"FROM (SELECT {accepted} AS accepted, {fires} AS fires FROM {measured('lignes', accepted + fires)})"
    ).fetchall()
    assert counts[0] > 5
    assert counts[1] > 50
    assert counts[2] == 0


def test_the_hours_are_those_of_the_period() -> None:
    may_to_december = {"date_debut": "2025-05-01", "energie_totale_kwh": 400000, "energie_it_kwh": 235200 * 0.99}
    one_day = {"date_debut": "2025-03-01", "date_fin": "2025-03-01", "energie_totale_kwh": 900, "energie_it_kwh": 500}
    leap_year = {"annee": 2024, "date_debut": None, "date_fin": None, "energie_it_kwh": 40 * 8784}
    assert all_codes([may_to_december, one_day, {**leap_year, "energie_totale_kwh": 700001}]) == [
        ["facteur_charge_eleve"],
        [],
        ["energie_multiple_des_heures", "facteur_charge_eleve"],
    ]

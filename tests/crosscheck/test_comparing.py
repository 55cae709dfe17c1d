"""A declaration beyond what its address received is flagged; whatever is not compared says why."""

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from greencloud import differences
from greencloud.crosscheck import comparing, deliveries, sites, wording
from greencloud.crosscheck.comparing import Comparison
from greencloud.crosscheck.deliveries import CrosscheckRefused
from tests.crosscheck.edition import ELECTRICITY, GAS, addresses, row, site, write

FOUR = "4, rue de l’Exemple"


def compared(
    folder: Path, given: dict[int, str], rows: list[dict[str, Any]], *files: Path, iris: dict[int, str] | None = None
) -> dict[str, Comparison]:
    edition = differences.find(str(write(folder / "edition", rows)), folder)
    found = comparing.compare(
        sites.places(addresses(folder, given, iris)),
        sites.declared(edition),
        deliveries.read(list(files or (ELECTRICITY, GAS))),
    )
    return {one.site: one for one in found}


def one(folder: Path, address: str, *files: Path, iris: str | None = None, **changed: Any) -> Comparison:
    """The comparison of one site at that address."""
    found = compared(folder, {1: address}, [row(1, **changed)], *files, iris={1: iris} if iris else None)
    return found[site(1)]


@pytest.mark.parametrize(
    ("kwh", "verdict", "excess"),
    [(314870.0, "compatible", None), (314870.001, "au_dela", "0.001"), (377844.0, "au_dela", "62974")],
)
def test_the_bound_is_the_energy_of_the_address_to_the_watt_hour(
    tmp_path: Path, kwh: float, verdict: str, excess: str | None
) -> None:
    found = one(tmp_path, "12 bis av. du Maréchal de l'Exemple", energie_totale_kwh=kwh)
    assert (found.verdict, found.delivered_kwh) == (verdict, Decimal("314870"))
    assert found.excess_kwh == (None if excess is None else Decimal(excess))


def test_the_sectors_and_the_gas_of_an_address_are_added(tmp_path: Path) -> None:
    found = one(tmp_path, FOUR, energie_totale_kwh=162845.67)
    assert (found.delivered("E"), found.delivered("G")) == (Decimal("150500"), Decimal("12345.67"))
    assert found.verdict == "compatible"
    assert [line.line for line in found.lines] == [3, 4, 2]


def test_without_the_gas_file_the_same_declaration_is_beyond_and_the_limit_says_so(tmp_path: Path) -> None:
    found = one(tmp_path, FOUR, ELECTRICITY, energie_totale_kwh=162845.67)
    assert (found.verdict, found.excess_kwh) == ("au_dela", Decimal("12345.67"))
    assert "gaz_non_fourni" in wording.limits(found, deliveries.read([ELECTRICITY]))


REASONS: dict[str, tuple[str, dict[str, Any]]] = {
    "adresse_sans_numero": ("rue de l'Exemple", {}),
    "adresse_plusieurs_numeros": ("4-6 rue de l'Exemple", {}),
    "adresse_introuvable": ("4 rue de l'Exempel", {}),
    "adresse_dans_deux_iris": ("7 place du Doute", {}),
    "adresse_ecrite_deux_fois": ("9 bd de la Ruse", {}),
    "ligne_repetee": ("11 route Répétée", {}),
    "commune_absente": (FOUR, {"code_insee": "35001"}),
    "commune_inconnue": (FOUR, {"code_insee": None}),
    "energie_absente": (FOUR, {"energie_totale_kwh": None, "energie_it_kwh": None}),
    "periode_hors_annee": (FOUR, {"date_debut": dt.date(2023, 12, 1)}),
    "annee_non_publiee": (FOUR, {"annee": 2023}),
    "centre_non_publie": (FOUR, {"id_centre": site(2)}),
}


@pytest.mark.parametrize("reason", REASONS)
def test_what_is_not_compared_says_why(tmp_path: Path, reason: str) -> None:
    address, changed = REASONS[reason]
    found = one(tmp_path, address, **changed)
    assert (found.verdict, found.reason, found.delivered_kwh, found.excess_kwh) == ("non_compare", reason, None, None)


def test_every_reason_is_tried_and_worded() -> None:
    assert set(REASONS) == set(wording.REASONS)


def test_lines_of_several_activities_are_one_address_and_add_up(tmp_path: Path) -> None:
    """Later years give a line for each division of activity of an address, in a column that 2019 has not."""
    header, *lines = ELECTRICITY.read_text(encoding="utf-8").splitlines()
    repeated = [line for line in lines if "11 ROUTE REPETEE" in line]
    file = tmp_path / "naf.csv"
    told = [f"{line};{division}" for line, division in zip(repeated, ("63", "84"), strict=True)]
    file.write_text("\n".join([f"{header};CODE_SECTEUR_NAF2", *told]) + "\n", encoding="utf-8")
    found = one(tmp_path, "11 route Répétée", file, energie_totale_kwh=3000000.0)
    assert (found.verdict, found.delivered_kwh) == ("compatible", Decimal(3000000))


def test_an_iris_lifts_the_doubt(tmp_path: Path) -> None:
    found = one(tmp_path, "7 place du Doute", iris="352380102", energie_totale_kwh=1.0)
    assert (found.verdict, found.delivered_kwh) == ("compatible", Decimal("2000000"))


def test_it_energy_is_compared_where_the_total_is_not_known(tmp_path: Path) -> None:
    found = one(tmp_path, FOUR, energie_totale_kwh=None, energie_it_kwh=200000.0)
    assert found.verdict == "au_dela"
    assert "it_seule" in wording.limits(found, deliveries.read([ELECTRICITY, GAS]))


def test_sites_of_one_address_are_added_up(tmp_path: Path) -> None:
    rows = [row(1, energie_totale_kwh=100000.0), row(2, energie_totale_kwh=80000.0)]
    found = compared(tmp_path, {1: FOUR, 2: "4 R DE L EXEMPLE"}, rows)
    assert {one.verdict for one in found.values()} == {"au_dela"}
    assert {one.at_address_kwh for one in found.values()} == {Decimal(180000)}


def test_a_hosted_site_is_in_the_energy_of_its_host_already(tmp_path: Path) -> None:
    rows = [
        row(1, energie_totale_kwh=100000.0),
        row(2, energie_totale_kwh=80000.0, motif_exclusion="compte_chez_hote", inclus_dans_agregats=False),
    ]
    found = compared(tmp_path, {1: FOUR, 2: FOUR}, rows)
    assert [one.verdict for one in found.values()] == ["compatible", "compatible"]
    assert [one.at_address_kwh for one in found.values()] == [Decimal(100000), Decimal(80000)]


def test_real_and_synthetic_sites_are_never_added(tmp_path: Path) -> None:
    rows = [row(1, energie_totale_kwh=100000.0), row(2, energie_totale_kwh=80000.0, synthetique=False)]
    found = compared(tmp_path, {1: FOUR, 2: FOUR}, rows)
    assert {one.verdict for one in found.values()} == {"compatible"}


def test_a_site_named_twice_is_refused_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "adresses.csv"
    path.write_text(f"id_centre;adresse\n{site(1)};{FOUR}\n{site(1)};5 rue Y\n", encoding="utf-8")
    with pytest.raises(CrosscheckRefused, match=r"adresses\.csv n'est pas lu\. Ligne 3"):
        sites.places(path)

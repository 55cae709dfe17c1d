"""Readings of a site that counts only in totals: nothing of them is told, neither kWh nor the name of their file."""

from pathlib import Path
from typing import Any

import pytest

from greencloud import deposits, tables, warehouse
from greencloud.checking import Finding
from greencloud.verdicts import Verdict, check_deposit
from tests.loading.meters import METER, NEIGHBOUR, SENDER, SITE, Desk, days, gap, meter

SECRET = "1234,567 kWh"


def publish(desk: Desk) -> dict[str, list[dict[str, Any]]]:
    con = warehouse.load(desk.verdicts)
    warehouse.aggregate(con, guarded=False)
    found = {name: con.table(name) for name in tables.PUBLISHED}
    return {name: [dict(zip(one.columns, row, strict=True)) for row in one.fetchall()] for name, one in found.items()}


def shared(desk: Desk, mode: str, number: int = 31, own: float = 0) -> dict[str, list[dict[str, Any]]]:
    """All that is published of a named site whose IT is the whole of another one, by the same meter, and its own."""
    desk.site()
    desk.site(NEIGHBOUR, mode_publication=mode)
    row = meter(id_compteur="B")
    mine = [meter(id_compteur="C", poste="it")] if own else []
    desk.receive("compteurs", [meter(), {**row, "poste": "it"}, {**row, "id_centre": NEIGHBOUR}, *mine])
    readings = [days("2025-01-01", number, kwh, compteur=name) for name, kwh in ((METER, 30), ("B", 12), ("C", own))]
    desk.read([one for several in readings[: 3 if own else 2] for one in several])
    return publish(desk)


@pytest.mark.parametrize(("mode", "told"), [("agrege", ["total"]), ("nominatif", ["it", "total", "total"])])
def test_a_meter_of_a_protected_site_is_told_of_no_other(tmp_path: Path, mode: str, told: list[str]) -> None:
    published = shared(Desk(tmp_path), mode)
    for table in ("mesures_mensuelles", "rapprochements", "consommations_mensuelles"):
        assert sorted(row["poste"] for row in published[table]) == told, table
    of_secret = [row["pue"] for row in published["mesures_mensuelles"] if row["id_centre"] == SITE]
    assert (2.5 in of_secret) == (mode == "nominatif")
    withheld = {row["nom_table"]: row["nb_lignes"] for row in published["secret_statistique"]}
    assert withheld.get("mesures_mensuelles", 0) == (2 if mode == "agrege" else 0)


@pytest.mark.parametrize(("mode", "told"), [("agrege", None), ("nominatif", 12 * 365)])
@pytest.mark.parametrize("own", [0, 8])
def test_the_year_of_a_meter_of_a_protected_site_is_told_of_no_other(
    tmp_path: Path, mode: str, told: int | None, own: int
) -> None:
    """Beside the months, the year of the host would give its guest's, less what another meter of its own counts."""
    published = shared(Desk(tmp_path), mode, number=365, own=own)
    [row] = [row for row in published["indicateurs_annuels"] if row["id_centre"] == SITE]
    expected = None if told is None else told + own * 365
    assert (row["energie_totale_kwh"], row["energie_it_kwh"]) == (30 * 365, expected)
    assert (row["pue_calcule"] is None) == (mode == "agrege")
    hidden = {12.0 * 365, (12.0 + own) * 365} if mode == "agrege" else set()
    figures = {value for rows in published.values() for row in rows for value in row.values()}
    assert not hidden & {value for value in figures if isinstance(value, float)}


def test_a_month_deposited_by_line_is_not_that_of_a_shared_meter(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    line = {"id_centre": SITE, "poste": "it", "date_debut": "2025-02-01", "date_fin": "2025-02-28"}
    desk.site()
    desk.receive("consommations", [{**line, "energie_kwh": 1}])
    published = shared(desk, "agrege")
    found = sorted((row["poste"], row["mois"]) for row in published["consommations_mensuelles"])
    assert found == [("it", "2025-02"), ("total", "2025-01")]


def test_what_a_bill_of_two_sites_has_set_aside_is_told_of_neither(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.site()
    desk.site(NEIGHBOUR, mode_publication="agrege")
    desk.receive("compteurs", [meter(), meter(id_centre=NEIGHBOUR, date_debut="2025-01-11")])
    desk.read([gap("2025-01", "chevauchement", 77), *days("2025-01-01", 31)])
    [row] = publish(desk)["rapprochements"]
    assert (row["id_centre"], row["energie_compteurs_kwh"], row["energie_ecartee_kwh"]) == (SITE, 240, 0)


def spoilt(desk: Desk, mode: str, registered: str = METER) -> list[dict[str, Any]]:
    """The published rejects of a file of readings of which energy was set aside, and all else that is published."""
    desk.site(SITE, mode_publication=mode)
    desk.receive("compteurs", [meter(id_compteur=registered)])
    verdict = desk.read(days("2025-01-01", 31), nom_origine="courbe salle nord.csv")
    told = Finding("chevauchement", 2, "compteur", METER, f"Ligne 2, compteur n° 1 du fichier : {SECRET}.", "Vérifiez.")
    report = {**verdict.report, "errors": [vars(told)]}
    desk.verdicts[-1] = Verdict(verdict.deposit, verdict.accepted, report)
    published = publish(desk)
    text = repr(published)
    assert METER not in text
    return [row for row in published["rejets"] if row["table_visee"] == "releves"]


@pytest.mark.parametrize("mode", ["agrege", "exempte_defense"])
def test_what_is_set_aside_of_a_protected_site_is_not_told(tmp_path: Path, mode: str) -> None:
    modes = tables.table("centres").field("mode_publication").constraints["enum"]
    chosen = mode if mode in modes else next(one for one in modes if one.startswith("exempte"))
    [row] = spoilt(Desk(tmp_path), chosen)
    assert (row["code"], row["ligne"], row["champ"], row["valeur"]) == ("chevauchement", 2, "compteur", None)
    assert row["nom_fichier"] == "(nom non publié)" and SECRET not in repr(row)


def test_what_is_set_aside_of_a_named_site_is_told(tmp_path: Path) -> None:
    [row] = spoilt(Desk(tmp_path), "nominatif")
    assert SECRET in row["message"] and row["valeur"] is None


def test_a_meter_has_any_word_for_a_number(tmp_path: Path) -> None:
    """« TGBT-A » in the name of a file, in its headings, in its cells: none of it is published."""
    desk = Desk(tmp_path)
    desk.site()
    desk.meter(id_compteur="TGBT-A")
    slot = "2025-01-01T00:00:00+01:00,2025-01-01T00:30:00+01:00"
    texts = {
        "compteurs": (
            f"TGBT-A,{SITE},total,2020-01-01\n",
            f"id_compteur,id_centre,poste,date_debut,TGBT-A\nTGBT-B,{SITE},total,2020-01-01\n",
        ),
        "releves": (
            f"id_compteur,debut,fin,energie_kwh\nTGBT-A,{slot},TGBT-A\nTGBT-A,à TGBT-A,à,1\n",
            f"debut,fin,TGBT-A,énergie »\n{slot},1,2\n",
        ),
    }
    for table, several in texts.items():
        for place, text in enumerate(several):
            file = tmp_path / f"courbe TGBT-A {table} {place}.csv"
            file.write_text(text, encoding="utf-8")
            when = f"2026-06-0{place + 1}T00:00:00.000000Z"
            stored = deposits.store(file, table=table, raw_dir=tmp_path / "raw", emetteur=SENDER, recu_le=when)
            desk.verdicts.append(check_deposit(stored, tmp_path / "work"))
    published = publish(desk)
    assert {row["code"] for row in published["rejets"]} >= {
        "missing-label",
        "missing-cell",
        "valeur_illisible",
        "format-error",
    }
    assert "TGBT" not in repr(published)
    [value] = [row for row in published["rejets"] if row["code"] == "valeur_illisible"]
    assert value["message"] == (
        "Ligne 2, compteur n° 1 du fichier : la valeur n'est pas un nombre (« … ») ; cette ligne est mise de côté."
    )


def test_a_meter_that_no_site_claims_may_be_that_of_a_protected_one(tmp_path: Path) -> None:
    rows = spoilt(Desk(tmp_path), "nominatif", registered="AUTRE")
    assert {row["code"] for row in rows} == {"chevauchement", "compteur_inconnu"}
    assert SECRET not in repr(rows) and {row["nom_fichier"] for row in rows} == {"(nom non publié)"}

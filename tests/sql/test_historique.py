"""History: what was replaced, value by value."""

import datetime as dt
from typing import Any

from tests.sql.inputs import RECEIVED, SHA, Row, build, insert, made

OLD, OLDER = "b" * 64, "c" * 64


def replaced(table: str, current: Row, *earlier: Row) -> list[dict[str, Any]]:
    """The history when the current row of a table replaced earlier ones, the oldest last."""
    con = build(**{"declarations": (), table: [current]})
    plain = con.table(table)
    base = dict(zip(plain.columns, plain.fetchall()[0], strict=True))
    later: Row = base
    for sha256, row in zip((OLD, OLDER), earlier, strict=False):
        version = {**base, "depot_sha256": sha256, "depot_ligne": 9, **row}
        by = {"remplace_par_sha256": later["depot_sha256"], "remplace_par_ligne": later["depot_ligne"]}
        insert(con, f"{table}_remplaces", {**version, **by, "remplace_le": RECEIVED})
        later = version
    return made(con, "historique")


def test_only_the_changed_values_are_told() -> None:
    rows = replaced(
        "declarations",
        {"energie_totale_kwh": 314_870, "energie_it_kwh": 175_120.5, "date_debut": None},
        {"energie_totale_kwh": 31_487, "date_debut": dt.date(2023, 1, 1), "emetteur": "200054781"},
    )
    assert [(row["champ"], row["ancienne_valeur"], row["nouvelle_valeur"]) for row in rows] == [
        ("date_debut", "2023-01-01", None),
        ("energie_totale_kwh", "31487", "314870"),
    ]
    row = rows[1]
    assert (row["table_source"], row["cle"], row["remplace_le"], row["synthetique"]) == (
        "declarations",
        "annee=2023",
        RECEIVED,
        False,
    )
    assert (row["ancien_depot_sha256"], row["ancien_depot_ligne"]) == (OLD, 9)
    assert (row["nouveau_depot_sha256"], row["nouveau_depot_ligne"]) == (SHA, 2)


def test_each_version_is_compared_with_the_one_that_replaced_it() -> None:
    rows = replaced(
        "declarations", {"energie_it_kwh": 30.5}, {"energie_it_kwh": 20}, {"energie_it_kwh": 10, "commentaire": "1.0"}
    )
    told = [(row["champ"], row["ancienne_valeur"], row["nouvelle_valeur"], row["ancien_depot_sha256"]) for row in rows]
    assert told == [
        ("commentaire", "1.0", None, OLDER),
        ("energie_it_kwh", "20", "30.5", OLD),
        ("energie_it_kwh", "10", "20", OLDER),
    ]


def test_the_key_of_each_table() -> None:
    (centre,) = replaced("centres", {"secnumcloud": True}, {"secnumcloud": False})
    assert (centre["cle"], centre["ancienne_valeur"], centre["nouvelle_valeur"]) == ("registre", "false", "true")
    reading: Row = {"date_debut": "2023-01-01", "date_fin": "2023-01-31", "energie_kwh": 5}
    (changed,) = replaced("consommations", reading, {"energie_kwh": 6})
    assert (changed["cle"], changed["champ"]) == ("poste=total;date_debut=2023-01-01", "energie_kwh")


def test_a_formula_is_published_as_text() -> None:
    (row,) = replaced("centres", {"nom_site": "Salle"}, {"nom_site": "=1+1"})
    assert row["ancienne_valeur"] == "'=1+1"

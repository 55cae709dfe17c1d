"""Refusals: errors only, numbered inside their deposit, no formula."""

import pytest

from tests.sql.inputs import SHA, build, insert, made

OTHER = "b" * 64


def test_errors_are_numbered_inside_their_deposit_and_warnings_left_out() -> None:
    con = build()
    for rank, (sha256, name) in enumerate(((SHA, "centres.csv"), (OTHER, "=cmd.csv"))):
        card = {"rang": rank, "sha256": sha256, "nom_origine": name, "table_visee": "declarations"}
        insert(con, "depots", {**card, "recu_le": "2026-05-14 23:59:00", "synthetique": rank == 1})
    for sha256, number, level, line in (
        (SHA, 1, "erreur", None),
        (SHA, 2, "avertissement", 2),
        (SHA, 3, "erreur", 7),
        (OTHER, 1, "erreur", 3),
    ):
        anomaly = {"depot_sha256": sha256, "numero": number, "niveau": level, "ligne": line, "code": "type-error"}
        insert(con, "anomalies", {**anomaly, "message": "Faux.", "correction": "Corrigez."})
    rows = made(con, "rejets")
    columns = ("depot_sha256", "numero", "ligne", "nom_fichier", "synthetique")
    assert [tuple(row[column] for column in columns) for row in rows] == [
        (SHA, 1, None, "centres.csv", False),
        (SHA, 2, 7, "centres.csv", False),
        (OTHER, 1, 3, "'=cmd.csv", True),
    ]
    assert {str(row["recu_le"]) for row in rows} == {"2026-05-14"}


@pytest.mark.parametrize(
    ("value", "published"),
    [
        ("=1+1", "'=1+1"),
        ("+33 1", "'+33 1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("\n=1", "'\n=1"),
        ("\r=1", "'\r=1"),
        ("-12", "-12"),
        ("-1,5e-3", "-1,5e-3"),
        ("-12\u202f000,5", "-12\u202f000,5"),
        ("-1+1", "'-1+1"),
        ("-2 kWh", "'-2 kWh"),
        ("- inconnu", "'- inconnu"),
        ("-A1", "'-A1"),
        ("-12\n=1", "'-12\n=1"),
        ("12,5 kWh", "12,5 kWh"),
        ("l'IT", "l'IT"),
        ("", None),
        (None, None),
    ],
)
def test_a_formula_is_published_as_text(value: str | None, published: str | None) -> None:
    con = build()
    insert(con, "depots", {"rang": 0, "sha256": SHA, "nom_origine": "x.csv"})
    insert(con, "anomalies", {"depot_sha256": SHA, "numero": 1, "niveau": "erreur", "valeur": value})
    assert [row["valeur"] for row in made(con, "rejets")] == [published]

"""Published tables as the pages read them: plain Python values, a missing one being None."""

import pandas as pd

from dashboards.data import BySite, Row, records

FRAME = pd.DataFrame(
    {
        "id_centre": pd.array(["b", "a", "b"], dtype="str"),
        "annee": pd.array([2024, None, 2**53 + 1], dtype="Int64"),
        "complet": pd.array([True, None, False], dtype="boolean"),
        "pue": [1.5, float("nan"), 2.0],
        "nom": pd.array(["Salle", None, ""], dtype="str"),
        "rang": [1, 2, 3],
    }
)
ROWS: list[Row] = [
    {"id_centre": "b", "annee": 2024, "complet": True, "pue": 1.5, "nom": "Salle", "rang": 1},
    {"id_centre": "a", "annee": None, "complet": None, "pue": None, "nom": None, "rang": 2},
    {"id_centre": "b", "annee": 2**53 + 1, "complet": False, "pue": 2.0, "nom": "", "rang": 3},
]


def test_rows_hold_plain_values_and_none() -> None:
    found = records(FRAME)
    assert found == ROWS
    assert [type(value) for row in found for value in row.values()] == [
        type(value) for row in ROWS for value in row.values()
    ]
    assert records(FRAME.iloc[:0]) == []
    assert records(FRAME[FRAME["rang"] > 1]) == ROWS[1:]


def test_the_rows_of_a_site_are_its_own_in_their_order() -> None:
    by_site = BySite(FRAME)
    assert dict(by_site) == {"a": [ROWS[1]], "b": [ROWS[0], ROWS[2]]}
    assert ("b" in by_site, "c" in by_site, by_site.get("c")) == (True, False, None)

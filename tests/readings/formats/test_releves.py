"""The project's own format of readings."""

from pathlib import Path

from tests.readings.formats.seen import rows_of


def test_a_word_that_does_not_tell_whether_a_value_is_estimated(tmp_path: Path) -> None:
    """Counted as metered, it would pass for better than it is."""
    words = ("oui", "Vrai", "1", "Estimée", "non", "FALSE", "", "réel", "peut-être", "2")
    path = tmp_path / "releves.csv"
    lines = (f"C;2024-01-{day:02};2024-01-{day + 1:02};5;{word}\n" for day, word in enumerate(words, 1))
    path.write_text("id_compteur;debut;fin;energie_kwh;estime\n" + "".join(lines), encoding="utf-8")
    rows = rows_of(path)
    assert [row["estime"] for row in rows[:8]] == [True] * 4 + [False] * 4
    assert [row["probleme"] for row in rows] == [None] * 8 + ["estime_illisible"] * 2
    assert [(row["brut"], row["valeur"]) for row in rows[8:]] == [("peut-être", 5), ("2", 5)]

"""`JOURNAL.md` and `greencloud diff`: what a reader sees of two editions."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from greencloud.differences import journal, words
from tests.differences.made import edition, typed
from tests.published import DEPOSITS, HOSTILE, ROWS, deposit

SHA_C = "c0" * 32
NEW = deposit(SHA_C, "2026-09-01T10:00:00.000000Z")
INDICATOR_B, INDICATOR = map(dict, ROWS["indicateurs_annuels"])


Command = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Command:
    """`greencloud diff` between editions of the folder."""
    return lambda *arguments: typed(capsys, "diff", *arguments, "--published", str(tmp_path))


def test_the_first_edition_says_so(tmp_path: Path) -> None:
    text = journal(edition(tmp_path / "une").folder, None)
    assert "Première édition" in text
    assert "2 dépôts" in text
    assert text.endswith("\n") and not text.endswith("\n\n")


def test_two_alike_say_that_nothing_changed(tmp_path: Path) -> None:
    text = journal(edition(tmp_path / "deux").folder, edition(tmp_path / "une").folder)
    assert "Aucun dépôt nouveau, aucun retiré." in text
    assert "Aucune ligne publiée ne change." in text


def test_the_head_tells_what_a_reader_wants(tmp_path: Path) -> None:
    before = edition(tmp_path / "une")
    fresh = INDICATOR | {"annee": 2025, "depot_sha256": SHA_C, "depot_ligne": 7}
    changed = INDICATOR_B | {"energie_totale_kwh": 500000.0}
    after = edition(tmp_path / "deux", {"indicateurs_annuels": [changed, INDICATOR, fresh]}, (*DEPOSITS, NEW), code={})
    head, tables = journal(after.folder, before.folder).split("\n## ", 2)[1:]
    assert re.search(r"Reçu depuis\s: 1 dépôt", head)
    assert "1er septembre 2026" in head
    assert "1 ligne nouvelle, 1 ligne modifiée" in head
    assert "Programme" in head
    assert "`energie_totale_kwh` 438 000 → 500 000" in tables.replace("\u202f", " ")
    assert "(c0c0c0c0c0c0), ligne 7" in tables


def test_hostile_texts_break_no_table_and_run_nothing(tmp_path: Path) -> None:
    """Every line of a table has three cells, whatever comments and file names hold."""
    before = edition(tmp_path / "une")
    rows = [
        INDICATOR | {"annee": 2000 + place, "commentaire": text, "depot_sha256": SHA_C}
        for place, text in enumerate(HOSTILE)
    ]
    plain = [row | {"commentaire": None} for row in rows]
    after = edition(tmp_path / "deux", {"indicateurs_annuels": rows}, (*DEPOSITS, NEW))
    first = edition(tmp_path / "trois", {"indicateurs_annuels": plain}, (*DEPOSITS, NEW))
    for text in (journal(after.folder, before.folder), journal(after.folder, first.folder)):
        lines = [line for line in text.splitlines() if line.startswith("|")]
        assert lines
        assert {len(re.findall(r"(?<!\\)\|", line)) for line in lines} == {4}
        assert "<script" not in text
        assert all(letter.isprintable() or letter in "\n\u202f\u00a0" for letter in text)


def test_the_journal_depends_on_the_two_editions_alone(tmp_path: Path) -> None:
    texts = set()
    for place in ("ici", "ailleurs"):
        before = edition(tmp_path / place / "une")
        after = edition(tmp_path / place / "deux", {"indicateurs_annuels": [INDICATOR_B]}, (*DEPOSITS, NEW))
        texts.add(journal(after.folder, before.folder))
    assert len(texts) == 1


def test_the_command_prints_and_gives_json(tmp_path: Path, command: Command) -> None:
    edition(tmp_path / "editions" / "2026-01-01-aaaa")
    edition(tmp_path / "editions" / "2026-02-02-bbbb", {"indicateurs_annuels": [INDICATOR_B]}, (*DEPOSITS, NEW))
    shown = command("aaaa", "bbbb")
    assert (shown.returncode, shown.stderr) == (0, "")
    assert "1 ligne retirée" in shown.stdout
    words = [sys.executable, "-m", "greencloud", "diff", "aaaa", "bbbb", "--json", "--published", str(tmp_path)]
    environment = {**os.environ, "LANG": "C", "PYTHONUTF8": "1"}
    told = json.loads(subprocess.run(words, capture_output=True, text=True, check=True, env=environment).stdout)
    assert (told["avant"], told["apres"]) == ("2026-01-01-aaaa", "2026-02-02-bbbb")
    sites = next(table for table in told["tables"] if table["nom"] == "indicateurs_annuels")
    assert (sites["lignes_avant"], sites["lignes_apres"], sites["retirees"]) == (2, 1, 1)


def test_a_refusal_is_told_with_its_code_and_senders_with_what_their_number_is(
    tmp_path: Path, command: Command
) -> None:
    before = edition(tmp_path / "editions" / "2026-01-01-aaaa")
    refusal = dict(ROWS["rejets"][-1]) | {"depot_sha256": SHA_C, "code": "total_en_mwh"}
    after = edition(tmp_path / "editions" / "2026-02-02-bbbb", {"rejets": [*ROWS["rejets"], refusal]}, (*DEPOSITS, NEW))
    text = journal(after.folder, before.folder)
    assert "| nouvelle, code total\\_en\\_mwh |" in text
    assert "déposé par l'organisme de SIREN 130025265" in text
    assert ", nouvelle, code total_en_mwh [c0c0c0c0c0c0" in command("aaaa", "bbbb").stdout


def test_the_command_counts_and_names_in_french(tmp_path: Path, command: Command) -> None:
    """Plurals, dates, a schema once, a sha256 cut, what an older edition did not say."""
    sha256 = {"rejets/schema.json": "0" * 64, "rejets/README.md": "1" * 64}
    deposits = tuple(deposit(digit * 64, recu_le=f"2026-0{digit}-01T10:00:00.000000Z") for digit in "34")
    edition(tmp_path / "editions" / "2026-01-01-aaaa")
    row = INDICATOR | {"depot_sha256": "3" * 64}
    made_of = {"schemas": sha256, "versions": {"duckdb": "1.5.6", "numpy": "2.4.6"}}
    edition(tmp_path / "editions" / "2026-02-02-bbbb", {"indicateurs_annuels": [INDICATOR_B, row]}, deposits, **made_of)
    shown = command("aaaa", "bbbb").stdout.replace("\u202f", " ").replace("\u00a0", " ")
    assert "2 dépôts nouveaux :" in shown and "2 dépôts retirés :" in shown
    assert "reçu le 1er mars 2026" in shown
    assert "Schémas modifiés : rejets." in shown
    assert "Bibliothèques : numpy (non dite) → 2.4.6." in shown
    assert "depot_sha256 aaaaaaaaaaaa → 333333333333" in shown


def test_a_refusal_that_no_deposit_explains_still_names_its_deposit(tmp_path: Path) -> None:
    before = edition(tmp_path / "une")
    text = journal(edition(tmp_path / "deux", {"rejets": ROWS["rejets"][1:]}).folder, before.folder)
    assert re.search(r"les ingrédients sont les mêmes\s; dépôt «\sdécla", text)


def test_causes_beyond_a_few_are_counted_together(tmp_path: Path, command: Command) -> None:
    """A nation deposits thousands of files at once."""
    deposits = tuple(deposit(f"{number:064x}", "2026-09-01T10:00:00.000000Z") for number in range(1, 31))
    rows = [INDICATOR | {"annee": 2000 + n, "depot_sha256": one.sha256} for n, one in enumerate(deposits)]
    before = edition(tmp_path / "editions" / "2026-01-01-aaaa")
    after = edition(
        tmp_path / "editions" / "2026-02-02-bbbb",
        {"indicateurs_annuels": [row for row in rows if row["annee"] != 2024] + list(ROWS["indicateurs_annuels"])},
        (*DEPOSITS, *deposits),
    )
    text = journal(after.folder, before.folder)
    assert re.search(r"- 19 lignes nouvelles\s: 19 autres causes ou dépôts\.", text)
    shown = command("aaaa", "bbbb").stdout
    assert re.search(r"  9 lignes nouvelles\s: 9 autres causes ou dépôts \(--json\)", shown)


def test_an_unknown_edition_is_one_sentence(tmp_path: Path, command: Command) -> None:
    edition(tmp_path / "editions" / "2026-01-01-aaaa")
    refused = command("2026-01-01-aaab", "aaaa")
    assert refused.returncode == 2
    assert refused.stdout == ""
    assert "Les plus proches : 2026-01-01-aaaa." in refused.stderr
    assert len(refused.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("column", "before", "after", "told"),
    [
        ("pue_calcule", "1.7172338284248128", "1.7172339012", "1,7172338 → 1,7172339"),
        ("pue_calcule", "1.7172338284248128", "1.8", "1,717 → 1,8"),
        ("pue_calcule", "1.0000000000000002", "1.0000000000000004", "1,0000000000000002 → 1,0000000000000004"),
        ("energie_totale_kwh", "12345678.9001", "12345678.9002", "12 345 678,9001 → 12 345 678,9002"),
        ("cue_kgco2e_par_kwh", "1.2341e-05", "1.2344e-05", "0,000012341 → 0,000012344"),
        ("energie_it_kwh", None, "0.0", "(vide) → 0"),
        ("code_insee", "01053", "35238", "01053 → 35238"),
        ("code_departement", "01", None, "01 → (vide)"),
        ("code_insee", "nan", "inf", "nan → inf"),
    ],
)
def test_numbers_have_as_few_digits_as_tell_them_apart_and_codes_stay_texts(
    column: str, before: str | None, after: str | None, told: str
) -> None:
    assert words.change(column, before, after).replace("\u202f", " ") == told

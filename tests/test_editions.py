"""Editions: what is written, what is verified, and what never changes when something goes wrong."""

import csv
import json
import math
import os
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from greencloud import editions, tables
from greencloud.editions import EditionError, draft
from tests.published import DEPOSITS, HOSTILE, ROWS, SHA_A, SHA_B, Rows, connection, deposit, fill

PAGE = "<!doctype html><title>Accueil</title>"


def publish(folder: Path, changed: Rows | None = None, *, allow_shrink: bool = False) -> Path:
    """One whole edition with one page; gives its folder."""
    with draft(connection(changed), folder, DEPOSITS, allow_shrink=allow_shrink) as work:
        (work.path / "tableaux-de-bord").mkdir()
        (work.path / "tableaux-de-bord" / "index.html").write_text(PAGE, encoding="utf-8")
    return work.destination


def tree(folder: Path) -> dict[str, bytes | str]:
    """Every file and link below a folder: relative path -> bytes, or the target of a link."""
    found = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*")}
    return {
        name: str(path.readlink()) if path.is_symlink() else path.read_bytes()
        for name, path in found.items()
        if path.is_symlink() or path.is_file()
    }


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A published folder that holds one edition; not to be changed."""
    folder = tmp_path_factory.mktemp("published")
    publish(folder)
    return folder


@pytest.fixture
def copied(published: Path, tmp_path: Path) -> Path:
    """A copy of that folder, to be changed."""
    return Path(shutil.copytree(published, tmp_path / "published", symlinks=True))


def test_the_edition_stands_where_current_points(published: Path) -> None:
    (edition,) = (published / "editions").iterdir()
    assert (published / "current").readlink() == Path("editions") / edition.name
    assert re.fullmatch(r"2026-05-14-[0-9a-f]{8}", edition.name)
    assert {path.name for path in published.iterdir()} == {"editions", "current"}


def test_the_files_of_an_edition(published: Path) -> None:
    files = {f"{name}.{suffix}" for name in tables.PUBLISHED for suffix in ("csv", "parquet")}
    papers = {"datapackage.json", "dictionnaire.md", "LISEZMOI.md", "JOURNAL.md", "edition.json", "SHA256SUMS"}
    assert set(tree(published / "current")) >= files | papers | {"tableaux-de-bord/index.html"}


def test_two_folders_get_the_same_bytes(published: Path, tmp_path: Path) -> None:
    publish(tmp_path / "autre" / "dossier")
    assert tree(tmp_path / "autre" / "dossier") == tree(published)


def test_rows_stand_in_the_order_of_the_key(published: Path) -> None:
    with (published / "current" / "consommations_mensuelles.csv").open(encoding="utf-8", newline="") as file:
        assert [row["mois"] for row in csv.DictReader(file)] == ["2024-01", "2024-02"]
    rejects = duckdb.sql(f"SELECT numero FROM '{published}/current/rejets.parquet'").fetchall()
    assert rejects == [(number,) for number in range(1, len(HOSTILE) + 2)]


def test_csv_is_plain(published: Path) -> None:
    """UTF-8 without BOM, comma, LF, ISO dates, shortest numbers, true/false, nothing for what is missing."""
    data = (published / "current" / "couverture.csv").read_bytes()
    assert data.startswith(b"id_centre,annee,nom_site,")
    assert data.endswith(b"\n")
    assert b"\r" not in data
    with (published / "current" / "indicateurs_annuels.csv").open(encoding="utf-8", newline="") as file:
        row = next(csv.DictReader(file))
    assert row["energie_totale_kwh"] == "438000"
    assert row["energie_it_kwh"] == "300000.5"
    assert row["pue_calcule"] == repr(438000.0 / 300000.5)
    assert row["date_debut"] == "2024-01-01"
    assert row["inclus_dans_agregats"] == "true"
    assert row["synthetique"] == "false"
    assert row["code_departement"] == "01"
    assert row["eau_totale_m3"] == ""


def test_hostile_texts_come_back_unchanged(published: Path) -> None:
    with (published / "current" / "rejets.csv").open(encoding="utf-8", newline="") as file:
        assert [row["valeur"] for row in csv.DictReader(file)][1:] == list(HOSTILE)
    parquet = duckdb.sql(f"SELECT valeur FROM '{published}/current/rejets.parquet' WHERE numero > 1").fetchall()
    assert [value for (value,) in parquet] == list(HOSTILE)


def test_parquet_has_the_types_of_the_schema(published: Path) -> None:
    for name in tables.PUBLISHED:
        found = duckdb.sql(f"DESCRIBE FROM '{published}/current/{name}.parquet'").fetchall()
        assert {row[0]: row[1] for row in found} == tables.table(name).duckdb_columns()
    codecs = duckdb.sql(f"SELECT DISTINCT compression FROM parquet_metadata('{published}/current/rejets.parquet')")
    assert codecs.fetchall() == [("ZSTD",)]


def test_empty_and_missing_texts_stay_apart(tmp_path: Path) -> None:
    rows = [{**ROWS["rejets"][-1], "numero": 1, "valeur": ""}, {**ROWS["rejets"][-1], "numero": 2, "valeur": None}]
    edition = publish(tmp_path, {"rejets": rows})
    values = duckdb.sql(f"SELECT valeur FROM '{edition}/rejets.parquet'").fetchall()
    assert values == [("",), (None,)]


def test_checksums_cover_every_file(published: Path) -> None:
    run = subprocess.run(
        ["sha256sum", "-c", "--quiet", "SHA256SUMS"], cwd=published / "current", capture_output=True, check=False
    )
    assert (run.returncode, run.stdout) == (0, b"")
    lines = (published / "current" / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    names = [line.split("  ", 1)[1] for line in lines]
    assert names == sorted(names)
    assert set(names) == set(tree(published / "current")) - {"SHA256SUMS"}


def test_empty_tables_can_be_published(tmp_path: Path) -> None:
    edition = publish(tmp_path, {name: [] for name in tables.PUBLISHED})
    header = (edition / "historique.csv").read_text(encoding="utf-8")
    assert header == ",".join(tables.table("historique").column_names) + "\n"


# ---- the id ----


def test_edition_json_gives_what_the_id_is_made_of(published: Path) -> None:
    made_of = json.loads((published / "current" / "edition.json").read_text(encoding="utf-8"))
    assert editions.edition_id(made_of["ingredients"]) == made_of["id"] == (published / "current").resolve().name
    assert {"indicateurs_annuels/schema.json", "declarations/schema.json"} <= made_of["ingredients"]["schemas"].keys()
    assert "greencloud/editions/drafting.py" in made_of["ingredients"]["code"]
    assert "greencloud/packaging/templates/LISEZMOI.md.j2" in made_of["ingredients"]["code"]
    assert not any("__pycache__" in name for name in made_of["ingredients"]["code"])
    assert made_of["ingredients"]["versions"].keys() >= {"duckdb", "pandas", "plotly"}
    assert [card["recu_le"][:10] for card in made_of["ingredients"]["depots"]] == ["2026-02-01", "2026-05-14"]


def test_the_id_follows_the_cards_and_not_their_order_or_place() -> None:
    known = editions.edition_id(editions.ingredients(DEPOSITS))
    moved = [replace(item, path=Path("ailleurs")) for item in reversed(DEPOSITS)]
    assert editions.edition_id(editions.ingredients(moved)) == known
    renamed = [replace(DEPOSITS[0], nom_origine="autre.csv"), DEPOSITS[1]]
    assert editions.edition_id(editions.ingredients(renamed)) != known
    later = [*DEPOSITS, deposit("c" * 64, "2026-06-01T00:00:00.000000Z")]
    assert editions.edition_id(editions.ingredients(later)).startswith("2026-06-01-")


def test_the_id_does_not_hang_on_the_process() -> None:
    """Two processes with different hash seeds find the same id."""
    code = (
        "from greencloud import editions; from tests.published import DEPOSITS;"
        "print(editions.edition_id(editions.ingredients(DEPOSITS)))"
    )
    found = {
        subprocess.run(
            [sys.executable, "-c", code],
            cwd=Path(__file__).parents[1],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": "."},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(found) == 1


def test_no_deposit_no_edition(tmp_path: Path) -> None:
    with pytest.raises(EditionError, match="Aucun dépôt"), draft(connection(), tmp_path, ()):
        pytest.fail("nothing to publish")


# ---- nothing published changes when something goes wrong ----


def test_a_crash_in_the_block_changes_nothing(copied: Path) -> None:
    before = tree(copied)
    later = [*DEPOSITS, deposit("c" * 64, "2026-06-01T00:00:00.000000Z")]
    with pytest.raises(RuntimeError, match="panne"), draft(connection(), copied, later) as work:
        assert work.path.is_dir()
        raise RuntimeError("panne")
    assert tree(copied) == before
    assert not work.path.exists()
    assert not work.destination.exists()


def test_what_a_killed_run_left_is_swept(tmp_path: Path) -> None:
    (tmp_path / ".en-cours-2020-01-01-00000000").mkdir()
    (tmp_path / ".en-cours-2020-01-01-00000000" / "rejets.csv").write_text("reste", encoding="utf-8")
    (tmp_path / ".en-cours-current").symlink_to("editions/perdue")
    publish(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {"editions", "current"}


def test_two_publications_do_not_meet(tmp_path: Path) -> None:
    with draft(connection(), tmp_path, DEPOSITS) as work:
        with pytest.raises(EditionError, match="en cours"), draft(connection(), tmp_path, DEPOSITS):
            pytest.fail("the folder is taken")
        assert (work.path / "rejets.csv").is_file()
    assert (tmp_path / "current" / "rejets.csv").is_file()


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "fichier").write_text("", encoding="utf-8")
    folder = tmp_path / "fichier" / "published"
    told = "published » ne peut pas être créé ou écrit : une partie du chemin n'est pas un dossier"
    with pytest.raises(EditionError, match=told), draft(connection(), folder, DEPOSITS):
        pytest.fail("there is no folder")


def test_a_blocking_error_of_the_block_is_not_taken_for_the_lock(tmp_path: Path) -> None:
    with pytest.raises(BlockingIOError), draft(connection(), tmp_path, DEPOSITS):
        raise BlockingIOError


def test_the_same_edition_again_is_kept(tmp_path: Path) -> None:
    edition = publish(tmp_path)
    before, inode = tree(tmp_path), edition.stat().st_ino
    publish(tmp_path)
    assert tree(tmp_path) == before
    assert edition.stat().st_ino == inode


def test_a_crash_before_current_was_made_is_put_right(tmp_path: Path) -> None:
    edition = publish(tmp_path)
    before = tree(tmp_path)
    (tmp_path / "current").unlink()
    assert editions.newest(tmp_path) == edition.name
    assert publish(tmp_path) == edition
    assert tree(tmp_path) == before


def test_a_crash_before_current_was_switched_is_put_right(copied: Path) -> None:
    """The edition that was in place but not yet current is the newest: the next one comes after it."""
    first = (copied / "current").resolve()
    with draft(connection(), copied, LATER) as work:
        pass
    (copied / "current").unlink()
    (copied / "current").symlink_to(Path("editions") / first.name)
    last = (*LATER, deposit("d" * 64, "2026-06-02T08:00:00.000000Z"))
    assert [path.name for path in editions.earlier(copied, last)] == [work.edition_id, first.name]
    with editions.locked(copied):
        assert (copied / "current").resolve() == work.destination


def test_a_newest_edition_that_is_damaged_never_becomes_current(tmp_path: Path) -> None:
    edition = publish(tmp_path)
    (tmp_path / "current").unlink()
    (edition / "rejets.csv").write_text("", encoding="utf-8")
    with pytest.raises(EditionError, match=f"L'édition {edition.name} est la plus récente, mais ses fichiers"):
        publish(tmp_path)
    assert not (tmp_path / "current").exists()


def test_two_newest_editions_are_not_chosen_between(copied: Path) -> None:
    first = (copied / "current").resolve()
    twin = copied / "editions" / f"{first.name[:-1]}x"
    shutil.copytree(first, twin)
    assert editions.newest(copied) == first.name
    (copied / "current").unlink()
    with pytest.raises(EditionError, match=f"Plusieurs éditions se disent la plus récente : .*{twin.name}"):
        publish(copied)


def test_other_bytes_under_the_same_id_are_refused(tmp_path: Path) -> None:
    edition = publish(tmp_path)
    page = edition / "tableaux-de-bord" / "index.html"
    page.write_text("altéré", encoding="utf-8")
    (edition / "de-trop.txt").write_text("", encoding="utf-8")
    with pytest.raises(EditionError, match=r"\(de-trop\.txt, tableaux-de-bord/index\.html\)"):
        publish(tmp_path)
    assert page.read_text(encoding="utf-8") == "altéré"


def test_a_folder_named_current_is_not_destroyed(tmp_path: Path) -> None:
    (tmp_path / "current").mkdir()
    (tmp_path / "current" / "precieux.csv").write_text("a", encoding="utf-8")
    before = tree(tmp_path)
    with pytest.raises(EditionError, match="« current » est un vrai dossier"):
        publish(tmp_path)
    assert tree(tmp_path) == before


# ---- what is verified ----


@pytest.mark.parametrize("name", ["rejets.parquet", "edition.json"])
def test_the_block_may_not_change_what_was_verified(tmp_path: Path, name: str) -> None:
    with (
        pytest.raises(EditionError, match=f"modifiés ensuite : {name}"),
        draft(connection(), tmp_path, DEPOSITS) as work,
    ):
        (work.path / name).write_bytes((work.path / name).read_bytes() + b"\n")
    assert not (tmp_path / "current").exists()


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        ("couverture.csv", b"false", b"fal5e", "couverture.csv ne se relit pas"),
        ("couverture.csv", b"complet", b"partiel", "couverture.csv ne contient pas exactement les 2 lignes"),
        ("rejets.csv", b'"', b"'", r"rejets.csv ne"),
        ("rejets.parquet", b"PAR1", b"PAR2", r"rejets\.parquet"),
        ("datapackage.json", b'"rows": 2', b'"rows": 3', r"indicateurs_annuels\.csv \(row-count\)"),
        ("datapackage.json", b'"hash": "sha256:', b'"hash": "sha256:f', "hash-count"),
        ("datapackage.json", b"{", b"", "illisible"),
    ],
)
def test_a_file_that_says_something_else_is_noticed(
    published: Path, tmp_path: Path, name: str, old: bytes, new: bytes, said: str
) -> None:
    edition = tmp_path / "edition"
    shutil.copytree(published / "current", edition)
    data = (edition / name).read_bytes()
    assert old in data
    (edition / name).write_bytes(data.replace(old, new, 1))
    with pytest.raises(EditionError, match=said):
        editions.verify(connection(), edition)


def test_a_link_in_the_edition_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EditionError, match="liens"), draft(connection(), tmp_path, DEPOSITS) as work:
        (work.path / "tableaux-de-bord").symlink_to(tmp_path)


def test_a_row_against_its_schema_is_refused(tmp_path: Path) -> None:
    rows = [{**ROWS["couverture"][0], "statut": "peut-être"}]
    with pytest.raises(EditionError, match=r"couverture\.csv ligne 2 colonne statut \(constraint-error\)"):
        publish(tmp_path, {"couverture": rows})


def test_a_repeated_key_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EditionError, match="primary-key"):
        publish(tmp_path, {"couverture": [ROWS["couverture"][0]] * 2})


@pytest.mark.parametrize("value", [math.inf, -math.inf, math.nan])
def test_infinite_numbers_are_refused(tmp_path: Path, value: float) -> None:
    rows = [{**ROWS["indicateurs_annuels"][0], "pue_calcule": value}]
    with pytest.raises(EditionError, match="infinis ou indéfinis : pue_calcule"):
        publish(tmp_path, {"indicateurs_annuels": rows})


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("DROP TABLE couverture", "id_centre \\(absente au lieu de VARCHAR\\)"),
        ("ALTER TABLE couverture DROP COLUMN statut", "statut \\(absente au lieu de VARCHAR\\)"),
        ("ALTER TABLE couverture ADD COLUMN secret VARCHAR", "secret \\(inconnue du schéma\\)"),
        ("ALTER TABLE couverture ALTER nb_rejets TYPE DOUBLE", "nb_rejets \\(DOUBLE au lieu de BIGINT\\)"),
        ("ALTER TABLE couverture ALTER puissance_it_installee_kw TYPE FLOAT", "kw \\(FLOAT au lieu de DOUBLE\\)"),
    ],
)
def test_a_table_unlike_its_schema_is_refused(tmp_path: Path, change: str, said: str) -> None:
    con = connection()
    con.execute(change)
    with pytest.raises(EditionError, match=said), draft(con, tmp_path, DEPOSITS):
        pytest.fail("the table does not fit its schema")


def test_sums_of_integers_fit(tmp_path: Path) -> None:
    con = connection()
    con.execute("ALTER TABLE couverture ALTER nb_rejets TYPE HUGEINT")
    with draft(con, tmp_path, DEPOSITS) as work:
        pass
    kind = duckdb.sql(f"SELECT typeof(nb_rejets) FROM '{work.destination}/couverture.parquet'").fetchall()
    assert kind[0] == ("BIGINT",)


# ---- partial editions ----

MISSING = (
    r'il manque 1 dépôt \(décla\|rations "2024"\.csv de 130025265, declarations, reçu le 2026-05-14\) ; '
    r"1 site \(21750001600019-01\)\."
)


@pytest.mark.parametrize("rows", [[], ROWS["couverture"][:1]])
def test_a_table_that_lost_its_rows_is_refused(tmp_path: Path, rows: list[dict[str, object]]) -> None:
    many = [{**ROWS["couverture"][0], "annee": year} for year in (2021, 2022, 2023)]
    publish(tmp_path, {"couverture": many, "indicateurs_annuels": []})
    before = tree(tmp_path)
    later = [*DEPOSITS, deposit("c" * 64, "2026-06-01T00:00:00.000000Z")]
    con = connection({"couverture": rows, "indicateurs_annuels": []})
    with pytest.raises(EditionError, match=f"couverture passerait de 3 à {len(rows)}"), draft(con, tmp_path, later):
        pytest.fail("a partial edition")
    none = connection({"couverture": [], "indicateurs_annuels": []})
    with pytest.raises(EditionError, match=MISSING), draft(none, tmp_path, later[1:]):
        pytest.fail("a partial edition")
    assert tree(tmp_path) == before
    with draft(con, tmp_path, later, allow_shrink=True) as work:
        pass
    assert (tmp_path / "current").resolve() == work.destination.resolve()
    assert len(list((tmp_path / "editions").iterdir())) == 2


def test_fewer_refusals_are_no_loss(copied: Path) -> None:
    con = connection()
    fill(con, "rejets", [])
    later = [*DEPOSITS, deposit("c" * 64, "2026-06-01T00:00:00.000000Z")]
    with draft(con, copied, later):
        pass
    assert duckdb.sql(f"SELECT count(*) FROM '{copied}/current/rejets.parquet'").fetchall() == [(0,)]


def test_a_damaged_current_edition_is_named(copied: Path) -> None:
    (copied / "current" / "couverture.parquet").write_bytes(b"abime")
    with pytest.raises(EditionError, match=r"couverture\.parquet de l'édition actuelle"):
        publish(copied)


# ---- the editions before ----

LATER = (*DEPOSITS, deposit("c" * 64, "2026-06-01T08:00:00.000000Z"))


def made_of(folder: Path) -> dict[str, object]:
    ingredients: dict[str, object] = json.loads((folder / "edition.json").read_text(encoding="utf-8"))["ingredients"]
    return ingredients


def test_an_edition_names_the_one_it_comes_after(copied: Path) -> None:
    first = (copied / "current").resolve()
    assert made_of(first)["edition_precedente"] is None
    assert editions.earlier(copied, LATER) == [copied / "editions" / first.name]
    with draft(connection(), copied, LATER, since=editions.earlier(copied, LATER)) as work:
        pass
    assert made_of(work.destination)["edition_precedente"] == first.name
    newest = (*LATER, deposit("d" * 64, "2026-06-02T08:00:00.000000Z"))
    assert [path.name for path in editions.earlier(copied, newest)] == [work.edition_id, first.name]


def test_the_same_deposits_again_give_the_same_edition_after_another(copied: Path) -> None:
    for _ in range(2):
        with draft(connection(), copied, LATER) as work:
            pass
    assert len(list((copied / "editions").iterdir())) == 2
    assert (copied / "current").resolve() == work.destination


def test_an_edition_published_in_the_meantime_is_told(copied: Path) -> None:
    with pytest.raises(EditionError, match="pendant le calcul"), draft(connection(), copied, LATER, since=[]):
        pass


def test_a_missing_earlier_edition_is_told(copied: Path) -> None:
    with draft(connection(), copied, LATER):
        first = next(path for path in (copied / "editions").iterdir())
    shutil.rmtree(first)
    with pytest.raises(EditionError, match=f"{first.name}, publiée avant celle-ci"):
        editions.earlier(copied, (*LATER, deposit("d" * 64, "2026-06-02T08:00:00.000000Z")))


# ---- an earlier edition made again ----


def test_an_earlier_edition_is_made_again_byte_for_byte(copied: Path, tmp_path: Path) -> None:
    first = (copied / "current").resolve()
    with draft(connection(), copied, LATER):
        pass
    before = tree(copied)
    for number, wanted in enumerate((first.name, "2026-05-14", "2026-05-31")):
        past = editions.past(copied, wanted, list(LATER))
        assert ([item.sha256 for item in past.deposits], past.before) == ([SHA_B, SHA_A], [])
        with editions.again(connection(), copied, past, tmp_path / f"refaite-{number}") as again:
            (again.path / "tableaux-de-bord").mkdir()
            (again.path / "tableaux-de-bord" / "index.html").write_text(PAGE, encoding="utf-8")
        assert tree(again.destination) == tree(first)
        assert editions.verdict(again.destination, past) == [f"Identique à l'édition {first.name}, octet pour octet."]
    assert tree(copied) == before
    taken = editions.again(connection(), copied, past, again.destination)
    with pytest.raises(EditionError, match="n'est pas un dossier vide"), taken:
        pytest.fail("the folder is taken")


def test_an_edition_that_another_program_made_is_told(copied: Path, tmp_path: Path) -> None:
    edition = (copied / "current").resolve()
    path = edition / "edition.json"
    told = json.loads(path.read_text(encoding="utf-8"))
    told["ingredients"]["versions"]["duckdb"] = "0.1"
    told["ingredients"]["code"]["greencloud/tables.py"] = "0" * 64
    path.write_text(json.dumps(told), encoding="utf-8")
    past = editions.past(copied, edition.name, list(DEPOSITS))
    with editions.again(connection(), copied, past, tmp_path / "refaite") as again:
        pass
    different, why = editions.verdict(again.destination, past)
    assert different.startswith(f"Différente de l'édition {edition.name} : ") and "edition.json" in different
    assert "programme greencloud/tables.py (modifié) ; version de duckdb (0.1 alors, " in why


@pytest.mark.parametrize(
    ("wanted", "said"),
    [("2020-01-01", "Aucun dépôt n'était connu le 01/01/2020"), ("hier", "« hier » n'est ni une date")],
)
def test_what_was_never_there_is_told(copied: Path, wanted: str, said: str) -> None:
    with pytest.raises(EditionError, match=said):
        editions.past(copied, wanted, list(DEPOSITS))


def test_an_edition_whose_deposit_is_gone_cannot_be_made_again(copied: Path) -> None:
    with pytest.raises(EditionError, match=r'décla\|rations "2024"\.csv manque parmi les dépôts'):
        editions.past(copied, (copied / "current").resolve().name, [DEPOSITS[0]])


def test_a_day_between_two_editions_comes_after_the_one_before(copied: Path) -> None:
    first = (copied / "current").resolve().name
    between = deposit("e" * 64, "2026-05-20T08:00:00.000000Z")
    past = editions.past(copied, "2026-05-20", [*LATER, between])
    assert (past.published, [path.name for path in past.before]) == (None, [first])


def test_another_run_is_waited_for(tmp_path: Path) -> None:
    """The second publication begins when the first has ended."""
    code = (
        "import sys; from pathlib import Path; from greencloud import editions\n"
        "with editions.locked(Path(sys.argv[1]), wait=True): print('entré')"
    )
    with editions.locked(tmp_path):
        other = subprocess.Popen([sys.executable, "-c", code, tmp_path], stdout=subprocess.PIPE, text=True)
        with pytest.raises(subprocess.TimeoutExpired):
            other.wait(timeout=5)
    assert other.communicate(timeout=60)[0] == "entré\n"

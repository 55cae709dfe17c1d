"""What is published of a real deposit tells nobody whether they guessed its bytes."""

import csv
import hashlib
import json
import shutil
from dataclasses import asdict
from pathlib import Path

import pytest

from greencloud import deposits, seals
from greencloud.cli.build import build
from greencloud.differences.compare import compare
from greencloud.differences.snapshots import open_snapshot
from greencloud.editions import EditionError
from greencloud.explain import Holding, explain, text
from tests.faults.conftest import tree

SIREN, SITE = "130025265", "13002526500013-0"
REGISTER = "id_centre,nom_site,code_insee,mode_publication\n"
OPEN, CLOSED = f"{SITE}1,Salle Nord,01053,\n", f"{SITE}2,Salle Sud,01053,agrege\n"
ENERGIES = "id_centre,annee,energie_totale_kwh,energie_it_kwh,nature_valeur,qualite_mesure\n"
SECRET = f"{ENERGIES}{SITE}2,2024,987654,600001,annuelle,mesure\n"
REFUSED = f"{ENERGIES}{SITE}2,2024,beaucoup,600001,annuelle,mesure\n"
PLAIN = f"{ENERGIES}{SITE}1,2024,438000,300000,annuelle,mesure\n"


def receive(folder: Path, day: int, table: str, name: str, content: str) -> deposits.Deposit:
    (folder / name).write_text(content, encoding="utf-8")
    received = f"2026-05-{day:02d}T09:30:00.000000Z"
    return deposits.store(
        folder / name, table=table, emetteur=SIREN, raw_dir=folder / "raw", recu_le=received, synthetique=False
    )


def publish(folder: Path, as_of: str | None = None, out: Path | None = None) -> Path:
    build(folder / "raw", folder / "published", False, None, as_of, out, None, False)
    return (folder / "published" / "current").resolve()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an edition whose deposits hold a protected site."""
    folder = tmp_path_factory.mktemp("scelle")
    receive(folder, 1, "centres", "registre.csv", REGISTER + OPEN + CLOSED)
    receive(folder, 2, "declarations", "salle-ouverte.csv", PLAIN)
    receive(folder, 3, "declarations", "abri-987654.csv", SECRET)
    receive(folder, 4, "declarations", "abri-refus.csv", REFUSED)
    publish(folder)
    return folder


@pytest.fixture
def copied(made: Path, tmp_path: Path) -> Path:
    shutil.copytree(made, tmp_path / "copie", symlinks=True)
    return tmp_path / "copie"


def rows(edition: Path, table: str) -> list[dict[str, str]]:
    with (edition / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_no_digest_size_or_name_of_a_deposit_is_published(made: Path) -> None:
    edition = (made / "published" / "current").resolve()
    told = "\n".join(path.read_text("utf-8", "replace") for path in edition.rglob("*") if path.is_file()).lower()
    key = (made / "raw" / ".sel").read_text(encoding="ascii").strip()
    for content in (SECRET, REFUSED, PLAIN):
        digests = [hashlib.new(name, content.encode()).hexdigest() for name in ("md5", "sha1", "sha256", "sha512")]
        assert not any(digest in told or digest[:12] in told for digest in digests)
    assert not any(word in told for word in ("abri-987654", "abri-refus", key))
    cards = json.loads((edition / "edition.json").read_text(encoding="utf-8"))["ingredients"]["depots"]
    assert not any({"octets", "sha256", "nom_origine"} & set(card) for card in cards)
    assert [row["nom_fichier"] for row in rows(edition, "rejets")] == ["(nom non publié)"]
    [row] = rows(edition, "indicateurs_annuels")
    deposit = next(item for item in deposits.scan(made / "raw")[0] if item.nom_origine == "salle-ouverte.csv")
    assert row["depot_sha256"] == deposit.empreinte == cards[1]["empreinte"] != deposit.sha256


def test_an_explanation_tells_the_sha256_to_whoever_holds_the_deposits(made: Path) -> None:
    edition = (made / "published" / "current").resolve()
    holding = Holding(open_snapshot(edition), made / "raw")
    [row] = rows(edition, "indicateurs_annuels")
    for internal in (False, True):
        found = explain(holding, f"{SITE}1", 2024, internal=internal)
        told = "\n".join([*text.of_row(found), json.dumps(asdict(found), default=str)])
        assert (hashlib.sha256(PLAIN.encode()).hexdigest() in told) is ("salle-ouverte.csv" in told) is internal
        assert f"empreinte à clé {row['depot_sha256']}" in told


def test_another_key_changes_the_digests_and_nothing_else(made: Path, copied: Path) -> None:
    shutil.rmtree(copied / "published")
    (copied / "raw" / ".sel").write_text("0" * 64 + "\n", encoding="ascii")
    one, other = (
        publish(folder) if folder == copied else (made / "published" / "current").resolve() for folder in (made, copied)
    )
    for path in sorted(one.glob("*.csv")):
        kept = [
            sorted([cell for name, cell in row.items() if "sha256" not in name] for row in rows(edition, path.stem))
            for edition in (one, other)
        ]
        assert kept[0] == kept[1], path.name
    assert one.name != other.name


def test_the_same_key_gives_the_same_bytes(made: Path, copied: Path) -> None:
    shutil.rmtree(copied / "published")
    assert tree(publish(copied)) == tree((made / "published" / "current").resolve())


@pytest.mark.parametrize("other", [None, "1" * 64])
def test_a_key_that_is_lost_or_another_is_refused(copied: Path, other: str | None) -> None:
    (copied / "raw" / ".sel").unlink()
    if other:
        (copied / "raw" / ".sel").write_text(other, encoding="ascii")
    before = tree(copied / "published")
    edition = (copied / "published" / "current").resolve().name
    for wanted in (None, edition):
        with pytest.raises(EditionError, match="Restaurez ce fichier depuis la sauvegarde des dépôts"):
            publish(copied, wanted, copied / "out" if wanted else None)
    assert tree(copied / "published") == before


def test_a_changed_name_changes_the_edition(made: Path) -> None:
    key = b"k" * 32
    one, other = (seals.seal(key, "a" * 64, name) for name in ("un.csv", "deux.csv"))
    assert (one.empreinte, one.cle) == (other.empreinte, other.cle) and one.nom != other.nom


@pytest.mark.parametrize(("row", "keyed"), [(OPEN, False), (CLOSED, True), (OPEN.replace(",\n", ",Agrégé\n"), True)])
def test_a_register_placed_by_hand_has_a_key_only_if_it_protects_a_site(tmp_path: Path, row: str, keyed: bool) -> None:
    (tmp_path / "centres.csv").write_text(REGISTER + row, encoding="utf-8")
    (found,), _ = deposits.scan(tmp_path)
    assert (tmp_path / ".sel").exists() is keyed is (found.empreinte != found.sha256)
    if keyed:
        assert (tmp_path / ".sel").stat().st_mode & 0o777 == 0o600
    assert deposits.scan(tmp_path) == ([found], [])


def test_a_damaged_key_is_told(tmp_path: Path) -> None:
    (tmp_path / ".sel").write_text("abc\n", encoding="ascii")
    with pytest.raises(seals.SealError, match=r"est abîmée. Restaurez-la"):
        deposits.scan(tmp_path)


def test_an_edition_from_before_the_key_is_made_again_byte_for_byte(tmp_path: Path) -> None:
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "centres.csv").write_text(REGISTER + OPEN, encoding="utf-8")
    (tmp_path / "raw" / "declarations.csv").write_text(PLAIN, encoding="utf-8")
    first = publish(tmp_path)
    assert not (tmp_path / "raw" / ".sel").exists()
    receive(tmp_path, 9, "declarations", "suite.csv", PLAIN.replace("2024", "2023"))
    second = publish(tmp_path)
    assert second != first
    publish(tmp_path, first.name, tmp_path / "refaite")
    assert tree(tmp_path / "refaite") == tree(first)
    journal = (second / "JOURNAL.md").read_text(encoding="utf-8")
    assert "Reçu depuis : 1 dépôt." in journal.replace("\u202f", " ").replace("\xa0", " ") and "Retiré" not in journal
    found = compare(open_snapshot(first), open_snapshot(second))
    changed = {name for table in found.tables for row in table.rows for name in row.cellules}
    assert not any(name.endswith("sha256") for name in changed) and not any(t.count("retiree") for t in found.tables)

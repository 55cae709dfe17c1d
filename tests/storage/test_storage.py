"""Deposits and verdicts on storage, here a folder that is only spoken to as storage is (`file://`)."""

import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import duckdb
import pytest

from greencloud import deposits, storage, tables, warehouse
from greencloud.deposits import Deposit, write_card
from greencloud.program import fingerprint
from greencloud.storage import Gathering, Lost, Mirror, OtherProgram, Place, Results, StorageError, Stored
from greencloud.storage.place import Object
from greencloud.verdicts import check_deposit, kept, key
from tests.bench import metering
from tests.faults.conftest import SITES, store


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    """The register of nine sites and the declarations of two, as deposits."""
    for number in range(3):
        store(tmp_path, number)
    return tmp_path / "raw"


@pytest.fixture
def mirror(raw: Path, tmp_path: Path) -> Mirror:
    return Mirror(Place(raw.as_uri()), tmp_path / "miroir")


@pytest.fixture
def results(tmp_path: Path) -> Results:
    own = tmp_path / "verdicts" / fingerprint()
    own.mkdir(parents=True)
    return Results(Place((tmp_path / "verdicts").as_uri()), fingerprint())


@pytest.fixture
def work(tmp_path: Path) -> Iterator[kept.Kept]:
    with kept.opened(tmp_path / "work") as opened:
        yield opened


def by_table(found: Sequence[Stored], table: str) -> list[Stored]:
    return [stored for stored in found if stored.deposit.table == table]


def rows(verdicts: Sequence[warehouse.Verdict]) -> list[object]:
    """What verdicts load: current and replaced rows, and what was told of them."""
    con, names = warehouse.load(verdicts), ("centres", "declarations", "declarations_remplaces", "anomalies")
    return [con.execute(f"FROM {name} ORDER BY ALL").fetchall() for name in names]


def test_the_mirror_is_scanned_as_the_folder_is(raw: Path, mirror: Mirror) -> None:
    """The same deposits but for their place; of the figures, no byte."""
    found, unfiled = mirror.scan()
    there, _ = deposits.scan(raw)
    assert [(one.deposit.sha256, key(one.deposit), one.deposit.empreinte) for one in found] == [
        (deposit.sha256, key(deposit), deposit.empreinte) for deposit in there
    ]
    assert unfiled == []
    for stored in found:
        content = stored.deposit.path.read_bytes()
        assert len(content) == stored.deposit.octets
        assert (hashlib.sha256(content).hexdigest() == stored.deposit.sha256) is (stored.deposit.table == "centres")


def test_a_file_without_a_card_is_adopted_and_its_card_put_on_storage(raw: Path, mirror: Mirror) -> None:
    (raw / "posé à la main.csv").write_text(
        f"id_centre,annee,energie_totale_kwh\n{SITES[3]},2024,5\n", encoding="utf-8"
    )
    first, _ = mirror.scan()
    card = json.loads((raw / "posé à la main.csv.depot.json").read_text(encoding="utf-8"))
    assert (card["table"], card["emetteur"]) == ("declarations", None)
    second, _ = mirror.scan()
    assert second == first and len(first) == 4
    assert [stored.deposit for stored in first if not mirror.is_read(stored)] == [
        stored.deposit for stored in by_table(first, "declarations")
    ]


def test_the_key_of_a_folder_with_protected_sites_goes_to_storage(tmp_path: Path) -> None:
    """It is one of the inputs: the next machine that publishes must find it."""
    raw = tmp_path / "raw"
    file = tmp_path / "centres.csv"
    columns = "id_centre,nom_site,type_hebergement,categorie_organisme,mode_publication"
    file.write_text(f"{columns}\n13002526500013-01,Salle,salle_serveurs,commune,agrege\n", encoding="utf-8")
    deposits.store(file, table="centres", emetteur="130025265", raw_dir=raw)
    (made,), _ = Mirror(Place(raw.as_uri()), tmp_path / "un").scan()
    (again,), _ = Mirror(Place(raw.as_uri()), tmp_path / "deux").scan()
    (alone,), _ = deposits.scan(raw)
    assert made.deposit.seal is not None
    assert made.deposit.empreinte == again.deposit.empreinte == alone.empreinte != alone.sha256


def test_a_card_written_meanwhile_by_another_is_not_written_over(raw: Path, mirror: Mirror, tmp_path: Path) -> None:
    place = Place(raw.as_uri())
    assert place.create("nouveau", b"un") and not place.create("nouveau", b"deux")
    assert place.read("nouveau") == b"un"
    (raw / "nouveau").unlink()
    mirror.scan()
    (tmp_path / "miroir" / "carte.depot.json").write_bytes(b"{}")
    (raw / "carte.depot.json").write_bytes(b"[]")
    with pytest.raises(StorageError, match=r"Un autre traitement vient d'écrire « carte\.depot\.json »"):
        mirror._hand_over({})


def test_what_left_storage_leaves_the_mirror(raw: Path, mirror: Mirror, tmp_path: Path) -> None:
    found, _ = mirror.scan()
    gone = by_table(found, "declarations")[0]
    (raw / gone.name).unlink()
    (raw / f"{gone.name}.depot.json").unlink()
    again, unfiled = mirror.scan()
    assert [stored.name for stored in again] == [stored.name for stored in found if stored != gone]
    assert unfiled == [] and not gone.deposit.path.exists()


def test_an_empty_object_named_as_a_folder_is_a_folder() -> None:
    """As consoles make them; an empty file that is no folder is told as one."""
    named = [Object("depots", 0, "a", 0.0), Object("depots/a.csv", 3, "b", 0.0), Object("vide.csv", 0, "c", 0.0)]
    assert list(storage.mirror._files(named)) == ["depots/a.csv", "vide.csv"]


def test_a_worker_gives_what_one_machine_gives(
    raw: Path, mirror: Mirror, results: Results, work: kept.Kept, tmp_path: Path
) -> None:
    found, _ = mirror.scan()
    for table in ("centres", "declarations"):
        assert storage.check(by_table(found, table), Place(raw.as_uri()), results) == []
    assert results.keys() == {key(stored.deposit) for stored in found}
    taken = [verdict for lot in results.take(found, work.scratch) for verdict in lot]
    alone = [check_deposit(deposit, tmp_path / "seul") for deposit in deposits.scan(raw)[0]]
    assert {verdict.deposit.sha256: verdict.report for verdict in taken} == {
        verdict.deposit.sha256: verdict.report for verdict in alone
    }
    assert rows(taken) == rows(alone)


def test_a_worker_with_another_program_checks_nothing(raw: Path, mirror: Mirror, results: Results) -> None:
    found, _ = mirror.scan()
    with pytest.raises(OtherProgram, match="n'exécute pas le même programme"):
        storage.check(found[:1], Place(raw.as_uri()), Results(results.place, "0" * 64))
    assert results.keys() == set()


@pytest.mark.parametrize("damage", ["index", "rows", "no rows", "object"])
def test_a_verdict_that_is_damaged_or_of_other_bytes_is_not_there(
    damage: str, raw: Path, mirror: Mirror, results: Results, tmp_path: Path
) -> None:
    found = by_table(mirror.scan()[0], "declarations")
    storage.check(found, Place(raw.as_uri()), results)
    own = tmp_path / "verdicts" / fingerprint()
    (lot,) = own.glob("*.parquet")
    index = own / f"{key(found[0].deposit)}.json"
    if damage == "object":
        os.utime(raw / found[0].name, (1, 1))
        found = by_table(mirror.scan()[0], "declarations")
    elif damage == "no rows":
        lot.unlink()
    else:
        path = index if damage == "index" else lot
        path.write_bytes(path.read_bytes()[:-1] + b"?")
    (tmp_path / "ici").mkdir()
    taken = [verdict.deposit for made in results.take(found, tmp_path / "ici") for verdict in made]
    expected = [stored.deposit for stored in found[1:]] if damage in ("index", "object") else []
    assert taken == expected


def test_rows_of_a_lot_that_was_left_half_told_count_once(
    raw: Path, mirror: Mirror, results: Results, work: kept.Kept, tmp_path: Path
) -> None:
    """A worker killed after the first index: the other verdict comes in a lot of its own, its rows in both."""
    found = by_table(mirror.scan()[0], "declarations")
    storage.check(found, Place(raw.as_uri()), results)
    (tmp_path / "verdicts" / fingerprint() / f"{key(found[1].deposit)}.json").unlink()
    storage.check(found[1:], Place(raw.as_uri()), results)
    held = []
    for made in results.take(found, work.scratch):
        with duckdb.connect() as con:
            held += con.sql(f"SELECT DISTINCT cle_verdict FROM '{made[0].accepted}'").fetchall()
        work.keep(made)
    assert sorted(held) == sorted((key(stored.deposit),) for stored in found)


def test_bytes_that_are_not_those_of_the_card_are_told_as_on_one_machine(
    raw: Path, results: Results, work: kept.Kept
) -> None:
    changed = next(path for path in raw.rglob("*.csv") if b"energie" in path.read_bytes())
    changed.write_bytes(changed.read_bytes().replace(b"Donn", b"donn"))
    gathering = Gathering(work, Place(raw.as_uri()), results)
    for group in list(gathering.groups()):
        gathering.receive(group, storage.check(group, Place(raw.as_uri()), results))
    assert list(gathering.groups()) == [] and gathering.failures() == []
    _, unfiled = deposits.scan(raw)
    assert [(stray.message, stray.fix) for stray in gathering.unfiled] == [
        (stray.message, stray.fix) for stray in unfiled
    ]
    assert len(unfiled) == 1 and len(gathering.deposits) == 2


def test_a_file_that_changed_after_its_verdict_is_read_again(raw: Path, results: Results, work: kept.Kept) -> None:
    place = Place(raw.as_uri())
    gathering = Gathering(work, place, results)
    for group in list(gathering.groups()):
        gathering.receive(group, storage.check(group, place, results))
    gathering.save()
    assert list(Gathering(work, place, results).groups()) == []
    changed = next(stored for stored in gathering.deposits if stored.table == "declarations")
    path = next(path for path in raw.rglob("*.csv") if path.name == changed.path.name)
    path.write_bytes(path.read_bytes().replace(b"Donn", b"donn"))
    ((asked,),) = Gathering(work, place, results).groups()
    assert asked.deposit.path == changed.path
    assert storage.check([asked], place, results) == [asked.name]


def test_a_file_that_is_put_again_as_it_was_doubles_no_row(
    raw: Path, results: Results, work: kept.Kept, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is read again, for nobody knows; its verdict, by then in one file with others, is not kept twice."""
    monkeypatch.setattr(kept, "_MANY_LOTS", 2)
    place = Place(raw.as_uri())
    for moment in (1, 2):
        gathering = Gathering(work, place, results)
        asked = list(gathering.groups())
        for group in asked:
            gathering.receive(group, storage.check(group, place, results))
        gathering.save()
        verdicts = work.gathered(gathering.deposits)
        path = next(path for path in sorted(raw.rglob("*.csv")) if b"energie" in path.read_bytes())
        os.utime(path, (moment, moment))
    assert len(asked) == 1
    alone = [check_deposit(deposit, tmp_path / "seul") for deposit in deposits.scan(raw)[0]]
    assert rows(verdicts) == rows(alone)


def test_what_a_killed_run_had_not_remembered_is_looked_up(raw: Path, results: Results, work: kept.Kept) -> None:
    place = Place(raw.as_uri())
    gathering = Gathering(work, place, results)
    for group in list(gathering.groups()):
        gathering.receive(group, storage.check(group, place, results))
    again = Gathering(work, place, results)
    assert list(again.groups()) == [] and again.failures() == []


def test_readings_are_checked_with_the_word_of_the_register(results: Results, work: kept.Kept, tmp_path: Path) -> None:
    """Registers first; the rows of the readings, and their report, are those of one machine."""
    raw = tmp_path / "raw"
    raw.mkdir()
    metering.registers(raw)
    for number in range(3):
        metering.deposit(raw, number, 300)
    place = Place(raw.as_uri())
    gathering = Gathering(work, place, results)
    for instructed in (False, True):
        if instructed:
            gathering.instruct()
        for group in list(gathering.groups()):
            gathering.receive(group, storage.check(group, place, results))
    assert gathering.failures() == [] and len(gathering.deposits) == 5
    with kept.opened(tmp_path / "seul") as alone:
        expected = alone.verdicts(deposits.scan(raw)[0])
        wanted = {verdict.deposit.sha256: (verdict.report, accepted(verdict)) for verdict in expected}
        made = work.gathered(gathering.deposits)
        assert {verdict.deposit.sha256: (verdict.report, accepted(verdict)) for verdict in made} == wanted


def accepted(verdict: warehouse.Verdict) -> list[tuple[object, ...]]:
    """The accepted rows of one verdict."""
    with duckdb.connect() as con:
        return con.sql(
            f"FROM '{verdict.accepted}' WHERE cle_verdict = '{key(verdict.deposit)}' ORDER BY ALL"
        ).fetchall()


def test_a_deposit_that_fails_its_group_fails_alone(raw: Path, results: Results, work: kept.Kept) -> None:
    """A group that failed is given out one by one; a fault of the program is not tried again, a full disk is."""
    place = Place(raw.as_uri())
    gathering = Gathering(work, place, results)
    with pytest.raises(Lost, match="3 dépôts restent à contrôler, rien n'a été publié"):
        gathering.failures()
    for group in list(gathering.groups()):
        gathering.fail([*group, *group], ValueError("un défaut"))
    alone = list(gathering.groups())
    assert [len(group) for group in alone] == [1, 1, 1]
    gathering.fail(alone[0], ValueError("un défaut"))
    gathering.fail(alone[1], OSError(28, "No space left on device"))
    gathering.receive(alone[2], storage.check(alone[2], place, results))
    assert list(gathering.groups()) == [alone[1]]
    assert [(deposit, str(error)) for deposit, error in gathering.failures()] == [
        (alone[0][0].deposit, "un défaut"),
        (alone[1][0].deposit, "[Errno 28] No space left on device"),
    ]


def test_many_deposits_make_groups_for_every_worker(tmp_path: Path, results: Results, work: kept.Kept) -> None:
    raw = tmp_path / "raw"
    raw.mkdir()
    for number in range(130):
        file, content = raw / f"{number}.csv", f"id_centre,annee\n{number},2024\n".encode()
        file.write_bytes(content)
        card = (hashlib.sha256(content).hexdigest(), len(content), file.name, "2026-05-14T09:30:00.000000Z", None)
        write_card(Deposit(file, *card, "declarations", tables.table("declarations").version, True))
    sizes = [len(group) for group in Gathering(work, Place(raw.as_uri()), results).groups()]
    assert sum(sizes) == 130 and max(sizes) == 3


@pytest.mark.parametrize("url", ["s3://", "nuage://seau/depots", "file:///nulle/part"])
def test_an_address_that_leads_nowhere_is_a_sentence(url: str) -> None:
    with pytest.raises(
        StorageError, match=r"Le stockage « .* » ne peut pas être lu ou écrit .* Vérifiez l'adresse"
    ) as told:
        list(Place(url).objects())
    assert "\n" not in str(told.value)


def test_a_large_object_is_copied_part_by_part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storage.place, "_PART", 7)
    (tmp_path / "ici").mkdir()
    place, content = Place((tmp_path / "ici").as_uri()), bytes(range(100))
    place.write("un/grand", content)
    place.fetch("un/grand", 100, tmp_path / "copie")
    assert (tmp_path / "copie").read_bytes() == content
    with pytest.raises(FileNotFoundError):
        place.fetch("absent", 3, tmp_path / "copie")

"""The harvest of what several producers publish on the real server."""

from pathlib import Path

import pytest

from greencloud import deposits, warehouse
from greencloud.datagouv.client import DEMO, Client
from greencloud.datagouv.pace import Pace
from greencloud.deposits import Deposit
from greencloud.harvest import LIMIT, Outcome, State, harvesting
from tests.harvest.producing import (
    CENTRES,
    EVERYBODY,
    OTHER,
    READINGS,
    SITE,
    cleared,
    declarations,
    publishers,
    schema_name,
    workbook,
)
from tests.udata.proxy import Proxy
from tests.udata.running import Udata

FAST = Pace(request_s=0, first_retry_s=0.01, longest_wait_s=0.1, timeout_s=5)


@pytest.fixture
def platform() -> Udata:
    """The server without a dataset."""
    return cleared()


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    return tmp_path / "raw"


def harvest(url: str, raw: Path, limit: int = LIMIT) -> list[Outcome]:
    """A whole harvest."""
    with Client(url, pace=FAST) as client, harvesting(client, raw, limit, EVERYBODY) as current:
        return list(current.outcomes())


def states(outcomes: list[Outcome]) -> dict[str, State]:
    """Resource -> what became of it; the name where it has gone."""
    return {item.announced.ressource if item.announced else item.name: item.state for item in outcomes}


def held(raw: Path) -> list[Deposit]:
    """The deposits, none being unfiled."""
    found, unfiled = deposits.scan(raw)
    assert not unfiled
    return found


def tree(raw: Path) -> dict[str, bytes]:
    """Every file of the folder."""
    return {path.relative_to(raw).as_posix(): path.read_bytes() for path in sorted(raw.rglob("*")) if path.is_file()}


def current_energies(raw: Path, work: Path) -> dict[tuple[str, int], float]:
    """What the publication would start from: the current declarations."""
    verdicts = [warehouse.check_deposit(deposit, work) for deposit in held(raw)]
    with warehouse.load(verdicts) as con:
        rows = con.execute("SELECT id_centre, annee, energie_totale_kwh FROM declarations").fetchall()
    return {(site, year): energy for site, year, energy in rows}


def test_files_of_several_producers_become_deposits_with_their_origin(platform: Udata, raw: Path) -> None:
    us, hospital, town = publishers(platform)
    hospital.register("13002526500013")
    hospital.certify()
    shared = us.dataset()
    centres = us.file(shared, "centres.csv", CENTRES, "centres")
    us.file(shared, "notes.csv", "a,b\n1,2\n", None)
    book = hospital.publish("mesures.xlsx", workbook(READINGS), "consommations")
    broken = town.publish("casse.csv", "id_centre,energie_totale_kwh\nx,1\n", "declarations")

    outcomes = harvest(platform.url, raw)

    assert states(outcomes) == {centres: State.NEW, book[1]: State.NEW, broken[1]: State.REFUSED}
    found = {item.origine.ressource: item for item in held(raw) if item.origine}
    assert set(found) == {centres, book[1], broken[1]}
    reading = found[book[1]]
    assert reading.origine == deposits.Origin(
        platform.url, book[0], book[1], hospital.name, f"{platform.url}/api/1/datasets/r/{book[1]}"
    )
    assert (reading.emetteur, reading.table, reading.nom_origine) == ("130025265", "consommations", "mesures.xlsx")
    assert found[centres].emetteur is None and not found[centres].synthetique
    assert found[centres].path.read_text(encoding="utf-8") == CENTRES
    refused = next(item for item in outcomes if item.state is State.REFUSED)
    assert "annee" in refused.sentence and refused.failed


def test_a_second_harvest_downloads_and_changes_nothing(platform: Udata, raw: Path) -> None:
    us, hospital, _ = publishers(platform)
    us.publish("centres.csv", CENTRES, "centres")
    hospital.publish("casse.csv", "id_centre;x\n", "declarations")
    with Proxy(platform.url, rewrite=True) as proxy:
        harvest(proxy.url, raw)
        before = tree(raw)
        assert any("/r/" in seen.path for seen in proxy.seen)
        proxy.behave()
        outcomes = harvest(proxy.url, raw)
        assert not [seen for seen in proxy.seen if "/r/" in seen.path or seen.path.startswith("/s/")]
    assert [item.state for item in outcomes] == [State.UNCHANGED, State.REFUSED]
    assert "n'a pas changé depuis" in outcomes[1].sentence
    assert tree(raw) == before


def test_the_rows_of_a_broken_file_stay_those_of_the_last_valid_one(platform: Udata, raw: Path, tmp_path: Path) -> None:
    us, town = publishers(platform)[0], publishers(platform)[2]
    us.publish("centres.csv", CENTRES, "centres")
    dataset, resource = town.publish("d.csv", declarations((SITE, 2023, 300000), (OTHER, 2023, 400000)), "declarations")
    harvest(platform.url, raw)

    town.replace(dataset, resource, "d2.csv", declarations((SITE, 2023, 310000), (OTHER, 2023, "beaucoup")))
    outcome = harvest(platform.url, raw)[-1]
    assert (outcome.state, outcome.sentence) == (State.REPLACED, "1 ligne acceptée, 1 rejetée.")
    mixed = {(SITE, 2023): 310000.0, (OTHER, 2023): 400000.0}
    assert current_energies(raw, tmp_path / "mixed") == mixed

    for name, content in (
        ("d3.csv", b"\x00\x01\x02 rien"),
        ("d4.csv", b"id_centre,annee\n"),
        ("d5.csv", b"PK\x03\x04"),
    ):
        town.replace(dataset, resource, name, content)
        outcome = harvest(platform.url, raw)[-1]
        assert outcome.state is State.REFUSED
        assert outcome.deposit is not None and outcome.deposit.path.read_bytes() == content
        assert "restent en usage" in outcome.sentence
        assert current_energies(raw, tmp_path / name) == mixed

    town.replace(dataset, resource, "d6.csv", declarations((SITE, 2023, 320000), (OTHER, 2023, 420000)))
    assert harvest(platform.url, raw)[-1].state is State.REPLACED
    assert current_energies(raw, tmp_path / "mended") == {(SITE, 2023): 320000.0, (OTHER, 2023): 420000.0}


def test_an_empty_file_is_told_and_not_kept(platform: Udata, raw: Path) -> None:
    publishers(platform)[0].publish("vide.csv", b"", "centres")
    (outcome,) = harvest(platform.url, raw)
    assert outcome.state is State.REFUSED and "vide" in outcome.sentence
    assert held(raw) == []


def test_another_name_or_title_is_no_other_file(platform: Udata, raw: Path) -> None:
    us = publishers(platform)[0]
    dataset, resource = us.publish("centres.csv", CENTRES, "centres")
    harvest(platform.url, raw)
    us.replace(dataset, resource, "un-autre-nom.csv", CENTRES)
    (outcome,) = harvest(platform.url, raw)
    assert outcome.state is State.UNCHANGED
    assert [item.nom_origine for item in held(raw)] == ["centres.csv"]


def test_the_same_bytes_in_two_resources_are_one_deposit(platform: Udata, raw: Path) -> None:
    us, hospital, _ = publishers(platform)
    first = us.publish("centres.csv", CENTRES, "centres")
    second = hospital.publish("copie.csv", CENTRES, "centres")
    assert states(harvest(platform.url, raw)) == {first[1]: State.NEW, second[1]: State.KNOWN}
    assert states(harvest(platform.url, raw)) == {first[1]: State.UNCHANGED, second[1]: State.KNOWN}
    us.delete(first[0])  # the file has moved: nothing has gone
    assert states(harvest(platform.url, raw)) == {second[1]: State.KNOWN}
    assert len(held(raw)) == 1


def test_a_file_that_comes_back_is_told_not_to_count_again(platform: Udata, raw: Path) -> None:
    us = publishers(platform)[0]
    dataset, resource = us.publish("a.csv", declarations((SITE, 2023, 300000)), "declarations")
    harvest(platform.url, raw)
    us.replace(dataset, resource, "b.csv", declarations((SITE, 2023, 310000)))
    harvest(platform.url, raw)
    us.replace(dataset, resource, "c.csv", declarations((SITE, 2023, 300000)))
    (outcome,) = harvest(platform.url, raw)
    assert outcome.state is State.REVERTED and "restent en usage" in outcome.sentence
    assert len(held(raw)) == 2


def test_what_was_tried_out_is_told_not_to_be_real(platform: Udata, raw: Path) -> None:
    file = raw.parent / "centres.csv"
    file.write_text(CENTRES, encoding="utf-8")
    origin = deposits.Origin(DEMO, "a" * 24, "b" * 36, None, f"{DEMO}/api/1/datasets/r/x")
    deposits.store(file, table="centres", emetteur=None, raw_dir=raw, synthetique=True, origine=origin)
    _, resource = publishers(platform)[0].publish("centres.csv", CENTRES, "centres")
    assert states(harvest(platform.url, raw)) == {resource: State.TRIAL}
    assert [item.synthetique for item in held(raw)] == [True]


def test_a_wrong_schema_is_seen_by_the_header(platform: Udata, raw: Path) -> None:
    publishers(platform)[0].publish("registre.csv", CENTRES, "declarations")
    (outcome,) = harvest(platform.url, raw)
    assert outcome.state is State.NEW and "« declarations »" in outcome.sentence and "« centres »" in outcome.sentence
    assert [item.table for item in held(raw)] == ["centres"]


@pytest.mark.parametrize(
    "schema",
    [
        {"name": f"une-organisation/{schema_name('centres')}"},
        {"url": f"https://example.org/v0.1.0/{schema_name('centres')}/schema.json"},
        {"url": "https://example.org/depot/raw/v0.1.0/schemas/centres/schema.json", "name": "n'importe quoi"},
    ],
    ids=["with its owner", "address with the name", "address of the repository"],
)
def test_a_schema_out_of_the_catalogue_is_found_by_the_tag(platform: Udata, raw: Path, schema: dict[str, str]) -> None:
    us = publishers(platform)[0]
    tagged, untagged = us.dataset(tags=["centre-de-donnees"]), us.dataset()
    resource = us.file(tagged, "centres.csv", CENTRES, schema)
    us.file(untagged, "autre.csv", CENTRES + "\n", schema)
    us.file(tagged, "etranger.csv", CENTRES, {"url": "https://example.org/schemas/vaccination.json"})
    assert states(harvest(platform.url, raw)) == {resource: State.NEW}


def test_all_pages_are_read(platform: Udata, raw: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("greencloud.datagouv.client._PAGE", 2)
    us = publishers(platform)[0]
    published = {us.publish(f"c{number}.csv", CENTRES, "centres")[1] for number in range(5)}
    assert set(states(harvest(platform.url, raw))) == published


def test_what_others_write_at_length_stops_no_harvest(
    platform: Udata, raw: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("greencloud.datagouv.transport.ANSWER_MAX", 4_000)
    us, hospital, _ = publishers(platform)
    published = {us.publish(f"c{number}.csv", CENTRES, "centres")[1] for number in range(5)}
    long = hospital.dataset(tags=["centre-de-donnees"], description="x" * 10_000)
    for number in range(5):
        hospital.file(long, f"n{number}.csv", "a,b\n1,2\n", None)
    assert set(states(harvest(platform.url, raw))) == published


def test_what_is_private_deleted_or_no_longer_declared_is_told_and_kept(platform: Udata, raw: Path) -> None:
    us, hospital, town = publishers(platform)
    deleted = us.publish("a.csv", declarations((SITE, 2021, 300000)), "declarations")
    private = hospital.publish("b.csv", declarations((SITE, 2022, 300000)), "declarations")
    undeclared = town.publish("c.csv", declarations((SITE, 2023, 300000)), "declarations")
    harvest(platform.url, raw)
    before = tree(raw)
    us.delete(deleted[0])
    hospital.hide(private[0])
    town.declare(*undeclared, None)

    outcomes = harvest(platform.url, raw)
    assert [item.state for item in outcomes] == [State.GONE] * 3
    assert {item.deposit.nom_origine for item in outcomes if item.deposit} == {"a.csv", "b.csv", "c.csv"}
    assert not any(item.failed for item in outcomes)
    assert tree(raw) == before


def test_the_token_of_a_producer_opens_no_private_dataset(platform: Udata, raw: Path) -> None:
    from greencloud.datagouv.token import Token

    hospital = publishers(platform)[1]
    hospital.hide(hospital.publish("a.csv", CENTRES, "centres")[0])
    token = Token(platform.producers[1].token)
    with Client(platform.url, token, FAST) as client, harvesting(client, raw, mandates=EVERYBODY) as current:
        assert current.announced == []


def test_the_file_modified_last_wins(platform: Udata, raw: Path, tmp_path: Path) -> None:
    us, hospital, town = publishers(platform)
    old = hospital.publish("vieux.csv", declarations((SITE, 2023, 300000)), "declarations")
    town.publish("autre.csv", declarations((SITE, 2023, 310000)), "declarations")
    us.publish("centres.csv", CENTRES, "centres")
    hospital.replace(*old, "neuf.csv", declarations((SITE, 2023, 320000)))
    harvest(platform.url, raw)
    assert current_energies(raw, tmp_path) == {(SITE, 2023): 320000.0}


def test_a_file_too_large_is_told_and_not_downloaded(platform: Udata, raw: Path) -> None:
    us, hospital, _ = publishers(platform)
    large = us.publish("gros.csv", CENTRES + "#" * 5000, "centres")
    small = hospital.publish("petit.csv", CENTRES, "centres")
    with Proxy(platform.url, rewrite=True) as proxy:
        outcomes = harvest(proxy.url, raw, limit=5000)
        assert not [seen for seen in proxy.seen if large[1] in seen.path]
    assert states(outcomes) == {large[1]: State.TOO_LARGE, small[1]: State.NEW}


def test_hostile_names_stay_names(platform: Udata, raw: Path) -> None:
    us = publishers(platform)[0]
    for number, name in enumerate(("..\\..\\=cmd.csv", "-rf.csv", ".cache.csv", "é" * 150 + ".csv", "a\u202egpj.csv")):
        us.publish(name, declarations((SITE, 2000 + number, 300000)), "declarations")
    assert {item.state for item in harvest(platform.url, raw)} == {State.NEW}
    assert {path.parent.parent.name for path in raw.rglob("*.csv")} == {"depots"}

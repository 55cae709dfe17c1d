"""Who may speak for a site, on the real server: anybody may declare our schemas there, and any SIRET."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from greencloud import deposits
from greencloud.datagouv.client import Client
from greencloud.datagouv.pace import Pace
from greencloud.harvest import Mandates, Outcome, State, harvesting
from tests.harvest.producing import CENTRES, OTHER, SITE, Publisher, clear, declarations, publishers
from tests.udata.running import Udata, missing, running

FAST = Pace(request_s=0, first_retry_s=0.01, longest_wait_s=0.1, timeout_s=5)
SIRET = SITE[:14]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Udata]:
    """A server of our own: one organisation is certified for SITE, another only says that it is."""
    if reason := missing():
        pytest.skip(reason)
    with running(tmp_path_factory.mktemp("habilitation")) as udata:
        _, hospital, town = publishers(udata)
        hospital.register(SIRET)
        hospital.certify()
        town.register(SIRET)
        assert town.certify_itself() == 403
        yield udata


@pytest.fixture
def platform(server: Udata) -> Udata:
    """The server without a dataset."""
    clear(server)
    return server


@pytest.fixture
def hospital(platform: Udata) -> Publisher:
    """Certified for SITE."""
    return publishers(platform)[1]


@pytest.fixture
def town(platform: Udata) -> Publisher:
    """Has written the SIRET of SITE, which nobody has certified."""
    return publishers(platform)[2]


def harvest(platform: Udata, raw: Path, mandates: Mandates | None = None) -> Outcome:
    """A harvest of one file."""
    with Client(platform.url, pace=FAST) as client, harvesting(client, raw, mandates=mandates) as current:
        (outcome,) = current.outcomes()
    return outcome


def test_a_certified_organisation_speaks_for_its_own_sites(
    platform: Udata, hospital: Publisher, tmp_path: Path
) -> None:
    hospital.publish("d.csv", declarations((SITE, 2023, 300000)), "declarations")
    outcome = harvest(platform, tmp_path)
    assert outcome.state is State.NEW and outcome.deposit is not None
    assert outcome.deposit.emetteur == SITE[:9]


def test_a_number_that_nobody_certified_is_no_right(platform: Udata, town: Publisher, tmp_path: Path) -> None:
    town.publish("d.csv", declarations((SITE, 2023, 1)), "declarations")
    outcome = harvest(platform, tmp_path)
    assert outcome.state is State.FOREIGN and outcome.failed and deposits.scan(tmp_path)[0] == []
    for told in (SITE, "ne lui certifie pas", "certifier", f"« {town.organization},{SITE[:9]} »", "--mandats"):
        assert told in outcome.sentence


def test_a_person_speaks_for_nobody(platform: Udata, hospital: Publisher, tmp_path: Path) -> None:
    dataset = hospital.dataset(organization=None)
    hospital.file(dataset, "d.csv", declarations((SITE, 2023, 1)), "declarations")
    outcome = harvest(platform, tmp_path)
    assert outcome.state is State.FOREIGN and "particulier" in outcome.sentence
    assert deposits.scan(tmp_path)[0] == []


@pytest.mark.parametrize(
    ("content", "table"),
    [
        (declarations((OTHER, 2023, 300000)), "declarations"),
        (declarations((SITE, 2023, 300000), (OTHER, 2023, 300000)), "declarations"),
        (declarations((SITE, 2023, 300000), (OTHER, 2023, "refusé")), "declarations"),
        (declarations((SITE, 2023, 300000)) + f'" {OTHER[:3]} {OTHER[3:]}",2023,300000,175121,1\n', "declarations"),
        (CENTRES, "centres"),
        (
            "id_centre,nom_site,type_hebergement,categorie_organisme,ancien_id_centre\n"
            f"{SITE},A,salle_serveurs,commune,{OTHER}\n",
            "centres",
        ),
    ],
    ids=["of another", "mixed", "in a refused row", "written with spaces", "a register", "as a former number"],
)
def test_a_file_that_speaks_of_others_is_left_aside_whole(
    platform: Udata, hospital: Publisher, tmp_path: Path, content: str, table: str
) -> None:
    hospital.publish("d.csv", content, table)
    outcome = harvest(platform, tmp_path)
    assert outcome.state is State.FOREIGN and outcome.deposit is None
    assert OTHER in outcome.sentence and SITE not in outcome.sentence
    assert f"« {hospital.organization},{OTHER[:9]} »" in outcome.sentence
    assert deposits.scan(tmp_path)[0] == []


def test_a_mandate_opens_and_closes(platform: Udata, hospital: Publisher, town: Publisher, tmp_path: Path) -> None:
    hospital.publish("c.csv", CENTRES, "centres")
    given = {hospital.organization: {OTHER[:9]}, town.organization: {SITE[:9]}}
    assert harvest(platform, tmp_path, {town.organization: {SITE[:9], OTHER[:9]}}).state is State.FOREIGN
    assert harvest(platform, tmp_path, given).state is State.NEW
    assert harvest(platform, tmp_path, given).state is State.UNCHANGED
    withdrawn = harvest(platform, tmp_path)
    (held,) = deposits.scan(tmp_path)[0]
    assert (
        withdrawn.state is State.FOREIGN and "compte encore" in withdrawn.sentence and held.short in withdrawn.sentence
    )


def test_a_mandate_needs_no_certificate(platform: Udata, town: Publisher, tmp_path: Path) -> None:
    town.publish("d.csv", declarations((OTHER, 2023, 300000)), "declarations")
    outcome = harvest(platform, tmp_path, {town.organization: {OTHER[:9]}})
    assert outcome.state is State.NEW and outcome.deposit is not None
    assert outcome.deposit.emetteur is None  # what it says of itself is no fact


def test_what_names_no_site_is_not_kept_for_just_anybody(platform: Udata, town: Publisher, tmp_path: Path) -> None:
    town.publish("d.csv", b"\x00\x01", "declarations")
    assert harvest(platform, tmp_path).state is State.FOREIGN
    assert deposits.scan(tmp_path)[0] == []


def test_a_typing_error_is_the_business_of_the_check(platform: Udata, hospital: Publisher, tmp_path: Path) -> None:
    hospital.publish("d.csv", declarations((SITE, 2023, 300000), ("13002526600013-01", 2023, 300000)), "declarations")
    outcome = harvest(platform, tmp_path)
    assert outcome.state is State.NEW and "1 rejetée" in outcome.sentence


def test_an_organisation_that_is_gone_stops_nobody(platform: Udata, tmp_path: Path) -> None:
    us = publishers(platform)[0]
    us.publish("d.csv", declarations((SITE, 2023, 300000)), "declarations")
    us.close()
    assert harvest(platform, tmp_path).state is State.FOREIGN

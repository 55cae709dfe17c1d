"""The harvest as Prefect runs it: real server of Prefect, real platform."""

from pathlib import Path

import pytest

from flows.ingest import ingest
from tests.harvest.producing import CENTRES, publishers
from tests.udata.running import missing, running


@pytest.mark.usefixtures("api_url")
def test_the_flow_harvests_then_lists_the_deposits(tmp_path: Path) -> None:
    if reason := missing():
        pytest.skip(reason)
    raw = tmp_path / "raw"
    with running(tmp_path / "udata") as server:
        _, resource = publishers(server)[0].publish("centres.csv", CENTRES, "centres")
        found, unfiled = ingest(raw, server.url)
        again, _ = ingest(raw, server.url)
    assert [item.origine.ressource for item in found if item.origine] == [resource]
    assert (again, unfiled) == (found, [])

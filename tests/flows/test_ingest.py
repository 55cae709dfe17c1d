"""The harvest as Prefect runs it: real server of Prefect, real platform."""

from pathlib import Path

import pytest

from flows.ingest import ingest
from tests.harvest.producing import CENTRES, mandates, publishers
from tests.udata.running import missing, running


@pytest.mark.usefixtures("api_url")
def test_the_flow_harvests_then_lists_the_deposits(tmp_path: Path) -> None:
    if reason := missing():
        pytest.skip(reason)
    raw = tmp_path / "raw"
    with running(tmp_path / "udata") as server:
        us = publishers(server)[0]
        _, resource = us.publish("centres.csv", CENTRES, "centres")
        allowed = mandates(tmp_path, us)
        found, unfiled = ingest(raw, server.url, allowed)
        again, _ = ingest(raw, server.url, allowed)
    assert [item.origine.ressource for item in found if item.origine] == [resource]
    assert (again, unfiled) == (found, [])

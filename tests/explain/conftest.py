"""The sample edition that the tests of `explain` share."""

import pytest

from greencloud import deposits, sample
from greencloud.explain import Holding
from tests.explain.held import SIREN, Held, odd_files, published


@pytest.fixture(scope="session")
def held(tmp_path_factory: pytest.TempPathFactory) -> Held:
    folder = tmp_path_factory.mktemp("explain")
    raw = folder / "raw"
    sample.generate(raw / "exemples", sites=40, seed=2017)
    for number, (path, table) in enumerate(odd_files(folder / "autres")):
        moment = f"2026-07-0{number + 1}T09:00:00.000000Z"
        deposits.store(path, table=table, emetteur=SIREN, raw_dir=raw, recu_le=moment, synthetique=True)
    edition = published(raw, folder / "2026-11-20-0123abcd")
    holding = Holding(edition, raw)
    assert holding.tables is not None  # all deposits are checked, once for every question
    return Held(edition, raw, holding)

"""The sample edition that the tests of `explain` share."""

import json

import pytest

from greencloud import deposits, editions, sample, tables, warehouse
from greencloud.differences import open_snapshot
from greencloud.explain import Holding
from tests.explain.held import SIREN, Held, odd_files


@pytest.fixture(scope="session")
def held(tmp_path_factory: pytest.TempPathFactory) -> Held:
    folder = tmp_path_factory.mktemp("explain")
    raw, published = folder / "raw", folder / "2026-11-20-0123abcd"
    sample.generate(raw / "exemples", sites=40, seed=2017)
    for number, (path, table) in enumerate(odd_files(folder / "autres")):
        moment = f"2026-07-0{number + 1}T09:00:00.000000Z"
        deposits.store(path, table=table, emetteur=SIREN, raw_dir=raw, recu_le=moment, synthetique=True)
    found, unfiled = deposits.scan(raw)
    assert not unfiled
    con = warehouse.load([warehouse.check_deposit(deposit, folder / "work") for deposit in found])
    warehouse.aggregate(con)
    published.mkdir()
    for name in tables.PUBLISHED:
        con.table(name).write_parquet(str(published / f"{name}.parquet"))
    content = {"id": published.name, "ingredients": editions.ingredients(found)}
    (published / "edition.json").write_text(json.dumps(content), encoding="utf-8")
    edition = open_snapshot(published)
    return Held(edition, raw, Holding(edition, raw, whole=True))

"""The keys between published tables: declared in the package, enforced by Frictionless, left out for a cut table."""

import json
from pathlib import Path
from typing import Any

import pytest

from greencloud import packaging, tables
from greencloud.editions import EditionError, draft
from greencloud.packaging.datapackage import LINKS, describe
from tests.published import DEPOSITS, ROWS, connection

PUBLISHED = [tables.table(name) for name in tables.PUBLISHED]


def keys(descriptor: dict[str, Any], name: str) -> Any:
    (resource,) = [item for item in descriptor["resources"] if item["name"] == name]
    return resource["schema"].get("foreignKeys")


def test_every_link_leads_to_the_whole_key_of_a_published_table() -> None:
    for name, links in LINKS.items():
        for target, columns in links:
            assert tables.table(target).primary_key == columns
            kinds = [[tables.table(table).field(column).type for column in columns] for table in (name, target)]
            assert kinds[0] == kinds[1]


def test_the_package_declares_them(descriptor: dict[str, Any]) -> None:
    assert keys(descriptor, "indicateurs_annuels") == [
        {"fields": ["id_centre", "annee"], "reference": {"resource": "couverture", "fields": ["id_centre", "annee"]}}
    ]
    assert keys(descriptor, "rejets") is None


def test_an_edition_that_breaks_a_link_is_not_published(tmp_path: Path) -> None:
    with (
        pytest.raises(EditionError, match=r"indicateurs_annuels\.csv ligne \d+ \(foreign-key\)"),
        draft(connection({"couverture": ROWS["couverture"][:1]}), tmp_path, DEPOSITS),
    ):
        pass
    assert not (tmp_path / "current").exists()


def test_no_link_leads_to_a_table_in_parts(edition: Path, tmp_path: Path) -> None:
    for table in PUBLISHED:
        for suffix in ("csv", "parquet"):
            (tmp_path / f"{table.name}.{suffix}").write_bytes((edition / f"{table.name}.{suffix}").read_bytes())
    packaging.split_large(tmp_path, ["couverture"], 220)
    contents = packaging.read(tmp_path, PUBLISHED, edition.name, DEPOSITS)
    descriptor = describe(contents, ())
    assert keys(descriptor, "indicateurs_annuels") is None
    assert keys(descriptor, "couverture-1") is None
    json.dumps(descriptor, allow_nan=False)

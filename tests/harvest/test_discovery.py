"""What a resource declares, and the name its file is given, whatever its producer wrote."""

import pytest

from greencloud import deposits, tables
from greencloud.harvest.discovery import TAG, declared_table, file_name, sha1_of

NAME = "declarations-annuelles-centres-de-donnees"


@pytest.mark.parametrize(
    ("schema", "table"),
    [
        ({"name": NAME}, "declarations"),
        ({"name": f"green-cloud-nation/{NAME}", "version": "0.1.0"}, "declarations"),
        ({"name": None, "url": f"https://schema.data.gouv.fr/schemas/x/{NAME}/0.1.0/schema.json"}, "declarations"),
        ({"url": "https://example.org/raw/v1/schemas/consommations/schema.json"}, "consommations"),
        ({"url": "https://example.org/raw/v1/schemas/consommations/schema.json?a=b#c"}, "consommations"),
        ({"name": f"{NAME}-bis"}, None),
        ({"url": "https://example.org/consommations/schema.json"}, None),
        ({"url": "https://[::1/schemas/centres/schema.json"}, None),
        ({"name": ["liste"], "url": 3}, None),
        ({}, None),
        (None, None),
        ("centres", None),
    ],
)
def test_a_schema_is_known_by_name_or_address(schema: object, table: str | None) -> None:
    assert declared_table(schema) == table


def test_every_input_table_can_be_declared_and_carries_the_tag() -> None:
    for name in tables.INPUTS:
        descriptor = tables.table(name).descriptor
        assert declared_table({"name": descriptor["name"]}) == name
        assert TAG in descriptor["keywords"]


@pytest.mark.parametrize(
    ("url", "form", "name"),
    [
        ("https://example.org/a/D%C3%A9clarations 2025.CSV", "csv", "Déclarations-2025.csv"),
        ("https://example.org/export?format=csv", "csv", "export.csv"),
        ("https://example.org/data.php", "xlsx", "data.php.xlsx"),
        ("https://example.org/..%2f..%2fetc%2fpasswd", "csv", "passwd.csv"),
        ("https://example.org/%00%1b[31m.csv", "csv", "31m.csv"),
        ("https://example.org/.depot.json", "csv", "depot.json.csv"),
        ("https://example.org/", "csv", "ressource-12345678.csv"),
        ("https://example.org/..", "exe", "ressource-12345678"),
        ("https://[::1", "csv", "ressource-12345678.csv"),
        (None, None, "ressource-12345678"),
    ],
)
def test_a_file_gets_a_plain_name(url: str | None, form: str | None, name: str) -> None:
    assert file_name({"id": "12345678-aaaa", "url": url, "format": form}) == name


@pytest.mark.parametrize("last", ["é" * 300 + ".csv", "%F0%9F%98%80" * 200 + ".xlsx", "a" * 5000, "x." * 400 + "csv"])
def test_a_long_name_fits_any_file_system(last: str) -> None:
    name = file_name({"id": "1", "url": f"https://example.org/{last}", "format": "csv"})
    assert len(name.encode()) <= 255 - len(deposits.CARD_SUFFIX)
    assert name.endswith((".csv", ".xlsx"))


@pytest.mark.parametrize(
    ("checksum", "expected"),
    [
        ({"type": "sha1", "value": "ab" * 20}, "ab" * 20),
        ({"type": "md5", "value": "ab" * 16}, None),
        ({"type": "sha1", "value": "nope"}, None),
        ({"type": "sha1"}, None),
        (None, None),
    ],
)
def test_only_a_sha1_is_compared(checksum: object, expected: str | None) -> None:
    assert sha1_of({"checksum": checksum}) == expected

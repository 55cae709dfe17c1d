"""The table of mandates that the operator of a harvest keeps."""

from pathlib import Path

import pytest

from greencloud.harvest.mandates import MandateError, read_mandates

TOWN, OTHER = "a" * 24, "b" * 24


@pytest.mark.parametrize(
    "text",
    [
        f"organisation,siren\n{TOWN},130025265\n{TOWN}, 217500016\n{OTHER},999000001\n",
        f"\ufefforganisation;note;siren\r\n{TOWN};convention;130025265\r\n{TOWN};;217500016\r\n{OTHER};x;999000001\r\n",
    ],
    ids=["comma", "as a French spreadsheet writes it"],
)
def test_an_organisation_may_speak_for_several_others(tmp_path: Path, text: str) -> None:
    path = tmp_path / "mandats.csv"
    path.write_bytes(text.encode())
    assert read_mandates(path) == {TOWN: {"130025265", "217500016"}, OTHER: {"999000001"}}


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (None, "ne peut pas être lu"),
        (b"organisation,siren\n\xe9\n", "UTF-8"),
        (b"", "colonnes organisation et siren"),
        (b"organisation,siret\n", "colonnes organisation et siren"),
        (f"organisation,siren\n{TOWN},130025266\n".encode(), "ligne 2"),
        (f"organisation,siren\n{TOWN},130025265\nville-de-paris,130025265\n".encode(), "ligne 3"),
        (f"organisation,siren\n{TOWN}\n".encode(), "ligne 2"),
        (f'organisation,siren,note\n{TOWN},130025265,"en\n{OTHER},217500016,x\n'.encode(), "guillemet"),
    ],
    ids=[
        "missing",
        "latin-1",
        "empty",
        "another column",
        "no SIREN",
        "a slug, which may change hands",
        "cut",
        "a quote that swallows the rows after it",
    ],
)
def test_a_table_in_doubt_stops_everything(tmp_path: Path, content: bytes | None, told: str) -> None:
    path = tmp_path / "mandats.csv"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(MandateError, match=told):
        read_mandates(path)

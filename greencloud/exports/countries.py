"""Which country a place is in, as a file of another tool writes it: an English name or a code of two letters.

`pays.csv` is made of `iso3166.tab` of the tz database (public domain, usual English names), completed by hand with the
names of ISO 3166-1 that differ and with the French territories that have a code of their own.
"""

import csv
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_FILE = Path(__file__).with_name("pays.csv")
MAINLAND = "FR"


@dataclass(frozen=True)
class Country:
    """A country or a territory: its ISO 3166-1 code, its usual English name, whether it is French."""

    code: str
    name: str
    french: bool


def country(text: str) -> Country | None:
    """The country of that name or code, whatever its case and its accents; None when no country bears it."""
    return _known().get(_key(text))


@cache
def _known() -> Mapping[str, Country]:
    with _FILE.open(encoding="utf-8", newline="") as stream:
        return {
            _key(name): Country(row["code"], row["nom"], row["territoire_francais"] == "oui")
            for row in csv.DictReader(stream)
            for name in (row["code"], row["nom"], *row["autres_noms"].split("|"))
            if name
        }


def _key(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(char for char in decomposed if not unicodedata.combining(char)).split())

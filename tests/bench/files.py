"""The files that are measured: no chance in them, so that every run measures the same bytes."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path

YEARS = range(2019, 2026)
DECLARATIONS = (
    "id_centre",
    "annee",
    "energie_totale_kwh",
    "energie_it_kwh",
    "categorie_mesure_it",
    "perimetre",
    "qualite_mesure",
    "date_debut",
    "date_fin",
    "eau_totale_m3",
    "nb_serveurs_physiques",
    "commentaire",
)
READINGS = ("id_centre", "poste", "date_debut", "date_fin", "energie_kwh", "qualite_mesure", "commentaire")
_POSTS = ("total", "it", "refroidissement", "pertes_electriques", "auxiliaires")
_SITES_A_SIRET = 90
_BAD = (
    (2, "beaucoup"),  # a word for a number
    (1, "1999"),  # below the minimum
    (4, "Z"),  # not in the list
    (7, "2023-02-30"),  # no such day
    (0, "12345"),  # not the pattern
)


@lru_cache(2)
def site_key(site: int) -> str:
    """A key whose SIRET is right: the establishments of one fictitious SIREN, ninety sites each."""
    establishment, number = divmod(site, _SITES_A_SIRET)
    digits = f"999888779{establishment:04d}"
    doubled = [int(digit) * (2 - place % 2) for place, digit in enumerate(reversed(digits))]
    luhn = -sum(value - 9 * (value > 9) for value in doubled) % 10
    return f"{digits}{luhn}-{number + 1:02d}"


def declarations(count: int, bad_every: int = 0) -> Iterator[list[str]]:
    """Declarations of as many sites as it takes over seven years; every `bad_every`-th row has one wrong cell."""
    for number in range(count):
        site, year = divmod(number, len(YEARS))
        total = 50_000 + number * 7 % 900_000
        row = [
            site_key(site),
            str(YEARS[year]),
            f"{total}.5",
            str(total * 10 // 17),
            "123X"[site % 4],
            "dedie",
            "mesure",
            f"{YEARS[year]}-01-01",
            f"{YEARS[year]}-12-31",
            str(total // 400),
            str(10 + site % 300),
            "relevé du compteur général",
        ]
        if bad_every and number % bad_every == 0:
            place, text = _BAD[number // bad_every % len(_BAD)]
            row[place] = text
        yield row


def hopeless(count: int) -> Iterator[list[str]]:
    """Declarations of which every row has four wrong cells, all different."""
    for number, row in enumerate(declarations(count)):
        row[2], row[3], row[9], row[7] = f"{number} ?", f"env. {number}", f"{number} litres ?", f"le {number}"
        yield row


def french(count: int) -> Iterator[list[str]]:
    """Declarations as a French spreadsheet writes them: decimal comma, day first."""
    for row in declarations(count):
        row[2] = row[2].replace(".", ",")
        row[7], row[8] = ("/".join(reversed(row[place].split("-"))) for place in (7, 8))
        yield row


def readings(count: int, first_site: int = 0) -> Iterator[list[str]]:
    """Daily meter readings, five meters a site."""
    first = date(2025, 1, 1)
    days = [(first + timedelta(days=day)).isoformat() for day in range(365)]
    for number in range(count):
        meter, day = divmod(number, len(days))
        site, post = divmod(meter, len(_POSTS))
        yield [
            site_key(first_site + site),
            _POSTS[post],
            days[day],
            days[day],
            f"{1000 + number * 13 % 9000}.25",
            "mesure",
            "",
        ]


def write(
    path: Path, columns: Sequence[str], rows: Iterable[Sequence[str]], delimiter: str = ",", encoding: str = "utf-8"
) -> Path:
    """The rows in a file."""
    with path.open("w", encoding=encoding, newline="") as stream:
        writer = csv.writer(stream, delimiter=delimiter, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)
    return path

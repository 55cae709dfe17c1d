"""Files of energy delivered by address (données locales de l'énergie: SDES, Enedis, GRDF) -> typed deliveries.

Columns are found by their name: the electricity and the gas file do not order them alike, and begin with a column
without a name. Energies are exact decimals: their shortest text as a double is the number written, up to 15 digits.
"""

from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

from greencloud import checking, tables
from greencloud.checking.report import Finding
from greencloud.checking.sql import ROW
from greencloud.crosscheck.addresses import UNKNOWN, Address, address
from greencloud.errors import GreencloudError
from greencloud.tables import Table, quote

ELECTRICITY, GAS = "E", "G"
_SCHEMA = Path(__file__).with_name("dle.schema.json")
_ACTIVITY = ("CODE_CATEGORIE_CONSOMMATION", "CODE_SECTEUR_NAF2")
_COLUMNS = ("OPERATEUR", "ANNEE", "FILIERE", "CODE_IRIS", "ADRESSE", "CODE_GRAND_SECTEUR", *_ACTIVITY, "CONSO", "PDL")
_SHOWN = 2
_MWH = 1000  # kWh
# The three cities whose statistics go by arrondissement: first code, last code, code of the city.
_CITIES = (("75101", "75120", "75056"), ("69381", "69389", "69123"), ("13201", "13216", "13055"))


class CrosscheckRefused(GreencloudError):
    """A file that cannot be compared with; the text is a French sentence for each fault, with its line and the fix."""


class Delivery(NamedTuple):
    """One line of a file: the energy (MWh) delivered in a year to `points` delivery points of an address.

    `source` is the place of the file in the list that was given; `activity` is what tells lines of one sector apart,
    in the years that give it: the category of customers and the division of activity.
    """

    source: int
    file: str
    line: int
    operator: str
    year: int
    energy: str
    iris: str
    written: str
    sector: str
    activity: tuple[str | None, ...]
    mwh: Decimal
    points: int

    @property
    def commune(self) -> str:
        return self.iris[:5]

    @property
    def kwh(self) -> Decimal:
        return self.mwh * _MWH


@dataclass(frozen=True)
class Deliveries:
    """The lines that were asked for, those of each (year, kind of energy, address), and what the files hold in all."""

    lines: Sequence[Delivery]
    by_address: Mapping[tuple[int, str, Address], Sequence[Delivery]]
    held: Set[tuple[int, str]]
    known: Set[tuple[int, str]]

    def at(self, year: int, energy: str, place: Address, commune: str) -> list[Delivery]:
        """The lines of one kind of energy for one address of a commune in a year."""
        found = self.by_address.get((year, energy, place), ())
        return [line for line in found if commune in communes(line.commune)]

    @property
    def years(self) -> list[int]:
        return sorted({year for year, _ in self.held})

    def holds(self, year: int, energy: str) -> bool:
        """Whether the files hold a kind of energy for a year, anywhere."""
        return (year, energy) in self.held

    def knows(self, year: int, commune: str) -> bool:
        """Whether the electricity files have a line in that commune for a year."""
        return (year, commune) in self.known


def communes(code: str) -> tuple[str, ...]:
    """The INSEE codes that a commune goes by: its own, and that of its city for an arrondissement."""
    return (code, *(city for first, last, city in _CITIES if first <= code <= last))


def table() -> Table:
    """The Table Schema of such a file."""
    return tables.from_file(_SCHEMA)


def read(files: Sequence[Path], wanted: Container[str] | None = None) -> Deliveries:
    """Read all the files, or of each the lines of the communes that are wanted (INSEE codes).

    Raises CrosscheckRefused for a file with errors or a line given twice, OSError for one that cannot be opened.
    """
    held: set[tuple[int, str]] = set()
    lines = [line for source, file in enumerate(files) for line in _lines(source, file, wanted, held)]
    _refuse_repeats(lines)
    places = {text: address(text) for text in {line.written for line in lines}}
    grouped: dict[tuple[int, str, Address], list[Delivery]] = defaultdict(list)
    for line in lines:
        if line.written not in ("", UNKNOWN):
            grouped[line.year, line.energy, places[line.written]].append(line)
    known = {(line.year, code) for line in lines if line.energy == ELECTRICITY for code in communes(line.commune)}
    return Deliveries(lines, grouped, held, known)


def refuse_faulty(file: Path, report: checking.Report) -> None:
    """Raise CrosscheckRefused when a check has found errors, the first of them told whole."""
    errors = list(report.errors[:_SHOWN])
    if not errors:
        return
    more = f" Et {len(report.errors) - _SHOWN} autres erreurs." if len(report.errors) > _SHOWN else ""
    raise CrosscheckRefused(" ".join([f"{file.name} n'est pas lu.", *map(_told, errors)]) + more)


def _told(error: Finding) -> str:
    return f"{error.message} {error.fix}"


def _lines(source: int, file: Path, wanted: Container[str] | None, held: set[tuple[int, str]]) -> Iterator[Delivery]:
    """The lines of a file; what it holds in all is added to `held`."""
    checked = checking.check_file(file, table())
    refuse_faulty(file, checked.report)
    checked.accept()
    con = checked.connection
    held.update(con.execute("SELECT DISTINCT ANNEE, FILIERE FROM acceptees").fetchall())
    codes = [code for (code,) in con.execute("SELECT DISTINCT left(CODE_IRIS, 5) FROM acceptees").fetchall()]
    kept = [code for code in codes if wanted is None or any(name in wanted for name in communes(code))]
    columns = ", ".join([ROW, *(quote(name) for name in _COLUMNS)])
    query = f"SELECT {columns} FROM acceptees WHERE list_contains(?, left(CODE_IRIS, 5)) ORDER BY {ROW}"
    for row in con.execute(query, [kept]).fetchall():
        line, operator, year, energy, iris, written, sector, *activity, mwh, points = row
        told = (operator, year, energy, iris, (written or "").strip(), sector, tuple(activity))
        yield Delivery(source, file.name, line, *told, Decimal(repr(mwh)), points)


def _refuse_repeats(lines: Iterable[Delivery]) -> None:
    """The same file given twice, or two of the same year and commune, would double every energy."""
    seen: dict[tuple[object, ...], Delivery] = {}
    for line in lines:
        first = seen.setdefault(tuple(line[3:]), line)
        if first.source != line.source:
            raise CrosscheckRefused(
                f"La ligne {line.line} de {line.file} répète la ligne {first.line} de {first.file} : la même énergie "
                "serait comptée deux fois. Ne donnez qu'une fois chaque fichier."
            )

"""A data-centre file of NumEcoEval or G4IT -> declarations with a PUE only, and the sites to add to the register.

Such a file holds a name, a PUE and a country: no energy, no period, no measurement. A row thus becomes a declaration
that says so (category X, boundary unknown, nature and quality empty) and that the rules then judge as any other.
A row is refused when it is wrong, and set aside with a warning when it is right but no site of ours: abroad, or the
default value that those tools keep for equipment whose centre is unknown.
Basis: files of the repository G4ITTeam/g4it (Apache-2.0, commit a55711da), where the PUE must be above 1.
"""

import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

from greencloud import checking, rules, tables
from greencloud.checking import Checked, Finding
from greencloud.checking.messages import figure, place, plural, quoted
from greencloud.checking.report import Findings, Note, Report
from greencloud.checking.sql import ROW
from greencloud.checking.visible import visible
from greencloud.exports.countries import country
from greencloud.exports.files import csv_of_texts
from greencloud.imports.register import NAMED, SITES, Register, is_identifier, same_name
from greencloud.rules.writing import sentence
from greencloud.tables import Table, quote

DECLARED = ("id_centre", "annee", "pue_declare", "categorie_mesure_it", "perimetre", "commentaire")
"""The columns of the declarations that are made; all others would be invented."""
REGISTERED = ("id_centre", "nom_site", "siret", "organisme", "commentaire")
UNKNOWN = "energie_totale_kwh, energie_it_kwh, date_debut, date_fin, nature_valeur, qualite_mesure"
"""What the file cannot tell of a PUE."""

_SCHEMA = Path(__file__).with_name("numecoeval.schema.json")
_DEFAULT = "default"
_SILENT = frozenset({"colonnes-absentes"})


class Line(NamedTuple):
    """A row of the file as it was read; `number` is its record number, the header being 1."""

    number: int
    short: str
    long: str | None
    pue: float
    place: str
    entity: str | None
    source: str | None

    @property
    def site(self) -> str:
        return self.long or self.short


@dataclass(frozen=True)
class Imported:
    """What a file became: the report on its rows, the declarations, and the sites that the register has not yet."""

    report: Report
    declarations: tuple[Mapping[str, str], ...]
    sites: tuple[Mapping[str, str], ...]


def table() -> Table:
    """The Table Schema of such a file."""
    return tables.from_file(_SCHEMA)


def read(file: Path, *, year: int, siret: str, register: Path | None = None) -> Imported:
    """Read a file of data centres operated by the establishment `siret`, as declarations of one year.

    Sites are numbered in the order of the file, rows that are refused included, so that a corrected file gives the same
    identifiers; with `register` (a file of the table centres), the names it knows keep theirs and the others follow.
    Raises ImportRefused for a SIRET that is none or a register with errors, OSError for a file that cannot be opened.
    A file that cannot be read gives a report that says so.
    """
    known = Register.of(siret, register)
    checked = checking.check_file(file, table())
    lines = _lines(checked) if checked.report.readable else []
    sites, errors = _identified(checked, lines, known)
    errors += [*_unknown_places(lines), *_repeats(lines)]
    aside = list(_set_aside(lines))
    out = {finding.row for finding in [*errors, *aside]}
    ours = [line for line in lines if line.number not in out]
    doubtful = [line for line in lines if line.number in sites and country(line.place) is None]
    judged = _judged(
        {line.number: _declaration(line, sites[line.number], year) for line in [*ours, *doubtful]}, checked
    )
    refused = judged.errors.rows()
    accepted = [line for line in ours if line.number not in refused]
    return Imported(
        _report(checked.report, len(accepted), [*errors, *judged.errors], [*aside, *judged.warnings], judged.notes),
        tuple(_declaration(line, sites[line.number], year) for line in accepted),
        tuple(_site(line, sites[line.number]) for line in ours if not known.holds(sites[line.number], line.short)),
    )


# ---- the rows ----


def _lines(checked: Checked) -> list[Line]:
    names = ("nomCourtDatacenter", "nomLongDatacenter", "pue", "localisation", "nomEntite", "nomSourceDonnee")
    checked.accept()
    columns = ", ".join([ROW, *(quote(name) for name in names)])
    rows = checked.connection.execute(f"SELECT {columns} FROM acceptees ORDER BY {ROW}").fetchall()
    return [Line(*row) for row in rows]


def _unknown_places(lines: Iterable[Line]) -> Iterator[Finding]:
    for line in lines:
        if country(line.place) is None:
            yield _finding(
                "localisation_inconnue",
                line,
                "localisation",
                line.place,
                f"{quoted(line.place)} n'est le nom d'aucun pays.",
                "Donnez le nom anglais du pays (France, Germany) ou son code à deux lettres (FR, DE).",
            )


def _repeats(lines: Iterable[Line]) -> Iterator[Finding]:
    """Rows of one name: of several PUE none can be chosen, so all are refused; the same PUE again is one too many."""
    named: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        named[same_name(line.short)].append(line)
    for group in named.values():
        values = sorted({line.pue for line in group})
        for line in group if len(values) > 1 else group[1:]:
            yield _finding("nom_repete", line, "nomCourtDatacenter", line.short, *_repeated(line, group, values))


def _repeated(line: Line, group: Sequence[Line], values: Sequence[float]) -> tuple[str, str]:
    name = quoted(line.short)
    if len(values) == 1:
        return f"{name} se trouve déjà à la ligne {group[0].number}, avec le même PUE.", "Gardez une seule ligne."
    bounds = f"de {figure(values[0])} à {figure(values[-1])}"
    return (
        f"{name} se trouve sur {plural(len(group), 'ligne')} avec des PUE différents, {bounds} : aucun n'est retenu.",
        "Gardez la ligne dont le PUE est juste, ou donnez à chaque centre son propre nom.",
    )


def _set_aside(lines: Iterable[Line]) -> Iterator[Finding]:
    for line in lines:
        found = country(line.place)
        if same_name(line.short) == _DEFAULT:
            yield _finding(
                "valeur_par_defaut",
                line,
                "nomCourtDatacenter",
                line.short,
                "ce centre est la valeur par défaut de l'outil, pas un site : la ligne est mise à part.",
                "Rien à faire. S'il s'agit d'un vrai centre, donnez-lui son nom.",
            )
        elif found is not None and not found.french:
            yield _finding(
                "hors_de_france",
                line,
                "localisation",
                line.place,
                f"{quoted(line.place)} est hors de France, seul pays du registre : la ligne est mise à part.",
                "Rien à faire. Si le centre est en France, corrigez sa localisation.",
            )


def _finding(code: str, line: Line, column: str, value: str, message: str, fix: str) -> Finding:
    whole = sentence(f"{place(line.number, column)} : {message}")
    return Finding(code, line.number, column, value, whole, sentence(fix))


def _identified(checked: Checked, lines: Sequence[Line], register: Register) -> tuple[dict[int, str], list[Finding]]:
    """Row number -> identifier of its site, and the rows for which there is none."""
    free = register.free({line.short for line in lines})
    named = {line.number: line for line in lines}
    sites: dict[int, str] = {}
    refused: list[Finding] = []
    for number in _numbers(checked):
        line = named.get(number)
        found = [] if line is None else register.bearers(line.short, line.site)
        if line is None:
            next(free, None)  # a row to be corrected keeps its place
        elif register.belongs_elsewhere(line.short):
            refused.append(_elsewhere(line, register.siret))
        elif len(found) > 1:
            refused.append(_ambiguous(line, found))
        elif site := line.short if is_identifier(line.short) else next(iter(found), None) or next(free, None):
            sites[number] = site
        else:
            refused.append(_too_many(line))
    return sites, refused


def _numbers(checked: Checked) -> list[int]:
    """The numbers of the rows of a readable file, refused ones included."""
    if checked.text is None or checked.report.errors.of_file:
        return []
    return [record.number for record in checked.text.records() if not record.blank]


def _elsewhere(line: Line, siret: str) -> Finding:
    return _finding(
        "siret_different",
        line,
        "nomCourtDatacenter",
        line.short,
        f"{quoted(line.short)} est un centre d'un autre établissement que {siret}.",
        "Importez les centres de chaque établissement avec son propre SIRET.",
    )


def _ambiguous(line: Line, found: Sequence[str]) -> Finding:
    return _finding(
        "nom_ambigu",
        line,
        "nomCourtDatacenter",
        line.short,
        f"{quoted(line.short)} est le nom de plusieurs centres du registre ({', '.join(found)}).",
        "Mettez l'identifiant du centre à la place de son nom court.",
    )


def _too_many(line: Line) -> Finding:
    return _finding(
        "identifiants_epuises",
        line,
        "nomCourtDatacenter",
        line.short,
        f"ce SIRET a déjà un centre numéro {SITES} : il n'y a plus d'identifiant pour celui-ci.",
        "Déclarez ce centre sous le SIRET d'un autre établissement.",
    )


# ---- what is made of them ----


def _declaration(line: Line, site: str, year: int) -> dict[str, str]:
    source = f", source indiquée : {visible(line.source)}" if line.source else ""
    return {
        "id_centre": site,
        "annee": str(year),
        "pue_declare": repr(line.pue),
        "categorie_mesure_it": "X",
        "perimetre": "inconnu",
        "commentaire": (
            f"PUE repris d'un fichier NumEcoEval (ligne {line.number}, {visible(line.short)}{source}). Ce fichier ne "
            "dit ni l'énergie, ni la période, ni la nature de la valeur."
        ),
    }


def _site(line: Line, site: str) -> dict[str, str]:
    return {
        "id_centre": site,
        "nom_site": line.site,
        "siret": site[:14],
        "organisme": line.entity or "",
        "commentaire": f"{NAMED}{line.short}",
    }


def _judged(made: Mapping[int, Mapping[str, str]], source: Checked) -> Report:
    """The verdict of the schema and the rules on declarations, each of them under its number in the source."""
    header, *_ = csv_of_texts(DECLARED, ()).splitlines()
    rows = {number: csv_of_texts(DECLARED, [row]).split("\n", 1)[1] for number, row in made.items()}
    # Blank lines are no rows: with one for each row that is not judged, the others keep their number.
    text = "".join(rows.get(number, "\n") for number in range(2, max(rows, default=1) + 1))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "declarations.csv")
        path.write_text(f"{header}\n{text}", encoding="utf-8", newline="")
        checked = checking.check_file(
            path, tables.table("declarations"), name=source.report.file.name, rules=rules.for_table("declarations")
        )
        told = [note for note in checked.report.notes if note.code in rules.codes()]
        return replace(checked.report, notes=told)


def _report(
    read: Report, accepted: int, errors: Sequence[Finding], warnings: Sequence[Finding], notes: Sequence[Note]
) -> Report:
    """The report on the source: what reading, this module and the rules found, in the order of the rows."""
    found = sorted([*read.errors, *errors], key=lambda finding: finding.row or 0)
    kept = [note for note in read.notes if note.code not in _SILENT]
    aside = sorted([*read.warnings, *warnings], key=lambda finding: finding.row or 0)
    return replace(read, accepted=accepted, notes=[*kept, *notes], errors=Findings(found), warnings=Findings(aside))

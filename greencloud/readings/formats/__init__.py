"""Files of readings, of whatever format, as one view of one shape: `lues` (its columns are `COLUMNS`).

A format is told by what a file holds, never by its name. `opened` puts files of one format and one shape together, so
that one scan reads them all.

- A stamp that stands alone is written in `debut` or in `fin` as the format's default names it (`defaults.horodate`):
  that is a custom of the format, and what the register says of a meter goes before it. Where both ends are given, the
  line says so itself.
- `probleme` is a code of `PROBLEMS`. A line that cannot be cut into its cells is `ligne_illisible`; it has no meter,
  and `brut` is the line.
- `ligne` is the line of the file as a person counts, the first being 1; in a workbook, the row of the sheet. A view
  that is not `numbered` has NULL there: a lone large file is then read by every thread, instead of one.
"""

import json
from collections.abc import Container, Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import duckdb

from greencloud.checking.report import Finding, Note
from greencloud.reading import Unreadable, read_table
from greencloud.readings.formats import correspondance, enedis_compte, enedis_sge, index, releves
from greencloud.readings.formats.cells import UNTOLD
from greencloud.readings.formats.form import Format, keyed
from greencloud.readings.formats.laying import Folder, Laid, lay
from greencloud.readings.formats.mapping import understood
from greencloud.readings.formats.views import COLUMNS, Recipe, empty, lanes_of
from greencloud.readings.motives import ILL_LINE
from greencloud.readings.sources import Convention, Source

__all__ = ["COLUMNS", "FORMATS", "PROBLEMS", "UNREADABLE", "Opened", "opened"]

FORMATS: tuple[Format, ...] = (releves.FORMAT, enedis_sge.FORMAT, enedis_compte.CURVE, enedis_compte.DAYS, index.FORMAT)
"""The formats that are told by their labels."""
UNREADABLE = "illisible"
"""The format of files of which no line can be read."""
PROBLEMS = (
    *(ILL_LINE, "grandeur_ignoree", "horodate_illisible", "valeur_absente", "valeur_illisible", "unite_inconnue"),
    *("pas_illisible", index.BACKWARDS, index.DOUBTFUL, index.UNKNOWN_EVENT, index.ALONE),
    *("doublon_identique", "doublon_different", correspondance.LAST_DAY, UNTOLD),
)
"""The codes of `probleme`: a line has the one that says most."""
_SHOWN = 6


@dataclass(frozen=True)
class Opened:
    """Files of one format and one shape. `places`: theirs among the files given; `defaults`: the customs of the format.

    `refusal`: why a file cannot be read at all, in French, by its place; such files are in a group of their own, whose
    view is empty. `notes`: what was noticed or tolerated while a file was read, by its place.
    """

    format: str
    places: tuple[int, ...]
    defaults: Convention = field(default_factory=Convention)
    refusal: Mapping[int, Finding] = field(default_factory=dict)
    notes: Mapping[int, Sequence[Note]] = field(default_factory=dict)
    files: tuple[Laid, ...] = ()
    form: Format | None = None

    @property
    def recipe(self) -> Recipe | None:
        """How each line is read, None where lines are not read one by one."""
        return None if self.form is None or self.form.recipe is None else self.form.recipe(self.files[0])

    def only(self, places: Container[int]) -> "Opened":
        """The same without the other files."""
        files = tuple(laid for laid in self.files if laid.place in places)
        return replace(self, places=tuple(laid.place for laid in files), files=files)

    def make_view(self, con: duckdb.DuckDBPyConnection, name: str = "lues", *, numbered: bool = True) -> None:
        """Make the view on a connection; it reads the files when it is asked, as long as this object lives."""
        query = empty() if self.form is None else self.form.query(self.files, lanes_of(con), numbered)
        con.execute(f"CREATE OR REPLACE TEMP VIEW {name} AS {query}")


def opened(con: duckdb.DuckDBPyConnection, sources: Sequence[Source]) -> list[Opened]:
    """The files, in groups that are read at once; every place is in exactly one group. No file raises an error."""
    folder = Folder()
    refused: dict[int, Finding] = {}
    groups: dict[Hashable, tuple[Format, list[Laid]]] = {}
    for place, source in enumerate(sources):
        try:
            form, laid = _recognised(place, source, folder)
        except Unreadable as error:
            refused[place] = Finding(error.code, None, None, None, error.message, error.fix)
        else:
            shape = (form.name, _same(source), laid.labels, laid.table.delimiter, laid.skip, laid.copied)
            groups.setdefault(shape, (form, []))[1].append(laid)
    found = [_group(form, files) for form, files in groups.values()]
    return [*found, Opened(UNREADABLE, tuple(refused), refusal=refused)] if refused else found


def _group(form: Format, files: Sequence[Laid]) -> Opened:
    notes = {laid.place: [Note(one.code, one.message) for one in laid.table.remarks] for laid in files}
    return Opened(form.name, tuple(laid.place for laid in files), form.defaults, {}, notes, tuple(files), form)


def _same(source: Source) -> str:
    """What the mappings of files that are read at once have in common."""
    return "" if source.mapping is None else json.dumps(source.mapping, sort_keys=True, default=str)


def _recognised(place: int, source: Source, folder: Folder) -> tuple[Format, Laid]:
    """The format of a file, and the file laid out. Raises Unreadable."""
    if source.mapping is not None:
        told = understood(source.mapping)
        form = index.mapped(told) if "index" in told.columns else correspondance.form(told)
        laid = lay(place, source.path, form.labels, folder, told.delimiter)
        form.query([laid], 1, True)  # it has the columns that the mapping names
        return form, laid
    laid = lay(place, source.path, [label for form in FORMATS for label in form.labels], folder)
    labels = keyed(laid.labels)
    for form in FORMATS:
        if form.recognised(labels):
            return form, laid
    raise _unknown(read_table(source.path).header)  # laid out, it was cut where our labels were looked for


def _unknown(labels: Sequence[str]) -> Unreadable:
    shown = ", ".join(f"« {label[:40]} »" for label in labels[:_SHOWN]) + (", …" if len(labels) > _SHOWN else "")
    return Unreadable(
        "format-error",
        f"Le fichier n'a pas les colonnes d'un format de relevés connu ; les siennes sont {shown}.",
        "Faites-en la correspondance avec greencloud map, puis donnez-la avec --lecture.",
    )

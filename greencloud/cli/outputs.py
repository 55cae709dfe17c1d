"""The files that a check writes on request: written aside, then renamed, so that a failure leaves no half of one."""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from greencloud.checking import Checked
from greencloud.checking.messages import plural
from greencloud.cli.french import Misuse


@dataclass(frozen=True)
class Outputs:
    """Where to write the page, the list of errors, the corrected file and the accepted rows; None: not asked for."""

    html: Path | None
    rejects: Path | None
    corrected: Path | None
    accepted: Path | None

    def refuse_odd_paths(self, inputs: Sequence[Path]) -> None:
        """Raise Misuse for a path that is no place for what is to be written there: an input, one given twice…"""
        places = [(self.html, ".html"), *((path, ".csv") for path in (self.rejects, self.corrected, self.accepted))]
        if self.corrected is not None:
            places.append((_changes_path(self.corrected), ".csv"))
        wanted = [(path, suffix) for path, suffix in places if path is not None]
        for path, suffix in wanted:
            if path.suffix.lower() != suffix:
                raise Misuse(f"{path} ne convient pas : le nom de ce fichier doit finir par {suffix}.")
            if not path.parent.is_dir():
                raise Misuse(f"Le dossier {path.parent} n'existe pas : créez-le, ou donnez un autre chemin que {path}.")
            if any(path.exists() and path.samefile(read) for read in inputs):
                raise Misuse(f"{path} est un fichier à lire : rien n'y sera écrit. Donnez un autre nom.")
        if len({path.absolute() for path, _ in wanted}) < len(wanted):
            raise Misuse("Deux sorties portent le même nom. Donnez-leur des noms différents.")

    def write(self, checked: Checked, told: TextIO) -> None:
        """Write what was asked for, and tell what was written."""
        if any((self.html, self.rejects, self.corrected, self.accepted)):
            print(file=told)
        if self.html is not None:
            from greencloud.checking.page import write_page

            with _aside(self.html) as (path,):
                write_page(checked, path)
            print(f"Rapport écrit : {self.html}", file=told)
        if self.rejects is not None:
            from greencloud.checking.rejects import write_rejects

            with _aside(self.rejects) as (path,):
                write_rejects(checked.report, path)
            print(f"Liste des erreurs écrite : {self.rejects}", file=told)
        if self.accepted is not None:
            with _aside(self.accepted) as (path,):
                checked.write_accepted(path)
            print(f"Lignes acceptées écrites : {self.accepted}", file=told)
        if self.corrected is not None:
            self._write_corrected(checked, self.corrected, told)

    def _write_corrected(self, checked: Checked, corrected: Path, told: TextIO) -> None:
        from greencloud.checking.corrected import obstacle, write_corrected

        if sentence := obstacle(checked.report):
            print(sentence, file=told)
            return
        changes = _changes_path(corrected)
        with _aside(corrected, changes) as (path, changes_aside):
            done = write_corrected(checked, path, changes_aside)
        print(f"Fichier corrigé écrit : {corrected}, {plural(done.rows, 'ligne')}.", file=told)
        for sentence in done.sentences():
            print(f"  • {sentence}", file=told)
        print(f"  Chaque changement est dans {changes} : relisez-les avant d'envoyer le fichier.", file=told)


def _changes_path(corrected: Path) -> Path:
    return corrected.with_name(f"{corrected.stem}.changements.csv")


@contextmanager
def _aside(*paths: Path) -> Iterator[tuple[Path, ...]]:
    """Places to write aside, in a folder beside the first path; moved to their paths if nothing fails."""
    with tempfile.TemporaryDirectory(dir=paths[0].parent, prefix=".greencloud-") as folder:
        asides = tuple(Path(folder, path.name) for path in paths)
        yield asides
        for aside, path in zip(asides, paths, strict=True):
            aside.replace(path)

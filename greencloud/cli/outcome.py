"""The end of a run told in French: a line a file, then where the edition is and how to open it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from greencloud.checking.visible import visible
from greencloud.deposits import SHORT, Deposit, Unfiled
from greencloud.warehouse import Verdict

NNBSP = "\u202f"  # French thousands separator, and before : ; ! ?


@dataclass(frozen=True)
class Outcome:
    """What a run did.

    `failures`: each deposit that could not be checked, with the error that kept it from being so. `new`: whether the
    edition was made by this run; it already stood otherwise.
    """

    edition: Path
    verdicts: Sequence[Verdict]
    failures: Sequence[tuple[Deposit, object]]
    unfiled: Sequence[Unfiled]
    new: bool = True

    @property
    def exit_code(self) -> int:
        """0, or 1 when a deposit is missing from the edition for a technical reason."""
        return min(len(self.failures), 1)

    def lines(self) -> list[str]:
        """The report, one sentence a line, without control characters whatever the files are called."""
        return [visible(line) for line in self._lines()]

    def _lines(self) -> Iterator[str]:
        refused = _refused_lines(self.edition)
        yield from (_verdict_line(verdict, refused.get(verdict.deposit.empreinte, set())) for verdict in self.verdicts)
        for deposit, error in self.failures:
            yield f"⚠ {named(deposit)}{NNBSP}: non contrôlé, absent de cette édition ({type(error).__name__}, {error})"
        yield from (f"⚠ {stray.path}{NNBSP}: non classé. {stray.message} {stray.fix}" for stray in self.unfiled)
        current = self.edition.parent.parent / "current"
        yield f"Lignes rejetées et raisons{NNBSP}: {current / 'rejets.csv'}"
        known = "" if self.new else ", déjà publiée (rien n'a changé depuis)"
        yield f"Édition {self.edition.name}{known}{NNBSP}: {self.edition}"
        yield f"Tableaux de bord{NNBSP}: ouvrez {current / 'tableaux-de-bord' / 'index.html'} dans un navigateur"


def _refused_lines(edition: Path) -> Mapping[str, set[int]]:
    """Deposit -> its refused rows, those refused beside the other deposits (an unknown centre) included."""
    query = "SELECT depot_sha256, list(DISTINCT ligne) FROM read_parquet(?) WHERE ligne IS NOT NULL GROUP BY ALL"
    with duckdb.connect() as con:
        return {sha256: set(rows) for sha256, rows in con.execute(query, [str(edition / "rejets.parquet")]).fetchall()}


def _verdict_line(verdict: Verdict, refused: set[int]) -> str:
    stats, errors = verdict.report["stats"], verdict.report["errors"]
    rejected = stats["rejected"] + len(refused - {error["row"] for error in errors})
    accepted = _count(stats["rows"] - rejected, "ligne acceptée", "lignes acceptées")
    whole_file = "".join(f". {error['message']}" for error in errors if error["row"] is None)
    mark = "✘" if rejected or whole_file else "✔"
    return f"{mark} {named(verdict.deposit)}{NNBSP}: {accepted}, {_count(rejected, 'rejetée', 'rejetées')}{whole_file}"


def named(deposit: Deposit) -> str:
    """The name as its sender knows it, who sent it or its folder, and the start of its fingerprint, as in `rejets`."""
    origin = f"dossier {deposit.path.parent.name}"
    if deposit.emetteur:
        origin = f"de {deposit.emetteur}"
    elif deposit.origine is not None:
        origin = f"de {deposit.origine.producteur}" if deposit.origine.producteur else "d'un particulier"
    return f"{deposit.nom_origine} ({deposit.table}, {origin}, {deposit.empreinte[:SHORT]})"


def _count(number: int, singular: str, plural: str) -> str:
    return f"{number:,} {singular if number < 2 else plural}".replace(",", NNBSP)

"""The end of a run told in French: a line a file, then where the edition is and how to open it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from greencloud.checking.sql import literal
from greencloud.checking.visible import visible
from greencloud.deposits import SHORT, Deposit, Unfiled
from greencloud.loading import meters
from greencloud.readings.findings import KEPT
from greencloud.tables import READINGS
from greencloud.warehouse import Verdict

NNBSP = "\u202f"  # French thousands separator, and before : ; ! ?
_METERS = 5  # cases told of a file of readings


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
        refused, uncounted = _refused_lines(self.edition), _uncounted(self.edition)
        for verdict in self.verdicts:
            told = uncounted.get(verdict.deposit.empreinte, ())
            yield (
                _readings_line(verdict)
                if told
                else _verdict_line(verdict, refused.get(verdict.deposit.empreinte, set()))
            )
            yield from (f"    {one}" for one in _shortened(told))
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
    query = f"SELECT depot_sha256, list(DISTINCT ligne) FROM {_rejects(edition)} WHERE ligne IS NOT NULL GROUP BY ALL"
    with duckdb.connect() as con:
        return {sha256: set(rows) for sha256, rows in con.execute(query).fetchall()}


def _uncounted(edition: Path) -> Mapping[str, list[str]]:
    """Deposit of readings -> what of it is accepted and does not count, and why: a sentence a meter."""
    query = (
        f"SELECT depot_sha256, code, ligne, message, correction FROM {_rejects(edition)} "
        f"WHERE table_visee = {literal(READINGS)} AND code IN ({', '.join(map(literal, meters.TOLD))}) "
        "ORDER BY depot_sha256, numero"
    )
    found: dict[str, list[str]] = {}
    with duckdb.connect() as con:
        for sha256, code, line, message, fix in con.execute(query).fetchall():
            # What may tell of a protected site is not in the edition: its code still is.
            shown = f"{message} {fix}" if message.startswith("Ligne ") else meters.uncounted(code, line)
            found.setdefault(sha256, []).append(shown)
    return found


def _rejects(edition: Path) -> str:
    """The table as SQL reads it. Its path is no parameter: the first of those has pandas loaded, which takes longer."""
    return f"read_parquet({literal(edition / 'rejets.parquet')})"


def _shortened(told: Sequence[str]) -> Iterator[str]:
    yield from told[:_METERS]
    if len(told) > _METERS:
        yield f"… et {_count(len(told) - _METERS, 'autre cas', 'autres cas')}, dans rejets.csv."


def _readings_line(verdict: Verdict) -> str:
    """Readings that do not all count are read, not accepted; their amount is told, for whoever looks for it."""
    stats, notes = verdict.report["stats"], verdict.report.get("notes", ())
    amount = "".join(f" ({note['message'].removesuffix('.')})" for note in notes if note["code"] == KEPT)
    read, rejected = _count(stats["accepted"], "ligne lue", "lignes lues"), stats["rejected"]
    told = f"{read}{amount}, {_count(rejected, 'rejetée', 'rejetées')}, mais tout ne compte pas{NNBSP}:"
    return f"✘ {named(verdict.deposit)}{NNBSP}: {told}"


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

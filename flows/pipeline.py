"""The whole way, from the deposits to an edition: `python -m flows.pipeline --raw DOSSIER --published DOSSIER`."""

import argparse
import datetime as dt
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from prefect import flow, get_run_logger, unmapped
from prefect.futures import as_completed
from rich.console import Console

from flows.aggregate import aggregate
from flows.ingest import scan
from flows.publish import publish
from flows.validate import check
from greencloud import editions
from greencloud.cli.french import failed
from greencloud.cli.outcome import Outcome
from greencloud.cli.steps import step
from greencloud.deposits import Deposit, Unfiled
from greencloud.editions import locked
from greencloud.errors import GreencloudError
from greencloud.tables import READINGS
from greencloud.verdicts import kept as work


@flow(name="green-cloud-nation")
def pipeline(
    raw: Path = Path("data/raw"),
    published: Path = Path("data/published"),
    allow_shrink: bool = False,
    millesime: dt.date | None = None,
    travail: Path | None = None,
    attendre: bool = False,
) -> Outcome:
    """Publish an edition from every deposit below `raw`. A deposit that could not be checked is told, and left out.

    `millesime`: only the emission factors known on that day are used; None: the newest. `travail`: where verdicts are
    kept from one run to the next; None: beside `published`. `attendre`: a publication under way is waited for.
    """
    with work.opened(travail or work.beside(published), wait=attendre) as kept, locked(published, wait=attendre):
        found, unfiled = scan(raw, kept.fingerprints.sha256)
        failures = _check(kept, [deposit for deposit in found if deposit.table != READINGS])
        ready = kept.instructed(found)  # readings wait for the register of meters
        failures += _check(kept, [deposit for deposit in ready if deposit.table == READINGS])
        outcome = edition(kept, ready, failures, unfiled, published, allow_shrink, millesime)
    for line in outcome.lines():
        get_run_logger().info(line)
    return outcome


def edition(
    kept: work.Kept,
    found: Sequence[Deposit],
    failures: Sequence[tuple[Deposit, object]],
    unfiled: Sequence[Unfiled],
    published: Path,
    allow_shrink: bool,
    vintage: dt.date | None,
) -> Outcome:
    """The edition of the deposits whose verdicts are kept, unless it stands; within a flow that holds both folders."""
    verdicts = kept.gathered(found)
    deposits = [verdict.deposit for verdict in verdicts]
    if standing := editions.standing(published, deposits, vintage):
        return Outcome(standing, verdicts, failures, unfiled, new=False)
    earlier = editions.earlier(published, deposits, vintage)
    with step("Calcul des tables et secret statistique"):
        database = aggregate(verdicts, kept.scratch, earlier, vintage, kept.totals)
    with step("Écriture, vérification, pages et mise en place"):
        made = publish(database, published, deposits, earlier, allow_shrink, vintage)
    return Outcome(made, verdicts, failures, unfiled)


def _check(kept: work.Kept, found: Sequence[Deposit]) -> list[tuple[Deposit, object]]:
    """Keep the verdict on each deposit that has none yet; those that could not be checked, with the error."""
    missing = kept.missing(found)
    futures = dict(zip(check.map(missing, unmapped(kept.scratch)), missing, strict=True))
    failures = []
    for future in as_completed(list(futures)):
        result = future.result(raise_on_failure=False)
        if future.state.is_completed():
            kept.keep([result])
        else:
            failures.append((futures[future], result))
    return sorted(failures, key=lambda failure: found.index(failure[0]))


def main() -> int:
    """Run the flow and tell its outcome in French. 0: all went well; 1: a deposit is missing; 2: nothing published."""
    options = vars(_options())
    return told(lambda: pipeline(**options))


def told(run: Callable[[], Outcome]) -> int:
    """Run a flow and tell its outcome, or in a sentence why there is none; the status of the command."""
    console = Console(soft_wrap=True, highlight=False, markup=False)
    console.print("Démarrage de Prefect (10 à 30 secondes)…")
    try:
        outcome = run()
    except GreencloudError as error:
        console.print(str(error))
        return 2
    except OSError as error:
        console.print(failed(error))
        return 2
    console.print("\n".join(outcome.lines()))
    return outcome.exit_code


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m flows.pipeline", description="Des dépôts à une édition publiée.")
    parser.add_argument("--raw", type=Path, default=Path("data/raw"), help="le dossier des dépôts")
    add_options(parser)
    return parser.parse_args()


def add_options(parser: argparse.ArgumentParser) -> None:
    """Those that an edition takes wherever its deposits are checked."""
    parser.add_argument("--published", type=Path, default=Path("data/published"), help="le dossier des éditions")
    shrink = "publier même si une table a perdu l'essentiel de ses lignes"
    parser.add_argument("--allow-shrink", action="store_true", help=shrink)
    vintage = "n'employer que les facteurs d'émission connus ce jour-là (AAAA-MM-JJ)"
    parser.add_argument("--millesime", type=dt.date.fromisoformat, help=vintage)
    work_dir = "où garder les verdicts d'une fois à l'autre (sinon : work/verdicts, à côté des éditions)"
    parser.add_argument("--travail", type=Path, help=work_dir)
    wait = "attendre la fin d'une publication en cours au lieu de renoncer"
    parser.add_argument("--attendre", action="store_true", help=wait)


if __name__ == "__main__":
    sys.exit(main())

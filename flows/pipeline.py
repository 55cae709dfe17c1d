"""The whole way, from the deposits to an edition: `python -m flows.pipeline --raw DOSSIER --published DOSSIER`."""

import argparse
import datetime as dt
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from prefect import flow, get_run_logger, unmapped
from prefect.futures import wait
from rich.console import Console

from flows.aggregate import aggregate
from flows.ingest import scan
from flows.publish import publish
from flows.report import Outcome
from flows.validate import check
from greencloud import editions
from greencloud.errors import GreencloudError


@flow(name="green-cloud-nation")
def pipeline(
    raw: Path = Path("data/raw"),
    published: Path = Path("data/published"),
    allow_shrink: bool = False,
    millesime: dt.date | None = None,
) -> Outcome:
    """Publish an edition from every deposit below `raw`. A deposit that could not be checked is told, and left out.

    `millesime`: only the emission factors known on that day are used; None: the newest.
    """
    with TemporaryDirectory(prefix="greencloud-") as work:
        found, unfiled = scan(raw)
        checks = check.map(found, unmapped(Path(work)))
        wait(checks)
        verdicts = [future.result() for future in checks if future.state.is_completed()]
        deposits = [verdict.deposit for verdict in verdicts]
        earlier = editions.earlier(published, deposits, millesime)
        database = aggregate(verdicts, Path(work), earlier, millesime)
        edition = publish(database, published, deposits, earlier, allow_shrink, millesime)
    failures = [
        (deposit, future.result(raise_on_failure=False))
        for deposit, future in zip(found, checks, strict=True)
        if not future.state.is_completed()
    ]
    outcome = Outcome(edition, verdicts, failures, unfiled)
    for line in outcome.lines():
        get_run_logger().info(line)
    return outcome


def main() -> int:
    """Run the flow and tell its outcome in French. 0: all went well; 1: a deposit is missing; 2: nothing published."""
    options = _options()
    console = Console(soft_wrap=True, highlight=False, markup=False)
    console.print("Démarrage de Prefect (10 à 30 secondes)…")
    try:
        outcome = pipeline(options.raw, options.published, options.allow_shrink, options.millesime)
    except GreencloudError as error:
        console.print(str(error))
        return 2
    console.print("\n".join(outcome.lines()))
    return outcome.exit_code


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m flows.pipeline", description="Des dépôts à une édition publiée.")
    parser.add_argument("--raw", type=Path, default=Path("data/raw"), help="le dossier des dépôts")
    parser.add_argument("--published", type=Path, default=Path("data/published"), help="le dossier des éditions")
    shrink = "publier même si une table a perdu l'essentiel de ses lignes"
    parser.add_argument("--allow-shrink", action="store_true", help=shrink)
    vintage = "n'employer que les facteurs d'émission connus ce jour-là (AAAA-MM-JJ)"
    parser.add_argument("--millesime", type=dt.date.fromisoformat, help=vintage)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())

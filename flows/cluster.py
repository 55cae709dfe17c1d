"""An edition made by many machines: `python -m flows.cluster --raw s3://… --published DOSSIER --scheduler tcp://…`."""

import argparse
import logging
import sys
from typing import Any
from urllib.parse import urlsplit

from distributed import Client
from distributed.client import ClosedClientError
from prefect_dask import DaskTaskRunner

from flows.machines import machines
from flows.pipeline import add_options, told
from greencloud.cli.outcome import Outcome
from greencloud.errors import GreencloudError


class ClusterError(GreencloudError):
    """A scheduler that does not answer; the text is a French sentence with the fix."""


def main() -> int:
    """Run the flow and tell its outcome in French. 0: all went well; 1: a deposit is missing; 2: nothing published."""
    options = _options()
    # Dask logs what it loses with its tracebacks; what becomes of it is told in a sentence.
    for name in ("distributed", "distributed.client"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    return told(lambda: _run(**options))


def _run(scheduler: str, patience: int, **options: Any) -> Outcome:
    runner = DaskTaskRunner(address=scheduler, client_kwargs={"timeout": patience})
    try:
        Client(scheduler, timeout=patience, set_as_default=False).close()
    except (OSError, ValueError) as error:
        raise _gone(scheduler) from error
    try:
        outcome: Outcome = machines.with_options(task_runner=runner)(**options)
    except ClosedClientError as error:
        raise _gone(scheduler) from error
    return outcome


def _gone(scheduler: str) -> ClusterError:
    return ClusterError(
        f"L'ordonnanceur « {scheduler} » ne répond pas : rien n'a été publié. Vérifiez son adresse et qu'il est "
        "démarré, puis relancez : ce qui est déjà fait ne sera pas refait."
    )


def _options() -> dict[str, Any]:
    parser = argparse.ArgumentParser(
        prog="python -m flows.cluster", description="Des dépôts d'un stockage S3 à une édition, sur plusieurs machines."
    )
    parser.add_argument("--raw", required=True, help="l'adresse des dépôts (s3://seau/dossier)")
    parser.add_argument("--scheduler", required=True, help="l'adresse de l'ordonnanceur Dask (tcp://machine:8786)")
    wait = "combien de secondes attendre un ordonnanceur qui ne répond pas"
    parser.add_argument("--patience", type=int, default=120, help=wait)
    beside = "l'adresse où les machines posent leurs verdicts (sinon : verdicts, à côté des dépôts)"
    parser.add_argument("--verdicts", help=beside)
    add_options(parser)
    options = vars(parser.parse_args())
    raw = options["raw"].rstrip("/")
    verdicts = options["verdicts"] or f"{raw.rpartition('/')[0]}/verdicts"
    if urlsplit(raw).path in ("", "/") or f"{verdicts}/".startswith(f"{raw}/"):
        parser.error("les verdicts iraient parmi les dépôts : donnez à --raw un dossier du seau, à --verdicts un autre")
    return {**options, "verdicts": verdicts}


if __name__ == "__main__":
    sys.exit(main())

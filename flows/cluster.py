"""An edition made by many machines: `python -m flows.cluster --raw s3://… --published DOSSIER --scheduler tcp://…`."""

import argparse
import sys
from typing import Any

from prefect_dask import DaskTaskRunner

from flows.machines import machines
from flows.pipeline import add_options, told
from greencloud.cli.outcome import Outcome
from greencloud.errors import GreencloudError

_PATIENCE_S = 120
"""How long a scheduler that does not answer is waited for."""


class ClusterError(GreencloudError):
    """A scheduler that does not answer; the text is a French sentence with the fix."""


def main() -> int:
    """Run the flow and tell its outcome in French. 0: all went well; 1: a deposit is missing; 2: nothing published."""
    options = _options()
    return told(lambda: _run(**options))


def _run(scheduler: str, **options: Any) -> Outcome:
    runner = DaskTaskRunner(address=scheduler, client_kwargs={"timeout": _PATIENCE_S})
    try:
        outcome: Outcome = machines.with_options(task_runner=runner)(**options)
    except TimeoutError as error:
        raise ClusterError(
            f"L'ordonnanceur « {scheduler} » ne répond pas. Vérifiez son adresse et qu'il est démarré, puis relancez : "
            "ce qui est déjà fait ne sera pas refait."
        ) from error
    return outcome


def _options() -> dict[str, Any]:
    parser = argparse.ArgumentParser(
        prog="python -m flows.cluster", description="Des dépôts d'un stockage S3 à une édition, sur plusieurs machines."
    )
    parser.add_argument("--raw", required=True, help="l'adresse des dépôts (s3://seau/dossier)")
    parser.add_argument("--scheduler", required=True, help="l'adresse de l'ordonnanceur Dask (tcp://machine:8786)")
    beside = "l'adresse où les machines posent leurs verdicts (sinon : verdicts, à côté des dépôts)"
    parser.add_argument("--verdicts", help=beside)
    add_options(parser)
    options = vars(parser.parse_args())
    above, _, _ = options["raw"].rstrip("/").rpartition("/")
    if options["verdicts"] is None and above.endswith("/"):
        parser.error("les dépôts occupent tout le seau : donnez --verdicts, une adresse hors de leur dossier")
    return {**options, "verdicts": options["verdicts"] or f"{above}/verdicts"}


if __name__ == "__main__":
    sys.exit(main())

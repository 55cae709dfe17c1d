"""`greencloud build`: an edition from all the deposits, or an earlier one made again."""

import datetime as dt
import gc
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from greencloud import deposits
from greencloud.cli import steps
from greencloud.cli.deposit import RAW
from greencloud.cli.french import Misuse

if TYPE_CHECKING:
    import duckdb

    from greencloud.cli.outcome import Outcome
    from greencloud.verdicts import Verdict
    from greencloud.verdicts.kept import Kept

_PUBLISHED = Path("data/published")
_DRAFTED = ("Écriture des tables de l’édition", "Vérification et mise en place")
_PAGES = "Pages"


def build(
    raw: Annotated[Path, typer.Option(metavar="DOSSIER", help="Le dossier des dépôts.")] = RAW,
    published: Annotated[Path, typer.Option(metavar="DOSSIER", help="Le dossier des éditions.")] = _PUBLISHED,
    allow_shrink: Annotated[
        bool, typer.Option("--allow-shrink", help="Publie même si une table a perdu l'essentiel de ses lignes.")
    ] = False,
    millesime: Annotated[
        dt.datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"],
            metavar="AAAA-MM-JJ",
            help="N'emploie que les facteurs d'émission connus ce jour-là. (sinon : les plus récents)",
        ),
    ] = None,
    as_of: Annotated[
        str | None,
        typer.Option(
            "--as-of",
            metavar="AAAA-MM-JJ|EDITION",
            help="Refait, sans rien publier, une édition passée ou celle des dépôts connus ce jour-là. Demande --out.",
        ),
    ] = None,
    out: Annotated[Path | None, typer.Option(metavar="DOSSIER", help="Où refaire l'édition passée.")] = None,
    travail: Annotated[
        Path | None,
        typer.Option(
            metavar="DOSSIER",
            help="Où garder les verdicts d'une fois à l'autre. (sinon : work/verdicts, à côté des éditions)",
        ),
    ] = None,
    attendre: Annotated[
        bool, typer.Option("--attendre", help="Attend la fin d'une publication en cours au lieu de renoncer.")
    ] = False,
) -> None:
    """Construit une édition à partir des dépôts, sans ordonnanceur, et rend compte de chaque fichier.

    Un dépôt déjà contrôlé par ce même programme ne l'est pas à nouveau.
    """
    from greencloud.verdicts import kept as work

    if (as_of is None) != (out is None):
        raise Misuse("« --as-of » et « --out » vont ensemble : quelle édition refaire, et dans quel dossier.")
    gc.set_threshold(100_000)  # thousands of deposits and cells stay until the end: seldom look for what does not
    vintage = millesime.date() if millesime else None
    with work.opened(travail or work.beside(published), wait=attendre) as kept:
        found, unfiled = deposits.scan(raw, kept.fingerprints.sha256)
        if as_of is not None and out is not None:
            told = _again(kept, found, published, as_of, out, vintage)
        else:
            told = "\n".join(_publish(kept, found, unfiled, published, allow_shrink, vintage, attendre).lines())
    print(told)


def _publish(
    kept: "Kept",
    found: Sequence[deposits.Deposit],
    unfiled: Sequence[deposits.Unfiled],
    published: Path,
    allow_shrink: bool,
    vintage: dt.date | None,
    wait: bool,
) -> "Outcome":
    import dashboards
    from greencloud import editions
    from greencloud.cli.outcome import Outcome

    with editions.locked(published, wait=wait):
        verdicts = kept.verdicts(found, _progress)
        if standing := editions.standing(published, found, vintage):
            return Outcome(standing, verdicts, (), unfiled, new=False)
        before = editions.earlier(published, found, vintage)
        connection = _aggregated(kept, verdicts, before, vintage)
        drafting = editions.draft(
            connection, published, found, allow_shrink=allow_shrink, since=before, vintage=vintage, held=True
        )
        with steps.around(drafting, *_DRAFTED) as draft, steps.step(_PAGES):
            dashboards.write_pages(draft.path)
    return Outcome(draft.destination, verdicts, (), unfiled)


def _again(
    kept: "Kept",
    found: Sequence[deposits.Deposit],
    published: Path,
    wanted: str,
    out: Path,
    vintage: dt.date | None,
) -> str:
    """Make an earlier edition again; the published ones are read, never written."""
    import dashboards
    from greencloud import editions

    past = editions.past(published, wanted, found, vintage)
    verdicts = {verdict.deposit.sha256: verdict for verdict in kept.verdicts(past.deposits, _progress)}
    its_own = [verdicts[deposit.sha256] for deposit in past.deposits]
    connection = _aggregated(kept, its_own, past.before, past.vintage)
    with steps.around(editions.again(connection, published, past, out), *_DRAFTED) as draft, steps.step(_PAGES):
        dashboards.write_pages(draft.path)
    return "\n".join([f"Édition {draft.edition_id} refaite dans {out}.", *editions.verdict(out, past)])


def _aggregated(
    kept: "Kept", verdicts: Sequence["Verdict"], before: Sequence[Path], vintage: dt.date | None
) -> "duckdb.DuckDBPyConnection":
    from greencloud import warehouse

    with steps.step("Calcul des tables et secret statistique"):
        connection = warehouse.load(verdicts)
        earlier = warehouse.earlier_editions(before, verdicts, kept.totals)
        computed = warehouse.remembering(verdicts, vintage, kept.totals)
        warehouse.aggregate(connection, vintage=vintage, earlier=earlier, computed=computed)
    return connection


def _progress(missing: Sequence[deposits.Deposit]) -> Iterable[deposits.Deposit]:
    from rich.progress import track

    return track(missing, "Contrôle") if missing else missing

"""What a worker does: it has no folder in common with anybody, only storage and what the coordinator asked for."""

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from greencloud.deposits import Deposit
from greencloud.errors import GreencloudError
from greencloud.program import file_sha256, fingerprint
from greencloud.storage.mirror import Stored
from greencloud.storage.place import Place, side_by_side
from greencloud.storage.results import Results
from greencloud.verdicts import kept


class OtherProgram(GreencloudError):
    """A worker that runs another program than the coordinator; the text is a French sentence with the fix."""


def check(several: Sequence[Stored], raw: Place, results: Results) -> list[str]:
    """Check deposits of one group (`kept.side_by_side`) where they were copied to, and put their verdicts on storage.

    Returns the names of those whose bytes are not those of their card, which have no verdict. Raises OtherProgram,
    StorageError, and OSError when a file has gone or the disk is full.
    """
    if _own_program() != results.program:
        raise OtherProgram(
            "Ce poste de calcul n'exécute pas le même programme que celui qui publie (code, schémas ou bibliothèques). "
            "Installez-y la même version, puis relancez."
        )
    with TemporaryDirectory(prefix="greencloud-") as name:
        scratch = Path(name)
        copies = side_by_side(lambda place: _copied(several[place], raw, scratch / str(place)), range(len(several)))
        whole = [deposit for deposit in copies if deposit is not None]
        etags = {stored.deposit.sha256: stored.etag for stored in several}
        for made in kept.judged(whole, scratch / "verdicts"):
            results.put(made, etags)
            made[0].accepted.unlink()
    return [stored.name for stored, copy in zip(several, copies, strict=True) if copy is None]


def _copied(stored: Stored, raw: Place, folder: Path) -> Deposit | None:
    """The deposit with its bytes in `folder`; None when they are not those of its card."""
    folder.mkdir()
    path = folder / stored.deposit.path.name
    raw.fetch(stored.name, stored.deposit.octets, path)
    return replace(stored.deposit, path=path) if file_sha256(path) == stored.deposit.sha256 else None


@cache
def _own_program() -> str:
    """A worker imports its program once: what is written over it later is not what it runs."""
    return fingerprint()

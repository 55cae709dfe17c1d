"""What stands in the way of a file, in French."""

import errno
from pathlib import Path

from greencloud.deposits.deposit import Unfiled
from greencloud.deposits.naming import clean_name

_CAUSES = {
    errno.EACCES: "accès refusé",
    errno.EPERM: "accès refusé",
    errno.EROFS: "disque en lecture seule",
    errno.ENOSPC: "disque plein",
    errno.EDQUOT: "quota de disque atteint",
    errno.ENOENT: "fichier disparu",
    errno.ENAMETOOLONG: "nom de fichier trop long",
}


def cause(error: OSError) -> str:
    """Why the system refused."""
    return _CAUSES.get(error.errno or 0, f"erreur système n° {error.errno}")


def unreadable(path: Path, error: OSError) -> Unfiled:
    """What is said of a file, or a folder, that the system refused."""
    return Unfiled(
        path,
        f"« {clean_name(path.name)} » ne peut pas être lu ou accompagné de sa carte ({cause(error)}).",
        "Donnez au traitement le droit de lire ce fichier et d'écrire dans son dossier.",
    )


def leads_inside(path: Path, raw_dir: Path) -> bool:
    """Whether a link leads to a place of the folder of the deposits."""
    try:
        return path.resolve(strict=True).is_relative_to(raw_dir.resolve())
    except (OSError, RuntimeError):  # a link to nothing, or a ring of links
        return False

"""The failures a user can mend. They all derive from one class, so that no front end forgets one of them."""

import errno

_CAUSES = {
    errno.ENOENT: ("le chemin n'existe pas", "Vérifiez le chemin."),
    errno.EACCES: ("l'accès est refusé", "Demandez le droit d'y lire et d'y écrire, ou choisissez un autre dossier."),
    errno.EPERM: ("l'accès est refusé", "Demandez le droit d'y lire et d'y écrire, ou choisissez un autre dossier."),
    errno.EISDIR: ("c'est un dossier", "Donnez le chemin d'un fichier."),
    errno.ENOTDIR: ("une partie du chemin n'est pas un dossier", "Vérifiez le chemin."),
    errno.ENAMETOOLONG: ("le nom est trop long", "Donnez-lui un nom plus court."),
    errno.ENOSPC: ("il n'y a plus de place sur le disque", "Libérez de la place, puis relancez."),
    errno.EROFS: ("le disque est en lecture seule", "Choisissez un dossier où vous pouvez écrire."),
    errno.ENOTEMPTY: ("le dossier n'est pas vide", "Videz-le ou choisissez-en un autre."),
}


class GreencloudError(Exception):
    """An expected failure; its text is a French sentence with the cause and the fix, fit to be shown as it is.

    SchemaError (tables), Unreadable (reading), DepositError (deposits), WarehouseError (warehouse), EditionError
    (editions).
    """


def cause(error: OSError) -> str:
    """Why the system refused a file, in French, as the middle of a sentence."""
    return _CAUSES[error.errno][0] if error.errno in _CAUSES else f"erreur {error.errno} du système"


def fix(error: OSError) -> str:
    """What to do then, as a sentence."""
    return _CAUSES[error.errno][1] if error.errno in _CAUSES else "Vérifiez le chemin, vos droits et la place libre."

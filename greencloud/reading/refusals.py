"""How a file is refused: one error, its cause and its fix, in French."""

from greencloud.errors import GreencloudError

SAVE_AS_CSV = "Ouvrez-le dans votre tableur, puis « Enregistrer sous » au format « CSV UTF-8 »."
DEPOSIT_THE_TABLE = "Déposez le tableau lui-même, enregistré au format « CSV UTF-8 »."
EXPORT_AGAIN = "Vérifiez l'export, puis déposez-le à nouveau."
SAVE_AGAIN = "Enregistrez à nouveau le fichier au format « CSV UTF-8 »."


class Unreadable(GreencloudError):
    """A file that cannot be read rightly: Frictionless's error type, the cause and the fix, in French."""

    def __init__(self, code: str, message: str, fix: str) -> None:
        super().__init__(f"{message} {fix}")
        self.code = code
        self.message = message
        self.fix = fix


def empty_file() -> Unreadable:
    """The refusal of a file without a single character."""
    return Unreadable("source-error", "Le fichier est vide.", EXPORT_AGAIN)

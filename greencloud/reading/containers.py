"""What a file is, told by its content and never by its name."""

from collections.abc import Sequence

from greencloud.errors import GreencloudError

_SAVE_AS_CSV = "Ouvrez-le dans votre tableur, puis « Enregistrer sous » au format « CSV UTF-8 »."

_SIGNATURES: Sequence[tuple[bytes, str, str]] = (
    (b"PK\x03\x04", "une archive ou un classeur (xlsx, ods, zip)", _SAVE_AS_CSV),
    (b"\xd0\xcf\x11\xe0", "un classeur d'un ancien format ou protégé par un mot de passe", _SAVE_AS_CSV),
    (b"%PDF", "un document PDF", "Déposez le tableau lui-même, enregistré au format « CSV UTF-8 »."),
    (
        b"\x1f\x8b",
        "un fichier compressé (gzip)",
        "Décompressez-le, puis déposez le fichier CSV qu'il contient.",
    ),
    (b"\x89PNG", "une image", "Déposez le tableau lui-même, enregistré au format « CSV UTF-8 »."),
    (b"\xff\xd8\xff", "une image", "Déposez le tableau lui-même, enregistré au format « CSV UTF-8 »."),
    (b"ID;PWXL", "un fichier SYLK", _SAVE_AS_CSV),
)
_MARKUP: Sequence[tuple[bytes, str]] = (
    (b"<!doctype", "une page web (HTML)"),
    (b"<html", "une page web (HTML)"),
    (b"<?xml", "un document XML"),
    (b"{", "un document JSON"),
)


class Unreadable(GreencloudError):
    """A file that cannot be read rightly: Frictionless's error type, the cause and the fix, in French."""

    def __init__(self, code: str, message: str, fix: str) -> None:
        super().__init__(f"{message} {fix}")
        self.code = code
        self.message = message
        self.fix = fix


def refuse_other_containers(content: bytes) -> None:
    """Raise Unreadable unless the bytes can be a text table."""
    if not content.strip():
        raise Unreadable("source-error", "Le fichier est vide.", "Vérifiez l'export, puis déposez-le à nouveau.")
    for signature, kind, fix in _SIGNATURES:
        if content.startswith(signature):
            raise Unreadable("format-error", f"Le fichier n'est pas un CSV : c'est {kind}.", fix)
    start = content[:256].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    for signature, kind in _MARKUP:
        if start.startswith(signature):
            raise Unreadable("format-error", f"Le fichier n'est pas un CSV : c'est {kind}.", _SAVE_AS_CSV)

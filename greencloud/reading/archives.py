"""gz and zip: the bytes they hold, inflated in memory under a limit; nothing is written under a member's name."""

import io
import re
import stat
import zipfile
import zlib

from greencloud.reading.limits import Budget
from greencloud.reading.refusals import DEPOSIT_THE_TABLE, EXPORT_AGAIN, Unreadable
from greencloud.reading.signatures import refused
from greencloud.reading.words import counted

_CHUNK = 1 << 20
MEMBERS_LIMIT = 5_000
DEPOSIT_ONE = "Déposez directement le fichier CSV ou le classeur qui s'y trouve."


def gunzip(content: bytes) -> bytes:
    """The bytes of a gzip file, whose check sums are verified. Raises Unreadable."""
    inflated = bytearray()
    budget = Budget.of_archive(len(content))
    rest = content
    while rest.startswith(b"\x1f\x8b"):
        inflater = zlib.decompressobj(wbits=31)
        try:
            while not inflater.eof:
                piece = inflater.decompress(rest, _CHUNK)
                rest = inflater.unconsumed_tail
                if not piece and not rest and not inflater.eof:
                    raise _damaged("Le fichier compressé est tronqué.")
                budget.spend(len(piece))
                inflated += piece
        except zlib.error as error:
            raise _damaged("Le fichier compressé (gzip) est abîmé : sa somme de contrôle est fausse.") from error
        rest = inflater.unused_data
    if rest.strip(b"\x00"):
        raise _damaged("Le fichier compressé (gzip) est suivi d'octets qui n'en font pas partie.")
    return bytes(inflated)


class Zip:
    """A zip archive in memory."""

    def __init__(self, content: bytes) -> None:
        if content.count(b"PK\x01\x02") > MEMBERS_LIMIT:
            raise _damaged("L'archive contient trop de fichiers.")
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(content))
        except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError) as error:
            raise _damaged("L'archive zip est tronquée ou abîmée.") from error
        self._members = {info.filename.replace("\\", "/"): info for info in self._archive.infolist()}
        self.names = tuple(self._members)
        self._text_budget = Budget.of_archive(len(content))

    def kind(self) -> str:
        """`xlsx`, `ods`, or `zip` for an archive of files; raises Unreadable for other documents."""
        names = set(self.names)
        if "xl/workbook.xml" in names:
            return "xlsx"
        for name, kind, fix in _DOCUMENTS:
            if name in names:
                raise refused(kind, fix)
        if "mimetype" in names:
            mimetype = self.read("mimetype", Budget(1 << 16))[:100].decode("ascii", "replace")
            if mimetype.startswith("application/vnd.oasis.opendocument.spreadsheet"):
                return "ods"
            raise refused("un document bureautique sans feuille de calcul", DEPOSIT_THE_TABLE)
        if "[Content_Types].xml" in names:
            raise refused("un document bureautique sans feuille de calcul, ou abîmé", DEPOSIT_THE_TABLE)
        return "zip"

    def only_file(self) -> tuple[str, bytes]:
        """The name and the bytes of the one file that counts. Raises Unreadable if there are none or several."""
        names = [name for name in self.names if not _ignored(name)]
        if not names:
            raise Unreadable("compression-error", "L'archive est vide.", EXPORT_AGAIN)
        for name in names:
            self._refuse_unsafe(name)
        if len(names) > 1:
            raise Unreadable(
                "compression-error",
                f"L'archive contient {counted(len(names))} fichiers, un seul est attendu.",
                "Déposez chaque fichier à part.",
            )
        return shown(names[0]), self.read(names[0], self._text_budget)

    def read(self, name: str, budget: Budget) -> bytes:
        """The bytes of a member, whose check sum is verified. Raises Unreadable."""
        pieces = []
        try:
            info = self._members[name]
            if info.flag_bits & 1:
                raise Unreadable(
                    "compression-error", "L'archive est protégée par un mot de passe.", "Déposez-la sans mot de passe."
                )
            with self._archive.open(info) as member:
                while piece := member.read(_CHUNK):
                    budget.spend(len(piece))
                    pieces.append(piece)
        except (zipfile.BadZipFile, zlib.error, EOFError, KeyError, OSError, ValueError) as error:
            raise _damaged("L'archive zip est tronquée ou abîmée.") from error
        except (NotImplementedError, RuntimeError) as error:
            raise _damaged("L'archive zip est compressée d'une façon qui n'est pas lue.") from error
        return b"".join(pieces)

    def _refuse_unsafe(self, name: str) -> None:
        """A link, or a name that leads out of the folder it is unpacked in, was made to do harm."""
        linked = stat.S_ISLNK(self._members[name].external_attr >> 16)
        if linked or ".." in name.split("/") or name.startswith("/") or re.match("[A-Za-z]:", name):
            raise Unreadable(
                "compression-error",
                "L'archive contient un lien ou un nom de fichier qui sort de son dossier : elle n'est pas ouverte.",
                DEPOSIT_ONE,
            )


_DOCUMENTS = (
    ("word/document.xml", "un document de traitement de texte (docx)", DEPOSIT_THE_TABLE),
    ("ppt/presentation.xml", "une présentation (pptx)", DEPOSIT_THE_TABLE),
    ("xl/workbook.bin", "un classeur binaire (xlsb)", "Enregistrez-le au format xlsx ou « CSV UTF-8 »."),
    ("Index/Document.iwa", "un classeur Numbers", "Exportez-le au format xlsx ou CSV depuis Numbers."),
)


def _ignored(name: str) -> bool:
    """Folders, and what systems leave beside the files."""
    *folders, last = name.split("/")
    left = last.lower() in ("", ".ds_store", "thumbs.db", "desktop.ini") or last.startswith("._")
    return left or "__MACOSX" in folders


def shown(name: str) -> str:
    """The last part of a member's name, fit to be shown: nothing of a path, nothing invisible."""
    last = name.rsplit("/", 1)[-1]
    return re.sub(r"[^\w .()'’+@&=,;#~-]", "_", last)[:120]


def _damaged(message: str) -> Unreadable:
    return Unreadable("compression-error", message, EXPORT_AGAIN)

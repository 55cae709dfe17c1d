"""How far a file may grow when it is opened: what repeats itself beyond reason is a trap, whatever it declares."""

from greencloud.reading.refusals import SAVE_AS_CSV, Unreadable
from greencloud.reading.words import counted

EXPANDED_LIMIT = 256 << 20
EXPANDED_RATIO = 30
SMALL_EXPANDED_LIMIT = 64 << 20
SMALL_EXPANDED_RATIO = 200
EXPANDED_UNSUSPECTED = 10 << 20

PARTS_LIMIT = 256 << 20
PARTS_UNSUSPECTED = 32 << 20
PARTS_RATIO = 30

CELLS_LIMIT = 5_000_000
CELLS_UNSUSPECTED = 200_000
BYTES_PER_CELL = 2
CHARACTERS_LIMIT = 256 << 20


class Budget:
    """How many bytes may still come out of `packed` compressed ones."""

    def __init__(self, limit: int) -> None:
        self._left = limit

    @classmethod
    def of_archive(cls, packed: int) -> "Budget":
        """For a text in an archive, which is held whole."""
        small = min(SMALL_EXPANDED_LIMIT, packed * SMALL_EXPANDED_RATIO)
        return cls(max(EXPANDED_UNSUSPECTED, small, min(EXPANDED_LIMIT, packed * EXPANDED_RATIO)))

    @classmethod
    def of_workbook(cls, packed: int) -> "Budget":
        """For the parts of a workbook, which are all held at once."""
        return cls(min(PARTS_LIMIT, max(PARTS_UNSUSPECTED, packed * PARTS_RATIO)))

    def spend(self, size: int) -> None:
        """Count `size` bytes; raises Unreadable when nothing is left."""
        self._left -= size
        if self._left < 0:
            raise Unreadable(
                "compression-error",
                "Le fichier est trop gros une fois décompressé.",
                "Déposez le tableau lui-même, au format « CSV UTF-8 » et sans le compresser.",
            )


class SheetBudget:
    """How many cells and characters the sheets of a workbook of `packed` bytes may have, empty cells included."""

    def __init__(self, packed: int) -> None:
        self.cells = min(CELLS_LIMIT, max(CELLS_UNSUSPECTED, packed // BYTES_PER_CELL))
        self._characters = CHARACTERS_LIMIT

    def check_size(self, rows: int, columns: int) -> None:
        """Raise Unreadable for a sheet of too many cells."""
        if rows * columns > self.cells:
            raise too_large(f"une feuille s'étend sur {counted(rows)} lignes et {counted(columns)} colonnes")

    def spend_text(self, characters: int) -> None:
        """Count characters; raises Unreadable when there are too many."""
        self._characters -= characters
        if self._characters < 0:
            raise too_large("ses cellules répètent trop de texte")


def too_large(cause: str) -> Unreadable:
    """The refusal of a workbook that no one could have typed, or that has to come as CSV."""
    return Unreadable("source-error", f"Le classeur est trop gros : {cause}.", SAVE_AS_CSV)

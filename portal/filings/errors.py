"""Why a file is not taken, or not taken further; each text is a French sentence with the cause and the fix."""

from portal import errors


class FilingError(errors.Refused):
    """A deposit that cannot be received, checked, confirmed or withdrawn."""

    status = 422
    title = "Dépôt refusé"


class TooLarge(FilingError, errors.TooLarge):
    """More octets than the operator allows."""

    status = 413
    title = errors.TooLarge.title


class Empty(FilingError):
    """No octet at all."""


class UnknownTable(FilingError):
    """The table was not given, and the header does not tell it."""


class NotTaken(FilingError):
    """The file is for a table that the portal does not take."""


class WrongState(FilingError, errors.Conflict):
    """What was asked for does not suit the state of the deposit."""

    status = 409
    title = errors.Conflict.title


class Foreign(FilingError):
    """The file speaks of sites of another body."""


class Unstored(FilingError):
    """The disk refused: full, read-only. Nothing was kept."""

    status = 507
    title = "Place insuffisante"


class TooMany(FilingError, errors.TooMany):
    """The body has reached one of its limits: deposits or octets of a day, deposits left open."""

    status = 429
    title = "Trop de dépôts"


class WorkerFailed(FilingError):
    """The process that reads a file was stopped: the file asks for too much time or memory."""


class WorkerLost(FilingError):
    """The reading ended with no fault of the file (a full disk, a worker that is gone): it is to be tried again."""

    status = 503
    title = "Contrôle interrompu"

"""What can go wrong with the platform, drawn as a tree; every text is a French sentence fit to be shown.

DatagouvError
├── Unreachable   nothing was done, or a request that may be repeated was repeated in vain
├── Ambiguous     a creation whose answer was lost: it may have been done, look before trying again
├── Refused       the platform said no; `status` and `detail` say how
├── BadAnswer     an answer that is not what the API gives: HTML, half a JSON, too large, another file
├── Unfit         what is to be published does not fit (edition, token, state file)
└── Unverified    read back, the publication is not what was meant
"""

from greencloud.errors import GreencloudError


class DatagouvError(GreencloudError):
    """A failure of a publication or of a harvest; its text names what, the cause and the fix."""


class Unreachable(DatagouvError):
    """The platform could not be reached, or kept on answering that it cannot serve for now."""


class Ambiguous(DatagouvError):
    """The answer to a creation is lost or is an error of the server: the work may have been done, or not.

    `after_s`: the seconds that the platform asks to wait before anything else, None when it asks for none.
    """

    def __init__(self, sentence: str, after_s: float | None = None) -> None:
        super().__init__(sentence)
        self.after_s = after_s


class Refused(DatagouvError):
    """The platform refused a request. `status` is its HTTP status, `detail` its own words."""

    def __init__(self, sentence: str, status: int, detail: str = "") -> None:
        super().__init__(sentence)
        self.status = status
        self.detail = detail


class BadAnswer(DatagouvError):
    """An answer that is not one of the API, or not whole."""


class TooLarge(BadAnswer):
    """An answer or a file above the size that was allowed."""


class Unfit(DatagouvError):
    """Something on our side that must be mended before anything is sent."""


class Unverified(DatagouvError):
    """What was read back differs from what was meant; `faults` holds one sentence each."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults

"""Why a descriptor cannot be followed at all."""

from collections.abc import Sequence

from greencloud.checking.report import Finding

CORRECT = "Corrigez le descripteur."


class Refused(Exception):
    """A descriptor that is not valid or that points where nothing is read; `findings` say why."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__("; ".join(finding.message for finding in findings))
        self.findings = tuple(findings)


def refused(code: str, message: str, fix: str = CORRECT) -> Refused:
    """A refusal for one reason."""
    return Refused([Finding(code, None, None, None, message, fix)])

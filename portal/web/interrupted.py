"""A form whose reading ended by no fault of its own: shown again as it was typed, to be sent once more."""

from collections.abc import Callable, Sequence

from fastapi.responses import Response

from portal import filings
from portal.web.entry import Problem


def shown_again(lost: filings.WorkerLost, form: Callable[[Sequence[Problem]], Response]) -> Response:
    """The page that `form` makes of problems, with the sentence and the status of what happened."""
    page = form([Problem(None, str(lost))])
    page.status_code = lost.status
    page.headers.update(lost.headers)
    return page

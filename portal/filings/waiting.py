"""Checks that many ask for at once: they wait in the event loop, in the order they came, and hold no thread meanwhile.

The threads of the server are few, and every page needs one: a crowd that waits for its reports would stop them all.
"""

from collections.abc import Callable
from typing import Annotated, TypeVar

import anyio
from fastapi import Depends, Request
from starlette.concurrency import run_in_threadpool

from portal import access, filings
from portal.access import SignedIn
from portal.filings.errors import FilingError
from portal.filings.workshop import AT_ONCE
from portal.models import Filing

_Given = TypeVar("_Given")


async def checked(request: Request, filing: Filing) -> filings.Checked:
    """The verdict on a deposit, as `filings.check` gives it. Raises WorkerFailed."""
    database, settings = access.database(request), access.settings(request)
    return await apart(request, filings.check, database, settings, filing)


async def apart(request: Request, call: Callable[..., _Given], *args: object) -> _Given:
    """Call what waits for the worker in a thread that is none of the server's."""
    return await anyio.to_thread.run_sync(call, *args, limiter=_limiter(request))


async def _check_first(request: Request, visitor: SignedIn, filing_id: str) -> str:
    filing = await run_in_threadpool(_own, request, visitor, filing_id)
    try:
        if await run_in_threadpool(filings.results, access.settings(request), filing) is None:
            await checked(request, filing)
    except FilingError as stopped:
        return str(stopped)
    return ""


CheckedFirst = Annotated[str, Depends(_check_first)]
"""For the page of a deposit (`filing_id`): its route finds the verdict made, or the sentence why there is none: a page
that fails would keep the body from its actions. Raises NotFound."""


def _own(request: Request, visitor: access.Visitor, filing_id: str) -> Filing:
    with access.database(request).reading() as session:
        return access.filing(visitor, session, filing_id)


def _limiter(request: Request) -> anyio.CapacityLimiter:
    state = request.app.state
    if not hasattr(state, "checking"):
        state.checking = anyio.CapacityLimiter(AT_ONCE)
    found: anyio.CapacityLimiter = state.checking
    return found

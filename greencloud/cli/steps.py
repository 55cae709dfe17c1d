"""The long steps of a command, told on a terminal while they last, with their time; a pipe is told nothing."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from rich.console import Console

Inside = TypeVar("Inside")


@contextmanager
def step(name: str, console: "Console | None" = None) -> Iterator[None]:
    """Tell a step while the block lasts, and leave its name and its time behind once it has ended."""
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    console = console or Console()
    columns = (SpinnerColumn(finished_text="✔"), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        task = progress.add_task(name, total=None)
        yield
        progress.update(task, total=1, completed=1)


@contextmanager
def around(
    block: AbstractContextManager[Inside], before: str, after: str, console: "Console | None" = None
) -> Iterator[Inside]:
    """A block whose beginning and whose end are steps of their own."""
    with ExitStack() as entered:
        with step(before, console):
            inside = entered.enter_context(block)
        yield inside
        with step(after, console):
            entered.close()

"""The long steps of a command: told on a terminal, in their order; nothing elsewhere."""

import io
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from rich.console import Console

from greencloud.cli.steps import around, step


@contextmanager
def _block(seen: list[str]) -> Iterator[str]:
    seen.append("in")
    try:
        yield "inside"
    except ValueError:
        seen.append("failed")
        raise
    seen.append("out")


def _console(*, terminal: bool) -> tuple[Console, io.StringIO]:
    written = io.StringIO()
    return Console(file=written, force_terminal=terminal, width=80, color_system=None), written


def test_each_step_is_told_on_a_terminal_in_its_order() -> None:
    console, written = _console(terminal=True)
    seen: list[str] = []
    with around(_block(seen), "Écriture", "Mise en place", console) as inside, step("Pages", console):
        assert inside == "inside"
    told = written.getvalue()
    assert -1 < told.index("✔ Écriture 0:00:00") < told.index("✔ Pages") < told.index("✔ Mise en place")
    assert seen == ["in", "out"]


def test_nothing_is_told_elsewhere() -> None:
    console, written = _console(terminal=False)
    with step("Pages", console):
        pass
    assert written.getvalue() == ""


def test_a_failure_inside_reaches_the_block_and_its_end_is_not_told() -> None:
    console, written = _console(terminal=True)
    seen: list[str] = []
    with pytest.raises(ValueError, match="panne"), around(_block(seen), "Écriture", "Mise en place", console):
        raise ValueError("panne")
    assert seen == ["in", "failed"]
    assert "Mise en place" not in written.getvalue()

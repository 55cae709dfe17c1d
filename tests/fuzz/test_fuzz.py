"""A small share of `make fuzz`: whatever the bytes, a check ends with a verdict."""

from pathlib import Path

import pytest

from tests.fuzz.fuzz_check import checked, run

FILES = 1_500
FAILED = [
    797_516,  # DuckDB quotes a line of more than 10,000 octets and cuts it amid a letter: its error is no text
]
"""The files of the million that once had no verdict."""


def test_mutated_files_always_get_a_verdict() -> None:
    outcomes = [outcome for _, batch in run(first=0, files=FILES, workers=2) for outcome in batch]
    assert [outcome for outcome in outcomes if outcome.failure] == []


@pytest.mark.parametrize("number", FAILED)
def test_a_file_that_once_had_no_verdict_has_one(number: int, tmp_path: Path) -> None:
    assert checked(number, tmp_path).failure is None

"""A small share of `make fuzz`: whatever the bytes, a check ends with a verdict."""

from tests.fuzz.fuzz_check import run

FILES = 1_500


def test_mutated_files_always_get_a_verdict() -> None:
    outcomes = [outcome for _, batch in run(first=0, files=FILES, workers=2) for outcome in batch]
    assert [outcome for outcome in outcomes if outcome.failure] == []

from collections import Counter

import pytest

from greencloud.sample.draw import Draw, spread


def test_the_same_seed_gives_the_same_draws() -> None:
    first, second = Draw(7), Draw(7)
    assert [first.between(0, 1) for _ in range(5)] == [second.between(0, 1) for _ in range(5)]
    assert Draw(7).between(0, 1) != Draw(8).between(0, 1)


def test_the_sequence_is_the_one_that_python_guarantees() -> None:
    assert [round(Draw(2017).between(0, 1), 12), Draw(2017).whole(1, 6)] == [0.199162903762, 2]


def test_bounds_are_kept() -> None:
    draw = Draw(1)
    assert {draw.whole(2, 4) for _ in range(200)} == {2, 3, 4}
    assert all(2 <= draw.between(2, 3) < 3 for _ in range(200))
    assert {draw.pick("ab") for _ in range(50)} == {"a", "b"}
    assert not any(draw.chance(0) for _ in range(50))
    assert all(draw.chance(1) for _ in range(50))


def test_weights_are_followed() -> None:
    draw = Draw(3)
    counts = Counter(draw.weighted({"rare": 1, "never": 0, "often": 9}) for _ in range(2000))
    assert 120 < counts["rare"] < 280
    assert counts["never"] == 0


def test_a_shuffle_loses_nothing() -> None:
    shuffled = Draw(5).shuffled(range(50))
    assert shuffled != list(range(50))
    assert sorted(shuffled) == list(range(50))


@pytest.mark.parametrize("count", [0, 1, 2, 3, 10, 97])
def test_a_spread_has_the_right_number_and_proportions(count: int) -> None:
    weights = {"a": 50, "b": 30, "c": 20}
    counts = Counter(spread(weights, count))
    assert sum(counts.values()) == count
    assert all(abs(counts[item] - count * weight / 100) < 1 for item, weight in weights.items())

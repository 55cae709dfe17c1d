"""Full matches of the patterns that Python's `re` may try for ever, `(a+)+$` or `a*a*a*b`, in linear time.

All states of the automaton are followed together, and where they lead is remembered. One character is always told by
`re` itself, so that both agree.
"""

import math
import re
import re._compiler as compiler  # type: ignore[import-not-found]
import re._constants as op  # type: ignore[import-not-found]
import re._parser as parser  # type: ignore[import-not-found]
from collections.abc import Callable, Iterable, Iterator
from typing import Any

_SHORT = 12
"""Texts up to this length are left to `re`, which cannot lose itself in them."""
_FEW_TURNS = 3
_MOST_WAYS = 1_000_000
"""Ways of sharing a text out among the parts of a pattern that `re` may try one by one."""
_MOST_STATES = 20_000
_MOST_REMEMBERED = 20_000
_REPEATS = (op.MAX_REPEAT, op.MIN_REPEAT)
_ONE = (op.LITERAL, op.NOT_LITERAL, op.ANY, op.IN)
_STARTS = (op.AT_BEGINNING, op.AT_BEGINNING_STRING)


class _Irregular(Exception):
    """What no automaton follows: look-around, references, boundaries; or too many states."""


def matcher(pattern: str) -> Callable[[str], bool]:
    """Whether a whole text matches, as `re.fullmatch` says."""
    compiled = re.compile(pattern)
    parsed = parser.parse(pattern)
    short = _SHORT if _costly(parsed, repeated=False) else _longest_tried(list(_choices(parsed)))
    if short is None or parsed.state.flags & re.MULTILINE:
        return lambda text: compiled.fullmatch(text) is not None
    try:
        automaton = _Automaton(parsed)
    except (_Irregular, RecursionError):
        return lambda text: compiled.fullmatch(text) is not None
    return lambda text: compiled.fullmatch(text) is not None if len(text) <= short else automaton.matches(text)


def _costly(items: Iterable[tuple[Any, Any]], repeated: bool) -> bool:
    """Whether something that may be read in several ways is repeated."""
    for code, argument in items:
        if code in _REPEATS:
            least, most, inside = argument
            if (repeated and least != most) or _costly(inside, repeated or most > _FEW_TURNS):
                return True
        elif code is op.BRANCH:
            if repeated or any(_costly(branch, repeated) for branch in argument[1]):
                return True
        elif code is op.SUBPATTERN and _costly(argument[3], repeated):
            return True
    return False


def _choices(items: Iterable[tuple[Any, Any]]) -> Iterator[float]:
    """For each part of a pattern that may be read in several ways, none being repeated, in how many."""
    for code, argument in items:
        if code in _REPEATS:
            least, most, inside = argument
            if least != most:
                yield math.inf if most is op.MAXREPEAT else most - least + 1
            for _ in range(min(most, _FEW_TURNS)):
                yield from _choices(inside)
        elif code is op.BRANCH:
            yield len(argument[1])
            for branch in argument[1]:
                yield from _choices(branch)
        elif code is op.SUBPATTERN:
            yield from _choices(argument[3])


def _longest_tried(choices: list[float]) -> int | None:
    """The length of the longest texts that `re` has few enough ways to read; None when that is any text.

    Only one part that takes as much as it likes is tried in as many ways as the text has letters: that is linear.
    """
    endless = choices.count(math.inf)
    ways = math.prod(count for count in choices if count != math.inf)
    if endless <= 1:
        return None if ways <= _MOST_WAYS else _SHORT
    letters = math.pow(_MOST_WAYS / min(ways, _MOST_WAYS), 1 / endless)
    return max(_SHORT, math.floor(letters))


class _Automaton:
    """States by number: what a state asks (one character, an anchor, nothing) and where it leads."""

    def __init__(self, parsed: Any) -> None:
        self._state = parsed.state
        self._asks: list[Any] = [None]
        self._next: list[list[int]] = [[]]
        self._leads: dict[tuple[frozenset[int], str], frozenset[int]] = {}
        self._singles: dict[str, Callable[[str], bool]] = {}
        self._start = self._sequence(list(parsed), 0)

    def matches(self, text: str) -> bool:
        """Whether the automaton reads the whole text."""
        states, leads = self._reached([self._start], text, 0), self._leads
        inside = len(text) - 1  # from there on, an anchor may hold
        for place, letter in enumerate(text, start=1):
            after = leads.get((states, letter)) if place < inside else None
            if after is None:
                after = self._after(states, letter, text, place)
                if place < inside:
                    self._remember(states, letter, after)
            states = after
            if not states:
                return False
        return 0 in states

    def _after(self, states: frozenset[int], letter: str, text: str, place: int) -> frozenset[int]:
        """The states behind a letter, which ends at that place."""
        passed = [self._next[state][0] for state in states if callable(ask := self._asks[state]) and ask(letter)]
        return self._reached(passed, text, place)

    def _remember(self, states: frozenset[int], letter: str, after: frozenset[int]) -> None:
        if len(self._leads) >= _MOST_REMEMBERED:
            self._leads.clear()
        self._leads[states, letter] = after

    def _reached(self, states: list[int], text: str, place: int) -> frozenset[int]:
        """The states that are reached from others without reading a character."""
        reached: set[int] = set()
        while states:
            state = states.pop()
            if state in reached:
                continue
            reached.add(state)
            ask = self._asks[state]
            if not callable(ask) and (ask is None or _stands(ask, text, place)):
                states.extend(self._next[state])
        return frozenset(reached)

    def _add(self, ask: Any, leads: list[int]) -> int:
        if len(self._asks) >= _MOST_STATES:
            raise _Irregular
        self._asks.append(ask)
        self._next.append(leads)
        return len(self._asks) - 1

    def _sequence(self, items: list[tuple[Any, Any]], then: int) -> int:
        for code, argument in reversed(items):
            then = self._item(code, argument, then)
        return then

    def _item(self, code: Any, argument: Any, then: int) -> int:
        if code in _ONE:
            return self._add(self._single((code, argument)), [then])
        if code is op.BRANCH:
            return self._add(None, [self._sequence(list(branch), then) for branch in argument[1]])
        if code is op.SUBPATTERN and not argument[1] and not argument[2]:
            return self._sequence(list(argument[3]), then)
        if code in _REPEATS:
            return self._repeat(argument[0], argument[1], list(argument[2]), then)
        if code is op.AT and argument in (*_STARTS, op.AT_END, op.AT_END_STRING):
            return self._add(argument, [then])
        raise _Irregular

    def _repeat(self, least: int, most: Any, items: list[tuple[Any, Any]], then: int) -> int:
        if most is op.MAXREPEAT:
            loop = self._add(None, [then])
            self._next[loop].append(self._sequence(items, loop))
            start = loop
        else:
            start = then
            for _ in range(most - least):
                start = self._add(None, [then, self._sequence(items, start)])
        for _ in range(least):
            start = self._sequence(items, start)
        return start

    def _single(self, item: tuple[Any, Any]) -> Callable[[str], bool]:
        key = repr(item)
        if key not in self._singles:
            one = compiler.compile(parser.SubPattern(self._state, [item]), 0)
            known: dict[str, bool] = {}

            def reads(letter: str) -> bool:
                if letter not in known:
                    known[letter] = one.fullmatch(letter) is not None
                return known[letter]

            self._singles[key] = reads
        return self._singles[key]


def _stands(anchor: Any, text: str, place: int) -> bool:
    if anchor in _STARTS:
        return place == 0
    return place == len(text) or (anchor is op.AT_END and place == len(text) - 1 and text[-1] == "\n")

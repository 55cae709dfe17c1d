"""Plausibility rules: one module per rule, with its condition, its French message, its fix and its own proof.

A rule never changes a value: it names the probable cause and the declarant corrects. Bounds come from
measured practice; the basis of each one stands in the docstring of its module and in ``Rule.source``.
"""

import importlib
import pkgutil
from functools import cache

from greencloud.rules.evaluation import Hit, evaluate
from greencloud.rules.families import FAMILIES
from greencloud.rules.rule import Level, Rule

__all__ = ["Hit", "Level", "Rule", "codes", "evaluate", "for_table"]

_MECHANISM = frozenset({"evaluation", "families", "grandeurs", "rule", "writing"})


def for_table(name: str) -> tuple[Rule, ...]:
    """The rules that apply to the rows of one table, in order of family, then of code."""
    return tuple(rule for rule in _all() if name in rule.tables)


def codes() -> tuple[str, ...]:
    """Every rule code, in order of family, then of code."""
    return tuple(rule.code for rule in _all())


@cache
def _all() -> tuple[Rule, ...]:
    names = sorted(module.name for module in pkgutil.iter_modules(__path__) if module.name not in _MECHANISM)
    rules = [_rule(name) for name in names]
    return tuple(sorted(rules, key=lambda rule: (list(FAMILIES).index(rule.famille), rule.code)))


def _rule(name: str) -> Rule:
    rule = importlib.import_module(f"{__name__}.{name}").RULE
    if not isinstance(rule, Rule) or rule.code != name:
        raise TypeError(f"greencloud/rules/{name}.py must define RULE, a Rule whose code is {name!r}")
    return rule

"""Plausibility rules: one module per rule, with its condition, its French message, its fix and its own proof.

A rule never changes a value: it names the probable cause and the declarant corrects. Bounds come from
measured practice; the basis of each one stands in the docstring of its module and in ``Rule.source``.
"""

import importlib
import pkgutil
from dataclasses import replace
from functools import cache

from greencloud.rules.evaluation import Hit, evaluate
from greencloud.rules.families import FAMILIES
from greencloud.rules.rule import Level, Rule

__all__ = ["VERSION", "Hit", "Level", "Rule", "across", "catalogue", "codes", "evaluate", "for_table"]

VERSION = "2026-11-22"
"""`version_regles`: the rules, their bounds and their causes. Raised with any of them."""

_MECHANISM = frozenset({"context", "evaluation", "families", "grandeurs", "histoire", "rule", "wording", "writing"})


def for_table(name: str) -> tuple[Rule, ...]:
    """The rules that judge a row of one table by itself, in order of family, then of code: those of the check."""
    return tuple(rule for rule in catalogue() if name in rule.tables and not rule.voit)


@cache
def across(name: str) -> tuple[Rule, ...]:
    """The rules that also see the site's other years, the register, the other sites: those of the warehouse."""
    seeing = [rule for rule in catalogue() if name in rule.tables and (rule.voit or rule.puissance_du_registre)]
    return tuple(_by_register(rule) if rule.puissance_du_registre else rule for rule in seeing)


def _by_register(rule: Rule) -> Rule:
    """The rule on the rows that the check could not judge: the register alone knows their installed power."""
    return replace(rule, condition=f"puissance_au_registre AND ({rule.condition})")


def codes() -> tuple[str, ...]:
    """Every rule code, in order of family, then of code."""
    return tuple(rule.code for rule in catalogue())


@cache
def catalogue() -> tuple[Rule, ...]:
    """Every rule, in order of family, then of code."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__) if module.name not in _MECHANISM)
    rules = [_rule(name) for name in names]
    return tuple(sorted(rules, key=lambda rule: (list(FAMILIES).index(rule.famille), rule.code)))


def _rule(name: str) -> Rule:
    rule = importlib.import_module(f"{__name__}.{name}").RULE
    if not isinstance(rule, Rule) or rule.code != name:
        raise TypeError(f"greencloud/rules/{name}.py must define RULE, a Rule whose code is {name!r}")
    return rule

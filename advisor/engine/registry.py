"""Finds every rule and strategy: a file in the package is enough to be one."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator, Mapping
from types import MappingProxyType, ModuleType

from advisor import rules, strategies
from advisor.diagnosis import Rule, Strategy
from advisor.diagnosis.entry import Entry


def _modules(package: ModuleType) -> Iterator[ModuleType]:
    for found in pkgutil.iter_modules(package.__path__):
        yield importlib.import_module(f"{package.__name__}.{found.name}")


def _in_order_of_diagnosis() -> Mapping[str, Rule]:
    found: list[Rule] = [module.rule for module in _modules(rules)]
    return MappingProxyType({rule.id: rule for rule in sorted(found, key=lambda rule: (rule.place, rule.id))})


def _by_id() -> Mapping[str, Strategy]:
    found: list[Strategy] = [module.strategy for module in _modules(strategies)]
    return MappingProxyType({strategy.id: strategy for strategy in found})


RULES: Mapping[str, Rule] = _in_order_of_diagnosis()
"""Every rule by its id, causes before their look-alikes (decision model 1.3)."""

STRATEGIES: Mapping[str, Strategy] = _by_id()
"""Every strategy by its id."""

ENTRIES: Mapping[str, Entry] = MappingProxyType({**STRATEGIES, **RULES})
"""All of them by their ids."""

"""What rules and strategies have in common: a file that is the id, a docstring that is the page, limits."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from threading import RLock
from typing import Final

_one_at_a_time: Final = RLock()


@contextmanager
def with_limits(entries: Mapping[str, Entry], overrides: Mapping[str, Mapping[str, float]]) -> Iterator[None]:
    """Judge one service by the limits that somebody set for it: rule or strategy -> limit -> value.

    Other threads that judge wait meanwhile. What is set for an entry or a limit that is no more counts for nothing.
    """
    with _one_at_a_time:
        own = [(entries[name], values) for name, values in overrides.items() if name in entries]
        try:
            for entry, values in own:
                entry.set_limits(values)
            yield
        finally:
            for entry, _ in own:
                entry.set_limits({})


@dataclass(frozen=True, slots=True)
class Limit:
    """A number that decides, with its unit (UCUM, as in the vocabulary) and why it is this one.

    `at_most` names a limit of the same entry that this one must not pass, whoever sets either: the level at which a
    rule fires for the one at which it clears, or the reverse for a figure that speaks by being low. `fixed` is one that
    stands once for several entries, or in a snippet: no service has another.
    """

    value: float
    unit: str
    reason: str
    at_most: str = ""
    fixed: bool = False


class Entry:
    """One file of knowledge.

    Each limit is an attribute that holds its value, and a field of that name in the docstring, so
    that page and code cannot disagree.
    """

    def __init__(self, module: str, limits: Mapping[str, Limit]) -> None:
        """Take the id from the module's name and the page from its docstring.

        Raises:
            ValueError: the module has no docstring, or a limit is above the one that it names as `at_most`.
        """
        self.module = module
        self.id = module.rpartition(".")[2].replace("_", "-")
        self.limits = dict(limits)
        self.set_limits({})
        self.doc = sys.modules[module].__doc__ or ""
        if not self.doc:
            raise ValueError(f"{module} needs a docstring: it is the page that explains it")
        for name, limit in self.limits.items():
            if limit.at_most and not limit.value <= self.limits[limit.at_most].value:
                raise ValueError(f"{module}: the limit {name} must be at most {limit.at_most}")

    def set_limits(self, values: Mapping[str, float]) -> None:
        """Let each limit be as declared, or what is set here instead."""
        for name, limit in self.limits.items():
            self.__dict__[name] = limit.value if limit.fixed else values.get(name, limit.value)

    def __getattr__(self, name: str) -> float:
        """Limits are plain attributes: this is asked for no other, and tells the type of those."""
        raise AttributeError(f"{self.__dict__.get('module')} has no limit named {name}")

    @property
    def changeable(self) -> dict[str, Limit]:
        """The limits that a service may have for itself."""
        return {name: limit for name, limit in self.limits.items() if not limit.fixed}

    @cached_property
    def title(self) -> str:
        """The first line of the docstring."""
        return self.doc.strip().partition("\n")[0]

    @property
    def page(self) -> str:
        """The docstring with the limits put in."""
        return self.doc.format_map({name: limit.value for name, limit in self.limits.items()}).strip()

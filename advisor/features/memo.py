"""Signals are asked for by several rules and strategies, and computed once per snapshot."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

Owner = TypeVar("Owner")
P = ParamSpec("P")
Result = TypeVar("Result")


def remembered(method: Callable[Concatenate[Owner, P], Result]) -> Callable[Concatenate[Owner, P], Result]:
    """A method, or a function of an object, whose results live as long as the object, by the (hashable) arguments.

    Unlike `functools.cache` it keeps no object alive. The object's figures must never change.
    """

    @wraps(method)
    def once(self: Owner, /, *args: P.args, **kwargs: P.kwargs) -> Result:
        memory: dict[Any, Result] = self.__dict__.setdefault("_remembered", {})
        key = (method, args, *kwargs.items())
        if key not in memory:
            memory[key] = method(self, *args, **kwargs)
        return memory[key]

    return once

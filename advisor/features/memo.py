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
        memory: dict[Any, Result] | None = self.__dict__.get("_remembered")
        if memory is None:
            memory = self.__dict__["_remembered"] = {}
        key = (method, args, *kwargs.items()) if kwargs else (method, args)
        if key in memory:
            return memory[key]
        found = memory[key] = method(self, *args, **kwargs)
        return found

    return once

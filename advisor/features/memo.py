"""Signals are asked for by several rules and strategies, and computed once per snapshot."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar, cast

Owner = TypeVar("Owner")
P = ParamSpec("P")
Result = TypeVar("Result")


def remembered(method: Callable[Concatenate[Owner, P], Result]) -> Callable[Concatenate[Owner, P], Result]:
    """A method, or a function of an object, whose results live as long as the object, by the (hashable) arguments.

    Unlike `functools.cache` it keeps no object alive. The object's figures must never change. Arguments go by place.
    """
    place = f"{method.__module__}.{method.__qualname__}"

    @wraps(method)
    def once(self: Owner, /, *args: Any) -> Result:
        known: dict[Any, Result] | None = self.__dict__.get(place)
        if known is None:
            known = self.__dict__[place] = {}
        if args in known:
            return known[args]
        found = known[args] = method(self, *args)  # type: ignore[call-arg]
        return found

    return cast("Callable[Concatenate[Owner, P], Result]", once)

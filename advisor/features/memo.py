"""Signals are asked for by several rules and strategies, and computed once per snapshot."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, Final, ParamSpec, TypeVar, cast

Owner = TypeVar("Owner")
P = ParamSpec("P")
Result = TypeVar("Result")

_ABSENT: Final = object()


def remembered(method: Callable[Concatenate[Owner, P], Result]) -> Callable[Concatenate[Owner, P], Result]:
    """A method, or a function of an object, whose results live as long as the object, by the (hashable) arguments.

    Unlike `functools.cache` it keeps no object alive. The object's figures must never change. Arguments go by place.
    """
    place = f"{method.__module__}.{method.__qualname__}"

    @wraps(method)
    def once(self: Owner, /, *args: Any) -> Result:
        kept = self.__dict__
        known = kept.get(place)
        if known is None:
            known = kept[place] = {}
        found = known.get(args, _ABSENT)
        if found is _ABSENT:
            found = known[args] = method(self, *args)  # type: ignore[call-arg]
        return found  # type: ignore[no-any-return]

    return cast("Callable[Concatenate[Owner, P], Result]", once)

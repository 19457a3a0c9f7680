"""Signals are asked for by several rules and strategies, and computed once per snapshot."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, Final, ParamSpec, TypeVar, cast

Owner = TypeVar("Owner")
P = ParamSpec("P")
Result = TypeVar("Result")

_ABSENT: Final = object()

_PLAIN: Final = 2
"""Arguments of most, the object being one: the other needs no tuple around it, and a look asks hundreds of times."""


def remembered(method: Callable[Concatenate[Owner, P], Result]) -> Callable[Concatenate[Owner, P], Result]:
    """A method, or a function of an object, whose results live as long as the object, by the (hashable) arguments.

    Unlike `functools.cache` it keeps no object alive. The object's figures must never change. Arguments go by place.
    """
    place = f"{method.__module__}.{method.__qualname__}"
    ask: Callable[..., Result] = method
    is_plain = method.__code__.co_argcount == _PLAIN

    def once(self: Owner, of: Any, /) -> Result:
        kept = self.__dict__
        known = kept.get(place)
        if known is None:
            known = kept[place] = {}
        found = known.get(of, _ABSENT)
        if found is _ABSENT:
            found = known[of] = ask(self, of) if is_plain else ask(self, *of)
        return found  # type: ignore[no-any-return]

    def by_all(self: Owner, /, *args: Any) -> Result:
        return once(self, args)

    return cast("Callable[Concatenate[Owner, P], Result]", wraps(method)(once if is_plain else by_all))

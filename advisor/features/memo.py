"""Signals are asked for by several rules and strategies, and computed once per snapshot."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, Final, Generic, ParamSpec, Self, TypeVar, cast, overload

Owner = TypeVar("Owner")
P = ParamSpec("P")
Result = TypeVar("Result")

_ABSENT: Final = object()


def remembered(method: Callable[Concatenate[Owner, P], Result]) -> Callable[Concatenate[Owner, P], Result]:
    """A method, or a function of an object, whose results live as long as the object, by the (hashable) arguments.

    Unlike `functools.cache` it keeps no object alive. The object's figures must never change. Arguments go by place.
    A look asks hundreds of times, mostly with one argument, which needs no tuple around it.
    """
    place = f"{method.__module__}.{method.__qualname__}"
    ask: Callable[..., Result] = method
    asked = method.__code__.co_argcount - 1

    def alone(self: Owner, /) -> Result:
        kept = self.__dict__
        if place not in kept:
            kept[place] = ask(self)
        return kept[place]  # type: ignore[no-any-return]

    def by_one(self: Owner, of: Any, /) -> Result:
        kept = self.__dict__
        known = kept.get(place)
        if known is None:
            known = kept[place] = {}
        found = known.get(of, _ABSENT)
        if found is _ABSENT:
            found = known[of] = ask(self, of) if asked == 1 else ask(self, *of)
        return found  # type: ignore[no-any-return]

    def by_all(self: Owner, /, *args: Any) -> Result:
        return by_one(self, args)

    once: Callable[..., Result] = alone if asked == 0 else by_one if asked == 1 else by_all
    return cast("Callable[Concatenate[Owner, P], Result]", wraps(method)(once))


class kept(Generic[Owner, Result]):
    """A property that is computed once: `functools.cached_property` without a lock, which 3.11 takes longer for."""

    def __init__(self, method: Callable[[Owner], Result]) -> None:
        """Take the words of the method as well."""
        self.method, self.name, self.__doc__ = method, method.__name__, method.__doc__

    @overload
    def __get__(self, owner: None, kind: type[Owner]) -> Self: ...

    @overload
    def __get__(self, owner: Owner, kind: type[Owner]) -> Result: ...

    def __get__(self, owner: Owner | None, kind: type[Owner]) -> Self | Result:
        """Compute it, and let the object hold it under the same name, where it is found before this."""
        if owner is None:
            return self
        found = owner.__dict__[self.name] = self.method(owner)
        return found

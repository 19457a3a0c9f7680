"""Whether the cache that a service has already says that more of it would help."""

from __future__ import annotations

from typing import Final

from advisor.diagnosis.words import number, percent
from advisor.features import Snapshot
from advisor.features.caches import Cache, own_caches

HITS: Final = 0.20
"""Fewer look-ups that find their key mean keys that are asked once (decision model 1.5)."""

REPEATED: Final = 0.30
"""From this hit ratio on reads repeat (decision model C7)."""

LOOKUPS: Final = 1.0
"""Look-ups a second below which a cache says nothing of how reads repeat."""

EVICTED: Final = 0.01
"""One look-up of a hundred that pushes another key out: it is full."""

BUSY: Final = 0.70
"""GitLab's soft limit for the main thread of Redis."""


def full(snapshot: Snapshot, seconds: float) -> str:
    """Why the cache cannot take more, in a sentence with its number; empty where it can or none is told of."""
    for one in own_caches(snapshot, seconds):
        if _is_asked(one) and one.evicted >= EVICTED:
            return (
                f"{one.name} gives up {number(100 * one.evicted)} keys for every 100 look-ups for lack of memory: "
                "give it more first."
            )
        if one.busy >= BUSY:
            return f"The one thread of {one.name} is {percent(one.busy)} busy: more calls to it would wait."
    return ""


def futile(snapshot: Snapshot, seconds: float) -> str:
    """Why keys seem to be asked only once, in a sentence with its number; empty where nothing says so."""
    for one in own_caches(snapshot, seconds):
        if _is_asked(one) and one.hit_ratio < HITS:
            return (
                f"{one.name} answers {percent(one.hit_ratio)} of its look-ups, less than {percent(HITS)}: what is "
                "asked there is seldom asked twice, and more keys would not be either."
            )
    return ""


def repeats(snapshot: Snapshot, seconds: float) -> bool:
    """True if a cache of the service answers so much that its reads are known to repeat."""
    return any(_is_asked(one) and one.hit_ratio >= REPEATED for one in own_caches(snapshot, seconds))


def _is_asked(cache: Cache) -> bool:
    return cache.lookups >= LOOKUPS

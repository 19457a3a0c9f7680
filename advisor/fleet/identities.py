"""Who sent what lately, and who that was, as far as one process remembers."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count

from advisor.fleet import caps
from advisor.fleet.claim import Said
from advisor.fleet.memory import Memory

REMEMBERED_FOR = timedelta(hours=12)
"""Who says nothing for so long, or up to twice, is looked up again. Pruning deletes nobody before days of silence."""

_REMEMBERED = 20_000
"""Resources that a process remembers; the senders choose the names, so there must be a bound."""


@dataclass(frozen=True, slots=True)
class Identity:
    """The rows that a resource belongs to: a host alone, or a process of a service, with a host where it is known.

    `has_inside` is set where a probe or an SDK reports the process, whoever sent this; `has_probe` where it is ours.
    """

    host_id: int | None = None
    service_id: int | None = None
    instance_id: int | None = None
    serves: bool = False
    has_inside: bool = False
    has_probe: bool = False


Key = tuple[int, int | None, int | None, bool]
"""What else than the resource itself decides who it is: token, the token's host, ports that it listens on, `lives`."""

Place = tuple[int | None, int | None]  # host and instance


_numbers = count()


@dataclass(slots=True)
class Identities:
    """What a process remembers of who resources are.

    `places`: resource -> where it belongs; `instances`: who each is. `recent`: both, as of `version`, which counts the
    changes of `instances`, by the object that a resource's attributes were read into. It is one for the same bytes, and
    held here, so that they need not be compared.

    `seen` and `heard` are who sent samples and events since the last flush, by the objects themselves, and
    `seen_together` those who sent samples in one request. `refused`: resource -> what its token has too many of, and
    when it was found out. `due` is what is left of the last flush. `number` is no other's.
    """

    places: Memory[tuple[Key, Said], Place] = field(default_factory=lambda: Memory(_REMEMBERED))
    recent: Memory[int, tuple[Key, int, Identity, Place, Said]] = field(default_factory=lambda: Memory(_REMEMBERED))
    version: int = 0
    number: int = field(default_factory=_numbers.__next__)
    instances: Memory[int, Identity] = field(default_factory=lambda: Memory(_REMEMBERED))
    refused: Memory[tuple[Key, Said], tuple[caps.Kind, datetime]] = field(default_factory=lambda: Memory(_REMEMBERED))
    seen: dict[int, Identity] = field(default_factory=dict)
    seen_together: dict[int, tuple[Identity, ...]] = field(default_factory=dict)
    heard: dict[int, Identity] = field(default_factory=dict)
    seen_tokens: set[int] = field(default_factory=set)
    due: deque[Callable[[], None]] = field(default_factory=deque)
    flushed_at: datetime | None = None
    aged_at: datetime | None = None

    def grow_old(self, now: datetime) -> None:
        """Forget, from time to time, who was silent since the last time."""
        if self.aged_at is not None and now - self.aged_at < REMEMBERED_FOR:
            return
        self.aged_at = now
        self.places.grow_old()
        self.recent.grow_old()
        self.instances.grow_old()
        self.version += 1  # so that each is asked for, and young again

    def recall(self, said: Said, key: Key) -> Identity | None:
        """Who a resource is; None where that is not remembered."""
        known = self.recent.find(id(said))
        if known is not None and known[0] == key and known[1] == self.version:
            return known[2]
        place = known[3] if known is not None and known[0] == key else self.places.find((key, said))
        identity = None if place is None else self._at(*place)
        if place is not None and identity is not None:
            self.recent[id(said)] = key, self.version, identity, place, said
        return identity

    def _at(self, host_id: int | None, instance_id: int | None) -> Identity | None:
        if instance_id is None:
            return Identity(host_id)
        identity = self.instances.find(instance_id)
        return identity if identity is None or identity.host_id == host_id else replace(identity, host_id=host_id)

    def refusal(self, said: Said, key: Key, now: datetime) -> caps.Kind | None:
        """What a resource was refused for so lately that asking again would bring the same."""
        kind, at = self.refused.find((key, said)) or (None, now)
        return kind if abs(now - at) < caps.RECOUNT else None

    def keep(self, said: Said, key: Key, identity: Identity) -> None:
        """Remember who a resource is."""
        self.places[key, said] = (identity.host_id, identity.instance_id)
        self.recent.forget(id(said))
        if identity.instance_id is not None:
            self.know(identity.instance_id, identity)

    def know(self, instance_id: int, identity: Identity | None) -> None:
        """Remember who an instance is now; None where it is gone."""
        if self.instances.find(instance_id) == identity is not None:
            return
        self.version += 1  # also where it had been forgotten: who was asked for lately may still stand for it
        if identity is None:
            self.instances.forget(instance_id)
        else:
            self.instances[instance_id] = identity

"""Those whom one export tells of: it is the same ones each time, so who they are is remembered of all together."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from msgspec import Raw
from numpy.typing import NDArray

from advisor.fleet import registry
from advisor.fleet.claim import Said, is_agent
from advisor.fleet.memory import Memory
from advisor.fleet.models import Token
from advisor.fleet.registry import Identity
from advisor.ingest.attributes import Scalar
from advisor.ingest.readings import PROCESS_KEYS

if TYPE_CHECKING:
    from advisor.ingest._scan import Plain

_REMEMBERED: Final = 5_000
_REMEMBERED_BYTES: Final = 16 << 10
"""Whom a longer list tells of is found out anew each time: the memory must be bounded in bytes too."""

_OF_PROCESS, _OF_HOST = 1, 2
"""What a resource has rows of its own of, as the scanner tells it."""

_SIZE: Final = struct.Struct("<I")

_Key = tuple[bytes, int, int | None]  # ports that each listens on, the token and its host


@dataclass(frozen=True, slots=True)
class Members:
    """Who all of a crowd are.

    Attributes:
        identities: of each resource.
        processes: service and instance of each, a line each; 0 where it is none.
        hosts: the host of each, a line each; 0 where none is known.
        are_plain: whether all that has rows is of somebody, and nothing of it is told by somebody else as well.
        services: ids of those whose processes have rows.
        with_rows: ids of the hosts that have.
        known_hosts: ids of all hosts.
    """

    identities: tuple[Identity, ...]
    processes: NDArray[np.int64]
    hosts: NDArray[np.int64]
    are_plain: bool
    services: frozenset[int]
    with_rows: frozenset[int]
    known_hosts: frozenset[int]

    @classmethod
    def of(cls, crowd: Crowd, identities: tuple[Identity, ...]) -> Members:
        """Lay them out."""
        told = list(zip(identities, crowd.kinds, strict=True))
        return cls(
            identities,
            np.array([(one.service_id or 0, one.instance_id or 0) for one in identities], np.int64),
            np.array([(one.host_id or 0,) for one in identities], np.int64),
            all(map(_is_plain, crowd.said, crowd.kinds, identities)),
            frozenset(one.service_id or 0 for one, kinds in told if kinds & _OF_PROCESS),
            frozenset(one.host_id or 0 for one, kinds in told if kinds & _OF_HOST),
            frozenset(one.host_id for one in identities if one.host_id is not None),
        )


def machine_of(said: Said) -> Scalar | None:
    """What a resource calls the machine that it is on; None where it does not say."""
    name: Scalar | None = said.get("host.id") or said.get("host.name")
    return name


class Crowd:
    """The resources of an export.

    Attributes:
        said: the attributes of each.
        kinds: a byte each: whether it has rows of a process, of a host.
        is_named: whether all that have rows of a process say which.
        names_process: of each, whether it may be a process; else it is a machine alone.
        machines: what they call those that they are on, each once.
    """

    __slots__ = ("_recalled", "is_named", "kinds", "machines", "names_process", "said")

    def __init__(self, said: tuple[Said, ...], kinds: bytes) -> None:
        self.said = said
        self.kinds = kinds
        self.names_process = tuple(not PROCESS_KEYS.isdisjoint(one) for one in said)
        self.is_named = all(
            named or not kind & _OF_PROCESS for named, kind in zip(self.names_process, kinds, strict=True)
        )
        self.machines = frozenset(machine_of(one) for one in said)
        self._recalled: tuple[_Key, object, Members] | None = None

    def recall(self, listening: bytes, token: Token) -> Members | None:
        """Who all of them are; None where that is not remembered of one. Used by the writer's thread alone.

        Args:
            listening: the number of ports that each listens on, in two bytes; -1 where it does not say.
            token: who tells of them.
        """
        key, state = (listening, token.id, token.host_id), registry.state()
        if self._recalled is not None and self._recalled[0] == key and self._recalled[1] == state:
            return self._recalled[2]
        found = tuple(
            registry.recall(said, token, None if ports < 0 else ports, True)
            for said, ports in zip(self.said, np.frombuffer(listening, "<i2").tolist(), strict=True)
        )
        identities = tuple(one for one in found if one is not None)
        if len(identities) < len(found):
            return None
        members = Members.of(self, identities)
        self._recalled = key, state, members
        return members


class Crowds:
    """Remembers crowds by the bytes in which their exports tell of them."""

    def __init__(self, read: Callable[[bytes, Callable[[bytes], Raw]], Said]) -> None:
        self._read = read
        self._known = Memory[tuple[bytes, bytes], Crowd](_REMEMBERED)

    def of(self, plain: Plain, who: Callable[[bytes], Raw]) -> Crowd:
        """Whom an export tells of; `who` gives the JSON of a resource's attributes.

        Raises:
            ValueError: the attributes of one cannot be read.
        """
        key = plain.attributes, plain.kinds
        crowd = self._known.find(key)
        if crowd is None:
            crowd = Crowd(tuple(self._read(one, who) for one in _cut(plain.attributes)), plain.kinds)
            if len(plain.attributes) <= _REMEMBERED_BYTES:
                self._known[key] = crowd
        return crowd


def _cut(attributes: bytes) -> Iterator[bytes]:
    place = 0
    while place < len(attributes):
        (size,) = _SIZE.unpack_from(attributes, place)
        place += _SIZE.size + size
        yield attributes[place - size : place]


def _is_plain(said: Said, kinds: int, identity: Identity) -> bool:
    if (identity.has_inside or identity.has_probe) and is_agent(said):
        return False
    has_process, has_host = identity.instance_id is not None, identity.host_id is not None
    return (has_process or not kinds & _OF_PROCESS) and (has_host or not kinds & _OF_HOST)

"""What is not given for one trouble while another stands beside it (decision model 1.5)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from advisor.diagnosis import socket_room
from advisor.diagnosis.advice import Option
from advisor.diagnosis.finding import Ruling
from advisor.diagnosis.vetoes import FUTILE, FUTILE_HERE
from advisor.features.socket_capacity import Resource

_FORBIDS_COPIES: Final = frozenset(
    ("downstream-bound", "uneven-load", "datastore-write-bound", "datastore-read-bound", "crash-loop")
)
"""Rules beside which no copies are made, whatever they are to answer (decision model 1.5)."""

_FORBIDS_WORKERS: Final = frozenset(("memory-pressure", "host-cpu-saturated", "memory-leak", "descriptor-leak"))
"""The same for copies on the machine that the process is on."""

_PUT_OFF: Final[Mapping[str, frozenset[str]]] = {
    "memory-leak": frozenset(("memory-pressure", "gc-pressure")),
    "descriptor-leak": frozenset(("descriptor-exhaustion",)),
}
"""Leak -> rules that speak of what it fills: more copies and more room, spread out too, only put the end off."""

_LOST: Final[Mapping[str, frozenset[Resource]]] = {
    "memory-leak": frozenset((Resource.MEMORY, Resource.HEAP)),
    "descriptor-leak": frozenset((Resource.DESCRIPTORS,)),
}
"""Leak -> what it takes from WebSockets: where that runs out first it is the same for them."""

_REPAIR: Final = "fix-leak"

_ROOM: Final = ("tune-heap", "raise-limit", "vertical", "load-balance")


def forbidden_beside(standing: str, ruling: Ruling, option: Option) -> str:
    """Why an option for one rule is none while another rule fires; empty where it may be."""
    filled = _fills(standing, ruling)
    here = option.id == "cluster" and standing in _FORBIDS_WORKERS
    if option.adds_copies and (here or filled or standing in _FORBIDS_COPIES):
        return FUTILE.get(standing) or FUTILE_HERE[standing]
    return "A leak fills any size, only later" if filled and option.id in _ROOM else ""


def repaired_beside(standing: str, ruling: Ruling, strategy: str) -> bool:
    """True if a strategy that is none by a rule's own figures is the way out of another that fires, and so of both."""
    return strategy == _REPAIR and _fills(standing, ruling)


def _fills(standing: str, ruling: Ruling) -> bool:
    """True for a leak that fills what a rule says is short."""
    if ruling.rule == socket_room.RULE:
        return socket_room.scarcest(ruling) in _LOST.get(standing, ())
    return ruling.rule in _PUT_OFF.get(standing, ())

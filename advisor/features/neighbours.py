"""Who else uses a machine that a service runs on: programs that its agent counts, other loops, and the rest."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from advisor.features import stats
from advisor.features.machine import Machine
from advisor.features.process import loop_busy
from advisor.features.snapshot import Snapshot
from advisor.features.window import PartWindow
from advisor.vocabulary import PartKind

DATASTORES: Final = frozenset(
    ("postgres", "mysqld", "mariadbd", "mongod", "redis-server", "valkey-server", "memcached", "clickhouse-server")
)
"""File names of programs that keep data."""

_RUNTIMES: Final = ("node", "bun", "deno")
"""Programs that run services, this one among them: their loops are told apart, the program's sum is not."""

ROUNDING: Final = 0.05
"""Cores that no program accounts for: what is less comes from figures taken at different moments."""


@dataclass(frozen=True, slots=True)
class Neighbour:
    """One user of a machine besides the service.

    Attributes:
        name: the program's file name, or words for others.
        cores: cores that it keeps at work; NaN where nobody tells.
        memory: resident bytes; NaN where nobody tells.
        is_program: True for one program whose file name it is.
    """

    name: str
    cores: float
    memory: float
    is_program: bool = True

    @property
    def is_datastore(self) -> bool:
        """True for a program that keeps data."""
        return self.name in DATASTORES


def on(snapshot: Snapshot, machine: Machine, seconds: float) -> tuple[Neighbour, ...]:
    """The neighbours of the service on a machine, the one that uses most of the processors first."""
    watched = [part for part in machine.host.of_kind(PartKind.PROGRAM) if part.name not in _RUNTIMES]
    programs = [_program(part, machine, seconds) for part in watched]
    loops = _other_loops(snapshot, machine, seconds)
    own = stats.known_sum([p.cpu(seconds) for p in snapshot.on(machine)])
    told = stats.known_sum([own, *(n.cores for n in (*programs, *loops))])
    rest = machine.cpu(seconds) * machine.cores - machine.steal(seconds) * machine.cores - told
    others = [Neighbour("other programs", rest, math.nan, is_program=False)] if rest > ROUNDING else []
    return tuple(sorted((*programs, *loops, *others), key=lambda n: -n.cores if n.cores >= 0 else math.inf))


def _program(part: PartWindow, machine: Machine, seconds: float) -> Neighbour:
    span = machine.span(seconds)
    return Neighbour(part.name, stats.rate(part.track, "busy", span), stats.latest(part.track, "memory", span))


def _other_loops(snapshot: Snapshot, machine: Machine, seconds: float) -> list[Neighbour]:
    """The loops of other services: a loop that is busy stands for so much of a core."""
    own = {instance.id for instance in snapshot.window.instances}
    span = machine.span(seconds)
    busy = [loop_busy(track, span) for key, track in machine.host.loops.items() if key not in own]
    known = [share for share in busy if share > 0]
    name = "another Node.js process" if len(known) == 1 else f"{len(known)} other Node.js processes"
    return [Neighbour(name, sum(known), math.nan, is_program=False)] if known else []

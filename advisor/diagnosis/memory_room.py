"""What is short where memory runs out, and how many machines relieve it by what follows the load (C4)."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from advisor.diagnosis.advice import Expectation
from advisor.diagnosis.finding import Ruling
from advisor.diagnosis.peak import growth, told
from advisor.diagnosis.prediction import LONG
from advisor.diagnosis.sizes import PEAK, RELAXED
from advisor.diagnosis.vetoes import MOVED, connections_veto
from advisor.diagnosis.words import counted, percent, size
from advisor.features import Snapshot, control_groups, stats
from advisor.features.heap import heap_floor, heap_share
from advisor.features.load_share import HEAP, MEMORY, bytes_by_load
from advisor.features.memory import Bound, memory_of
from advisor.features.process import Process

_Expected = Callable[[float, float, float], Expectation]
"""What a share is now, and at least and at most afterwards."""

_OF_MEMORY: Final = frozenset(("memory_long", "memory_now", "memory_full", "swapping", "killed"))
"""The figures of memory pressure that speak of more than the limit of a heap."""


@dataclass(frozen=True, slots=True)
class Short:
    """What is short, in bytes.

    Attributes:
        place: a heap, a container or a machine, in words.
        used: in there, by all.
        limit: of it.
        moved: of what is used, what goes with the requests of now; NaN where nobody can tell.
        processes: of the service that may leave there for another machine; 0 for a heap and a container.
        own: what they use.
    """

    place: str
    used: float
    limit: float
    moved: float
    processes: int = 0
    own: float = 0.0

    @property
    def share(self) -> float:
        """Of the limit in use, 0 to 1."""
        return self.used / self.limit

    def at(self, load: float) -> float:
        """The same with so many times the load of now: mem' = base + slope x load (C4)."""
        return (self.used + self.moved * (load - 1)) / self.limit


@dataclass(frozen=True, slots=True)
class Relief:
    """So many machines and processes in all, in the words of an option.

    `rate` is how many requests a second fill one of the machines until memory is under pressure again; NaN where
    memory does not follow them.
    """

    title: str
    why: str
    machines: int
    copies: int
    expected: Expectation
    rate: float = math.nan


def only_heap(ruling: Ruling) -> bool:
    """True if it is the limit of a heap alone that is short, and no memory beside it."""
    held = {e.signal for e in ruling.reading.evidence if e.holds}
    return "heap_share" in held and not held & _OF_MEMORY


def over_machines(snapshot: Snapshot, ruling: Ruling) -> Relief | str:
    """The machines that share out what follows the load, or over which processes go; else why none help."""
    short = _heap(snapshot, ruling) if only_heap(ruling) else _memory(snapshot, ruling)
    if short is None or not snapshot.machines:
        return "0 of its hosts report beside its memory, so machines cannot be sized by it."
    if short.share < RELAXED:
        return f"{size(short.used)} of {size(short.limit)} are in use {short.place}, {percent(short.share)}: not short."
    expected = _of_heap if only_heap(ruling) else _of_memory
    if short.moved >= MOVED * short.used:
        return _shared(snapshot, short, expected)
    if short.processes > 1:
        return _spread(snapshot, short)
    if short.moved >= 0:
        moved = f"{size(short.moved)} follow the load: what stays would be as short in any copy"
    else:
        moved = "it is not known how many follow the load"
    return f"Of the {size(short.used)} in use {short.place}, {moved}."


def _shared(snapshot: Snapshot, short: Short, expected: _Expected) -> Relief | str:
    """Copies on more machines, each of which has a smaller part of the load."""
    hosts, peak = control_groups.hosts(snapshot), growth(snapshot)
    room = RELAXED * short.limit - (short.used - short.moved)
    if room <= 0:
        return f"{percent(short.at(0))} are in use {short.place} without any load, and would be on any machine."
    machines = max(hosts + 1, math.ceil(hosts * peak * short.moved / room - 1e-9))
    copies = math.ceil(len(snapshot.processes) * machines / hosts)
    if full := connections_veto(snapshot, copies):
        return full
    then, lost = short.at(hosts / machines), short.at(hosts / (machines - 1))
    return Relief(
        f"Add {counted(machines - hosts, 'machine')} behind a load balancer",
        f"{size(short.moved)} of the {size(short.used)} in use {short.place} follow the load. With {machines} machines "
        f"{percent(then)} of its limit are in use instead of {percent(short.share)}; with one of them lost "
        f"{percent(lost)}.{told(snapshot)}",
        machines,
        copies,
        expected(short.share, then, short.at(peak * hosts / machines)),
        snapshot.rps(LONG) / hosts * room / short.moved,
    )


def _spread(snapshot: Snapshot, short: Short) -> Relief | str:
    """The same processes on more machines: what each takes at rest goes along."""
    count, each, rest = len(snapshot.processes), short.own / short.processes, short.used - short.own
    taken = (
        f"{short.processes} processes take {size(short.own)} of the {size(short.used)} in use {short.place}, which do "
        "not follow the load."
    )
    kept = math.floor((RELAXED / PEAK * short.limit - rest) / each)
    if kept < 1:
        return f"{taken} With one of them there {percent((rest + each) / short.limit)} would still be in use."
    machines = max(control_groups.hosts(snapshot) + 1, math.ceil(count / kept))
    left = math.ceil(count / machines)
    then = (rest + each * left) / short.limit
    return Relief(
        f"Spread the {count} processes over {machines} machines",
        f"{taken} With {left} of them there it is {percent(then)} instead of {percent(short.share)}.",
        machines,
        count,
        _of_memory(short.share, then, min(then * PEAK, short.share)),
    )


def _of_memory(now: float, low: float, high: float) -> Expectation:
    return Expectation("memory", "Memory in use", "1", now, low, high)


def _of_heap(now: float, low: float, high: float) -> Expectation:
    return Expectation("heap_ratio", "Heap in use after collection, of its limit", "1", now, low, high)


def _heap(snapshot: Snapshot, ruling: Ruling) -> Short | None:
    """The heap that is fullest."""
    found = ((p, heap_share(snapshot, p, LONG)) for p in snapshot.processes)
    fullest = max((one for one in found if one[1] > 0), key=lambda one: one[1], default=None)
    if fullest is None:
        return None
    process, share = fullest
    used, moved = heap_floor(snapshot, process, LONG), _moved(snapshot, ruling, (process,), HEAP)
    return Short(f"in the heap of {process.name}", used, used / share, min(moved, used))


def _memory(snapshot: Snapshot, ruling: Ruling) -> Short | None:
    """The container or the machine that is fullest, and what moves in all processes that share it."""
    bound = ((p, memory_of(p, snapshot.machine_of(p), LONG)) for p in snapshot.processes)
    fullest = max((one for one in bound if one[1].share >= 0), key=lambda one: one[1].share, default=None)
    if fullest is None:
        return None
    process, memory = fullest
    machine = snapshot.machine_of(process)
    if machine is None or memory.bound is Bound.GROUP:
        moved = _moved(snapshot, ruling, control_groups.mates(snapshot, process), MEMORY)
        return Short(f"in the container of {process.name}", memory.used, memory.limit, min(moved, memory.used))
    here = [one for one in snapshot.on(machine) if memory_of(one, machine, LONG).bound is Bound.HOST]
    moved, each = _moved(snapshot, ruling, here, MEMORY), stats.mean([one.memory(LONG) for one in here])
    place, count = f"on {machine.name}", len(here) if each > 0 else 0
    # Each process counts the pages that they share as its own, so their sum can pass what is in use.
    own = min(count * each, memory.used) if count else 0
    return Short(place, memory.used, memory.limit, min(moved, memory.used), count, own)


def _moved(snapshot: Snapshot, ruling: Ruling, processes: Sequence[Process], levels: Sequence[str]) -> float:
    """Bytes that go with the requests of now in all of them; who does not tell counts as the mean of the others."""
    past = snapshot.recalled(ruling.rule)
    known = {one.id: one for one in past.window.instances} if past else {}
    told = [p for p in processes if p.instance.id in known]
    each = stats.mean([bytes_by_load(known[p.instance.id], levels) * p.requests(LONG) for p in told])
    return each * len(processes)

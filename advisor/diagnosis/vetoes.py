"""When more copies of a process cannot help, whichever way they are made (decision model 1.5).

What a rule found decides: the reason to turn copies down holds the figure that made the rule speak.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Final

from advisor.diagnosis.finding import Ruling
from advisor.diagnosis.growing import leaking
from advisor.diagnosis.prediction import LONG, NOW
from advisor.diagnosis.sharing import not_of_connections, of_kernel
from advisor.diagnosis.words import counted, duration, figure, number, percent
from advisor.features import Snapshot, stats
from advisor.features.cause import Cause, cause_of_blocks
from advisor.features.connections import to_datastores
from advisor.features.datastores import called
from advisor.features.descriptors import RECENT, descriptors_of, ended_at_kernel, fullest
from advisor.features.load_share import moved_by_load
from advisor.features.memory import Bound, memory_of
from advisor.features.task import WINDOW, blocking_task

USUAL_FILES: Final = 65_536
"""Descriptors that a process may ordinarily be allowed: below it raising the limit comes first (C8)."""

CONNECTIONS: Final = 0.8
"""Share of a datastore's connections that all copies together may open (decision model 1.5)."""

HEAP_FIRST: Final = 0.8
"""Share of its limit that a heap keeps after collections from which the heap is looked at before copies (C6)."""

MOST: Final = 0.5
"""Share of a machine's busy processors from which a datastore is what keeps them busy (as `datastore-write-bound`)."""

LITTLE: Final = 0.2
"""Share of all processors below which a service that moves away leaves a full machine full (judgement)."""

_OF_MACHINE: Final = ("memory_long", "memory_now", "swapping")
"""Figures of memory that are those of a whole machine where no control group is smaller."""

MOVED: Final = 0.3
"""Share of the memory that moves with requests from which fewer of them for each process are felt (judgement)."""

FUTILE: Final[Mapping[str, str]] = {
    "memory-leak": "More copies leak as well, each from its own start",
    "downstream-bound": "More copies send the same calls to what is slow, over more connections",
    "thread-pool-saturated": "The pool is short in each process, and a larger one costs no copy",
    "descriptor-leak": "More copies lose descriptors as well",
    "uneven-load": "What is passed over now would be passed over beside more copies",
    "disk-filling": "More copies write as much together, or more",
    "datastore-write-bound": "Each copy adds its connections to a datastore that is the limit",
    "datastore-read-bound": "Each copy adds its connections to a datastore that is the limit",
    "crash-loop": "More copies of the same release end the same way",
    "overprovisioned": "It has more than it needs",
    "websocket-capacity": "Open connections stay where they are, and plain copies share no sessions and no rooms",
}
"""Rule -> why copies by themselves do not help, on this machine or on others."""

FUTILE_HERE: Final[Mapping[str, str]] = {
    "memory-pressure": "Another copy takes the memory that is short",
    "host-cpu-saturated": "Another worker shares the processors that are short",
}
"""The same for copies on the machine that the process is on."""

_TOLD_FIRST: Final[Mapping[str, tuple[str, ...]]] = {"downstream-bound": ("pool_wait", "wait_share")}
"""Rule -> the figures that say why copies do not help, where its first one says only that somebody is hurt."""


def clone_veto(snapshot: Snapshot, ruling: Ruling) -> str | None:
    """Why no further copy helps, with the figure that says so; None where copies may help."""
    if ruling.rule in FUTILE:
        return f"{FUTILE[ruling.rule]} ({deciding(snapshot, ruling)})."
    special = _SPECIAL.get(ruling.rule)
    return special(snapshot, ruling) if special else None


def same_host_veto(snapshot: Snapshot, ruling: Ruling) -> str | None:
    """The same for a copy on the machine that the process is on."""
    if ruling.rule == "host-cpu-saturated":
        return _crowded(snapshot)
    if ruling.rule == "event-loop-blocked":
        return _in_calls(snapshot)
    if ruling.rule in FUTILE_HERE:
        return f"{FUTILE_HERE[ruling.rule]} ({deciding(snapshot, ruling)})."
    return clone_veto(snapshot, ruling)


def connections_veto(snapshot: Snapshot, copies: int) -> str | None:
    """Why so many copies would exhaust a datastore's connections; None where they fit or nobody tells."""
    for store in to_datastores(snapshot, LONG):
        if store.share(copies) > CONNECTIONS:
            return (
                f"{counted(copies, 'process')} with pools of {number(store.each)} and {number(store.others)} "
                f"connections of others would take {percent(store.share(copies))} of the {number(store.capacity)} "
                f"that {store.server} accepts, more than {percent(CONNECTIONS)}."
            )
    return None


def most_copies(snapshot: Snapshot, least: int, most: int, each: float = 1.0) -> int:
    """The most copies of `each` processes between these two whose pools fit what datastores accept."""
    while most > least and connections_veto(snapshot, math.ceil(most * each)):
        most -= 1
    return most


def deciding(snapshot: Snapshot, ruling: Ruling) -> str:
    """The figure that speaks most for the rule, with its name; the number of processes if it shows none."""
    told = [e for e in ruling.reading.evidence if e.value is not None]
    apt = [e for name in _TOLD_FIRST.get(ruling.rule, ()) for e in told if e.signal == name and e.holds]
    first = next((e for e in (*apt, *told) if e.holds), next(iter(told), None))
    if first is None:
        return counted(len(snapshot.processes), "process")
    return f"{first.label[:1].lower()}{first.label[1:]}: {figure(first.value, first.unit)}"


def _descriptors(snapshot: Snapshot, ruling: Ruling) -> str | None:
    """Copies share connections out and nothing that leaks, and a limit below the usual one is raised first (C8)."""
    if leak := leaking(ruling):
        return f"{leak}: each copy would do the same."
    if (kernel := of_kernel(ruling)) > 0:
        return f"{percent(kernel)} of all descriptors of a kernel are open: its limit is raised first."
    if ended := ended_at_kernel(snapshot, RECENT):
        return f"{counted(len(ended), 'process')} ended at the limit of a kernel (ENFILE): it is raised first."
    worst = fullest(snapshot.processes, LONG)
    found = descriptors_of(worst, LONG) if worst else None
    if found and (others := not_of_connections(found)):
        return others
    if found and found.limit >= USUAL_FILES:
        return None
    allowed = f" of {number(found.limit)}" if found else ""
    return f"A limit{allowed} is raised first, to {number(USUAL_FILES)} ({deciding(snapshot, ruling)})."


def _collected(snapshot: Snapshot, ruling: Ruling) -> str | None:
    """A loop that is full with its garbage is shared out; a heap that is full is as full in each copy (C6)."""
    told = {e.signal: e for e in ruling.reading.evidence}
    shown = deciding(snapshot, ruling)
    if "headroom" not in told or not told["headroom"].holds:
        return f"Each copy collects the garbage of its own requests, which are as costly there ({shown})."
    kept, major = (told[name].value if name in told else None for name in ("heap_filled", "gc_major_share"))
    if kept is None and (major is None or major >= 0.5):
        return f"A heap that is full is as full in each copy, and how full it is nobody tells ({shown})."
    if kept is not None and kept >= HEAP_FIRST:
        return f"The heap is {percent(kept)} full after a collection, and would be as full in each copy."
    return None


def _released(snapshot: Snapshot, ruling: Ruling) -> str | None:
    """A second process can answer while the first restarts; more do not make the end of one gentler."""
    count = len(snapshot.processes)
    if count < 2:
        return None
    return f"{counted(count, 'process')} can already stand in for one that restarts: what is lost is lost as it ends."


def _crowded(snapshot: Snapshot) -> str | None:
    """Why C3 forbids more processes on a machine, whatever its mean says of idle cores."""
    machine = snapshot.busiest_machine(LONG)
    if machine is None:
        return None
    waits = stats.mean([p.gap(NOW) for p in snapshot.on(machine)])
    if waits > 0:
        return f"Its processes on {machine.name} wait for a processor {percent(waits)} of the time; another would too."
    return f"{machine.name} is {percent(machine.cpu(NOW))} busy, and another worker would share what is left."


def _in_calls(snapshot: Snapshot) -> str | None:
    """A copy confines work that must be done on some loop; a synchronous call need not be made on any (C2)."""
    task = blocking_task(snapshot, WINDOW)
    if task is None or cause_of_blocks(task.process, WINDOW, snapshot.machine_of(task.process)) is not Cause.WAITING:
        return None
    block = duration(task.seconds)
    return f"A copy is in the synchronous call for {block} as well; an asynchronous call holds up no loop."


def _held(snapshot: Snapshot, ruling: Ruling) -> str | None:
    """Memory that leaks or does not follow the load is as short in each copy, on whichever machine (C4, C5)."""
    if leak := leaking(ruling):
        return f"{leak}: each copy would grow as well."
    if _is_crowded(snapshot, ruling):
        return None
    past = snapshot.recalled(ruling.rule)
    share = stats.highest([moved_by_load(one) for one in past.window.instances] if past else [])
    if share >= MOVED:
        return None
    told = "is not known to follow the load" if math.isnan(share) else f"follows the load by {percent(share)} only"
    return f"Its memory {told}: as much would be short in a copy on another machine ({deciding(snapshot, ruling)})."


def _is_crowded(snapshot: Snapshot, ruling: Ruling) -> bool:
    """True if it is a machine that is full, and several processes of the service share it: some may go elsewhere."""
    full = any(e.holds for e in ruling.reading.evidence if e.signal in _OF_MACHINE)
    shared = ((machine, snapshot.on(machine)) for machine in snapshot.machines)
    return full and any(
        len(mates) > 1 and memory_of(mates[-1], machine, LONG).bound is Bound.HOST for machine, mates in shared
    )


def _filled_by_datastore(snapshot: Snapshot, ruling: Ruling) -> str | None:
    """Processes that leave a machine which their datastore fills ask it for as much from elsewhere (C3)."""
    own = next((e.value for e in ruling.reading.evidence if e.signal == "own_cpu"), None)
    store = max(called(snapshot, LONG), key=lambda one: stats.highest([one.own, 0.0]), default=None)
    if own is None or own >= LITTLE or store is None or not store.own >= MOST:
        return None
    return (
        f"Programs that keep its data have {percent(store.own)} of the busy processors, and the service uses "
        f"{percent(own)} of all: copies elsewhere would ask {store.name} for as much."
    )


_SPECIAL: Final[Mapping[str, Callable[[Snapshot, Ruling], str | None]]] = {
    "descriptor-exhaustion": _descriptors,
    "gc-pressure": _collected,
    "dropped-at-deploy": _released,
    "memory-pressure": _held,
    "host-cpu-saturated": _filled_by_datastore,
}

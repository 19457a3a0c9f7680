"""Move to a bigger machine

## When it fits
What is short belongs to the machine or the container: processors that enough processes use, a quota that holds them
back, memory that the service needs even at rest or that open WebSockets take, a disk that data fills, or the memory,
processors or disk of a datastore's host. It is the quickest way out where nothing may be rebuilt.

## When it does not
One process runs JavaScript on one core: more cores would idle too, while any core here is idle already. A
piece of work that blocks the loop takes as long on any number of cores. Many small files fill the inodes of a disk
of any size. Waiting for others, leaks, crashes and limits of a process stay as they are. A machine also has a
largest size.

## How
Take a machine (or a limit of the container, or a volume) of the size given, move the service, and let it use
what is new: one worker per core. A quota can also be removed: the kernel shares processors out where they are short.

## What it costs
Usually the price grows with the size, and moving needs a short stop or a second machine.

## How to verify
Host CPU falls in proportion to the cores and loops are no longer busy without computing; fewer than {calm:.0%}
of quota periods are throttled; memory stays below
{relaxed:.0%} over one daily peak; the disk is used to {roomy:.0%} or less.

## References
- [Node.js: os.availableParallelism](https://nodejs.org/api/os.html#osavailableparallelism)
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Final

from advisor.diagnosis import (
    Limit,
    Option,
    Rejection,
    Ruling,
    Strategy,
    machine_size,
    quota,
    socket_room,
    store_size,
    stores,
)
from advisor.diagnosis.disks import filling_of
from advisor.diagnosis.growing import leaking
from advisor.diagnosis.prediction import LONG, SIZING
from advisor.diagnosis.sizes import RELAXED, ROOMY, Growth, tightest_memory
from advisor.diagnosis.vetoes import deciding
from advisor.diagnosis.words import cores, counted, duration, number, percent
from advisor.features import Snapshot
from advisor.features.datastores import Datastore
from advisor.features.filesystem import INODES
from advisor.features.machine import Machine
from advisor.features.process import MINUTE
from advisor.features.socket_capacity import Resource
from advisor.features.store_memory import local_stores, memory_used
from advisor.features.task import WINDOW
from advisor.vocabulary import Family

strategy = Strategy(
    __name__,
    family=Family.VERTICAL,
    name="A bigger machine",
    effort="hours, with a short stop",
    risk="low, but it has an end: machines have a largest size",
    spare=Limit(0.5, "{cpu}", "while this much is idle, cores are not what is short"),
    idle=Limit(0.2, "1", "of the cores of a full host: it is calm again from here on (C3), however many it has"),
    grown=Limit(0.7, "1", "what is left of the confidence, since the processes must also use the new cores"),
    delayed=Limit(0.7, "1", "what is left of it where growth goes on: a bigger disk or memory only fills later"),
    calm=Limit(quota.CALM, "1", "what the decision model asks of a quota that is raised (C3)", fixed=True),
    relaxed=Limit(RELAXED, "1", "memory pressure is over below it (C4); above it memory is what is short", fixed=True),
    roomy=Limit(ROOMY, "1", "below it a disk no longer warns (C12)", fixed=True),
    missing=Limit(0.01, "1", "of the blocks asked for: above it, by a rule of thumb, the cache is too small"),
    crowded=Limit(0.80, "1", "GitLab's soft limit for the processors of a primary (C13)"),
    at_work=Limit(0.80, "1", "of the time: the level at which the rule for reads calls a disk busy (C14)"),
)

BLOCKED, CROWDED, READS, WRITES = (
    "event-loop-blocked", "host-cpu-saturated", "datastore-read-bound", "datastore-write-bound",
)  # fmt: skip

_FUTILE: Final[Mapping[str, str]] = {
    "gc-pressure": "A collection stops the loop on one core, whatever the machine has",
    "downstream-bound": "It waits for others, not for its own machine",
    "thread-pool-saturated": "The pool has as many threads on any machine until it is told otherwise",
    "descriptor-exhaustion": "The limit is a setting of the process or of the kernel, on any machine",
    "uneven-load": "A bigger machine is passed over as well",
    "crash-loop": "The same release ends the same way on any machine",
    "dropped-at-deploy": "What a process drops as it ends is dropped on any machine",
    "overprovisioned": "It has more than it needs",
}
"""Rule -> why a bigger machine does not help."""


@strategy.consider
def consider(snapshot: Snapshot, ruling: Ruling) -> Option | Rejection:
    """More of what is short, where that belongs to the machine."""
    if leak := leaking(ruling):
        return strategy.reject(f"{leak}: a bigger machine only puts the end off.")
    if ruling.rule in _FUTILE:
        return strategy.reject(f"{_FUTILE[ruling.rule]} ({deciding(snapshot, ruling)}).")
    return _BY_RULE.get(ruling.rule, _cores)(snapshot, ruling)


def _cores(snapshot: Snapshot, ruling: Ruling) -> Option | Rejection:
    """More cores only where cores are short and there are processes to use them."""
    machine = snapshot.busiest_machine(SIZING)
    if machine is None:
        return strategy.reject("0 of its hosts report their processors, so nothing shows that cores are short.")
    crowded, count = ruling.rule == CROWDED, len(snapshot.on(machine))
    # A full host speaks of this minute; sizing by a longer mean would contradict its own claim.
    spare = machine.spare(MINUTE if crowded else SIZING)
    if spare >= max(strategy.spare, strategy.idle * machine.cores if crowded else 0.0):
        idle = cores(spare, machine.cores)
        return strategy.reject(
            f"{counted(count, 'process')} can use {counted(count, 'core')}, and {idle} on {machine.name} are idle: "
            "more cores would idle too."
        )
    if count < math.floor(machine.cores):
        return strategy.reject(
            f"{counted(count, 'process')} cannot use the {number(machine.cores)} cores of {machine.name} as it is."
        )
    return _grown(ruling, machine_size.of_cores(snapshot, machine), strategy.grown)


def _processors(snapshot: Snapshot, ruling: Ruling) -> Option | Rejection:
    """More of a quota where that is what holds the service back, else more cores."""
    bound = quota.binding(snapshot, ruling)
    found = quota.raised(snapshot, bound) if bound else ""
    if not isinstance(found, str):
        return _grown(ruling, found, sure=1.0)
    more = _cores(snapshot, ruling)
    return strategy.reject(found) if found and isinstance(more, Rejection) else more


def _same_block(snapshot: Snapshot, ruling: Ruling) -> Rejection:
    process = snapshot.most_blocked(WINDOW)
    if process is None or not process.blocks(process.span(WINDOW)).size:
        return strategy.reject("0 processes report delays that more cores would shorten.")
    block = duration(float(process.blocks(process.span(WINDOW)).max()))
    return strategy.reject(f"A block of {block} runs on one core, and takes {block} on any number of cores.")


def _memory(snapshot: Snapshot, ruling: Ruling) -> Option | Rejection:
    """Memory of the container where that is tightest, else of the machine."""
    tight = tightest_memory(snapshot)
    if tight is None:
        return strategy.reject("0 of its hosts report their memory, so nothing shows that it is short.")
    if tight.share < strategy.relaxed:
        used, where = percent(tight.share), tight.machine or "its container"
        return strategy.reject(f"{used} of the memory of {where} is in use: a limit of the process is what is short.")
    return _grown(ruling, machine_size.of_memory(tight))


def _volume(snapshot: Snapshot, ruling: Ruling) -> Option | Rejection:
    disk = filling_of(snapshot, ruling)
    if disk is None:
        return strategy.reject("0 of its hosts report how full their disks are.")
    full = percent(disk.share)
    if disk.what == INODES:
        return strategy.reject(f"{full} of the inodes of {disk.where} are used: it lacks room for files, not bytes.")
    grown = machine_size.of_volume(disk)
    return _grown(ruling, grown) if grown else strategy.reject(f"{disk.where} is {full} full: big enough.")


def _datastore(snapshot: Snapshot, ruling: Ruling) -> Option | Rejection:
    """More of what the host of the datastore is short of that the rule looks at."""
    store = next(iter(stores.used(snapshot, ruling, LONG)), None)
    machine = next((m for m in snapshot.machines if store and m.name == store.machine), None)
    if store is None or machine is None or not machine.spare(SIZING) >= 0:
        return strategy.reject("0 of the hosts that report are the datastore's own, so its size is not known.")
    grown = _short_of(snapshot, ruling, store, machine)
    if grown is not None:
        return _grown(ruling, grown)
    found = f" and finds {percent(store.hit_ratio)} of its blocks in memory" if store.hit_ratio >= 0 else ""
    return strategy.reject(
        f"{machine.name} is {percent(machine.cpu(SIZING))} busy{found}: a bigger one would wait alike."
    )


def _short_of(snapshot: Snapshot, ruling: Ruling, store: Datastore, machine: Machine) -> Growth | None:
    """Processors where they are full, a disk that writes wait for, memory for data that is read and does not fit."""
    if machine.cpu(SIZING) >= strategy.crowded:
        return store_size.of_cores(machine)
    if ruling.rule == WRITES:
        waits = store.disk >= strategy.at_work and store.held_up > store.locked
        return store_size.of_disk(store) if waits else None
    memory = memory_used(machine, LONG)[1]
    own = (one for one in local_stores(snapshot, LONG) if one.name.startswith(f"{store.name} "))
    data = next((one for one in own if one.machine.id == machine.id), None)
    short = data is not None and data.missing >= strategy.missing and data.size > memory
    return store_size.of_memory(data, memory) if data and short else None


def _sockets(snapshot: Snapshot, ruling: Ruling) -> Option | Rejection:
    """Memory where that is what open WebSockets fill first (C10)."""
    if socket_room.scarcest(ruling) is not Resource.MEMORY:
        return strategy.reject(
            f"A loop, a heap and descriptors belong to each process, on any machine ({deciding(snapshot, ruling)})."
        )
    grown = socket_room.more_memory(snapshot, ruling)
    return _grown(ruling, grown) if grown else strategy.reject("0 rows tell how much memory a WebSocket takes.")


def _grown(ruling: Ruling, grown: Growth, sure: float | None = None) -> Option:
    return strategy.option(
        grown.title,
        why=grown.why,
        confidence=ruling.reading.confidence * (strategy.delayed if sure is None else sure),
        cost=grown.cost,
        expected=grown.expected,
        steps=grown.steps,
        check_first=grown.check_first,
    )


_BY_RULE: Final[Mapping[str, Callable[[Snapshot, Ruling], Option | Rejection]]] = {
    BLOCKED: _same_block,
    CROWDED: _processors,
    "memory-pressure": _memory,
    "disk-filling": _volume,
    READS: _datastore,
    WRITES: _datastore,
    socket_room.RULE: _sockets,
}

"""Move to a bigger machine

## When it fits
What is short belongs to the machine: processors that enough processes use, memory that the service needs even at
rest, a disk that data fills, or the memory of a datastore's host. It is the quickest way out where nothing may
be rebuilt.

## When it does not
One process runs JavaScript on one core: more cores would idle too, while any core here is idle already. A
piece of work that blocks the loop takes as long on any number of cores. Waiting for others, leaks, crashes and
limits of a process stay as they are. A machine also has a largest size.

## How
Take a machine (or a limit of the container, or a volume) of the size given, move the service, and let it use
what is new: one worker per core.

## What it costs
Usually the price grows with the size, and moving needs a short stop or a second machine.

## How to verify
Host CPU falls in proportion to the cores and loops are no longer busy without computing; memory stays below
{relaxed:.0%} over one daily peak; the disk is used to {roomy:.0%} or less.

## References
- [Node.js: os.availableParallelism](https://nodejs.org/api/os.html#osavailableparallelism)
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Final

from advisor.diagnosis import Expectation, Limit, Option, Rejection, Ruling, Step, Strategy
from advisor.diagnosis.growing import leaking
from advisor.diagnosis.prediction import GROWTH, LONG, SIZING, TARGET, Clones, of_clones
from advisor.diagnosis.recipes import resize
from advisor.diagnosis.sizes import (
    PEAK,
    RELAXED,
    ROOMY,
    memory_expectation,
    memory_for,
    misses_expectation,
    tightest_memory,
    volume_expectation,
    volume_for,
)
from advisor.diagnosis.vetoes import deciding
from advisor.diagnosis.words import cores, counted, duration, number, percent, size
from advisor.features import Snapshot
from advisor.features.machine import Machine
from advisor.features.process import MINUTE
from advisor.features.queueing import Policy
from advisor.features.store_memory import Store, local_stores, memory_used
from advisor.features.task import WINDOW
from advisor.features.volumes import fullest
from advisor.vocabulary import Family

strategy = Strategy(
    __name__,
    family=Family.VERTICAL,
    name="A bigger machine",
    effort="hours, with a short stop",
    risk="low, but it has an end: machines have a largest size",
    spare=Limit(0.5, "{cpu}", "while this much is idle, cores are not what is short"),
    grown=Limit(0.7, "1", "what is left of the confidence, since the processes must also use the new cores"),
    delayed=Limit(0.7, "1", "what is left of it where growth goes on: a bigger disk or memory only fills later"),
    relaxed=Limit(RELAXED, "1", "memory pressure is over below it (C4); above it memory is what is short", fixed=True),
    roomy=Limit(ROOMY, "1", "below it a disk no longer warns (C12)", fixed=True),
    missing=Limit(0.01, "1", "of the blocks asked for: above it, by a rule of thumb, the cache is too small"),
    crowded=Limit(0.80, "1", "GitLab's soft limit for the processors of a primary (C13)"),
)

BLOCKED, CROWDED, READS = "event-loop-blocked", "host-cpu-saturated", "datastore-read-bound"

_FUTILE: Final[Mapping[str, str]] = {
    "gc-pressure": "A collection stops the loop on one core, whatever the machine has",
    "downstream-bound": "It waits for others, not for its own machine",
    "thread-pool-saturated": "The pool has as many threads on any machine until it is told otherwise",
    "descriptor-exhaustion": "The limit belongs to the process, not to the machine",
    "uneven-load": "A bigger machine is passed over as well",
    "crash-loop": "The same release ends the same way on any machine",
    "dropped-at-deploy": "What a process drops as it ends is dropped on any machine",
    "websocket-capacity": "Its connections are held by one loop each, which gains nothing from more cores",
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
    # A full host speaks of this minute; sizing by a longer mean would contradict its own claim.
    spare, count = machine.spare(MINUTE if ruling.rule == CROWDED else SIZING), len(snapshot.on(machine))
    if spare >= strategy.spare:
        idle = cores(spare, machine.cores)
        return strategy.reject(
            f"{counted(count, 'process')} can use {counted(count, 'core')}, and {idle} on {machine.name} are idle: "
            "more cores would idle too."
        )
    if count < math.floor(machine.cores):
        return strategy.reject(
            f"{counted(count, 'process')} cannot use the {number(machine.cores)} cores of {machine.name} as it is."
        )
    return _bigger(snapshot, ruling, machine)


def _same_block(snapshot: Snapshot, ruling: Ruling) -> Rejection:
    process = snapshot.most_blocked(WINDOW)
    if process is None or not process.blocks(process.span(WINDOW)).size:
        return strategy.reject("0 processes report delays that more cores would shorten.")
    block = duration(float(process.blocks(process.span(WINDOW)).max()))
    return strategy.reject(f"A block of {block} runs on one core, and takes {block} on any number of cores.")


def _bigger(snapshot: Snapshot, ruling: Ruling, machine: Machine) -> Option:
    here = max(1, math.floor(machine.cores))
    wanted = _cores_for(machine)
    count = len(snapshot.processes)
    after = max(count, round(count * wanted / here))
    return strategy.option(
        f"Move {machine.name} to {wanted} cores",
        why=(
            f"Its {counted(here, 'core')} are {percent(machine.cpu(SIZING))} busy and {counted(count, 'process')} "
            f"can use them all. {wanted} cores bring that to {percent(machine.cpu(SIZING) * machine.cores / wanted)}."
        ),
        confidence=ruling.reading.confidence * strategy.grown,
        cost=f"{wanted - here} more cores",
        expected=of_clones(snapshot, Clones(count, after, Policy.ROUND_ROBIN)),
        steps=(
            Step(f"Order or resize to {wanted} cores with the same memory per core or more."),
            Step(f"Run {counted(after, 'worker')} instead of {count}, so that the new cores are used."),
        ),
        check_first="Check the largest size that the provider offers: the next step after this one may not exist.",
    )


def _cores_for(machine: Machine) -> int:
    """Cores with which it is busy to the target (P1), at least one more than now."""
    more = math.floor(machine.cores) + 1
    return max(more, math.ceil(machine.cores * machine.cpu(SIZING) * GROWTH / TARGET))


def _memory(snapshot: Snapshot, ruling: Ruling) -> Option | Rejection:
    """Memory of the container where that is tightest, else of the machine."""
    tight = tightest_memory(snapshot)
    if tight is None:
        return strategy.reject("0 of its hosts report their memory, so nothing shows that it is short.")
    share = percent(tight.used / tight.limit)
    if tight.used / tight.limit < strategy.relaxed:
        where = tight.machine or "its container"
        return strategy.reject(f"{share} of the memory of {where} is in use: a limit of the process is what is short.")
    wanted = memory_for(tight.used)
    return strategy.option(
        f"{f'Move {tight.machine} to' if tight.machine else 'Give each process'} {size(wanted)} of memory",
        why=(
            f"{share} of {size(tight.limit)} are in use, and a peak takes {percent(PEAK - 1)} more. What the service "
            "needs at rest, copies and balancing do not make less."
        ),
        confidence=ruling.reading.confidence * strategy.delayed,
        cost=f"{size(wanted - tight.limit)} more memory",
        expected=(memory_expectation(tight.used, tight.limit, wanted),),
        steps=resize.MACHINE if tight.machine else resize.container(wanted),
        check_first="Check on the chart of a week that memory does not rise daily: a leak would fill this size too.",
    )


def _volume(snapshot: Snapshot, ruling: Ruling) -> Option | Rejection:
    volume = fullest(snapshot, LONG)
    if volume is None:
        return strategy.reject("0 of its hosts report how full their disks are.")
    wanted = volume_for(volume.used)
    if wanted <= volume.capacity:
        return strategy.reject(f"{volume.mount} on {volume.machine.name} is {percent(volume.share)} full: big enough.")
    return strategy.option(
        f"Grow {volume.mount} on {volume.machine.name} to {size(wanted)}",
        why=f"{percent(volume.share)} of {size(volume.capacity)} are used. Data that must stay needs the room.",
        confidence=ruling.reading.confidence * strategy.delayed,
        cost=f"{size(wanted - volume.capacity)} more disk",
        expected=(volume_expectation(volume, wanted),),
        steps=resize.volume(volume.mount),
        check_first="Check what grows: logs and uploads fill any size, and are cheaper to rotate or to move.",
    )  # fmt: skip


def _datastore(snapshot: Snapshot, ruling: Ruling) -> Option | Rejection:
    """Memory for data that is read and does not fit; processors where the host of the datastore is full."""
    store = next(iter(local_stores(snapshot, LONG)), None)
    if store is None or not store.machine.spare(SIZING) >= 0:
        return strategy.reject("0 of the hosts that report are the datastore's own, so its size is not known.")
    busy = store.machine.cpu(SIZING)
    if busy >= strategy.crowded:
        return _store_cores(ruling, store.machine)
    _, memory = memory_used(store.machine, LONG)
    if ruling.rule == READS and store.missing >= strategy.missing and store.size > memory:
        return _more_cache(ruling, store, memory)
    return strategy.reject(
        f"{store.machine.name} is {percent(busy)} busy and finds {percent(1 - store.missing)} of its blocks in memory: "
        "a bigger one would wait alike."
    )


def _store_cores(ruling: Ruling, machine: Machine) -> Option:
    busy, wanted = machine.cpu(SIZING), _cores_for(machine)
    then = busy * machine.cores / wanted
    return strategy.option(
        f"Move {machine.name}, with the datastore, to {wanted} cores",
        why=f"Its {number(machine.cores)} cores are {percent(busy)} busy, and a datastore uses many at once.",
        confidence=ruling.reading.confidence * strategy.delayed,
        cost=f"{number(wanted - machine.cores)} more cores",
        expected=(Expectation("cpu", "Processors busy", "1", busy, then * 0.9, min(busy, then * 1.25)),),
        steps=resize.MACHINE,
        check_first="Check first for statements that are dear, for indexes and for pools: they cost no machine.",
    )


def _more_cache(ruling: Ruling, store: Store, memory: float) -> Option:
    wanted = min(2 * memory, memory_for(store.size))
    return strategy.option(
        f"Move {store.machine.name} to {size(wanted)} of memory",
        why=f"{size(store.size)} of data do not fit {size(memory)}: {percent(store.missing)} of blocks are missed.",
        confidence=ruling.reading.confidence * strategy.grown,
        cost=f"{size(wanted - memory)} more memory",
        expected=(misses_expectation(store.misses, store.size, memory, wanted),),
        steps=resize.MACHINE,
        check_first="Check for an index that is missing and for queries that read more than they need: cheaper.",
    )


_BY_RULE: Final[Mapping[str, Callable[[Snapshot, Ruling], Option | Rejection]]] = {
    BLOCKED: _same_block,
    "memory-pressure": _memory,
    "disk-filling": _volume,
    READS: _datastore,
    "datastore-write-bound": _datastore,
}

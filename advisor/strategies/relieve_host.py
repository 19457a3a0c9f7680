"""Relieve the host of what is in the way

## When it fits
Something besides the service uses up its machine: another program or another service ({spare:g} cores or more), a
hypervisor that gives the time to others ({steal:.0%} or more), a datastore that takes the memory, logs and uploads that
fill the disk, or data: those of a datastore that are {most:.0%} of what is used there or more.

## When it does not
The service itself is what uses the machine, or a quota of its own holds it back: then it needs more, or less work.
Memory of the machine that is not short: less than {relaxed:.0%} of it is in use, or the limit of a heap alone is full.

## How
Name the program, move it to a host or an hour of its own, or hold it in bounds (systemd, nice). Give a datastore its
own host. Rotate logs; keep uploads in object storage; archive old rows, and keep tables that only grow in a piece for
each month; give data a volume of its own. Where inodes are short, remove small files, not large ones.

## What it costs
Little where a limit is set; a machine where a program moves. What is held back takes longer itself.

## How to verify
Loops are no longer busy without computing ({gap:.0%} of the time at most), memory stays below {relaxed:.0%}, and the
disk stops filling.

## References
- [systemd: resource control](https://www.freedesktop.org/software/systemd/man/latest/systemd.resource-control.html)
- [PostgreSQL: partitioning](https://www.postgresql.org/docs/current/ddl-partitioning.html)
- [logrotate](https://man7.org/linux/man-pages/man8/logrotate.8.html)
"""

from __future__ import annotations

import math

from advisor.diagnosis import (
    Expectation,
    Limit,
    Option,
    Rejection,
    Ruling,
    Step,
    Strategy,
    disk_relief,
    memory_room,
    quota,
)
from advisor.diagnosis.disks import filling_of
from advisor.diagnosis.prediction import AFTER_LOSS, GAP, LONG, NOW, calmer_loop
from advisor.diagnosis.recipes import linux
from advisor.diagnosis.sizes import PEAK, RELAXED, tightest_memory
from advisor.diagnosis.vetoes import deciding
from advisor.diagnosis.words import cores, number, percent, size
from advisor.features import Snapshot, neighbours, stats
from advisor.features.filesystem import INODES
from advisor.features.machine import Machine
from advisor.features.neighbours import Neighbour
from advisor.features.process import MINUTE
from advisor.vocabulary import Family

strategy = Strategy(
    __name__,
    family=Family.TUNING,
    name="A host without what is in the way",
    effort="minutes for a limit, a day for a move",
    risk="low: what is held back can be let go by one setting",
    spare=Limit(0.5, "{cpu}", "a neighbour that uses less frees too little for a busy loop"),
    steal=Limit(0.05, "1", "the level at which the rule for a full host is calm again"),
    gap=Limit(GAP, "1", "what the decision model asks of a loop that has its processor (C3)", fixed=True),
    part=Limit(0.20, "1", "of the memory: a program that takes less makes no host roomy by leaving"),
    most=Limit(disk_relief.MOST, "1", "with less than half something else fills the disk", fixed=True),
    relaxed=Limit(RELAXED, "1", "memory pressure is over below it (C4)", fixed=True),
    unnamed=Limit(0.7, "1", "what is left of the confidence where nobody knows which program it is"),
)


@strategy.consider
def consider(snapshot: Snapshot, ruling: Ruling) -> Option | Rejection:
    """Name what is in the way of the processors, the memory or the disk, or say that nothing is."""
    if ruling.rule == "host-cpu-saturated":
        return _processors(snapshot, ruling)
    if ruling.rule == "memory-pressure":
        return _memory(snapshot, ruling)
    if ruling.rule == "disk-filling":
        return _disk(snapshot, ruling)
    return strategy.reject(f"Nothing else on its hosts is the cause ({deciding(snapshot, ruling)}).")


def _processors(snapshot: Snapshot, ruling: Ruling) -> Option | Rejection:
    told = [m for m in snapshot.machines if snapshot.on(m) and m.spare(MINUTE) >= 0 and m.spare(LONG) >= 0]
    machine = max(told, key=lambda m: (m.steal(MINUTE) >= strategy.steal, m.cpu(MINUTE)), default=None)
    if machine is None:
        return strategy.reject("0 of its hosts report their processors, so nothing shows what is in the way.")
    if bound := quota.binding(snapshot, ruling):
        held = percent(quota.throttled(snapshot, bound))
        return strategy.reject(
            f"A quota holds it back in {held} of its periods on {bound.name}: a limit, and no neighbour."
        )
    if machine.steal(MINUTE) >= strategy.steal:
        return _moved(snapshot, ruling, machine)
    found = next((n for n in neighbours.on(snapshot, machine, LONG) if n.cores >= strategy.spare), None)
    if found is None:
        own = stats.known_sum([p.cpu(LONG) for p in snapshot.on(machine)])
        return strategy.reject(
            f"The service itself uses {cores(own, machine.cores)} on {machine.name}; nothing else uses "
            f"{number(strategy.spare)} or more."
        )
    return _held(snapshot, ruling, machine, found)


def _moved(snapshot: Snapshot, ruling: Ruling, machine: Machine) -> Option:
    taken = machine.steal(MINUTE)
    return strategy.option(
        f"Move {machine.name} to a machine with processors of its own",
        why=f"The hypervisor gives {percent(taken)} of its processors' time to others; nothing inside can change that.",
        confidence=ruling.reading.confidence,
        cost="what processors of one's own cost more than shared ones",
        expected=(Expectation("cpu_steal", "Taken by the hypervisor", "1", taken, 0.0, strategy.steal),
                  *calmer_loop(snapshot.on(machine))),
        steps=(
            Step("A machine that is paid by bursts may have used up its credits: check that first, at the provider."),
            Step("Stop and start it, which often puts it on another physical host; or order one with dedicated "
                 "processors and move the service there."),
        ),
        check_first="Check on the chart of a day that it is taken for longer than a neighbour's short burst.",
    )  # fmt: skip


def _held(snapshot: Snapshot, ruling: Ruling, machine: Machine, found: Neighbour) -> Option:
    used = machine.cpu(LONG) * machine.cores
    left = used - found.cores
    waiting = sum(max(0.0, p.gap(NOW)) for p in snapshot.on(machine) if not math.isnan(p.gap(NOW)))
    # Who asks a datastore waits for it: to hold it back holds back the service as well.
    allowed = 0.0 if found.is_datastore else max(0.0, AFTER_LOSS * machine.cores - left - waiting)
    high = min(used, left + waiting + allowed) / machine.cores
    bounded = f", or hold it to {number(allowed)} cores" if allowed >= 0.1 else ""
    return strategy.option(
        f"{_away(found, machine)}{bounded}",
        why=(
            f"{found.name[:1].upper()}{found.name[1:]} use{'' if found.name.endswith('s') else 's'} "
            f"{cores(found.cores, machine.cores)} there, and the service waits for them."
        ),
        confidence=ruling.reading.confidence * (1.0 if found.is_program else strategy.unnamed),
        cost="one machine" if found.is_datastore else "a place for it elsewhere, or longer times for it here",
        expected=(
            Expectation("host_cpu", "Host CPU", "1", used / machine.cores, min(high, left / machine.cores * 0.9), high),
            *calmer_loop(snapshot.on(machine)),
        ),
        steps=_apart(found) if found.is_datastore else _bounds(found, allowed),
        check_first=_DEAR if found.is_datastore else _NEEDED,
    )


_NEEDED = "Check that the service does not need it on the same host, and who waits for its results."
_DEAR = (
    "Check first for statements that are dear and for missing indexes, which cost no machine, and that a backup exists "
    "and has been restored once."
)


def _away(found: Neighbour, machine: Machine) -> str:
    return f"Give {found.name} a host of its own" if found.is_datastore else f"Move {found.name} off {machine.name}"


def _bounds(found: Neighbour, allowed: float) -> tuple[Step, ...]:
    return linux.held(found.name, linux.unit_of(found.name if found.is_program else "NAME"), allowed)


def _apart(found: Neighbour) -> tuple[Step, ...]:
    return (
        Step(f"Set {found.name} up on a host of its own with the memory that it takes here or more; a datastore as "
             "a replica that follows this one."),
        Step("Stop writing for a moment, let the replica catch up, promote it, and give the service its address."),
        Step("Keep both in one network zone: each query now crosses the network, which N+1 queries feel most."),
    )  # fmt: skip


def _memory(snapshot: Snapshot, ruling: Ruling) -> Option | Rejection:
    tight = tightest_memory(snapshot)
    machine = next((m for m in snapshot.machines if tight and m.name == tight.machine), None)
    if tight is None or machine is None or memory_room.only_heap(ruling):
        return strategy.reject(f"The limit of its own processes is what is full ({deciding(snapshot, ruling)}).")
    if tight.share < strategy.relaxed:
        return strategy.reject(f"{percent(tight.share)} of the memory of {machine.name} is in use: it is not short.")
    large = (n for n in neighbours.on(snapshot, machine, LONG) if strategy.part * tight.limit <= n.memory <= tight.used)
    found = max(large, key=lambda n: (n.is_datastore, n.memory), default=None)
    if found is None:
        return strategy.reject(f"No watched program takes {percent(strategy.part)} of the memory of {machine.name}.")
    then = (tight.used - found.memory) / tight.limit
    return strategy.option(
        _away(found, machine),
        why=f"It takes {size(found.memory)} of {size(tight.limit)}, of which {percent(tight.share)} are in use.",
        confidence=ruling.reading.confidence,
        cost="one machine",
        expected=(Expectation("memory", "Memory in use", "1", tight.share, then, min(tight.share, then * PEAK)),),
        steps=_apart(found),
        check_first="Check that a backup exists and has been restored once.",
    )  # fmt: skip


def _disk(snapshot: Snapshot, ruling: Ruling) -> Option | Rejection:
    disk = filling_of(snapshot, ruling)
    if disk is None:
        return strategy.reject("0 of its hosts report how full their disks are.")
    found, inodes = disk_relief.relief(snapshot, disk, LONG), disk.what == INODES
    label = f"Inodes used of {disk.mount}" if inodes else f"Used of {disk.mount}"
    return strategy.option(
        found.title,
        why=found.why,
        confidence=ruling.reading.confidence,
        cost=found.cost,
        expected=(Expectation("inodes" if inodes else "disk", label, "1", disk.share, None, disk.share),),
        steps=found.steps,
        check_first=found.check_first,
    )

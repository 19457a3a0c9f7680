"""Which resource WebSockets fill first, and how much memory more of them take."""

from __future__ import annotations

import math
from typing import Final

from advisor.diagnosis.advice import Expectation
from advisor.diagnosis.finding import Ruling
from advisor.diagnosis.prediction import AFTER_LOSS, GROWTH, LONG, NOW, TARGET
from advisor.diagnosis.recipes import resize
from advisor.diagnosis.sizes import Growth, whole_memory
from advisor.diagnosis.words import number, size
from advisor.features import Snapshot, control_groups
from advisor.features.memory import Bound, memory_of
from advisor.features.socket_capacity import Resource, all_open, in_memory, open_sockets

RULE: Final = "websocket-capacity"

FILLED: Final = 0.80
"""Share of new memory that sockets may fill: the level at which the rule calls a resource full, unless a service has
another (decision model C10)."""

FEW: Final = 1.0
"""Requests a second beside the sockets from which it is not known which of them fill the loop."""

SMALL: Final = 0.1
"""Of what the loops do: requests that all together take less time, waits included, fill none (judgement)."""

ROOM: Final = TARGET / AFTER_LOSS
"""Of what a process carries, which is 80% of a resource: 60% of it, as for loops (P1)."""


def carried(ruling: Ruling) -> dict[Resource, float]:
    """The WebSockets that each resource of one process allows, as the rule found, the scarcest first.

    Those that sockets do not fill, or of which nobody knows, are left out.
    """
    prefix = "capacity_"
    told = {
        Resource[e.signal.removeprefix(prefix).upper()]: e.value
        for e in ruling.reading.evidence
        if e.signal.startswith(prefix) and e.value is not None
    }
    return dict(sorted(told.items(), key=lambda item: item[1]))


def scarcest(ruling: Ruling) -> Resource | None:
    """What runs out first; None where nobody knows."""
    return next(iter(carried(ruling)), None)


def of_full_loops(snapshot: Snapshot) -> float:
    """The WebSockets at which loops that nothing else fills are 80% busy, of a process on the mean (C10); else NaN."""
    rate = snapshot.rps(LONG)
    if rate >= FEW and not rate * snapshot.latency(LONG).mean < SMALL * snapshot.work(LONG):
        return math.nan
    each, busy = all_open(snapshot) / max(1, len(snapshot.processes)), snapshot.loop(NOW)
    return each * AFTER_LOSS / busy if busy > 0 else math.nan


def more_memory(snapshot: Snapshot, ruling: Ruling) -> Growth | None:
    """Memory for a tenth more sockets than there are, and room beside them; None where nobody can size it."""
    process = max(snapshot.processes, key=open_sockets)
    each = in_memory(snapshot.recalled(ruling.rule))
    machine, now = snapshot.machine_of(process), carried(ruling)[Resource.MEMORY]
    limit = memory_of(process, machine, LONG)
    sockets = open_sockets(process)
    then = max(now, sockets * GROWTH / ROOM)
    if machine is None or math.isnan(limit.limit + each):
        return None
    shared = limit.bound is Bound.HOST
    mates = snapshot.on(machine) if shared else control_groups.mates(snapshot, process)
    added = len(mates) * (then - now) * each / FILLED
    wanted = whole_memory(limit.limit + added)
    return Growth(
        f"{f'Move {machine.name} to' if shared else 'Give each container'} {size(wanted)} of memory",
        f"A socket takes {number(each / 1000)} kB, and {number(sockets)} of the {number(now)} that the memory allows a "
        f"process are open. {size(added)} more hold {number(then)}.",
        f"{size(wanted - limit.limit)} more memory",
        (Expectation("websocket_use", "Share of what it can carry", "1", sockets / now, sockets / then * 0.9,
                     sockets / then),),
        resize.MACHINE if shared else resize.container(wanted),
        "Check that a socket does not take more the longer it is open: buffers that nobody reads fill any size.",
    )  # fmt: skip

"""What a loop does while it is blocked, as far as its CPU time and garbage collection tell."""

from __future__ import annotations

import math
from enum import StrEnum
from typing import Final

from advisor.features import stats
from advisor.features.machine import Machine
from advisor.features.process import MINUTE, Process
from advisor.features.shortage import delayed, throttled, waited

GAP: Final = 0.25
"""From this gap on the loop does not compute (decision model 0, finding 1)."""

IDLE_SHARE: Final = 0.5
"""The same for a loop that is seldom busy: half of its busy time without CPU use is no computing."""

COLLECTED: Final = 0.5
"""Garbage collection is to blame if its longest pause is at least this share of the longest block (C2)."""


class Cause(StrEnum):
    """What holds the loop."""

    WORK = "work"
    WAITING = "waiting"
    COLLECTION = "collection"


CROWDED_CPU: Final = 0.80
CROWDED_PRESSURE: Final = 0.10
CROWDED_STEAL: Final = 0.05
HELD_BACK: Final = 0.05
"""From these on a process may wait for a processor as well as in a call: C2 blames calls on idle hosts only. So it may
where a quota, its own or the machine's, holds it back in this share of its periods. Where the kernel tells how long the
main thread was ready and had no processor, that time is taken off, and how busy the host is does not matter."""

UNLUCKY: Final = 2.0
"""Times as long as work waits for a processor on the mean the longest blocks may have waited. Measured beside two to
four busy programs on two cores: 1.1 to 1.6 times, for work of 5 to 40 ms."""


def cause_of_blocks(process: Process, seconds: float, machine: Machine | None = None) -> Cause:
    """What held the loop of this process over the last (scaled) seconds; computing if nothing says otherwise.

    `machine` is where it runs, if that reports: on a crowded one a gap says nothing of the code. A loop that is
    not measured is busy at least while it is blocked.
    """
    blocks = process.blocks(process.span(seconds))
    if blocks.size and process.gc_pause(seconds) >= COLLECTED * blocks.max() > 0:
        return Cause.COLLECTION
    if _waits_in_calls(process, seconds) and not _is_held(process, seconds, machine):
        return Cause.WAITING
    return Cause.WORK


def _waits_in_calls(process: Process, seconds: float) -> bool:
    """True if the loop is held longer than its code computes and its thread waits for a processor.

    What the kernel computes for a call counts as waiting, but only beside half of the busy time: many small requests
    need the kernel as well.
    """
    busy, queued = busy_at_least(process, seconds), stats.known_sum([0.0, waited(process, seconds)])
    idle, in_calls = (busy - queued - taken for taken in (process.cpu_main(seconds), computing(process, seconds)))
    return idle >= GAP or (busy > 0 and in_calls >= IDLE_SHARE * busy)


def computing(process: Process, seconds: float) -> float:
    """Share of a core that the main thread uses, without what the kernel computes for its calls where that is told.

    A synchronous write of 60 MB takes most of its time in the kernel, and as much of it beside the loop.
    """
    main, of_calls = process.cpu_main(seconds), process.sums(seconds).rate("cpu_main_system")
    return main - min(of_calls, main) if of_calls > 0 else main


def busy_at_least(process: Process, seconds: float) -> float:
    """How busy the loop is, 0 to 1; where it is not measured, its thread's CPU time or the time it is blocked."""
    measured = process.elu(seconds)
    if not math.isnan(measured):
        return measured
    return stats.highest([process.cpu_main(seconds), process.blocked_share(seconds)])


def ordinary_queue(process: Process, seconds: float, heavy: float) -> float:
    """The longest run of ordinary requests to expect in a minute, in seconds of loop time.

    Node.js answers all requests that wait in one turn of the loop. In an M/M/1 queue the number that
    waits exceeds n with probability u^n; of m arrivals the largest n is about ln(m) / ln(1/u). Requests
    that are heavy themselves (`heavy` seconds each, or more) are no excuse: they are the block.
    """
    busy, rate = busy_at_least(process, seconds), process.requests(seconds)
    arrivals = rate * MINUTE / process.time_scale
    if not (0 < busy < 1 and arrivals > 1 and busy / rate < heavy):
        return 0.0
    return busy / rate * math.log(arrivals) / -math.log(busy)


def own_share(process: Process, seconds: float, machine: Machine | None) -> float:
    """The least share of its blocks that its own work makes, 0 to 1: the rest may be waits for a processor.

    0 where a quota or a hypervisor may hold it back, and where nobody tells how long its thread waits.
    """
    waits = stats.highest([delayed([process], span) for span in (MINUTE, seconds)])
    if math.isnan(waits) or _is_held(process, seconds, machine):
        return 0.0
    return (1 - waits) / (1 - waits + UNLUCKY * waits) if waits < 1 else 0.0


def _is_held(process: Process, seconds: float, machine: Machine | None) -> bool:
    """True if a quota or a hypervisor may hold it back, or others do where nobody tells how long it waits for them."""
    if throttled(process, seconds) >= HELD_BACK:
        return True
    if machine is None:
        return False
    taken = machine.steal(seconds) >= CROWDED_STEAL or machine.throttled(seconds) >= HELD_BACK
    crowded = machine.cpu(seconds) >= CROWDED_CPU or machine.pressure(seconds) >= CROWDED_PRESSURE
    return taken or (crowded and math.isnan(waited(process, seconds)))

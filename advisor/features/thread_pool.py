"""libuv's pool of one process: how long its requests wait for a thread, and what the threads do meanwhile."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable
from enum import StrEnum
from typing import Final

import numpy as np

from advisor.features import stats
from advisor.features.memo import remembered
from advisor.features.parts import called_time
from advisor.features.process import MINUTE, Process, resolution_of
from advisor.features.queueing import erlang_c
from advisor.features.sums import rows

THREADS: Final = 4
"""Threads of the pool unless UV_THREADPOOL_SIZE says otherwise (libuv's documentation)."""

WINDOW: Final = 300.0
"""Seconds over which the rule, and the advice on what it found, look at the waits."""

COMPUTING: Final = 0.5
WAITING: Final = 0.25
"""Cores in use beside the main thread, of those that the pool's threads can use: half and more is computing, less
than a quarter is waiting. A judgement: four threads that read files from a cache use about a tenth each."""


FULL: Final = 0.7
"""Share of the pool's threads that compute, from which what they compute is a queue as well: of four threads so busy,
43% of requests wait, of one 70% (Erlang C)."""

MOST: Final = 1.1
"""More cores than the pool has threads, and a tenth for how exactly both are measured, are kept busy by others as well:
native code has threads of its own."""

COLLECTING: Final = 0.1
"""Share of time in garbage collection from which threads of V8 may be what computes beside the main one."""


class Doing(StrEnum):
    """What the threads of the pool do all the time."""

    COMPUTING = "computing"
    WAITING = "waiting"
    UNKNOWN = "unknown"


@remembered
def waits(process: Process, seconds: float) -> list[float]:
    """The longest wait for a thread in each sample, in seconds, oldest first; empty where nobody measures it.

    The probe sees a thread's answer when the loop turns again, so the longest block of a sample comes off.
    """
    where = rows(process.track, process.span(seconds))
    told = process.track.values.get("threadpool_wait")
    if told is None:
        return []
    waited = told[where]
    delays = process.track.values.get("loop_delay_max")
    if delays is not None:
        resolution = resolution_of(stats.latest(process.track, "loop_resolution", process.span(seconds)))
        waited = waited - np.fmax(0.0, delays[where] - resolution)
    return [wait if wait > 0 else 0.0 for wait in waited.tolist() if not math.isnan(wait)]


@remembered
def usual_wait(process: Process, seconds: float) -> float:
    """What half of the looks waited or more (the median), in seconds; 0 where nobody looked."""
    found = sorted(waits(process, seconds))
    middle = len(found) // 2
    return (found[middle] + found[~middle]) / 2 if found else 0.0


def size(process: Process, seconds: float) -> float:
    """Threads of the pool; NaN where nobody tells."""
    return stats.latest(process.track, "threadpool_size", process.span(seconds))


@remembered
def busy(process: Process, seconds: float) -> float:
    """The share of the pool's threads that compute, 0 to 1; NaN where others may be what computes."""
    workers = stats.latest(process.track, "worker_threads", process.span(seconds))
    if workers > 0 or process.gc_share(seconds) >= COLLECTING:
        return math.nan
    share = beside_main(process, seconds) / size(process, seconds)
    return math.nan if share > MOST else min(share, 1.0)


@remembered
def queued_wait(process: Process, seconds: float) -> float:
    """Seconds that a mean request waits for threads that compute, 0 where they are not nearly always busy.

    Compression comes in many small jobs: a look waits for one of them, a request for all of its own. Whoever shares
    threads with others takes 1 + C / (n (1 - busy)) times as long, C being Erlang's probability to wait for one of n
    (M/M/n, in which processor sharing and one queue have the same mean). No more than the part of a request's time in
    which nobody computes for it, and no call of it is under way.
    """
    full = busy(process, seconds)
    if not full >= FULL:
        return 0.0
    threads, arrivals, latency = size(process, seconds), process.requests(seconds), process.latency(seconds)
    if not (arrivals > 0 and latency.count > 0):
        return 0.0
    work = beside_main(process, seconds) / arrivals
    idle = latency.mean - (process.cpu(seconds) + called_time(process, seconds)) / arrivals
    slower = erlang_c(int(threads), full * threads) / (threads * max(1e-3, 1 - full))
    return max(0.0, min(idle, work * slower))


@remembered
def lasting_wait(process: Process, seconds: float) -> float:
    """What half of the looks waited or more, or a mean request: over all of the time, and over the last minute."""
    spans = (MINUTE, seconds)
    return max(min(usual_wait(process, span) for span in spans), min(queued_wait(process, span) for span in spans))


def longest_wait(process: Process, seconds: float) -> float:
    """The longest wait that a look saw, or that of a mean request where it is longer."""
    return max(0.0, *waits(process, seconds), queued_wait(process, seconds))


def longest(processes: Iterable[Process], seconds: float) -> Process | None:
    """The process whose requests wait longest, or did until lately; None where none measures it."""
    told = [process for process in processes if waits(process, seconds)]
    return max(told, key=lambda one: (lasting_wait(one, seconds), statistics.fmean(waits(one, seconds))), default=None)


def beside_main(process: Process, seconds: float) -> float:
    """Cores that the threads beside the main one keep at work: the pool's, and V8's; NaN where not told apart."""
    if not process.measures_main_thread:
        return math.nan
    return max(0.0, process.cpu(seconds) - process.cpu_main(seconds))


def outstanding(process: Process, seconds: float) -> float:
    """The most requests for files and names of hosts that were with the pool in a sample; NaN where not told."""
    return stats.peak(process.track, "threadpool_active", process.span(seconds))


def doing(process: Process, seconds: float, cores: float) -> Doing:
    """Whether the pool's threads compute (cryptography, compression) or wait for disks and name servers.

    `cores` are those that it may use, NaN if not known. Worker threads use processors as well, and beside them
    it is not known.
    """
    told = size(process, seconds)
    threads = float(THREADS) if math.isnan(told) else told
    usable = threads if math.isnan(cores) else min(threads, max(0.5, cores - process.cpu_main(seconds)))
    share = beside_main(process, seconds) / usable
    if share < WAITING:
        return Doing.WAITING
    workers = stats.latest(process.track, "worker_threads", process.span(seconds))
    return Doing.COMPUTING if share >= COMPUTING and not workers > 0 else Doing.UNKNOWN

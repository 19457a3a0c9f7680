"""The heap of V8: what stays in it, and how much of its limit what stays may fill."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from advisor.features import stats
from advisor.features.process import Process
from advisor.features.snapshot import Snapshot
from advisor.features.sums import Span
from advisor.features.window import InstanceWindow

CROWD: Final = 100.0
"""From as many open sockets on they may be what fills a heap."""

_MIB: Final = 1024.0**2
_PARTS: Final = 3
"""V8 reserves three semi-spaces for young objects within its heap limit."""

_LARGEST: Final = 16 * _MIB
_LEAST: Final = 1 * _MIB
_SMALL: Final = 512 * _MIB
"""At most so much memory V8 calls little; its semi-spaces are half as big, for their size, as on larger machines."""


LOOKS: Final = 5
"""So many looks tell how far a heap falls: fewer may all have met it with garbage in it."""

TOLD: Final = 0.9
"""Of the time that is asked for, they must span so much."""

NEARLY: Final = 0.9
"""Of the limit: where garbage is a tenth at most, what stays is told well enough by half of the room (judgement)."""

ANEW: Final = 3
"""So many collections in the later half of that time tell what stays now, whatever stayed before: what one finds may
be the objects of a large request."""


def young(memory: float) -> float:
    """Bytes of the heap limit that only young objects use, by the bytes of memory that Node.js up to 22 sees.

    V8 takes half of the memory for old objects, and a 128th of that (a 256th with little memory) for a semi-space, as
    the next power of two, 1 to 16 MiB; `--max-old-space-size` changes the first only. Source: `heap.cc`,
    `YoungGenerationSizeFromOldGenerationSize`; measured with Node.js 20 in control groups of 256 MB to 3 GB.
    """
    wanted = memory / 2 / (256 if memory <= _SMALL else 128)
    return _PARTS * 2.0 ** math.ceil(math.log2(min(_LARGEST, max(_LEAST, wanted))))


def heap_limit(snapshot: Snapshot, instance: InstanceWindow, span: Span) -> float:
    """Most bytes that lasting objects may take, NaN where not told: the limit without the space for young ones."""
    limit = stats.latest(instance.track, "heap_limit", span)
    room = limit - young_limit(snapshot, instance, span) if limit > 0 else math.nan
    return room if room > 0 else math.nan


def young_limit(snapshot: Snapshot, instance: InstanceWindow, span: Span) -> float:
    """Bytes of the heap limit that only young objects use.

    An agent tells it by the options and the version of the process. Without one it is what Node.js up to 22 takes by
    the memory it sees; where nobody tells the memory either, V8's own choice is assumed: a small limit set by hand on
    a large machine is then taken for up to 48 MiB more than it is.
    """
    told = stats.latest(instance.track, "heap_young", span)
    if told > 0:
        return told
    memory = _memory(snapshot, instance, span)
    return young(memory if memory > 0 else _chosen_from(stats.latest(instance.track, "heap_limit", span)))


def heap_floor(snapshot: Snapshot, process: Process, seconds: float) -> float:
    """Heap that stays in use in bytes: after major collections, else the least in use over the span.

    Of collections those of the later half count, where there are enough. Where no collection is told that takes looks
    over the whole span, or nearly full ones over its later half. V8 begins one at the latest when half of the room that
    the last one left is taken, so that a heap that is never less than nearly full is kept so, and not by garbage.
    """
    floors, _ = stats.known(process.track, "heap_floor", process.span(seconds / 2))
    if floors.size < ANEW:
        floors, _ = stats.known(process.track, "heap_floor", process.span(seconds))
    if floors.size:
        return float(floors.min())
    limit = heap_limit(snapshot, process.instance, process.span(seconds))
    lately = _least_used(process, seconds / 2)
    return stats.highest([_least_used(process, seconds), 2 * lately - limit if lately >= NEARLY * limit else math.nan])


def _least_used(process: Process, seconds: float) -> float:
    """Bytes in use in every look; NaN where too few looks tell it, or not over all of that time."""
    used, _ = stats.known(process.track, "heap_used", process.span(seconds))
    if used.size < LOOKS or process.history(seconds) < TOLD:
        return math.nan
    return float(used.min())


def heap_share(snapshot: Snapshot, process: Process, seconds: float) -> float:
    """The heap that stays in use, of what it may take, 0 to 1."""
    limit = heap_limit(snapshot, process.instance, process.span(seconds))
    return heap_floor(snapshot, process, seconds) / limit


def _chosen_from(limit: float) -> float:
    """The memory from which V8 chooses this limit by itself, below its greatest."""
    return 2 * limit / (1 + _PARTS / 128)


def _memory(snapshot: Snapshot, instance: InstanceWindow, span: Span) -> float:
    """Bytes that Node.js takes for the memory there is: the least of its control group's limit and its machine's."""
    host = snapshot.window.host(instance.host_id)
    group = stats.latest(instance.track, "cgroup_memory_limit", span)
    whole = math.nan if host is None else stats.latest(host.track, "memory_limit", span)
    return float(np.fmin(group, whole))

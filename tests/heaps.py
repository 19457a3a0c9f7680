"""Processes that V8 ended for want of heap, for the tests of who looks at them."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np

from advisor.features import InstanceWindow, Snapshot
from advisor.vocabulary.events import EXITED
from tests.additions import happened, life, with_events, with_figures, with_lives, with_recalled, with_window
from tests.builders import YOUNG, Load, snapshot

MB = 1e6
LIMIT = 250 * MB
AGO = 60.0


def ended_by_v8(
    first: float, last: float, *, busier: float = 1.0, scale: float = 1.0, swing: float = 0.0, **said: Any
) -> Snapshot:
    """Two processes. The heap of the one went from `first` to `last` bytes until V8 ended it a (scaled) minute ago.

    `busier` are its last requests over its first; `swing` is what each collection takes from its heap, as a share.
    The other one lives, with 34 MB in use.
    """
    seen = snapshot(Load(), Load(), time_scale=scale)
    count = seen.window.instances[0].track.times.size
    course = np.linspace(first, last, count)
    saw = 1 - swing * (np.arange(count) % 4) / 3
    asked = seen.window.instances[0].track.values["requests"] * np.linspace(1, busier, count)
    seen = with_figures(seen, heap_limit=YOUNG + LIMIT, heap_used=34 * MB, heap_floor=34 * MB)
    seen = with_figures(seen, 0, heap_used=course * saw, heap_floor=np.nan, requests=asked)
    dead, alive = seen.window.instances
    seen = with_window(seen, instances=(until(dead, seen.now - AGO / scale), alive))
    return with_events(seen, happened(EXITED.name, AGO / scale, pid=dead.pid, **(said or {"signal": "SIGABRT"})))


def the_last(
    share: float, *, scale: float = 1.0, ago: float = 300.0, garbage: float = 0.0, load: Load | None = None, **said: Any
) -> Snapshot:
    """The only process, whose heap went from a fifth to this share in its last (scaled) minute; ended so long ago."""
    seen = snapshot(load or Load(), time_scale=scale)
    one = seen.window.instances[0]
    at = seen.now - ago / scale
    course = np.clip((one.track.times - at) * scale / 60 + 1, 0, 1) * (share - 0.2) + 0.2
    seen = with_figures(seen, heap_limit=YOUNG + LIMIT, heap_used=course * LIMIT, heap_floor=(course - garbage) * LIMIT)
    seen = with_window(seen, instances=(until(seen.window.instances[0], at),))
    seen = with_lives(seen, life(6 * 3600, ago / scale))
    return with_recalled(with_events(seen, happened(EXITED.name, ago / scale, **said)), "memory-pressure", seen.window)


def until(one: InstanceWindow, at: float, since: float = -math.inf) -> InstanceWindow:
    """A process that reported until then."""
    kept = (one.track.times <= at) & (one.track.times > since)
    values = {name: figures[kept] for name, figures in one.track.values.items()}
    track = replace(one.track, times=one.track.times[kept], spans=one.track.spans[kept], values=values, latencies={})
    return replace(one, track=track)

"""before_end: memory that rose until the kernel killed its process, and what only looks so; what it is answered by."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from advisor.features import Snapshot
from advisor.features.before_end import filled_memory
from advisor.features.window import Array
from advisor.vocabulary.events import EXITED
from tests.additions import happened, with_events, with_figures, with_recalled, with_window
from tests.answers import option, rejection
from tests.builders import Load, Machine, snapshot
from tests.heaps import until

RULE, GB = "memory-pressure", 1e9
AGENT = 11

Course = Callable[[Array], Array]
"""Bytes by how much of what is known of the life is over, 0 to 1."""


def leaks(over: Array) -> Array:
    return 0.1 * GB + 0.85 * GB * over


def fills(over: Array) -> Array:
    """What it serves from is loaded in a fifth of the time, and a little garbage comes after that."""
    return GB * np.minimum(0.9, 0.1 + 4 * over) + 0.05 * GB * over


def bursts(over: Array) -> Array:
    """One large request at the end."""
    return np.where(over > 0.97, 0.97 * GB, 0.3 * GB)


def killed(course: Course, *, lasted: float = 500.0, rates: tuple[float, float] = (1.0, 1.0), scale: float = 1.0,
           signal: str = "SIGKILL") -> Snapshot:  # fmt: skip
    """A process of a group of 1 GB that was killed five minutes ago, after so many seconds; another goes on."""
    seen = snapshot(Load(), Load(), time_scale=scale, machine=Machine(memory=32 * GB, available=28 * GB))
    dead = seen.window.instances[0]
    at = seen.now - 300 / scale
    begins = at - lasted / scale
    over = np.clip((dead.track.times - begins) * scale / lasted, 0, 1)
    used = course(over)
    answered = dead.track.values["requests"] * np.interp(over, [0, 1], rates)
    seen = with_figures(seen, 0, memory_rss=used, cgroup_memory_usage=used, requests=answered)
    seen = with_figures(seen, cgroup_memory_limit=GB)
    dead = until(seen.window.instances[0], at, begins)
    seen = with_window(seen, instances=(dead, seen.window.instances[1]))
    seen = with_events(seen, happened(EXITED.name, 300 / scale, AGENT, pid=1010, signal=signal))
    return with_recalled(seen, RULE, seen.window)


@pytest.mark.parametrize("scale", [1.0, 5.0])
@pytest.mark.parametrize("lasted", [200.0, 560.0])
def test_memory_that_rises_until_a_kill_leaks_and_gets_no_room(lasted: float, scale: float) -> None:
    seen = killed(leaks, lasted=lasted, scale=scale)
    way = option("fix-leak", RULE, seen)
    assert way.title.startswith("Find what fills a memory of 1 GB in ")
    assert "at an even load until a process was killed" in rejection("vertical", RULE, seen)
    assert "each copy would grow as well" in rejection("load-balance", RULE, seen)
    assert "a bigger heap only fills later" in rejection("tune-heap", RULE, seen)


@pytest.mark.parametrize("seen", [
    killed(fills), killed(bursts), killed(leaks, rates=(0.5, 1.5)), killed(leaks, lasted=100.0),
], ids=["filled", "burst", "more load", "at its start"])  # fmt: skip
def test_what_fills_in_another_way_is_no_leak(seen: Snapshot) -> None:
    found = filled_memory(seen, None, 600.0)
    assert found is None or not found.goes_on
    rejection("fix-leak", RULE, seen)


def test_who_was_stopped_tells_nothing_of_a_leak() -> None:
    assert filled_memory(killed(leaks, signal="SIGTERM"), None, 600.0) is None

from __future__ import annotations

import time
from collections.abc import Collection
from datetime import timedelta
from functools import partial
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from django.test import RequestFactory
from pytest_django import Settings

from advisor.pages.course import PEAKS, RANGES, chosen_range, course
from advisor.store import samples
from advisor.store.lines import Curve
from tests.store.builders import START, WHEN, disk_row, host, instance, keep, process_row, service

NOW = 1_000_003.0


class Ramp:
    """A store that answers with a ramp that starts with a gap, and keeps what it was asked for."""

    def __init__(self) -> None:
        self.asked: list[tuple[float, float, int]] = []
        self.extremes: Collection[str] = ()

    def __call__(self, start: float, end: float, points: int, extremes: Collection[str]) -> Any:
        self.extremes = extremes
        self.asked.append((start, end, points))
        size = points - 1
        step = (end - start) / size
        values = np.arange(size, dtype=float)
        values[0] = np.nan
        times = start + step * (np.arange(size) + 0.5)
        curve = Curve(values, values, values + 10)
        loop = SimpleNamespace(host="web-01", pid=7, busy=values / size)
        return SimpleNamespace(step=step, times=times, curves={"requests": curve, "p95": curve}, loops=(loop,))


@pytest.mark.parametrize("name", RANGES)
def test_a_range_is_asked_in_whole_steps(name: str) -> None:
    seconds, step = RANGES[name]
    ramp = Ramp()
    course(ramp, name, NOW)
    ((start, end, points),) = ramp.asked
    assert end - start == seconds
    assert end % step == start % step == 0
    assert (end - start) / (points - 1) == step
    assert points <= 400


def test_a_continuation_falls_on_the_steps_of_the_whole() -> None:
    whole = course(Ramp(), "1h", NOW)
    more = course(Ramp(), "1h", NOW, since=whole.times[-1])
    assert more.since is not None
    assert more.since <= whole.times[-1]
    assert set(more.times) <= set(whole.times)
    assert more.times[-1] == whole.times[-1]
    assert set(more.columns) <= set(whole.columns)


def test_gaps_are_none_and_nothing_lies_in_the_future() -> None:
    found = course(Ramp(), "15m", NOW)
    assert found.series["requests"][0] is None
    assert found.times[-1] - RANGES["15m"][1] / 2 <= NOW
    assert len(found.times) == len(found.series["requests"])
    assert len(found.columns) == len(found.grid[0])


def test_the_newest_value_looks_past_gaps_and_peaks_stay() -> None:
    ramp = Ramp()
    found = course(ramp, "15m", NOW)
    assert ramp.extremes == PEAKS
    last = found.newest("requests")
    assert last is not None
    assert found.newest("p95") == last + 10
    assert found.newest("unknown") is None


def test_an_unknown_range_is_the_default(rf: RequestFactory, settings: Settings) -> None:
    assert chosen_range(rf.get("/?range=6h")) == "6h"
    assert chosen_range(rf.get("/?range=99y")) == "1h"
    settings.TIME_SCALE = 5
    assert chosen_range(rf.get("/")) == "15m"


def test_the_real_store_knows_nothing_of_a_new_service(db: None) -> None:
    found = course(partial(samples.series, 1), "15m", time.time())
    assert found.series == {}
    assert found.names == []


SPIKED = {
    "loop_delay_max": "loop_delay",
    "gc_pause_max": "gc_pause_max",
    "gc_minor_max": "gc_minor_max",
    "threadpool_wait": "threadpool_wait",
    "accept_queue": "accept_queue",
}


def test_the_real_store_shows_the_worst_of_a_step_where_a_mean_would_hide_it(db: None) -> None:
    machine = host()
    one = instance(service(), machine)
    for at in range(10, 600, 10):
        worst = 0.9 if at == 300 else 0.1
        keep(
            process_row(one, at, None, memory_rss=worst, loop_resolution=0.0, **dict.fromkeys(SPIKED, worst)),
            disk_row(machine, at, "/", used=worst, capacity=1),
        )
    samples.roll_up(WHEN + timedelta(hours=2))

    found = course(partial(samples.series, one.service_id), "24h", START + 3600).series
    of_host = course(partial(samples.host_series, machine.pk), "24h", START + 3600).series

    shown = {
        name: max(value for value in found[name] if value) for name in (*SPIKED.values(), "disk_full", "memory_rss")
    }
    assert shown.pop("memory_rss") < 0.2
    assert shown == dict.fromkeys(shown, 0.9)
    assert max(value for value in of_host["disk_full"] if value) == 0.9

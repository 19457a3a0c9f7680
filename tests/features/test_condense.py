"""condense: what a recording was at one moment; nothing of later, nothing made up."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from advisor.features import Histogram, PartWindow, ServiceWindow, Track
from advisor.features.condense import condensed, cut, cut_track
from advisor.vocabulary import PartKind
from advisor.vocabulary.events import BLOCKED, EXITED
from tests.additions import happened, life
from tests.builders import NOW, Load, service

AN_HOUR = 3600.0


def whole() -> ServiceWindow:
    events = (happened(EXITED.name, 3000), happened(BLOCKED.name, 3000), happened(BLOCKED.name, 100))
    window = service(Load(rps=30), seconds=AN_HOUR)
    return replace(window, events=events, lives=(life(9000, 3000), life(2000), life(500)))


def test_a_cut_knows_nothing_of_later() -> None:
    now = NOW - 1200.0
    seen = cut(whole(), now - 600, now, now - 2000)
    (one,) = seen.instances
    assert now - 600 <= one.track.times[0] < one.track.times[-1] <= now
    assert seen.hosts[0].track.times[-1] <= now
    assert all(part.track.times[-1] <= now for part in one.parts)
    assert [event.name for event in seen.events] == [EXITED.name]
    assert [(e.seen_first, e.seen_last) for e in seen.lives] == [(NOW - 9000, NOW - 3000), (NOW - 2000, now)]


def test_a_cut_keeps_its_distributions_by_row() -> None:
    long = whole().instances[0].track
    part = cut_track(long, NOW - 900, NOW - 600)
    first = int(np.searchsorted(long.times, NOW - 900))
    assert len(part.latencies) == sum(first <= row < first + part.times.size for row in long.latencies)
    assert all(histogram == long.latencies[first + row] for row, histogram in part.latencies.items())
    rows = range(part.times.size)
    assert [row in part.latencies for row in rows] == [first + row in long.latencies for row in rows]
    assert not any(row in part.latencies for row in (-1, part.times.size, "0"))
    with pytest.raises(KeyError):
        part.latencies[part.times.size]


def test_a_process_of_another_time_is_left_out_and_so_is_a_column_that_is_silent() -> None:
    quiet = np.full(3, np.nan)
    assert cut_track(Track(np.arange(3.0), np.ones(3), {"requests": quiet}), 0, 2).values == {}
    assert cut(whole(), NOW - 9000, NOW - 8000, NOW - 9000).instances == ()


def test_increases_keep_their_rate_and_levels_their_extremes() -> None:
    times = np.arange(NOW - NOW % 60 + 10, NOW - NOW % 60 + 601, 10)
    values = {"requests": np.full(60, 20.0), "heap_used": np.arange(60.0)}
    values["requests"][30:] = np.nan
    latencies = {0: Histogram()}
    instance = replace(whole().instances[0], track=Track(times, np.full(60, 10.0), values, latencies), parts=())
    window = replace(whole(), instances=(instance,))
    seen = condensed(window, times[0] - 10, times[-1], 600, ("requests", "heap_used", "gc_major"), (), {})
    track = seen.instances[0].track
    assert set(track.values) == {"requests", "heap_used"}
    assert np.nansum(track.values["requests"]) / np.isfinite(track.values["requests"]).sum() == pytest.approx(1200)
    # The last row is of the next minute.
    assert (track.lows["heap_used"].min(), track.highs["heap_used"].max()) == (
        0,
        58,
    )
    assert not track.latencies
    assert not seen.hosts or seen.hosts[0].track.times.size == 0


def test_parts_are_condensed_where_they_are_asked_for() -> None:
    seen = condensed(whole(), NOW - AN_HOUR, NOW, 300, ("requests",), (), {PartKind.ROUTE: ("count",)})
    (route,) = seen.instances[0].parts
    assert route.track.values["count"].mean() / 300 == pytest.approx(30, rel=0.1)


def test_disks_are_there_where_nothing_of_processes_is_asked_for() -> None:
    window = whole()
    disk = PartWindow(PartKind.DISK, "/", replace(window.hosts[0].track, values={"used": window.hosts[0].track.spans}))
    window = replace(window, hosts=(replace(window.hosts[0], parts=(disk,)),))
    past = condensed(window, NOW - AN_HOUR, NOW, 300.0, (), (), {PartKind.DISK: ("used",)})
    assert [[part.name for part in host.parts] for host in past.hosts] == [["/"]]
    assert condensed(window, NOW - 9e6, NOW - 8e6, 300.0, (), (), {PartKind.DISK: ("used",)}).hosts == ()

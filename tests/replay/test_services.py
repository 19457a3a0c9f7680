"""The made-up services: columns that agree with one another, and look-alikes that do happen."""

from __future__ import annotations

import numpy as np
import pytest

from tests.replay.services import HEAP_LIMIT, service
from tests.replay.shapes import DAY, HEALTHY, HOUR, LEAKING, MB, drawn

SHAPES = {**HEALTHY, **LEAKING}
A_WEDNESDAY = 1.0


@pytest.mark.parametrize("name", SHAPES)
def test_what_is_counted_twice_is_counted_alike(name: str) -> None:
    for one in service(drawn(SHAPES[name], 3), 0.05, 3, name).instances:
        track = one.track
        if "requests" not in track.values:
            assert not track.latencies
            continue
        requests, errors = track.values["requests"], track.values["request_errors"]
        assert np.all(errors <= requests)
        assert [row in track.latencies for row in range(requests.size)] == list(requests > 0)
        assert all(histogram.count == requests[row] for row, histogram in track.latencies.items())
        told = sum(histogram.sum for histogram in track.latencies.values())
        assert track.values["request_time"].sum() == pytest.approx(told, rel=0.3)


@pytest.mark.parametrize("name", SHAPES)
def test_nothing_healthy_or_leaking_is_beyond_what_it_has(name: str) -> None:
    whole = service(drawn(SHAPES[name], 3), 1.5, 3, name)
    for one in whole.instances:
        if "heap_used" in one.track.values:
            assert one.track.values["heap_used"].max() < HEAP_LIMIT
    assert whole.hosts[0].track.values["memory_available"].min() > 0


def test_each_deploy_is_another_version_and_of_blue_and_green_one_has_the_traffic() -> None:
    shape = HEALTHY["blue and green"]
    whole = service(shape, 1.0, 1)
    assert [one.version for one in whole.instances] == ["1.0", "1.0", "1.1", "1.1"]
    old, new = whole.instances[0].track, whole.instances[2].track
    both = np.intersect1d(old.times, new.times)
    assert both[-1] - both[0] == pytest.approx(shape.overlap, abs=2 * shape.interval)
    carried = [track.values["requests"][np.isin(track.times, both)] > 0 for track in (old, new)]
    assert not np.any(carried[0] & carried[1])
    assert min(carried[0].sum(), carried[1].sum()) > 0.4 * both.size


def test_a_cache_fills_after_each_start() -> None:
    new = service(HEALTHY["a cache that fills"], 1.0, 1).instances[-1].track
    floor = new.values["heap_floor"]
    assert floor[-360:].mean() - floor[:360].mean() > 100 * MB


def test_a_heap_follows_its_traffic_late() -> None:
    track = service(HEALTHY["a heap that follows the day late"], 1.0, 1).instances[0].track
    heap, traffic = (track.values[column] for column in ("heap_floor", "requests"))
    late = int(900 / 10)  # half of what it follows over
    assert np.corrcoef(heap[late:], traffic[:-late])[0, 1] > np.corrcoef(heap, traffic)[0, 1]


def test_a_batch_has_its_day_and_nobody_to_wait_for_it() -> None:
    track = service(HEALTHY["a batch each week"], 1.3, 1).instances[0].track
    full = track.values["loop_utilization"] > 0.9
    assert full.sum() * 10 == pytest.approx(4 * HOUR, rel=0.01)
    assert np.all(track.times[full] - track.times[0] >= A_WEDNESDAY * DAY)
    assert not track.values["requests"].any()
    assert not track.values["listening"].any()


def test_a_load_test_comes_each_day_and_ends() -> None:
    shape = HEALTHY["a load test each day"]
    track = service(shape, 1.0, 1).instances[0].track
    since = (track.times % DAY) / HOUR
    within = (since >= 10.0) & (since < 10.0 + 1 / 3)
    before = (since >= 9.5) & (since < 10.0)
    requests = track.values["requests"]
    assert requests[within].mean() > 2 * requests[before].mean()

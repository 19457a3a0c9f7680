"""Process: what one process's rows say of its loop."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from advisor.features.process import Process
from tests.additions import with_figures
from tests.builders import Load, Senders, snapshot


def process(load: Load, senders: Senders | None = None, time_scale: float = 1.0, seed: int = 1) -> Process:
    return snapshot(load, senders=senders, time_scale=time_scale, seed=seed).processes[0]


@pytest.mark.parametrize("time_scale", [1.0, 5.0])
def test_a_loop_s_share_comes_from_its_times(time_scale: float) -> None:
    found = process(Load(elu=0.6, cpu=0.5, noise=0.0), time_scale=time_scale)
    assert found.elu(60) == pytest.approx(0.6)
    assert found.cpu_main(60) == pytest.approx(0.5)
    assert found.gap(60) == pytest.approx(0.1)


def test_without_times_it_comes_from_the_reported_share() -> None:
    found = process(Load(elu=0.6, noise=0.0))
    track = found.track
    bare = {name: column for name, column in track.values.items() if name not in ("loop_active", "loop_idle")}
    only_share = replace(found, instance=replace(found.instance, track=replace(track, values=bare)))
    assert only_share.elu(60) == pytest.approx(0.6)


def test_without_a_probe_the_loop_is_estimated_and_the_gap_unknown() -> None:
    found = process(Load(elu=0.6, cpu=0.5), Senders(probe=False))
    assert not found.measures_loop
    assert found.loop(60) == pytest.approx(0.5)
    assert math.isnan(found.gap(60))
    assert len(found.loop_series(60)) == 6


@pytest.mark.parametrize(("scale", "count"), [(1.0, 6), (5.0, 6), (10.0, 3)])
def test_samples_of_a_fast_clock_are_no_shorter_than_two_seconds(scale: float, count: int) -> None:
    (found,) = snapshot(Load(elu=0.6), time_scale=scale).processes
    assert found.loop_series(60) == pytest.approx([0.6] * count, abs=0.1)


def test_the_main_thread_falls_back_to_the_process_and_never_exceeds_a_core() -> None:
    load = Load(elu=0.9, cpu=0.8, threads_cpu=1.5)
    assert process(load).cpu_main(60) == pytest.approx(0.8)
    assert process(load, Senders(main_thread=False)).cpu_main(60) == 1.0
    assert process(load).cpu(60) == pytest.approx(0.8 + 1.5 * 1.0)


def told(found: Process, column: str, figure: float) -> Process:
    """The same process as if all its rows had said this."""
    track = found.track
    said = replace(track, values={**track.values, column: np.full(track.times.size, figure)})
    return replace(found, instance=replace(found.instance, track=said))


def test_the_resolution_is_taken_off_a_delay_and_ten_milliseconds_assumed() -> None:
    found = process(Load(block=0.3, block_every=4.0))
    assert found.blocks(found.span(600)).max() == pytest.approx(0.3, abs=0.009)
    assert told(found, "loop_resolution", 0.020).blocks(found.span(600)).max() == pytest.approx(0.29, abs=0.009)
    assert told(found, "loop_resolution", np.nan).blocks(found.span(600)).max() == pytest.approx(0.3, abs=0.009)


@pytest.mark.parametrize("time_scale", [1.0, 5.0])
def test_ten_minutes_have_ten_longest_blocks(time_scale: float) -> None:
    minutes = process(Load(block=0.3, block_every=4.0), time_scale=time_scale).blocked_minutes(600)
    assert len(minutes) == 10
    assert min(minutes) >= 0.3


def test_time_lost_is_measured_or_a_lower_bound() -> None:
    found = process(Load(block=0.3, block_every=4.0))
    assert found.blocked_share(600) == pytest.approx(0.0755, abs=0.005)
    assert 0.02 < told(found, "loop_blocked", np.nan).blocked_share(600) < 0.05


def test_garbage_collection() -> None:
    found = process(Load(gc_share=0.05, gc_pause=0.12))
    assert found.gc_share(60) == pytest.approx(0.05)
    assert found.gc_pause(60) == pytest.approx(0.12)
    without = process(Load(), Senders(probe=False))
    assert (without.gc_share(60), without.gc_pause(60)) == (0.0, 0.0)


def test_samples_without_a_collection_count_in_the_time() -> None:
    found = process(Load(gc_share=0.1))
    collected = found.track.values["gc_major"]
    collected[np.flatnonzero(~np.isnan(collected))[::2]] = np.nan
    assert found.gc_share(300) == pytest.approx(0.05, abs=0.005)


def test_time_lost_is_also_what_the_mean_delay_has_above_the_median() -> None:
    seen = snapshot(Load(elu=0.3, block=0.3, block_every=4.0))
    del seen.window.instances[0].track.values["loop_blocked"]  # type: ignore[attr-defined]  # a dict underneath
    told = with_figures(seen, loop_delay_mean=0.0109, loop_delay_p50=0.0101).processes[0]
    assert told.blocked_share(600) == pytest.approx(1 - 0.0101 / 0.0109 - 0.01)
    assert seen.processes[0].blocked_share(600) == pytest.approx(0.03, abs=0.005)


def test_requests_and_their_durations() -> None:
    found = process(Load(rps=100, latency=0.02))
    assert found.requests(300) == pytest.approx(100, rel=0.05)
    assert found.latency(300).quantile(0.5) == pytest.approx(0.02, rel=0.1)
    assert found.latency(300).count == pytest.approx(found.requests(300) * 300, rel=0.02)


def test_websockets_are_the_last_that_were_told() -> None:
    assert process(Load(websockets=40)).websockets(300) == 40
    assert process(Load(), Senders(probe=False)).websockets(300) == 0


def test_the_first_two_minutes_of_a_life_are_left_out() -> None:
    young = process(Load(age=180))
    assert young.span(600).length == pytest.approx(60, abs=10)
    assert process(Load(age=36), time_scale=5.0).span(600).length == pytest.approx(12, abs=2)


def test_late_timers_of_an_idle_loop_are_no_lost_time() -> None:
    seen = snapshot(Load(elu=0.02))
    window = seen.window.instances[0]
    late = {**window.track.values, "loop_blocked": np.full_like(window.track.times, 0.05 * window.track.spans[0])}
    process = Process(replace(window, track=replace(window.track, values=late)), seen.window.start, seen.now, 1.0)
    assert process.blocked_share(600) == pytest.approx(process.elu(600))

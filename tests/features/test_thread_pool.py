"""thread_pool: waits for libuv's threads, and what these do meanwhile."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from advisor.features.process import Process
from advisor.features.thread_pool import (
    Doing,
    beside_main,
    doing,
    lasting_wait,
    longest,
    longest_wait,
    outstanding,
    queued_wait,
    waits,
)
from advisor.vocabulary import PartKind
from tests.additions import with_part, with_probe_figures
from tests.builders import Load, Senders, snapshot


def process(load: Load | None = None, senders: Senders | None = None, **columns: Any) -> Process:
    return with_probe_figures(snapshot(load or Load(), senders=senders), **columns).processes[0]


def test_waits_are_those_of_each_sample() -> None:
    found = waits(process(threadpool_wait=0.05), 300)
    assert len(found) >= 29
    assert np.median(found) == pytest.approx(0.05, abs=0.01)


def test_a_blocked_loop_is_no_queue() -> None:
    assert max(waits(process(Load(elu=0.3, block=0.3, block_every=4.0), threadpool_wait=0.29), 300)) == 0


@pytest.mark.parametrize("left", [0.0, 0.1])
def test_who_waited_longest_is_still_named_in_the_minute_in_which_it_ends(left: float) -> None:
    seen = with_probe_figures(snapshot(Load(), Load()), threadpool_wait=0.0)
    track = seen.window.instances[1].track
    inside = ~np.isnan(track.values["threadpool_wait"])
    track.values["threadpool_wait"][inside] = np.where(track.times[inside] > seen.now - 60, left, 0.1)
    assert longest(seen.processes, 300) is seen.processes[1]
    assert (lasting_wait(seen.processes[1], 300) > 0) is (left > 0)


@pytest.mark.parametrize(("threads", "cores", "slower"), [(1, 0.8, 4.0), (4, 3.2, 0.746)])
def test_threads_that_compute_make_a_request_wait_as_long_as_their_queue_says(
    threads: float, cores: float, slower: float
) -> None:
    """Of one thread 80% busy: 0.8 / (1 - 0.8) times what it computes for a request; of four 0.596 / (4 x 0.2)."""
    busy = process(
        Load(rps=20, latency=1.0, threads_cpu=cores, noise=0.0), threadpool_wait=0.0, threadpool_size=threads
    )
    assert queued_wait(busy, 300) == pytest.approx(slower * cores / 20, rel=0.05)
    assert lasting_wait(busy, 300) == pytest.approx(slower * cores / 20, rel=0.15)
    assert longest_wait(busy, 300) == queued_wait(busy, 300)


def test_what_its_calls_take_is_no_wait_for_the_pool() -> None:
    """A file is packed in the background, and requests wait 200 ms for a database."""
    load = Load(rps=40, latency=0.2, threads_cpu=0.95, noise=0.0)
    seen = with_probe_figures(snapshot(load), threadpool_wait=0.0, threadpool_size=1.0)
    assert queued_wait(seen.processes[0], 300) > 0.1
    called = with_part(seen, PartKind.DATABASE, "postgresql 10.0.0.9 5432", count=400.0, duration=400 * 0.19)
    assert queued_wait(called.processes[0], 300) < 0.01


def test_it_waits_no_longer_than_nobody_computes_for_it() -> None:
    load = Load(rps=20, latency=0.1, threads_cpu=0.8, noise=0.0)
    busy = process(load, threadpool_wait=0.0, threadpool_size=1.0)
    assert queued_wait(busy, 300) == pytest.approx(busy.latency(300).mean - busy.cpu(300) / 20, rel=0.05)


@pytest.mark.parametrize(
    ("load", "columns"),
    [
        (Load(rps=20, latency=1.0, threads_cpu=0.6), {"threadpool_size": 1.0}),
        (Load(rps=20, latency=1.0, threads_cpu=0.8), {"threadpool_size": 4.0}),
        (Load(rps=20, latency=1.0, threads_cpu=3.2), {}),
        (Load(rps=20, latency=1.0, threads_cpu=3.2), {"threadpool_size": 4.0, "worker_threads": 2.0}),
        (Load(rps=20, latency=1.0, threads_cpu=0.8, gc_share=0.15), {"threadpool_size": 1.0}),
        (Load(rps=0.0, threads_cpu=0.8), {"threadpool_size": 1.0}),
        (Load(rps=20, latency=1.0, threads_cpu=6.0), {"threadpool_size": 4.0}),
    ],
)
def test_free_threads_and_what_others_compute_are_no_queue(load: Load, columns: dict[str, Any]) -> None:
    assert queued_wait(process(load, threadpool_wait=0.0, **columns), 300) == 0


def test_nobody_measures_it_without_a_probe() -> None:
    silent = process(senders=Senders(probe=False))
    assert waits(silent, 300) == []
    assert math.isnan(outstanding(silent, 300))


@pytest.mark.parametrize(
    ("threads_cpu", "cores", "what"),
    [
        (0.1, 8, Doing.WAITING),
        (3.0, 8, Doing.COMPUTING),
        (1.4, 8, Doing.UNKNOWN),
        (1.5, 2, Doing.COMPUTING),
        (0.9, math.nan, Doing.WAITING),
        (3.9, math.nan, Doing.COMPUTING),
    ],
)
def test_processor_time_beside_the_main_thread_tells_what_threads_do(
    threads_cpu: float, cores: float, what: Doing
) -> None:
    assert doing(process(Load(threads_cpu=threads_cpu)), 300, cores) is what


def test_beside_worker_threads_it_is_not_known() -> None:
    assert doing(process(Load(threads_cpu=3.0), worker_threads=2), 300, 8) is Doing.UNKNOWN
    assert doing(process(Load(threads_cpu=0.1), worker_threads=2), 300, 8) is Doing.WAITING


def test_without_the_main_threads_own_time_it_is_not_known() -> None:
    blind = process(Load(threads_cpu=3.0), Senders(main_thread=False))
    assert math.isnan(beside_main(blind, 300))
    assert doing(blind, 300, 8) is Doing.UNKNOWN

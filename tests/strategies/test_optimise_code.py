"""optimise-code: where one function or route has most of the work, and where garbage is made needlessly."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest

from advisor.features import Snapshot
from advisor.vocabulary import Family
from advisor.vocabulary.events import BLOCKED as HELD
from advisor.vocabulary.events import PROFILED
from tests.additions import happened, with_events, with_machines, with_probe_figures, with_window
from tests.answers import expected, option, rejection
from tests.builders import YOUNG, Load, Machine, Senders, snapshot
from tests.route_loads import Asked, routed

BLOCKED, SATURATED, COLLECTING = "event-loop-blocked", "event-loop-saturated", "gc-pressure"
UNEVEN, POOL = "uneven-load", "thread-pool-saturated"
FULL = Load(elu=0.885, rps=175, routes={"GET /a": 0.4, "GET /b": 0.35, "GET /c": 0.25})
HEAVY = Load(elu=0.08, cpu=0.075, rps=3, block=0.3, routes={"GET /a": 0.5, "GET /b": 0.5})
CHURNING = Load(elu=0.85, rps=150, gc_share=0.14)
RENDER: dict[str, Any] = {"function": "render", "file": "/srv/report.js", "line": 42}


def sampled(load: Load, share: float) -> Snapshot:
    return with_events(snapshot(load), happened(PROFILED.name, 90, share=share, **RENDER))


def churning(**columns: float) -> Snapshot:
    return with_probe_figures(snapshot(CHURNING), **{"gc_major": 0.1, "gc_minor": 1.3} | columns)


def test_a_function_with_most_samples_is_named() -> None:
    found = option("optimise-code", SATURATED, sampled(FULL, 0.6))
    loop = expected(found, "loop_utilization")
    assert found.family is Family.REPAIR
    assert found.title == "Make render (report.js:42) cheaper: it has 60% of the loop's work"
    assert "by samples of the busy loop, /srv/report.js:42" in found.why
    assert loop.now is not None
    assert loop.now == pytest.approx(0.885, abs=0.02)
    assert loop.low == pytest.approx(loop.now * (1 - 0.6 * 0.8))
    assert loop.high == pytest.approx(loop.now * (1 - 0.6 * 0.2))


def test_the_function_that_blocks_is_named() -> None:
    blocks = [happened(HELD.name, 60 * n, duration=0.3, cause="code", **RENDER) for n in (1, 2, 3)]
    found = option("optimise-code", BLOCKED, with_events(snapshot(HEAVY), *blocks))
    delay = expected(found, "loop_delay_max")
    assert "render (report.js:42)" in found.title
    assert "by the blocks that name it" in found.why
    assert delay.now is not None
    assert delay.low is not None
    assert delay.high is not None
    assert delay.low < delay.high < delay.now


def test_a_route_is_named_by_its_loop_time_and_not_by_its_durations() -> None:
    routes = {"GET /list": Asked(40, 0.004), "POST /pay": Asked(10, 0.060), "GET /slow": Asked(6, 0.001, waits=0.8)}
    found = option("optimise-code", SATURATED, routed(routes, Load(cpu=0.75), noise=0.02))
    assert found.title.startswith("Make POST /pay cheaper: it has 7")
    assert "loop time by regression, 7" in found.why


def test_without_anything_better_durations_name_the_route_with_less_confidence() -> None:
    seen = snapshot(replace(FULL, routes={"GET /a": 0.7, "GET /b": 0.3}))
    sure, unsure = option("optimise-code", SATURATED, sampled(FULL, 0.7)), option("optimise-code", SATURATED, seen)
    assert "estimated from durations" in unsure.why
    assert unsure.confidence == pytest.approx(0.6 * sure.confidence)


@pytest.mark.parametrize(
    ("seen", "why"),
    [
        (snapshot(FULL), "GET /a, has 40% of the work, below 50%"),
        (sampled(FULL, 0.49), "render (report.js:42), has 49% of the work, below 50%"),
        (snapshot(FULL, senders=Senders(probe=False)), "0 functions and 0 routes"),
    ],
)
def test_evenly_spread_work_has_no_dearest_part(seen: Snapshot, why: str) -> None:
    assert why in rejection("optimise-code", SATURATED, seen)


@pytest.mark.parametrize(
    ("load", "why"),
    [
        (
            Load(elu=0.2, cpu=0.03, block=0.3, block_every=2.0, noise=0.0),
            "its code computes 3% of the time: it is in a call",
        ),
        (replace(HEAVY, gc_pause=0.25), "Garbage collection pauses of 250 ms"),
    ],
)
def test_blocks_that_are_no_computing_are_no_code_to_make_cheaper(load: Load, why: str) -> None:
    assert why in rejection("optimise-code", BLOCKED, snapshot(load))


def test_less_garbage_where_most_of_it_is_minor_collections() -> None:
    found = option("optimise-code", COLLECTING, churning())
    loop = expected(found, "loop_utilization")
    assert found.title == "Make less garbage: minor collections take 13% of the time"
    assert "--import ./garbage.mjs server.js" in found.steps[1].code
    assert loop.now is not None
    assert loop.low == pytest.approx(loop.now - 0.7 * 0.14, abs=0.001)


def test_less_garbage_that_grows_old_where_the_heap_has_room() -> None:
    old = churning(gc_major=1.3, gc_minor=0.1)
    found, young = (option("optimise-code", COLLECTING, seen) for seen in (old, churning()))
    assert found.title == "Make less garbage: collections take 14% of the time"
    assert "93% of it for objects that outlive the youngest, and the heap is 1.8% full afterwards. Fewer" in found.why
    assert found.confidence == pytest.approx(0.8 * young.confidence)


@pytest.mark.parametrize(("columns", "why"), [
    ({"gc_major": 1.3, "gc_minor": 0.1, "heap_limit": math.nan}, "14% of the time of the loop, 93% of it for objects "
     "that outlive the youngest. Fewer"),
    ({"heap_limit": math.nan}, "14% of the time of the loop, 93% of it for objects that live shortly. Fewer"),
    ({"gc_major": math.nan, "gc_minor": math.nan}, " of the time of the loop, and the heap is 1.8% full afterwards."),
    ({"gc_major": math.nan, "gc_minor": math.nan, "heap_limit": math.nan}, " of the time of the loop. Fewer"),
])  # fmt: skip
def test_what_nobody_tells_of_a_heap_is_not_said(columns: dict[str, float], why: str) -> None:
    found = option("optimise-code", COLLECTING, churning(**columns))
    assert why in found.why
    assert "nan" not in found.why + found.title


def test_a_heap_that_is_kept_full_is_no_garbage() -> None:
    kept = churning(heap_floor=1.8e9, heap_limit=YOUNG + 2e9)
    assert "The heap is 90% full after a collection" in rejection("optimise-code", COLLECTING, kept)


COOL = Load(elu=0.3, rps=60)
REPORTING = Load(elu=0.9, rps=60, routes={"GET /": 0.6, "GET /report": 0.4})


def test_the_route_that_only_the_hot_process_serves_is_named() -> None:
    found = option("optimise-code", UNEVEN, snapshot(REPORTING, COOL, COOL))
    loop = expected(found, "loop_utilization")
    assert found.title == "Make GET /report cheaper: it is 40% of the requests of process 1010"
    assert "costs process 1010 3 times as much as the others: GET /report is 40% of its requests and 0%" in found.why
    assert "by customer, key or address" in found.steps[0].text
    assert loop.now == pytest.approx(0.9, abs=0.02)
    assert loop.low == pytest.approx(0.9 * (1 - 0.4 * 0.8), abs=0.03)


def test_the_route_is_told_by_its_loop_time_where_that_is_known() -> None:
    routes = {"GET /": Asked(40, 0.002), "GET /report": Asked(15, 0.05)}
    hot = routed(routes, Load(elu=0.84, rps=55), noise=0.02).window.instances[0]
    seen = snapshot(Load(), COOL, COOL)
    mixed = with_window(seen, instances=(hot, *seen.window.instances[1:]))
    found = option("optimise-code", UNEVEN, mixed)
    assert found.title.startswith("Make GET /report cheaper: it is 27% of")
    assert "takes 76% of its work (loop time by regression, 71% to 81% for GET /report)" in found.why


@pytest.mark.parametrize(("hot", "why"), [
    (Load(elu=0.9, rps=180), "gets 3 times as many requests: cheaper ones would be shared out as unevenly"),
    (Load(elu=0.8, cpu=0.4, rps=60, latency=0.05), "times as much as the others, and no other routes explain that"),
    (Load(elu=1.0, cpu=1.0, rps=0.0), "process 1010 answers 0 requests"),
])  # fmt: skip
def test_code_that_all_run_alike_does_not_set_one_apart(hot: Load, why: str) -> None:
    assert why in rejection("optimise-code", UNEVEN, snapshot(hot, COOL, COOL))


def test_a_slower_machine_makes_no_route_dearer() -> None:
    seen = with_machines(snapshot(*[replace(COOL, elu=0.4)] * 4, *[replace(COOL, elu=0.8)] * 2, hosts=3), 2, 2, 2)
    assert "the machine is slower, not one route dearer" in rejection("optimise-code", UNEVEN, seen)


def test_a_process_without_equals_is_not_compared() -> None:
    assert "1 process: there is no other" in rejection("optimise-code", UNEVEN, snapshot(COOL))


def pooled(threads: float, machine: Machine | None = None) -> Snapshot:
    load = Load(elu=0.2, latency=0.15, threads_cpu=threads, routes={"POST /thumbnail": 0.7, "GET /": 0.3})
    return with_probe_figures(snapshot(load, machine=machine or Machine(cores=2, cpu=0.85)), threadpool_wait=0.1)


@pytest.mark.parametrize("machine", [Machine(cores=2, cpu=0.95), Machine(cores=8, cpu=0.5)])
def test_a_pool_that_computes_is_given_less(machine: Machine) -> None:
    found = option("optimise-code", POOL, pooled(3.4 if machine.cores > 2 else 1.6, machine))
    wait = expected(found, "threadpool_wait")
    assert "compute on " in found.why
    assert f" of {machine.cores:.0f} cores" in found.why
    assert "Each tenth less of that work frees a tenth of those cores." in found.why
    assert "POST /thumbnail takes 70% of the time of requests" in found.why
    assert wait.now is not None
    assert wait.high == pytest.approx(wait.now * 0.8)
    assert found.steps[0].code == "node --trace-event-categories node.threadpoolwork.sync server.js"


@pytest.mark.parametrize("threads", [0.05, 0.6])
def test_a_pool_that_waits_gains_nothing(threads: float) -> None:
    assert "does not show that its pool computes" in rejection("optimise-code", POOL, pooled(threads))


def test_what_the_pool_does_must_be_measured() -> None:
    assert "0 processes measure" in rejection("optimise-code", POOL, snapshot(Load(), senders=Senders(probe=False)))

"""worker-threads: for pieces of computing from ten milliseconds on, and for nothing else."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from advisor.diagnosis import Evidence
from advisor.features import Snapshot
from advisor.vocabulary import Family
from advisor.vocabulary.events import BLOCKED as HELD
from advisor.vocabulary.events import PROFILED
from tests import rulings
from tests.additions import happened, with_events, with_figures
from tests.answers import expected, option, rejection
from tests.builders import Load, Machine, Senders, snapshot
from tests.route_loads import Asked, routed

SATURATED, BLOCKED, STARVED = "event-loop-saturated", "event-loop-blocked", "host-cpu-saturated"
HEAVY = Load(elu=0.08, cpu=0.075, rps=3, block=0.3)
RENDER: dict[str, Any] = {"function": "render", "file": "/srv/report.js", "line": 42}


def test_it_takes_the_block_off_the_loop() -> None:
    found = option("worker-threads", BLOCKED, snapshot(HEAVY))
    delay, loop = expected(found, "loop_delay_max"), expected(found, "loop_utilization")
    assert found.family is Family.OFFLOADING
    assert delay.now == pytest.approx(0.308, abs=0.01)
    assert delay.high is not None
    assert delay.high < 0.05
    assert loop.high is not None
    assert loop.now is not None
    assert loop.high < loop.now / 2


def test_what_remains_is_counted_over_the_time_in_which_blocks_were() -> None:
    """A last minute with more work than the nine before says nothing of what blocks take in all."""
    load = Load(elu=0.5, elu_before=0.2, changed=60.0, block=0.3, block_every=2.0, noise=0.0)
    loop = option("worker-threads", BLOCKED, snapshot(load)).expected[1]
    assert loop.now == pytest.approx(0.23, abs=0.01)
    assert loop.low is not None
    assert loop.high is not None
    assert loop.low < loop.high < 0.12


def test_the_shorter_the_pieces_the_more_messages_stay_on_the_loop() -> None:
    """As much work in pieces of 300 ms and of 60 ms: blocks are timed to a twentieth, each message takes 4 ms."""
    above: list[float] = []
    for piece in (0.3, 0.06):
        load = Load(elu=0.3, cpu=0.3, rps=20, block=piece, block_every=5 * piece, noise=0.0)
        loop = expected(option("worker-threads", BLOCKED, snapshot(load)), "loop_utilization")
        assert loop.now is not None
        assert loop.low is not None
        assert loop.high is not None
        moved = (loop.now - loop.low) / 1.05
        above.append(loop.high - (loop.now - moved))
        assert above[-1] == pytest.approx(moved * 0.05 + moved / piece * 0.004, rel=0.1)
    assert above[1] > 1.5 * above[0]


@pytest.mark.parametrize(
    ("load", "machine", "threads"),
    [
        (HEAVY, Machine(cores=2, cpu=0.72, other_loops=(0.885,)), "1 worker thread"),
        (HEAVY, Machine(cores=8, cpu=0.2), "1 worker thread"),
        (Load(elu=0.7, block=0.8, block_every=1.2), Machine(cores=8, cpu=0.2), "2 worker threads"),
        (Load(elu=0.7, block=0.8, block_every=1.2), Machine(cores=2, cpu=0.5), "1 worker thread"),
    ],
)
def test_the_pool_is_sized_by_the_work_within_the_idle_cores(load: Load, machine: Machine, threads: str) -> None:
    found = option("worker-threads", BLOCKED, snapshot(load, machine=machine))
    assert found.title == f"Move the work that holds the loop to {threads}"


def test_without_an_idle_core_it_promises_responsiveness_only() -> None:
    roomy = option("worker-threads", BLOCKED, snapshot(HEAVY))
    tight = option("worker-threads", BLOCKED, snapshot(HEAVY, machine=Machine(cores=2, cpu=0.78)))
    assert "responsive but not faster" in tight.why
    assert tight.confidence < roomy.confidence


def test_short_requests_are_not_worth_a_message() -> None:
    full = snapshot(Load(elu=0.885, rps=175))
    assert "holds the loop for 5" in rejection("worker-threads", SATURATED, full)


def test_long_requests_are_worth_it_where_a_core_is_idle() -> None:
    long = Load(elu=0.885, rps=20, latency=0.05)
    assert option("worker-threads", SATURATED, snapshot(long, machine=Machine(cores=4, cpu=0.3))).expected
    assert "Only 0.4 cores" in rejection("worker-threads", SATURATED, snapshot(long, machine=Machine(cpu=0.78)))


@pytest.mark.parametrize(
    ("rule", "load", "why"),
    [
        (BLOCKED, Load(elu=0.2, cpu=0.03, block=0.3, block_every=2.0), "synchronous call"),
        (BLOCKED, Load(elu=0.2, block=0.3, block_every=2.0, gc_pause=0.2), "Garbage collection pauses of 200 ms"),
        (SATURATED, Load(elu=0.99, cpu=0.47, rps=20), "it is in a synchronous call or waits for a processor"),
        (STARVED, Load(elu=0.99, cpu=0.47, rps=20), "Threads share the processors that are short"),
    ],
)
def test_it_does_not_help_a_loop_that_does_not_compute(rule: str, load: Load, why: str) -> None:
    assert why in rejection("worker-threads", rule, snapshot(load, machine=Machine(cpu=0.6)))


def test_it_does_not_help_a_full_host_whose_loops_compute_for_long() -> None:
    """Half a core is left of eight, and a request holds the loop for 12 ms: it is the host that is full."""
    seen = snapshot(*[Load(elu=0.95, cpu=0.92, rps=80)] * 8, machine=Machine(cores=8, cpu=0.93))
    assert "Threads share the processors that are short (" in rejection("worker-threads", STARVED, seen)
    assert option("worker-threads", SATURATED, seen)


def test_it_does_not_help_requests_that_wait_for_others() -> None:
    """A request holds the loop for 15 ms, and waits for ten times as long."""
    seen = snapshot(Load(elu=0.36, rps=24, latency=1.2), machine=Machine(cores=4, cpu=0.4))
    slow = Evidence("p95", "95% of requests answered within", 1.4, "s", 1.0, "at least", True)
    waits = Evidence("wait_share", "Time of a request without work of the loop", 0.97, "1", 0.8, "at least", True)
    reason = rulings.refused("worker-threads", "downstream-bound", seen, slow, waits)
    assert reason == (
        "A thread waits for an answer as long as the loop does (time of a request without work of the loop: 97%)."
    )
    assert option("worker-threads", SATURATED, seen)


def test_without_a_probe_it_cannot_tell() -> None:
    seen = snapshot(Load(elu=0.885), senders=Senders(probe=False))
    assert "0 processes report" in rejection("worker-threads", SATURATED, seen)


def test_it_names_the_route_that_can_be_the_cause() -> None:
    slow = replace(HEAVY, latency=0.29, routes={"GET /report": 1.0})
    assert "GET /report" in option("worker-threads", BLOCKED, snapshot(slow)).why


def test_it_names_the_function_that_events_name() -> None:
    blocks = [happened(HELD.name, 60 * n, duration=0.3, cause="code", **RENDER) for n in (1, 2, 3)]
    found = option("worker-threads", BLOCKED, with_events(snapshot(HEAVY), *blocks))
    assert found.title == "Move render (report.js:42) to 1 worker thread"
    assert "It stands /srv/report.js:42." in found.why
    assert all("return render(input); // /srv/report.js:42" in s.code for s in found.steps if s.file == "heavy.mjs")


def test_on_a_full_loop_it_names_the_function_of_most_samples() -> None:
    seen = snapshot(Load(elu=0.885, rps=20, latency=0.05), machine=Machine(cores=4, cpu=0.3))
    for share, title in ((0.7, "Move render (report.js:42) to"), (0.3, "Move the work that holds the loop to")):
        sampled = with_events(seen, happened(PROFILED.name, 60, share=share, **RENDER))
        assert option("worker-threads", SATURATED, sampled).title.startswith(title)


def test_one_heavy_route_among_light_ones_is_found_by_its_loop_time() -> None:
    routes = {"GET /list": Asked(60, 0.004), "POST /pay": Asked(9, 0.060), "GET /slow": Asked(6, 0.001, waits=0.8)}
    seen = routed(routes, Load(elu=0.8, cpu=0.75, rps=75), noise=0.01)
    found = option("worker-threads", SATURATED, seen)
    loop = expected(found, "loop_utilization")
    assert re.search(r"holds the loop for up to [56]\d ms", found.why)
    assert "The first to look at is POST /pay." in found.why
    assert any('app.post("/pay", async' in step.code for step in found.steps)
    assert loop.low is not None
    assert loop.now is not None
    assert loop.low == pytest.approx(loop.now * 0.3, abs=0.1)


@pytest.mark.parametrize(
    ("rule", "why"),
    [
        ("gc-pressure", "Garbage collection takes 14% of the time: work that moves"),
        ("thread-pool-saturated", "The loop is 45% busy: the threads of libuv's pool are short"),
    ],
)
def test_other_troubles_are_not_cured_by_threads(rule: str, why: str) -> None:
    seen = snapshot(Load(elu=0.45, noise=0.0, gc_share=0.14, block=0.2, block_every=3.0))
    assert why in rejection("worker-threads", rule, seen)


@pytest.mark.parametrize("package", ["piscina", "workerpool"])
def test_either_package_is_shown_with_the_pool_and_the_route(package: str) -> None:
    found = option("worker-threads", BLOCKED, snapshot(replace(HEAVY, latency=0.29, routes={"POST /render/:id": 1.0})))
    mine = [step for step in found.steps if step.platform == package]
    assert [step.file for step in mine] == ["shell", "heavy.mjs", "server.mjs", "server.mjs, after listen"]
    assert 'app.post("/render/:id", async' in mine[2].code


def test_without_a_suspect_the_pool_shows_a_route_of_its_own() -> None:
    assert 'app.get("/report", async' in _pool(replace(HEAVY, latency=0.002))


def test_a_full_queue_is_answered() -> None:
    asked, tried = _pool(HEAVY).split("try {")
    assert "if (pool.queueSize >= MOST) return response.sendStatus(503);" in asked
    assert "await pool.run({ params, query, body })" in tried
    assert "next(error);" in tried


def _pool(load: Load) -> str:
    found = option("worker-threads", BLOCKED, snapshot(load))
    return next(step.code for step in found.steps if step.file == "server.mjs")


QUIET = Machine(cores=8, cpu=0.2)


@pytest.mark.parametrize("seen", [
    with_figures(snapshot(HEAVY, machine=QUIET), cgroup_cpu_limit=1.0), snapshot(HEAVY, machine=Machine(cores=1)),
], ids=["quota", "machine"])  # fmt: skip
def test_with_one_core_it_promises_responsiveness_only(seen: Snapshot) -> None:
    found, roomy = option("worker-threads", BLOCKED, seen), option("worker-threads", BLOCKED, snapshot(HEAVY))
    assert "It may use one core, so a thread makes the service responsive but not faster." in found.why
    assert found.confidence < roomy.confidence


@pytest.mark.parametrize(("quota", "threads"), [(1.0, "1 worker thread"), (4.0, "2 worker threads")])
def test_a_quota_bounds_the_pool(quota: float, threads: str) -> None:
    load = Load(elu=0.7, block=0.8, block_every=1.2)
    seen = with_figures(snapshot(load, machine=QUIET), cgroup_cpu_limit=quota)
    assert option("worker-threads", BLOCKED, seen).title == f"Move the work that holds the loop to {threads}"


def test_a_full_loop_leaves_no_core_of_a_quota_of_one() -> None:
    full = with_figures(snapshot(Load(elu=0.9, rps=20), machine=QUIET), cgroup_cpu_limit=1.0)
    assert "cores of its quota on web-1 are idle: threads would share them" in rejection(
        "worker-threads", SATURATED, full
    )
    assert option("worker-threads", SATURATED, snapshot(Load(elu=0.9, rps=20), machine=QUIET))

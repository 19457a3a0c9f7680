"""worker-threads: for pieces of computing from ten milliseconds on, and for nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from advisor.vocabulary import Family
from tests.answers import expected, option, rejection
from tests.builders import Load, Machine, Senders, snapshot

SATURATED, BLOCKED, STARVED = "event-loop-saturated", "event-loop-blocked", "host-cpu-saturated"
HEAVY = Load(elu=0.08, cpu=0.075, rps=3, block=0.3)


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
        (STARVED, Load(elu=0.99, cpu=0.47, rps=20), "waits in a synchronous call or for a processor"),
    ],
)
def test_it_does_not_help_a_loop_that_does_not_compute(rule: str, load: Load, why: str) -> None:
    assert why in rejection("worker-threads", rule, snapshot(load, machine=Machine(cpu=0.6)))


def test_without_a_probe_it_cannot_tell() -> None:
    seen = snapshot(Load(elu=0.885), senders=Senders(probe=False))
    assert "0 processes report" in rejection("worker-threads", SATURATED, seen)


def test_it_names_the_route_that_can_be_the_cause() -> None:
    slow = replace(HEAVY, latency=0.29, routes={"GET /report": 1.0})
    assert "GET /report" in option("worker-threads", BLOCKED, snapshot(slow)).why


@pytest.mark.parametrize(
    ("route", "handler"),
    [
        ("GET /reports/export", 'app.get("/reports/export", async'),
        ("POST /render/:id", 'app.post("/render/:id", async'),
        ('GET /"); exit("', 'app.get("/\\"); exit(\\"", async'),
        ("CONNECT other", 'app.get("/report", async'),
    ],
)
def test_the_pool_answers_on_the_route_that_can_be_the_cause(route: str, handler: str) -> None:
    slow = replace(HEAVY, latency=0.29, routes={route: 1.0})
    assert handler in _pool(slow)


def test_without_a_suspect_the_pool_shows_a_route_of_its_own() -> None:
    assert 'app.get("/report", async' in _pool(replace(HEAVY, latency=0.002))


def test_a_full_queue_is_answered() -> None:
    body = _pool(HEAVY).split("try {")[1]
    tried, caught = body.split("} catch {")
    assert "await pool.run(request.query)" in tried
    assert "response.sendStatus(503);" in caught


def _pool(load: Load) -> str:
    found = option("worker-threads", BLOCKED, snapshot(load))
    return next(step.code for step in found.steps if step.file == "server.mjs")

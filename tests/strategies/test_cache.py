"""cache: what it offers for reads that repeat, as ranges, and with a measurement first."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from advisor.diagnosis import Option
from advisor.engine import STRATEGIES
from advisor.vocabulary import Family, PartKind
from tests import rulings
from tests.additions import with_cores, with_part
from tests.answers import expected
from tests.builders import Machine, snapshot
from tests.route_loads import crammed
from tests.strategies.repeated import (
    CALLING,
    HTTP,
    LOOK_UP,
    LOOP,
    MEMORY,
    READING,
    RULED,
    SLOW,
    STORE,
    beside,
    calling,
    computing,
    grew,
)
from tests.strategies.tools import shell
from tests.strategies.tools.nginx import complaints

offered = partial(rulings.offered, "cache")


@pytest.mark.parametrize("rule", RULED)
def test_it_is_offered_with_a_measurement_first(rule: str) -> None:
    seen, evidence = RULED[rule]
    found = offered(rule, seen, *evidence)
    assert found.family is Family.OFFLOADING
    assert found.confidence == pytest.approx(0.9 * 0.7)
    if rule != MEMORY:
        assert found.steps[0].file == "repeats.mjs"
        assert "30% to 80% of it is assumed until the first step has measured" in found.why
    assert {"redis.conf", "/etc/memcached.conf", "cache.mjs"} <= {step.file for step in found.steps}
    assert all(e.low != e.high for e in found.expected), "ranges, never points"


def test_a_cache_that_hits_already_says_that_reads_repeat() -> None:
    assert offered(CALLING, beside(calling())).confidence == pytest.approx(0.9)
    assert offered(CALLING, beside(calling(), hits=250.0, misses=750.0)).confidence == pytest.approx(0.9 * 0.7)
    assert offered(CALLING, beside(calling(), hits=9.0, misses=0.0)).confidence == pytest.approx(0.9 * 0.7)


@pytest.mark.parametrize("time_scale", [1.0, 5.0])
@pytest.mark.parametrize("share", [0.5, 0.8, 1.7])
def test_calls_fall_by_the_hits_among_what_may_be_kept(share: float, time_scale: float) -> None:
    """90% of the time goes to reads; at most 80% and at least 30% of them hit."""
    seen = calling(share=share, time_scale=time_scale)
    found = offered(CALLING, seen)
    calls, mean, p95 = (expected(found, name) for name in ("calls", "request_time", "p95"))
    spent = min(1.0, share)
    assert calls.now == pytest.approx(2 * seen.rps(300.0))
    assert calls.now is not None
    assert mean.now is not None
    assert p95.now is not None
    assert (calls.low, calls.high) == pytest.approx((calls.now * (1 - 0.72), calls.now * (1 - 0.27)))
    assert (mean.low, mean.high) == pytest.approx((mean.now * (1 - 0.72 * spent), mean.now * (1 - 0.27 * spent)))
    assert (p95.low, p95.high) == pytest.approx((p95.now * (1 - 0.72 * spent), p95.now))


def test_the_hottest_route_is_counted_at_its_rate() -> None:
    seen = calling()
    rate = next(route.rate for route in seen.routes(300.0) if route.name == "GET /products")
    count = offered(CALLING, seen).steps[0].text
    assert f"the keys of GET /products for a day (about {rate * 86_400:,.0f} at" in count


def test_a_statement_is_counted_at_the_rate_at_which_it_runs() -> None:
    """4 s of statements of 2 ms each in ten seconds are 200 a second."""
    assert f"the keys of {LOOK_UP} for a day (about 17,280,000 at" in offered(READING, RULED[READING][0]).steps[0].text


def test_sessions_fall_by_the_reads_among_statements() -> None:
    """Reads take 80% of the time of statements, less than the 90% of the requests' time: the smaller counts."""
    sessions = expected(offered(READING, RULED[READING][0]), "db_active")
    assert (sessions.now, sessions.low, sessions.high) == pytest.approx((3.0, 3 * (1 - 0.64), 3 * (1 - 0.24)))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_loop_is_relieved_where_routes_that_read_cost_most_of_it(seed: int) -> None:
    """Nine tenths of the work are reads, known to within a tenth; a hit costs the loop half at most."""
    found = offered(LOOP, computing(seed, **{"GET /products": 0.9, "POST /reviews": 0.1}))
    assert found.title == "Keep the answers of GET /products, which are computed anew for each request"
    loop = expected(found, "loop_utilization")
    assert loop.now == pytest.approx(0.89, abs=0.03)
    assert loop.low == pytest.approx(0.89 * (1 - 0.8 * 0.9), abs=0.08)
    assert loop.high == pytest.approx(0.89 * (1 - 0.3 * 0.9 / 2), abs=0.04)
    tabs = [step.platform for step in found.steps if step.platform]
    assert tabs[0] == "NGINX", "its hits cost the loop nothing"


def test_a_loop_that_is_always_full_hides_how_much_is_asked() -> None:
    full = crammed({"GET /products": 0.02, "POST /reviews": 0.04, "GET /users/:id": 0.02})
    assert expected(offered(LOOP, full), "loop_utilization").high is None


def test_a_cache_that_fills_moves_out() -> None:
    found = offered(MEMORY, calling(), *grew())
    assert found.title == "Move the cache that took 300 MB out of the process"
    assert found.steps[0].file == "bounded.mjs"
    held = expected(found, "memory_rss")
    assert (held.now, held.low, held.high) == pytest.approx((90e6, 0.0, 90e6))


@pytest.mark.parametrize("rule", RULED)
@pytest.mark.parametrize("name", ["shop", "a/b c"])
def test_nginx_and_a_shell_accept_what_it_writes(rule: str, name: str, tmp_path: Path) -> None:
    seen, evidence = RULED[rule]
    found = offered(rule, replace(seen, window=replace(seen.window, name=name)), *evidence)
    sites = [step.code for step in found.steps if step.file.endswith("conf.d/shop.conf")]
    assert [complaints(site, tmp_path) for site in sites] == [""] * len(sites)
    assert bool(sites) is (rule in (CALLING, LOOP) and name == "shop")
    assert shell.read(found.steps)[0].startswith(("npm install", "mkdir -p /var/cache/nginx\nnginx -t"))


@pytest.mark.parametrize(("free", "megabytes"), [(8e9, 2000), (1e6, 64), (math.nan, 256)])
def test_a_quarter_of_the_free_memory_is_enough_to_begin_with(free: float, megabytes: int) -> None:
    plain = snapshot(SLOW, machine=Machine(available=free))
    track = plain.processes[0].track.values
    seen = with_part(plain, PartKind.DESTINATION, HTTP, count=track["requests"], duration=track["request_time"])
    found = offered(CALLING, seen)
    assert f"maxmemory {megabytes}mb\n" in next(step.code for step in found.steps if step.file == "redis.conf")


def test_every_answer_of_a_spoiled_window_is_finite() -> None:
    for odd in (math.nan, 0.0, 1.0, 4e9):
        figures = {"hits": odd, "misses": odd, "evicted": odd}
        for seen, evidence in RULED.values():
            spoiled = with_part(beside(seen, **figures), PartKind.DATASTORE, STORE, active=odd)
            for rule in rulings.ALL:
                answer = STRATEGIES["cache"].answer(spoiled, rulings.firing(rule, *evidence))
                for e in answer.expected if isinstance(answer, Option) else ():
                    assert all(x is None or math.isfinite(x) for x in (e.now, e.low, e.high)), (odd, rule, e)
                    low, high = e.low or 0.0, math.inf if e.high is None else e.high
                    assert 0 <= low <= high, (odd, rule, e)


def test_the_store_with_most_sessions_for_its_cores_is_the_one_that_is_meant() -> None:
    seen = with_cores(snapshot(SLOW, hosts=2), 16, 2)
    for name, active in (("postgresql web-1 5432 a", 6.0), ("postgresql web-2 5432 b", 4.0)):
        seen = with_part(seen, PartKind.DATASTORE, name, active=active)
    assert offered(READING, seen).title.startswith("Keep answers of postgresql web-2 5432: ")
    assert offered(READING, with_cores(seen, 2, 2)).title.startswith("Keep answers of postgresql web-1 5432: ")

"""cache: never for writes, money, stock or login, nor beside a cache that seldom answers or is full."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import partial

import pytest

from advisor.diagnosis import Evidence
from advisor.features import Snapshot
from advisor.vocabulary import PartKind
from tests import rulings
from tests.additions import with_part
from tests.builders import snapshot
from tests.strategies.repeated import (
    CALLING,
    FULL,
    HTTP,
    INSERT,
    LOOK_UP,
    LOOP,
    MEMORY,
    PLACE,
    READING,
    RULED,
    SLOW,
    beside,
    calling,
    computing,
    grew,
    stored,
)

offered = partial(rulings.offered, "cache")
refused = partial(rulings.refused, "cache")


@pytest.mark.parametrize("rule", [rule for rule in rulings.ALL if rule not in RULED])
def test_fewer_reads_cure_nothing_else(rule: str) -> None:
    full = beside(stored(**{LOOK_UP: 4.0}))
    assert refused(rule, full) == "Fewer reads do not mend this (share in trouble: 42%)."


@pytest.mark.parametrize(("routes", "reason"), [
    ({"POST /reviews": 0.51, "GET /products": 0.49}, "51% of the requests write"),
    ({"POST /quote": 1.0}, "100% of the requests write"),
    ({"GET /cart": 0.5, "GET /orders/:id": 0.4, "GET /products": 0.1},
     "GET /cart, GET /orders/:id take 90% of the time of requests and are about money, stock or login"),
    ({"GET /products": 0.19, "OPTIONS /": 0.81}, "Reads that may be old take 19% of the time of requests"),
    ({}, "0 routes"),
])  # fmt: skip
def test_routes_that_write_or_must_be_exact_forbid_it(routes: dict[str, float], reason: str) -> None:
    assert refused(CALLING, calling(routes=routes)).startswith(reason)


@pytest.mark.parametrize("routes", [
    {"POST /reviews": 0.47, "GET /products": 0.53}, {"GET /products": 0.21, "OPTIONS /": 0.79},
])  # fmt: skip
def test_just_under_each_limit_it_is_offered(routes: dict[str, float]) -> None:
    offered(CALLING, calling(routes=routes))


def test_what_must_be_exact_is_left_out_by_name() -> None:
    found = offered(CALLING, calling(routes={"GET /products": 0.7, "GET /cart": 0.3}))
    assert "Never keep GET /cart" in found.check_first
    assert "/cart" not in "".join(step.code for step in found.steps)
    assert "Never keep" not in offered(CALLING, calling()).check_first


def test_of_another_service_only_answers_of_get_are_kept() -> None:
    assert f"only answers of GET calls to {HTTP}: a POST" in offered(CALLING, calling()).check_first
    assert "POST" not in offered(CALLING, calling(PartKind.DATABASE, PLACE)).check_first


@pytest.mark.parametrize("rule", [CALLING, READING, LOOP])
def test_a_cache_that_seldom_answers_would_not_answer_more(rule: str) -> None:
    seen, _ = RULED[rule]
    reason = refused(rule, beside(seen, hits=190.0, misses=810.0))
    assert reason.startswith("redis 127.0.0.1 6379 answers 19% of its look-ups, less than 20%")
    offered(rule, beside(seen, hits=210.0, misses=790.0))


def test_a_cache_that_is_hardly_asked_says_nothing() -> None:
    offered(CALLING, beside(calling(), hits=0.0, misses=9.0))


@pytest.mark.parametrize("rule", RULED)
def test_a_full_cache_gets_memory_first(rule: str) -> None:
    seen, evidence = RULED[rule]
    assert "gives up 1.1 keys for every 100 look-ups" in refused(rule, beside(seen, evicted=11.0), *evidence)
    offered(rule, beside(seen, evicted=9.0), *evidence)


@pytest.mark.parametrize("rule", RULED)
def test_a_cache_without_time_gets_no_more_calls(rule: str) -> None:
    seen, evidence = RULED[rule]

    def used(busy: float) -> Snapshot:
        return with_part(beside(seen), PartKind.PROGRAM, "redis-server", active=1.0, busy=10 * busy)

    assert "one thread of redis 127.0.0.1 6379 is 71% busy" in refused(rule, used(0.71), *evidence)
    offered(rule, used(0.69), *evidence)


@pytest.mark.parametrize("name", ["redis cache:6379", "memcached cache:11211"])
def test_calls_to_a_cache_are_not_kept_in_a_cache(name: str) -> None:
    reason = refused(CALLING, calling(PartKind.DATABASE, name))
    assert reason == f"{name}, which takes 80% of the time of requests, is a cache itself."


@pytest.mark.parametrize("seen", [snapshot(SLOW), calling(share=0.0)])
def test_without_calls_nobody_knows_what_is_asked_again(seen: Snapshot) -> None:
    assert refused(CALLING, seen).startswith("0 calls")


@pytest.mark.parametrize("rule", [CALLING, READING])
def test_statements_that_write_or_must_be_exact_forbid_it(rule: str) -> None:
    assert refused(rule, stored(**{LOOK_UP: 2.0, INSERT: 2.0, "DELETE FROM carts": 2.0})).startswith("67% of the stat")
    exact = refused(rule, stored(**{"SELECT * FROM stock": 4.0, LOOK_UP: 0.5}))
    assert exact.startswith("SELECT * FROM stock take 89% of the time of statements and are about money, stock")


def test_without_a_datastore_or_without_reads_nothing_is_said_of_it() -> None:
    assert refused(READING, calling()).startswith("0 datastores")
    assert refused(READING, beside(calling())).startswith("0 datastores besides caches")
    assert refused(READING, stored(snapshot(replace(SLOW, routes={})))).startswith("0 routes and 0 statements")


@pytest.mark.parametrize(("shares", "reason"), [
    ({"GET /cart": 0.8, "GET /products": 0.2}, r"GET /cart take (7|8)\d% of the loop's work and are about money"),
    ({"GET /products": 0.4, "OPTIONS /": 0.6}, r"Reads that may be old take (3|4)\d% of the loop's work, less"),
    ({"GET /assets/app.js": 0.7, "GET /products": 0.3}, r"Reads that may be old take (2|3)\d% of the loop's work"),
])  # fmt: skip
def test_a_loop_of_other_work_is_not_relieved(shares: dict[str, float], reason: str) -> None:
    assert re.match(reason, refused(LOOP, computing(**shares)))


def test_a_loop_whose_requests_mostly_write_is_not_relieved() -> None:
    seen = computing(3, 60.0, **{"GET /products": 0.6, "POST /render": 0.4})
    assert re.match(r"5\d% of the requests write; from 50% on", refused(LOOP, seen))


def test_durations_alone_do_not_say_what_a_loop_computes() -> None:
    assert refused(LOOP, snapshot(replace(FULL, routes={"GET /products": 1.0}))).startswith("The loop time of 0 routes")


@pytest.mark.parametrize(("evidence", "reason"), [
    ((), "0 levels"), (grew(slows=False), "300 MB came at equal load"), (grew(rising=0.8), "Growth of 300 MB"),
])  # fmt: skip
def test_what_grows_on_or_is_not_known_to_grow_is_no_cache(evidence: tuple[Evidence, ...], reason: str) -> None:
    assert refused(MEMORY, calling(), *evidence).startswith(reason)

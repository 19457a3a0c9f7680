"""tune-datastore: a larger pool only where the datastore has room, fewer and shorter calls, and no to all else."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import partial

import numpy as np
import pytest

from advisor.diagnosis import Option
from advisor.engine import STRATEGIES
from advisor.features import Snapshot
from advisor.vocabulary import Family, PartKind
from tests import rulings
from tests.additions import with_cores, with_part
from tests.answers import expected
from tests.builders import NOW, Load, snapshot
from tests.strategies.tools.postgresql import Server, bouncing, serving

WAITING, READING, WRITING = "downstream-bound", "datastore-read-bound", "datastore-write-bound"
PLACE, STORE = "postgresql db.internal:5432/shop", "postgresql 127.0.0.1 5432 shop"
HTTP = "stock.internal 8080"
LOOK_UP = "SELECT * FROM items WHERE order_id = $1"
SLOW = Load(elu=0.2, rps=40, latency=0.9, noise=0.0)

offered = partial(rulings.offered, "tune-datastore")
refused = partial(rulings.refused, "tune-datastore")


def calling(kind: PartKind = PartKind.DATABASE, name: str = PLACE, *, calls: float = 2.0, share: float = 0.8,
            time_scale: float = 1.0) -> Snapshot:  # fmt: skip
    """A service that spends this share of its requests' time in so many calls for each."""
    plain = snapshot(SLOW, time_scale=time_scale)
    track = plain.processes[0].track
    count, spent = track.values["requests"], track.values["request_time"]
    return with_part(plain, kind, name, count=calls * count, duration=share * spent, errors=0.0 * count)


def pooled(seen: Snapshot, name: str = PLACE, **figures: float) -> Snapshot:
    """A pool of ten connections that hands out 20 a second, all at work, and five requests that wait."""
    told = {"used": 10.0, "unused": 0.0, "capacity": 10.0, "pending": 5.0, "count": 200.0, "duration": 50.0}
    return with_part(seen, PartKind.POOL, name, **told | figures)


def stored(seen: Snapshot, **figures: float) -> Snapshot:
    told = {"capacity": 100.0, "used": 30.0, "active": 0.4}
    return with_part(seen, PartKind.DATASTORE, STORE, **told | figures)


def stated(seen: Snapshot, **texts: float) -> Snapshot:
    """Statements with the seconds that each takes in ten, at 200 calls a second."""
    for text, time in texts.items():
        seen = with_part(seen, PartKind.STATEMENT, f"{STORE} {text}", count=2000.0, duration=time)
    return seen


def codes(found: Option, platform: str) -> list[str]:
    return [step.code for step in found.steps if step.platform == platform and step.code]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("store")) as running:
        running.psql("CREATE TABLE items (id int PRIMARY KEY, order_id int);")
        running.psql("CREATE ROLE shop LOGIN PASSWORD 'secret'; CREATE DATABASE shop;")
        yield running


@pytest.mark.parametrize("rule", [rule for rule in rulings.ALL if rule not in (WAITING, READING, WRITING)])
def test_no_datastore_cures_what_is_short_elsewhere(rule: str) -> None:
    full = stated(stored(pooled(calling())), **{LOOK_UP: 9.0})
    assert refused(rule, full) == "No datastore is short here (share in trouble: 42%)."


@pytest.mark.parametrize("rule", [READING, WRITING])
def test_without_a_postgresql_there_is_nothing_to_look_at(rule: str) -> None:
    assert refused(rule, calling()).startswith("Of 0 datastores")
    redis = with_part(calling(), PartKind.DATASTORE, "redis 127.0.0.1 6379", used=3.0)
    assert refused(rule, redis).startswith("Of 1 datastore that")


@pytest.mark.parametrize("seen", [
    snapshot(SLOW), pooled(snapshot(SLOW), used=8.9), pooled(snapshot(SLOW), pending=0.9), calling(share=0.0),
])  # fmt: skip
def test_where_nobody_tells_of_calls_and_no_pool_is_short_it_cannot_say_what_to_tune(seen: Snapshot) -> None:
    assert refused(WAITING, seen).startswith("0 calls and 0 full pools")


def test_a_pool_grows_to_what_is_at_work_and_waited_for() -> None:
    found = offered(WAITING, stored(pooled(calling(calls=1.0, share=0.01))))
    assert found.family is Family.TUNING
    assert found.title == f"Raise the pool {PLACE} from 10 to 15 connections in each process"
    assert "10 of 10 connections are at work and 5 requests wait for one" in found.why
    assert "Each is held for 500 ms, and a call to it takes 9 ms" in found.why
    assert "max: 15," in codes(found, "pg")[0]
    assert "is released" in found.check_first
    used = expected(found, "pool_used")
    assert used.low == pytest.approx(10 / 15)


def test_it_asks_for_the_server_s_limit_where_nobody_tells_of_it() -> None:
    assert "max_connections" in offered(WAITING, pooled(calling())).check_first


@pytest.mark.parametrize(("store", "why"), [
    ({"active": 1.4}, "0.7 active sessions for each core"), ({"used": 70.0}, "70% of its server's connections"),
    ({"capacity": 18.0, "used": 10.0}, None),
])  # fmt: skip
def test_a_pool_does_not_grow_where_its_datastore_has_no_room(store: dict[str, float], why: str | None) -> None:
    seen = pooled(calling(calls=1.0, share=0.01))
    found = offered(WAITING, stored(seen, **store))
    if why is None:  # 14 of 18 connections may be open: four more fit
        assert "from 10 to 14 connections" in found.title
        return
    assert found.title == f"Hold each connection of the pool {PLACE} for less time"
    assert why in found.why
    assert codes(found, "pg") == []
    hold = expected(found, "pool_hold")
    assert hold.now == hold.high == pytest.approx(0.5)
    assert hold.low == pytest.approx(0.009)


def test_pgbouncer_shares_what_is_left_of_the_connections(server: Server) -> None:
    found = offered(WAITING, stored(pooled(calling()), used=70.0))
    code, _ = codes(found, "PgBouncer")
    assert "listen_addr = 127.0.0.1" in code
    assert "default_pool_size = 15" in code
    assert "max_client_conn = 30" in code
    with bouncing(code, server, "shop", "secret"):
        pass  # it listens, and complains of nothing


def test_no_pgbouncer_where_others_take_all() -> None:
    assert codes(offered(WAITING, stored(pooled(calling()), used=95.0)), "PgBouncer") == []


def test_a_pool_of_sockets_is_one_of_its_client() -> None:
    found = offered(WAITING, pooled(snapshot(SLOW), "http 10.0.0.7:8080"))
    assert "connections: 15" in codes(found, "undici")[0]
    assert "15 calls at a time from each of 1 process" in found.check_first
    assert codes(found, "PostgreSQL") == []


@pytest.mark.parametrize("time_scale", [1.0, 5.0])
@pytest.mark.parametrize(("calls", "share", "saved"), [(1.0, 0.8, 0.0), (2.0, 0.8, 0.4), (4.0, 1.7, 0.75)])
def test_calls_side_by_side_save_at_most_all_but_one(
    calls: float, share: float, saved: float, time_scale: float
) -> None:
    found = offered(WAITING, calling(PartKind.DESTINATION, HTTP, calls=calls, share=share, time_scale=time_scale))
    mean = expected(found, "request_time")
    assert mean.now == mean.high == pytest.approx(0.9, rel=0.05)
    assert mean.now is not None
    assert mean.low == pytest.approx(mean.now * (1 - saved))
    assert any("Promise.all" in step.code for step in found.steps) is (calls >= 2)


def test_an_agent_keeps_what_is_in_flight_and_gives_up_in_time() -> None:
    """40 requests a second with two calls of 360 ms each are 29 calls at a time; five times a call is 1.8 s."""
    found = offered(WAITING, calling(PartKind.DESTINATION, HTTP))
    code = next(step.code for step in found.steps if step.file == "agent.mjs")
    flight = 0.8 * 0.9 * calling().rps(300.0)
    assert f"maxSockets: {math.ceil(flight + 3 * math.sqrt(flight))} " in code
    assert "AbortSignal.timeout(1800)" in code
    assert any("AbortSignal.timeout(1800)" in step.code for step in found.steps if step.file == "ask.mjs")
    assert found.title.startswith(f"Wait less for {HTTP}, which takes 80% of the time of requests")


def test_calls_that_became_slower_are_told_with_what_they_took_before() -> None:
    plain = snapshot(SLOW)
    track = plain.processes[0].track
    count = track.values["requests"]
    times = np.where(track.times > NOW - 300, 0.8, 0.2)
    seen = with_part(plain, PartKind.DESTINATION, HTTP, count=count, duration=times * count)
    assert "800 ms each, after 200 ms before" in offered(WAITING, seen).why


def test_a_statement_that_runs_for_each_row_is_asked_once() -> None:
    found = offered(WAITING, stated(stored(calling(calls=5.0)), **{LOOK_UP: 4.0, "SELECT 1": 1.0}))
    assert "80% of the time of its statements is one statement" in found.why
    assert "One statement runs 5 times for each request at most" in found.why
    assert any("ANY($1)" in step.code for step in found.steps)


def test_a_statement_that_runs_once_for_a_request_is_not_one_of_a_loop() -> None:
    once = with_part(stored(calling(calls=1.0)), PartKind.STATEMENT, f"{STORE} {LOOK_UP}", count=400.0, duration=4.0)
    found = offered(WAITING, once)
    assert "100% of the time of its statements" in found.why
    assert "One statement runs" not in found.why
    assert not any("ANY($1)" in step.code for step in found.steps)


@pytest.mark.parametrize("rule", [WAITING, READING, WRITING])
def test_a_real_postgresql_takes_every_script(rule: str, server: Server) -> None:
    texts = {LOOK_UP: 4.0, "SELECT count(*) FROM items": 1.0, "SELECT * FROM items WHERE id IN (?)": 0.5}
    found = offered(rule, stated(stored(calling()), **texts))
    scripts = [step.code for step in found.steps if step.file == "psql"]
    assert sum("EXPLAIN" in script for script in scripts) == 2
    for script in scripts:
        server.psql(script)


@pytest.mark.parametrize("rule", [READING, WRITING])
def test_a_store_loses_at_most_its_first_statement(rule: str) -> None:
    found = offered(rule, stated(stored(calling(), active=3.0), **{LOOK_UP: 3.0, "SELECT 1": 1.0}))
    sessions = expected(found, "db_active")
    assert sessions.now == sessions.high == pytest.approx(3.0)
    assert sessions.low == pytest.approx(0.75)
    assert ("pg_blocking_pids" in "".join(codes(found, "PostgreSQL"))) is (rule == WRITING)


@pytest.mark.parametrize("rule", [READING, WRITING])
def test_without_statements_it_foretells_nothing_and_says_how_to_get_them(rule: str) -> None:
    found = offered(rule, stored(calling()))
    assert found.expected == ()
    assert "pg_stat_statements" in found.steps[0].text


def test_a_database_of_another_kind_gets_no_script_of_postgresql() -> None:
    found = offered(WAITING, calling(name="mysql db.internal:3306"))
    assert [step.code for step in found.steps if step.file in ("psql", "breaker.mjs")] == []
    assert not any("ANY($1)" in step.code for step in found.steps)


def test_every_answer_of_a_spoiled_window_is_finite() -> None:
    for odd in (math.nan, 0.0, 1.0, 4e9):
        seen = stored(pooled(calling(), used=odd, pending=odd, count=odd), used=odd, active=odd)
        for rule in (WAITING, READING, WRITING):
            answer = STRATEGIES["tune-datastore"].answer(stated(seen, **{LOOK_UP: odd}), rulings.firing(rule))
            assert isinstance(answer, Option)
            for e in answer.expected:
                now, low, high = (math.nan if x is None else x for x in (e.now, e.low, e.high))
                assert math.isfinite(now), (odd, rule, e)
                assert 0 <= low <= high < math.inf, (odd, rule, e)


@pytest.mark.parametrize("rule", [READING, WRITING])
def test_the_store_with_most_sessions_for_its_cores_is_the_one_that_is_meant(rule: str) -> None:
    seen = with_cores(snapshot(SLOW, hosts=2), 16, 2)
    for name, active in (("postgresql web-1 5432 a", 6.0), ("postgresql web-2 5432 b", 4.0)):
        seen = with_part(seen, PartKind.DATASTORE, name, active=active)
    assert offered(rule, seen).title == "Shorten what postgresql web-2 5432 is busy with"
    assert offered(rule, with_cores(seen, 2, 2)).title == "Shorten what postgresql web-1 5432 is busy with"

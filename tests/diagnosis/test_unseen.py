"""A queue that nobody tells of: how it is found and told, and that more calls at a time are tried."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pytest

from advisor.diagnosis import Condition, RuleState
from advisor.features import Snapshot
from advisor.vocabulary import PartKind, Severity, Verdict
from tests.additions import with_part, with_window
from tests.answers import expected, option, ruled
from tests.builders import NOW, Load, snapshot

RULE, PARTNER = "downstream-bound", "ratings.internal 8080"


@dataclass(frozen=True, kw_only=True)
class Told:
    """What each request took then and takes now, how many calls it makes of so many seconds; then so many as now."""

    calls: float = 1.0
    each: float = 0.1
    then: float = 0.12
    now: float = 3.0
    elu: float = 0.1
    fewer: float = 1.0


def queueing(told: Told = Told(), kind: PartKind = PartKind.DESTINATION, name: str = PARTNER) -> Snapshot:
    """A service that queues for one of two calls at a time since ten minutes, and nobody tells of that queue."""
    plain = snapshot(Load(elu=told.elu, rps=20, latency=told.now, noise=0.0, routes={}), name="checkout")
    track = plain.processes[0].track
    since = track.times > NOW - 600
    count = np.where(since, 1.0, told.fewer) * track.values["requests"]
    durations = np.where(since, told.now, told.then) * count
    quoted = with_part(plain, PartKind.ROUTE, "GET /quote", count=count, duration=durations)
    calls = told.calls * count
    return with_part(quoted, kind, name, count=calls, duration=told.each * calls)


def test_it_is_found_by_its_ends_with_less_confidence() -> None:
    found = ruled(RULE, queueing()).reading
    assert found.condition is Condition.OVER
    assert found.claim.startswith("checkout: GET /quote takes 3 s, and 120 ms in a quick minute; for 97% of that")
    assert f"its calls to {PARTNER}, which take 100 ms each: about 2 of them are under way all the time" in found.claim
    assert 0.5 <= found.confidence < 0.75


@pytest.mark.parametrize("told", [
    Told(then=2.0), Told(elu=0.7), Told(now=0.5), Told(each=0.02, then=0.7), Told(each=0.02, fewer=0.5),
], ids=["slow by design", "busy loop", "quick enough", "rises a little", "more requests"])  # fmt: skip
def test_stays_silent_where_an_end_is_missing(told: Told) -> None:
    assert ruled(RULE, queueing(told)).verdict is Verdict.CLEAR


@pytest.mark.parametrize("told", [Told(each=0.02), Told(calls=0.1, each=1.0)], ids=["come and go", "something else"])
def test_a_sudden_wait_that_is_no_queue_before_calls_is_told_as_such(told: Told) -> None:
    found = ruled(RULE, queueing(told)).reading
    assert (found.condition, found.severity) == (Condition.OVER, Severity.INFO)
    assert found.claim.startswith(
        "checkout: GET /quote takes 3 s, and 120 ms in a quick minute at about as many requests"
    )
    assert "is neither work of the loop nor in calls that are told" in found.claim


@pytest.mark.parametrize("verdict", [Verdict.PENDING, Verdict.FIRING])
def test_a_hint_becomes_no_warning_when_nothing_shows_that_it_was_ever_quicker(verdict: Verdict) -> None:
    """Long polling whose clients wait longer since an hour: the quick minutes are out of sight, and it stays slow."""
    found = ruled(RULE, queueing(Told(each=0.02, then=3.0)), RuleState(verdict, since=NOW - 3600, seen=NOW - 30))
    assert (found.verdict, found.reading.condition) == (verdict, Condition.BETWEEN)
    assert found.reading.severity is Severity.INFO


def test_a_sudden_wait_is_found_where_nobody_tells_of_calls() -> None:
    seen = queueing(Told(calls=0.0))
    silent = with_window(seen, instances=tuple(
        replace(one, parts=tuple(part for part in one.parts if part.kind is PartKind.ROUTE))
        for one in seen.window.instances
    ))  # fmt: skip
    found = ruled(RULE, silent).reading
    assert found.condition is Condition.OVER
    assert found.missing == ()
    way = option("tune-datastore", RULE, silent)
    assert way.title == "Find what GET /quote waits for, and wait less for it"
    assert "load the probe" in way.steps[0].text
    assert "long polling" in way.check_first


def test_without_calls_what_was_always_slow_is_not_known() -> None:
    seen = queueing(Told(calls=0.0, then=3.0))
    silent = with_window(seen, instances=tuple(
        replace(one, parts=tuple(part for part in one.parts if part.kind is PartKind.ROUTE))
        for one in seen.window.instances
    ))  # fmt: skip
    found = ruled(RULE, silent)
    assert found.verdict is Verdict.UNKNOWN
    assert "What the service calls" in found.reading.missing[0]


def test_a_queue_that_is_told_of_is_named_by_that() -> None:
    told = with_part(queueing(), PartKind.POOL, "http ratings:80", used=2.0, capacity=2.0, pending=20.0)
    assert "one of the 2 connections of the pool http ratings:80" in ruled(RULE, told).reading.claim


@pytest.mark.parametrize(("kind", "name", "code"), [
    (PartKind.DESTINATION, PARTNER, "connections: 4"), (PartKind.DATABASE, "mysql db:3306/shop", "connectionLimit: 4"),
])  # fmt: skip
def test_twice_as_many_calls_are_let_through(kind: PartKind, name: str, code: str) -> None:
    found = option("tune-datastore", RULE, queueing(kind=kind, name=name))
    assert found.title == f"Let 4 calls to {name} run at a time in each process, instead of about 2"
    assert "`connections` of undici" in found.steps[0].text
    assert code in found.steps[1].code
    told = expected(found, "request_time")
    assert told.low == pytest.approx(0.12)
    assert told.high == told.now

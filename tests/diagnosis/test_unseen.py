"""A queue that nobody tells of: how it is found and told, and that more calls at a time are tried."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from advisor.diagnosis import Condition
from advisor.features import Snapshot
from advisor.vocabulary import PartKind, Verdict
from tests.additions import with_part
from tests.answers import expected, option, ruled
from tests.builders import NOW, Load, snapshot

RULE, PARTNER = "downstream-bound", "ratings.internal 8080"


@dataclass(frozen=True, kw_only=True)
class Told:
    """What each request took then and takes now, and how many calls it makes of so many seconds."""

    calls: float = 1.0
    each: float = 0.1
    then: float = 0.12
    now: float = 3.0
    elu: float = 0.1


def queueing(told: Told = Told(), kind: PartKind = PartKind.DESTINATION, name: str = PARTNER) -> Snapshot:
    """A service that queues for one of two calls at a time since ten minutes, and nobody tells of that queue."""
    plain = snapshot(Load(elu=told.elu, rps=20, latency=told.now, noise=0.0, routes={}), name="checkout")
    track = plain.processes[0].track
    count, since = track.values["requests"], track.times > NOW - 600
    durations = np.where(since, told.now, told.then) * count
    quoted = with_part(plain, PartKind.ROUTE, "GET /quote", count=count, duration=durations)
    calls = told.calls * count
    return with_part(quoted, kind, name, count=calls, duration=told.each * calls)


def test_it_is_found_by_its_ends_with_less_confidence() -> None:
    found = ruled(RULE, queueing()).reading
    assert found.condition is Condition.OVER
    assert found.claim.startswith("checkout: GET /quote takes 3 s, and 120 ms in its quickest minute; for 97% of that")
    assert f"its calls to {PARTNER}, which take 100 ms each: about 2 of them are under way all the time" in found.claim
    assert 0.5 <= found.confidence < 0.75


@pytest.mark.parametrize("told", [
    Told(then=2.0), Told(each=0.02), Told(calls=0.1, each=1.0), Told(elu=0.7), Told(now=0.5),
], ids=["slow by design", "calls come and go", "calls of something else", "busy loop", "quick enough"])  # fmt: skip
def test_stays_silent_where_an_end_is_missing(told: Told) -> None:
    assert ruled(RULE, queueing(told)).verdict is Verdict.CLEAR


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

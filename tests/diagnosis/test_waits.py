"""Waits: slow answers of one route, calls that fail in time, and calls that were never quicker."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pytest

from advisor.diagnosis import Condition, Reading
from advisor.features import Snapshot
from advisor.features.histogram import Histogram
from advisor.vocabulary import PartKind, Severity, Verdict
from tests.additions import with_figures, with_part, with_window
from tests.answers import ruled
from tests.builders import NOW, Load, Machine, snapshot

RULE, PARTNER, DB = "downstream-bound", "models.internal 443", "postgresql db.internal:5432/shop"


def read(seen: Snapshot) -> Reading:
    return ruled(RULE, seen).reading


@dataclass(frozen=True, kw_only=True)
class Calls:
    """Seconds of a call then and now, the share of calls and of requests that fail, and seconds of a request."""

    then: float = 2.5
    now: float = 2.5
    failed: float = 0.0
    refused: float = 0.0
    latency: float = 3.0


def calling(told: Calls = Calls(), kind: PartKind = PartKind.DESTINATION, name: str = PARTNER) -> Snapshot:
    """A service that makes one call for each request, slower since ten minutes or as ever."""
    plain = snapshot(Load(elu=0.1, rps=20, latency=told.latency, noise=0.0, routes={}), name="chat")
    track = plain.processes[0].track
    count = track.values["requests"]
    each = np.where(track.times > NOW - 600, told.now, told.then)
    routed = with_part(plain, PartKind.ROUTE, "POST /answer", count=count, duration=told.latency * count,
                       errors=told.refused * count, aborted=0.0 * count)  # fmt: skip
    return with_part(routed, kind, name, count=count, duration=each * count, errors=told.failed * count)


def test_what_takes_seconds_by_nature_is_a_hint() -> None:
    """A gateway to a language model: every call of every minute takes seconds."""
    found = read(calling())
    assert (found.condition, found.severity) == (Condition.OVER, Severity.INFO)
    assert any(e.signal == "call_quickest" and e.holds for e in found.evidence)


@pytest.mark.parametrize(("seen", "severity"), [
    (calling(Calls(then=0.5)), Severity.CRITICAL),
    (calling(Calls(then=0.4, now=0.9, latency=1.0)), Severity.WARNING),
    (calling(kind=PartKind.DATABASE, name=DB), Severity.CRITICAL),
], ids=["slower since ten minutes", "less slow", "a database is the service's own"])  # fmt: skip
def test_calls_that_became_slow_and_slow_databases_are_warned_of(seen: Snapshot, severity: Severity) -> None:
    found = read(seen)
    assert (found.condition, found.severity) == (Condition.OVER, severity)


def test_calls_that_are_cut_after_half_a_second_and_fail_the_requests_are_found() -> None:
    found = read(calling(Calls(then=0.04, now=0.5, failed=0.9, refused=0.9, latency=0.52)))
    assert (found.condition, found.severity) == (Condition.OVER, Severity.CRITICAL)
    assert found.claim.endswith("90% of requests fail")
    assert found.confidence >= 0.75


@pytest.mark.parametrize("more", [{"errors": 0.9}, {}], ids=["no requests told to fail", "no calls told to fail"])
def test_what_nobody_tells_to_fail_is_not_said_to(more: dict[str, float]) -> None:
    seen = calling(Calls(now=0.5, refused=0.0 if more else 0.9, latency=0.52))
    silent = with_part(seen, PartKind.DESTINATION, PARTNER, count=50.0, duration=25.0, **more)
    assert ruled(RULE, silent).verdict is Verdict.CLEAR


def test_a_dear_database_beside_a_steady_partner_is_no_hint() -> None:
    seen = calling(Calls(now=1.2, then=1.2))
    track = seen.processes[0].track
    count = track.values["requests"]
    spent = np.where(track.times > NOW - 600, 1.1, 0.02) * count
    both = with_part(seen, PartKind.DATABASE, DB, count=count, duration=spent)
    assert read(both).severity is Severity.CRITICAL


@pytest.mark.parametrize("told", [
    Calls(now=0.5, failed=0.9, refused=0.0, latency=0.52),
    Calls(now=0.5, failed=0.2, refused=0.2, latency=0.52),
    Calls(now=0.02, failed=0.9, refused=0.9, latency=0.03),
    Calls(now=0.1, failed=0.9, refused=0.9, latency=0.52),
], ids=["answered all the same", "some fail", "fail at once", "take little of the time"])  # fmt: skip
def test_stays_silent_for_calls_that_fail_otherwise(told: Calls) -> None:
    assert ruled(RULE, calling(told)).verdict is Verdict.CLEAR


def beside(slow: float, rps: float = 4.0) -> Snapshot:
    """120 quick requests a second beside a few of one route that takes so many seconds, most of it in a database."""
    light, heavy = snapshot(Load(elu=0.05, rps=120, noise=0.0)), snapshot(Load(rps=rps, latency=slow, noise=0.0))
    (one,) = light.window.instances
    (quote,) = heavy.window.instances[0].parts
    other = heavy.window.instances[0].track
    spent = one.track.values["request_time"] + other.values["request_time"]
    both = {row: Histogram.merge(*(track.latencies[row] for track in (one.track, other) if row in track.latencies))
            for row in one.track.latencies}  # fmt: skip
    parts = (*one.parts, replace(quote, name="GET /quote"))
    seen = with_window(light, instances=(replace(one, track=replace(one.track, latencies=both), parts=parts),))
    return with_part(seen, PartKind.DATABASE, DB, count=other.values["requests"], duration=0.9 * spent)


def test_one_slow_route_beside_many_quick_ones_is_found_and_named() -> None:
    found = read(beside(3.0))
    assert found.condition is Condition.OVER
    assert "5% of GET /quote take" in found.claim
    assert next(e for e in found.evidence if e.signal == "p95").subject == "GET /quote"


@pytest.mark.parametrize("seen", [beside(0.3), beside(3.0, rps=0.05)], ids=["quick enough", "hardly anybody asks"])
def test_stays_silent_for_a_route_that_is_quick_or_hardly_asked(seen: Snapshot) -> None:
    assert ruled(RULE, seen).verdict is Verdict.CLEAR


def on_a_busy_host(waited: float) -> Snapshot:
    """Slow calls on a host that others keep 85% busy; the main thread waits for a processor for such a share."""
    seen = calling(Calls(then=0.5))
    told = snapshot(Load(elu=0.1, rps=20, latency=3.0, noise=0.0, routes={}), machine=Machine(cpu=0.85))
    (one,) = seen.window.instances
    figures = with_figures(seen, cpu_wait=waited * one.track.spans)
    return with_window(figures, hosts=told.window.hosts)


@pytest.mark.parametrize("waited", [0.01, 0.1])
def test_a_host_that_is_busy_with_others_does_not_hide_slow_calls(waited: float) -> None:
    """A tenth of all time is a tenth of a call of seconds as well."""
    assert read(on_a_busy_host(waited)).condition is Condition.OVER


@pytest.mark.parametrize("waited", [0.2, float("nan")], ids=["it waits", "nobody tells"])
def test_stays_silent_on_a_busy_host_that_may_be_what_it_waits_for(waited: float) -> None:
    assert ruled(RULE, on_a_busy_host(waited)).verdict is Verdict.CLEAR

"""A queue that nobody tells of: calls under way all the time, and requests that take longer and longer."""

from __future__ import annotations

import math

import numpy as np
import pytest

from advisor.features import Snapshot, parts
from advisor.features.unseen_queue import UnseenQueue, unseen_queue
from advisor.vocabulary import PartKind
from tests.additions import with_part
from tests.builders import NOW, Load, snapshot

PARTNER = "underwriter.internal 8080"
SECONDS = 300.0


def seen_of(*, calls: float = 1.0, each: float = 0.1, then: float = 0.12, now: float = 3.0, rps: float = 20.0,
            time_scale: float = 1.0) -> Snapshot:  # fmt: skip
    """A service whose requests took `then` seconds until ten minutes ago and take `now`, with so many calls each."""
    plain = snapshot(Load(elu=0.1, rps=rps, latency=now, noise=0.0, routes={}), time_scale=time_scale)
    track = plain.processes[0].track
    count, before = track.values["requests"], track.times <= NOW - 600 / time_scale
    quoted = with_part(plain, PartKind.ROUTE, "GET /quote", count=count, duration=np.where(before, then, now) * count)
    return with_part(quoted, PartKind.DESTINATION, PARTNER, count=calls * count, duration=calls * each * count)


def queue_of(seen: Snapshot) -> UnseenQueue | None:
    return unseen_queue(seen, parts.destinations(seen, SECONDS), SECONDS)


@pytest.mark.parametrize("time_scale", [1.0, 5.0])
def test_its_two_ends_are_told(time_scale: float) -> None:
    found = queue_of(seen_of(time_scale=time_scale))
    assert found is not None
    assert found.called is not None
    assert (found.called.name, found.route) == (PARTNER, "GET /quote")
    assert found.flight == pytest.approx(2.0, rel=0.1)  # the quietest minute is not the mean
    assert found.quick == pytest.approx(0.12)
    assert found.longer == pytest.approx(25, rel=0.05)
    assert found.waiting == pytest.approx(1 - (0.005 + 0.1) / 3.0, abs=0.02)


def test_what_calls_take_is_no_wait() -> None:
    found = queue_of(seen_of(each=2.9))
    assert found is not None
    assert found.waiting == pytest.approx(0.03, abs=0.03)


def test_a_minute_without_calls_is_its_quietest() -> None:
    plain = seen_of()
    track = plain.processes[0].track
    pause = (track.times > NOW - 120) & (track.times <= NOW - 60)
    figures = np.where(pause, 0.0, track.values["requests"])
    found = queue_of(with_part(plain, PartKind.DESTINATION, "ratings 80", count=figures, duration=9.0 * figures))
    assert found is not None
    assert found.called is not None
    assert found.called.name == PARTNER


@pytest.mark.parametrize("seen", [
    with_part(snapshot(Load(latency=3.0, routes={})), PartKind.DESTINATION, PARTNER, count=10.0, duration=1.0),
    seen_of(rps=0.02),
], ids=["no routes", "few requests"])  # fmt: skip
def test_without_routes_or_requests_nothing_is_said(seen: Snapshot) -> None:
    assert queue_of(seen) is None


def test_without_calls_it_is_a_wait_for_whatever_it_is() -> None:
    found = queue_of(snapshot(Load(rps=20.0, latency=3.0, noise=0.0)))
    assert found is not None
    assert found.called is None
    assert math.isnan(found.flight)
    assert found.more == pytest.approx(1.0, abs=0.05)


def test_calls_that_nobody_times_are_not_under_way() -> None:
    plain = seen_of()
    silent = with_part(plain, PartKind.DESTINATION, "ratings 80", count=math.nan, duration=math.nan)
    found = queue_of(silent)
    assert found is not None
    assert found.called is not None
    assert found.called.name == PARTNER

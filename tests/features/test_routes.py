"""routes: where a service's time goes."""

from __future__ import annotations

import pytest

from tests.builders import Load, Senders, snapshot

SHARED = {"GET /a": 0.6, "GET /b": 0.3, "GET /c": 0.1}


def test_routes_are_summed_over_processes_most_time_first() -> None:
    found = snapshot(*[Load(rps=50, routes=SHARED)] * 2).routes(300)
    assert [route.name for route in found] == ["GET /a", "GET /b", "GET /c"]
    assert [route.time_share for route in found] == pytest.approx([0.6, 0.3, 0.1])
    assert found[0].rate == pytest.approx(60, rel=0.05)


def test_each_has_its_durations() -> None:
    assert snapshot(Load(latency=0.05, routes=SHARED)).routes(300)[1].latency.quantile(0.5) == pytest.approx(
        0.05, rel=0.1
    )


def test_a_route_without_requests_is_left_out() -> None:
    assert snapshot(Load(rps=0.0)).routes(300) == ()
    assert snapshot(senders=Senders(probe=False)).routes(300) == ()

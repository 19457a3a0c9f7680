"""impact: what users notice, and nothing where too few requests came."""

from __future__ import annotations

import math

import numpy as np
import pytest

from advisor.features import Snapshot
from advisor.features.impact import impact, nobody_waits
from advisor.vocabulary import PartKind
from tests.additions import with_figures, with_part
from tests.builders import Load, Senders, snapshot


@pytest.mark.parametrize("scale", [1.0, 5.0])
def test_failures_are_a_share_of_all_requests(scale: float) -> None:
    seen = with_part(snapshot(Load(rps=0.0), time_scale=scale), PartKind.ROUTE, "GET /a", count=100.0, errors=5.0)
    assert impact(seen, 300.0).failed == pytest.approx(0.05)
    assert impact(seen, 300.0).broken == 0


def test_those_broken_off_are_part_of_them() -> None:
    seen = with_part(snapshot(Load(rps=0.0)), PartKind.ROUTE, "GET /a", count=100.0, errors=5.0, aborted=4.0)
    assert (impact(seen, 300.0).failed, impact(seen, 300.0).broken) == pytest.approx((0.05, 0.04))


def test_slow_answers_are_seen() -> None:
    assert impact(snapshot(Load(latency=0.9, rps=20)), 300.0).p95 == pytest.approx(1.47, rel=0.1)


@pytest.mark.parametrize("seen", [snapshot(Load(rps=0.1)), snapshot(senders=Senders(probe=False))])
def test_too_few_requests_tell_nothing(seen: Snapshot) -> None:
    found = impact(seen, 300.0)
    assert math.isnan(found.p95)
    assert math.isnan(found.failed)
    assert math.isnan(found.broken)


@pytest.mark.parametrize("scale", [1.0, 5.0])
def test_for_a_job_that_listens_nowhere_and_answers_nothing_nobody_waits(scale: float) -> None:
    seen = snapshot(Load(rps=0.0), Load(rps=0.0), time_scale=scale)
    assert nobody_waits(with_figures(seen, listening=0.0), 300.0)
    assert not nobody_waits(with_figures(with_figures(seen, listening=0.0), only=1, listening=1.0), 300.0)
    assert not nobody_waits(seen, 300.0)


@pytest.mark.parametrize("load", [Load(rps=0.5), Load(rps=0.0, websockets=1.0), Load(rps=0.0, role="worker")])
def test_somebody_waits_for_what_answers_or_may_answer(load: Load) -> None:
    assert not nobody_waits(with_figures(snapshot(load), listening=0.0), 300.0)


@pytest.mark.parametrize("scale", [1.0, 5.0])
def test_for_a_consumer_that_answers_probes_of_its_health_nobody_waits(scale: float) -> None:
    consumer = snapshot(Load(elu=0.98, rps=0.3, latency=0.05), time_scale=scale)
    assert nobody_waits(with_figures(consumer, listening=1.0, connections=0.1), 300.0)


@pytest.mark.parametrize(("rps", "latency", "connections"), [
    (0.3, 0.05, 1.0),  # a page of metrics, or clients whose requests nobody counts
    (0.3, 0.05, np.nan),
    (0.3, 0.5, 0.1),  # few requests that are its work
    (40.0, 0.01, 0.1),
])  # fmt: skip
def test_somebody_waits_where_requests_are_work_or_connections_are_kept(
    rps: float, latency: float, connections: float
) -> None:
    seen = snapshot(Load(elu=0.98, rps=rps, latency=latency))
    assert not nobody_waits(with_figures(seen, listening=1.0, connections=connections), 300.0)


def test_without_a_count_of_requests_or_without_a_process_nobody_can_say() -> None:
    assert not nobody_waits(with_figures(snapshot(senders=Senders(probe=False)), listening=0.0), 300.0)
    assert not nobody_waits(snapshot(Load(age=30.0)), 300.0)

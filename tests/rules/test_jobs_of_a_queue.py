"""Rules of one loop where nobody waits for its answers: the jobs of a queue are information and no warning."""

from __future__ import annotations

from dataclasses import replace

import pytest

from advisor.diagnosis import Condition, Reading
from advisor.features import Snapshot
from advisor.vocabulary import Severity
from tests.additions import with_figures, with_probe_figures
from tests.answers import ruled
from tests.builders import Load, snapshot
from tests.rules.test_event_loop_blocked import HEAVY

JOB = replace(HEAVY, rps=0.0, routes={})
COLLECTING = Load(elu=0.5, rps=0.0, routes={}, gc_share=0.25, gc_pause=0.18, block=0.18, block_every=3.0)
PACKING = with_probe_figures(snapshot(Load(elu=0.2, rps=0.0, routes={})), threadpool_wait=0.6)


def read(rule: str, seen: Snapshot, ports: float) -> Reading:
    return ruled(rule, with_figures(seen, listening=ports)).reading


@pytest.mark.parametrize(("ports", "severity"), [(0.0, Severity.INFO), (1.0, Severity.CRITICAL)])
@pytest.mark.parametrize(("rule", "seen"), [
    ("event-loop-blocked", snapshot(JOB)), ("gc-pressure", snapshot(COLLECTING)), ("thread-pool-saturated", PACKING),
])  # fmt: skip
def test_what_answers_nobody_is_information(rule: str, seen: Snapshot, ports: float, severity: Severity) -> None:
    found = read(rule, seen, ports)
    assert (found.condition, found.severity) == (Condition.OVER, severity)


@pytest.mark.parametrize(("load", "severity"), [
    (replace(JOB, rps=0.1, latency=0.005), Severity.INFO),
    (replace(JOB, rps=0.1, latency=0.005, block=1.1, block_every=45.0), Severity.CRITICAL),
])  # fmt: skip
def test_who_probes_its_health_gives_up_after_a_second(load: Load, severity: Severity) -> None:
    found = ruled("event-loop-blocked", with_figures(snapshot(load), listening=1.0, connections=0.05)).reading
    assert (found.condition, found.severity) == (Condition.OVER, severity)

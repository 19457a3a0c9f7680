"""downstream-bound: calls that take many times what they took, before answers are slow by the service's limit."""

from __future__ import annotations

import numpy as np
import pytest

from advisor.diagnosis import Condition
from advisor.features import Snapshot
from advisor.vocabulary import PartKind, Severity
from tests.additions import with_part
from tests.answers import ruled
from tests.builders import NOW, Load, snapshot

MILL = "mill.internal:80"


def _seen(call: float, before: float, load: Load, since: float = 400.0) -> Snapshot:
    """Calls of a service, one for each request, that take longer for some seconds."""
    plain = snapshot(load, name="bakery")
    track = plain.processes[0].track
    count, took = track.values["requests"], np.where(track.times > NOW - since, call, before)
    return with_part(plain, PartKind.DESTINATION, MILL, count=count, duration=count * took, errors=0.0 * count)


def test_calls_that_take_many_times_as_long_are_a_hint_before_answers_are_slow() -> None:
    found = ruled("downstream-bound", _seen(0.45, 0.03, Load(elu=0.15, rps=20, latency=0.46))).reading
    assert (found.condition, found.severity) == (Condition.OVER, Severity.INFO)
    assert found.confidence >= 0.75
    assert found.claim.startswith(f"bakery: calls to {MILL} take 450 ms each")


@pytest.mark.parametrize(("call", "before", "load", "since"), [
    (0.28, 0.03, Load(elu=0.15, rps=20, latency=0.29), 400),
    (0.45, 0.12, Load(elu=0.15, rps=20, latency=0.46), 400),
    (0.45, 0.03, Load(elu=0.85, rps=20, latency=0.46), 400),
    (0.15, 0.02, Load(elu=0.15, rps=20, latency=0.46), 400),
    (0.45, 0.03, Load(elu=0.15, rps=20, latency=0.46), 900),
], ids=["quick", "not so much longer", "a busy loop", "little of the time", "always so"])  # fmt: skip
def test_stays_silent_for_less(call: float, before: float, load: Load, since: float) -> None:
    found = ruled("downstream-bound", _seen(call, before, load, since)).reading
    assert found.condition is Condition.UNDER


def test_slow_answers_are_a_warning_as_ever() -> None:
    found = ruled("downstream-bound", _seen(0.9, 0.03, Load(elu=0.15, rps=20, latency=0.95))).reading
    assert (found.condition, found.severity) == (Condition.OVER, Severity.WARNING)
    assert not [e for e in found.evidence if e.signal == "call_risen"]

"""load-balance: machines whose agent is silent while their processes report by themselves."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from advisor.features import Snapshot, Track
from tests.additions import with_window
from tests.answers import expected, option
from tests.builders import Load, Machine, snapshot

FULL = Load(elu=0.885, cpu=0.85, rps=175, latency=0.0055)


def unwatched(seen: Snapshot, *silent: int) -> Snapshot:
    """The same without the rows of these machines."""
    nothing = Track(np.empty(0), np.empty(0), {})
    hosts = (replace(host, track=nothing) if host.id in silent else host for host in seen.window.hosts)
    return with_window(seen, hosts=tuple(hosts))


@pytest.mark.parametrize("silent", [(), (4,), (3, 4), (2, 3, 4)])
def test_they_are_there_all_the_same(silent: tuple[int, ...]) -> None:
    """8 loops at 88.5% need 13 copies: two on each of 7 machines, of which there are four."""
    seen = unwatched(snapshot(FULL, FULL, machine=Machine(cores=4, cpu=0.5), hosts=4), *silent)
    found = option("load-balance", "event-loop-saturated", seen)
    balancer = next(step.code for step in found.steps if "upstream" in step.code)
    assert found.title == "Add 3 machines behind a load balancer"
    assert expected(found, "loop_utilization").low == pytest.approx(0.9 * 8 * 0.885 / 14, rel=0.02)
    assert (balancer.count("server web-"), balancer.count("server new-")) == (4, 3)

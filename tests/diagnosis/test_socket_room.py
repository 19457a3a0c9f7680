"""Which resource WebSockets fill first, and how much memory more of them take."""

from __future__ import annotations

import math

import numpy as np
import pytest

from advisor.diagnosis import Evidence
from advisor.diagnosis.socket_room import RULE, carried, more_memory, of_full_loops, scarcest
from advisor.features import InstanceWindow, ServiceWindow, Snapshot
from advisor.features.socket_capacity import Resource
from tests import rulings
from tests.additions import rows, with_figures, with_recalled
from tests.builders import NOW, Load, Machine, Senders, snapshot
from tests.rulings import firing

EACH, DAY = 60e3, 86_400.0


def _told(**sockets: float | None) -> tuple[Evidence, ...]:
    return tuple(Evidence(f"capacity_{name}", name, value, "{connection}") for name, value in sockets.items())


def _seen(memory: float = 4e9, senders: Senders | None = None, processes: int = 1) -> Snapshot:
    """12,000 sockets at 60 kB, learned from a day in which they rose from 1,000."""
    load = Load(elu=0.1, rps=1, websockets=12_000, rss=90e6 + EACH * 12_000)
    seen = snapshot(
        *[load] * processes, machine=Machine(cores=4, cpu=0.3, memory=memory, available=0.3e9), senders=senders
    )
    sockets = np.linspace(1_000, 12_000, 288)
    track = rows(DAY, 300.0, websockets=sockets, loop_utilization=0.1, memory_rss=90e6 + EACH * sockets)
    old = InstanceWindow(10, 1, 1010, "single", NOW - DAY, track)
    return with_recalled(seen, RULE, ServiceWindow(1, "shop", NOW - DAY, NOW, (old,), ()))


@pytest.mark.parametrize(("rps", "latency", "known"), [
    (0.5, 0.006, True), (4.0, 0.006, True), (4.0, 0.05, False), (60.0, 0.006, False),
])  # fmt: skip
def test_requests_that_take_next_to_no_time_do_not_fill_the_loop_of_a_socket(
    rps: float, latency: float, known: bool
) -> None:
    """Health checks and a page now and then, beside sockets whose messages keep the loop 85% busy."""
    found = of_full_loops(snapshot(Load(elu=0.85, rps=rps, latency=latency, websockets=5_000)))
    assert math.isnan(found) is not known
    if known:
        assert found == pytest.approx(5_000 * 0.8 / 0.85, rel=0.02)


SHORT = _told(loop=90_000.0, memory=14_700.0, heap=None, descriptors=50_000.0)


def test_the_scarcest_comes_first_and_what_is_not_known_not_at_all() -> None:
    assert list(carried(firing(RULE, *SHORT)).items()) == [
        (Resource.MEMORY, 14_700.0), (Resource.DESCRIPTORS, 50_000.0), (Resource.LOOP, 90_000.0),
    ]  # fmt: skip
    assert scarcest(firing(RULE)) is None


def test_memory_grows_until_a_tenth_more_sockets_fill_three_quarters() -> None:
    """13,200 are three quarters of 17,600: 2,900 more at 60 kB, of which four fifths are to be used."""
    found = more_memory(_seen(), firing(RULE, *SHORT))
    assert found is not None
    assert found.title == "Move web-1 to 4.3 GB of memory"
    assert "A socket takes 60 kB, and 12,000 of the 14,700" in found.why
    assert "MB more hold 17,600" in found.why
    (expected,) = found.expected
    assert expected.now == pytest.approx(12_000 / 14_700)
    assert expected.high == pytest.approx(12_000 / 17_600)


def test_a_container_gets_it_where_its_own_limit_binds() -> None:
    tight = with_figures(_seen(), cgroup_memory_limit=1e9, cgroup_memory_usage=0.81e9)
    found = more_memory(tight, firing(RULE, *SHORT))
    assert found is not None
    assert found.title == "Give each container 1.3 GB of memory"
    assert {step.platform for step in found.steps} == {"Kubernetes", "Docker", "systemd"}


def test_a_container_of_two_processes_gets_it_for_both() -> None:
    def told(processes: int) -> str:
        seen = _seen(memory=64e9, processes=processes)
        tight = with_figures(seen, cgroup_memory_limit=4e9, cgroup_memory_usage=3e9)
        found = more_memory(tight, firing(RULE, *SHORT))
        assert found is not None
        return found.why

    assert "A socket" in told(1)
    assert "218 MB more hold 17,600" in told(1)
    assert "435 MB more hold 17,600" in told(2)


def test_without_a_day_or_a_machine_nobody_can_size_it() -> None:
    unlearned = snapshot(Load(websockets=12_000))
    assert more_memory(unlearned, firing(RULE, *SHORT)) is None
    assert more_memory(_seen(senders=Senders(host=False)), firing(RULE, *SHORT)) is None


def test_a_bigger_machine_is_offered_only_where_memory_is_short() -> None:
    assert rulings.offered("vertical", RULE, _seen(), *SHORT).title == "Move web-1 to 4.3 GB of memory"
    for other in (_told(loop=14_000.0, memory=20_000.0), _told(descriptors=14_000.0, memory=20_000.0)):
        assert "belong to each process" in rulings.refused("vertical", RULE, _seen(), *other)

"""Socket capacity: what a socket takes, and what is left for more of them."""

from __future__ import annotations

import math

import numpy as np
import pytest

from advisor.features import InstanceWindow, ServiceWindow, Snapshot
from advisor.features.socket_capacity import Resource, capacities, in_memory
from tests.additions import rows, with_figures
from tests.builders import NOW, Load, Machine, snapshot

EACH, DAY = 60e3, 86_400.0


def _past() -> Snapshot:
    sockets = np.linspace(100, 5_000, 288)
    track = rows(DAY, 300.0, websockets=sockets, loop_utilization=0.1, memory_rss=90e6 + EACH * sockets)
    return Snapshot(ServiceWindow(1, "chat", NOW - DAY, NOW, (InstanceWindow(1, 1, 1, "single", 0.0, track),), ()), NOW)


def _memory(seen: Snapshot) -> float:
    found = capacities(seen, _past(), seen.processes[0], 0.8)
    return next(one.sockets for one in found if one.resource is Resource.MEMORY)


def _chat(count: int = 1, available: float = 2.4e9) -> Snapshot:
    load = Load(websockets=5_000, rss=90e6 + EACH * 5_000)
    return snapshot(*[load] * count, machine=Machine(memory=16e9, available=available))


def test_a_socket_s_memory_is_learned() -> None:
    assert in_memory(_past()) == pytest.approx(EACH, rel=0.001)
    assert math.isnan(in_memory(None))


def test_what_the_service_has_and_what_is_free_is_filled_to_its_level() -> None:
    room = 0.8 * (0.39e9 + 2.4e9) - 0.39e9
    assert _memory(_chat()) == pytest.approx(5_000 + room / EACH, rel=0.001)


def test_processes_on_one_machine_share_what_is_free() -> None:
    room = 0.8 * (2 * 0.39e9 + 2.4e9) - 2 * 0.39e9
    assert _memory(_chat(2)) == pytest.approx(5_000 + room / 2 / EACH, rel=0.001)


def test_what_is_full_without_a_socket_is_not_filled_by_them() -> None:
    base = with_figures(_chat(), cgroup_memory_limit=1e9, cgroup_memory_usage=1.2e9)
    assert math.isinf(_memory(base))
    full = with_figures(_chat(), cgroup_memory_limit=1e9, cgroup_memory_usage=0.9e9)
    assert _memory(full) == pytest.approx(5_000 - 0.1e9 / EACH, rel=0.001)


def test_processes_in_one_container_share_what_it_has_left() -> None:
    shared = with_figures(_chat(2), cgroup_memory_limit=2e9, cgroup_memory_usage=0.9e9)
    assert _memory(shared) == pytest.approx(5_000 + (0.8 * 2e9 - 0.9e9) / 2 / EACH, rel=0.001)


def test_descriptors_that_others_fill_are_not_filled_by_sockets() -> None:
    seen = with_figures(_chat(), fd_open=5_900.0, fd_limit=1_000.0)
    found = capacities(seen, None, seen.processes[0], 0.8)
    assert math.isinf(next(one.sockets for one in found if one.resource is Resource.DESCRIPTORS))

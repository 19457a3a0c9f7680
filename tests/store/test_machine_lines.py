"""The charts of a host: the machine, the fullest and busiest of its disks, the busiest of its processors."""

from __future__ import annotations

import numpy as np
import pytest

from advisor.store import samples
from advisor.store.rows import PartRow
from advisor.vocabulary import PartKind
from tests.store.builders import START, disk_row, host, host_row, keep, us

pytestmark = pytest.mark.django_db


def _middle(host_id: int) -> dict[str, float]:
    found = samples.host_series(host_id, START, START + 300)
    cell = np.argmin(abs(found.times - (START + 150)))
    return {name: round(float(curve.value[cell]), 6) for name, curve in found.curves.items()}


def test_a_machine_in_cores_bytes_and_shares() -> None:
    machine, other = host(), host("web-2")
    for at in range(10, 310, 10):
        keep(
            host_row(machine, at, cpu_count=2, cpu_user=6, cpu_system=2, cpu_iowait=1, cpu_steal=0.5, tcp_sent=200),
            host_row(other, at, cpu_user=20, cpu_count=8),
        )
        keep(host_row(machine, at + 1, memory_limit=8e9, memory_available=6e9, accept_overflows=5, tcp_repeated=1))
    found = _middle(machine.pk)
    assert found["cores_used"] == pytest.approx(0.8)
    assert (found["cores_waiting"], found["cores_stolen"], found["cores_effective"]) == (0.1, 0.05, 2)
    assert (found["memory_taken"], found["memory_limit"]) == (2e9, 8e9)
    assert found["accept_overflows"] == pytest.approx(30), "per minute"
    assert "load_1m" not in found


def test_the_fullest_the_busiest_and_the_mean_of_parts() -> None:
    machine = host()
    for at in range(10, 310, 10):
        keep(
            disk_row(machine, at, "/", used=30, capacity=100, inodes_used=9, inodes=10),
            disk_row(machine, at, "/srv", used=80, capacity=100),
            disk_row(machine, at, "sda", busy=2.5),
            *(
                PartRow(machine.pk, 0, us(at), 10.0, 0.0, PartKind.CPU, name, {"busy": busy, "idle": 10 - busy})
                for name, busy in (("0", 9.0), ("1", 1.0))
            ),
        )
    assert _middle(machine.pk) == {
        "disk_full": 0.8,
        "inodes_full": 0.9,
        "disk_busy": 0.25,
        "cpu_busiest": 0.9,
        "cpu_mean": 0.5,
    }


def test_a_host_that_said_nothing_has_no_lines() -> None:
    assert _middle(host().pk) == {}

"""Charts of weeks: drawn from hours, with their extremes and their gaps, and from minutes where there are no hours."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest

from advisor.features.histogram import Histogram
from advisor.fleet.models import Instance
from advisor.store import samples
from advisor.store.models import PartHour, ProcessHour, ProcessMinute
from advisor.store.series import TimeSeries
from tests.store.builders import START, WHEN, disk_row, host, host_row, instance, keep, process_row, service

pytestmark = pytest.mark.django_db

HOUR = 3600
WEEKS = 14 * 86_400
SPIKED = ("requests", "cpu_cores", "loop_busy", "host_busy", "disk_full")
QUICK = Histogram.from_explicit([0.009, 0.011], [0, 5, 0], 0.05).encode()
SLOW = Histogram.from_explicit([0.9, 1.1], [0, 5, 0], 5.0).encode()


def _reported(hours: tuple[int, ...]) -> Instance:
    """Calm but for ten seconds of the second hour, in which everything is at its worst."""
    machine = host()
    one = instance(service(), machine)
    for at in (hour * HOUR + second for hour in hours for second in range(10, HOUR, 600)):
        worst = at == HOUR + 1210
        busy = 9.0 if worst else 1.0
        keep(
            process_row(
                one, at, SLOW if worst else QUICK, requests=50 * busy, threads=busy, cpu_user=busy, cpu_system=0,
                loop_active=busy, loop_idle=10 - busy,
            ),
            host_row(machine, at, cpu_count=1, cpu_user=busy, cpu_idle=10 - busy, network_errors=busy),
            disk_row(machine, at, "/", used=busy, capacity=10),
        )  # fmt: skip
    samples.roll_up(WHEN + timedelta(hours=max(hours) + 2))
    return one


def _at(found: TimeSeries, name: str, hour: int) -> tuple[float, float, float]:
    place = int(np.argmin(abs(found.times - (START + (hour + 0.5) * HOUR))))
    curve = found.curves[name]
    return float(curve.low[place]), float(curve.value[place]), float(curve.high[place])


def test_weeks_are_drawn_from_hours_which_hide_no_spike() -> None:
    one = _reported((0, 1))
    ProcessMinute.objects.all().delete()

    found = samples.series(one.service_id, START, START + WEEKS, extremes=SPIKED)

    assert (found.step, len(found.times)) == (HOUR, WEEKS // HOUR)
    assert _at(found, "requests", 0) == pytest.approx((5, 5, 5))
    assert _at(found, "requests", 1) == pytest.approx((5, 5 + 40 / 6, 45))
    for name in ("cpu_cores", "loop_busy", "host_busy"):
        assert _at(found, name, 1)[2] == pytest.approx(0.9)
    assert _at(found, "loop_busy", 1)[:2] == pytest.approx((0.1, 0.1 + 0.8 / 6))
    assert _at(found, "disk_full", 1) == pytest.approx((0.1, 0.1 + 0.8 / 6, 0.9))
    assert _at(found, "p99", 0)[1] == pytest.approx(0.01, rel=0.2)
    assert _at(found, "p99", 1)[1] == pytest.approx(1.0, rel=0.2)


def test_a_machine_is_drawn_from_hours_too() -> None:
    one = _reported((0, 1))
    assert one.host_id is not None

    found = samples.host_series(one.host_id, START, START + WEEKS, extremes=["network_errors"])

    assert found.step == HOUR
    assert _at(found, "network_errors", 1)[2] == pytest.approx(54)


def test_an_hour_of_silence_is_a_gap() -> None:
    one = _reported((0, 2))

    found = samples.series(one.service_id, START, START + WEEKS)

    assert [np.isnan(_at(found, "requests", hour)[1]) for hour in range(4)] == [False, True, False, True]


def test_minutes_stand_in_before_the_first_hour_and_after_the_last() -> None:
    one = _reported((0, 1, 2, 3))
    whole = samples.series(one.service_id, START, START + WEEKS).curves["requests"].value
    first = int(START) // HOUR
    for table in (ProcessHour, PartHour):
        table.objects.filter(hour__in=[first, first + 3]).delete()

    found = samples.series(one.service_id, START, START + WEEKS).curves["requests"].value
    assert found == pytest.approx(whole, nan_ok=True)
    ProcessHour.objects.all().delete()
    found = samples.series(one.service_id, START, START + WEEKS).curves["requests"].value
    assert found == pytest.approx(whole, nan_ok=True)

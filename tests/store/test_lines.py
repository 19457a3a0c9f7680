"""What lines read, and their smallest and greatest: where somebody asks for them, or their value is made of them."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from advisor.store import samples
from advisor.store.lines import HOST_LINES, greatest, needed, plain, ratio
from tests.store.builders import START, WHEN, instance, keep, process_row, service

pytestmark = pytest.mark.django_db


def test_a_column_that_several_lines_read_is_read_with_all_that_any_of_them_needs() -> None:
    lines = {"used": plain(greatest, "heap_used"), "share": ratio(greatest, "heap_used", "heap_limit")}
    for ordered in (lines, dict(reversed(lines.items()))):
        assert needed(ordered, ["used"]) == {"heap_used": True, "heap_limit": False}
        assert needed(ordered) == {"heap_used": False, "heap_limit": False}


def test_a_line_without_extremes_of_its_own_reads_none() -> None:
    cores = {"cores_effective": HOST_LINES["cores_effective"]}
    assert needed(cores, cores) == {"cpu_effective": False, "cpu_count": False}


@pytest.mark.parametrize("length", [3600, 6 * 3600])
def test_thinning_hides_no_spike(length: int) -> None:
    one = instance(service())
    keep(*(process_row(one, at, loop_utilization=1.0 if at == 1200 else 0.1) for at in range(0, 3600, 10)))
    samples.roll_up(WHEN + timedelta(hours=2))

    found = samples.series(one.service_id, START, START + length, points=20, extremes=["loop_busy"])

    curve = found.curves["loop_busy"]
    assert np.nanmax(curve.high) == pytest.approx(1.0)
    assert np.nanmax(curve.value) < 0.5
    assert np.nanmin(curve.low) == pytest.approx(0.1)


@pytest.mark.parametrize("length", [3600, 6 * 3600])
def test_extremes_that_nobody_asks_for_are_neither_read_nor_told(length: int) -> None:
    one = instance(service())
    keep(*(process_row(one, at, loop_utilization=at / 3600, memory_rss=at) for at in range(0, 3600, 10)))
    samples.roll_up(WHEN + timedelta(hours=2))

    with CaptureQueriesContext(connection) as queries:
        found = samples.series(one.service_id, START, START + length, points=20, extremes=["memory_rss"]).curves

    assert np.array_equal(found["loop_busy"].high, found["loop_busy"].value, equal_nan=True)
    assert np.array_equal(found["loop_busy"].low, found["loop_busy"].value, equal_nan=True)
    assert np.nanmax(found["memory_rss"].high) > np.nanmax(found["memory_rss"].value)
    [asked] = [query["sql"] for query in queries if "memory_rss" in query["sql"]]
    assert "loop_utilization_max" not in asked
    assert ("memory_rss_max" in asked) == (length > 3600)


def test_loop_delay_is_the_longest_without_the_timers_own_resolution() -> None:
    one = instance(service())
    keep(process_row(one, 10, loop_delay_max=0.320, loop_resolution=0.020), process_row(one, 20, loop_delay_max=0.110))

    delay = samples.series(one.service_id, START, START + 60).curves["loop_delay"].value

    assert delay[~np.isnan(delay)] == pytest.approx([0.3] * 10 + [0.1] * 10)


def test_loop_delay_is_the_longest_of_its_minute_too() -> None:
    one = instance(service())
    keep(*(process_row(one, at, loop_delay_max=at / 100, loop_resolution=0.020) for at in range(10, 60, 10)))
    samples.roll_up(WHEN + timedelta(hours=2))

    delay = samples.series(one.service_id, START, START + 6 * 3600).curves["loop_delay"].value

    assert np.nanmax(delay) == pytest.approx(0.48)

"""Two records of one moment: fill in, add gains, keep what was told first, and say what was left out."""

from __future__ import annotations

import pytest

from advisor.features.histogram import Histogram
from advisor.store.models import ProcessSample, RollupMark
from advisor.store.rows import DISTRIBUTION, ProcessRow
from tests.fleet.builders import only
from tests.store.builders import at_the_time_of, instance, keep, process_row, service, stored

pytestmark = pytest.mark.django_db

SLOW = Histogram.from_explicit([0.1, 1.0], [0, 2, 0], 1.0)
FAST = Histogram.from_explicit([0.1, 1.0], [3, 0, 0], 0.1)


def _gaining(row: ProcessRow, *columns: str) -> ProcessRow:
    row.gains = frozenset(columns)
    return row


@pytest.mark.parametrize("together", [True, False])
def test_gains_come_on_top_of_what_is_known(together: bool) -> None:
    one = instance(service())
    rows = [
        _gaining(process_row(one, 0, requests=3, loop_delay_max=0.5), "requests", "loop_delay_max"),
        _gaining(process_row(one, 0, requests=2, loop_delay_max=0.2), "requests", "loop_delay_max"),
    ]
    if together:
        keep(*rows)
    else:
        for row in rows:
            keep(row)

    assert stored("store_processsample", "requests", "loop_delay_max") == [(5, 0.5)]
    assert [row.left_out for row in rows] == [0, 0]


@pytest.mark.parametrize("together", [True, False])
def test_distributions_of_gains_become_one(together: bool) -> None:
    one = instance(service())
    rows = [_gaining(process_row(one, 0, each.encode()), DISTRIBUTION) for each in (SLOW, FAST)]
    if together:
        keep(*rows)
    else:
        for row in rows:
            keep(row)

    assert Histogram.decode(bytes(only(ProcessSample).latency or b"")) == Histogram.merge(SLOW, FAST)


@pytest.mark.parametrize("together", [True, False])
def test_what_differs_from_what_was_told_is_left_out_and_counted(together: bool) -> None:
    one = instance(service())
    first = process_row(one, 0, SLOW.encode(), requests=3, cpu_user=0.1)
    second = process_row(one, 0, FAST.encode(), requests=2, cpu_user=0.1, threads=11)
    if together:
        keep(first, second)
    else:
        keep(first)
        keep(second)

    assert stored("store_processsample", "requests", "cpu_user", "threads") == [(3, pytest.approx(0.1), 11)]
    assert (first.left_out, second.left_out) == (0, 2)


def test_the_same_figures_read_back_are_no_difference() -> None:
    """0.1 is stored in 4 bytes on PostgreSQL and comes back as 0.10000000149."""
    one = instance(service())
    keep(process_row(one, 0, SLOW.encode(), cpu_user=0.1, requests=16_777_217))
    again = process_row(one, 0, SLOW.encode(), cpu_user=0.1, requests=16_777_217)
    keep(again)

    assert again.left_out == 0


def test_a_gain_is_not_added_to_what_was_told_twice() -> None:
    """Told 3, gained 2 in the same request: together they are no gain, as the 3 may come again."""
    one = instance(service())
    keep(process_row(one, 0, requests=3), _gaining(process_row(one, 0, requests=2), "requests"))
    again = process_row(one, 0, requests=3)
    keep(again)

    assert stored("store_processsample", "requests") == [(5,)]
    assert again.left_out == 1


def test_the_span_is_the_longer_one() -> None:
    one = instance(service())
    short, long = process_row(one, 0, cpu_user=1), process_row(one, 0, requests=1)
    long.span = 20.0
    keep(short)
    keep(long)

    assert stored("store_processsample", "span", "cpu_user", "requests") == [(20, 1, 1)]


def test_only_what_changed_is_marked_and_written(monkeypatch: pytest.MonkeyPatch) -> None:
    at_the_time_of(monkeypatch, 140)
    one = instance(service())
    keep(process_row(one, 0, requests=1), process_row(one, 60, requests=1))
    RollupMark.objects.all().delete()

    keep(process_row(one, 0, requests=1), process_row(one, 60, threads=1), process_row(one, 120, requests=1))

    first = int(process_row(one, 0).time_us // 60_000_000)
    assert stored("store_rollupmark", "minute") == [(first + 1,), (first + 2,)]
    rows = stored("store_processsample", "time", "requests", "threads")
    assert [row[1:] for row in rows] == [(1, None), (1, 1), (1, None)]

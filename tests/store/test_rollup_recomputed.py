"""Whatever came in whichever order, rollups equal what a plain loop over all samples says: all tables and columns."""

from __future__ import annotations

import math
import random
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import timedelta
from statistics import fmean
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from advisor.features.histogram import Histogram
from advisor.store import samples
from advisor.store.columns import is_increase
from advisor.store.models import (
    HostHour,
    HostMinute,
    HostSample,
    HourMark,
    PartHour,
    PartMinute,
    PartSample,
    ProcessHour,
    ProcessMinute,
    ProcessSample,
    RollupMark,
)
from advisor.store.rows import HostRow, PartRow, ProcessRow
from advisor.store.tables import HOST, PART, PROCESS, Rollup, Table
from advisor.vocabulary import Entity, PartKind, columns_of
from tests.fleet.builders import only
from tests.store.builders import WHEN, at_the_time_of, keep, stored, us

pytestmark = pytest.mark.django_db

MODELS = (HostSample, HostMinute, HostHour, ProcessSample, ProcessMinute, ProcessHour, PartSample, PartMinute, PartHour)
SPAN = 10.0
LAST = 7199
"""Seconds of two hours, of which the last ten minutes are young when they come."""

Row = HostRow | ProcessRow | PartRow


def _figures(entity: Entity, seed: int) -> tuple[dict[str, float], bytes | None]:
    chance = random.Random(seed)
    names = [name for name in columns_of(entity) if chance.random() < 0.7]
    slow = [chance.uniform(1e-4, 50) for _ in range(chance.randrange(3))]
    latency = Histogram.merge(*(Histogram.from_explicit([s * 0.9, s * 1.1], [0, 2, 0], s) for s in slow))
    return {name: chance.choice([0.0, chance.uniform(0, 1e6)]) for name in names}, latency.encode() if slow else None


def _host(owner: int, at: int, seed: int) -> Row:
    return HostRow(owner, us(at), SPAN, 0.0, _figures(Entity.HOST, seed)[0])


def _process(owner: int, at: int, seed: int) -> Row:
    return ProcessRow(owner, seed % 2 + 1, us(at), SPAN, 0.0, *_figures(Entity.PROCESS, seed))


def _part(owner: int, at: int, seed: int) -> Row:
    kind, name = (PartKind.ROUTE, PartKind.DISK)[seed % 2], "ab"[seed // 2 % 2]
    values, histogram = _figures(Entity.PART, seed)
    return PartRow(owner, seed % 2, us(at), SPAN, 0.0, kind, name, values, histogram)


MAKERS: tuple[Callable[[int, int, int], Row], ...] = (_host, _process, _part)
TABLE: dict[type[Row], Table] = {HostRow: HOST, ProcessRow: PROCESS, PartRow: PART}


def _series(row: Row) -> tuple[Any, ...]:
    if isinstance(row, HostRow):
        return (row.host_id,)
    if isinstance(row, ProcessRow):
        return row.service_id, row.instance_id
    return row.owner_id, row.instance_id, row.kind.value, row.name


def _expected(rollup: Rollup, rows: Iterable[Row]) -> dict[tuple[Any, ...], tuple[list[float], Histogram | None]]:
    """Series and number of the minute or hour -> n and all columns, and the histogram; the plain way."""
    groups: dict[tuple[Any, ...], list[Row]] = defaultdict(list)
    for row in rows:
        groups[*_series(row), row.time_us // 1_000_000 // rollup.seconds].append(row)
    return {key: (_columns(rollup, found), _histogram(found)) for key, found in groups.items()}


def _columns(rollup: Rollup, rows: list[Row]) -> list[float]:
    numbers = [float(len(rows))]
    for name in columns_of(rollup.entity):
        known = [row.values[name] for row in rows if name in row.values]
        rates = [value / SPAN for value in known]
        if not known:
            numbers += [math.nan] * len(rollup.rolled(name))
        elif is_increase(rollup.entity, name):
            numbers += [math.fsum(known), SPAN * len(known), *((min(rates), max(rates)) if rollup.peaks else ())]
        else:
            numbers += [fmean(known), min(known), max(known)]
    return numbers


def _histogram(rows: list[Row]) -> Histogram | None:
    blobs = [getattr(row, "latency", None) or getattr(row, "histogram", None) for row in rows]
    known = [Histogram.decode(blob) for blob in blobs if blob]
    return Histogram.merge(*known) if known else None


def _check(table: Table, rollup: Rollup, rows: list[Row]) -> None:
    blob = table.blob or "NULL"
    columns = [column for name in columns_of(table.entity) for column in rollup.rolled(name)]
    key = (*table.series, rollup.column)
    expected = _expected(rollup, rows)
    found = {row[: len(key)]: row[len(key) :] for row in stored(rollup.table, *key, "n", *columns, blob)}
    assert found.keys() == expected.keys()
    for place, (figures, histogram) in expected.items():
        *numbers, encoded = found[place]
        known = [math.nan if value is None else value for value in numbers]
        assert known == pytest.approx(figures, rel=1e-6, nan_ok=True), place
        assert (encoded is None) == (histogram is None)
        if histogram is not None:
            _check_same(Histogram.decode(bytes(encoded)), histogram)


def _check_same(one: Histogram, other: Histogram) -> None:
    """Equal but for the last digit of the sum, which hangs on the order of adding."""
    assert one.sum == pytest.approx(other.sum, rel=1e-12)
    assert (one.scale, one.zero_count, one.offset, one.counts) == (
        other.scale,
        other.zero_count,
        other.offset,
        other.counts,
    )
    assert (one.min, one.max) == (other.min, other.max)


_rows = st.lists(
    st.tuples(st.sampled_from(MAKERS), st.integers(1, 2), st.integers(0, LAST), st.integers(0, 2**32)), max_size=12
)
_steps = st.lists(st.one_of(st.integers(60, 3 * 3600), _rows), min_size=1, max_size=6)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(_steps)
def test_rolling_up_step_by_step_equals_computing_from_all_samples(steps: list[Any]) -> None:
    for model in (*MODELS, RollupMark, HourMark):
        model._default_manager.all().delete()
    kept: dict[tuple[Any, ...], Row] = {}
    with pytest.MonkeyPatch.context() as patch:
        at_the_time_of(patch, LAST)
        for step in steps:
            if isinstance(step, int):
                samples.roll_up(WHEN + timedelta(seconds=step))
                continue
            rows = [make(*arguments) for make, *arguments in step]
            new = {key: row for row in rows if (key := (type(row), _series(row), row.time_us)) not in kept}
            keep(*new.values())
            kept |= new
    samples.roll_up(WHEN + timedelta(hours=3))

    for kind, table in TABLE.items():
        rows = [row for row in kept.values() if type(row) is kind]
        _check(table, table.minutes, rows)
        _check(table, table.hours, rows)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.floats(), min_size=2, max_size=4), st.one_of(st.just(10.0), st.floats()))
def test_no_figure_that_a_sender_can_make_up_stops_a_rollup(figures: list[float], span: float) -> None:
    for table in (ProcessSample, ProcessMinute, ProcessHour):
        table.objects.all().delete()
    names = columns_of(Entity.PROCESS)
    values = [(at, dict.fromkeys(names, figure)) for at, figure in enumerate(figures)]
    keep(*(ProcessRow(1, 1, us(at), span, 0.0, told) for at, told in values))

    samples.roll_up(WHEN + timedelta(hours=2))
    assert only(ProcessHour).n == only(ProcessMinute).n == len(figures)

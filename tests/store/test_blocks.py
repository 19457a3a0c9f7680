"""Blocks: the numbers of many rows, as they are stored, and series put together of them."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import pytest

from advisor.features.histogram import Histogram
from advisor.store import blocks
from advisor.store.fetch import Row, microseconds
from advisor.store.tables import HOST, PART, PROCESS, Table
from tests.store.builders import START, host, host_row, instance, keep, process_row, route_row, service, us

pytestmark = pytest.mark.django_db

ALL = microseconds(START - 10, START + 100)
QUICK = Histogram.from_explicit([0.1], [2, 0], 0.05)


class Series(NamedTuple):
    """What a block says of one series."""

    key: Row
    times: list[int]
    figures: list[list[Any]]
    blobs: list[bytes | None]


def each(block: blocks.Block) -> Iterator[Series]:
    bounds = [*block.starts.tolist(), len(block.times)]
    for key, (start, end) in zip(block.keys, pairwise(bounds), strict=True):
        rows = slice(start, end)
        yield Series(key, block.times[rows].tolist(), block.figures[:, rows].tolist(), list(block.blobs[rows]))


def read(*figures: str, table: Table = PROCESS, blob: str | None = None) -> list[Series]:
    return list(each(blocks.read(table, table.samples, ("time", "at"), figures, blob, ALL)))


def test_numbers_come_as_they_are_stored_and_nothing_as_nan() -> None:
    one = instance(service())
    keep(process_row(one, 10, threads=16_777_215), process_row(one, 0, QUICK.encode(), requests=3, cpu_user=0.1))
    (found,) = read("requests", "cpu_user", "threads", "heap_used", blob="latency")

    assert (found.key, found.times) == ((one.service_id, one.pk), [us(0), us(10)])
    requests, cpu_user, threads, heap_used = found.figures
    assert (requests[0], cpu_user[0], threads[1]) == (3, pytest.approx(0.1), 16_777_215)
    assert np.isnan([requests[1], cpu_user[1], threads[0], *heap_used]).all()
    assert found.blobs == [QUICK.encode(), None]


def test_series_with_names_are_told_apart_by_them() -> None:
    one = instance(service())
    slow, quick = (route_row(one, 0, name, count=count) for name, count in (("GET /\u00e9", 1), ("GET /", 2)))
    keep(slow, quick, route_row(one, 10, "GET /", count=3))
    found = {series.key: series.figures[0] for series in read("count", table=PART, blob="histogram")}

    of_one = (one.service_id, one.pk, "route")
    assert found == {(*of_one, "GET /\u00e9"): [1], (*of_one, "GET /"): [2, 3]}


@pytest.mark.parametrize("table", [PROCESS, HOST, PART])
def test_no_rows_are_no_series(table: Table) -> None:
    assert read("span", table=table, blob=table.blob) == []
    assert blocks.tracks(table, table.figures, ALL, has_distributions=True) == {}


def test_each_series_is_in_the_order_of_time_with_the_columns_that_it_has() -> None:
    first, second = (instance(service(name)) for name in ("a", "b"))
    keep(
        process_row(second, 20, QUICK.encode(), requests=2),
        process_row(first, 10, requests=1),
        process_row(first, 0, threads=7),
        process_row(second, 0, requests=5),
    )
    found = blocks.tracks(PROCESS, PROCESS.figures, ALL, has_distributions=True)

    assert set(found) == {(one.service_id, one.pk) for one in (first, second)}
    track = found[first.service_id, first.pk]
    assert track.times.tolist() == [START, START + 10]
    assert set(track.values) == {"requests", "threads"}
    assert np.array_equal(track.values["requests"], [math.nan, 1.0], equal_nan=True)
    assert dict(found[second.service_id, second.pk].latencies) == {1: QUICK}
    assert dict(track.latencies) == {}


def test_some_columns_alone_come_without_distributions() -> None:
    one = instance(service())
    keep(process_row(one, 0, QUICK.encode(), requests=2, threads=3))
    track = blocks.tracks(PROCESS, ("threads",), ALL, has_distributions=False)[one.service_id, one.pk]
    assert (set(track.values), dict(track.latencies)) == ({"threads"}, {})


def test_hosts_have_series_of_one_number() -> None:
    machines = [host(name) for name in ("a", "b")]
    keep(*(host_row(machine, at, load_1m=at) for machine in machines for at in (10, 0)))
    found = blocks.tracks(HOST, HOST.figures, ALL, has_distributions=False)
    assert {key: track.values["load_1m"].tolist() for key, track in found.items()} == {
        (machine.pk,): [0, 10] for machine in machines
    }


def test_rows_come_by_series_and_time_however_they_were_stored() -> None:
    first, second = (instance(service(name)) for name in ("a", "b"))
    for at in (30, 0, 20, 10):
        for one in (second, first):
            keep(process_row(one, at, b"%d of %d" % (at, one.pk), requests=at + one.pk))
    for one, found in zip((first, second), read("requests", blob="latency"), strict=True):
        assert (found.key, found.times) == ((one.service_id, one.pk), [us(at) for at in (0, 10, 20, 30)])
        assert found.figures == [[at + one.pk for at in (0, 10, 20, 30)]]
        assert found.blobs == [b"%d of %d" % (at, one.pk) for at in (0, 10, 20, 30)]


def test_rows_of_parts_do_as_well() -> None:
    one, names = instance(service()), ("GET /b", "GET /a")
    for at in (30, 0, 20, 10):
        for name in names:
            keep(replace(route_row(one, at, name, count=at), histogram=b"%d of %b" % (at, name.encode())))
    found = {series.key[-1]: series for series in read("count", table=PART, blob="histogram")}
    assert set(found) == set(names)
    for name in names:
        assert (found[name].times, found[name].figures) == ([us(at) for at in (0, 10, 20, 30)], [[0, 10, 20, 30]])
        assert found[name].blobs == [b"%d of %b" % (at, name.encode()) for at in (0, 10, 20, 30)]

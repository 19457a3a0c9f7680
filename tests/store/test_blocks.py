"""Blocks: the numbers of many rows, as they are stored, and series put together of them."""

from __future__ import annotations

import math

import numpy as np
import pytest

from advisor.features.histogram import Histogram
from advisor.store import blocks
from advisor.store.fetch import among, microseconds
from advisor.store.tables import HOST, PROCESS
from tests.store.builders import START, host, host_row, instance, keep, process_row, service, us

pytestmark = pytest.mark.django_db

ALL = microseconds(START - 10, START + 100)
QUICK = Histogram.from_explicit([0.1], [2, 0], 0.05)


def test_numbers_come_as_they_are_stored_and_nothing_as_nan() -> None:
    one = instance(service())
    keep(process_row(one, 0, requests=3, cpu_user=0.1), process_row(one, 10, threads=16_777_215))
    found = blocks.matrix(PROCESS.samples, ("instance_id", "time", "requests", "cpu_user", "threads"), ALL)

    found = found[np.argsort(found[:, 1])]
    assert found[:, :2].tolist() == [[one.pk, us(0)], [one.pk, us(10)]]
    assert found[0, 2:4].tolist() == [3, pytest.approx(0.1)]
    assert found[1, 4] == 16_777_215
    assert np.isnan(found).tolist() == [[False, False, False, False, True], [False, False, True, True, False]]


def test_no_rows_are_an_empty_block_of_the_right_width() -> None:
    assert blocks.matrix(PROCESS.samples, ("at", "requests"), ALL).shape == (0, 2)
    assert blocks.matrix(PROCESS.samples, ("at", "requests"), among("service_id", []) & ALL).shape == (0, 2)
    assert blocks.tracks(PROCESS, PROCESS.figures, ALL, has_distributions=True) == {}


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

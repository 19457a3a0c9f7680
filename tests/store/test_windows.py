"""Windows of many services equal what a loop over the written rows says, by a fixed number of queries."""

from __future__ import annotations

import random
from itertools import product

import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from advisor.features.histogram import Histogram
from advisor.store import samples
from advisor.store.rows import ProcessRow
from tests.store.builders import START, disk_row, host, host_row, instance, keep, process_row, route_row, service, us

pytestmark = pytest.mark.django_db


def test_a_window_holds_the_rows_between_start_and_end_oldest_first() -> None:
    one = instance(
        service(),
        host(),
        started_at=START - 60,
        role="worker",
        script="/srv/app.js",
        worker_id=3,
        container="0a1b2c3d4e5f",
    )
    keep(*(process_row(one, at, requests=at) for at in (30, 10, 20, 0, 40)))

    window = samples.windows([one.service_id], START + 10, START + 30)[one.service_id]

    (seen,) = window.instances
    assert (seen.id, seen.pid, seen.role, seen.started) == (one.pk, 1, "worker", START - 60)
    assert (seen.script, seen.worker, seen.container) == ("/srv/app.js", 3, "0a1b2c3d4e5f")
    assert seen.track.times.tolist() == [START + 10, START + 20, START + 30]
    assert seen.track.spans.tolist() == [10, 10, 10]
    assert seen.track.values["requests"].tolist() == [10, 20, 30]
    assert set(seen.track.values) == {"requests"}


def test_a_figure_that_a_row_has_not_is_nan() -> None:
    one = instance(service())
    keep(process_row(one, 0, requests=5), process_row(one, 10, cpu_user=2.5))

    (seen,) = samples.windows([one.service_id], START, START + 60)[one.service_id].instances

    np.testing.assert_array_equal(seen.track.values["requests"], [5, np.nan])
    np.testing.assert_array_equal(seen.track.values["cpu_user"], [np.nan, 2.5])


def test_a_clock_that_is_an_hour_slow_is_put_right() -> None:
    one = instance(service())
    row = ProcessRow(one.service_id, one.pk, us(-3600), 10.0, 3600.0, {"requests": 7.0})
    keep(row)

    (seen,) = samples.windows([one.service_id], START, START + 1)[one.service_id].instances

    assert seen.track.times.tolist() == [START]


def test_latencies_are_decoded_when_asked_for() -> None:
    one = instance(service())
    latency = Histogram.from_exponential(3, 0, -20, [3, 4], 0.9)
    keep(process_row(one, 0, requests=1), process_row(one, 10, latency.encode(), requests=7))

    (seen,) = samples.windows([one.service_id], START, START + 60)[one.service_id].instances

    assert dict(seen.track.latencies) == {1: latency}
    assert len(seen.track.latencies) == 1


def test_hosts_come_with_their_parts_and_the_loops_of_all_processes_on_them() -> None:
    here, there = host("here"), host("there")
    own, neighbour, far = service("own"), service("neighbour"), service("far")
    mine = instance(own, here, 1)
    other = instance(neighbour, here, 2)
    elsewhere = instance(far, there, 3)
    keep(
        host_row(here, 0, cpu_count=4),
        host_row(there, 0, cpu_count=8),
        disk_row(here, 0, "sda", busy=3),
        *(process_row(each, 0, loop_utilization=0.5, requests=3) for each in (mine, other, elsewhere)),
        route_row(mine, 0, "GET /", count=3),
        route_row(other, 0, "GET /other", count=3),
    )

    window = samples.windows([own.pk], START, START + 60)[own.pk]

    (on,) = window.hosts
    assert (on.id, on.name, on.track.values["cpu_count"].tolist()) == (here.pk, "here", [4])
    assert [(part.kind, part.name, part.track.values["busy"].tolist()) for part in on.parts] == [("disk", "sda", [3])]
    assert {key: set(found.values) for key, found in on.loops.items()} == {
        mine.pk: {"loop_utilization"},
        other.pk: {"loop_utilization"},
    }
    (seen,) = window.instances
    assert [(part.kind, part.name) for part in seen.parts] == [("route", "GET /")]


def test_a_host_of_the_same_number_as_a_service_keeps_its_own_parts() -> None:
    here = host()
    mine = instance(service(), here)
    keep(process_row(mine, 0, requests=1), disk_row(here, 0, "sda", busy=1), route_row(mine, 0, "GET /", count=1))

    window = samples.windows([mine.service_id], START, START)[mine.service_id]

    assert [part.name for part in window.instances[0].parts] == ["GET /"]
    assert [part.name for part in window.hosts[0].parts] == ["sda"]


def test_rows_sent_under_a_former_name_are_not_the_former_services_any_more() -> None:
    former, better = service("node"), service("checkout")
    one = instance(former)
    keep(process_row(one, 0, requests=1))
    one.service = better
    one.save()
    keep(process_row(one, 10, requests=2))

    seen = samples.windows([former.pk, better.pk], START, START + 60)

    assert seen[former.pk].instances == ()
    assert seen[better.pk].instances[0].track.values["requests"].tolist() == [2]


def test_a_silent_service_has_an_empty_window_and_an_unknown_one_has_none() -> None:
    silent = service()

    seen = samples.windows([silent.pk, silent.pk + 1000], START, START + 60)

    assert set(seen) == {silent.pk}
    assert (seen[silent.pk].instances, seen[silent.pk].hosts) == ((), ())


def _fleet(services: int) -> list[int]:
    machine = host(f"of-{services}")
    ids = []
    for number in range(services):
        one = instance(service(f"s{services}-{number}"), machine, number)
        keep(process_row(one, 0, loop_utilization=0.1), route_row(one, 0, "GET /", count=1), host_row(machine, 0))
        ids.append(one.service_id)
    return ids


def test_the_number_of_queries_does_not_grow_with_the_services() -> None:
    counts = []
    for ids in (_fleet(1), _fleet(12)):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            samples.windows(ids, START, START + 60)
        counts.append(len(queries))

    assert counts == [9, 9]


def test_windows_equal_brute_force() -> None:
    chance = random.Random(7)
    machines = [host(f"h{number}") for number in range(3)]
    services = [service(f"s{number}") for number in range(4)]
    fleet = [instance(s, h, pid) for pid, (s, h) in enumerate(product(services, machines))]
    rows = [
        process_row(one, float(at), requests=float(chance.randrange(100)))
        for one in fleet
        for at in chance.sample(range(600), 12)
    ]
    chance.shuffle(rows)
    keep(*rows)
    start, end = START + 100, START + 400

    seen = samples.windows([s.pk for s in services[:3]], start, end)

    found = {
        (window.service_id, one.id): list(zip(one.track.times, one.track.values["requests"], strict=True))
        for window in seen.values()
        for one in window.instances
    }
    expected: dict[tuple[int, int], list[tuple[float, float]]] = {}
    for row in sorted(rows, key=lambda row: row.time_us):
        if start <= row.time_us / 1e6 <= end and row.service_id != services[3].pk:
            expected.setdefault((row.service_id, row.instance_id), []).append(
                (row.time_us / 1e6, row.values["requests"])
            )
    assert found == expected


def test_a_host_with_all_processes_on_it_whatever_their_services() -> None:
    here, there = host(), host("web-2")
    first, second = instance(service(), here, 1), instance(service("cart"), here, 2)
    elsewhere = instance(first.service, there, 3)
    keep(*(process_row(one, 10, cpu_user=1) for one in (first, second, elsewhere)))
    keep(host_row(here, 10, cpu_user=5), disk_row(here, 10, "/", used=1), disk_row(there, 10, "/", used=2))

    found = samples.host_view(here.pk, START, START + 60)

    assert (found.host.name, found.host.track.values["cpu_user"].tolist()) == ("web-1", [5])
    assert [(part.name, part.track.values["used"].tolist()) for part in found.host.parts] == [("/", [1])]
    assert [instance.pid for instance in found.instances] == [1, 2]


def test_a_host_that_is_silent_has_nothing_and_one_that_is_none_is_an_error() -> None:
    one = host()
    found = samples.host_view(one.pk, START, START + 60)
    assert (found.host.track.times.size, found.host.parts, found.instances) == (0, (), ())
    with pytest.raises(KeyError):
        samples.host_view(one.pk + 1, START, START + 60)

"""Rows that came together are the rows that they are each for itself, and meet what is stored as those do."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from advisor.store import samples
from advisor.store.bundles import Bundle, form
from advisor.store.models import HostSample, ProcessSample
from advisor.store.rows import HostRow, ProcessRow, Rows
from advisor.store.tables import PROCESS
from advisor.vocabulary import Entity, columns_of
from tests.fleet.builders import only
from tests.store.builders import host, host_row, instance, keep, process_row, service, us

SPAN = 10.0


def bundle(
    entity: Entity, owners: Sequence[Sequence[int]], told: Sequence[dict[str, float]], teller: int = 0
) -> Bundle:
    """One row an owner, at the moment 0 of the builders."""
    records = np.zeros(len(owners), form(entity))
    records["owner"], records["time"], records["span"] = np.arange(len(owners)), us(0), SPAN
    records["values"] = [[one.get(name, np.nan) for name in columns_of(entity)] for one in told]
    wholes = [b"%d" % place for place in range(len(owners))] if entity is Entity.PROCESS else ()
    return Bundle(entity, records.tobytes(), np.array(owners, np.int64), 2.5, wholes, teller)


def test_each_row_for_itself() -> None:
    processes = bundle(Entity.PROCESS, [(1, 2), (1, 3)], [{"requests": 4.0}, {}], teller=7)
    first, second = processes.apart()
    assert isinstance(first, ProcessRow)
    assert isinstance(second, ProcessRow)
    assert (first.service_id, first.instance_id, second.instance_id) == (1, 2, 3)
    assert (first.time_us, first.span, first.clock_offset, first.latency) == (us(0), SPAN, 2.5, b"0")
    assert np.frombuffer(first.packed)[PROCESS.figures.index("requests")] == 4.0
    assert (second.latency, second.teller) == (b"1", 7)
    assert processes.apart()[0] is first  # what is noted in it stays
    (machine,) = bundle(Entity.HOST, [(5,)], [{}]).apart()
    assert isinstance(machine, HostRow)
    assert machine.host_id == 5


@pytest.mark.django_db
def test_they_are_stored_beside_rows_that_came_alone() -> None:
    one, other, machine = instance(service()), instance(service("b")), host()
    told = bundle(Entity.PROCESS, [(one.service_id, one.pk)], [{"requests": 4.0}])
    of_host = bundle(Entity.HOST, [(machine.pk,)], [{"load_1m": 1.5}])
    samples.write(Rows(processes=[process_row(other, 0, requests=5)], bundles=[told, of_host]))
    assert list(ProcessSample.objects.order_by("requests").values_list("instance_id", "requests", "span")) == [
        (one.pk, 4.0, SPAN),
        (other.pk, 5.0, SPAN),
    ]
    row = ProcessSample.objects.get(instance_id=one.pk)
    assert (row.at - row.time, bytes(row.latency or b"")) == (2_500_000, b"0")
    assert only(HostSample).load_1m == 1.5


@pytest.mark.django_db
def test_what_is_known_of_their_moment_is_filled_in_and_what_differs_is_told_to_their_teller() -> None:
    one, machine = instance(service()), host()
    keep(process_row(one, 0, requests=4), host_row(machine, 0, load_1m=1))
    told = [
        bundle(Entity.PROCESS, [(one.service_id, one.pk)], [{"requests": 5.0, "threads": 9.0}], teller=3),
        bundle(Entity.HOST, [(machine.pk,)], [{"load_1m": 1.0}], teller=4),
    ]
    rows = Rows(bundles=told)
    samples.write(rows)
    assert list(rows.left_out) == [(3, 1)]
    kept = only(ProcessSample)
    assert (kept.requests, kept.threads) == (4.0, 9.0)
    assert only(HostSample).load_1m == 1.0

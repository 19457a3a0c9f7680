from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from advisor.features.histogram import Histogram
from advisor.fleet.claim import AGENT
from advisor.fleet.registry import Identity
from advisor.ingest import otlp_json, rejection
from advisor.ingest.answers import Receipt
from advisor.ingest.assembly import Beyond, add_rows, names_of
from advisor.ingest.pivot import Pivot
from advisor.ingest.scanned import JSON
from advisor.ingest.scanner import scanner
from advisor.ingest.steps import finish
from advisor.ingest.totals import Resolved
from advisor.store.rows import Rows
from advisor.store.sheet import Sheet
from advisor.vocabulary import PartKind
from tests.compilers import need
from tests.ingest.bodies import as_json
from tests.ingest.bodies import made as made_up
from tests.ingest.exports import (
    NOW,
    PROCESS,
    Json,
    counter,
    explicit_point,
    export,
    gauge,
    histogram,
    number,
    resource,
)

SCANNING = Pivot()
ROUTE = {"http.request.method": "GET", "http.route": "/a"}
MIXED = resource(
    PROCESS,
    gauge("nodejs.eventloop.utilization", number(0.5), number(0.25, at=NOW - 10)),
    gauge("system.memory.limit", number(8e9)),
    counter("system.cpu.time", number(1.0, span=10, attrs={"cpu.mode": "idle", "cpu.logical_number": "1"})),
    histogram("http.server.request.duration", explicit_point([2, 0], [0.1], 0.1, attrs=ROUTE)),
)


def rows_of(one: Resolved, beyond: Beyond = frozenset()) -> Rows:
    found = Rows()
    add_rows(found, one, beyond)
    return found


def made(said: Json, identity: Identity, offset: float = 0.0) -> tuple[Rows, int]:
    """The rows of what one resource said, and how many of its figures were left out since it says them itself."""
    data, receipt = json.dumps(export(said)).encode(), Receipt()
    (report,) = Pivot().sort(otlp_json.decode(data), NOW, lambda host: offset).reports
    found = rows_of(Resolved(report, identity, receipt, 1))
    return found, receipt.rejected[rejection.TOLD_FROM_INSIDE]


def rows(identity: Identity) -> Rows:
    return made(MIXED, identity, offset=1.5)[0]


def test_one_row_per_entity_and_moment() -> None:
    found = rows(Identity(host_id=3, service_id=5, instance_id=7))
    assert [(row.service_id, row.instance_id, row.time_us, row.span) for row in found.processes] == [
        (5, 7, NOW * 1e6, 10.0),
        (5, 7, (NOW - 10) * 1e6, 0.0),
    ]
    (host,) = found.hosts
    assert (host.host_id, host.values) == (3, {"memory_limit": 8e9, "cpu_idle": 1.0})
    offsets = [row.clock_offset for row in found.processes] + [row.clock_offset for row in found.parts]
    assert {*offsets, host.clock_offset} == {1.5}


def test_parts_belong_to_the_service_or_to_the_host() -> None:
    owners = {
        (row.kind, row.name): (row.owner_id, row.instance_id)
        for row in rows(Identity(host_id=3, service_id=5, instance_id=7)).parts
    }
    assert owners == {(PartKind.ROUTE, "GET /a"): (5, 7), (PartKind.CPU, "1"): (3, 0)}


def test_distributions_are_encoded_where_they_are_kept() -> None:
    found = rows(Identity(host_id=3, service_id=5, instance_id=7))
    latency = found.processes[0].latency
    assert latency is not None
    assert Histogram.decode(latency).count == 2
    assert found.processes[1].latency is None
    assert {row.kind: row.histogram for row in found.parts} == {PartKind.ROUTE: latency, PartKind.CPU: None}


def test_what_has_no_owner_makes_no_row() -> None:
    assert rows(Identity()) == Rows()
    hostless = rows(Identity(service_id=5, instance_id=7))
    assert (len(hostless.processes), hostless.hosts) == (2, [])
    assert [row.kind for row in hostless.parts] == [PartKind.ROUTE]


INSIDE_FROM_OUTSIDE = (
    gauge("advisor.process.listening_port.count", number(2.0)),
    gauge("nodejs.eventloop.delay.max", number(0.5)),
    gauge("v8js.resource.active", number(3.0, attrs={"v8js.resource.type": "Timeout"})),
    histogram("http.server.request.duration", explicit_point([2, 0], [0.1], 0.1, attrs=ROUTE)),
)


def sorted_in(who: dict[str, str], identity: Identity) -> tuple[Rows, int]:
    return made(resource({**PROCESS, **who}, *INSIDE_FROM_OUTSIDE), identity)


def test_what_a_process_tells_itself_is_not_taken_from_the_agent_too() -> None:
    agent = {"telemetry.sdk.name": "advisor-agent"}
    found, left_out = sorted_in(agent, Identity(service_id=5, instance_id=7, has_inside=True))
    (row,) = found.processes
    assert (row.values, row.latency, found.parts) == ({"listening": 2.0}, None, [])
    assert left_out > 0


@pytest.mark.parametrize(("sender", "has_inside"), [("advisor-agent", False), ("advisor-probe", True)])
def test_a_single_sender_loses_nothing(sender: str, has_inside: bool) -> None:
    who = Identity(service_id=5, instance_id=7, has_inside=has_inside)
    found, left_out = sorted_in({"telemetry.sdk.name": sender}, who)
    (row,) = found.processes
    assert row.values["loop_delay_max"] == 0.5
    assert row.latency is not None
    assert {part.kind for part in found.parts} == {PartKind.ROUTE, PartKind.HANDLE}
    assert left_out == 0


def test_what_is_read_once_a_minute_leaves_the_spans_of_the_rest_alone() -> None:
    attrs = {"advisor.agent.collector": "postgresql"}
    slow = resource(
        {"host.id": "h"},
        counter("system.cpu.time", number(1.0, span=10, attrs={"cpu.mode": "idle", "cpu.logical_number": "1"})),
        counter("advisor.agent.collector.time", number(0.5, span=60, attrs=attrs)),
        gauge("system.filesystem.usage", number(5.0, attrs={"system.filesystem.mountpoint": "/"})),
    )
    found, _ = made(slow, Identity(host_id=3))
    assert [row.span for row in found.hosts] == [10.0]
    assert {row.kind: row.span for row in found.parts} == {PartKind.CPU: 10.0, PartKind.COLLECTOR: 60.0}


def limits(sender: str, of: str = "heap", **inside: bool) -> tuple[list[dict[str, float]], int]:
    """The values of the rows that come of a report with a heap's limit, and how many figures were left out."""
    said = resource({**PROCESS, "telemetry.sdk.name": sender}, gauge(f"advisor.v8js.memory.{of}.limit", number(3e8)))
    found, left_out = made(said, Identity(service_id=5, instance_id=7, **inside))
    return [row.values for row in found.processes], left_out


@pytest.mark.parametrize("has_inside", [False, True])
def test_the_limit_of_a_heap_is_taken_from_the_agent_beside_an_sdk(has_inside: bool) -> None:
    assert limits("advisor-agent", has_inside=has_inside) == ([{"heap_limit": 3e8}], 0)


def test_beside_the_probe_it_is_left_out_without_a_word() -> None:
    assert limits("advisor-agent", has_inside=True, has_probe=True) == ([], 0)
    assert limits("advisor-probe", has_inside=True, has_probe=True) == ([{"heap_limit": 3e8}], 0)


def test_what_young_objects_may_take_of_it_only_the_agent_knows() -> None:
    assert limits("advisor-agent", "heap.young", has_inside=True, has_probe=True) == ([{"heap_young": 3e8}], 0)


def paged(span: float, sdk: str = AGENT) -> Rows:
    """What the kernel tells of ten seconds, and a page of metrics of so many: it was not read the time before."""
    both = resource(
        {**PROCESS, "telemetry.sdk.name": sdk},
        counter("process.cpu.time", number(7.5, span=10, attrs={"cpu.mode": "user"})),
        gauge("nodejs.eventloop.delay.max", number(0.5)),
        histogram("v8js.gc.duration", explicit_point([2, 0], [0.1], 0.1, span=span, attrs={"v8js.gc.type": "minor"})),
        histogram("http.server.request.duration", explicit_point([2, 0], [0.1], 0.1, span=span, attrs=ROUTE)),
    )
    return made(both, Identity(host_id=3, service_id=5, instance_id=7))[0]


def test_a_page_that_was_not_read_once_leaves_the_rates_of_the_rest_alone() -> None:
    short, page = paged(20.0).processes
    assert (short.span, short.values, short.latency) == (10.0, {"cpu_user": 7.5}, None)
    assert (page.span, page.values["requests"], page.values["loop_delay_max"]) == (20.0, 2.0, 0.5)
    assert page.latency is not None
    assert "cpu_user" not in page.values
    assert (short.time_us, page.time_us) == (NOW * 1e6 - 1, NOW * 1e6)


@pytest.mark.parametrize("span", [9.0, 10.0, 11.0])
def test_what_covers_nearly_the_same_stays_one_row(span: float) -> None:
    (row,) = paged(span).processes
    assert (row.span, row.values["cpu_user"], row.values["requests"]) == (max(span, 10.0), 7.5, 2.0)


def test_an_sdk_begins_some_of_its_series_later_and_counts_them_in_one_row() -> None:
    (row,) = paged(20.0, sdk="opentelemetry").processes
    assert (row.span, row.values["cpu_user"], row.values["requests"]) == (20.0, 7.5, 2.0)


def test_parts_without_a_name_of_their_own_are_summed_as_other() -> None:
    """What each says is kept in their sum, and in that of the process."""
    names = [{**ROUTE, "http.route": f"/{number}"} for number in range(5)] + [{"http.route": "other"}]
    points = [explicit_point([1, 0], [1.0], 0.5, attrs=attrs) for attrs in names]
    data = json.dumps(export(resource(PROCESS, histogram("http.server.request.duration", *points)))).encode()
    (report,) = Pivot().sort(otlp_json.decode(data), NOW, lambda host: 0.0).reports
    one = Resolved(report, Identity(host_id=3, service_id=5, instance_id=7), Receipt(), 1)
    (use,) = names_of(one)
    assert (use.owner, use.token_id, len(list(use.names))) == ((5, 7), 1, 6)
    beyond = {((5, 7), (PartKind.ROUTE, name)) for name in ("GET /2", "GET /3", "GET /4")}
    for _ in range(2):  # a transaction that failed is tried again
        found = {row.name: row for row in rows_of(one, beyond).parts}
        assert sorted(found) == ["GET /0", "GET /1", "other"]
        assert found["other"].values["count"] == 4.0
        assert found["other"].values["duration"] == pytest.approx(2.0)
        assert Histogram.decode(found["other"].histogram or b"").count == 4
        assert (found["other"].span, found["GET /0"].span) == (10.0, 10.0)


IDENTITIES = (
    Identity(3, 5, 7),
    Identity(3),
    Identity(None, 5, 7),
    Identity(3, 5, 7, has_inside=True),
    Identity(3, 5, 7, has_inside=True, has_probe=True),
)


def sheets(one: Resolved, beyond: Beyond) -> list[Any]:
    """All that is stored of a report, and what is told of the rest."""
    found = rows_of(one, beyond)
    brought = (Sheet.of_hosts(found.hosts), Sheet.of_processes(found.processes), Sheet.of_parts(found.parts))
    return [one.receipt.rejected, *[list(sheet.values()) for sheet in brought]]


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 1 << 30), st.sampled_from(IDENTITIES), st.booleans())
def test_what_was_told_makes_the_rows_that_its_figures_make(seed: int, identity: Identity, has_room: bool) -> None:
    need(scanner())
    found = finish(SCANNING.read(as_json(made_up(seed), seed), JSON, NOW, lambda host: 2.5))
    for told in found.reports if found else ():
        uses = names_of(Resolved(told, identity, Receipt(), 1))
        beyond = frozenset((use.owner, name) for use in uses for name in use.names if not has_room)
        (figures := replace(told)).unpack()
        assert told.listening == figures.listening
        as_told, as_figures = (Resolved(one, identity, Receipt(), 1) for one in (told, figures))
        assert list(names_of(as_told)) == list(names_of(as_figures))
        assert sheets(as_told, beyond) == sheets(as_figures, beyond)

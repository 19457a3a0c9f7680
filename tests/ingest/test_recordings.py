"""Every recording is accepted, and its numbers stand where they belong.

What is expected is worked out here from the files alone, without any code of ingest.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.utils import timezone

from advisor.features.histogram import Histogram
from advisor.fleet import tokens
from advisor.fleet.models import Host, Instance, Service, Token
from advisor.store.models import HostSample, PartSample, ProcessSample
from tests.ingest.client import MakeDoor, call
from tests.ingest.recordings import FAMILIES, Series, files, headers, series

DELTA = "hostmetrics-delta"
YOUNG_SECONDS = 120.0
"""A histogram that began this recently counts whole on its first point."""

LEVELS = {
    "loop_utilization": "nodejs.eventloop.utilization",
    "loop_delay_max": "nodejs.eventloop.delay.max",
    "loop_delay_min": "nodejs.eventloop.delay.min",
    "loop_delay_mean": "nodejs.eventloop.delay.mean",
    "loop_delay_stddev": "nodejs.eventloop.delay.stddev",
    "loop_delay_p50": "nodejs.eventloop.delay.p50",
    "loop_delay_p90": "nodejs.eventloop.delay.p90",
    "loop_delay_p99": "nodejs.eventloop.delay.p99",
    "heap_used": "v8js.memory.heap.used",
    "heap_size": "v8js.memory.heap.space.size",
    "resources_active": "v8js.resource.active",
    "memory_rss": "process.memory.usage",
}
INCREASES = {
    "loop_active": ("nodejs.eventloop.time", "asDouble", {"active"}),
    "loop_idle": ("nodejs.eventloop.time", "asDouble", {"idle"}),
    "cpu_user": ("process.cpu.time", "asDouble", {"user"}),
    "cpu_system": ("process.cpu.time", "asDouble", {"system"}),
    "gc_major": ("v8js.gc.duration", "sum", {"major"}),
    "gc_minor": ("v8js.gc.duration", "sum", {"minor"}),
    "gc_other": ("v8js.gc.duration", "sum", {"incremental", "weakcb"}),
    "requests": ("http.server.request.duration", "count", {"GET", "POST"}),
    "request_time": ("http.server.request.duration", "sum", {"GET", "POST"}),
}
HOST_INCREASES = {
    "cpu_user": ("system.cpu.time", "asDouble", {"user", "nice"}),
    "cpu_system": ("system.cpu.time", "asDouble", {"system", "interrupt"}),
    "cpu_idle": ("system.cpu.time", "asDouble", {"idle"}),
    "network_received": ("system.network.io", "asDouble", {"receive"}),
    "network_sent": ("system.network.io", "asDouble", {"transmit"}),
}


def moment(path: Path) -> int:
    """When the export was made, in microseconds: all its points say the same."""
    (time,) = {int(point["timeUnixNano"]) // 1000 for point in series(path).values()}
    return time


def levels(export: Series) -> dict[str, float | None]:
    found = {
        name: [float(p["asDouble"]) for (m, _), p in export.items() if m == metric] for name, metric in LEVELS.items()
    }
    return {name: math.fsum(values) if values else None for name, values in found.items()}


def increases(
    table: Mapping[str, tuple[str, str, set[str]]], export: Series, before: Series, delta: bool
) -> dict[str, float | None]:
    found: dict[str, list[float | None]] = {name: [] for name in table}
    for (metric, attributes), point in export.items():
        words = {value for _, value in attributes}
        for name, (wanted, figure, some) in table.items():
            if metric == wanted and words & some:
                found[name].append(increase(point, before.get((metric, attributes)), figure, delta))
    known = {name: [value for value in values if value is not None] for name, values in found.items()}
    return {name: math.fsum(values) if values else None for name, values in known.items()}


def increase(point: Mapping[str, Any], before: Mapping[str, Any] | None, figure: str, delta: bool) -> float | None:
    """What one point adds; None where that cannot be known."""
    span = (int(point["timeUnixNano"]) - int(point["startTimeUnixNano"])) / 1e9
    if delta:
        return float(point[figure]) if span > 0 else None
    if before is not None:
        return float(point[figure]) - float(before[figure])
    return float(point[figure]) if figure != "asDouble" and 0 < span <= YOUNG_SECONDS else None


@sync_to_async
def make_token(host: str) -> str:
    now = timezone.now()
    known = Host.objects.create(key=host, name=host, first_seen=now, last_seen=now) if host else None
    return tokens.make(Token.Kind.HOST, host=known)[1]


async def send_all(family: str, make_door: MakeDoor) -> None:
    """Send a client's requests as it did, each 0.2 s after it was made."""
    now = [0.0]
    door = make_door(lambda: now[0])
    secret = await make_token("machine-1" if family.startswith("hostmetrics") else "")
    for path, sent in zip(files(family), headers(family), strict=True):
        now[0] = moment(path) / 1e6 + 0.2
        answer = await call(door, path.read_bytes(), token=secret, **sent)
        assert (answer.status, answer.body) == (200, b"" if path.suffix == ".pb" else b"{}")


@sync_to_async
def stored(model: Any) -> list[dict[str, Any]]:
    return list(model.objects.order_by("time").values())


def assert_figures(row: Mapping[str, Any], expected: Mapping[str, float | None]) -> None:
    for name, value in expected.items():
        assert row[name] == (None if value is None else pytest.approx(value, rel=1e-5, abs=1e-6)), name


@pytest.mark.parametrize("family", FAMILIES)
async def test_a_process_lands_in_the_right_columns(family: str, make_door: MakeDoor) -> None:
    await send_all(family, make_door)
    paths = files(family)
    assert len(paths) >= 2
    exports = [series(path) for path in paths]
    rows = await stored(ProcessSample)
    assert [row["time"] for row in rows] == [moment(path) for path in paths]
    for row, export, before in zip(rows, exports, [{}, *exports], strict=False):
        assert_figures(row, levels(export) | increases(INCREASES, export, before, family == DELTA))
        whole = Histogram.decode(bytes(row["latency"])) if row["latency"] else Histogram()
        assert whole.count == (row["requests"] or 0)
    steps = [
        (later - earlier) / 1e6 for earlier, later in zip(map(moment, paths), map(moment, paths[1:]), strict=False)
    ]
    assert [row["span"] for row in rows[1:]] == pytest.approx(steps, rel=1e-6)


@pytest.mark.parametrize("family", [family for family in FAMILIES if family.startswith("hostmetrics")])
async def test_the_host_figures_of_a_process_land_in_the_hosts_row(family: str, make_door: MakeDoor) -> None:
    await send_all(family, make_door)
    exports = [series(path) for path in files(family)]
    rows = await stored(HostSample)
    assert len(rows) == len(exports)
    for row, export, before in zip(rows, exports, [{}, *exports], strict=False):
        assert_figures(row, increases(HOST_INCREASES, export, before, family == DELTA))
        assert row["memory_used"] == pytest.approx(memory(export, "used"))
        assert row["memory_free"] == pytest.approx(memory(export, "free"))
    parts = {(row["kind"], row["name"]) for row in await stored(PartSample) if row["kind"] != "handle"}
    assert parts == {("cpu", "0"), ("cpu", "1"), ("interface", "eth0")}


def memory(export: Series, state: str) -> float:
    (point,) = (p for (m, attrs), p in export.items() if m == "system.memory.usage" and state in {v for _, v in attrs})
    return float(point["asDouble"])


@pytest.mark.parametrize("family", ["json", "json-gzip", "proto"])
async def test_routes_and_destinations_become_parts(family: str, make_door: MakeDoor) -> None:
    await send_all(family, make_door)
    last = series(files(family)[-1])
    expected: dict[tuple[str, str], float] = {}
    for (metric, attrs), point in last.items():
        said = dict(attrs)
        if metric == "http.server.request.duration":
            name = ("route", " ".join(filter(None, (said["http.request.method"], said.get("http.route")))))
        elif metric == "http.client.request.duration":
            name = ("destination", f"{said['server.address']} {said['server.port']}")
        else:
            continue
        expected[name] = expected.get(name, 0.0) + float(point["count"])
    found: dict[tuple[str, str], float] = {}
    for row in await stored(PartSample):
        if row["kind"] not in ("route", "destination"):
            continue
        found[row["kind"], row["name"]] = found.get((row["kind"], row["name"]), 0.0) + row["count"]
        assert row["histogram"] is None or Histogram.decode(bytes(row["histogram"])).count == row["count"]
    assert found == expected


async def test_the_service_is_known_by_its_own_name(make_door: MakeDoor) -> None:
    await send_all("json", make_door)
    (service,) = [service async for service in Service.objects.all()]
    (instance,) = [instance async for instance in Instance.objects.select_related("host")]
    assert (service.name, service.serves) == ("odziem-perf", True)
    assert (instance.pid, instance.inside, instance.runtime_version) == (27892, "opentelemetry", "20.20.2")
    assert instance.host is not None
    assert instance.host.key == "3d1219c7c4c5404aaa1f6d2a48adfda4"


async def test_sending_a_recording_twice_changes_nothing(make_door: MakeDoor) -> None:
    await send_all("json", make_door)
    before = await stored(ProcessSample), await stored(PartSample)
    now = [0.0]
    door, secret = make_door(lambda: now[0]), await make_token("")
    for path in files("json"):
        now[0] = moment(path) / 1e6 + 30
        answer = await call(door, path.read_bytes(), token=secret)
        assert answer.status == 200
    assert (await stored(ProcessSample), await stored(PartSample)) == before

"""Reports like an agent: OTLP over HTTP, with figures that a test chooses."""

from __future__ import annotations

import json
import time
import urllib.request
from dataclasses import dataclass
from typing import Any

SPAN = 2.0
"""Seconds that every report covers."""


@dataclass(frozen=True, slots=True)
class Sender:
    """Sends to one server with one token."""

    server: str
    token: str

    def report(self, service: str, busy: float, host: str = "web-01", pid: int = 100, at: float | None = None) -> None:
        """One snapshot of a process, and one of its host, of `SPAN` seconds that end at `at`."""
        at = time.time() if at is None else at
        self._post("metrics", {"resourceMetrics": [_process(service, busy, host, pid, at), _host(host, at)]})

    def history(
        self,
        service: str,
        busy: float,
        seconds: float,
        host: str = "web-01",
        pid: int = 100,
        until: float | None = None,
    ) -> None:
        """Snapshots of the last seconds, until now unless told, oldest first."""
        end = time.time() if until is None else until
        for step in range(int(seconds / SPAN), -1, -1):
            self.report(service, busy, host, pid, end - step * SPAN)

    def inside(self, service: str, messages: float = 0.0, host: str = "web-01", pid: int = 100) -> None:
        """What a probe alone sees: calls to a database, a full pool, a worker thread, messages, a block and an end."""
        at, attributes = time.time(), _identity(service, host, pid)
        self._post("metrics", {"resourceMetrics": [_resource(attributes, _inside(at, messages))]})
        scope = {"logRecords": _events(at)}
        self._post("logs", {"resourceLogs": [{"resource": _attributed(attributes), "scopeLogs": [scope]}]})

    def _post(self, signal: str, export: dict[str, Any]) -> None:
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self.token}"}
        request = urllib.request.Request(f"{self.server}/v1/{signal}", json.dumps(export).encode(), headers)
        with urllib.request.urlopen(request, timeout=30) as answer:
            body = json.loads(answer.read() or b"{}")
        refused = body.get("partialSuccess", {})
        assert not refused.get("rejectedDataPoints"), body
        assert not refused.get("rejectedLogRecords"), body


def _identity(service: str, host: str, pid: int) -> dict[str, Any]:
    return {
        "service.name": service,
        "service.instance.id": f"{host}-{pid}",
        "host.id": f"id-{host}",
        "host.name": host,
        "process.pid": pid,
        "process.creation.time": "2026-01-01T00:00:00Z",
        "process.runtime.name": "nodejs",
        "process.runtime.version": "20.20.2",
        "advisor.service.name.source": "configured",
        "telemetry.sdk.name": "advisor-probe",
    }


def _process(service: str, busy: float, host: str, pid: int, at: float) -> dict[str, Any]:
    duration = _exponential("http.server.request.duration", at, {"http.request.method": "GET", "http.route": "/pay"})
    metrics = [
        _gauge("nodejs.eventloop.utilization", "1", at, busy),
        _sum("nodejs.eventloop.time", at, busy * SPAN, {"nodejs.eventloop.state": "active"}),
        _sum("nodejs.eventloop.time", at, (1 - busy) * SPAN, {"nodejs.eventloop.state": "idle"}),
        _gauge("nodejs.eventloop.delay.max", "s", at, 0.03),
        _sum("process.cpu.time", at, busy * SPAN * 0.9, {"cpu.mode": "user"}),
        _gauge("advisor.process.listening_port.count", "{port}", at, 1),
        duration,
    ]
    return _resource(_identity(service, host, pid), metrics)


def _inside(at: float, messages: float) -> list[dict[str, Any]]:
    database = {"db.system.name": "postgresql", "server.address": "orders.internal", "server.port": 5432}
    pool = {"db.client.connection.pool.name": "orders", "db.client.connection.state": "used"}
    return [
        _exponential("db.client.operation.duration", at, database),
        _sum("db.client.connection.count", at, 10, pool, counts=False),
        _gauge("advisor.nodejs.worker.eventloop.utilization", "1", at, 0.4, {"thread.name": "resizer"}),
        _gauge("v8js.resource.active", "{resource}", at, 3, {"v8js.resource.type": "Timeout"}),
        _sum("advisor.websocket.messages", at, messages, {"network.io.direction": "receive"}),
    ]


def _events(at: float) -> list[dict[str, Any]]:
    place = {"code.function.name": "render", "code.file.path": f"/srv/{'folder/' * 20}app.js", "code.line.number": 12}
    told: dict[str, dict[str, Any]] = {
        "advisor.nodejs.eventloop.blocked": {"advisor.duration": 0.4, "advisor.cause": "code", **place},
        "advisor.nodejs.eventloop.profile": {"advisor.duration": 5.0, "advisor.share": 0.6, **place},
        "advisor.process.exited": {"advisor.cause": "signal", "advisor.process.exit.signal": "SIGKILL"},
    }
    return [
        {"timeUnixNano": str(int(at * 1e9)), "eventName": name, "attributes": _attributes(said)}
        for name, said in told.items()
    ]


def _host(host: str, at: float) -> dict[str, Any]:
    attributes = {"host.id": f"id-{host}", "host.name": host, "telemetry.sdk.name": "advisor-agent"}
    metrics = [
        _gauge("advisor.system.cpu.effective", "{cpu}", at, 2),
        _sum("system.cpu.time", at, SPAN, {"cpu.mode": "user", "cpu.logical_number": 0}),
        _sum("system.cpu.time", at, SPAN * 3, {"cpu.mode": "idle", "cpu.logical_number": 1}),
    ]
    return _resource(attributes, metrics)


def _resource(attributes: dict[str, Any], metrics: list[dict[str, Any]]) -> dict[str, Any]:
    return {"resource": _attributed(attributes), "scopeMetrics": [{"metrics": metrics}]}


def _attributed(attributes: dict[str, Any]) -> dict[str, Any]:
    return {"attributes": _attributes(attributes)}


def _attributes(values: dict[str, Any]) -> list[dict[str, Any]]:
    kind = {str: "stringValue", int: "intValue", float: "doubleValue"}
    return [{"key": key, "value": {kind[type(value)]: value}} for key, value in values.items()]


def _times(at: float) -> dict[str, str]:
    return {"timeUnixNano": str(int(at * 1e9)), "startTimeUnixNano": str(int((at - SPAN) * 1e9))}


def _gauge(name: str, unit: str, at: float, value: float, attributes: dict[str, Any] | None = None) -> dict[str, Any]:
    point = {**_times(at), "asDouble": value, "attributes": _attributes(attributes or {})}
    return {"name": name, "unit": unit, "gauge": {"dataPoints": [point]}}


def _sum(name: str, at: float, value: float, attributes: dict[str, Any], counts: bool = True) -> dict[str, Any]:
    """An increase; where it does not count, an up-down counter's level."""
    point = {**_times(at), "asDouble": value, "attributes": _attributes(attributes)}
    rest = {"aggregationTemporality": 1 if counts else 2, "isMonotonic": counts}
    return {"name": name, "unit": "s", "sum": {**rest, "dataPoints": [point]}}


def _exponential(name: str, at: float, attributes: dict[str, Any]) -> dict[str, Any]:
    """100 requests of about 20 ms each."""
    point = {
        **_times(at),
        "count": "100",
        "sum": 2.0,
        "scale": 3,
        "zeroCount": "0",
        "positive": {"offset": -46, "bucketCounts": ["100"]},
        "attributes": _attributes(attributes),
    }
    histogram = {"aggregationTemporality": 1, "dataPoints": [point]}
    return {"name": name, "unit": "s", "exponentialHistogram": histogram}

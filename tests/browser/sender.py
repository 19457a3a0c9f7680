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
        self._post({"resourceMetrics": [_process(service, busy, host, pid, at), _host(host, at)]})

    def history(self, service: str, busy: float, seconds: float, host: str = "web-01", pid: int = 100) -> None:
        """Snapshots of the last seconds, oldest first."""
        now = time.time()
        for step in range(int(seconds / SPAN), -1, -1):
            self.report(service, busy, host, pid, now - step * SPAN)

    def _post(self, export: dict[str, Any]) -> None:
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self.token}"}
        request = urllib.request.Request(f"{self.server}/v1/metrics", json.dumps(export).encode(), headers)
        with urllib.request.urlopen(request, timeout=30) as answer:
            body = json.loads(answer.read() or b"{}")
        assert not body.get("partialSuccess", {}).get("rejectedDataPoints"), body


def _process(service: str, busy: float, host: str, pid: int, at: float) -> dict[str, Any]:
    attributes = {
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
    return _resource(attributes, metrics)


def _host(host: str, at: float) -> dict[str, Any]:
    attributes = {"host.id": f"id-{host}", "host.name": host, "telemetry.sdk.name": "advisor-agent"}
    metrics = [
        _gauge("advisor.system.cpu.effective", "{cpu}", at, 2),
        _sum("system.cpu.time", at, SPAN, {"cpu.mode": "user", "cpu.logical_number": 0}),
        _sum("system.cpu.time", at, SPAN * 3, {"cpu.mode": "idle", "cpu.logical_number": 1}),
    ]
    return _resource(attributes, metrics)


def _resource(attributes: dict[str, Any], metrics: list[dict[str, Any]]) -> dict[str, Any]:
    return {"resource": {"attributes": _attributes(attributes)}, "scopeMetrics": [{"metrics": metrics}]}


def _attributes(values: dict[str, Any]) -> list[dict[str, Any]]:
    kind = {str: "stringValue", int: "intValue"}
    return [{"key": key, "value": {kind[type(value)]: value}} for key, value in values.items()]


def _times(at: float) -> dict[str, str]:
    return {"timeUnixNano": str(int(at * 1e9)), "startTimeUnixNano": str(int((at - SPAN) * 1e9))}


def _gauge(name: str, unit: str, at: float, value: float) -> dict[str, Any]:
    return {"name": name, "unit": unit, "gauge": {"dataPoints": [{**_times(at), "asDouble": value}]}}


def _sum(name: str, at: float, value: float, attributes: dict[str, Any]) -> dict[str, Any]:
    point = {**_times(at), "asDouble": value, "attributes": _attributes(attributes)}
    return {"name": name, "unit": "s", "sum": {"aggregationTemporality": 1, "isMonotonic": True, "dataPoints": [point]}}


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

"""Older and foreign names, turned into today's. Only today's are stored.

Sources: the rename tables of the OpenTelemetry semantic conventions (schema 1.44.0), and the names
that `@opentelemetry/host-metrics` 0.39 and `@opentelemetry/instrumentation-http` before 0.54 send.
"""

from __future__ import annotations

METRICS: dict[str, tuple[str, float]] = {
    "http.server.duration": ("http.server.request.duration", 0.001),
    "http.client.duration": ("http.client.request.duration", 0.001),
    "process.open_file_descriptor.count": ("process.unix.file_descriptor.count", 1.0),
    "process.threads": ("process.thread.count", 1.0),
    "v8js.memory.heap.limit": ("v8js.memory.heap.space.size", 1.0),
    "v8js.heap.space.size": ("v8js.memory.heap.space.size", 1.0),
    "system.linux.memory.available": ("system.memory.linux.available", 1.0),
    "system.cpu.load_average.1m": ("advisor.system.load_average.1m", 1.0),
    "system.cpu.load_average.5m": ("advisor.system.load_average.5m", 1.0),
    "system.cpu.load_average.15m": ("advisor.system.load_average.15m", 1.0),
}
"""Old name -> (today's name, factor to today's unit)."""

ATTRIBUTES: dict[str, str] = {
    "system.cpu.state": "cpu.mode",
    "process.cpu.state": "cpu.mode",
    "state": "cpu.mode",
    "system.cpu.logical_number": "cpu.logical_number",
    "http.method": "http.request.method",
    "http.status_code": "http.response.status_code",
    "v8js.heap.space.name": "v8js.memory.heap.space.name",
    "net.peer.name": "server.address",
    "net.peer.port": "server.port",
    "direction": "network.io.direction",
    "device": "system.device",
}
"""Old attribute key -> today's key."""


def canonical(name: str) -> tuple[str, float]:
    """Today's name of a metric and the factor that brings its values to today's unit."""
    return METRICS.get(name, (name, 1.0))

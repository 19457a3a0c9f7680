"""OpenTelemetry's system metrics for Python, with its OTLP exporter. The host and its own process."""

from __future__ import annotations

from pathlib import Path

from bench.subject import Launch, Place, Subject, needs_module
from bench.wires import Sink

_PROGRAM = Path(__file__).parents[1] / "programs" / "system_metrics.py"


def _launch(place: Place) -> Launch:
    sink = Sink()
    settings = {
        "OTEL_EXPORTER_OTLP_ENDPOINT": sink.url,
        "OTEL_EXPORTER_OTLP_COMPRESSION": "gzip",
        "OTEL_METRIC_EXPORT_INTERVAL": str(place.every * 1000),
    }
    return Launch([str(place.python), str(_PROGRAM)], sink, settings)


SUBJECT = Subject("opentelemetry", "host", needs_module("opentelemetry.instrumentation.system_metrics"), _launch)

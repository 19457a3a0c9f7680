"""OpenTelemetry's host metrics, exported until it is ended. Settings are those of the SDK."""

from __future__ import annotations

import signal

from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.instrumentation.system_metrics import SystemMetricsInstrumentor
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader

provider = MeterProvider([PeriodicExportingMetricReader(OTLPMetricExporter())])
SystemMetricsInstrumentor().instrument(meter_provider=provider)
signal.pause()

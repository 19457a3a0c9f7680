"""The kinds of telemetry that are passed on; OTLP has a path for each."""

from __future__ import annotations

METRICS, LOGS = "metrics", "logs"
SIGNALS = (METRICS, LOGS)


def path_of(signal: str) -> str:
    """Where OTLP/HTTP posts one of `SIGNALS`."""
    return f"/v1/{signal}"

"""The lines that people paste into a shell, with this installation's address."""

from __future__ import annotations

import json
import shlex
from urllib.parse import urlsplit

from django.conf import settings

_LOOPBACK = {"127.0.0.1", "localhost", "::1"}
PROBE = settings.BASE_DIR / "agents" / "node"


def agent(token: str) -> str:
    """Fetch the agent, one file for any Python from 3.9, and let it report here."""
    return (
        f"curl -fsSO {settings.PUBLIC_URL}/agent/advisor-agent.pyz\n"
        f"ADVISOR_TOKEN={token} python3 advisor-agent.pyz run --server {settings.PUBLIC_URL}"
    )


def enrol(key: str) -> str:
    """Fetch the agent, exchange a key for the token of this host, and report here."""
    return (
        f"curl -fsSO {settings.PUBLIC_URL}/agent/advisor-agent.pyz\n"
        f"ADVISOR_KEY={key} python3 advisor-agent.pyz enroll --server {settings.PUBLIC_URL}\n"
        "python3 advisor-agent.pyz run"
    )


def probe() -> str:
    """Start a service with the probe. On this machine its folder is used as it is; elsewhere it is fetched first."""
    start = "node server.js"
    if _is_here():
        return f"NODE_OPTIONS={shlex.quote(f'--require {PROBE}')} {start}"
    return (
        f"curl -fsS {settings.PUBLIC_URL}/agent/advisor-probe.tgz | tar xz\n"
        f'NODE_OPTIONS="--require $PWD/advisor-probe" {start}'
    )


def probe_under_pm2() -> str:
    """What an app of PM2's ecosystem file needs: options in its `env` come too late for workers of a cluster."""
    folder = PROBE if _is_here() else "/path/to/advisor-probe"
    return f"node_args: {json.dumps(f'--require {folder}')},"


def _is_here() -> bool:
    return urlsplit(settings.PUBLIC_URL).hostname in _LOOPBACK


def sdk(token: str) -> str:
    """The environment of an OpenTelemetry SDK that reports its metrics here without our agents."""
    return "\n".join((
        f"OTEL_EXPORTER_OTLP_ENDPOINT={settings.PUBLIC_URL}",
        f'OTEL_EXPORTER_OTLP_HEADERS="Authorization=Bearer {token}"',
        "OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf",
        "OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE=delta",
        "OTEL_METRICS_EXPORTER=otlp",
        "OTEL_TRACES_EXPORTER=none",
        "OTEL_LOGS_EXPORTER=none",
        "OTEL_SERVICE_NAME=my-service",
    ))  # fmt: skip

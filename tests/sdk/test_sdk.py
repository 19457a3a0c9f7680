"""An OpenTelemetry SDK of Node.js that knows nothing of us shows up as a service with its charts."""

from __future__ import annotations

import json
import os
import subprocess
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.test import Client

from advisor.fleet import tokens
from advisor.fleet.models import Instance, Service, Token
from tests.sdk.conftest import Until

pytestmark = pytest.mark.processes

HERE = Path(__file__).parent


@pytest.fixture
def orders(door: str) -> Iterator[str]:
    """The address of a service that reports through its own SDK, set up by environment variables alone."""
    _, secret = tokens.make(Token.Kind.API)
    environment = {
        **os.environ,
        "OTEL_SERVICE_NAME": "orders",
        "OTEL_EXPORTER_OTLP_ENDPOINT": door,
        "OTEL_EXPORTER_OTLP_HEADERS": f"Authorization=Bearer {secret}",
        "OTEL_METRICS_EXPORTER": "otlp",
        "OTEL_TRACES_EXPORTER": "none",
        "OTEL_LOGS_EXPORTER": "none",
        "OTEL_METRIC_EXPORT_INTERVAL": "1000",
        "OTEL_METRIC_EXPORT_TIMEOUT": "900",
        "OTEL_NODE_RESOURCE_DETECTORS": "env,host,os,process",
    }
    command = ["node", "--require", "@opentelemetry/auto-instrumentations-node/register", "service.js"]
    with subprocess.Popen(command, cwd=HERE, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
        process.kill()  # the SDK's own SIGTERM handler flushes and lets the service live on


def test_a_foreign_sdk_becomes_a_service_with_loop_and_latency_charts(orders: str, until: Until) -> None:
    def order() -> None:
        for number in range(20):
            urllib.request.urlopen(f"{orders}/orders/{number}").read()

    service = until(lambda: Service.objects.filter(name="orders", serves=True).first(), order)
    assert Instance.objects.get(service=service).inside == "opentelemetry"
    client = Client()
    client.force_login(User.objects.create_user("alice"))

    def figures(key: str) -> list[float]:
        answer = json.loads(client.get(f"/services/{service.id}/series.json?range=15m").content)
        return [value for value in answer["series"][key] if value is not None]

    busy = until(lambda: figures("loop_busy"), order)
    p95 = until(lambda: figures("p95"), order)
    assert all(0 <= share <= 1 for share in busy)
    assert 0.004 <= p95[-1] < 5, "a handler that counts for 5 ms cannot answer faster"
    page = client.get(f"/services/{service.id}/")
    assert page.status_code == 200
    assert b"orders" in page.content

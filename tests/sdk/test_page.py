"""A service with a page for Prometheus and no probe shows up with its charts, through a real agent."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.test import Client

from advisor.fleet import tokens
from advisor.fleet.models import Instance, Service, Token
from tests.sdk.conftest import Until

pytestmark = pytest.mark.processes

HERE = Path(__file__).parent
AGENT = HERE.parents[1] / "agents" / "python" / "src"


@pytest.fixture
def shop() -> Iterator[str]:
    """The address of a service that knows only of Prometheus."""
    environment = {**os.environ, "OTEL_SERVICE_NAME": "shop"}
    with subprocess.Popen(["node", "page.js"], cwd=HERE, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
        process.kill()


@pytest.fixture
def agent(door: str, shop: str, tmp_path: Path) -> Iterator[None]:
    """The agent of this host, told of the page."""
    _, secret = tokens.make(Token.Kind.HOST)
    environment = {
        **os.environ,
        "PYTHONPATH": str(AGENT),
        "ADVISOR_SERVER": door,
        "ADVISOR_TOKEN": secret,
        "ADVISOR_INTERVAL": "1",
        "ADVISOR_LISTEN": "off",
        "ADVISOR_STATE_DIR": str(tmp_path),
        "ADVISOR_SCRAPE": f"{shop}/metrics",
    }
    with subprocess.Popen([sys.executable, "-m", "advisor_agent", "run"], env=environment) as process:
        yield
        process.terminate()


@pytest.mark.usefixtures("agent")
def test_a_page_for_prometheus_becomes_charts_routes_and_handles(shop: str, until: Until) -> None:
    def order() -> None:
        for number in range(20):
            with suppress(urllib.error.HTTPError):  # each twentieth fails
                urllib.request.urlopen(f"{shop}/orders/{number}").read()

    service = until(lambda: Service.objects.filter(name="shop", serves=True).first(), order)
    assert Instance.objects.get(service=service).inside == "", "nothing in the process reports to us"
    client = Client()
    client.force_login(User.objects.create_user("alice"))

    def figures(key: str) -> list[float]:
        answer = json.loads(client.get(f"/services/{service.id}/series.json?range=15m").content)
        return [value for value in answer["series"].get(key, []) if value is not None]

    p95 = until(lambda: figures("p95"), order)
    assert 0.004 <= p95[-1] < 5, "a handler that counts for 5 ms cannot answer faster"
    assert until(lambda: sum(figures("requests")), order)
    assert until(lambda: sum(figures("errors")), order), "the agent may have looked before the first of them failed"
    errors, requests = (sum(figures(key)) for key in ("errors", "requests"))
    assert 0 < errors < requests
    assert all(0 <= delay < 60 for delay in until(lambda: figures("loop_delay"), order))
    assert until(lambda: figures("heap_used"), order)[-1] > 1e6
    page = client.get(f"/services/{service.id}/").content.decode()
    assert "GET /orders/:id" in page
    assert "TCP servers" in page

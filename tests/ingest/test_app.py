"""The server as it runs in production: a process of its own, spoken to over a socket."""

from __future__ import annotations

import gzip
import http.client
import json
import os
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from advisor.fleet import tokens
from advisor.fleet.models import Token
from advisor.ingest.app import application
from advisor.store.models import ProcessSample
from tests.ingest.client import call
from tests.ingest.exports import PROCESS, body, gauge, number, resource

pytestmark = pytest.mark.processes


@pytest.fixture
def server(database_url: str) -> Iterator[int]:
    """The port of a running server. The socket listens before the process is up, so nobody need wait for it."""
    listening = socket.create_server(("127.0.0.1", 0))
    command = [sys.executable, "-m", "uvicorn", "advisor.ingest.app:application", "--fd", str(listening.fileno())]
    environment = {**os.environ, "ADVISOR_DATABASE_URL": database_url}
    with subprocess.Popen(command, env=environment, pass_fds=[listening.fileno()]) as process:
        yield listening.getsockname()[1]
        process.terminate()
        process.wait(timeout=30)
    listening.close()


def post(port: int, data: bytes, token: str, **headers: str) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    given = {"content-type": "application/json", "authorization": f"Bearer {token}"}
    given |= {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request("POST", "/v1/metrics", data, given)
    response = connection.getresponse()
    answer = response.status, response.read()
    connection.close()
    return answer


def export(at: float) -> bytes:
    return body(resource(PROCESS, gauge("nodejs.eventloop.utilization", number(0.25, at=at))))


def test_samples_travel_from_a_client_to_the_store(server: int) -> None:
    _, secret = tokens.make(Token.Kind.HOST)
    now = time.time()
    with ThreadPoolExecutor(8) as clients:
        answers = list(clients.map(lambda i: post(server, export(now - i), secret), range(24)))
    assert answers == [(200, b"{}")] * 24
    packed = gzip.compress(export(now - 100))
    once = {"content_encoding": "gzip", "advisor_batch_id": str(uuid.uuid4())}
    assert post(server, packed, secret, **once) == (200, b"{}")
    assert post(server, packed, secret, **once) == (200, b"{}")
    assert ProcessSample.objects.count() == 25
    assert set(ProcessSample.objects.values_list("loop_utilization", flat=True)) == {0.25}


def test_bad_senders_are_told_what_to_do(server: int) -> None:
    _, secret = tokens.make(Token.Kind.API)
    status, answer = post(server, export(time.time()), "wrong")
    assert status == 401
    assert "token" in json.loads(answer)["message"]
    assert post(server, b"no json", secret)[0] == 400
    assert post(server, gzip.compress(bytes(50_000_000)), secret, content_encoding="gzip")[0] == 413
    assert ProcessSample.objects.count() == 0


async def test_only_otlp_is_answered() -> None:
    answer = await call(application, path="/", method="GET", content_type="")
    assert answer.status == 404
    assert "/v1/metrics" in answer.json["message"]

"""The life of an installation, with real processes: start, sign in, stop; kills; a start after a kill."""

from __future__ import annotations

import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from advisor.embedded import ports
from advisor.embedded.plan import PROJECT
from tests.embedded.running import LINK, PATIENCE, Run, browser, until

pytestmark = pytest.mark.processes

CHILDREN = ("valkey", "web", "worker", "beat", "agent")


@pytest.fixture
def start() -> Iterator[Callable[[], Run]]:
    """Starts runs, one after the other, on the same home and port."""
    runs: list[Run] = []
    with tempfile.TemporaryDirectory(prefix="run-") as folder:  # short, for the socket
        port = ports.any_free("127.0.0.1")

        def begin() -> Run:
            runs.append(Run(Path(folder) / "home", port))
            return runs[-1]

        yield begin
        for run in runs:
            if run.process.poll() is None:
                run.stop()


def test_a_start_a_look_and_a_stop(start: Callable[[], Run]) -> None:
    run = start()
    visitor, link = browser(), run.hear(LINK)
    with visitor.open(link, timeout=PATIENCE) as page:
        assert page.url == f"{run.url}/", "signed in and on the fleet page"
    until(lambda: socket.gethostname() in visitor.open(f"{run.url}/", timeout=PATIENCE).read().decode(), "this host")

    second = run.also("run")
    assert second.returncode == 2
    assert second.stderr.count("\n") == 1
    assert "Already running" in second.stderr
    another = run.also("link").stdout.strip()
    assert another.startswith(f"{run.url}/sign-in/")
    assert another != link

    processes = run.processes()
    assert {run.pid(name) for name in CHILDREN} <= {process.pid for process in processes}
    assert run.stop() == 0
    assert psutil.wait_procs(processes, timeout=1)[1] == [], "nothing stays behind"


def test_kills_lose_nothing_that_was_acknowledged(start: Callable[[], Run]) -> None:
    run = start()
    run.hear(LINK)
    acknowledged = [post(run) for _ in range(5)]
    for name in CHILDREN:
        run.kill(name)
        run.hear(f"{name} ended")
        acknowledged.append(post(run))

    processes = run.processes()
    os.kill(run.process.pid, signal.SIGKILL)
    run.process.wait()
    run = start()
    run.hear(LINK)
    assert psutil.wait_procs(processes, timeout=0)[1] == [], "what the kill left behind has ended"
    assert stored(run) == acknowledged

    processes = run.processes()
    os.kill(run.pid("supervisord"), signal.SIGKILL)
    run.hear("The supervisor ended unexpectedly")
    assert run.process.wait(timeout=PATIENCE) == 1
    assert psutil.wait_procs(processes, timeout=PATIENCE)[1] == []
    assert stored(run) == acknowledged


def test_a_taken_port_is_one_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        run = Run(tmp_path, port)
        run.hear(rf"^Port {port} is taken by another program: set ADVISOR_PORT to a free one\.$")
        assert run.process.wait(timeout=PATIENCE) == 2


@pytest.mark.parametrize(
    ("what", "changed", "sentence"),
    [
        ("link", {}, "Nothing runs with the data in "),
        ("run", {"ADVISOR_PORT": "eighty"}, "ADVISOR_PORT is 'eighty'"),
        ("run", {"ADVISOR_HOME": "/dev/null/home"}, "Cannot write to /dev/null/home "),
        ("run", {"ADVISOR_TIME_SCALE": "fast"}, "A setting cannot be read: "),
        ("demo", {"PATH": "/nowhere"}, "The demo runs two Node.js services: install Node.js "),
    ],
)
def test_what_stands_in_the_way_is_one_sentence(
    tmp_path: Path, what: str, changed: dict[str, str], sentence: str
) -> None:
    environment = {**os.environ, "ADVISOR_HOME": str(tmp_path), "ADVISOR_PORT": str(ports.any_free("127.0.0.1"))}
    result = subprocess.run(
        (sys.executable, "-m", "advisor.embedded", what),
        env={**environment, **changed},
        cwd=PROJECT,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert (result.returncode, result.stderr.count("\n")) == (2, 1), result.stderr
    assert result.stderr.startswith(sentence)


def test_wrong_settings_come_all_at_once(tmp_path: Path) -> None:
    run = Run(tmp_path, ports.any_free("127.0.0.1"), ADVISOR_TIME_SCALE="0", ADVISOR_WEBHOOK_ALLOW="here")
    for words in ("Settings that cannot work", "ADVISOR_TIME_SCALE is 0", "ADVISOR_WEBHOOK_ALLOW has 'here'"):
        run.hear(words)
    assert run.process.wait(timeout=PATIENCE) == 2


def post(run: Run) -> int:
    """Send one sample until it is acknowledged, as an agent does; its time in microseconds."""
    now = time.time_ns() // 1000
    request = urllib.request.Request(
        f"{run.url}/v1/metrics",
        data=json.dumps(export(now)).encode(),
        headers={"Content-Type": "application/json", "Authorization": f"Bearer {token(run)}"},
    )

    def is_taken() -> bool:
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
                return bool(answer.status == 200)
        except (urllib.error.HTTPError, OSError):
            return False

    until(is_taken, "the sample is acknowledged")
    return now


def token(run: Run) -> str:
    return (run.home / "agent" / "token").read_text()


def export(time_us: int) -> dict[str, object]:
    """One process with one gauge."""
    attributes = {"service.name": "kept", "service.instance.id": "one", "process.pid": "4242"}
    point = {"timeUnixNano": str(time_us * 1000), "asDouble": 0.5}
    metric = {"name": "nodejs.eventloop.utilization", "unit": "1", "gauge": {"dataPoints": [point]}}
    described = [{"key": key, "value": {"stringValue": value}} for key, value in attributes.items()]
    return {
        "resourceMetrics": [{"resource": {"attributes": described}, "scopeMetrics": [{"metrics": [metric]}]}],
    }


def stored(run: Run) -> list[int]:
    """The times of the samples that are kept of that process, in microseconds."""
    query = (
        "SELECT time FROM store_processsample JOIN fleet_service ON fleet_service.id = service_id "
        "WHERE fleet_service.name = 'kept' ORDER BY time"
    )
    with sqlite3.connect(f"file:{run.home}/advisor.sqlite3?mode=ro", uri=True) as database:
        return [time_us for (time_us,) in database.execute(query)]

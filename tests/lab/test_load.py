"""The load: requests leave when they should, whether or not anybody answers."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.lab.case import Http, Phase, Sockets
from tests.lab.discovery import LAB
from tests.lab.story import load_plan

pytestmark = pytest.mark.skipif(shutil.which("node") is None, reason="Node.js is not installed")

SECONDS = 2.0
RATE = 200.0


def arrivals(**plan: Any) -> list[float]:
    """The moments of a phase, from a seeded generator."""
    script = """
    const { Arrivals } = require('./load/arrivals');
    let state = 7;
    const uniform = () => (state = (state * 48271) % 2147483647) / 2147483647;
    const arrivals = new Arrivals(JSON.parse(process.argv[1]), uniform);
    const found = [];
    for (let at = arrivals.next(); at !== Infinity; at = arrivals.next()) found.push(at);
    console.log(JSON.stringify(found));
    """
    told = subprocess.run(("node", "-e", script, json.dumps(plan)), cwd=LAB, capture_output=True, check=True, text=True)
    found: list[float] = json.loads(told.stdout)
    return found


def play(url: str, *flows: Http, tmp_path: Path) -> dict[str, Any]:
    """Put flows on an address; what became of the first."""
    plan, report = tmp_path / "plan.json", tmp_path / "report.json"
    plan.write_text(json.dumps(load_plan([url], (Phase(SECONDS, flows),), scale=1.0)))
    subprocess.run(("node", str(LAB / "load" / "main.js"), str(plan), str(report)), check=True)
    found: dict[str, Any] = json.loads(report.read_text())[0][0]
    return found


class _Quick(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Stay quiet."""


@pytest.fixture
def quick() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Quick)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def mute() -> Iterator[str]:
    """Accepts connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0), backlog=4096) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


def test_arrivals_are_a_poisson_process() -> None:
    found = arrivals(**{"from": RATE, "to": RATE, "seconds": 50})
    gaps = [after - before for before, after in pairwise(found)]
    mean = sum(gaps) / len(gaps)
    spread = sum((gap - mean) ** 2 for gap in gaps) / len(gaps)
    assert len(found) == pytest.approx(RATE * 50, rel=0.05)
    assert spread / mean**2 == pytest.approx(1.0, abs=0.1), "the coefficient of variation of exponential gaps is 1"


def test_a_rate_can_change_and_pause() -> None:
    rising = arrivals(**{"from": 0, "to": RATE, "seconds": 20})
    assert sum(at > 10 for at in rising) / len(rising) == pytest.approx(0.75, abs=0.03)
    bursts = arrivals(**{"from": RATE, "to": RATE, "seconds": 20, "burst": [1, 3]})
    assert bursts
    assert all(at % 4 < 1 for at in bursts)
    assert arrivals(**{"from": 0, "to": 0, "seconds": 20}) == []


def test_requests_leave_although_nobody_answers(mute: str, tmp_path: Path) -> None:
    """A closed loop would send one request for each connection and wait."""
    found = play(mute, Http(path="/", rate=RATE), tmp_path=tmp_path)
    assert found["answered"] == 0
    assert found["sent"] == pytest.approx(RATE * SECONDS, rel=0.25)


def test_answers_are_counted_and_timed(quick: str, tmp_path: Path) -> None:
    found = play(quick, Http(path="/{n}", rate=50), tmp_path=tmp_path)
    assert found["answered"] > 0.8 * found["sent"] > 0
    assert 0 < found["p50"] <= found["p95"] <= found["p99"]


SLOW = """
let left = 0;
const server = require('node:http').createServer((request, response) => {
  response.on('close', () => { if (!response.writableFinished) left += 1; });
  setTimeout(() => response.end(), 500);
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
process.on('SIGTERM', () => { console.log(left, server._connections); process.exit(); });
"""


def test_the_end_of_a_phase_breaks_nothing_off(tmp_path: Path) -> None:
    plan, report = tmp_path / "plan.json", tmp_path / "report.json"
    with subprocess.Popen(("node", "-e", SLOW), stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        url = f"http://127.0.0.1:{server.stdout.readline().strip()}"
        phases = (Phase(1.0, (Http(path="/", rate=RATE),)), Phase(SECONDS, ()))
        plan.write_text(json.dumps(load_plan([url], phases, scale=1.0)))
        subprocess.run(("node", str(LAB / "load" / "main.js"), str(plan), str(report)), check=True)
        server.terminate()
        assert server.stdout.readline().split() == ["0", "0"], "nobody left, and no connection is kept"


LISTENS = """
const sockets = new (require('ws').WebSocketServer)({ port: 0, host: '127.0.0.1' });
sockets.on('connection', (socket) => socket.on('message', () => {}));
sockets.on('listening', () => console.log(sockets.address().port));
"""


def test_clients_that_stay_send_as_often_as_the_phase_says(tmp_path: Path) -> None:
    plan, report = tmp_path / "plan.json", tmp_path / "report.json"
    with subprocess.Popen(("node", "-e", LISTENS), cwd=LAB, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        url = f"http://127.0.0.1:{server.stdout.readline().strip()}"
        phases = tuple(Phase(SECONDS, (Sockets(count=20, ramp=0, sends=sends),)) for sends in (1.0, 20.0, 0.0))
        plan.write_text(json.dumps(load_plan([url], phases, scale=1.0)))
        subprocess.run(("node", str(LAB / "load" / "main.js"), str(plan), str(report)), check=True)
        server.terminate()
    told = [phase[0]["sent"] for phase in json.loads(report.read_text())]
    first, second, third = told[0], told[1] - told[0], told[2] - told[1]
    assert second > 5 * first > 0
    assert third == 0


def test_clients_leave_when_told(mute: str, tmp_path: Path) -> None:
    found = play(mute, Http(path="/", rate=50, aborts=1.0, patience=0.05), tmp_path=tmp_path)
    assert found["aborted"] > 0
    assert found["broken"] == 0


def test_the_plan_is_told_in_seconds_of_the_wall() -> None:
    flows = (Http(path="/", rate=3, burst=(40, 200)), Sockets(count=5, ramp=60))
    plan = load_plan(["http://x"], (Phase(600, flows),), scale=10.0)
    (phase,) = plan["phases"]
    assert phase["seconds"] == 60
    assert phase["flows"][0]["burst"] == [4, 20]
    assert (phase["flows"][0]["kind"], phase["flows"][0]["rate"]) == ("http", 3)
    assert (phase["flows"][1]["kind"], phase["flows"][1]["ramp"]) == ("sockets", 6)

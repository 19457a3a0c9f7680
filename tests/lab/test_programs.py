"""Services of cases as real processes: they start, change, are deployed, come back and end."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.lab import discovery, machine
from tests.lab.case import Case, Http, Label, Phase, Service
from tests.lab.programs import Program, Surroundings, filled, telemetry
from tests.lab.story import last

needs_node = pytest.mark.skipif(shutil.which("node") is None, reason="Node.js is not installed")
PATIENCE = 30.0

Start = Callable[[Service], Program]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts a service; ends all at the end."""
    started: list[Program] = []

    def begin(service: Service) -> Program:
        around = Surroundings(tmp_path, {"scratch": "here"}, "http://127.0.0.1:9", 0, 10.0)
        program = Program(f"case{len(started)}", service, discovery.script("cases", service.script), around)
        started.append(program)
        program.start()
        return program

    yield begin
    for program in started:
        program.stop()


def get(program: Program, path: str) -> str:
    with urllib.request.urlopen(f"{program.urls[0]}{path}", timeout=PATIENCE) as answer:
        return str(answer.read().decode())


def until(holds: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline, f"never: {what}"
        time.sleep(0.05)


def pids(program: Program) -> set[int]:
    return {process.pid for process in program._processes.values()}


@needs_node
def test_a_knob_changes_a_running_service(start: Start) -> None:
    program = start(Service(script="crashing.js", telemetry="agent", knobs={"is_broken": False}, revive=True))
    assert get(program, "/boom") == "done"
    before = pids(program)
    program.turn({"is_broken": True})

    def has_crashed() -> bool:
        with suppress(OSError):
            get(program, "/boom")
        return pids(program) != before

    until(has_crashed, "it crashed and came back")


@needs_node
def test_the_kernel_may_tell_others_how_a_process_ended_that_nobody_revives(start: Start) -> None:
    program = start(Service(script="crashing.js", telemetry="agent", knobs={"is_broken": True}))
    (pid,) = pids(program)
    with suppress(OSError):
        get(program, "/boom")
    until(lambda: not Path(f"/proc/{pid}").exists(), "its parent took note of its end")
    assert pids(program) == {pid}


@needs_node
def test_a_deploy_puts_another_process_on_the_same_port(start: Start) -> None:
    program = start(Service(script="leaving.js", telemetry="agent", knobs={"graceful": True, "wait_ms": 1}, copies=2))
    before, ports = pids(program), program.ports
    program.deploy()
    assert program.ports == ports
    assert not pids(program) & before
    assert get(program, "/order") == "done"


@needs_node
def test_workers_share_a_port_and_end_with_their_primary(start: Start) -> None:
    program = start(Service(script="express.js", telemetry="agent", workers=2))
    assert get(program, "/light") == "done"
    (primary,) = pids(program)
    children = Path(f"/proc/{primary}/task/{primary}/children").read_text().split()
    assert len(children) == 2
    program.stop()
    until(lambda: not any(Path(f"/proc/{child}").exists() for child in children), "the workers ended")


SPIN = """
const { spin } = require('./apps/lib/work');
spin(50);
const before = process.cpuUsage();
for (let i = 0; i < 10; i++) spin(20);
const { user, system } = process.cpuUsage(before);
console.log((user + system) / 1e6);
"""


@needs_node
def test_work_takes_as_long_of_a_processor_as_it_says_however_many_ask_for_it() -> None:
    beside = [
        subprocess.Popen(("node", "-e", SPIN), cwd=discovery.LAB, stdout=subprocess.PIPE, text=True)
        for _ in range(2 * (os.cpu_count() or 1))
    ]
    assert [float(one.communicate()[0]) for one in beside] == pytest.approx([0.2] * len(beside), rel=0.1)


def test_who_reports_is_told_by_the_environment() -> None:
    assert "agents/node" in telemetry(Service(script="x"), "http://door", 10)["NODE_OPTIONS"]
    assert telemetry(Service(script="x"), "http://door", 10)["ADVISOR_PROBE_INTERVAL"] == "1"
    assert telemetry(Service(script="x"), "http://door", 1)["ADVISOR_PROBE_INTERVAL"] == "10"
    assert telemetry(Service(script="x", telemetry="agent"), "http://door", 1) == {"NODE_OPTIONS": ""}
    assert telemetry(Service(script="x", telemetry="prom"), "http://door", 1)["LAB_PAGE"] == "1"
    assert (
        telemetry(Service(script="x", telemetry="sdk"), "http://door", 1)["OTEL_EXPORTER_OTLP_ENDPOINT"]
        == "http://door"
    )


def test_values_are_filled_in() -> None:
    assert filled("http://127.0.0.1:{port:stock}/{x}", {"port:stock": "80"}) == "http://127.0.0.1:80/{x}"


def test_a_remedy_is_measured_with_the_knobs_of_the_last_phase() -> None:
    case = Case(
        label=Label(rules=("a",), strategies=("b",)),
        reason="It is one.",
        services=(Service(script="express.js"),),
        phases=(
            Phase(60, knobs={"x": 1, "y": 1}, others={"z": {"w": 1}}),
            Phase(60, (Http(path="/", rate=1),), knobs={"y": 2}, deploys=3),
        ),
    )
    phase = last(case, 30)
    assert (phase.seconds, phase.deploys, phase.knobs) == (30, 0, {"x": 1, "y": 2})
    assert phase.others == {"z": {"w": 1}}
    assert phase.flows == case.phases[1].flows


def test_what_a_machine_lacks_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert machine.missing(Service(script="x")) == ""
    assert "cpu" in machine.missing(Service(script="x", cores=1.0))
    assert "root" in machine.missing(Service(script="x", environment={"DISK": "{disk}"}))
    assert "descriptors" in machine.missing(Service(script="x", descriptors=1 << 30))

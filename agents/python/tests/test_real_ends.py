"""Ends of real Node.js processes, told by a real agent that is not their parent."""

from __future__ import annotations

import signal
from contextlib import ExitStack

import pytest

from fakes.agent import nobody, running
from fakes.kernels import TELLS_CODES
from fakes.node import IDLE, TIMEOUT, node
from fakes.sink import EVENTS, METRICS, attributes

WAITING = "process.on('SIGUSR2', () => { %s });" + IDLE
SUPERVISOR = """
const { fork } = require('child_process')
if (process.send) process.on('message', (code) => process.exit(code))
else {
  let child
  const again = () => { child = fork(__filename); child.on('exit', again); console.log(child.pid) }
  process.stdin.on('data', () => child.send(3))
  again()
}
"""


def ends():
    """Program, a signal from outside, and what is said of the end."""
    code, killed = "process.exit.code", "advisor.process.exit.signal"
    yield "process.exit(0)", signal.SIGUSR2, {"advisor.cause": "exit", code: "0"}
    yield "process.exit(3)", signal.SIGUSR2, {"advisor.cause": "exit", code: "3"}
    yield "throw new TypeError('boom')", signal.SIGUSR2, {"advisor.cause": "exit", code: "1"}
    yield "process.abort()", signal.SIGUSR2, {"advisor.cause": "signal", killed: "SIGABRT"}
    yield "process.kill(process.pid, 'SIGSEGV')", signal.SIGUSR2, {"advisor.cause": "signal", killed: "SIGSEGV"}
    yield "", signal.SIGKILL, {"advisor.cause": "signal", killed: "SIGKILL"}
    yield "", signal.SIGTERM, {"advisor.cause": "signal", killed: "SIGTERM"}


def next_events(sink):
    """(pid, name, what is said, resource) of the next batch of events."""
    for resource in sink.next(EVENTS).resources:
        record = resource["scopeLogs"][0]["logRecords"][0]
        said = {pair["key"]: next(iter(pair["value"].values())) for pair in record["attributes"]}
        who = attributes(resource)
        yield int(who["process.pid"]), record["eventName"].rpartition(".")[2], said, who


def until_seen(sink, pids):
    """Wait until the agent has reported these; their resources by pid."""
    seen = {}
    while not pids <= seen.keys():
        for resource in sink.next(METRICS).resources:
            who = attributes(resource)
            seen[int(who.get("process.pid", 0))] = who
    return seen


def until_ended(sink, pids):
    """What the last word on each end is: pid -> (what is said, resource)."""
    told = {}
    while not pids <= {pid for pid, (said, _) in told.items() if said or not TELLS_CODES}:
        told.update((pid, (said, who)) for pid, name, said, who in next_events(sink) if name == "exited")
    return told


@pytest.mark.parametrize("who", ["the user of the tests", "nobody"])
def test_every_kind_of_end_is_told_with_what_the_kernel_knows(sink, tmp_path, who):
    before = nobody() if who == "nobody" else []
    with ExitStack() as stack:
        started = {}
        for number, (code, how, said) in enumerate(ends()):
            program = stack.enter_context(node(tmp_path / f"{number}.js", WAITING % code))
            started[program.pid] = (program.process, how, said)
        stack.enter_context(running(sink.url, tmp_path / "state", *before))
        resources = until_seen(sink, started.keys())
        for process, how, _ in started.values():
            process.send_signal(how)
        for process, _, _ in started.values():
            process.wait(TIMEOUT)
        told = until_ended(sink, started.keys())
    for pid, (_, _, said) in started.items():
        assert told[pid] == (said if TELLS_CODES else {}, resources[pid])


def test_a_crash_loop_is_followed_from_one_process_to_the_next_between_two_scans(sink, tmp_path):
    (tmp_path / "package.json").write_text('{"name": "shop"}')
    with node(tmp_path / "supervisor.js", SUPERVISOR, {}, stdin=True) as supervisor:
        first = int(supervisor.line)
        with running(sink.url, tmp_path / "state", ADVISOR_INTERVAL="300"):
            until_seen(sink, {first})
            told = []
            for _ in range(4):
                supervisor.process.stdin.write("end\n")
                supervisor.process.stdin.flush()
                successor = int(supervisor.process.stdout.readline())
                while ("started", successor) not in [(name, pid) for pid, name, _, _ in told]:
                    told += next_events(sink)
    assert sink.received.empty() or METRICS not in {got.path for got in sink.received.queue}  # it was one scan
    ended = [(pid, said) for pid, name, said, who in told if name == "exited" and who["service.name"] == "shop"]
    assert ended[0][0] == first
    codes = [said.get("process.exit.code") for _, said in ended]
    assert codes == ["3" if TELLS_CODES else None] * 4


def test_nothing_is_said_of_processes_that_keep_running(sink, tmp_path):
    with node(tmp_path / "idle.js", IDLE) as idle, running(sink.url, tmp_path / "state"):
        until_seen(sink, {idle.pid})
        until_seen(sink, {idle.pid})
        heard = [sink.received.get_nowait() for _ in range(sink.received.qsize())]
    spoken_of = {attributes(found)["process.pid"] for got in heard if got.path == EVENTS for found in got.resources}
    assert str(idle.pid) not in spoken_of

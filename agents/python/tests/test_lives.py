from __future__ import annotations

import os
import signal

import pytest

from advisor_agent import lives as module
from advisor_agent.events import EXITED, STARTED
from advisor_agent.identity import process_resource
from advisor_agent.kernel import TICKS_PER_SECOND
from fakes.sink import attributes
from fakes.stage import BEGAN, NOW

EXIT_3 = 3 << 8


def test_what_runs_when_the_agent_comes_has_not_just_started(stage):
    stage.machine.node(100, "/srv/a.js")
    stage.scan()
    stage.scan()
    assert stage.told() == []


def test_a_start_is_told_with_its_time_by_the_kernels_clock(stage):
    stage.scan()
    stage.machine.at(10)
    stage.machine.node(100, "/srv/a.js", start=round((BEGAN + 4) * TICKS_PER_SECOND))
    stage.now += 10_000_000_000
    stage.scan()
    stage.scan()
    assert stage.told() == [(STARTED, 100, NOW + 4_000_000_000, {})]


def test_a_shell_from_before_that_becomes_node_has_not_just_started(stage):
    stage.machine.other(100, "/bin/sh")
    stage.scan()
    stage.machine.node(100, "/srv/a.js")
    stage.scan()
    assert stage.told() == []


def test_an_end_is_told_at_once_with_its_code(stage):
    stage.machine.node(100, "/srv/a.js")
    stage.scan()
    stage.gone(100)
    stage.descriptors.reap(100, EXIT_3)
    stage.serve()
    assert stage.told() == [(EXITED, 100, NOW, {"advisor.cause": "exit", "process.exit.code": "3"})]
    stage.scan()
    assert stage.told() == []
    assert not stage.held


def test_a_signal_is_told_by_its_name(stage):
    stage.machine.node(100, "/srv/a.js")
    stage.scan()
    stage.descriptors.reap(100, signal.SIGSEGV)
    stage.serve()
    ((_, _, _, said),) = stage.told()
    assert said == {"advisor.cause": "signal", "advisor.process.exit.signal": "SIGSEGV"}


def test_an_end_is_told_of_the_same_resource_as_the_metrics(stage):
    stage.machine.node(100, "/srv/a.js", environ={"OTEL_SERVICE_NAME": "shop"})
    stage.scan()
    (process,) = stage.observer.processes
    stage.descriptors.reap(100, 0)
    stage.serve()
    (found,) = stage.heard()
    assert attributes(found) == {key: str(value) for key, value in process_resource(stage.host, process).items()}


def test_the_name_is_the_one_that_was_known_last(stage):
    stage.machine.node(100, "/srv/parent.js")
    stage.scan()
    stage.machine.node(100, "/srv/child.js", environ={"OTEL_SERVICE_NAME": "child"})
    stage.scan()
    stage.descriptors.reap(100, 0)
    stage.serve()
    (found,) = stage.heard()
    assert attributes(found)["service.name"] == "child"


def test_until_the_parent_takes_note_the_code_is_waited_for(stage):
    stage.machine.node(100, "/srv/a.js")
    stage.scan()
    stage.descriptors.end(100)
    stage.serve()
    stage.now += 5
    stage.serve()
    assert stage.told() == []
    stage.descriptors.reap(100, EXIT_3)
    stage.serve()
    assert stage.told() == [(EXITED, 100, NOW, {"advisor.cause": "exit", "process.exit.code": "3"})]


def test_where_the_parent_takes_no_note_until_the_next_scan_the_end_is_told_twice_as_the_same_event(stage):
    stage.machine.node(100, "/srv/a.js")
    stage.scan()
    stage.descriptors.end(100)
    stage.serve()
    stage.gone(100)
    stage.now += 5
    stage.scan()
    stage.scan()
    assert stage.told() == [(EXITED, 100, NOW, {})]
    stage.descriptors.reap(100, EXIT_3)
    stage.serve()
    assert stage.told() == [(EXITED, 100, NOW, {"advisor.cause": "exit", "process.exit.code": "3"})]


def test_a_parent_that_never_takes_note_is_waited_for_no_longer_than_a_minute(stage):
    stage.machine.node(100, "/srv/a.js")
    stage.scan()
    stage.descriptors.end(100)
    stage.serve()
    stage.gone(100)
    stage.scan()
    stage.now += 59_000_000_000
    stage.scan()
    assert stage.held
    stage.now += 2_000_000_000
    stage.scan()
    assert not stage.held
    assert len(stage.told()) == 1


def test_an_older_kernel_tells_the_end_but_not_how(stage):
    stage.descriptors.is_silent = True
    stage.machine.node(100, "/srv/a.js")
    stage.scan()
    stage.descriptors.end(100)
    stage.serve()
    assert stage.told() == [(EXITED, 100, NOW, {})]
    assert not stage.held


def test_a_kernel_that_hangs_up_and_tells_nothing_is_not_asked_for_ever(stage):
    stage.machine.node(100, "/srv/a.js")
    stage.scan()
    stage.descriptors.end(100)
    stage.serve()
    stage.descriptors.reap(100, None)
    stage.serve()
    assert stage.told() == [(EXITED, 100, NOW, {})]
    assert not stage.held


def test_a_scan_that_comes_before_the_wake_loses_nothing(stage):
    stage.machine.node(100, "/srv/a.js")
    stage.scan()
    stage.gone(100)
    stage.descriptors.reap(100, EXIT_3)
    stage.scan()
    stage.serve()
    assert stage.told() == [(EXITED, 100, NOW, {"advisor.cause": "exit", "process.exit.code": "3"})]


def test_as_long_as_nothing_ends_there_is_nothing_to_do(stage):
    stage.machine.node(100, "/srv/a.js")
    stage.scan()
    assert stage.lives.next_wake() is None


@pytest.fixture
def clock(monkeypatch):
    """What `time.monotonic` says, in a list."""
    clock = [1000.0]
    monkeypatch.setattr(module.time, "monotonic", lambda: clock[0])
    return clock


def end_and_follow(stage, clock, script):
    """A process of /srv/a.js ends, its parent starts this script, and the next look comes."""
    stage.machine.other(50)
    stage.machine.children(50, 100)
    stage.machine.node(100, "/srv/a.js", parent=50)
    stage.scan()
    stage.gone(100)
    stage.descriptors.reap(100, EXIT_3)
    stage.serve()
    assert [(name, pid) for name, pid, _, _ in stage.told()] == [(EXITED, 100)]
    stage.machine.at(1)
    stage.machine.node(101, script, parent=50, start=round((BEGAN + 0.9) * TICKS_PER_SECOND))
    stage.machine.children(50, 101)
    clock[0] = stage.lives.next_wake()
    stage.lives.work()


def test_after_an_end_its_successor_is_found_before_the_next_scan(stage, clock):
    end_and_follow(stage, clock, "/srv/a.js")
    stage.descriptors.reap(101, EXIT_3)
    stage.serve()
    assert [(name, pid) for name, pid, _, _ in stage.told()] == [(STARTED, 101), (EXITED, 101)]
    clock[0] += 10.0
    stage.lives.work()
    assert stage.lives.next_wake() is None


def test_another_script_that_begins_after_an_end_waits_for_the_next_scan(stage, clock):
    end_and_follow(stage, clock, "/srv/tool.js")
    assert stage.told() == []
    stage.scan()
    assert [(name, pid) for name, pid, _, _ in stage.told()] == [(STARTED, 101)]


def test_when_it_closes_it_tells_what_is_known_and_lets_everything_go(stage):
    for pid in (100, 200):
        stage.machine.node(pid, "/srv/a.js")
    stage.scan()
    stage.descriptors.end(200)
    stage.serve()
    stage.lives.close()
    assert [(name, pid) for name, pid, _, _ in stage.told()] == [(EXITED, 200)]
    assert not stage.held
    assert stage.lives.next_wake() is None
    for descriptor in stage.descriptors.pids:
        with pytest.raises(OSError, match="Bad file descriptor"):
            os.fstat(descriptor)

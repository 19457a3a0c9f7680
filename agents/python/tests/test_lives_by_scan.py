"""Where no descriptor is held, the next scan notices what ended."""

from __future__ import annotations

import pytest

from advisor_agent.events import EXITED, STARTED
from advisor_agent.kernel import TICKS_PER_SECOND
from fakes.stage import BEGAN, NOW

NOT_IMPLEMENTED = OSError(38, "Function not implemented")


def test_without_descriptors_the_next_scan_notices(stage):
    stage.descriptors.refuses = NOT_IMPLEMENTED
    stage.machine.node(100, "/srv/a.js")
    stage.scan()
    stage.gone(100)
    stage.serve()
    assert stage.told() == []
    stage.now += 7
    stage.scan()
    assert stage.told() == [(EXITED, 100, NOW + 7, {})]


def test_over_the_limit_the_next_scan_notices(stage):
    stage.most_held = 1
    for pid in (100, 200):
        stage.machine.node(pid, "/srv/a.js")
    stage.scan()
    assert list(stage.descriptors.pids.values()) == [100]
    stage.gone(200)
    stage.scan()
    assert stage.told() == [(EXITED, 200, NOW, {})]
    stage.gone(100)
    stage.descriptors.reap(100, 0)
    stage.serve()
    stage.machine.node(300, "/srv/a.js")
    stage.scan()
    assert 300 in stage.descriptors.pids.values()  # there is room again


def test_a_reused_pid_is_an_end_and_a_start(stage):
    stage.descriptors.refuses = NOT_IMPLEMENTED
    stage.machine.node(100, "/srv/a.js")
    stage.scan()
    stage.machine.at(10)
    stage.machine.node(100, "/srv/a.js", start=round((BEGAN + 4) * TICKS_PER_SECOND))
    stage.scan()
    assert [(name, pid) for name, pid, _, _ in stage.told()] == [(EXITED, 100), (STARTED, 100)]


@pytest.mark.parametrize("refusal", [None, NOT_IMPLEMENTED])
def test_one_that_became_another_program_has_not_ended(stage, refusal):
    stage.descriptors.refuses = refusal
    stage.machine.node(100, "/srv/a.js")
    stage.scan()
    stage.machine.link("proc/100/exe", "/bin/sleep")
    stage.scan()
    assert stage.told() == []
    assert not stage.held


def test_one_that_may_no_longer_be_seen_has_not_ended(stage, monkeypatch):
    stage.descriptors.refuses = NOT_IMPLEMENTED
    stage.machine.node(100, "/srv/a.js")
    stage.scan()

    def refuse(*parts):
        raise PermissionError(13, "Permission denied", "/".join(parts))

    stage.machine.link("proc/100/exe", "/bin/sleep")
    monkeypatch.setattr(stage.machine.kernel, "read", refuse)
    stage.observer.processes = []
    stage.lives.follow()
    assert stage.told() == []


def test_a_zombie_without_a_descriptor_has_ended(stage):
    stage.descriptors.refuses = NOT_IMPLEMENTED
    stage.machine.node(100, "/srv/a.js")
    stage.scan()
    line = (stage.machine.root / "proc/100/stat").read_text()
    stage.machine.write("proc/100/stat", line.replace(") S ", ") Z "))
    (stage.machine.root / "proc/100/exe").unlink()
    stage.scan()
    assert stage.told() == [(EXITED, 100, NOW, {})]

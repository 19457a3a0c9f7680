"""The disk under the queue is full, or cannot be written any more. Needs root, to mount a small one."""

from __future__ import annotations

import signal
import subprocess

from fakes.disk import filled
from fakes.ledger import NOTHING
from fakes.probes import probes
from fakes.witnessed import ended

TO_THE_LAST_BYTE = str(-(1 << 30))
"""Bytes that the agent leaves free: the disk itself is to refuse."""


def test_a_disk_that_fills_up_loses_and_doubles_nothing(cramped):
    cramped.sink.choose = lambda: "503"
    with cramped.life(LEDGER_LEAST_FREE=TO_THE_LAST_BYTE) as agent:
        with probes(cramped.port, cramped.ledger, "full"):
            cramped.sink.wait(lambda: "No space left on device" in cramped.said)
        cramped.sink.choose = lambda: "take"
        cramped.deliver(agent)
    assert cramped.judged() == NOTHING
    assert len(cramped.ledger.taken) > 10


def test_a_start_on_a_full_disk_delivers_what_waits_there(cramped):
    leave_something_behind(cramped)
    (cramped.state / "lock").unlink()
    filled(cramped.state.parent)
    assert cramped.findings() == NOTHING


def test_a_start_on_a_disk_that_became_read_only_delivers_what_waits_there(cramped):
    leave_something_behind(cramped)
    subprocess.run(["mount", "-o", "remount,ro", str(cramped.state.parent)], check=True)
    with cramped.life() as agent:
        cramped.ledger.read(cramped.journal)
        cramped.sink.wait_for(set(cramped.ledger.taken))
        ended(agent, signal.SIGTERM)
    assert cramped.judged() == NOTHING


def leave_something_behind(chaos):
    """Batches that an agent could not send before it was killed."""
    chaos.sink.choose = lambda: "503"
    with chaos.life(LEDGER_LEAST_FREE=TO_THE_LAST_BYTE) as agent:
        chaos.sink.wait(lambda: len(chaos.waiting()) >= 3)
        assert ended(agent, signal.SIGKILL) == -signal.SIGKILL
    chaos.sink.choose = lambda: "take"
    assert len(chaos.waiting()) >= 3

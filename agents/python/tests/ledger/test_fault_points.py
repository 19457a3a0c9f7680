"""The agent is killed at each place where a crash could lose or double something."""

from __future__ import annotations

import signal

import pytest

from fakes.ledger import NOTHING
from fakes.probes import probes
from fakes.witnessed import ended

AROUND_THE_SPOOL = (
    "agent.after_spool_write_before_fsync",
    "agent.after_fsync_before_rename",
    "agent.after_rename_before_folder_sync",
)
AROUND_THE_WIRE = (
    "agent.after_spool_before_answer",
    "agent.after_send_before_answer",
    "agent.after_ack_before_spool_delete",
)


@pytest.mark.parametrize("name", AROUND_THE_SPOOL + AROUND_THE_WIRE)
def test_a_kill_at_a_fault_point_loses_and_doubles_nothing(chaos, name):
    failing = {"ADVISOR_TESTING": "1", "ADVISOR_FAILPOINT": f"{name}:kill9:7"}
    with chaos.life(**failing) as agent, probes(chaos.port, chaos.ledger, name):
        assert ended(agent) == -signal.SIGKILL
    assert chaos.findings() == NOTHING
    assert len(chaos.ledger.taken) >= 5


@pytest.mark.parametrize("name", AROUND_THE_SPOOL)
def test_a_disk_that_fails_at_a_fault_point_loses_and_doubles_nothing(chaos, name):
    failing = {"ADVISOR_TESTING": "1", "ADVISOR_FAILPOINT": f"{name}:raise:7"}
    with chaos.life(**failing) as agent, probes(chaos.port, chaos.ledger, name):
        chaos.sink.wait(lambda: "Input/output error" in chaos.said)
        chaos.ledger.read(chaos.journal)
        chaos.deliver(agent)
    assert chaos.judged() == NOTHING

from __future__ import annotations

import subprocess
import sys

import pytest

from advisor_agent.failpoint import _nowhere, armed
from fakes.agent import SOURCE


@pytest.mark.parametrize(
    "environ",
    [
        {},
        {"ADVISOR_FAILPOINT": "here:kill9:1"},
        {"ADVISOR_FAILPOINT": "here:kill9:1", "ADVISOR_TESTING": "0"},
        {"ADVISOR_TESTING": "1"},
        {"ADVISOR_FAILPOINT": "", "ADVISOR_TESTING": "1"},
    ],
)
def test_without_both_variables_there_is_no_such_place(environ):
    assert armed(environ) is _nowhere


def test_it_fails_at_the_nth_time_and_nowhere_else():
    reached = armed({"ADVISOR_TESTING": "1", "ADVISOR_FAILPOINT": "here:raise:2"})
    reached("there")
    reached("here")
    reached("there")
    with pytest.raises(OSError, match="Input/output error"):
        reached("here")
    reached("here")


def test_a_killed_process_cleans_up_nothing():
    program = "try:\n from advisor_agent.failpoint import failpoint; failpoint('here')\nfinally:\n print('cleaned up')"
    environ = {"PYTHONPATH": str(SOURCE), "ADVISOR_TESTING": "1", "ADVISOR_FAILPOINT": "here:kill9:1"}
    ended = subprocess.run([sys.executable, "-c", program], env=environ, capture_output=True, check=False, timeout=60)
    assert (ended.returncode, ended.stdout) == (-9, b"")


@pytest.mark.parametrize("setting", ["here:kill9", "here:explode:1", "here:kill9:soon"])
def test_a_setting_that_means_nothing_is_an_error(setting):
    with pytest.raises((ValueError, KeyError)):
        armed({"ADVISOR_TESTING": "1", "ADVISOR_FAILPOINT": setting})

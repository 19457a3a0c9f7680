"""Fault points: nothing in production, and exactly the wished failure in a test."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

from advisor.store.failpoint import armed


@pytest.mark.parametrize(
    "environ",
    [
        {},
        {"ADVISOR_FAILPOINT": "a:raise:1"},
        {"ADVISOR_TESTING": "1"},
        {"ADVISOR_TESTING": "1", "ADVISOR_FAILPOINT": ""},
    ],
)
def test_production_reaches_nothing(environ: dict[str, str]) -> None:
    reached = armed(environ)
    for _ in range(3):
        reached("a")


def test_the_nth_time_fails_and_no_other() -> None:
    reached = armed({"ADVISOR_TESTING": "1", "ADVISOR_FAILPOINT": "a:raise:2"})
    reached("b")
    reached("a")
    reached("b")
    with pytest.raises(OSError, match="Input/output error"):
        reached("a")
    reached("a")


def test_a_kill_leaves_no_time_to_tidy_up() -> None:
    code = "from advisor.store.failpoint import failpoint\ntry:\n  failpoint('a')\nfinally:\n  print('tidied up')"
    environ = {"ADVISOR_TESTING": "1", "ADVISOR_FAILPOINT": "a:kill9:1"}
    done = subprocess.run([sys.executable, "-c", code], env=environ, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (-signal.SIGKILL, "")

"""Against this machine's kernel: what it cannot tell must be told as unknown, not as something else."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys

import pytest

from advisor_agent import pidfd
from fakes.kernels import TELLS_CODES, TELLS_ENDS

TIMEOUT = 60_000


def held(program):
    child = subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stderr=subprocess.DEVNULL)
    return child, pidfd.opened(child.pid)


def wait_until_over(descriptor):
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    assert poll.poll(TIMEOUT)


def known(descriptor):
    """The wait status, "nothing" where the kernel does not tell."""
    try:
        return pidfd.wait_status(descriptor)
    except OSError:
        return "nothing"


@pytest.mark.skipif(not TELLS_ENDS, reason="Linux before 5.3 has no descriptor of a process")
@pytest.mark.parametrize(
    ("program", "status"),
    [
        ("", 0),
        ("raise SystemExit(3)", 3 << 8),
        ("import os; os._exit(255)", 255 << 8),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", signal.SIGKILL),
        ("import os, signal; os.kill(os.getpid(), signal.SIGTERM)", signal.SIGTERM),
    ],
)
def test_how_a_process_ended_is_known_once_its_parent_took_note(program, status):
    child, descriptor = held(program)
    try:
        wait_until_over(descriptor)
        assert known(descriptor) is None if TELLS_CODES else known(descriptor) in (None, "nothing")
        child.wait()
        assert known(descriptor) == (status if TELLS_CODES else "nothing")
    finally:
        os.close(descriptor)


@pytest.mark.skipif(not TELLS_ENDS, reason="Linux before 5.3 has no descriptor of a process")
def test_a_running_process_has_no_end():
    child, descriptor = held("input()")
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    try:
        assert poll.poll(0) == []
        assert known(descriptor) is None if TELLS_CODES else True
    finally:
        os.close(descriptor)
        child.communicate(b"\n", 60)


def test_a_process_that_is_gone_cannot_be_held():
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    with pytest.raises(OSError, match=r"No such process|not implemented|no pidfd_open"):
        pidfd.opened(child.pid)


def test_what_is_no_process_says_nothing():
    with open(os.devnull) as file, pytest.raises(OSError, match="ioctl"):
        pidfd.wait_status(file.fileno())


def test_a_python_without_descriptors_of_processes_says_so(monkeypatch):
    monkeypatch.delattr(os, "pidfd_open", raising=False)
    with pytest.raises(OSError, match="no pidfd_open"):
        pidfd.opened(os.getpid())

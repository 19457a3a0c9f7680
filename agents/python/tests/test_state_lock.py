from __future__ import annotations

import os
import subprocess
import sys
import types

import pytest

from advisor_agent import state_lock
from advisor_agent.state_lock import Held, holder, take
from fakes.agent import SOURCE

HOLD = "import sys; from advisor_agent.state_lock import take; take(sys.argv[1]); print('held', flush=True); input()"


class Msvcrt(types.SimpleNamespace):
    """`msvcrt.locking` as Microsoft's C library does it: by the byte at the file's position, for one holder."""

    LK_NBLCK = 2

    def __init__(self):
        self.locked = {}

    def locking(self, descriptor, mode, count):
        assert (mode, count) == (self.LK_NBLCK, 1)
        place = os.lseek(descriptor, 0, os.SEEK_CUR)
        if self.locked.setdefault(place, descriptor) != descriptor:
            raise PermissionError(13, "Permission denied")


@pytest.fixture
def windows(monkeypatch):
    monkeypatch.setattr(state_lock, "_fcntl", None)
    monkeypatch.setattr(state_lock, "_msvcrt", Msvcrt())
    return state_lock._msvcrt


def test_one_process_holds_it_and_says_who_it_is(tmp_path):
    path = str(tmp_path / "lock")
    words = [sys.executable, "-c", HOLD, path]
    other = subprocess.Popen(
        words, env={"PYTHONPATH": str(SOURCE)}, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert other.stdout.readline() == "held\n"
    with pytest.raises(Held):
        take(path)
    assert holder(path) == str(other.pid)
    other.communicate("\n", timeout=60)
    assert holder(path) == ""
    os.close(take(path))


def test_no_file_has_no_holder(tmp_path):
    with pytest.raises(FileNotFoundError):
        holder(str(tmp_path / "lock"))


def test_on_windows_a_byte_is_locked_that_nobody_needs_to_read(windows, tmp_path):
    path = tmp_path / "lock"
    assert take(str(path))
    assert path.read_text() == str(os.getpid())
    assert min(windows.locked) > 1000
    assert holder(str(path)) == str(os.getpid())
    with pytest.raises(Held):
        take(str(path))


def test_on_windows_a_lock_that_was_let_go_has_no_holder(windows, tmp_path):
    (tmp_path / "lock").write_text("4711")
    assert holder(str(tmp_path / "lock")) == ""

"""A process on the leash is noted, becomes its command, and ends with its parent."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from advisor.embedded.plan import PROJECT

LEASH = (sys.executable, "-m", "advisor.embedded.leash")
UNTIL_KILLED = "import signal; print('up', flush=True); signal.pause()"

pytestmark = pytest.mark.processes


def test_it_becomes_the_command_and_notes_who_that_is(tmp_path: Path) -> None:
    command = (*LEASH, str(tmp_path / "a.pid"), sys.executable, "-c", UNTIL_KILLED)
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=PROJECT) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"up\n"
        noted = json.loads((tmp_path / "a.pid").read_text())
        assert noted["pid"] == process.pid
        assert noted["started"] == pytest.approx(psutil.Process(process.pid).create_time())
        process.kill()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child that its parent ended")
def test_it_ends_with_a_parent_that_is_killed(tmp_path: Path) -> None:
    inner = (*LEASH, str(tmp_path / "a.pid"), sys.executable, "-c", UNTIL_KILLED)
    outer = f"import subprocess, signal; subprocess.Popen({inner!r}); signal.pause()"
    with subprocess.Popen((sys.executable, "-c", outer), stdout=subprocess.PIPE, cwd=PROJECT) as parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == b"up\n"
        child = psutil.Process(json.loads((tmp_path / "a.pid").read_text())["pid"])
        os.kill(parent.pid, signal.SIGKILL)
        gone, _ = psutil.wait_procs([child], timeout=10)
        assert gone == [child]

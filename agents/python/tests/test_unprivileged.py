"""As a user who may see little of others: everything else is there, and what is hidden is said."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import advisor_agent
from fakes.node import SERVER, node, wanted
from fakes.sink import attributes, values

SYSTEM_PYTHON = "/usr/bin/python3"
"""One that every user may run."""


@pytest.fixture
def package():
    """The agent where every user may read it."""
    wanted(os.geteuid() == 0 and os.path.exists(SYSTEM_PYTHON), "needs root, and Python in /usr/bin")
    folder = Path("/tmp") / f"advisor-unprivileged-{os.getpid()}"  # pytest's own folders are closed to others
    folder.mkdir()
    subprocess.run(["cp", "-r", str(Path(advisor_agent.__file__).parent), str(folder)], check=True)
    folder.chmod(0o755)
    yield folder
    subprocess.run(["rm", "-r", str(folder)], check=True)


def test_it_runs_and_names_what_it_cannot_see(sink, package, tmp_path):
    settings = {
        "ADVISOR_SERVER": sink.url,
        "ADVISOR_TOKEN": "sah_x",
        "PYTHONPATH": str(package),
        "HOME": "/nonexistent",
    }
    as_nobody = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"]
    with node(tmp_path / "server.js", SERVER, {"OTEL_SERVICE_NAME": "checkout"}) as started:
        command = [*as_nobody, SYSTEM_PYTHON, "-m", "advisor_agent", "check"]
        done = subprocess.run(command, env=settings, cwd="/", capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr.count("\n")) == (0, 1), done.stderr
    assert "does not see, of other users' processes: ports and connections" in done.stderr
    assert "give it CAP_SYS_PTRACE and CAP_DAC_READ_SEARCH." in done.stderr
    found = sink.next_with("process.pid", str(started.pid))
    assert attributes(found)["service.name"] == "server", "the name that its environment gives is hidden"
    assert values(found)["process.memory.usage"]
    assert values(found)["advisor.process.file_descriptor.limit"]
    assert "advisor.process.listening_port.count" not in values(found)


@pytest.mark.skipif(sys.platform != "linux", reason="the words are Linux'")
def test_as_root_nothing_is_hidden(sink, tmp_path):
    wanted(os.geteuid() == 0, "needs root")
    settings = {**os.environ, "ADVISOR_SERVER": sink.url, "ADVISOR_TOKEN": "sah_x", "HOME": str(tmp_path)}
    with node(tmp_path / "server.js", SERVER, {"OTEL_SERVICE_NAME": "checkout"}) as started:
        command = [sys.executable, "-m", "advisor_agent", "check"]
        done = subprocess.run(command, env=settings, capture_output=True, text=True, check=True)
    assert "does not see" not in done.stderr
    found = sink.next_with("process.pid", str(started.pid))
    assert attributes(found)["service.name"] == "checkout"
    assert values(found)["advisor.process.listening_port.count"] == [1]

"""The agent as a process of its own."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src"
TIMEOUT = 60.0


def command(*arguments: str) -> list[str]:
    """How to start the agent from its source."""
    return [sys.executable, "-m", "advisor_agent", *arguments]


def nobody() -> list[str]:
    """A Python of the user `nobody`, without any privilege. Only root can start one; else the test is skipped."""
    if os.geteuid() != 0 or not shutil.which("setpriv"):
        pytest.skip("Another user's process can only be started by root, with setpriv.")
    become = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--bounding-set=-all", "--no-new-privs"]
    for python in (sys.executable, "/usr/bin/python3"):
        words = [*become, python]
        environ = {"PATH": os.environ["PATH"], "PYTHONPATH": str(SOURCE)}
        if not subprocess.run(
            [*words, "-c", "import advisor_agent"], env=environ, stderr=subprocess.DEVNULL
        ).returncode:
            return words
    pytest.skip("The user nobody can reach no Python with the agent's source.")


def environment(url: str, folder: Path, **settings: str) -> dict[str, str]:
    """An environment with the server's URL and a state directory; no receiver unless asked for."""
    return {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(SOURCE),
        "ADVISOR_SERVER": url,
        "ADVISOR_TOKEN": "sah_test",
        "ADVISOR_INTERVAL": "1",
        "ADVISOR_LISTEN": "off",
        "ADVISOR_STATE_DIR": str(folder),
        **settings,
    }


@contextmanager
def running(url: str, folder: Path, *before: str, **settings: str) -> Iterator[subprocess.Popen[str]]:
    """The agent at work while the block runs; killed if it is still there afterwards.

    `before` is a command that starts it in its own place, such as `nobody`.
    """
    words = [*before, "-m", "advisor_agent", "run"] if before else command("run")
    agent = subprocess.Popen(words, env=environment(url, folder, **settings), stderr=subprocess.PIPE, text=True)
    try:
        yield agent
    finally:
        agent.kill()
        agent.wait(TIMEOUT)
        assert agent.stderr
        agent.stderr.close()


def stopped(agent: subprocess.Popen[str], number: int = signal.SIGTERM) -> str:
    """Ask the agent to leave; what it has said."""
    agent.send_signal(number)
    return agent.communicate(timeout=TIMEOUT)[1]

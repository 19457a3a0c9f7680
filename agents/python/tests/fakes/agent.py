"""The agent as a process of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SOURCE = Path(__file__).parents[2] / "src"
TIMEOUT = 60.0


def command(*arguments: str) -> list[str]:
    """How to start the agent from its source."""
    return [sys.executable, "-m", "advisor_agent", *arguments]


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
def running(url: str, folder: Path, **settings: str) -> Iterator[subprocess.Popen[str]]:
    """The agent at work while the block runs; killed if it is still there afterwards."""
    agent = subprocess.Popen(
        command("run"), env=environment(url, folder, **settings), stderr=subprocess.PIPE, text=True
    )
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

"""A real run in a home of its own, and what a person or a killer can do to it."""

from __future__ import annotations

import json
import os
import queue
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable
from http.cookiejar import CookieJar
from pathlib import Path

import psutil

from advisor.embedded import ports
from advisor.embedded.plan import PROJECT

PATIENCE = 180.0
"""Seconds until a test gives up on an event; a machine that is busy with other tests is slow."""

LINK = r"http://127\.0\.0\.1:\d+/sign-in/\S+/"


class Run:
    """`python -m advisor.embedded run`, as `make run` starts it, with further settings from the environment."""

    def __init__(self, home: Path, port: int, **settings: str) -> None:
        self.home = home
        self.url = f"http://127.0.0.1:{port}"
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("ADVISOR_")},
            "ADVISOR_HOME": str(home),
            "ADVISOR_PORT": str(port),
            "ADVISOR_LISTEN": f"127.0.0.1:{ports.any_free('127.0.0.1')}",
            "ADVISOR_INTERVAL": "1",
            **settings,
        }
        self.process = subprocess.Popen(
            (sys.executable, "-m", "advisor.embedded", "run"),
            cwd=PROJECT,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._lines: queue.Queue[str] = queue.Queue()
        self._heard: list[str] = []
        threading.Thread(target=self._read, daemon=True).start()

    def hear(self, pattern: str) -> str:
        """Wait for a line of the terminal that matches; what matched."""
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                line = self._lines.get(timeout=max(deadline - time.monotonic(), 0))
            except queue.Empty:
                raise AssertionError(f"{pattern!r} was not said, but: {''.join(self._heard)}") from None
            self._heard.append(line)
            if found := re.search(pattern, line):
                return found[0]
            assert line, f"it ended before it said {pattern!r}: {''.join(self._heard)}"

    def pid(self, name: str) -> int:
        """The process that has this name now; 0 while there is none."""
        try:
            return int(json.loads((self.home / "pids" / f"{name}.pid").read_text())["pid"])
        except FileNotFoundError:
            return 0

    def processes(self) -> list[psutil.Process]:
        """Everything that the run started."""
        return list(psutil.Process(self.process.pid).children(recursive=True))

    def kill(self, name: str) -> None:
        """kill -9 of one child, and the wait until another has taken its place."""
        before = self.pid(name)
        os.kill(before, signal.SIGKILL)
        until(lambda: self.pid(name) not in (0, before), f"{name} is there again")

    def stop(self) -> int:
        """SIGTERM; the exit status."""
        self.process.terminate()
        return self.process.wait(timeout=PATIENCE)

    def also(self, what: str) -> subprocess.CompletedProcess[str]:
        """The same command from a second terminal."""
        command = (sys.executable, "-m", "advisor.embedded", what)
        return subprocess.run(
            command, cwd=PROJECT, env=self.environment, capture_output=True, text=True, timeout=PATIENCE, check=False
        )

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._lines.put(line)
        self._lines.put("")


def until(holds: Callable[[], object], what: str) -> None:
    """Ask until it holds. For things that tell nobody when they happen: files and pages of other processes."""
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline, f"never: {what}"
        time.sleep(0.1)


def browser() -> urllib.request.OpenerDirector:
    """Keeps cookies, as a person's browser does."""
    return urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))

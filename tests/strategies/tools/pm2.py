"""A real PM2, the one that the probe's tests install."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.strategies.tools.node import wanted

PROGRAM = Path(__file__).parents[3] / "agents/node/node_modules/.bin/pm2"
PATIENCE = 120.0


class Pm2:
    """PM2 in a home of its own."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self._environ = {"PATH": os.environ["PATH"], "HOME": str(home), "PM2_HOME": str(home)}

    def __call__(self, *words: str) -> str:
        """What the command says; it must succeed."""
        command = [str(PROGRAM), *words]
        done = subprocess.run(
            command, env=self._environ, cwd=self.home, capture_output=True, text=True, timeout=PATIENCE
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    @property
    def processes(self) -> list[dict[str, Any]]:
        """What PM2 knows of each process."""
        listed: list[dict[str, Any]] = json.loads(self("jlist").splitlines()[-1])
        return listed


@contextmanager
def pm2(home: Path) -> Iterator[Pm2]:
    """A PM2 without apps; its daemon and all it runs end with the block."""
    wanted(PROGRAM.exists() and shutil.which("node") is not None, "PM2 is missing: run `make node-packages`.")
    running = Pm2(home)
    try:
        yield running
    finally:
        running("kill")

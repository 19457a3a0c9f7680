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

from advisor.diagnosis import Step
from advisor.diagnosis.recipes.pm2 import FILE
from tests.strategies.tools.node import wanted

PROGRAM = Path(__file__).parents[3] / "agents/node/node_modules/.bin/pm2"
PATIENCE = 120.0
_APP = """module.exports = {
  apps: [
    {
      name: "shop",
      script: "server.js",
      exec_mode: "cluster",
      instances: 2,
      wait_ready: true,
    },
  ],
};
"""


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


@contextmanager
def reloaded(home: Path, line: Step, load: Step) -> Iterator[list[dict[str, Any]]]:
    """The two workers of an app that ran already when this line came into its entry and was loaded."""
    (home / "server.js").write_text('process.send("ready");\nsetInterval(() => {}, 1000);\n')
    assert line.file == f"{FILE}, in the app's entry"
    with pm2(home) as manager:
        (home / FILE).write_text(_APP)
        manager("start", FILE)
        (home / FILE).write_text(_APP.replace("      name", f"      {line.code}      name"))
        manager(*load.code.split()[1:])
        assert [one["pm2_env"]["status"] for one in manager.processes] == ["online"] * 2
        yield manager.processes

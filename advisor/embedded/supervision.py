"""The running supervisord: its output and its end."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from advisor.embedded.configuration import leash
from advisor.embedded.plan import PROJECT, Plan


class Supervisor:
    """supervisord in the foreground of nobody: it hears no Ctrl-C, only `stop` and the end of this process."""

    def __init__(self, plan: Plan, configuration: Path) -> None:
        as_root = ("--user", "root") if os.getuid() == 0 else ()  # said aloud, or it warns on every start
        command = (sys.executable, "-m", "supervisor.supervisord", "-c", str(configuration), *as_root)
        reading, writing = os.pipe()
        self._process = subprocess.Popen(
            leash(plan, "supervisord", command),
            cwd=PROJECT,
            stdin=subprocess.DEVNULL,
            stdout=writing,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        os.close(writing)
        self.output = reading
        self._rest = b""

    def lines(self) -> list[str] | None:
        """Lines that it wrote since the last call; None once it has ended. Waits for at least some bytes."""
        chunk = os.read(self.output, 65536)
        if not chunk:
            return None
        *whole, self._rest = (self._rest + chunk).split(b"\n")
        return [line.decode(errors="replace") for line in whole]

    def stop(self) -> None:
        """Ask it to end everything in order."""
        self._process.terminate()

    def kill(self) -> None:
        """End it at once; its children get their own signal from the kernel."""
        self._process.kill()

    def wait(self) -> int:
        """Its exit status."""
        return self._process.wait()

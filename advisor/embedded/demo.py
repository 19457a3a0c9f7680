"""What only the demo has: Node.js is asked for, the load's own lines and each new advice are shown."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from advisor.embedded.plan import PROJECT
from advisor.embedded.refusal import CannotStartError

NODE_MAJOR = 20
"""The oldest Node.js that the probe supports."""

CORES = 2
"""The load is calibrated for one busy service beside everything else."""

_INSTALL = f"install Node.js {NODE_MAJOR} or later with npm (Debian: apt install nodejs npm), then `make demo` again."


def require_node() -> None:
    """Raises `CannotStartError` if the demo's services cannot run here."""
    node = shutil.which("node")
    if node is None or shutil.which("npm") is None:
        raise CannotStartError(f"The demo runs two Node.js services: {_INSTALL}")
    version = subprocess.run((node, "--version"), capture_output=True, text=True, check=False).stdout.strip()
    major = re.match(r"v(\d+)\.", version)
    if major is None or int(major[1]) < NODE_MAJOR:
        raise CannotStartError(f"The demo's services cannot run on Node.js {version or '(no version)'}: {_INSTALL}")


def require_packages() -> None:
    """Raises `CannotStartError` if the services' npm packages are not there."""
    if not (PROJECT / "agents" / "demo" / "node_modules" / "express").is_dir():
        raise CannotStartError("The demo's npm packages are missing: start it with `make demo`, which installs them.")


def warning() -> str | None:
    """One line if this machine is too small for the demo's figures."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    if cores >= CORES:
        return None
    return f"This machine has {cores} core: the demo needs {CORES}, so its advice may differ from what is described."


class Follower:
    """New whole lines of a growing file. A file that shrank was rotated and is read from its start."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._offset = 0

    def lines(self) -> Iterator[str]:
        """What was added since the last call."""
        try:
            with self._path.open("rb") as file:
                if file.seek(0, os.SEEK_END) < self._offset:
                    self._offset = 0
                file.seek(self._offset)
                added = file.read()
        except OSError:
            return
        whole = added[: added.rfind(b"\n") + 1]
        self._offset += len(whole)
        yield from (line for line in whole.decode(errors="replace").splitlines() if line.strip())

"""Starts one process so that it cannot be lost: `python -m advisor.embedded.leash PIDFILE COMMAND...`.

Writes pid and start time for the next start to find, asks Linux to end the process with its parent, and becomes
the command. Other systems have no such request; there only the next start clears up.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import sys
from pathlib import Path

import psutil

_PR_SET_PDEATHSIG = 1  # linux/prctl.h


def note(path: Path) -> None:
    """Write who this process is; it keeps pid and start time over `exec`."""
    draft = path.with_suffix(".new")
    draft.write_text(json.dumps({"pid": os.getpid(), "started": psutil.Process().create_time()}))
    draft.replace(path)


def die_with_parent() -> None:
    """From now on the end of the parent is a SIGTERM here."""
    if sys.platform != "linux":
        return
    parent = os.getppid()
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:  # it ended in between
        sys.exit(1)


def main(arguments: list[str]) -> None:
    """Become the command."""
    pid_file, *command = arguments
    die_with_parent()
    note(Path(pid_file))
    os.execvp(command[0], command)  # noqa: S606  (no shell is the point)


if __name__ == "__main__":
    main(sys.argv[1:])

"""Ends what an earlier run left behind when it was killed. Only processes that the pid files prove to be ours."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import psutil

SAME_START_SECONDS = 5.0
"""Start times this close are one process: the system derives them from its clock, which may be stepped."""

PATIENCE_SECONDS = 10.0
"""Time to end by itself; after that it is killed."""


def clear(pids: Path) -> int:
    """End every process that stands in `pids` and still lives; answer how many there were."""
    processes = [process for file in sorted(pids.glob("*.pid")) if (process := _living(file))]
    for process in processes:
        _quietly(process.terminate)
    _, stubborn = psutil.wait_procs(processes, timeout=PATIENCE_SECONDS)
    for process in stubborn:
        _quietly(process.kill)
    psutil.wait_procs(stubborn, timeout=PATIENCE_SECONDS)
    for file in pids.glob("*.pid"):
        file.unlink(missing_ok=True)
    return len(processes)


def _living(file: Path) -> psutil.Process | None:
    """The process that a pid file names, unless it ended or its number belongs to another one now."""
    try:
        noted = json.loads(file.read_text())
        process = psutil.Process(int(noted["pid"]))
        is_same = abs(process.create_time() - float(noted["started"])) < SAME_START_SECONDS
    except (OSError, ValueError, KeyError, TypeError, psutil.Error):
        return None
    return process if is_same and process.is_running() else None


def _quietly(action: Callable[[], None]) -> None:
    """Signal a process that may just have ended."""
    try:
        action()
    except psutil.NoSuchProcess:
        return

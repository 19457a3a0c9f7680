"""Where the figures come from."""

from __future__ import annotations

import os
import platform
from pathlib import Path


def described() -> str:
    """One line about this machine and how busy it was when the run began."""
    load = " ".join(f"{average:.2f}" for average in os.getloadavg())
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / (1 << 30)
    processes = sum(name.isdigit() for name in os.listdir("/proc"))
    return (
        f"{os.cpu_count()} x {_processor()}, {memory:.0f} GiB, Linux {platform.release().partition('-')[0]}, Python"
        f" {platform.python_version()}, {processes} processes, load average {load}"
    )


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(": ")[2]
    return "unknown processor"

"""sysctl, which reads settings of the kernel and says what it would write, without writing."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from tests.strategies.tools.node import wanted


def understood(code: str, folder: Path) -> tuple[str, str]:
    """What it would set by this file, and its complaints; empty where it has none."""
    program = shutil.which("sysctl") or shutil.which("sysctl", path="/usr/sbin:/sbin")
    wanted(program is not None, "sysctl is missing (Debian: apt install procps).")
    file = folder / "advice.conf"
    file.write_text(code)
    done = subprocess.run([str(program), "--dry-run", f"--load={file}"], capture_output=True, text=True, check=False)
    return done.stdout, done.stderr

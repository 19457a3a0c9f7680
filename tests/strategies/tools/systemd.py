"""systemd, which reads a unit with a drop-in and says what it does not understand."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from tests.strategies.tools.node import wanted

_UNIT = "[Service]\nExecStart=/bin/true\n"


def complaints(drop_in: str, folder: Path, unit: str = "shop.service", body: str = _UNIT) -> str:
    """What `systemd-analyze verify` says of a unit with this drop-in; empty if all of it is understood."""
    program = shutil.which("systemd-analyze")
    wanted(program is not None, "systemd-analyze is missing (Debian: apt install systemd).")
    (folder / unit).write_text(body)
    beside = folder / f"{unit}.d"
    beside.mkdir(parents=True, exist_ok=True)
    (beside / "advice.conf").write_text(drop_in)
    environ = {**os.environ, "SYSTEMD_UNIT_PATH": f"{folder}:"}
    command = [str(program), "verify", "--man=no", str(folder / unit)]
    done = subprocess.run(command, capture_output=True, text=True, env=environ, check=False)
    said = [line for line in done.stderr.splitlines() if str(folder) in line or unit in line]
    return "\n".join(said) or (f"exit {done.returncode}: {done.stderr}" if done.returncode else "")

"""systemd, which reads a unit with a drop-in and says what it does not understand."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from tests.strategies.tools.node import wanted

_UNIT = "[Service]\nExecStart=/bin/true\n"


def complaints(drop_in: str, folder: Path) -> str:
    """What `systemd-analyze verify` says of a service with this drop-in; empty if all of it is understood."""
    program = shutil.which("systemd-analyze")
    wanted(program is not None, "systemd-analyze is missing (Debian: apt install systemd).")
    unit = folder / "shop.service"
    unit.write_text(_UNIT)
    beside = folder / "shop.service.d"
    beside.mkdir(exist_ok=True)
    (beside / "advice.conf").write_text(drop_in)
    environ = {**os.environ, "SYSTEMD_UNIT_PATH": f"{folder}:"}
    done = subprocess.run([str(program), "verify", str(unit)], capture_output=True, text=True, env=environ, check=False)
    said = [line for line in done.stderr.splitlines() if str(folder) in line or "shop" in line]
    return "\n".join(said) or (done.stderr if done.returncode else "")

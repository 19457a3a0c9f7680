"""logrotate, which says what it would do."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from tests.strategies.tools.node import wanted


def debugged(code: str, folder: Path) -> str:
    """What logrotate understood; it must find no error."""
    program = shutil.which("logrotate") or shutil.which("logrotate", path="/usr/sbin:/sbin")
    wanted(program is not None, "logrotate is missing (Debian: logrotate).")
    rules = folder / "rules"
    rules.write_text(code)
    rules.chmod(0o644)
    command = [str(program), "--debug", "--state", str(folder / "state"), str(rules)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "error:" not in done.stderr, done.stderr
    return done.stderr

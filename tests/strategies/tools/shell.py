"""bash, which reads commands without running them."""

from __future__ import annotations

import subprocess
from collections.abc import Iterable

from advisor.diagnosis import Step


def read(steps: Iterable[Step]) -> list[str]:
    """The commands of these steps, each of which the shell can read."""
    commands = [step.code for step in steps if step.file == "shell"]
    for command in commands:
        done = subprocess.run(["bash", "-n"], input=command, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, ""), command
    return commands

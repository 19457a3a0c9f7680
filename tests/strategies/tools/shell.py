"""bash, which reads commands without running them.

No more is read of these, for what they do, and their dry runs as well, takes something that no test has: kubectl, helm
and `gcloud container` a cluster, aws an account, docker a daemon, growpart, resize2fs and xfs_growfs a disk. The files
that they are given are read by the tools beside this one, and `gcloud compute` by a grammar of its own (gcloud.py).
"""

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

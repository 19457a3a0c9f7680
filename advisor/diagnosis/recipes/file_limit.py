"""The limit of open files of a process: a higher one, where the process is started."""

from __future__ import annotations

import json
from typing import Final

from advisor.diagnosis.advice import Step
from advisor.diagnosis.recipes import linux
from advisor.diagnosis.recipes.container import label_of


def steps(name: str, pid: int, limit: int) -> tuple[Step, ...]:
    """Let each process of a service open so many, where it is started; `pid` is one of today's."""
    label = label_of(name)
    folder = "/etc/systemd/system/{}.service.d/descriptors.conf"
    drop_in = _DROP_IN.format(limit=limit)
    return (
        *linux.drop_in("Allow more.", name, "descriptors", drop_in),
        Step("All processes of PM2 have the limit of its daemon: set it for that unit, then restart it.", "PM2",
             folder.format("pm2-$USER"), drop_in),
        Step("Without a unit, start the daemon anew from a shell whose hard limit is high enough.", "PM2", "shell",
             f"pm2 save\npm2 kill\nulimit -n {limit}\npm2 resurrect"),
        Step("Start the container with it.", "Docker", "shell",
             f"docker run --ulimit nofile={limit}:{limit} {label}"),
        Step("With compose.", "Docker", "compose.yaml", _COMPOSE.format(name=json.dumps(label), limit=limit)),
        Step("A pod has no field for it: it takes the limit of the node's container runtime. Set it there, node by "
             "node.", "Kubernetes", folder.format("containerd"), drop_in),
        Step("Look at the new limit. Node.js raises its soft limit to the hard one by itself, so the hard one counts; "
             f"today's process is {pid}, the restarted one has another number.", "", "shell",
             f"grep 'open files' /proc/{pid}/limits"),
    )  # fmt: skip


_DROP_IN: Final = """[Service]
LimitNOFILE={limit}
"""

_COMPOSE: Final = """services:
  {name}:
    image: {name}
    ulimits:
      nofile:
        soft: {limit}
        hard: {limit}
"""

"""Time since a process started."""

from __future__ import annotations

import time

from advisor_agent.collectors.process_uptime import UPTIME
from advisor_agent.metric import Samples
from advisor_agent.portable.processes import PsutilProcess
from advisor_agent.portable.scene import Scene

METRICS = (UPTIME,)


def collect_process(scene: Scene, process: PsutilProcess) -> Samples:
    """By the clock of the wall, in which the system tells its start."""
    yield UPTIME.at(max(round(time.time() - process.created, 3), 0.0))

"""Groups of machines in the clouds: as many as follow requests, within what a database's connections allow (1.5)."""

from __future__ import annotations

import math

from advisor.diagnosis.advice import Step
from advisor.diagnosis.prediction import LONG, NOW, TARGET
from advisor.diagnosis.recipes import aws_balancer, google_balancer
from advisor.diagnosis.recipes.container import Workload
from advisor.diagnosis.recipes.nginx import Choice
from advisor.diagnosis.vetoes import most_copies
from advisor.features import Snapshot


def by_loops(snapshot: Snapshot) -> float:
    """Requests a second that fill the loops of a machine to the target; NaN where nobody tells how busy they are."""
    work = snapshot.work(NOW)
    return snapshot.rps(NOW) / work * TARGET * _each(snapshot) if work > 0 else math.nan


def steps(snapshot: Snapshot, least: int, most: int, choice: Choice, rate: float, port: int) -> tuple[Step, ...]:
    """A group of AWS and of Google Cloud that has `least` to `most` machines, each for `rate` requests a second.

    It keeps its size where requests do not show the load (WebSockets) or nobody knows how many fill a machine.
    """
    if snapshot.websockets(LONG) > 0 or not rate >= aws_balancer.SLOWEST:
        rate, most = math.nan, least
    most = most_copies(snapshot, least, most, _each(snapshot))
    group = Workload(snapshot.name, "server.js", least, most, snapshot.memory(NOW), port,
                     sockets=choice is Choice.COOKIE)  # fmt: skip
    return (*aws_balancer.steps(group, choice, rate), *google_balancer.steps(group, choice, rate))


def _each(snapshot: Snapshot) -> float:
    """Processes of a machine."""
    return len(snapshot.processes) / max(1, len(snapshot.machines))

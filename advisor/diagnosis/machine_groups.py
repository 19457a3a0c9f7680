"""Groups of machines in the clouds: as many as follow requests, within what a database's connections allow (1.5)."""

from __future__ import annotations

import math

from advisor.diagnosis.advice import Step
from advisor.diagnosis.prediction import LONG, NOW, SIZING, TARGET
from advisor.diagnosis.recipes import aws_balancer, google_balancer
from advisor.diagnosis.recipes.container import Workload
from advisor.diagnosis.recipes.nginx import Choice
from advisor.diagnosis.vetoes import most_copies
from advisor.features import Snapshot, control_groups


def by_loops(snapshot: Snapshot) -> float:
    """Requests a second that fill the loops of a machine to the target, or its processors where these are full first.

    Threads beside the loops, and more loops than cores, fill those. NaN where nobody tells how busy the loops are.
    """
    rate, work, used = snapshot.rps(NOW), snapshot.work(NOW), snapshot.cpu(NOW)
    if not work > 0:
        return math.nan
    machine = snapshot.busiest_machine(SIZING)
    cores = rate / used * machine.cores if machine and used > 0 else math.inf
    return TARGET * min(rate / work * _each(snapshot), cores)  # min() keeps its first argument beside NaN


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
    return len(snapshot.processes) / control_groups.hosts(snapshot)

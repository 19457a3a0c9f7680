"""Let the number of copies follow the load

## When it fits
The load varies over the day by {swing:g} times or more, or the service runs in containers already: then copies
start in seconds where a busy hour needs them, and go when it is over. An orchestrator also replaces what fails
and spreads copies over machines.

## When it does not
What more copies cannot help: a slow dependency, a leak, uneven load, crashes. A loop that single pieces of work
block: its mean is low, so an autoscaler sees nothing to follow. A database whose connections the copies would
use up. The processor as signal where it says nothing of the load (WebSockets, waiting for others), or without
requests for resources, of which an autoscaler takes its percents.

## How
One process in each container. Kubernetes: HorizontalPodAutoscaler on processor, memory and a custom metric,
Cluster Autoscaler for the nodes (GKE, EKS). Amazon ECS on Fargate: target tracking, and no nodes to keep. Docker
builds the images, containerd or runc run them; LXC where system containers are preferred. Compared with virtual
machines, containers bring their dependencies along without an operating system each.

## What it costs
Copies in busy hours, fewer in quiet ones; a cluster to run, unless it is there already.

## How to verify
Over one day the number of copies follows the requests, and each loop stays near {target:.0%}.

## References
- [Kubernetes: Horizontal Pod Autoscaling](https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/)
- [Amazon ECS: service auto scaling](https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-auto-scaling.html)
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from advisor.diagnosis import Expectation, Limit, Option, Rejection, Ruling, Step, Strategy
from advisor.diagnosis.peak import growth
from advisor.diagnosis.prediction import (
    GROWTH,
    LONG,
    NOW,
    TARGET,
    Clones,
    copies_that_survive,
    is_censored,
    of_clones,
)
from advisor.diagnosis.recipes import container, fargate, kubernetes, shutdown
from advisor.diagnosis.recipes.container import Signals, Workload
from advisor.diagnosis.sharing import copies_by_descriptors, of_descriptors
from advisor.diagnosis.vetoes import clone_veto, connections_veto, deciding, most_copies
from advisor.diagnosis.words import counted, number, percent
from advisor.features import Snapshot, stats
from advisor.features.daily import Day, day_of
from advisor.features.queueing import Policy
from advisor.vocabulary import Family

strategy = Strategy(
    __name__,
    family=Family.CLONING,
    adds_copies=True,
    name="Copies that follow the load",
    effort="days in containers already, else weeks",
    risk="medium: processes come and go, so they must start fast and end gently",
    swing=Limit(1.5, "1", "below it a fixed number wastes less than a third, and is simpler"),
    surge=Limit(2.0, "1", "copies are bounded at twice today's load: beyond it nobody has seen how they behave (P2)"),
    target=Limit(TARGET, "1", "P1: room for growth and for the minute until a copy has started", fixed=True),
    computing=Limit(0.65, "{cpu}", "of a busy loop (C1); with less the processor does not show the load"),
    unsure=Limit(0.7, "1", "what is left of the confidence while nothing shows containers or a day's swing"),
)

BLOCKED, MEMORY, DESCRIPTORS = "event-loop-blocked", "memory-pressure", "descriptor-exhaustion"


@dataclass(frozen=True, slots=True)
class Range:
    """How many copies serve now, are needed now, and may run at least and at most."""

    before: int
    wanted: int
    least: int
    most: int


@strategy.consider
def consider(snapshot: Snapshot, ruling: Ruling) -> Option | Rejection:
    """Size by P1 between a quiet hour and twice the load, or say which number forbids it."""
    futile = clone_veto(snapshot, ruling) or _unseen(snapshot, ruling)
    if futile:
        return strategy.reject(futile)
    day, contained = day_of(snapshot), snapshot.is_contained
    if day is not None and day.swing < strategy.swing and not contained:
        times = number(day.swing)
        return strategy.reject(f"The busiest hour of the day has {times} times the load of the quietest: no swing.")
    copies = _range(snapshot, ruling, day)
    if copies is None:
        return strategy.reject("0 processes report how busy they are, so copies cannot be counted.")
    full = connections_veto(snapshot, copies.wanted)
    if full:
        return strategy.reject(full)
    if copies.wanted <= copies.before:
        now = f"{counted(copies.before, 'process')} at {percent(snapshot.loop(NOW))}"
        return strategy.reject(f"{now} already carry the work; it needs {copies.wanted}.")
    return _option(snapshot, ruling, copies, day)


def _unseen(snapshot: Snapshot, ruling: Ruling) -> str:
    """Troubles that an autoscaler does not see, or that copies repeat."""
    if ruling.rule == MEMORY:
        return f"Each copy takes its baseline again, and a heap gives little back ({deciding(snapshot, ruling)})."
    if ruling.rule == BLOCKED and snapshot.loop(LONG) >= 0:
        busy = percent(snapshot.loop(LONG))
        return f"The loops are {busy} busy on average: an autoscaler sees nothing to follow, and blocks stay as long."
    return ""


def _range(snapshot: Snapshot, ruling: Ruling, day: Day | None) -> Range | None:
    work, before = snapshot.work(NOW), len(snapshot.processes)
    if math.isnan(work):
        return None
    wanted = copies_that_survive(work)
    if is_censored(snapshot):
        wanted = max(wanted, 2 * before)  # what is hidden can only be found by a step and another look
    if ruling.rule == DESCRIPTORS:
        wanted = max(wanted, copies_by_descriptors(snapshot, before))
    quiet, peak = (day.quietest, max(1.0, day.busiest)) if day else (1.0, 1.0)
    peak = max(peak, growth(snapshot) / GROWTH)
    least = max(2, copies_that_survive(work * quiet) if day else before)
    most = max(wanted, least, copies_that_survive(work * peak * strategy.surge))
    most = most_copies(snapshot, wanted, most)
    return Range(before, wanted, min(least, most), most)


def _option(snapshot: Snapshot, ruling: Ruling, copies: Range, day: Day | None) -> Option:
    known = day is not None or snapshot.is_contained
    clones = Clones(copies.before, copies.wanted, Policy.RANDOM)
    shared = of_descriptors(snapshot, clones) if ruling.rule == DESCRIPTORS else ()
    expected: tuple[Expectation, ...] = (*shared, *of_clones(snapshot, clones))
    bounded = f"Let {copies.least} to {copies.most} copies follow the load"
    return strategy.option(
        bounded if copies.least < copies.most else f"Run {copies.most} copies that are replaced when they fail",
        why=_why(snapshot, copies, day),
        confidence=ruling.reading.confidence * (1.0 if known else strategy.unsure),
        cost=f"{copies.wanted} copies at this load, at most {copies.most}",
        expected=expected,
        steps=_steps(snapshot, copies),
        check_first=_check_first(copies, day),
    )


def _why(snapshot: Snapshot, copies: Range, day: Day | None) -> str:
    now = f"{counted(copies.before, 'loop')} at {percent(snapshot.loop(NOW))} need {copies.wanted} copies now"
    if day is None:
        return f"{now}, and each lost one is replaced. How much the load varies over the day is not known yet."
    swing = "from none" if math.isinf(day.swing) else f"by {number(day.swing)} times"
    return f"{now}, and the load varies {swing} over the day: a fixed number is too small or too dear at some hour."


def _check_first(copies: Range, day: Day | None) -> str:
    varies = "" if day else (
        f"Check on the charts of a day that the load varies by {number(strategy.swing)} times or more, or that the "
        "service runs in containers already: else a fixed number is simpler. "
    )  # fmt: skip
    return (
        f"{varies}Check that no state lives on a local disk or in process memory, that a copy serves within seconds of "
        f"its start, and that the database accepts {copies.most} connection pools."
    )


def signals(snapshot: Snapshot) -> Signals:
    """What an autoscaler of this service can follow, for one copy at the target utilization."""
    busy, service = snapshot.loop(LONG), snapshot.service_time(LONG)
    open_now = stats.mean([p.websockets(LONG) for p in snapshot.processes])
    has_sockets = open_now > 0 and busy > 0
    return Signals(
        on_cpu=not has_sockets and snapshot.cpu_main(LONG) >= strategy.computing * busy,
        rate=strategy.target / service if service > 0 else None,
        sockets=open_now * strategy.target / busy if has_sockets else None,
    )


def _steps(snapshot: Snapshot, copies: Range) -> tuple[Step, ...]:
    script = next((p.instance.script for p in snapshot.processes if p.instance.script), "server.js")
    followed = signals(snapshot)
    sockets = followed.sockets is not None
    workload = Workload(snapshot.name, script, copies.least, copies.most, snapshot.memory(LONG), sockets=sockets,
                        now=copies.wanted)  # fmt: skip
    return (
        *shutdown.steps(script),
        *container.steps(workload),
        *kubernetes.steps(workload, followed),
        *fargate.steps(workload, followed),
        Step("Load it in a test until copies are added, then stop: requests must be lost neither as copies come nor as "
             f"they go. A copy has {shutdown.GRACE} s to end."),
    )  # fmt: skip

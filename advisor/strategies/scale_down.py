"""Run fewer processes or machines

## When it fits
For two weeks the service needed less than it has, at its peak and with one process lost, and it does not grow.

## When it does not
While anything else is wrong with it, in growth, with less than a week of data, or with {least:.0f} processes or fewer:
then nothing could be lost any more.

## How
At most {step:.0%} fewer at once, or one where that is less than one. Whole machines where there are enough of them,
since only those save money; else processes, or a smaller machine.

## What it costs
Room for what has never happened yet. It is undone by the same setting.

## How to verify
The loops rise to the old sum divided by the new number, within 10%, and the next daily peak stays below 60%.

## References
- [Kubernetes: HorizontalPodAutoscaler](https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/)
- [PM2: scaling a cluster](https://pm2.keymetrics.io/docs/usage/cluster-mode/#scaling-your-cluster-in-realtime)
"""

from __future__ import annotations

import math
import shlex

from advisor.diagnosis import Expectation, Limit, Option, Rejection, Ruling, Step, Strategy
from advisor.diagnosis.finding import Condition
from advisor.diagnosis.prediction import SIZING, loop_expectation, of_fewer
from advisor.diagnosis.recipes.container import Workload
from advisor.diagnosis.words import counted, percent, size
from advisor.features import Snapshot
from advisor.vocabulary import Family

strategy = Strategy(
    __name__,
    family=Family.SHRINK,
    name="Fewer processes or machines",
    effort="minutes, and a day of watching",
    risk="low in steps, and undone by the same setting",
    least=Limit(2, "{process}", "with fewer none can be lost"),
    step=Limit(0.25, "1", "at most a quarter at once, or one, then a daily peak must be seen (C17)"),
)

RULE = "overprovisioned"


@strategy.consider
def consider(snapshot: Snapshot, ruling: Ruling) -> Option | Rejection:
    """So many fewer as the rule allows, in whole machines where that comes out even."""
    count = len(snapshot.processes)
    if ruling.rule != RULE:
        return strategy.reject(f"{counted(count, 'process')} are in trouble: fewer would be in more.")
    if count <= strategy.least:
        return strategy.reject(f"{counted(count, 'process')}: with one fewer none could be lost.")
    fewer = min(int(_told(ruling, "fewer")), max(1, math.floor(strategy.step * count)))
    if ruling.reading.condition is not Condition.OVER or fewer < 1:
        return strategy.reject(f"0 of {counted(count, 'process')} can go: the conditions beside this do not all hold.")
    hosts = 0 if ruling.reading.processes else _whole_hosts(snapshot, fewer)  # other programs may run there
    if hosts:
        fewer = sum(len(snapshot.on(machine)) for machine in snapshot.machines) * hosts // len(_serving(snapshot))
    return _option(snapshot, ruling, count - fewer, hosts)


def _told(ruling: Ruling, signal: str) -> float:
    return next((one.value or 0.0 for one in ruling.reading.evidence if one.signal == signal), 0.0)


def _serving(snapshot: Snapshot) -> list[int]:
    return [len(snapshot.on(machine)) for machine in snapshot.machines if snapshot.on(machine)]


def _whole_hosts(snapshot: Snapshot, fewer: int) -> int:
    """Machines that can go: all run the same number of processes, and two remain."""
    counts = _serving(snapshot)
    if len(set(counts)) != 1:
        return 0
    return min(fewer // counts[0], max(0, len(counts) - int(strategy.least)))


def _option(snapshot: Snapshot, ruling: Ruling, after: int, hosts: int) -> Option:
    count = len(snapshot.processes)
    peak = _told(ruling, "work") * (count - int(_told(ruling, "fewer")))
    title = f"Run {after} processes instead of {count}"
    if hosts:
        left = len(_serving(snapshot)) - hosts
        title = f"Run {counted(left, 'machine')} instead of {left + hosts}, with {after} processes"
    return strategy.option(
        title,
        why=(
            f"{after} carry the peak of the last {_told(ruling, 'days'):.0f} days at {percent(peak / after)}, and at "
            f"{percent(peak / (after - 1))} with one of them lost."
        ),
        confidence=ruling.reading.confidence,
        cost=_savings(snapshot, count - after, hosts),
        expected=_expected(snapshot, after, peak, hosts),
        steps=_steps(snapshot, after, hosts),
        check_first=(
            "Check that the number is not set for availability (zones, contracts) and that no known event is near. "
            f"Then watch one daily peak before the next step; go back to {count} if a loop passes 80%."
        ),
    )


def _savings(snapshot: Snapshot, fewer: int, hosts: int) -> str:
    if hosts:
        return f"saves {counted(hosts, 'machine')} of {len(_serving(snapshot))}"
    memory = snapshot.memory(SIZING) * fewer
    return f"saves {counted(fewer, 'process')}" + ("" if math.isnan(memory) else f" and {size(memory)} of memory")


def _expected(snapshot: Snapshot, after: int, peak: float, hosts: int) -> tuple[Expectation, ...]:
    mean = snapshot.work(SIZING) / after
    lost = peak / (after - 1)
    return (
        loop_expectation(snapshot.loop(SIZING), mean * 0.9, mean * 1.1) if hosts else of_fewer(snapshot, after),
        Expectation("loop_after_loss", "Event loop busy at the peak, one process lost", "1", None, lost * 0.9,
                    min(1.0, lost * 1.1)),
    )  # fmt: skip


def _steps(snapshot: Snapshot, after: int, hosts: int) -> tuple[Step, ...]:
    name = shlex.quote(snapshot.name)
    label = Workload(snapshot.name, "server.js", after, 2 * after).label
    first = _by_pm2(name, after, min(after, max(1, len(_serving(snapshot)))))
    if hosts:
        gone = counted(hosts, "machine")
        first = Step(f"Take {gone} out of the balancer, wait until no request is open there, then switch off.")
    return (
        first,
        Step("Lower the floor of the autoscaler; it goes no lower than the load allows.", "Kubernetes", "shell",
             f"kubectl patch hpa {label} --patch '{{\"spec\": {{\"minReplicas\": {after}}}}}'"),
        Step("Without an autoscaler, lower the number itself.", "Kubernetes", "shell",
             f"kubectl scale deployment/{label} --replicas={after}"),
        Step("On one host fewer processes save memory only: then take the next smaller machine, if its processors and "
             "memory stay below 60% and 70% at the peak."),
    )  # fmt: skip


def _by_pm2(name: str, after: int, hosts: int) -> Step:
    """PM2 counts by host: where the number does not share out evenly, some hosts keep one more."""
    few, more = divmod(after, hosts)
    where = "on each host"
    if more:
        where = (
            f"on {counted(hosts - more, 'host')} and to {few + 1} on {counted(more, 'other')}, and let the balancer "
            "give each requests in proportion (`weight`)"
        )
    return Step(f"Scale to {few} {where}; PM2 stops the others in order.", "PM2", "shell",
                f"pm2 scale {name} {few}\npm2 save")  # fmt: skip

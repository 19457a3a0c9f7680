"""Move to a bigger machine

## When it fits
The processors of the machine are the limit and the service has enough processes to use more of them. It is
the quickest way out where nothing may be rebuilt.

## When it does not
One process runs JavaScript on one core: more cores would idle too, while any core here is idle already. A
piece of work that blocks the loop takes as long on any number of cores. A machine also has a largest size.

## How
Take a machine with more cores, move the service, and let it run one worker per core.

## What it costs
Usually the price grows with the cores, and moving needs a short stop or a second machine.

## How to verify
Host CPU falls in proportion to the cores; loops are no longer busy without computing.

## References
- [Node.js: os.availableParallelism](https://nodejs.org/api/os.html#osavailableparallelism)
"""

from __future__ import annotations

import math

from advisor.diagnosis import Limit, Option, Rejection, Ruling, Step, Strategy
from advisor.diagnosis.prediction import GROWTH, SIZING, TARGET, Clones, of_clones
from advisor.diagnosis.words import cores, counted, duration, number, percent
from advisor.features import Snapshot
from advisor.features.machine import Machine
from advisor.features.process import MINUTE
from advisor.features.queueing import Policy
from advisor.vocabulary import Family

strategy = Strategy(
    __name__,
    family=Family.VERTICAL,
    name="A bigger machine",
    effort="hours, with a short stop",
    risk="low, but it has an end: machines have a largest size",
    spare=Limit(0.5, "{cpu}", "while this much is idle, cores are not what is short"),
    grown=Limit(0.7, "1", "what is left of the confidence, since the processes must also use the new cores"),
)

BLOCKED, CROWDED = "event-loop-blocked", "host-cpu-saturated"
WINDOW = 600.0  # seconds in which that rule looks for blocks


@strategy.consider
def consider(snapshot: Snapshot, ruling: Ruling) -> Option | Rejection:
    """More cores only where cores are short and there are processes to use them."""
    if ruling.rule == BLOCKED:
        return strategy.reject(_same_block(snapshot))
    machine = snapshot.busiest_machine(SIZING)
    if machine is None:
        return strategy.reject("0 of its hosts report their processors, so nothing shows that cores are short.")
    # A full host speaks of this minute; sizing by a longer mean would contradict its own claim.
    spare, count = machine.spare(MINUTE if ruling.rule == CROWDED else SIZING), len(snapshot.on(machine))
    if spare >= strategy.spare:
        idle = cores(spare, machine.cores)
        return strategy.reject(
            f"{counted(count, 'process')} can use {counted(count, 'core')}, and {idle} on {machine.name} are idle: "
            "more cores would idle too."
        )
    if count < math.floor(machine.cores):
        return strategy.reject(
            f"{counted(count, 'process')} cannot use the {number(machine.cores)} cores of {machine.name} as it is."
        )
    return _option(snapshot, ruling, machine)


def _same_block(snapshot: Snapshot) -> str:
    process = snapshot.most_blocked(WINDOW)
    if process is None:
        return "0 processes report delays that more cores would shorten."
    block = duration(float(process.blocks(process.span(WINDOW)).max()))
    return f"A block of {block} runs on one core, and takes {block} on any number of cores."


def _option(snapshot: Snapshot, ruling: Ruling, machine: Machine) -> Option:
    here = max(1, math.floor(machine.cores))
    wanted = max(here + 1, math.ceil(machine.cores * machine.cpu(SIZING) * GROWTH / TARGET))
    count = len(snapshot.processes)
    after = max(count, round(count * wanted / here))
    return strategy.option(
        f"Move {machine.name} to {wanted} cores",
        why=(
            f"Its {counted(here, 'core')} are {percent(machine.cpu(SIZING))} busy and {counted(count, 'process')} "
            f"can use them all. {wanted} cores bring that to {percent(machine.cpu(SIZING) * machine.cores / wanted)}."
        ),
        confidence=ruling.reading.confidence * strategy.grown,
        cost=f"{wanted - here} more cores",
        expected=of_clones(snapshot, Clones(count, after, Policy.ROUND_ROBIN)),
        steps=(
            Step(f"Order or resize to {wanted} cores with the same memory per core or more."),
            Step(f"Run {counted(after, 'worker')} instead of {count}, so that the new cores are used."),
        ),
        check_first="Check the largest size that the provider offers: the next step after this one may not exist.",
    )

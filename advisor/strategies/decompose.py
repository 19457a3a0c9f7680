"""Split the heavy part into a service of its own

## When it fits
One family of routes takes {share:.0%} of the time or more (or, for a blocked loop, the heavy work takes
{heavy:.0%} of the loop's work) and should grow or fail apart from the rest.

## When it does not
Load that is spread evenly; a service that is one route; a team that cannot run one more service; in the
middle of an incident. It is the slowest way out and the hardest to undo.

## How
Give the heavy routes their own process, deployment and, if they keep data, database. Send them requests
through the balancer by path, or jobs through a queue.

## What it costs
Weeks, one more service to watch, and a network between what used to be a function call.

## How to verify
The old service's loop loses the moved share; the new one scales by itself.

## References
- [Azure architecture: bulkhead pattern](https://learn.microsoft.com/azure/architecture/patterns/bulkhead)
"""

from __future__ import annotations

import re

from advisor.diagnosis import Expectation, Limit, Option, Rejection, Ruling, Step, Strategy
from advisor.diagnosis.prediction import NOW, is_censored, loop_expectation
from advisor.diagnosis.words import counted, duration, percent
from advisor.features import Snapshot
from advisor.features.cause import Cause, busy_at_least, cause_of_blocks
from advisor.features.process import Process
from advisor.features.route_cost import OTHERS, Heaviest, heaviest_route, route_costs
from advisor.vocabulary import Family

strategy = Strategy(
    __name__,
    family=Family.DECOMPOSITION,
    name="A service of its own for the heavy part",
    effort="weeks",
    risk="high: a network and a second release in between",
    share=Limit(0.5, "1", "below half, the rest would need the same way out right after"),
    whole=Limit(0.95, "1", "above it there is nothing left to separate it from"),
    heavy=Limit(0.3, "1", "heavy work below this share of the loop is better moved to a thread"),
    uncertain=Limit(0.5, "1", "what is left of the confidence: shares are estimates, and teams are not measured"),
    measured=Limit(0.6, "1", "the same where the share is one of the loop's own work: teams are not measured"),
)

BLOCKED = "event-loop-blocked"
WINDOW = 600.0  # seconds in which that rule looks for blocks


@strategy.consider
def consider(snapshot: Snapshot, ruling: Ruling) -> Option | Rejection:
    """Find the part that stands out, or say how evenly the time is spread."""
    if ruling.rule == BLOCKED:
        return _of_blocks(snapshot, ruling)
    top = heaviest_route(snapshot, WINDOW)
    if top is None:
        return strategy.reject("0 routes report their time, so no part stands out.")
    share, of = percent(top.share), "the loop's work" if top.measured else "the request time"
    if len(snapshot.routes(WINDOW)) == 1 or top.share >= strategy.whole:
        return strategy.reject(f"{top.name} takes {share} of {of}: there is nothing to separate it from.")
    if top.share < strategy.share:
        limit = percent(strategy.share)
        return strategy.reject(f"The heaviest route, {top.name}, takes {share} of {of}, less than {limit}.")
    return _option(snapshot, ruling, top)


def _of_blocks(snapshot: Snapshot, ruling: Ruling) -> Option | Rejection:
    process = snapshot.most_blocked(WINDOW)
    if process is None:
        return strategy.reject("0 processes report delays, so no heavy part stands out.")
    cause = cause_of_blocks(process, WINDOW, snapshot.machine_of(process))
    if cause is Cause.COLLECTION:
        pause = duration(process.gc_pause(WINDOW))
        return strategy.reject(f"Garbage collection pauses of {pause} explain the blocks, not one part of the work.")
    busy = busy_at_least(process, WINDOW)
    share = process.blocked_share(WINDOW) / busy if busy > 0 else 0.0
    if share < strategy.heavy:
        limit = percent(strategy.heavy)
        return strategy.reject(f"The blocks are {percent(share)} of the loop's work, less than {limit}.")
    part = _heavy_route(snapshot, process)
    return _option(snapshot, ruling, Heaviest(part, min(1.0, share), "the blocks, of all that the loop does", True))


def _heavy_route(snapshot: Snapshot, process: Process) -> str:
    """The slowest of the routes that can hold the loop that long; without one, no name."""
    longest = float(process.blocks(process.span(WINDOW)).max(initial=0.0))
    dear = [c.name for c in route_costs(snapshot, WINDOW).routes if c.seconds >= longest / 2 and c.name != OTHERS]
    if dear:
        return dear[0]
    able = [r for r in snapshot.routes(WINDOW) if r.latency.quantile(1.0) >= longest / 2]
    return max(able, key=lambda r: r.latency.quantile(0.5)).name if able else "the work that blocks"


def _option(snapshot: Snapshot, ruling: Ruling, top: Heaviest) -> Option:
    part = top.name
    return strategy.option(
        f"Give {part} a service of its own",
        why=(
            f"It takes about {percent(top.share)} of the time ({top.how}). On its own it grows by itself, and the rest "
            "no longer waits for it."
        ),
        confidence=ruling.reading.confidence * (strategy.measured if top.measured else strategy.uncertain),
        cost=f"{counted(1, 'service')} more to run and watch",
        expected=(_expected(snapshot, top.share),),
        steps=(
            Step(f"Move {part} and what only it uses into a project with its own release."),
            Step("Send its requests there by path. Put this into the server block, with the new service's host and "
                 "port in place of heavy:3001.", "NGINX", "inside server { } of your site", _location(part)),
            Step("Work that nobody waits for goes through a queue instead: accept it, answer 202, do it there."),
        ),
        check_first="Check that one team can release both, and that the two parts do not share tables.",
    )  # fmt: skip


def _expected(snapshot: Snapshot, share: float) -> Expectation:
    now = snapshot.loop(NOW)
    rest = now * (1 - share)
    return loop_expectation(now, rest * 0.8, None if is_censored(snapshot) else min(now, rest * 1.3 + 0.01))


def _location(part: str) -> str:
    found = re.search(r"/[\w\-/]*", part)
    path = found[0] if found else "/heavy/"
    # A bare `location /` would take every request along, and most sites already have one.
    match = "= /" if path == "/" else path
    return f"location {match} {{\n  proxy_pass http://heavy:3001;\n}}\n"

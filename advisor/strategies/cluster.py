"""Run more workers on the same machine

## When it fits
The event loop computes most of the time and the machine has idle cores. Node.js runs JavaScript on one
core; a cluster runs one copy of the process per core behind one port. At least {spare:.1f} cores must be idle.

## When it does not
One core or no idle one, or already a busy loop for each; copies that would fill more than {memory:.0%} of the
memory, or more than 80% of the connections that a database accepts; state in the process's own memory
(sessions, caches, WebSocket rooms) that a second copy would not see. Leaks, a heap that is full, a slow
dependency, a full disk, crashes and synchronous calls are the same in each copy. It does not shorten a piece of
work that blocks the loop: others on the same worker still wait.

## How
PM2 in cluster mode for production and many applications: restarts, logs, monitoring and reloads without
downtime, and no code of one's own. The built-in `node:cluster` module for one application that wants full
control and nothing more to install. Workers are as many as the work needs, not `-i max`: that of now and a
tenth more, or that of the busiest hours of the last 7 days. Where cores, memory and connections allow, they
are enough to be {one_lost:.0%} busy at most while one that ended starts anew.

## What it costs
Memory: each copy takes about what the process takes now. Database connections: each copy has its own pool.

## How to verify
The utilization per loop falls to the old sum divided by the new number of loops, within 10%; throughput at
the same offered load stays; requests answer faster.

## References
- [Node.js: cluster](https://nodejs.org/api/cluster.html)
- [PM2: cluster mode](https://pm2.keymetrics.io/docs/usage/cluster-mode/)
"""

from __future__ import annotations

import math

from advisor.diagnosis import Expectation, Limit, Option, Rejection, Ruling, Step, Strategy
from advisor.diagnosis.peak import told
from advisor.diagnosis.prediction import (
    AFTER_LOSS,
    LONG,
    NOW,
    SIZING,
    Clones,
    delay_expectation,
    is_censored,
    loop_expectation,
    of_clones,
)
from advisor.diagnosis.recipes import node_cluster, pm2
from advisor.diagnosis.sharing import of_descriptors
from advisor.diagnosis.vetoes import connections_veto, same_host_veto
from advisor.diagnosis.words import cores, counted, duration, number, percent, size
from advisor.diagnosis.worker_count import BLOCKED, DESCRIPTORS, DROPPED, Plan, carrying, surviving
from advisor.features import Snapshot, control_groups, stats
from advisor.features.control_groups import ControlGroup
from advisor.features.queueing import Policy
from advisor.features.task import WINDOW
from advisor.vocabulary import Family

strategy = Strategy(
    __name__,
    family=Family.CLONING,
    adds_copies=True,
    name="More workers on the same machine",
    effort="under an hour",
    risk="low, and undone by one setting",
    spare=Limit(0.5, "{cpu}", "less than half a core is used up by the copies' own overhead"),
    memory=Limit(0.85, "1", "above this share of memory in use the next peak swaps or kills"),
    overhead=Limit(1.1, "1", "a copy that has just been loaded with requests takes about a tenth more"),
    one_lost=Limit(AFTER_LOSS, "1", "P1: what the others carry while one starts anew", fixed=True),
    isolating=Limit(0.7, "1", "what is left of the confidence where copies only confine a block to one worker"),
)


@strategy.consider
def consider(snapshot: Snapshot, ruling: Ruling) -> Option | Rejection:
    """Size by both terms of P1 within the idle cores of the tightest machine or quota, or say which number forbids it.

    Where only the first term has room, it decides: a worker that ended is back within seconds, unlike a machine.
    """
    futile = same_host_veto(snapshot, ruling)
    if futile:
        return strategy.reject(futile)
    group = control_groups.tightest(snapshot, SIZING)
    if group is None:
        return strategy.reject("0 of its hosts report their processors, so idle cores cannot be counted.")
    refusal = _no_room(snapshot, group)
    if refusal:
        return strategy.reject(refusal)
    plan = carrying(snapshot, group, ruling.rule)
    if plan.after <= plan.before:
        now = f"{counted(plan.before, 'process')} at {percent(snapshot.loop(NOW))}"
        return strategy.reject(f"{now} already carry the work; another one would not be used.")
    roomier = surviving(snapshot, plan)
    plan = plan if _lack(snapshot, roomier) else roomier
    lack = _lack(snapshot, plan)
    return strategy.reject(lack) if lack else _option(snapshot, ruling, plan)


def _lack(snapshot: Snapshot, plan: Plan) -> str | None:
    return _no_memory(snapshot, plan) or connections_veto(snapshot, _fleetwide(snapshot, plan).after)


def _no_room(snapshot: Snapshot, group: ControlGroup) -> str:
    machine, own = group.machine, group.busy_loops(NOW)
    if group.cores < 2:
        return f"{machine.name} has {number(group.cores)} core for it: a second worker would share it."
    if group.is_bound and own >= math.floor(group.quota):
        return f"{counted(own, 'busy event loop')} fill the {number(group.quota)} cores of its quota on {machine.name}."
    if control_groups.without_loop(snapshot, group, NOW) < 1:
        busy = counted(snapshot.busy_loops(machine, NOW), "busy event loop")
        return f"{machine.name} already runs {busy} on {number(machine.cores)} cores."
    if group.spare(SIZING) < strategy.spare:
        return f"Only {_idle(group)} are idle."
    return ""


def _idle(group: ControlGroup) -> str:
    whose = " of its quota" if group.is_bound else ""
    return f"{cores(group.spare(SIZING), group.cores)}{whose} on {group.machine.name}"


def _no_memory(snapshot: Snapshot, plan: Plan) -> str:
    each = snapshot.memory(NOW) * strategy.overhead
    machine, group = plan.group.machine, _group_memory(plan)
    if group > 0 and each * plan.after > strategy.memory * group:
        filled = percent(each * plan.after / group)
        return (
            f"{counted(plan.after, 'worker')} would fill {filled} of the {size(group)} that its control group allows."
        )
    limit, available = machine.memory_limit(NOW), machine.memory_available(NOW)
    used = (limit - available + each * _more_here(snapshot, plan)) / limit if limit > 0 else math.nan
    if not used > strategy.memory:
        return ""
    return f"{counted(plan.after, 'worker')} would fill {percent(used)} of the memory of {machine.name}."


def _group_memory(plan: Plan) -> float:
    """Bytes that all processes of its control group may take together; NaN without such a limit."""
    return stats.highest([stats.latest(p.track, "cgroup_memory_limit", p.span(LONG)) for p in plan.group.processes])


def _more_here(snapshot: Snapshot, plan: Plan) -> int:
    """Processes that come on top on its machine: as many in each of the control groups there."""
    return (plan.after - plan.before) * len(control_groups.on(snapshot, plan.group.machine))


def _option(snapshot: Snapshot, ruling: Ruling, plan: Plan) -> Option:
    blocked = ruling.rule == BLOCKED
    groups, hosts = len(control_groups.every(snapshot)), len(snapshot.machines)
    where = f"on {plan.group.machine.name}" if hosts == 1 else "on each host"
    where = where if groups <= hosts else f"in each of {groups} control groups"
    extra = _more_here(snapshot, plan) * snapshot.memory(NOW)
    return strategy.option(
        f"Run {counted(plan.after, 'worker')} {where}",
        why=_why(snapshot, ruling, plan),
        confidence=ruling.reading.confidence * (strategy.isolating if blocked else 1.0),
        cost="no machine" if math.isnan(extra) else f"+{size(extra)} memory per host",
        expected=_expected(snapshot, ruling, plan),
        steps=_steps(snapshot, plan),
        check_first=_check_first(snapshot),
    )


def _expected(snapshot: Snapshot, ruling: Ruling, plan: Plan) -> tuple[Expectation, ...]:
    if ruling.rule == BLOCKED:
        return _confined(snapshot, plan)
    clones = _fleetwide(snapshot, plan)
    shared = of_descriptors(snapshot, clones) if ruling.rule == DESCRIPTORS else ()
    return (*shared, *of_clones(snapshot, clones))


def _fleetwide(snapshot: Snapshot, plan: Plan) -> Clones:
    groups = max(1, len(control_groups.every(snapshot)))
    before = len(snapshot.processes)
    after = before + (plan.after - plan.before) * groups
    each = plan.group.spare(SIZING)
    # What is idle on a machine is there once, however many groups may have it.
    spare = sum(min(each * len(control_groups.on(snapshot, m)), m.spare(SIZING)) for m in snapshot.machines)
    return Clones(before, after, Policy.ROUND_ROBIN, spare)


def _confined(snapshot: Snapshot, plan: Plan) -> tuple[Expectation, ...]:
    """Work is shared out, but a block stays as long as it is."""
    mean = snapshot.loop(NOW) * plan.before / plan.after
    block = _longest_block(snapshot)
    return delay_expectation(block, block * 0.9, block * 1.1), loop_expectation(
        snapshot.loop(NOW), mean * 0.8, mean * 1.2
    )


def _longest_block(snapshot: Snapshot) -> float:
    process = snapshot.most_blocked(WINDOW)
    return 0.0 if process is None else float(process.blocks(process.span(WINDOW)).max(initial=0.0))


def _why(snapshot: Snapshot, ruling: Ruling, plan: Plan) -> str:
    if ruling.rule == BLOCKED:
        return (
            f"A block of {duration(_longest_block(snapshot))} then holds up 1 of {counted(plan.after, 'worker')} "
            "instead of all requests. It confines the block and does not shorten it."
        )
    if ruling.rule == DROPPED:
        return f"With {counted(plan.after, 'worker')} one answers while the other restarts; today nobody does."
    if ruling.rule == DESCRIPTORS:
        return f"{counted(plan.after, 'worker')} share the connections out, and each has a limit of its own."
    return (
        f"{counted(plan.before, 'loop')} at {percent(snapshot.loop(NOW))}, and {_idle(plan.group)} idle: "
        "it uses processors that are already paid for, and needs no new code if the process keeps no state. While one "
        f"starts anew, each of the others would be {_left(snapshot, plan)} busy."
        f"{told(snapshot)}"
    )


def _left(snapshot: Snapshot, plan: Plan) -> str:
    """How busy each loop is with one worker of the service fewer (P8)."""
    busy = percent(min(1.0, snapshot.work(NOW) / (_fleetwide(snapshot, plan).after - 1)))
    return f"at least {busy}" if is_censored(snapshot) else busy


def _check_first(snapshot: Snapshot) -> str:
    sticky = " It has WebSocket connections: they need sticky sessions, and an adapter if rooms span workers."
    return (
        "Check that nothing lives in process memory: sessions, caches, upload state. Check that the database "
        f"accepts one connection pool per worker.{sticky if snapshot.websockets(LONG) else ''}"
    )


def _steps(snapshot: Snapshot, plan: Plan) -> tuple[Step, ...]:
    script = next((p.instance.script for p in snapshot.processes if p.instance.script), "server.js")
    here = min(plan.group.machine.memory_limit(NOW), _group_memory(plan))  # min() keeps its first beside NaN
    memory = pm2.restart_limit(snapshot.memory(NOW), here, plan.after)
    share = percent(snapshot.work(NOW) / len(snapshot.processes) * plan.before / plan.after)
    return (
        *((_STICKY,) if snapshot.websockets(LONG) else ()),
        *pm2.steps(pm2.App(snapshot.name, script, plan.after, memory)),
        *node_cluster.steps(script, plan.after),
        Step(f"Watch this page: the loops should be about {share} busy each."),
    )


_STICKY = Step(
    "Before anything else: Socket.IO begins with HTTP requests that must all reach one worker, else it answers "
    '400 "Session ID unknown". Use @socket.io/sticky with @socket.io/cluster-adapter (node:cluster) or @socket.io/pm2 '
    "in place of pm2, or allow the websocket transport alone. Plain WebSockets need no stickiness, only an adapter "
    "where one client's message goes to clients of another worker."
)
"""What stands before workers where there are open WebSockets."""

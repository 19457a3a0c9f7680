"""Run more workers on the same machine

## When it fits
The event loop computes most of the time and the machine has idle cores. Node.js runs JavaScript on one
core; a cluster runs one copy of the process per core behind one port. At least {spare:.1f} cores must be idle.

## When it does not
No idle core, or already a busy loop for each; not enough memory for the copies; state in the process's own
memory (sessions, caches, WebSocket rooms) that a second copy would not see. It does not shorten a piece of
work that blocks the loop: others on the same worker still wait.

## How
`pm2` in cluster mode for production with many applications and reloads without downtime; the built-in
`node:cluster` module for one application with full control.

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

import json
import math
import shlex
from dataclasses import dataclass

from advisor.diagnosis import Expectation, Limit, Option, Rejection, Ruling, Step, Strategy
from advisor.diagnosis.prediction import (
    LONG,
    NOW,
    SIZING,
    Clones,
    copies_for,
    delay_expectation,
    is_censored,
    loop_expectation,
    of_clones,
)
from advisor.diagnosis.words import cores, counted, duration, number, percent, size
from advisor.features import Snapshot, stats
from advisor.features.machine import Machine
from advisor.features.queueing import Policy
from advisor.vocabulary import Family

strategy = Strategy(
    __name__,
    family=Family.CLONING,
    name="More workers on the same machine",
    effort="under an hour",
    risk="low, and undone by one setting",
    spare=Limit(0.5, "{cpu}", "less than half a core is used up by the copies' own overhead"),
    memory=Limit(0.85, "1", "above this share of memory in use the next peak swaps or kills"),
    overhead=Limit(1.1, "1", "a copy that has just been loaded with requests takes about a tenth more"),
    isolating=Limit(0.7, "1", "what is left of the confidence where copies only confine a block to one worker"),
)

BLOCKED, CROWDED = "event-loop-blocked", "host-cpu-saturated"
WINDOW = 600.0  # seconds in which that rule looks for blocks


@dataclass(frozen=True, slots=True)
class Plan:
    """So many workers on this machine instead of so many now."""

    machine: Machine
    before: int
    after: int


@strategy.consider
def consider(snapshot: Snapshot, ruling: Ruling) -> Option | Rejection:
    """Size by P1 within the idle cores of the fullest machine, or say which number forbids it."""
    machine = snapshot.busiest_machine(SIZING)
    if machine is None:
        return strategy.reject("0 of its hosts report their processors, so idle cores cannot be counted.")
    if ruling.rule == CROWDED:
        return strategy.reject(_crowded(snapshot, machine))
    refusal = _no_room(snapshot, machine)
    if refusal:
        return strategy.reject(refusal)
    plan = _plan(snapshot, machine, ruling)
    if plan.after <= plan.before:
        now = f"{counted(plan.before, 'process')} at {percent(snapshot.loop(NOW))}"
        return strategy.reject(f"{now} already carry the work; another one would not be used.")
    lack = _no_memory(snapshot, plan)
    return strategy.reject(lack) if lack else _option(snapshot, ruling, plan)


def _crowded(snapshot: Snapshot, machine: Machine) -> str:
    """Why C3 forbids more processes here (1.5), whatever the mean says of idle cores."""
    waits = stats.mean([p.gap(NOW) for p in snapshot.on(machine)])
    if waits > 0:
        return f"Its processes on {machine.name} wait for a processor {percent(waits)} of the time; another would too."
    return f"{machine.name} is {percent(machine.cpu(NOW))} busy, and another worker would share what is left."


def _no_room(snapshot: Snapshot, machine: Machine) -> str:
    spare, busy = machine.spare(SIZING), snapshot.busy_loops(machine, NOW)
    if machine.cores < 2:
        return f"{machine.name} has {number(machine.cores)} core: a second worker would share it."
    if busy >= math.floor(machine.cores):
        return f"{machine.name} already runs {counted(busy, 'busy event loop')} on {number(machine.cores)} cores."
    if spare < strategy.spare:
        return f"Only {cores(spare, machine.cores)} on {machine.name} {'is' if machine.cores == 1 else 'are'} idle."
    return ""


def _plan(snapshot: Snapshot, machine: Machine, ruling: Ruling) -> Plan:
    here = snapshot.on(machine)
    work = stats.known_sum([p.loop(NOW) for p in here])
    wanted = len(here) if math.isnan(work) else copies_for(work)
    if is_censored(snapshot):
        wanted = max(wanted, 2 * len(here))  # what is hidden can only be found by a step and another look
    if ruling.rule == BLOCKED:
        wanted = max(wanted, len(here) + 1)  # one more, so that a block holds up half of the requests at most
    busy = snapshot.busy_loops(machine, NOW)
    room = min(math.floor(machine.cores), busy + math.ceil(machine.spare(SIZING))) - busy
    return Plan(machine, len(here), min(wanted, len(here) + room))


def _no_memory(snapshot: Snapshot, plan: Plan) -> str:
    limit, available = plan.machine.memory_limit(NOW), plan.machine.memory_available(NOW)
    extra = (plan.after - plan.before) * snapshot.memory(NOW) * strategy.overhead
    if not limit > 0 or math.isnan(available) or math.isnan(extra):
        return ""
    used = (limit - available + extra) / limit
    if used <= strategy.memory:
        return ""
    return f"{counted(plan.after, 'worker')} would fill {percent(used)} of the memory of {plan.machine.name}."


def _option(snapshot: Snapshot, ruling: Ruling, plan: Plan) -> Option:
    blocked = ruling.rule == BLOCKED
    machine = plan.machine
    where = f"on {machine.name}" if len(snapshot.machines) == 1 else "on each host"
    extra = (plan.after - plan.before) * snapshot.memory(NOW)
    clones = Clones(plan.before, plan.after, Policy.ROUND_ROBIN, machine.spare(SIZING))
    return strategy.option(
        f"Run {counted(plan.after, 'worker')} {where}",
        why=_why_isolating(snapshot, plan) if blocked else _why(snapshot, plan),
        confidence=ruling.reading.confidence * (strategy.isolating if blocked else 1.0),
        cost="no machine" if math.isnan(extra) else f"+{size(extra)} memory per host",
        expected=_confined(snapshot, plan) if blocked else of_clones(snapshot, _fleetwide(snapshot, clones)),
        steps=_steps(snapshot, plan),
        check_first=_check_first(snapshot),
    )


def _fleetwide(snapshot: Snapshot, clones: Clones) -> Clones:
    hosts = max(1, sum(bool(snapshot.on(machine)) for machine in snapshot.machines))
    spare = None if clones.spare is None else clones.spare * hosts
    before = len(snapshot.processes)
    return Clones(before, before + (clones.after - clones.before) * hosts, clones.policy, spare)


def _confined(snapshot: Snapshot, plan: Plan) -> tuple[Expectation, ...]:
    """Work is shared out, but a block stays as long as it is."""
    mean = snapshot.loop(NOW) * plan.before / plan.after
    block = _longest_block(snapshot)
    return delay_expectation(block, block * 0.9, block * 1.1), loop_expectation(
        snapshot.loop(NOW), mean * 0.8, mean * 1.2
    )


def _longest_block(snapshot: Snapshot) -> float:
    process = snapshot.most_blocked(WINDOW)
    return 0.0 if process is None else float(process.blocks(process.span(WINDOW)).max())


def _why(snapshot: Snapshot, plan: Plan) -> str:
    idle = cores(plan.machine.spare(SIZING), plan.machine.cores)
    return (
        f"{counted(plan.before, 'loop')} at {percent(snapshot.loop(NOW))}, and {idle} on {plan.machine.name} idle: "
        "it uses processors that are already paid for, and needs no new code if the process keeps no state."
    )


def _why_isolating(snapshot: Snapshot, plan: Plan) -> str:
    return (
        f"A block of {duration(_longest_block(snapshot))} then holds up 1 of {counted(plan.after, 'worker')} "
        "instead of all requests. "
        "It confines the block and does not shorten it."
    )


def _check_first(snapshot: Snapshot) -> str:
    sockets = any(p.websockets(LONG) > 0 for p in snapshot.processes)
    sticky = " It has WebSocket connections: they need sticky sessions, and an adapter if rooms span workers."
    return (
        "Check that nothing lives in process memory: sessions, caches, upload state. Check that the database "
        f"accepts one connection pool per worker.{sticky if sockets else ''}"
    )


def _steps(snapshot: Snapshot, plan: Plan) -> tuple[Step, ...]:
    name, count = shlex.quote(snapshot.name), plan.after
    script = next((p.instance.script for p in snapshot.processes if p.instance.script), "server.js")
    module = script if script.startswith(("/", "./", "../")) else f"./{script}"
    return (
        Step("Set cluster mode. Check that this script is the one that starts the service today.", "PM2",
             "ecosystem.config.cjs",
             _PM2.format(name=json.dumps(snapshot.name), script=json.dumps(script), count=count)),
        Step(f"Stop the process that runs today, the way it was started (under PM2: pm2 delete {name}), then start "
             "the workers. This is a restart, later releases are not.",
             "PM2", "shell", "pm2 start ecosystem.config.cjs\npm2 save"),
        Step("Release with a reload, which replaces one worker after the other.", "PM2", "shell", f"pm2 reload {name}"),
        Step(f"Start this file instead of {script}, which exports its listening http.Server as `server`.",
             "node:cluster", "cluster.mjs", _CLUSTER.format(count=count, module=json.dumps(module))),
        Step("Watch this page: the loops should be about "
             f"{percent(snapshot.work(NOW) / len(snapshot.processes) * plan.before / count)} busy each."),
    )  # fmt: skip


_PM2 = """module.exports = {{
  apps: [
    {{
      name: {name},
      script: {script},
      exec_mode: "cluster",
      instances: {count},
      kill_timeout: 10000, // ms for open requests to finish
    }},
  ],
}};
"""

_CLUSTER = """import cluster from "node:cluster";
import process from "node:process";

if (cluster.isPrimary) {{
  for (let i = 0; i < {count}; i += 1) cluster.fork();
  cluster.on("exit", (worker) => {{
    if (!worker.exitedAfterDisconnect) cluster.fork(); // it crashed: replace it
  }});
  process.on("SIGTERM", () => cluster.disconnect(() => process.exit(0)));
}} else {{
  const {{ server }} = await import({module});
  process.on("SIGTERM", () => server.close(() => process.exit(0)));
}}
"""

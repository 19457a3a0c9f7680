"""Spread the load over more machines

## When it fits
The machine itself is the limit: no core is idle, or each already has a busy loop. Also for a service whose
requests differ much, if it has {instances:.0f} processes or more: a balancer that picks the one with the fewest
open requests leads light requests around a blocked process.

## When it does not
State on a local disk or in process memory. A shared dependency that is already full: more clients make it
worse. Few processes and a blocked loop: round robin still sends requests into the blocked one.

## How
NGINX (or a cloud load balancer) in front, with `least_conn`, health checks, and connections kept open.
Sessions that must stay on one server need `ip_hash` or, better, a shared store.

## What it costs
Machines, and a balancer to look after.

## How to verify
Utilization per loop falls to the old sum divided by the new number of loops; no server stands out.

## References
- [NGINX: HTTP load balancing](https://docs.nginx.com/nginx/admin-guide/load-balancer/http-load-balancer/)
"""

from __future__ import annotations

import math
import re

from advisor.diagnosis import Limit, Option, Rejection, Ruling, Step, Strategy
from advisor.diagnosis.prediction import (
    AFTER_LOSS,
    GROWTH,
    LONG,
    NOW,
    SIZING,
    TARGET,
    Clones,
    copies_that_survive,
    of_clones,
)
from advisor.diagnosis.words import counted, number, percent
from advisor.features import Snapshot
from advisor.features.machine import Machine
from advisor.features.queueing import Policy
from advisor.vocabulary import Family

strategy = Strategy(
    __name__,
    family=Family.CLONING,
    name="More machines behind a load balancer",
    effort="about a day",
    risk="low: servers join and leave one by one",
    spare=Limit(0.5, "{cpu}", "with more idle than this the machine at hand comes first"),
    instances=Limit(3, "1", "with fewer, the processes that are left cannot take the requests of a blocked one"),
    second=Limit(0.8, "1", "what is left of the confidence while the machine at hand has idle cores"),
)

BLOCKED, SATURATED = "event-loop-blocked", "event-loop-saturated"


@strategy.consider
def consider(snapshot: Snapshot, ruling: Ruling) -> Option | Rejection:
    """Size by both terms of P1, so that the service survives the loss of a machine."""
    machine = snapshot.busiest_machine(SIZING)
    count = len(snapshot.processes)
    if machine is None:
        return strategy.reject("0 of its hosts report their processors, so machines cannot be sized.")
    if ruling.rule == BLOCKED:
        if count < strategy.instances:
            return strategy.reject(
                f"With {counted(count, 'process')} a balancer cannot lead requests around a blocked one; "
                f"it takes {number(strategy.instances)}."
            )
        return _rerouted(snapshot, ruling)
    return _option(snapshot, ruling, machine)


def _machines(snapshot: Snapshot, ruling: Ruling, machine: Machine) -> int:
    hosts = len(snapshot.machines)
    if ruling.rule == SATURATED:
        per_host = max(1, round(len(snapshot.processes) / hosts))
        return max(hosts + 1, math.ceil(copies_that_survive(snapshot.work(NOW)) / per_host))
    busy = sum(m.cpu(SIZING) for m in snapshot.machines if not math.isnan(m.cpu(SIZING)))
    return max(hosts + 1, math.ceil(busy * GROWTH / TARGET), math.ceil(busy * GROWTH / AFTER_LOSS) + 1)


def _option(snapshot: Snapshot, ruling: Ruling, machine: Machine) -> Option:
    hosts, count = len(snapshot.machines), len(snapshot.processes)
    wanted = _machines(snapshot, ruling, machine)
    spare = machine.spare(SIZING)
    idle = ruling.rule == SATURATED and spare >= strategy.spare
    why = f"{machine.name} is {percent(machine.cpu(SIZING))} busy; {wanted} machines also survive the loss of one."
    if idle:
        why = f"It leaves the service as it is, but also {number(spare)} idle cores on {machine.name}. {why}"
    copies = math.ceil(count * wanted / hosts)
    return strategy.option(
        f"Add {counted(wanted - hosts, 'machine')} behind a load balancer",
        why=why,
        confidence=ruling.reading.confidence * (strategy.second if idle else 1.0),
        cost=f"{counted(wanted - hosts, 'machine')} like {machine.name}",
        expected=of_clones(snapshot, Clones(count, copies, Policy.LEAST_CONNECTIONS)),
        steps=_steps(snapshot, wanted),
        check_first=(
            "Check that no state lives on the local disk or in process memory, and that the database accepts "
            f"{copies} connection pools instead of {count}."
        ),
    )


def _rerouted(snapshot: Snapshot, ruling: Ruling) -> Option:
    count = len(snapshot.processes)
    clones = Clones(count, count, Policy.LEAST_CONNECTIONS)
    return strategy.option(
        f"Balance the {count} processes by open connections",
        why=(
            f"With {count} processes, requests can go around the one that is blocked. Round robin would send 1 of "
            f"{count} into it all the same."
        ),
        confidence=ruling.reading.confidence * strategy.second,
        cost="none",
        # The same loops carry the same work: only the requests that waited behind a block gain.
        expected=tuple(e for e in of_clones(snapshot, clones) if e.metric == "p95"),
        steps=_steps(snapshot, len(snapshot.machines)),
        check_first="Check that the processes listen on ports of their own: a balancer cannot see into a cluster.",
    )


def _steps(snapshot: Snapshot, machines: int) -> tuple[Step, ...]:
    known = [machine.name for machine in snapshot.machines]
    names = known + [f"new-{n}" for n in range(1, machines - len(known) + 1)]
    servers = "\n".join(f"  server {name}:3000 max_fails=2 fail_timeout=5s;" for name in names)
    kept = _UPGRADED if any(p.websockets(LONG) > 0 for p in snapshot.processes) else _PLAIN
    upstream = re.sub(r"\W+", "_", snapshot.name)
    return (
        Step("Start the same release on each machine; below, put the machine's address in place of its name and the "
             "service's own port in place of 3000."),
        Step("Send each request to the server with the fewest open connections.", "NGINX",
             f"/etc/nginx/conf.d/{upstream}.conf", _NGINX.format(upstream=upstream, servers=servers, kept=kept)),
        Step("Check and load the configuration.", "NGINX", "shell", "nginx -t && nginx -s reload"),
        Step("Let a server leave without loss: on SIGTERM stop accepting, finish open requests, then exit."),
    )  # fmt: skip


_PLAIN = """    proxy_set_header Connection "";"""
_UPGRADED = """    proxy_set_header Upgrade $http_upgrade;
    proxy_set_header Connection "upgrade";"""
_NGINX = """upstream {upstream} {{
  least_conn;
{servers}
  keepalive 64;
}}

server {{
  listen 80;
  location / {{
    proxy_pass http://{upstream};
    proxy_http_version 1.1;
{kept}
    proxy_set_header Host $host;
    proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
    proxy_next_upstream error timeout;
  }}
}}
"""

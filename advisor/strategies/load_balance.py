"""Spread the load over more machines

## When it fits
The machine itself is the limit: no core is idle, or each already has a busy loop. Also for a service whose
requests differ much, if it has {instances:.0f} processes or more: a balancer that picks the one with the fewest
open requests leads light requests around a blocked process. Also for memory of which {moved:.0%} or more follow the
load, or that several processes of one machine fill: some of them may go elsewhere.

## When it does not
State on a local disk or in process memory. In containers it comes last: what runs them adds copies, and machines for
them. A shared dependency that is already full: more clients make it worse, and so do more connections than a database
accepts. Leaks, what fills memory or a heap at rest, uneven load: more copies have them as well. Few processes and a
blocked loop: round robin still sends requests into the blocked one.

## How
NGINX, an Application Load Balancer with an Auto Scaling group, or Google Cloud's with a managed instance group.
Round robin where requests cost about the same; least connections where they differ (from a squared variation of
{even:.1f} on). A cookie where clients must come back to the same server; by address (`ip_hash`) only if clients have
addresses of their own: behind one proxy all of them are one. Better still is a shared store for sessions. Machines
for full loops are sized by the work of now and a tenth more, or by that of the busiest hours of the last 7 days; those
for memory so that with as much load {relaxed:.0%} of it are in use. A group follows requests, up to the machines whose
connections a database accepts; it keeps its size where requests do not show the load (WebSockets) or are not known.

## What it costs
Machines, and a balancer to look after.

## How to verify
Utilization per loop falls to the old sum over the new number, memory below {relaxed:.0%}; no server stands out.

## References
- [NGINX: HTTP load balancing](https://docs.nginx.com/nginx/admin-guide/load-balancer/http-load-balancer/)
- [AWS: routing algorithms of target groups](https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html)
- [Google Cloud: backend services](https://cloud.google.com/load-balancing/docs/backend-service)
"""

from __future__ import annotations

import math

from advisor.diagnosis import Limit, Option, Rejection, Ruling, Step, Strategy, addresses, machine_groups, memory_room
from advisor.diagnosis.addresses import FIRST
from advisor.diagnosis.peak import growth, told
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
from advisor.diagnosis.recipes import nginx, shutdown
from advisor.diagnosis.recipes.nginx import Choice, Site
from advisor.diagnosis.sharing import copies_by_descriptors, of_descriptors
from advisor.diagnosis.sizes import RELAXED
from advisor.diagnosis.vetoes import MOVED, clone_veto, connections_veto
from advisor.diagnosis.words import counted, number, percent
from advisor.features import Snapshot, control_groups, stats
from advisor.features.dispersion import dispersion
from advisor.features.machine import Machine
from advisor.features.queueing import Policy
from advisor.vocabulary import Family

strategy = Strategy(
    __name__,
    family=Family.CLONING,
    adds_copies=True,
    name="More machines behind a load balancer",
    effort="about a day",
    risk="low: servers join and leave one by one",
    spare=Limit(0.5, "{cpu}", "with more idle than this the machine at hand comes first"),
    instances=Limit(3, "1", "with fewer, the processes that are left cannot take the requests of a blocked one"),
    even=Limit(0.5, "1", "squared variation of durations up to which taking turns shares work out evenly (E1, P3)"),
    surge=Limit(2.0, "1", "machines are bounded at twice what is needed now: beyond it nobody has seen them (P2)"),
    moved=Limit(MOVED, "1", "of memory in use: if less of it follows the load machines change little", fixed=True),
    relaxed=Limit(RELAXED, "1", "memory pressure is over below it (C4)", fixed=True),
    contained=Limit(0.49, "1", "what is left in containers: copies that follow the load come first there (C1)"),
    second=Limit(0.8, "1", "what is left of the confidence while the machine at hand has idle cores"),
)

BLOCKED = "event-loop-blocked"
FULL_LOOPS = ("event-loop-saturated", "gc-pressure")
DESCRIPTORS, MEMORY = "descriptor-exhaustion", "memory-pressure"


@strategy.consider
def consider(snapshot: Snapshot, ruling: Ruling) -> Option | Rejection:
    """Size by both terms of P1, so that the service survives the loss of a machine."""
    count = len(snapshot.processes)
    if ruling.rule == BLOCKED:
        return _rerouted(snapshot, ruling)
    futile = clone_veto(snapshot, ruling)
    if futile:
        return strategy.reject(futile)
    if ruling.rule == MEMORY:
        return _relieved(snapshot, ruling)
    machine = snapshot.busiest_machine(SIZING)
    if machine is None:
        return strategy.reject("0 of its hosts report their processors, so machines cannot be sized.")
    wanted = _machines(snapshot, ruling)
    full = connections_veto(snapshot, math.ceil(count * wanted / control_groups.hosts(snapshot)))
    return strategy.reject(full) if full else _option(snapshot, ruling, machine, wanted)


def _machines(snapshot: Snapshot, ruling: Ruling) -> int:
    hosts, count = control_groups.hosts(snapshot), len(snapshot.processes)
    per_host = max(1, round(count / hosts))
    if ruling.rule in FULL_LOOPS:
        return max(hosts + 1, math.ceil(copies_that_survive(snapshot.work(NOW), growth(snapshot)) / per_host))
    if ruling.rule == DESCRIPTORS:
        return max(hosts + 1, math.ceil(copies_by_descriptors(snapshot, count) / per_host))
    serving = [m for m in snapshot.machines if snapshot.on(m)] or snapshot.machines
    busy = stats.mean([m.cpu(SIZING) for m in serving]) * hosts
    return max(hosts + 1, math.ceil(busy * GROWTH / TARGET), math.ceil(busy * GROWTH / AFTER_LOSS) + 1)


def _choice(snapshot: Snapshot) -> tuple[Choice, str]:
    """Who gets a request, and why: by what requests cost, unless clients hold connections open."""
    sockets = snapshot.websockets(LONG)
    if sockets:
        return Choice.COOKIE, (
            f"It has {number(sockets)} WebSockets, whose clients must come back to one server: a cookie leads them."
        )
    latency = snapshot.latency(LONG)
    spread = dispersion(latency)
    if latency.count and spread <= strategy.even:
        return Choice.ROUND_ROBIN, (
            f"Its requests cost about the same (squared variation {number(spread)}), so taking turns is even."
        )
    if latency.count:
        return Choice.LEAST_CONNECTIONS, (
            f"Its requests differ (squared variation {number(spread)}), so the server with the fewest open is next."
        )
    return Choice.LEAST_CONNECTIONS, "What requests cost is not known, and the fewest open ones are safe either way."


def _option(snapshot: Snapshot, ruling: Ruling, machine: Machine, wanted: int) -> Option:
    hosts, count = control_groups.hosts(snapshot), len(snapshot.processes)
    group = control_groups.tightest(snapshot, SIZING)
    spare = group.spare(SIZING) if group else math.nan
    idle = ruling.rule in FULL_LOOPS and spare >= strategy.spare
    choice, reason = _choice(snapshot)
    full = f"{machine.name} is {percent(machine.cpu(SIZING))} busy"
    if group and group.is_bound and ruling.rule in FULL_LOOPS:
        size, name = f"{number(group.quota)} {'core' if group.quota == 1 else 'cores'}", group.machine.name
        full = f"The quota of {size} on {name} is {percent(group.used(SIZING) / group.quota)} used"
    why = f"{full}; {wanted} machines also survive the loss of one."
    if idle and group:
        why = f"It leaves the service as it is, but also {number(spare)} idle cores on {group.machine.name}. {why}"
    busiest = told(snapshot) if ruling.rule in FULL_LOOPS else ""
    copies = math.ceil(count * wanted / hosts)
    policy = Policy.ROUND_ROBIN if choice is Choice.ROUND_ROBIN else Policy.LEAST_CONNECTIONS
    clones = Clones(count, copies, Policy.RANDOM if choice is Choice.COOKIE else policy)
    return strategy.option(
        f"Add {counted(wanted - hosts, 'machine')} behind a load balancer",
        why=f"{why} {reason}{busiest}",
        confidence=_sure(snapshot, ruling) * (strategy.second if idle else 1.0),
        cost=f"{counted(wanted - hosts, 'machine')} like {machine.name}",
        expected=of_descriptors(snapshot, clones) if ruling.rule == DESCRIPTORS else of_clones(snapshot, clones),
        steps=_built(snapshot, wanted, choice, reason, machine_groups.by_loops(snapshot)),
        check_first=_check_first(count, copies),
    )


def _relieved(snapshot: Snapshot, ruling: Ruling) -> Option | Rejection:
    """Sized by what of the memory goes where the load goes, or where processes go."""
    relief = memory_room.over_machines(snapshot, ruling)
    if isinstance(relief, str):
        return strategy.reject(relief)
    count, wanted, (choice, reason) = len(snapshot.processes), relief.machines, _choice(snapshot)
    return strategy.option(
        relief.title,
        why=f"{relief.why} {reason}",
        confidence=_sure(snapshot, ruling),
        cost=f"{counted(wanted - control_groups.hosts(snapshot), 'machine')} like {snapshot.machines[0].name}",
        expected=(relief.expected,),
        steps=_built(snapshot, wanted, choice, reason, relief.rate),
        check_first=_check_first(count, relief.copies),
        adds_copies=relief.copies > count,
    )


def _sure(snapshot: Snapshot, ruling: Ruling) -> float:
    return ruling.reading.confidence * (strategy.contained if snapshot.is_contained else 1.0)


def _check_first(count: int, copies: int) -> str:
    pools = f" Check that the database accepts {copies} connection pools instead of {count}." if copies > count else ""
    return (
        "Check first that no session, cache or upload lives in process memory or on the local disk: move sessions to a "
        f"shared store, or keep clients in place by a cookie.{pools}"
    )


def _rerouted(snapshot: Snapshot, ruling: Ruling) -> Option | Rejection:
    count, servers = len(snapshot.processes), addresses.of_servers(snapshot)
    if len(servers) < strategy.instances:
        shared = f", workers behind {counted(len(servers), 'shared port')}," if len(servers) < count else ""
        return strategy.reject(
            f"With {counted(count, 'process')}{shared} a balancer cannot lead requests around a blocked one; "
            f"it takes {number(strategy.instances)}."
        )
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
        steps=_steps(snapshot, servers, Choice.LEAST_CONNECTIONS, "A blocked server keeps its open requests."),
        check_first="Check that the processes listen on ports of their own: a balancer cannot see into a cluster.",
        adds_copies=False,
    )


def _built(snapshot: Snapshot, machines: int, choice: Choice, reason: str, rate: float) -> tuple[Step, ...]:
    here = {process.instance.host_id for process in snapshot.processes}
    known = [host.name for host in snapshot.window.hosts if host.id in here]
    servers = tuple(f"{name}:{FIRST}" for name in addresses.with_new(known, machines))
    groups = machine_groups.steps(snapshot, machines, math.ceil(machines * strategy.surge), choice, rate, FIRST)
    return (*_steps(snapshot, servers, choice, reason), *groups)


def _steps(snapshot: Snapshot, servers: tuple[str, ...], choice: Choice, reason: str) -> tuple[Step, ...]:
    site = Site(snapshot.name, servers, choice, snapshot.websockets(LONG) > 0)
    return (
        Step("Start the same release on each machine; below, put the machine's address in place of its name and the "
             f"service's own ports in place of {FIRST} and those after it."),
        *nginx.steps(site, f"Send requests to the servers by {choice}. {reason}"),
        Step(_OTHERS, nginx.PLATFORM),
        Step("To end TLS at NGINX, add `listen 443 ssl` with ssl_certificate and ssl_certificate_key. Open source "
             "NGINX checks health passively: it leaves a server out after requests to it failed.", nginx.PLATFORM),
        *shutdown.steps("server.js", nginx.PLATFORM),
    )  # fmt: skip


_OTHERS = (
    "The other ways, in place of that line: none is round robin, for requests that cost about the same; "
    "`least_conn;` is for requests that differ; `ip_hash;` keeps a client by its address, for sessions in process "
    "memory, and only where the busiest address makes less than one part of as many as there are servers: a proxy or "
    "an office is one address."
)

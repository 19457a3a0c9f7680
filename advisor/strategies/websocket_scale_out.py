"""Spread WebSockets over more processes

## When it fits
A process holds nearly as many open WebSockets as it can carry, or they and hardly a request fill its loop. Sockets are
bound to their process, so that more of them need more processes, and three things with them: clients that reach the
same process again, messages that reach the clients of all, and clients that do not return all at once.

## When it does not
Idle sockets that fill nothing. A leak of what they run out of first: each process leaks as well. More processes on a
machine whose memory the sockets fill: they would share it. Round robin without stickiness: Socket.IO's first requests
then reach different processes, and fail. An autoscaler that follows the processor: it sees none of the sockets that are
open, and when it takes a process away, all of its clients return at once.

## How
Socket.IO: the Redis adapter and a balancer that is sticky by cookie, or @socket.io/cluster-adapter and
@socket.io/sticky on one machine. Plain WebSockets need no stickiness, but channels of their own between processes.
Scale on open sockets per process.

## What it costs
Processes, and a Redis or Valkey that every broadcast passes through. Open sockets stay where they are: new processes
take up new clients only, until old ones reconnect.

## How to verify
Open sockets per process fall to the old sum divided by the new number, within 10%, after clients have reconnected.

## References
- [Socket.IO: using multiple nodes](https://socket.io/docs/v4/using-multiple-nodes/)
- [Socket.IO: Redis adapter](https://socket.io/docs/v4/redis-adapter/)
- [Socket.IO: cluster adapter](https://socket.io/docs/v4/cluster-adapter/)
"""

from __future__ import annotations

import math

from advisor.diagnosis import Expectation, Limit, Option, Rejection, Ruling, Step, Strategy, addresses, socket_room
from advisor.diagnosis.prediction import GROWTH, NOW, SIZING, loop_expectation
from advisor.diagnosis.recipes import kubernetes, nginx, socketio, websockets
from advisor.diagnosis.recipes.container import Signals, Workload
from advisor.diagnosis.recipes.nginx import Choice, Site
from advisor.diagnosis.socket_room import RULE, carried
from advisor.diagnosis.vetoes import connections_veto, deciding, most_copies
from advisor.diagnosis.words import counted, number, percent
from advisor.features import Snapshot, control_groups
from advisor.features.socket_capacity import Resource, all_open, open_sockets
from advisor.vocabulary import Family

strategy = Strategy(
    __name__,
    family=Family.CLONING,
    adds_copies=True,
    name="WebSockets over more processes",
    effort="a day or two",
    risk="medium: state of a connection that lives in its process must move out",
    target=Limit(0.75, "1", "of what a process carries, which is 60% of its loop: room for growth (decision model P1)"),
    least=Limit(100, "{connection}", "with fewer each, sockets are not what fills a process"),
    surge=Limit(2.0, "1", "copies are bounded at twice what is needed now: beyond it nobody has seen how they behave"),
)

FULL_LOOP = "event-loop-saturated"


@strategy.consider
def consider(snapshot: Snapshot, ruling: Ruling) -> Option | Rejection:
    """Size by sockets, not by processor time."""
    sockets = all_open(snapshot)
    capacity = _capacity(snapshot, ruling)
    if sockets < strategy.least or not capacity > 0:
        return strategy.reject(
            f"{number(sockets)} open WebSockets are not what runs out here ({deciding(snapshot, ruling)})."
        )
    before, after = len(snapshot.processes), _processes(sockets, capacity, len(snapshot.processes))
    full = connections_veto(snapshot, after)
    return strategy.reject(full) if full else _option(snapshot, ruling, capacity, (before, after))


def _capacity(snapshot: Snapshot, ruling: Ruling) -> float:
    """The WebSockets that a process carries; NaN where they are not what is short, or nobody knows."""
    if ruling.rule == FULL_LOOP:
        return socket_room.of_full_loops(snapshot)
    return next(iter(carried(ruling).values()), math.nan) if ruling.rule == RULE else math.nan


def _processes(sockets: float, capacity: float, before: int) -> int:
    """Both terms of P1: 60% each, and 80% with one lost."""
    wanted = sockets * GROWTH
    return max(before + 1, math.ceil(wanted / (strategy.target * capacity)), math.ceil(wanted / capacity) + 1)


def _option(snapshot: Snapshot, ruling: Ruling, capacity: float, counts: tuple[int, int]) -> Option:
    before, after = counts
    sockets = all_open(snapshot)
    fits = after <= _room(snapshot, before) and _fits_memory(ruling, sockets, before)
    where = " on this machine" if fits else ""
    return strategy.option(
        f"Spread {number(sockets)} WebSockets over {counted(after, 'process')}{where}",
        why=(
            f"One process carries {number(capacity)}; {after} hold {number(sockets / after)} each, and stay below "
            f"{percent(strategy.target)} of that with a tenth more clients."
        ),
        confidence=ruling.reading.confidence,
        cost=f"{counted(after - before, 'process')}{'' if fits else ' on other machines'}, and a Redis or Valkey",
        expected=_expected(snapshot, sockets, after),
        steps=_steps(snapshot, capacity, sockets, after, fits),
        check_first=(
            "Check what a connection keeps in process memory (rooms, presence, counters): it must live in a store that "
            f"all {after} share. Round robin without stickiness breaks Socket.IO, and an autoscaler on the processor "
            "does not see open sockets: use neither."
        ),
    )


def _room(snapshot: Snapshot, before: int) -> int:
    """Processes that the one machine, or its quota, has cores for; 0 where there are several, or none that tells."""
    group = control_groups.tightest(snapshot, SIZING)
    if group is None or max(len(snapshot.machines), len(control_groups.every(snapshot))) > 1:
        return 0
    return min(math.floor(group.cores), before + math.floor(group.spare(SIZING)))


def _fits_memory(ruling: Ruling, sockets: float, before: int) -> bool:
    """True if the machine's memory, which its copies share, holds a tenth more sockets (C4), or nobody knows."""
    return sockets * GROWTH <= strategy.target * before * carried(ruling).get(Resource.MEMORY, math.inf)


def _expected(snapshot: Snapshot, sockets: float, after: int) -> tuple[Expectation, ...]:
    now, mean = max(open_sockets(process) for process in snapshot.processes), sockets / after
    loop, work = snapshot.loop(NOW), snapshot.work(NOW) / after
    held = Expectation("websockets", "WebSockets of each process", "{connection}", now, mean * 0.9, mean * 1.1)
    # What requests beside the sockets take is shared out as well: work is conserved to 10% (P1), and an adapter adds
    # the messages of the others.
    return (held,) if math.isnan(work) else (held, loop_expectation(loop, work * 0.9, work * 1.25))


def _steps(snapshot: Snapshot, capacity: float, sockets: float, after: int, fits: bool) -> tuple[Step, ...]:
    each = sockets / after
    names = _names(snapshot, after, fits)
    servers = tuple(f"{names[n % len(names)]}:{addresses.FIRST + n // len(names)}" for n in range(after))
    site = Site(snapshot.name, servers, Choice.COOKIE, websockets=True)
    sticky = (
        "Lead a client to the same process by a cookie; clients without one spread over all. (ip_hash does as well "
        "where clients have addresses of their own.) Put real addresses in place of these names."
    )
    return (
        *(socketio.over_workers(after, each) if fits else ()),
        *socketio.over_machines(each),
        *websockets.steps(each),
        *nginx.steps(site, sticky),
        nginx.KEPT_LONGER,
        *_scaling(snapshot, capacity, after),
        Step(f"Watch this page: about {number(each)} sockets on each process, once clients have reconnected."),
    )


def _names(snapshot: Snapshot, after: int, fits: bool) -> list[str]:
    """Its machines, and beside them new ones for the processes without room there, as many on each as today."""
    known = [machine.name for machine in snapshot.machines] or ["host-1"]
    each = max(1, round(len(snapshot.processes) / len(known)))
    return known if fits else addresses.with_new(known, math.ceil(after / each))


def _scaling(snapshot: Snapshot, capacity: float, after: int) -> tuple[Step, ...]:
    most = most_copies(snapshot, after, math.ceil(after * strategy.surge))
    workload = Workload(snapshot.name, "server.js", after, most, snapshot.memory(NOW))
    signals = Signals(on_cpu=False, sockets=strategy.target * capacity)
    return (
        *kubernetes.adapter(signals),
        Step(f"In containers: one process each, and an autoscaler that follows open sockets "
             f"({number(strategy.target * capacity)} a pod) and the event loop, never the processor.",
             kubernetes.PLATFORM, "hpa.yaml", kubernetes.autoscaler(workload, signals)),
    )  # fmt: skip

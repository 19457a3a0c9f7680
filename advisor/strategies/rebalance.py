"""Share the load out evenly

## When it fits
One process is hotter than its equals, and there is room on the others. The cure follows from what sets it apart: more
requests call for another way to share them out; the same requests at a higher price call for taking it out.

## When it does not
All processes are hot: then the others cannot take anything over, and capacity is short. Where one customer or one
route makes the requests of one process dear, sharing out by connections moves them about and makes none cheaper.

## How
Behind NGINX: `least_conn`, and a bound on how long a connection is kept, so that clients find new servers. Sessions
stay by a cookie instead of by address, which puts everybody behind one proxy on one server. Between workers of a
cluster: round robin (`SCHED_RR`). A sick process drains and is replaced.

## What it costs
A change of configuration. Clients that held on to a server connect once more.

## How to verify
The hottest loop falls to the mean of all, within 10%; 95% of its requests are answered as fast as those of the others.

## References
- [NGINX: HTTP load balancing](https://docs.nginx.com/nginx/admin-guide/load-balancer/http-load-balancer/)
- [Node.js: cluster.schedulingPolicy](https://nodejs.org/api/cluster.html#clusterschedulingpolicy)
- [Google: Prequal](https://research.google/pubs/load-is-not-what-you-should-balance-introducing-prequal/)
"""

from __future__ import annotations

import math

from advisor.diagnosis import Expectation, Limit, Option, Rejection, Ruling, Step, Strategy
from advisor.diagnosis.prediction import LONG, evened, loop_expectation
from advisor.diagnosis.recipes import nginx
from advisor.diagnosis.recipes.nginx import Choice, Site
from advisor.diagnosis.words import counted, number, percent
from advisor.features import Snapshot, balance, stats
from advisor.features.balance import Apart, Balance
from advisor.features.process import Process
from advisor.features.queueing import Policy, Queue, inferred_spread
from advisor.vocabulary import Family

strategy = Strategy(
    __name__,
    family=Family.CLONING,
    name="The load shared out evenly",
    effort="an hour",
    risk="low: clients connect once more",
    room=Limit(0.80, "1", "above this mean every loop is full, and sharing out moves the trouble about"),
    relaxed=Limit(1.15, "1", "times the mean: from here on a process stands out (rule uneven-load)"),
    span=Limit(600.0, "s", "the ten minutes over which the rule looks"),
)


@strategy.consider
def consider(snapshot: Snapshot, ruling: Ruling) -> Option | Rejection:
    """Choose the cure by what sets the hot process apart."""
    found = balance.of(snapshot, strategy.span, strategy.relaxed)
    if found is None:
        return strategy.reject(f"{counted(len(snapshot.processes), 'process')}: there is no other to share with.")
    if found.ratio < strategy.relaxed:
        return strategy.reject(f"The hottest loop is only {number(found.ratio)} times as busy as the mean.")
    if found.mean >= strategy.room:
        return strategy.reject(f"All loops together are {percent(found.mean)} busy: the others have no room for more.")
    if found.apart is Apart.DEARER:
        return strategy.reject(
            f"A request costs {found.hot.name} {number(found.price)} times as much, for it serves other routes: moved "
            "about, they stay as dear."
        )
    if found.apart is Apart.SICK:
        return _replaced(snapshot, ruling, found)
    return _shared_out(snapshot, ruling, found)


def _shared_out(snapshot: Snapshot, ruling: Ruling, found: Balance) -> Option:
    clustered = _clustered(found)
    more = "all" if math.isinf(found.rate) else f"{number(found.rate)} times as many"
    return strategy.option(
        f"Share the requests of {counted(len(found.others) + 1, 'process')} out evenly",
        why=(
            f"{found.hot.name} gets {more} requests and is {percent(found.busy)} busy; with the same requests for all "
            f"it would be {percent(found.mean)}."
        ),
        confidence=ruling.reading.confidence,
        cost="no machine",
        expected=_expected(snapshot, found),
        steps=(*(_between_workers() if clustered else ()), *_behind_nginx(snapshot), *_last(snapshot)),
        check_first=_check_first(snapshot),
    )


def _replaced(snapshot: Snapshot, ruling: Ruling, found: Balance) -> Option:
    hot = found.hot
    cost = "answers nothing" if math.isinf(found.price) else f"takes {number(found.price)} times as long for a request"
    waits = f" and waits {percent(found.waiting)} more of its time" if found.waiting > 0.01 else ""
    left = found.mean * (len(found.others) + 1) / len(found.others)
    return strategy.option(
        f"Take {hot.name} out and replace it",
        why=(
            f"It {cost}{waits}, at the same mix of requests as the others: no way to share them out makes it well. "
            f"The {counted(len(found.others), 'other')} carry its share at {percent(min(1.0, left))} at most meanwhile."
        ),
        confidence=ruling.reading.confidence,
        cost="none; one process less while it starts anew",
        expected=_expected(snapshot, found),
        steps=(*_look_first(snapshot, hot), *_drained(snapshot, hot), *_watch(found)),
        check_first=(
            f"Before it goes, look at it: {hot.name} on {_place(snapshot, hot)} may wait for a disk, a throttled quota "
            "or a neighbour, and then its successor on the same machine falls ill as well."
        ),
    )


def _expected(snapshot: Snapshot, found: Balance) -> tuple[Expectation, ...]:
    """The hot loop falls to the mean (P1); its slow requests to what an even share makes of them (P3)."""
    mean = _cool_mean(found) if found.apart is Apart.SICK else _even_mean(snapshot, found)
    loop = loop_expectation(found.busy, mean * 0.9, mean * 1.1)
    p95 = _p95(snapshot, found)
    return (loop,) if p95 is None else (loop, p95)


def _cool_mean(found: Balance) -> float:
    """What its successor does: as much as the others, if their work is shared out among all."""
    return stats.mean([process.loop(strategy.span) for process in found.others])


def _even_mean(snapshot: Snapshot, found: Balance) -> float:
    """What each does with an even share; on one machine they then also want its processors more often at one time."""
    loops = [found.busy, *(process.loop(strategy.span) for process in found.others)]
    return evened(snapshot, loops, len(loops)) if len(snapshot.machines) == 1 else found.mean


def _p95(snapshot: Snapshot, found: Balance) -> Expectation | None:
    now, copies = snapshot.p95(LONG), len(found.others) + 1
    rates = [process.requests(LONG) for process in found.others]
    rate, work = stats.known_sum(rates), stats.known_sum([process.loop(LONG) for process in found.others])
    if math.isnan(now) or not (rate > 0 and work > 0):
        return None
    service, others = work / rate, stats.mean([_quantile(process) for process in found.others])
    spread = inferred_spread(rate, service, copies - 1, others, 0.0)
    even = Queue(snapshot.rps(LONG), service, spread, copies, Policy.LEAST_CONNECTIONS).response(0.95)
    guesses = [guess for guess in (even, others) if math.isfinite(guess)]
    low, high = min(guesses) / 1.25, min(now, max(guesses) * 1.25)
    return Expectation("p95", "95% of requests within", "s", now, min(low, high), high)


def _quantile(process: Process) -> float:
    return process.latency(LONG).quantile(0.95)


def _clustered(found: Balance) -> bool:
    return all(process.instance.role == "worker" for process in (found.hot, *found.others))


def _between_workers() -> tuple[Step, ...]:
    return (
        Step("Let the primary hand each connection to the next worker. Round robin is the default except on Windows: "
             "look for NODE_CLUSTER_SCHED_POLICY=none, or for a server that listens with `exclusive: true`.",
             "node:cluster", "primary.mjs", _ROUND_ROBIN),
        Step("A kept connection stays with its worker however many requests it carries: bound its age.",
             "node:cluster", "server.mjs", _AGE),
    )  # fmt: skip


def _behind_nginx(snapshot: Snapshot) -> tuple[Step, ...]:
    site = _site(snapshot)
    purpose = (
        "Send each request to the server with the fewest open connections. Put each process's own address in place of "
        "these names: behind a cluster's shared port a balancer sees one server."
    )
    sticky = Site(site.name, site.servers, Choice.COOKIE, site.websockets)
    return (
        *nginx.steps(site, purpose),
        nginx.KEPT_LONGER,
        Step("Only where sessions must stay on one server, this instead: a cookie tells clients apart also where many "
             "share an address (a proxy, an office), which ip_hash puts on one server.",
             nginx.PLATFORM, f"/etc/nginx/conf.d/{site.label}.conf", nginx.configuration(sticky)),
    )  # fmt: skip


def _last(snapshot: Snapshot) -> tuple[Step, ...]:
    found = stats.mean([process.loop(strategy.span) for process in snapshot.processes])
    return (Step(f"Watch this page: each loop should be about {percent(found)} busy within ten minutes."),)


def _look_first(snapshot: Snapshot, hot: Process) -> tuple[Step, ...]:
    pid = hot.instance.pid
    return (
        Step(f"Keep what tells why, on {_place(snapshot, hot)}: its threads and what they wait for.", "", "shell",
             f"top -H -b -n 1 -p {pid} | head -20\nhead -1 /proc/{pid}/status /proc/{pid}/wchan"),
    )  # fmt: skip


def _drained(snapshot: Snapshot, hot: Process) -> tuple[Step, ...]:
    names = _servers(snapshot)
    place = next((n for n, p in enumerate(snapshot.processes) if p is hot), 0)
    site = Site(snapshot.name, names, Choice.LEAST_CONNECTIONS, snapshot.websockets(LONG) > 0, draining=(names[place],))
    return (
        *nginx.steps(site, f"Drain it: `down` keeps new requests away from {names[place]} and lets open ones finish."),
        Step("Then end it; its supervisor starts a new one. If it does not end within 30 seconds it is stuck, and only "
             "SIGKILL helps.", "", "shell", f"kill -TERM {hot.instance.pid}"),
    )  # fmt: skip


def _watch(found: Balance) -> tuple[Step, ...]:
    return (
        Step("Let it serve again without `down`, and watch this page: its loop should be about "
             f"{percent(_cool_mean(found))} busy, like those of the others."),
    )  # fmt: skip


def _site(snapshot: Snapshot) -> Site:
    return Site(snapshot.name, _servers(snapshot), Choice.LEAST_CONNECTIONS, snapshot.websockets(LONG) > 0)


def _servers(snapshot: Snapshot) -> tuple[str, ...]:
    """A name and a port for each process: 3000 and up on each machine."""
    found, taken = [], dict[int | None, int]()
    for process in snapshot.processes:
        host = process.instance.host_id
        taken[host] = taken.get(host, 2999) + 1
        found.append(f"{_place(snapshot, process)}:{taken[host]}")
    return tuple(found)


def _place(snapshot: Snapshot, process: Process) -> str:
    machine = snapshot.machine_of(process)
    return machine.name if machine else "host"


def _check_first(snapshot: Snapshot) -> str:
    sockets = snapshot.websockets(LONG)
    held = f" {number(sockets)} WebSockets stay where they are until they reconnect." if sockets else ""
    return f"Check whether sessions live in process memory: then clients need the cookie, or a shared store.{held}"


_ROUND_ROBIN = """import cluster from "node:cluster";

cluster.schedulingPolicy = cluster.SCHED_RR; // before the first fork
"""

_AGE = """export function boundAge(server) {
  server.maxRequestsPerSocket = 100; // then the client connects anew, and may reach another worker
  return server;
}
"""

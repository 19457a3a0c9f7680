"""Share the load out evenly

## When it fits
One process is hotter than its equals, and there is room on the others. The cure follows from what sets it apart: more
requests call for another way to share them out; the same requests at a higher price call for taking it out. Where they
take at least {slower:g} times the CPU time in every process of one machine, the machine is slower and gets fewer.

## When it does not
All processes are hot: then the others cannot take anything over, and capacity is short. Where one customer or one
route makes the requests of one process dear, sharing out by connections moves them about and makes none cheaper.
Where one process has more messages but not more WebSockets, sharing out WebSockets moves none of them.

## How
Behind NGINX: `least_conn`, and a bound on how long a connection is kept, so that clients find new servers. Sessions
stay by a cookie instead of by address, which puts everybody behind one proxy on one server. Between workers of a
cluster: round robin (`SCHED_RR`). A sick process drains and is replaced. Unequal machines get a `weight` each, in
proportion to the requests that one of their loops can carry. WebSockets: each new client goes where the fewest are,
stickiness goes by a key of the client's own, and some open ones close bit by bit, as they never move by themselves.

## What it costs
A change of configuration. Clients that held on to a server connect once more.

## How to verify
The hottest loop falls to the mean of all, within 10%; 95% of its requests are answered as fast as those of the others.
With weights all loops are equally busy, and requests still take longer on the slower machine.

## References
- [NGINX: HTTP load balancing](https://docs.nginx.com/nginx/admin-guide/load-balancer/http-load-balancer/)
- [Node.js: cluster.schedulingPolicy](https://nodejs.org/api/cluster.html#clusterschedulingpolicy)
- [Google: Prequal](https://research.google/pubs/load-is-not-what-you-should-balance-introducing-prequal/)
"""

from __future__ import annotations

import math
from dataclasses import replace

from advisor.diagnosis import Limit, Option, Rejection, Ruling, Step, Strategy, addresses, uneven_sockets
from advisor.diagnosis.addresses import place
from advisor.diagnosis.evening import cool_mean, even_mean, expected
from advisor.diagnosis.prediction import LONG, loop_expectation
from advisor.diagnosis.recipes import even_sockets, nginx, node_cluster, taking_out
from advisor.diagnosis.recipes.nginx import Choice, Site
from advisor.diagnosis.words import counted, number, percent
from advisor.features import Snapshot, balance, machine_speed, stats
from advisor.features.balance import Apart, Balance
from advisor.features.pieces import Piece
from advisor.features.process import Process
from advisor.vocabulary import Family, Role

strategy = Strategy(
    __name__,
    family=Family.CLONING,
    name="The load shared out evenly",
    effort="an hour",
    risk="low: clients connect once more",
    room=Limit(0.80, "1", "above this mean every loop is full, and sharing out moves the trouble about"),
    relaxed=Limit(1.15, "1", "times the mean: from here on a process stands out (rule uneven-load)"),
    slower=Limit(machine_speed.SLOWER, "1", "judgement: machines of one kind differ by less", fixed=True),
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
            f"A {found.piece} costs {found.hot.name} {number(found.price)} times as much, for {_DEARER[found.piece]}."
        )
    if found.apart is Apart.SICK:
        return _replaced(snapshot, ruling, found)
    if found.apart is Apart.SLOWER:
        return _weighted(snapshot, ruling, found)
    return (_sockets_shared_out if found.piece is Piece.MESSAGE else _shared_out)(snapshot, ruling, found)


_DEARER = {
    Piece.REQUEST: "it serves other routes: moved about, they stay as dear",
    Piece.MESSAGE: "reasons that nobody tells: moved about, they may stay as dear",
    Piece.CONNECTION: "reasons that nobody tells: moved about, they may stay as dear",
}


def _shared_out(snapshot: Snapshot, ruling: Ruling, found: Balance) -> Option:
    clustered = _clustered(found)
    return strategy.option(
        f"Share the requests of {counted(len(found.others) + 1, 'process')} out evenly",
        why=_why(found),
        confidence=ruling.reading.confidence,
        cost="no machine",
        expected=expected(snapshot, found, strategy.span),
        steps=(
            *(node_cluster.in_turn() if clustered else ()),
            *_behind_nginx(_site(snapshot), "Send each request to the server with the fewest open connections."),
            _last(stats.mean([process.loop(strategy.span) for process in snapshot.processes])),
        ),
        check_first=_check_first(snapshot),
    )


def _sockets_shared_out(snapshot: Snapshot, ruling: Ruling, found: Balance) -> Option | Rejection:
    refusal = uneven_sockets.unmoved(found, strategy.span)
    if refusal:
        return strategy.reject(refusal)
    hot, each = found.hot, uneven_sockets.each(found, strategy.span)
    return strategy.option(
        f"Share the WebSockets of {counted(len(found.others) + 1, 'process')} out evenly",
        why=_why(found),
        confidence=ruling.reading.confidence,
        cost="no machine",
        expected=(*expected(snapshot, found, strategy.span), uneven_sockets.expectation(found, strategy.span)),
        steps=(
            *(even_sockets.over_workers() if _clustered(found) else ()),
            *_behind_nginx(_site(snapshot), "Lead each new WebSocket to the server with the fewest open connections."),
            *even_sockets.moved(hot.name, hot.websockets(strategy.span) - each, each),
            _last(even_mean(snapshot, found, strategy.span)),
        ),
        check_first=uneven_sockets.check_first(found, strategy.span),
    )


def _why(found: Balance) -> str:
    return (
        f"{found.hot.name} gets {uneven_sockets.times(found)} {found.piece}s and is {percent(found.busy)} busy; with "
        f"the same {found.piece}s for all it would be {percent(found.mean)}."
    )


def _replaced(snapshot: Snapshot, ruling: Ruling, found: Balance) -> Option:
    hot = found.hot
    one = found.piece
    cost = "answers nothing" if math.isinf(found.price) else f"takes {number(found.price)} times as long for a {one}"
    alike = ", at the same mix of requests as the others" if one is Piece.REQUEST else ""
    waits = f" and waits {percent(found.waiting)} more of its time" if found.waiting > 0.01 else ""
    left = found.mean * (len(found.others) + 1) / len(found.others)
    where = place(snapshot, hot)
    return strategy.option(
        f"Take {hot.name} out and replace it",
        why=(
            f"It {cost}{waits}{alike}: no way to share {one}s out makes it well. "
            f"The {counted(len(found.others), 'other')} carry its share at {percent(min(1.0, left))} at most meanwhile."
        ),
        confidence=ruling.reading.confidence,
        cost="none; one process less while it starts anew",
        expected=expected(snapshot, found, strategy.span),
        steps=(
            *taking_out.steps(_draining(snapshot, hot), where, hot.instance.pid),
            _last(cool_mean(found, strategy.span)),
        ),
        check_first=(
            f"Before it goes, look at it: {hot.name} on {where} may wait for a disk, a throttled quota or a neighbour, "
            f"and then its successor on the same machine falls ill as well.{_lone(found)}"
        ),
    )


def _draining(snapshot: Snapshot, hot: Process) -> Site | None:
    """The servers, of which its own drains; None where it shares its port with others."""
    if hot.instance.role == Role.WORKER:
        return None
    site = _site(snapshot)
    own = tuple(name for name, process in zip(site.servers, snapshot.processes, strict=True) if process is hot)
    return replace(site, draining=own)


def _lone(found: Balance) -> str:
    """Where nothing beside it can tell a slower machine from a sick process."""
    host, hosts = found.hot.instance.host_id, [process.instance.host_id for process in found.others]
    if host is None or host in hosts:
        return ""
    return (
        f" If the {found.piece}s of its successor are as dear, the machine is slower: give its server in NGINX a lower "
        "`weight` than the others instead."
    )


def _weighted(snapshot: Snapshot, ruling: Ruling, found: Balance) -> Option:
    every = (found.hot, *found.others)
    shares = machine_speed.weights(every, strategy.span, found.piece)
    busy = machine_speed.weighted(found.hot, every, shares, strategy.span, found.piece)
    here, most, where = shares[found.hot.instance.host_id], max(shares.values()), place(snapshot, found.hot)
    weights = tuple(shares.get(process.instance.host_id, most) for process in snapshot.processes)
    return strategy.option(
        f"Give {where} fewer {found.piece}s, by weights",
        why=(
            f"A {found.piece} takes {number(found.slowness)} times the CPU time in each process on {where}: the "
            f"machine is slower, and equal shares fill it first. With {counted(here, found.piece)} there for every "
            f"{most} on the fastest, {found.hot.name} would be {percent(busy)} busy, like the others."
        ),
        confidence=ruling.reading.confidence,
        cost="no machine",
        expected=(loop_expectation(found.busy, busy * 0.9, busy * 1.1),),
        steps=(*_behind_nginx(replace(_site(snapshot), weights=weights), _BY_WEIGHT), _last(busy)),
        check_first=(
            f"Check that {where} is slower by itself (an older processor, a smaller type), and is not held up for a "
            f"while: weights stay when that is over. {_check_first(snapshot)}"
        ),
    )


_BY_WEIGHT = "Send each request to the server with the fewest open connections for its `weight`."


def _clustered(found: Balance) -> bool:
    return all(process.instance.role == Role.WORKER for process in (found.hot, *found.others))


def _behind_nginx(site: Site, purpose: str) -> tuple[Step, ...]:
    addresses = (
        "Put each process's own address in place of these names: behind a cluster's shared port a balancer sees one "
        "server."
    )
    return (
        *nginx.steps(site, f"{purpose} {addresses}"),
        nginx.KEPT_LONGER,
        Step("Only where sessions must stay on one server, this instead: a cookie tells clients apart also where many "
             "share an address (a proxy, an office), which ip_hash puts on one server.", nginx.PLATFORM,
             f"/etc/nginx/conf.d/{site.label}.conf", nginx.configuration(replace(site, choice=Choice.COOKIE))),
    )  # fmt: skip


def _last(busy: float) -> Step:
    return Step(f"Watch this page: each loop should be about {percent(busy)} busy within ten minutes.")


def _site(snapshot: Snapshot) -> Site:
    return Site(snapshot.name, addresses.of_each(snapshot), Choice.LEAST_CONNECTIONS, snapshot.websockets(LONG) > 0)


def _check_first(snapshot: Snapshot) -> str:
    sockets = snapshot.websockets(LONG)
    held = f" {number(sockets)} WebSockets stay where they are until they reconnect." if sockets else ""
    return f"Check whether sessions live in process memory: then clients need the cookie, or a shared store.{held}"

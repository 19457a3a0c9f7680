"""Split the heavy part into a service of its own

## When it fits
One route, or one family of routes, takes {share:.0%} of the time or more (or, for a blocked loop, the heavy work
takes {heavy:.0%} of the loop's work) and should grow or fail apart from the rest. Where one process is hotter than
its equals because it serves other routes, that share is one of its own work. Or several databases share a datastore
that is the limit, and the busiest has less than {alone:.0%} of its active sessions.

## When it does not
Load that is spread evenly; a service that is one route; a team that cannot run one more service. While users
wait it comes after whatever relieves them today: it is the slowest way out and the hardest to undo. Leaks,
garbage, slow dependencies and crashes move along with the code. A datastore that holds one database has nothing to
part.

## How
Give the heavy routes their own process, container, release and, if they keep data, database: as database, front
end and back end are often split. Send them requests through the balancer by path, or jobs through a queue. Give the
database that keeps most sessions active a server of its own: nothing but an address changes.

## What it costs
Weeks, one more service to watch, and a network between what used to be a function call.

## How to verify
The old service's loop, or the old server, loses the moved share; the new one scales by itself.

## References
- [Azure architecture: bulkhead pattern](https://learn.microsoft.com/azure/architecture/patterns/bulkhead)
"""

from __future__ import annotations

from advisor.diagnosis import Expectation, Limit, Option, Rejection, Ruling, Step, Strategy, dearer, stores
from advisor.diagnosis.prediction import NOW, is_censored, loop_expectation
from advisor.diagnosis.recipes import moved_database
from advisor.diagnosis.vetoes import deciding
from advisor.diagnosis.words import counted, duration, number, percent
from advisor.features import Snapshot
from advisor.features.cause import Cause, busy_at_least, cause_of_blocks
from advisor.features.databases import by_name
from advisor.features.datastores import Datastore
from advisor.features.families import Part, path_of, standing_out, work_shares
from advisor.features.process import Process
from advisor.features.route_cost import OTHERS, route_costs
from advisor.features.task import WINDOW
from advisor.vocabulary import Family, Severity

strategy = Strategy(
    __name__,
    family=Family.DECOMPOSITION,
    name="A service of its own for the heavy part",
    effort="weeks",
    risk="high: a network and a second release in between",
    share=Limit(0.5, "1", "below half, the rest would need the same way out right after"),
    whole=Limit(0.95, "1", "above it there is nothing left to separate it from"),
    heavy=Limit(0.3, "1", "heavy work below this share of the loop is better moved to a thread"),
    alone=Limit(0.9, "1", "judgement, as in shard: with more in the largest database the others hardly relieve it"),
    incident=Limit(0.5, "1", "what is left of the confidence while users wait: weeks are no first response"),
    uncertain=Limit(0.5, "1", "what is left of the confidence: shares are estimates, and teams are not measured"),
    measured=Limit(
        0.6, "1", "the same where the share is of the loop's own work or of sessions: teams are not measured"
    ),
)

BLOCKED = "event-loop-blocked"
OF_PARTS = ("event-loop-saturated", "host-cpu-saturated")
OF_STORES = ("datastore-write-bound", "datastore-read-bound")
LOOK = 300.0  # seconds in which rules of datastores look


@strategy.consider
def consider(snapshot: Snapshot, ruling: Ruling) -> Option | Rejection:
    """Find the part that stands out, or say how evenly the time is spread."""
    if ruling.rule == BLOCKED:
        return _of_blocks(snapshot, ruling)
    if ruling.rule == dearer.RULE:
        return _of_one_process(snapshot, ruling)
    if ruling.rule in OF_STORES:
        return _of_databases(snapshot, ruling)
    if ruling.rule not in OF_PARTS:
        return strategy.reject(f"What it found goes along with the code ({deciding(snapshot, ruling)}).")
    work = work_shares(snapshot, WINDOW)
    if not work.routes:
        return strategy.reject("0 routes report their time, so no part stands out.")
    part = standing_out(work.routes, strategy.share, strategy.whole)
    if part is not None:
        trust = strategy.measured if work.measured else strategy.uncertain
        return _option(snapshot, ruling, part, work.how, trust)
    name, top = work.routes[0]
    share, of = percent(top), "the loop's work" if work.measured else "the request time"
    if len(work.routes) == 1 or top >= strategy.whole:
        return strategy.reject(f"{name} takes {share} of {of}: there is nothing to separate it from.")
    return strategy.reject(f"The heaviest route, {name}, takes {share} of {of}, less than {percent(strategy.share)}.")


def _of_blocks(snapshot: Snapshot, ruling: Ruling) -> Option | Rejection:
    process = snapshot.most_blocked(WINDOW)
    if process is None or not process.blocks(process.span(WINDOW)).size:
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
    name = _heavy_route(snapshot, process)
    part = Part(name, path_of(name), min(1.0, share))
    return _option(snapshot, ruling, part, "the blocks, of all that the loop does", strategy.measured)


def _of_one_process(snapshot: Snapshot, ruling: Ruling) -> Option | Rejection:
    """What makes one process hotter than its equals, where that is a large part of what it does."""
    found = dearer.dearer_route(snapshot, WINDOW)
    if isinstance(found, str):
        return strategy.reject(found)
    if not strategy.share <= found.share < strategy.whole:
        return strategy.reject(
            f"{found.route} takes {percent(found.share)} of the work of {found.found.hot.name}: only a part of "
            f"{percent(strategy.share)} to {percent(strategy.whole)} of its work is worth a service of its own."
        )
    part = Part(found.route, path_of(found.route), found.share)
    return _option(found.alone, ruling, part, found.how, strategy.measured if found.measured else strategy.uncertain)


def _of_databases(snapshot: Snapshot, ruling: Ruling) -> Option | Rejection:
    store = next((one for one in stores.used(snapshot, ruling, LOOK) if one.active > 0), None)
    if store is None:
        return strategy.reject("0 active sessions are told of: nobody knows which databases share the datastore.")
    spread = by_name(snapshot, store, "active", LOOK)
    if len(spread) < 2:
        return strategy.reject(f"{store.name} tells of {counted(len(spread), 'database')}: there is nothing to part.")
    name, most = next(iter(spread.items()))
    share = most / sum(spread.values())
    if share >= strategy.alone:
        return strategy.reject(
            f"Of {len(spread)} databases on {store.name}, {name} has {percent(share)} of the active sessions: the "
            "others hardly relieve it by leaving."
        )
    return _apart(ruling, store, name, share)


def _apart(ruling: Ruling, store: Datastore, name: str, share: float) -> Option:
    urgent = ruling.reading.severity is Severity.CRITICAL
    busier = store.active * max(share, 1 - share)
    return strategy.option(
        f"Give the database {name} on {store.name} a server of its own",
        why=(
            f"It has {percent(share)} of {number(store.active)} active sessions, and the rest is of other databases. "
            f"On servers of their own they do not wait for each other's disk, log and cores.{_LATER if urgent else ''}"
        ),
        confidence=ruling.reading.confidence * strategy.measured * (strategy.incident if urgent else 1.0),
        cost=f"{counted(1, 'server')} more to run, watch and back up",
        expected=(
            Expectation("db_active", "Active sessions of the busier server", "{session}", store.active, None, busier),
        ),
        steps=moved_database.moved(store.name.partition(" ")[2], name),
        check_first="Check that no service joins the databases by foreign tables, and who else uses this one.",
    )


def _heavy_route(snapshot: Snapshot, process: Process) -> str:
    """The slowest of the routes that can hold the loop that long; without one, no name."""
    longest = float(process.blocks(process.span(WINDOW)).max(initial=0.0))
    dear = [c.name for c in route_costs(snapshot, WINDOW).routes if c.seconds >= longest / 2 and c.name != OTHERS]
    if dear:
        return dear[0]
    able = [r for r in snapshot.routes(WINDOW) if r.latency.quantile(1.0) >= longest / 2]
    return max(able, key=lambda r: r.latency.quantile(0.5)).name if able else "the work that blocks"


def _option(snapshot: Snapshot, ruling: Ruling, part: Part, how: str, trust: float) -> Option:
    urgent = ruling.reading.severity is Severity.CRITICAL
    return strategy.option(
        f"Give {part.name} a service of its own",
        why=(
            f"It takes about {percent(part.share)} of the time ({how}). On its own it grows by itself, and the rest "
            f"no longer waits for it.{_LATER if urgent else ''}"
        ),
        confidence=ruling.reading.confidence * trust * (strategy.incident if urgent else 1.0),
        cost=f"{counted(1, 'service')} more to run and watch",
        expected=(_expected(snapshot, part.share),),
        steps=(
            Step(f"Move {part.name} and what only it uses into a project with its own release, in a container of its "
                 "own that scales by itself."),
            Step("Send its requests there by path. Put this into the server block, with the new service's host and "
                 "port in place of heavy:3001.", "NGINX", "inside server { } of your site", _location(part.path)),
            Step("Work that nobody waits for goes through a queue instead: accept it, answer 202, do it there."),
        ),
        check_first="Check that one team can release both, and that the two parts do not share tables.",
    )  # fmt: skip


_LATER = " Users wait now: this is for the weeks after, not for today."


def _expected(snapshot: Snapshot, share: float) -> Expectation:
    now = snapshot.loop(NOW)
    rest = now * (1 - share)
    return loop_expectation(now, rest * 0.8, None if is_censored(snapshot) else min(now, rest * 1.3 + 0.01))


def _location(path: str) -> str:
    # A bare `location /` would take every request along, and most sites already have one.
    match = "= /" if path == "/" else path or "/heavy/"
    return f"location {match} {{\n  proxy_pass http://heavy:3001;\n}}\n"

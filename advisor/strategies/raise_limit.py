"""Raise the limit of descriptors

## When it fits
A process is near its limit because of its connections, and the limit is low: below {plenty:,.0f}. Each open
connection takes a descriptor, idle WebSockets too, and descriptors cost next to nothing. Or the table of the kernel
is full, or was when a process ended (ENFILE): all programs of a machine share it. Where most descriptors are no
connections, the first thing to do is to look what they are: only what is in use is a reason for a higher limit.

## When it does not
Descriptors that nobody closes: a higher limit only delays the end. A limit of {plenty:,.0f} or more that connections
fill: then memory and the loop come first, and more processes are the way.

## How
Set the hard limit where the process is started: systemd, Docker, PM2's daemon, or the container runtime of a
Kubernetes node. Node.js raises its own soft limit to the hard one when it starts. That of the kernel is
`fs.file-max`. Then close connections that nobody uses (`server.keepAliveTimeout`, `server.timeout`), but later than
a balancer does: else requests that it sends into a closed one fail with 502.

## What it costs
One restart, and none for the kernel. About 10 kB of kernel memory for each further connection that is then open.

## How to verify
`/proc/<pid>/limits` shows the new number (`/proc/sys/fs/file-nr` that of the kernel), and the share of open descriptors
falls to open divided by it.

## References
- [systemd: LimitNOFILE](https://www.freedesktop.org/software/systemd/man/latest/systemd.exec.html)
- [Docker: --ulimit](https://docs.docker.com/reference/cli/docker/container/run/#ulimit)
- [Node.js: server.keepAliveTimeout](https://nodejs.org/api/http.html#serverkeepalivetimeout)
- [Linux: fs.file-max](https://docs.kernel.org/admin-guide/sysctl/fs.html#file-max-file-nr)
"""

from __future__ import annotations

import math

from advisor.diagnosis import Expectation, Limit, Option, Rejection, Ruling, Step, Strategy, socket_room
from advisor.diagnosis.growing import leaking
from advisor.diagnosis.recipes import file_limit, idle_connections, kernel_files, open_files
from advisor.diagnosis.sharing import CONNECTED, not_of_connections, of_kernel
from advisor.diagnosis.words import number, percent
from advisor.features import Snapshot, stats
from advisor.features.descriptors import (
    RECENT,
    Descriptors,
    Table,
    descriptors_of,
    ended_at_kernel,
    ended_without,
    fullest,
    fullest_table,
    machines_of,
)
from advisor.features.process import Process
from advisor.features.socket_capacity import Resource
from advisor.features.sums import Span
from advisor.vocabulary import Family

strategy = Strategy(
    __name__,
    family=Family.VERTICAL,
    name="A higher limit of descriptors",
    effort="under an hour",
    risk="low: one restart, undone by one setting",
    plenty=Limit(65_536, "{file_descriptor}", "from here on descriptors are not what one process runs out of first"),
    near=Limit(0.50, "1", "below half of the limit there is room to double as it is"),
    connected=Limit(CONNECTED, "1", "a proxy holds two sockets a client; with fewer, others fill it", fixed=True),
    reserve=Limit(2, "1", "peak and growth fill half of the new limit, so that a doubled load still fits"),
    unknown=Limit(0.6, "1", "what is left of the confidence where nobody counts the connections"),
)

EXHAUSTED = "descriptor-exhaustion"
LONG = 600.0  # seconds over which that rule reads the present state


@strategy.consider
def consider(snapshot: Snapshot, ruling: Ruling) -> Option | Rejection:
    """Veto a leak, ask what fills the limit of the process or the kernel, and size the new one by peak and growth."""
    worst = fullest(snapshot.processes, LONG)
    if worst is None:
        return strategy.reject("0 processes report how many descriptors they have open.")
    found = descriptors_of(worst, LONG)
    if leak := leaking(ruling):
        return strategy.reject(f"{leak}: it would only end later.")
    if ruling.rule == EXHAUSTED:
        return _exhausted(snapshot, ruling, worst, found)
    refusal = _not_first(ruling) or _high(found, worst) or _roomy(found, worst) or not_of_connections(found)
    return strategy.reject(refusal) if refusal else _option(snapshot, ruling, worst, found)


def _exhausted(snapshot: Snapshot, ruling: Ruling, worst: Process, found: Descriptors) -> Option | Rejection:
    """The kernel's limit where its table is what is full, a look at what is no connection, or a higher limit."""
    if ended_at_kernel(snapshot, RECENT):
        return _ended_at_kernel(snapshot, ruling)
    table, ended = fullest_table(snapshot.machines), ended_without(snapshot, RECENT)
    refusal = "" if ended else _roomy(found, worst)
    if table and (of_kernel(ruling) > 0 or (refusal and table.share >= strategy.near)):
        return _of_kernel(snapshot, ruling, table, table.open)
    if not refusal and not_of_connections(found):
        return _looked_at(snapshot, ruling, worst, found)
    refusal = refusal or _high(found, worst)
    return strategy.reject(refusal) if refusal else _option(snapshot, ruling, worst, found)


def _not_first(ruling: Ruling) -> str:
    """Why descriptors are not what WebSockets run out of."""
    carried = socket_room.carried(ruling)
    first = next(iter(carried), None)
    if ruling.rule != socket_room.RULE or first is None or first is Resource.DESCRIPTORS:
        return ""
    return f"The {first} of a process allows {number(carried[first])} WebSockets, less than its descriptors do."


def _high(found: Descriptors, worst: Process) -> str:
    if found.limit < strategy.plenty:
        return ""
    return f"{worst.name} may already open {number(found.limit)}: more processes come before more descriptors."


def _roomy(found: Descriptors, worst: Process) -> str:
    if found.share >= strategy.near or found.full:
        return ""
    return f"{worst.name} has {number(found.open)} of {number(found.limit)} open, {percent(found.share)}."


def _peak(snapshot: Snapshot, ruling: Ruling, worst: Process) -> tuple[float, float]:
    """The most descriptors that this process had open, and how many came on top over the recalled hours."""
    whole = Span(-math.inf, math.inf)
    past = snapshot.recalled(ruling.rule)
    tracks = [one.track for one in past.window.instances if one.id == worst.instance.id] if past else []
    seen = [stats.peak(track, "fd_open", whole) for track in (worst.track, *tracks)]
    rows = [stats.known(track, "fd_open", whole)[0] for track in tracks]
    rise = max((float(figures[-1] - figures[0]) for figures in rows if figures.size), default=0.0)
    return stats.highest(seen), max(0.0, rise)


def _sized(most: float, limit: float) -> int:
    return int(2 ** math.ceil(math.log2(max(strategy.reserve * most, limit + 1))))


def _option(snapshot: Snapshot, ruling: Ruling, worst: Process, found: Descriptors) -> Option:
    peak, rise = _peak(snapshot, ruling, worst)
    had = f"{worst.name} had up to {number(peak)} open"
    if ruling.rule == EXHAUSTED and ended_without(snapshot, RECENT):
        peak, had = found.limit, f"A process ended at its limit of {number(found.limit)}, and {had}"
    limit = _sized(peak + rise, found.limit)
    unknown = math.isnan(found.connected)
    whose = "" if unknown else f", {percent(found.connected)} of them connections"
    grew = f" and {number(rise)} came on top in the last hours" if rise >= 1 else ""
    return strategy.option(
        f"Let each process open {limit:,} descriptors instead of {number(found.limit)}",
        why=(
            f"{had}{whose}{grew}. {limit:,} leaves room for as many again, and an unused descriptor costs nothing."
        ),
        confidence=ruling.reading.confidence * (strategy.unknown if unknown else 1.0),
        cost="no machine",
        expected=(Expectation("fd_ratio", "Descriptors open, of the limit", "1", found.share,
                              found.open * 0.9 / limit, (peak + rise) * 1.1 / limit),),
        steps=(
            *(_unknown(worst) if unknown else ()),
            *file_limit.steps(snapshot.name, worst.instance.pid, limit),
            *(_idle(worst, found) if ruling.rule == EXHAUSTED else ()),
        ),
        check_first=(
            "Check that the number falls when clients leave: what stays open then is a leak, and a higher limit "
            "only delays its end."
        ),
    )  # fmt: skip


def _unknown(worst: Process) -> tuple[Step, ...]:
    return (open_files.listed(worst.instance.pid, "nobody counts the connections here, and most should be sockets"),)


def _idle(worst: Process, found: Descriptors) -> tuple[Step, ...]:
    latency, sockets = worst.latency(LONG), worst.websockets(LONG)
    mean, longest = (latency.mean, latency.quantile(1.0)) if latency.count else (math.nan, math.nan)
    held = idle_connections.Held(found.connections - sockets, sockets, worst.requests(LONG), mean, longest)
    return idle_connections.steps(held)


def _looked_at(snapshot: Snapshot, ruling: Ruling, worst: Process, found: Descriptors) -> Option:
    """What is open and no connection: closed where nobody uses it, and given room where it is all in use."""
    limit = _sized(sum(_peak(snapshot, ruling, worst)), found.limit)
    pid, connected = worst.instance.pid, percent(found.connected)
    return strategy.option(
        f"Look first what {worst.name} has open: {connected} are connections from outside",
        why=(
            f"{worst.name} has {number(found.open)} of {number(found.limit)} descriptors open, and only {connected} of "
            "them are connections from outside. What the others are decides: what is not closed is closed in code, and "
            "fills any limit until then; what is in use, such as sockets to other services, is a reason for a higher "
            "one."
        ),
        confidence=ruling.reading.confidence,
        cost="no machine",
        expected=(),
        steps=(
            *open_files.found_and_closed(pid),
            Step(f"Only if all of it is in use, let the process open {limit:,} instead of {number(found.limit)}:"),
            *file_limit.steps(snapshot.name, pid, limit),
        ),
        check_first="Look twice, some minutes apart and at the same load: what only grows is not closed.",
    )


def _of_kernel(snapshot: Snapshot, ruling: Ruling, table: Table, peak: float, ended: str = "") -> Option:
    limit, host = _sized(peak, table.limit), table.machine.name
    worst = fullest(snapshot.on(table.machine), LONG)
    mine = f"; {worst.name} has {number(descriptors_of(worst, LONG).open)} of them" if worst else ""
    return strategy.option(
        f"Let the kernel of {host} open {limit:,} descriptors instead of {number(table.limit)}",
        why=(
            f"{ended}All programs of {host} together have {number(table.open)} open, {percent(table.share)} of what "
            f"its kernel allows{mine}. {_HOWEVER} {limit:,} leaves room for as many again."
        ),
        confidence=ruling.reading.confidence,
        cost=_KERNEL_COST,
        expected=(Expectation("fd_kernel", "Descriptors of the kernel open", "1", table.share,
                              table.open * 0.9 / limit, peak * 1.1 / limit),),
        steps=kernel_files.steps(limit),
        check_first=_WHO_HOLDS,
    )  # fmt: skip


def _ended_at_kernel(snapshot: Snapshot, ruling: Ruling) -> Option:
    """That of the machine where a process ended at it: it was full then, whatever is open now."""
    ended = "A process ended because the table of its kernel was full (ENFILE). "
    table = fullest_table(machines_of(snapshot, ended_at_kernel(snapshot, RECENT)))
    if table:
        return _of_kernel(snapshot, ruling, table, table.limit, ended)
    return strategy.option(
        "Let the kernel open twice as many descriptors as now",
        why=f"{ended}{_HOWEVER} How many it allows nobody reports here, so it is read on the machine.",
        confidence=ruling.reading.confidence,
        cost=_KERNEL_COST,
        expected=(),
        steps=kernel_files.doubled(),
        check_first=_WHO_HOLDS,
    )


_HOWEVER = "At that limit no program opens anything more, however high its own is."
_KERNEL_COST = "no machine; about 1 kB of memory for each that is then open"
_WHO_HOLDS = "Check which program holds most of them: one that never closes what it opens fills any limit."

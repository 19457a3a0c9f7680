"""Raise the limit of descriptors

## When it fits
A process is near its limit because of its connections, and the limit is low: below {plenty:,.0f}. Each open
connection takes a descriptor, idle WebSockets too, and descriptors cost next to nothing.

## When it does not
Descriptors that nobody closes: a higher limit only delays the end. A limit of {plenty:,.0f} or more: then memory
and the loop come first, and more processes are the way. Descriptors that are mostly no connections: look first
what they are.

## How
Set the hard limit where the process is started: systemd, Docker, PM2's daemon, or the container runtime of a
Kubernetes node. Node.js raises its own soft limit to the hard one when it starts.

## What it costs
One restart. About 10 kB of kernel memory for each further connection that is then open.

## How to verify
`/proc/<pid>/limits` shows the new number, and the share of open descriptors falls to open divided by it.

## References
- [systemd: LimitNOFILE](https://www.freedesktop.org/software/systemd/man/latest/systemd.exec.html)
- [Docker: --ulimit](https://docs.docker.com/reference/cli/docker/container/run/#ulimit)
"""

from __future__ import annotations

import json
import math

from advisor.diagnosis import Expectation, Limit, Option, Rejection, Ruling, Step, Strategy, socket_room
from advisor.diagnosis.growing import leaking
from advisor.diagnosis.recipes import linux
from advisor.diagnosis.recipes.container import label_of
from advisor.diagnosis.sharing import CONNECTED, not_of_connections
from advisor.diagnosis.words import number, percent
from advisor.features import Snapshot, stats
from advisor.features.descriptors import Descriptors, descriptors_of, fullest
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

LONG = 600.0  # seconds over which that rule reads the present state


@strategy.consider
def consider(snapshot: Snapshot, ruling: Ruling) -> Option | Rejection:
    """Veto a leak, ask whether connections fill the limit, and size the new one by peak and growth."""
    worst = fullest(snapshot.processes, LONG)
    if worst is None:
        return strategy.reject("0 processes report how many descriptors they have open.")
    found = descriptors_of(worst, LONG)
    leak = leaking(ruling)
    refusal = f"{leak}: it would only end later." if leak else _not_first(ruling) or _refusal(found, worst)
    return strategy.reject(refusal) if refusal else _option(snapshot, ruling, worst, found)


def _not_first(ruling: Ruling) -> str:
    """Why descriptors are not what WebSockets run out of."""
    carried = socket_room.carried(ruling)
    first = next(iter(carried), None)
    if ruling.rule != socket_room.RULE or first is None or first is Resource.DESCRIPTORS:
        return ""
    return f"The {first} of a process allows {number(carried[first])} WebSockets, less than its descriptors do."


def _refusal(found: Descriptors, worst: Process) -> str:
    if found.limit >= strategy.plenty:
        return f"{worst.name} may already open {number(found.limit)}: more processes come before more descriptors."
    if found.share < strategy.near:
        return f"{worst.name} has {number(found.open)} of {number(found.limit)} open, {percent(found.share)}."
    return not_of_connections(found)


def _peak(snapshot: Snapshot, ruling: Ruling, worst: Process) -> tuple[float, float]:
    """The most descriptors that this process had open, and how many came on top over the recalled hours."""
    whole = Span(-math.inf, math.inf)
    past = snapshot.recalled(ruling.rule)
    tracks = [one.track for one in past.window.instances if one.id == worst.instance.id] if past else []
    seen = [stats.peak(track, "fd_open", whole) for track in (worst.track, *tracks)]
    rows = [stats.known(track, "fd_open", whole)[0] for track in tracks]
    rise = max((float(figures[-1] - figures[0]) for figures in rows if figures.size), default=0.0)
    return stats.highest(seen), max(0.0, rise)


def _option(snapshot: Snapshot, ruling: Ruling, worst: Process, found: Descriptors) -> Option:
    peak, rise = _peak(snapshot, ruling, worst)
    limit = 2 ** math.ceil(math.log2(max(strategy.reserve * (peak + rise), found.limit + 1)))
    unknown = math.isnan(found.connected)
    whose = "" if unknown else f", {percent(found.connected)} of them connections"
    grew = f" and {number(rise)} came on top in the last hours" if rise >= 1 else ""
    return strategy.option(
        f"Let each process open {limit:,} descriptors instead of {number(found.limit)}",
        why=(
            f"{worst.name} had up to {number(peak)} open{whose}{grew}. {limit:,} leaves room for as many again, and "
            "an unused descriptor costs nothing."
        ),
        confidence=ruling.reading.confidence * (strategy.unknown if unknown else 1.0),
        cost="no machine",
        expected=(Expectation("fd_ratio", "Descriptors open, of the limit", "1", found.share,
                              found.open * 0.9 / limit, (peak + rise) * 1.1 / limit),),
        steps=_steps(snapshot.name, worst.instance.pid, limit),
        check_first=(
            "Check that the number falls when clients leave: what stays open then is a leak, and a higher limit "
            "only delays its end."
        ),
    )  # fmt: skip


def _steps(name: str, pid: int, limit: int) -> tuple[Step, ...]:
    label = label_of(name)
    folder = "/etc/systemd/system/{}.service.d/descriptors.conf"
    drop_in = _DROP_IN.format(limit=limit)
    return (
        *linux.drop_in("Allow more.", name, "descriptors", drop_in),
        Step("All processes of PM2 have the limit of its daemon: set it for that unit, then restart it.", "PM2",
             folder.format("pm2-$USER"), drop_in),
        Step("Without a unit, start the daemon anew from a shell whose hard limit is high enough.", "PM2", "shell",
             f"pm2 save\npm2 kill\nulimit -n {limit}\npm2 resurrect"),
        Step("Start the container with it.", "Docker", "shell",
             f"docker run --ulimit nofile={limit}:{limit} {label}"),
        Step("With compose.", "Docker", "compose.yaml", _COMPOSE.format(name=json.dumps(label), limit=limit)),
        Step("A pod has no field for it: it takes the limit of the node's container runtime. Set it there, node by "
             "node.", "Kubernetes", folder.format("containerd"), drop_in),
        Step("Look at the new limit. Node.js raises its soft limit to the hard one by itself, so the hard one counts; "
             f"today's process is {pid}, the restarted one has another number.", "", "shell",
             f"grep 'open files' /proc/{pid}/limits"),
    )  # fmt: skip


_DROP_IN = """[Service]
LimitNOFILE={limit}
"""

_COMPOSE = """services:
  {name}:
    image: {name}
    ulimits:
      nofile:
        soft: {limit}
        hard: {limit}
"""

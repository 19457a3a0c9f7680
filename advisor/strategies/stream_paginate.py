"""Stream and page instead of holding everything

## When it fits
Whole bodies, files or results lie in memory while they are handled: buffers outside the heap hold {buffers:.0%} of the
memory or more, or they swing by that much with the requests. Also where one route that answers much holds up the loop
or fills the heap with garbage.

## When it does not
A leak, or buffers that stay where they are while requests come and go: what is kept stays, streamed or not. Memory
that holds few buffers and moves little. Answers that are small.

## How
Send files and results piece by piece with `pipeline`, which also waits for slow readers. Read lists page by page, by
the last key and not by an offset. Limit how large a request's body may be.

## What it costs
Code of the routes concerned, and clients that follow pages. Errors after the first byte can no longer become a status.

## How to verify
Memory no longer moves with the size of the largest answer; the peak over one day falls.

## References
- [Node.js: backpressure in streams](https://nodejs.org/en/learn/modules/backpressuring-in-streams)
- [Use the index, Luke: no offset](https://use-the-index-luke.com/no-offset)
"""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass

import numpy as np

from advisor.diagnosis import Expectation, Limit, Option, Rejection, Ruling, Step, Strategy
from advisor.diagnosis.growing import is_proven
from advisor.diagnosis.words import duration, number, percent, size
from advisor.features import Snapshot, stats
from advisor.features.process import Process
from advisor.features.routes import Route
from advisor.vocabulary import Family

strategy = Strategy(
    __name__,
    family=Family.TUNING,
    name="Streams and pages",
    effort="1 to 3 days a route",
    risk="medium: clients must follow pages",
    buffers=Limit(0.30, "1", "with less, streaming what lies in buffers hardly changes the memory"),
    heavy=Limit(10, "1", "C2: a route ten times as slow as the usual one is the one that carries much"),
    guess=Limit(0.6, "1", "what is left of the confidence where only a slow route speaks for large answers"),
    chunk=Limit(131_072, "By", "a stream in flight holds about two buffers of 64 KiB"),
    rest=Limit(0.50, "1", "not everything that lies in buffers can be streamed: half of it may stay"),
)

LEAKS = ("memory-leak", "descriptor-leak")
BY_ROUTE = ("gc-pressure", "event-loop-blocked")
LONG = 600.0  # seconds over which the present state is read
STEADY = 300.0  # seconds in which buffers that are kept stay as they are


@dataclass(frozen=True, slots=True)
class Buffers:
    """What one process holds outside the heap, in bytes.

    Attributes:
        process: whose they are.
        held: the mean of ten minutes.
        swing: between their least and most.
        lately: the same in the last five minutes.
        memory: all memory of the process.
        flight: requests and open sockets that may hold some at a time.
    """

    process: Process
    held: float
    swing: float
    lately: float
    memory: float
    flight: float

    @property
    def share(self) -> float:
        """The larger of level and swing, of all memory, 0 to 1."""
        return max(self.held, self.swing) / self.memory if self.memory > 0 else 0.0

    @property
    def are_kept(self) -> bool:
        """True if they do not come and go with requests: of n in flight, chance alone moves the number by sqrt(n)."""
        return self.lately < self.held / math.sqrt(max(self.flight, 1.0))  # False where nobody tells how many


@strategy.consider
def consider(snapshot: Snapshot, ruling: Ruling) -> Option | Rejection:
    """Look for buffers that hold much, or else for the route that answers much."""
    if ruling.rule in LEAKS or is_proven(ruling.reading.evidence):
        rising = next((e.value for e in ruling.reading.evidence if e.signal == "growth_rising" and e.value), 0.0)
        return strategy.reject(
            f"At equal load {percent(rising)} of all moments are higher later: streams free no leak."
        )
    found = _buffers(snapshot)
    route = _heavy(snapshot)
    large = found is not None and found.share >= strategy.buffers
    if found is not None and large and not found.are_kept:
        return _option(snapshot, ruling, found, route)
    if ruling.rule in BY_ROUTE and route is not None:
        return _by_route(snapshot, ruling, route)
    if found is None:
        return strategy.reject("0 processes report the memory that lies in buffers: load the probe.")
    if large:
        return strategy.reject(
            f"The {size(found.held)} in buffers moved by {size(found.lately)} in five minutes, with "
            f"{number(found.flight)} requests and sockets at a time: they are kept, and a stream changes nothing."
        )
    return strategy.reject(
        f"Buffers hold {size(found.held)} and move by {size(found.swing)}, {percent(found.share)} of the memory."
    )


def _buffers(snapshot: Snapshot) -> Buffers | None:
    found = []
    for process in snapshot.processes:
        figures, _ = stats.known(process.track, "external_memory", process.span(LONG))
        lately, _ = stats.known(process.track, "external_memory", process.span(STEADY))
        memory = process.memory(LONG)
        if lately.size and memory > 0:
            swing, flight = float(np.ptp(figures)), _in_flight(snapshot, process)
            found.append(Buffers(process, float(figures.mean()), swing, float(np.ptp(lately)), memory, flight))
    return max(found, key=lambda buffers: buffers.share, default=None)


def _heavy(snapshot: Snapshot) -> Route | None:
    """The route that takes longest, if it takes many times as long as most requests do."""
    usual = snapshot.latency(LONG).quantile(0.5)
    table = snapshot.routes(LONG)
    slowest = max(table, key=lambda route: route.latency.quantile(0.5), default=None)
    if slowest is None or len(table) < 2 or not slowest.latency.quantile(0.5) >= strategy.heavy * usual:
        return None
    return slowest


def _option(snapshot: Snapshot, ruling: Ruling, found: Buffers, route: Route | None) -> Option:
    named = f" The first to look at is {route.name}." if route else ""
    low = min(found.held * strategy.rest, max(1.0, found.flight) * strategy.chunk)
    return strategy.option(
        f"Stream what lies in {size(max(found.held, found.swing))} of buffers",
        why=(
            f"Buffers outside the heap hold {size(found.held)} of the {size(found.memory)} of {found.process.name} and "
            f"move by {size(found.swing)} with the requests. A stream holds {size(strategy.chunk)} for each request in "
            f"flight, whatever the size of the answer.{named}"
        ),
        confidence=ruling.reading.confidence,
        cost="code of the routes concerned",
        expected=(Expectation("external_memory", "Memory in buffers", "By", found.held, low,
                              found.held * strategy.rest),),
        steps=_steps(route),
        check_first=_CHECK,
    )  # fmt: skip


def _in_flight(snapshot: Snapshot, process: Process) -> float:
    """Requests that one process handles at a time, throughput times duration (Little), and its open sockets."""
    rate, sockets = process.requests(LONG), process.websockets(LONG)
    busy = rate * snapshot.latency(LONG).mean if rate > 0 else rate  # none take no time, and unknown stays so
    return busy if math.isnan(sockets) else busy + sockets


def _by_route(snapshot: Snapshot, ruling: Ruling, route: Route) -> Option:
    usual, takes = snapshot.latency(LONG).quantile(0.5), route.latency.quantile(0.5)
    return strategy.option(
        f"Page or stream what {route.name} answers",
        why=(
            f"{route.name} takes {duration(takes)} in the median, {number(takes / usual)} times as long as the usual "
            "request. If that is a long list or a large body, a page of it takes a fraction of the time and garbage."
        ),
        confidence=ruling.reading.confidence * strategy.guess,
        cost="code of one route",
        # A page is at least as much work as a usual request, and may still be half of the whole.
        expected=(Expectation("route_p50", f"Median of {route.name}", "s", takes, min(usual, takes * strategy.rest),
                              takes * strategy.rest),),
        steps=_steps(route),
        check_first=f"Check how large the answers of {route.name} are. {_CHECK}",
    )  # fmt: skip


def _steps(route: Route | None) -> tuple[Step, ...]:
    named = re.fullmatch(r"(?:GET|POST|PUT|PATCH|DELETE) (/.*)", route.name) if route else None
    path = json.dumps(named[1] if named else "/export")
    return (
        Step("Send rows and files as they come; pipeline waits for slow readers, and closes both ends on an error.",
             file="stream.mjs", code=_STREAM.replace("PATH", path)),
        Step("Give lists in pages, by the last key that the client has seen: an offset reads all it skips.",
             file="pages.mjs", code=_PAGES),
        Step("Refuse bodies that are larger than a request of this service can need; 1 MB is a start.",
             file="server.mjs", code='app.use(express.json({ limit: "1mb" }));'),
    )  # fmt: skip


_CHECK = (
    "Check that clients can follow pages, and that nothing needs a whole body before it answers (a checksum, a zip)."
)

_STREAM = """import { createReadStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

// Rows come from a cursor (an async iterable); at most a few are in memory at a time.
async function* lines(rows) {
  yield "[";
  let comma = "";
  for await (const row of rows) {
    yield comma + JSON.stringify(row);
    comma = ",\\n";
  }
  yield "]";
}

export async function sendRows(rows, response) {
  response.setHeader("content-type", "application/json");
  await pipeline(Readable.from(lines(rows)), response);
}

export async function sendFile(path, response) {
  await pipeline(createReadStream(path), response);
}

// app.get(PATH, (request, response, next) => sendRows(cursor(request.query), response).catch(next));
"""

_PAGES = """const SIZE = 100;

// `query` runs SQL with parameters and gives back rows; `id` has an index.
export async function page(query, after = 0) {
  const rows = await query("SELECT * FROM items WHERE id > $1 ORDER BY id LIMIT $2", [after, SIZE + 1]);
  const items = rows.slice(0, SIZE);
  return { items, next: rows.length > SIZE ? items.at(-1).id : null };
}
"""

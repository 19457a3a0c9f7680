"""Find and fix the leak

## When it fits
Memory or descriptors of a process grow at equal load and would reach their limit. Only letting go of what is kept
ends that; everything else buys time.

## When it does not
Growth that the load explains, and caches that fill and then stop. Then nothing leaks.

## How
Memory: compare two heap snapshots of the same process. Descriptors: list what is open by kind, and close it on every
path, also after errors. Until that is done, restart the processes one by one at {early:.0%} of the time to the limit.
If the growth began with a release, go back to the one before.

## What it costs
Days of search. A heap snapshot stops the process for seconds, needs about as much memory again as the heap holds,
and contains everything in it, also secrets.

## How to verify
Over a day or more the growth at equal load is below {left:.0%} of the old one, and its interval holds zero.

## References
- [Node.js: using heap snapshots](https://nodejs.org/en/learn/diagnostics/memory/using-heap-snapshot)
- [Node.js: --heapsnapshot-signal](https://nodejs.org/api/cli.html#--heapsnapshot-signalsignal)
"""

from __future__ import annotations

import json
import math
import re
import shlex
from dataclasses import dataclass

from advisor.diagnosis import Expectation, Limit, Option, Rejection, Ruling, Step, Strategy
from advisor.diagnosis.growing import is_proven
from advisor.diagnosis.words import lasting, number, percent, size
from advisor.features import Snapshot
from advisor.features.process import Process
from advisor.vocabulary import Family

strategy = Strategy(
    __name__,
    family=Family.REPAIR,
    name="Find and fix the leak",
    effort="days",
    risk="low: a snapshot stops one process for seconds",
    early=Limit(0.60, "1", "a restart at 60% of the time to the limit leaves room for a load that doubles"),
    left=Limit(0.20, "1", "what may be left of the growth after the fix (decision model C5)"),
    apart=Limit(0.10, "1", "two snapshots that differ by a tenth of the heap show what grows among what changes"),
)

_OF_DESCRIPTORS = ("descriptor-leak", "descriptor-exhaustion")


@dataclass(frozen=True, slots=True)
class Leak:
    """What a ruling proved.

    Attributes:
        process: where; the one that the ruling names, else the first.
        descriptors: True for those, False for memory.
        slope: bytes or descriptors an hour.
        left: seconds to the limit.
    """

    process: Process
    descriptors: bool
    slope: float
    left: float

    @property
    def words(self) -> str:
        """The slope in words."""
        return f"{number(self.slope)} descriptors" if self.descriptors else size(self.slope)


@strategy.consider
def consider(snapshot: Snapshot, ruling: Ruling) -> Option | Rejection:
    """Offer it where the ruling's evidence proves growth, and nowhere else."""
    evidence = {e.signal: e.value for e in ruling.reading.evidence}
    if not is_proven(ruling.reading.evidence):
        rising = evidence.get("growth_rising")
        if rising is None:
            return strategy.reject("0 levels are known to grow at equal load.")
        return strategy.reject(
            f"Of all moments at equal load, {percent(rising)} are higher later: that does not prove a leak."
        )
    leak = _leak(snapshot, ruling)
    if leak is None:
        return strategy.reject("0 processes are there that could be looked into.")
    return _option(snapshot, ruling, leak)


def _leak(snapshot: Snapshot, ruling: Ruling) -> Leak | None:
    told = {e.signal: e for e in ruling.reading.evidence}
    slope, left = told["slope"].value, told["time_to_limit"].value
    named = next((p for p in snapshot.processes if p.name == told["slope"].subject), None)
    if named is None or slope is None or left is None:
        return None
    return Leak(named, ruling.rule in _OF_DESCRIPTORS, slope, left)


def _option(snapshot: Snapshot, ruling: Ruling, leak: Leak) -> Option:
    what = "descriptors" if leak.descriptors else "memory"
    every = strategy.early * leak.left
    return strategy.option(
        f"Find what keeps {leak.words} an hour, and restart every {lasting(every)} until then",
        why=(
            f"{leak.process.name} keeps {leak.words} more each hour at equal load and reaches its limit in "
            f"{lasting(leak.left)}. More processes, a higher limit or a bigger machine only delay that."
        ),
        confidence=ruling.reading.confidence,
        cost="days of search" if leak.descriptors else "days of search, and room on a disk for two heap snapshots",
        # The growth falls below a fifth (C5), so the same room lasts at least five times as long.
        expected=(Expectation("time_to_limit", f"Until the {what} reaches its limit" if what == "memory"
                              else "Until the descriptors run out", "s", leak.left, leak.left / strategy.left, None),),
        steps=(*_search(leak), *_restarts(snapshot.name, leak, every), *_rollback(snapshot, leak)),
        check_first=_check_first(leak),
    )  # fmt: skip


def _check_first(leak: Leak) -> str:
    if leak.descriptors:
        return "Check that a restart finishes open requests first: stop accepting, answer, then exit."
    return (
        "Check that one process may stand still for some seconds, and that about as much memory is free as its heap "
        "holds: take it out of the load balancer first. A snapshot holds all data in the heap: keep it as safe as that."
    )


def _search(leak: Leak) -> tuple[Step, ...]:
    pid = leak.process.instance.pid
    if leak.descriptors:
        return (
            Step("List what is open, by name; what has the most lines is not closed.", file="shell",
                 code=_OPEN.format(pid=pid)),
            Step("Read or cancel every response body, close files and streams on every path, give child processes no "
                 "pipes that nobody reads.", file="close.mjs", code=_CLOSE),
        )  # fmt: skip
    held = leak.process.memory(600.0)
    wait = max(20e6, strategy.apart * held) / leak.slope * 3600
    return (
        Step("Let the process write a heap snapshot on a signal; this needs one restart.", file="shell",
             code="export NODE_OPTIONS=\"$NODE_OPTIONS --heapsnapshot-signal=SIGUSR2\""),
        Step(f"Take one when the process is warm, and a second {lasting(wait)} later at a similar load. The process "
             "stands still meanwhile. The files appear in its working directory.", file="shell",
             code=f"kill -USR2 {pid}"),
        Step("Open both in Chrome DevTools (Memory, Load), choose Comparison, and sort by size delta: what grew, and "
             "which object holds it (Retainers)."),
        Step("To look into it live, open the inspector of the running process; it listens on this machine only, so "
             "reach it through a tunnel.", file="shell", code=f"kill -USR1 {pid}\nssh -L 9229:127.0.0.1:9229 $HOST"),
    )  # fmt: skip


def _restarts(name: str, leak: Leak, every: float) -> tuple[Step, ...]:
    unit = re.sub(r"[^\w.-]+", "-", name, flags=re.ASCII).strip("-") or "service"
    seconds = max(600, round(every))
    steps = [
        Step(f"Until it is fixed, let systemd restart each process after {lasting(seconds)}, at most a tenth later so "
             "that they do not all go at once.", "systemd", f"/etc/systemd/system/{unit}.service.d/restart.conf",
             _RUNTIME.format(seconds=seconds, extra=max(60, seconds // 10))),
        Step(f"Until it is fixed, reload every {lasting(seconds)}: PM2 replaces one worker after the other.", "PM2",
             "shell", f"while sleep {seconds}; do pm2 reload {shlex.quote(name)}; done"),
        Step(f"Until it is fixed, restart the pods one by one every {lasting(seconds)}, from a CronJob or by hand.",
             "Kubernetes", "shell", f"kubectl rollout restart deployment/{unit.lower()}"),
    ]  # fmt: skip
    ceiling = leak.process.memory(600.0) + strategy.early * leak.slope * leak.left / 3600
    if not leak.descriptors and math.isfinite(ceiling):
        steps.insert(2, Step("Or let PM2 restart a worker when it has grown so far.", "PM2", "ecosystem.config.cjs",
                             _CEILING.format(name=json.dumps(name), megabytes=round(ceiling / 2**20))))  # fmt: skip
    return tuple(steps)


def _rollback(snapshot: Snapshot, leak: Leak) -> tuple[Step, ...]:
    """The version that ran before, if another one did in the last days."""
    now = leak.process.instance.version
    before = [life.version for life in snapshot.window.lives if life.version and life.version != now]
    if not (now and before):
        return ()
    return (Step(f"{before[-1]} ran before {now}: if its processes did not grow on the charts of this service, go back "
                 "to it until the leak is fixed."),)  # fmt: skip


_OPEN = r"""ls -l /proc/{pid}/fd | awk 'NR > 1 {{print $NF}}' \
  | sed 's/\[[0-9]*\]//' | sort | uniq -c | sort -rn | head -20
"""

_CLOSE = """import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { pipeline } from "node:stream/promises";

// A response whose body nobody reads keeps its socket.
export async function isThere(url) {
  const response = await fetch(url);
  await response.body?.cancel();
  return response.ok;
}

// A stream that is only piped stays open when the other end breaks off; pipeline destroys both.
export async function send(path, response) {
  await pipeline(createReadStream(path), response);
}

// A file is closed on every path.
export async function firstBytes(path) {
  const file = await open(path);
  try {
    return (await file.read(Buffer.alloc(16), 0, 16, 0)).buffer;
  } finally {
    await file.close();
  }
}
"""

_RUNTIME = """[Service]
Restart=always
RuntimeMaxSec={seconds}
RuntimeRandomizedExtraSec={extra}
"""

_CEILING = """module.exports = {{
  apps: [
    {{
      name: {name},
      script: "server.js", // the one that starts the service today
      exec_mode: "cluster",
      max_memory_restart: "{megabytes}M",
    }},
  ],
}};
"""

"""`make bench-evaluate`: what judging 1,000 services costs one core, windows already loaded."""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Iterator
from dataclasses import replace

from advisor.engine import judge
from advisor.features import ServiceWindow, Snapshot, Track
from advisor.features.window import PartWindow
from tests.builders import NOW, Load, Machine, service

SERVICES = 1_000
ROUNDS = 5
GOAL = 1.0
WINDOW = 660.0

MIX = (
    (Load(elu=0.25), Machine(cores=4)),
    (Load(elu=0.05, rps=2), Machine(cores=2)),
    (Load(elu=0.5, routes={"GET /": 0.5, "GET /cart": 0.3, "POST /order": 0.2}), Machine(cores=4)),
    (Load(elu=0.885, cpu=0.85, rps=175), Machine(cores=4)),
    (Load(elu=0.2, rps=20, block=0.4), Machine(cores=2)),
)
"""What the services do: one in five saturated, one in five blocked, the others well."""


def windows() -> Iterator[ServiceWindow]:
    """Services with one process each; the same figures at every call, in objects that remember nothing yet."""
    for number in range(SERVICES):
        load, machine = MIX[number % len(MIX)]
        yield service(load, machine=machine, seed=number % 50, seconds=WINDOW, name=f"service-{number}")


def fresh(window: ServiceWindow) -> ServiceWindow:
    """The same window as if it had just been loaded."""
    instances = tuple(
        replace(one, track=_new(one.track), parts=tuple(_part(part) for part in one.parts)) for one in window.instances
    )
    hosts = tuple(
        replace(
            host,
            track=_new(host.track),
            parts=tuple(_part(part) for part in host.parts),
            loops={key: _new(loop) for key, loop in host.loops.items()},
        )
        for host in window.hosts
    )
    return replace(window, instances=instances, hosts=hosts)


def _part(part: PartWindow) -> PartWindow:
    return PartWindow(part.kind, part.name, _new(part.track))


def _new(track: Track) -> Track:
    return replace(track)


def main() -> int:
    """Measure, print, and say whether the goal holds."""
    made = list(windows())
    seconds = []
    for number in range(ROUNDS):
        loaded = [fresh(window) for window in made]
        begin = time.process_time()
        for window in loaded:
            judge(Snapshot(window, NOW), {})
        seconds.append(time.process_time() - begin)
        sys.stderr.write(f"round {number + 1} of {ROUNDS}: {seconds[-1]:.3f} s\n")
    value = statistics.median(seconds)
    line = {"name": "judge_1000_services", "value": value, "unit": "s", "goal": GOAL, "holds": value <= GOAL}
    sys.stdout.write(json.dumps(line) + "\n")
    return 0 if line["holds"] else 1


if __name__ == "__main__":
    sys.exit(main())

"""`make bench-evaluate`: what judging 1,000 services costs one core, windows already loaded.

They are judged in batches as by a worker, which lets go of each as soon as it is judged. Rules that look at hours or
days of rollups are left out, and the last line names them: they have their own pace.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Iterator
from dataclasses import replace

from advisor.engine import RULES, judge
from advisor.features import ServiceWindow, Snapshot, Track
from advisor.features.window import PartWindow
from advisor.pipeline.garbage import search_seldom
from tests.builders import NOW, Load, Machine, service

SERVICES = 1_000
BATCH = 200
"""Services whose windows a worker holds at a time, as in `advisor.pipeline.schedule`, which needs Django's settings."""

ROUNDS = 5
GOAL = 1.0
WINDOW = 660.0

KINDS = {
    "well": (Load(elu=0.25), Machine(cores=4)),
    "quiet": (Load(elu=0.05, rps=2), Machine(cores=2)),
    "three_routes": (Load(elu=0.5, routes={"GET /": 0.5, "GET /cart": 0.3, "POST /order": 0.2}), Machine(cores=4)),
    "saturated": (Load(elu=0.885, cpu=0.85, rps=175), Machine(cores=4)),
    "blocked": (Load(elu=0.2, rps=20, block=0.4), Machine(cores=2)),
}
"""What the services do: one in five saturated, one in five blocked, the others well."""

MIX = tuple(KINDS.values())


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


def _round(made: list[ServiceWindow], number: int) -> dict[str, float]:
    """Seconds that judging all services of each kind took."""
    spent = dict.fromkeys(KINDS, 0.0)
    for batch in range(0, SERVICES, BATCH):
        for place, kind in enumerate(KINDS):
            loaded = [fresh(window) for window in made[batch : batch + BATCH][place :: len(MIX)]]
            begin = time.process_time()
            while loaded:
                judge(Snapshot(loaded.pop(), NOW), {})
            spent[kind] += time.process_time() - begin
    sys.stderr.write(f"round {number} of {ROUNDS}: {sum(spent.values()):.3f} s\n")
    return spent


def main() -> int:
    """Measure, print, and say whether the goal holds."""
    made = list(windows())
    search_seldom()  # as a worker does
    rounds = [_round(made, number + 1) for number in range(ROUNDS)]
    value = statistics.median(sum(spent.values()) for spent in rounds)
    line = {"name": "judge_1000_services", "value": value, "unit": "s", "goal": GOAL, "holds": value <= GOAL}
    sys.stdout.write(json.dumps(line) + "\n")
    for kind in KINDS:
        each = statistics.median(spent[kind] for spent in rounds) / (SERVICES / len(MIX))
        sys.stdout.write(json.dumps({"name": f"judge_one_{kind}", "value": each, "unit": "s"}) + "\n")
    seldom = {rule.id: rule.recall.pace for rule in RULES.values() if rule.recall}
    sys.stdout.write(
        json.dumps({"name": "not_measured_rules_with_a_longer_past", "seconds_between_looks": seldom}) + "\n"
    )
    return 0 if line["holds"] else 1


if __name__ == "__main__":
    sys.exit(main())

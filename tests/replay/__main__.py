"""`make replay`: false warnings over at least 300 healthy service-days, and leaks; half an hour on 2 cores."""

from __future__ import annotations

import argparse
import json
import math
import os
import sys
from concurrent.futures import ProcessPoolExecutor, as_completed

from tests.replay.score import Outcome, Run, false_warnings, judged, leaks_found, runs, told
from tests.replay.shapes import HEALTHY, LEAKING


def main() -> int:
    """Judge them all on all cores, say how far it is, end with the figures; 1 where a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--days", type=float, default=10.0, help="length of each healthy service")
    parser.add_argument("--service-days", type=float, default=300.0, help="how many in all, at least")
    parser.add_argument("--leak-days", type=float, default=1.5, help="length of each leaking service")
    parser.add_argument("--only", default="", help="shapes whose name contains this")
    given = parser.parse_args()
    count = max(len(HEALTHY), math.ceil(given.service_days / given.days))
    seeds = range(1, math.ceil(count / len(HEALTHY)) + 1)
    healthy = [run for run in runs(HEALTHY, given.days, seeds)[:count] if given.only in run.name]
    leaking = [run for run in runs(LEAKING, given.leak_days, (1, 2)) if given.only in run.name]
    outcomes = _judge_all(healthy + leaking)
    lines = []
    if healthy:
        lines.append(false_warnings([outcome for outcome in outcomes if outcome.run.shape.leak == 0]))
    if leaking:
        lines.append(leaks_found([outcome for outcome in outcomes if outcome.run.shape.leak > 0]))
    for line in lines:
        sys.stdout.write(json.dumps(line) + "\n")
    return 0 if all(line["holds"] for line in lines) else 1


def _judge_all(todo: list[Run]) -> list[Outcome]:
    done: list[Outcome] = []
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        for future in as_completed([pool.submit(judged, run) for run in todo]):
            done.append(future.result())
            sys.stderr.write(f"{len(done)} of {len(todo)}: {json.dumps(told(done[-1]))}\n")
    return done


if __name__ == "__main__":
    sys.exit(main())

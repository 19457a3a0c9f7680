"""`python -m tests.lab run|freeze|page`: what `make lab` and `make lab-frozen` call, and what writes of them."""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys
import time
import traceback
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from tests.lab import clinic, discovery, machine, page, product, reading, report
from tests.lab.case import Case
from tests.lab.story import Stage

LANES = 8
"""So many light cases run side by side."""

RESULTS = discovery.LAB.parents[1] / ".lab" / "results"


def say(text: str) -> None:
    """One line for the person at the terminal."""
    print(text, flush=True)


def run(folder: str, pattern: str, scale: float, resume: bool, with_clinic: bool) -> int:
    """Play the cases and print the score; 1 if a case could not be played."""
    cases = {name: discovery.load(folder, name) for name in discovery.names(folder, pattern)}
    kept = RESULTS / f"{folder}-at-{scale:g}"
    kept.mkdir(parents=True, exist_ok=True)
    missing = {name: machine.missing(service) for name, case in cases.items() for service in case.services}
    for name in [name for name in cases if missing[name]]:
        say(f"{name}: skipped, it needs {missing[name]}.")
    todo = {name: case for name, case in cases.items() if not missing[name]}
    fresh = {name: case for name, case in todo.items() if not (resume and (kept / f"{name}.json").is_file())}
    failed = _play(folder, fresh, scale, kept, with_clinic) if fresh else []
    results = [json.loads(path.read_text()) for name in todo if (path := kept / f"{name}.json").is_file()]
    say(f"\n{len(results)} cases of {folder} at time scale {scale:g}; {len(cases) - len(todo)} skipped.")
    for line in (*report.table(results), "", *report.lines(results)):
        say(line)
    for name in failed:
        say(f"{name} could not be played.")
    return 1 if failed else 0


def _play(folder: str, cases: dict[str, Case], scale: float, kept: Path, with_clinic: bool) -> list[str]:
    needs = any(
        word in str(service.environment)
        for case in cases.values()
        for service in case.services
        for word in ("{postgresql}", "{redis}")
    )
    speed = machine.counts_per_millisecond()
    with product.running(scale, needs) as running:
        stage = Stage(running, speed, folder, with_clinic)
        light = {name: case for name, case in cases.items() if case.light}
        longest_first = sorted(light, key=lambda name: -light[name].lasts(scale))
        with ThreadPoolExecutor(LANES) as lanes:
            playing = {name: lanes.submit(_one, stage, name, light[name], kept) for name in longest_first}
        done = {name: played.result() for name, played in playing.items()}
        done |= {name: _one(stage, name, case, kept) for name, case in cases.items() if not case.light}
    return [name for name, well in done.items() if not well]


def _one(stage: Stage, name: str, case: Case, kept: Path) -> bool:
    """Play a case and keep its result; False if it could not be played."""
    scale = stage.product.scale
    say(f"{time.strftime('%H:%M:%S')} {name} ({case.lasts(scale):.0f} s): {case.reason}")
    try:
        result = stage.play(name, case)
    except Exception:
        say(f"{name}: {traceback.format_exc()}")
        return False
    finally:
        reading.close()
    (kept / f"{name}.json").write_text(json.dumps(_told(name, case, scale) | result, indent=1))
    return True


def _kept(folder: Path) -> list[dict[str, Any]]:
    """The results that are kept of cases that still are there."""
    there = set(discovery.names(folder.name.partition("-at-")[0]))
    return [json.loads(path.read_text()) for path in sorted(folder.glob("*.json")) if path.stem in there]


def _told(name: str, case: Case, scale: float) -> dict[str, Any]:
    label = dataclasses.asdict(case.label)
    return {
        "name": name,
        "label": label,
        "reason": case.reason,
        "onset": case.onset,
        "scale": scale,
        "stretched": case.stretched,
    }


def main() -> int:
    """Parse the command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.lab", description=__doc__)
    parser.add_argument("what", choices=("run", "freeze", "page"))
    parser.add_argument("--cases", default="*", help="names, with * and ?, commas between them")
    parser.add_argument("--frozen", action="store_true", help="those of `frozen`, whose hashes must be as committed")
    parser.add_argument("--scale", type=float, default=10.0, help="ADVISOR_TIME_SCALE")
    parser.add_argument("--resume", action="store_true", help="keep results that are there")
    parser.add_argument("--plain", action="store_true", help="do not ask Clinic Doctor, which takes a minute a case")
    asked = parser.parse_args()
    try:
        if asked.what == "freeze":
            discovery.SUMS.write_text(discovery.sums())
            return 0
        if asked.what == "page":
            page.write({kept.name: _kept(kept) for kept in RESULTS.glob("*-at-*")})
            return 0
        if asked.frozen:
            discovery.require_frozen()
        folder = discovery.FROZEN if asked.frozen else discovery.OPEN
        return run(folder, asked.cases, asked.scale, asked.resume, clinic.is_there() and not asked.plain)
    except discovery.WrongCaseError as refusal:
        print(refusal, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())

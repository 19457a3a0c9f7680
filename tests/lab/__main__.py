"""`python -m tests.lab run|judge|freeze|page`: what `make lab` and `make lab-frozen` call, and what comes of it."""

from __future__ import annotations

import argparse
import sys
import time
import traceback
from concurrent.futures import ThreadPoolExecutor

from tests.lab import clinic, discovery, kept, machine, page, product, reading, report, windows
from tests.lab.case import Case
from tests.lab.kept import Kept
from tests.lab.others import MOST, Others
from tests.lab.story import Stage

LANES = 5
"""So many light cases run side by side."""


def say(text: str) -> None:
    """One line for the person at the terminal."""
    print(text, flush=True)


def run(folder: str, pattern: str, scale: float, resume: bool, with_clinic: bool) -> int:
    """Play the cases and print the score; 1 if a case could not be played."""
    cases = discovery.cases(folder, pattern)
    results = Kept(folder, scale)
    missing = {name: machine.missing(service) for name, case in cases.items() for service in case.services}
    for name in [name for name in cases if missing[name]]:
        say(f"{name}: skipped, it needs {missing[name]}.")
    todo = {name: case for name, case in cases.items() if not missing[name]}
    done = {result["name"] for result in results.load(todo)} if resume else set()
    fresh = {name: case for name, case in todo.items() if name not in done}
    failed = _play(results, fresh) if fresh else []
    if with_clinic:
        _ask_clinic(results, todo)
    found = results.load(todo)
    say(f"\n{len(found)} cases of {folder} at time scale {scale:g}; {len(cases) - len(todo)} skipped.")
    for line in (*report.table(found), "", *report.lines(found)):
        say(line)
    for name in failed:
        say(f"{name} has no result: play it again.")
    return 1 if failed else 0


def judge(folder: str, pattern: str, scale: float) -> int:
    """Say of cases that were played here what the rules make of them now."""
    for name, case in discovery.cases(folder, pattern).items():
        where = windows.path(folder, name, case, scale)
        if where.is_file():
            truth = ", ".join((*case.label.rules[:1], *case.label.second)) or "healthy"
            found = windows.judged(where, case, scale)
            said = "; ".join(f"{f.rule} ({f.severity}) {f.after / 60:.1f} min: {f.first}" for f in found)
            say(f"{name:32} {truth:24} {said or 'silent'}")
    return 0


def _play(results: Kept, cases: dict[str, Case]) -> list[str]:
    with product.running(results.scale, _need_databases(cases)) as running:
        stage = Stage(running, results.folder)
        light = {name: case for name, case in cases.items() if case.light}
        longest_first = sorted(light, key=lambda name: -light[name].lasts(results.scale))
        with ThreadPoolExecutor(LANES) as lanes:
            playing = {name: lanes.submit(_one, stage, name, light[name], results) for name in longest_first}
        done = {name: played.result() for name, played in playing.items()}
        done |= {name: _one(stage, name, case, results) for name, case in cases.items() if not case.light}
    return [name for name, well in done.items() if not well]


def _ask_clinic(results: Kept, cases: dict[str, Case]) -> None:
    """Ask Clinic Doctor about the cases that have a result without its answer, one after another."""
    without = clinic.unasked(results.load(cases), cases)
    if not without:
        return
    with product.running(results.scale, _need_databases(cases)) as running:
        stage = Stage(running, results.folder)
        for number, result in enumerate(without, 1):
            name = result["name"]
            say(f"{time.strftime('%H:%M:%S')} Clinic Doctor, {number} of {len(without)}: {name}")
            results.save(name, cases[name], result | {"clinic": stage.ask_clinic(name, cases[name])})


def _need_databases(cases: dict[str, Case]) -> bool:
    return any(
        word in str(service.environment)
        for case in cases.values()
        for service in case.services
        for word in ("{postgresql}", "{redis}")
    )


def _one(stage: Stage, name: str, case: Case, results: Kept) -> bool:
    """Play a case and keep its result; False if it could not be played, or others were at work meanwhile."""
    scale = stage.product.scale
    say(f"{time.strftime('%H:%M:%S')} {name} ({case.lasts(scale):.0f} s): {case.reason}")
    others = Others()
    try:
        result = stage.play(name, case)
    except Exception:
        say(f"{name}: {traceback.format_exc()}")
        return False
    finally:
        reading.close()
    share = others.share()
    if share > MOST:
        say(f"{name}: others used {share:.0%} of the processors meanwhile, so that its result is not kept.")
        return False
    results.save(name, case, result)
    return True


def main() -> int:
    """Parse the command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.lab", description=__doc__)
    parser.add_argument("what", choices=("run", "judge", "freeze", "page"))
    parser.add_argument("--cases", default="*", help="names, with * and ?, commas between them")
    parser.add_argument("--frozen", action="store_true", help="those of `frozen`, whose hashes must be as committed")
    parser.add_argument("--seen", action="store_true", help="those of `seen`, which were frozen until their run")
    parser.add_argument("--scale", type=float, default=10.0, help="ADVISOR_TIME_SCALE")
    parser.add_argument("--resume", action="store_true", help="keep results that are there")
    parser.add_argument("--plain", action="store_true", help="do not ask Clinic Doctor, which takes a minute a case")
    asked = parser.parse_args()
    try:
        if asked.what == "freeze":
            discovery.SUMS.write_text(discovery.sums())
            return 0
        if asked.what == "page":
            page.write(kept.all_of_them())
            return 0
        if asked.frozen:
            discovery.require_frozen()
        folder = discovery.FROZEN if asked.frozen else discovery.SEEN if asked.seen else discovery.OPEN
        if asked.what == "judge":
            return judge(folder, asked.cases, asked.scale)
        return run(folder, asked.cases, asked.scale, asked.resume, clinic.is_there() and not asked.plain)
    except discovery.WrongCaseError as refusal:
        print(refusal, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())

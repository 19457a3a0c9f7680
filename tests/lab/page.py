"""The score as a page of the documentation, from the results that are kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from tests.lab import discovery, kept, outcome, report, score
from tests.lab.goals import Goal, Results, goals
from tests.lab.outcome import Outcome
from tests.lab.report import share

PAGE = Path(__file__).resolve().parents[2] / "templates" / "docs" / "measurements" / "lab.md"
TITLES = {
    "cases": "Cases that the rules were tuned on",
    "frozen": "Frozen cases, run once the rules were done",
    "seen": "Cases that were frozen before, each set as it was judged in its only run",
}
SENDERS = {
    "probe": "the probe",
    "sdk": "an OpenTelemetry SDK",
    "prom": "a page of prom-client",
    "pm2": "PM2",
    "agent": "nobody, the agent looks from outside",
}


HEAD = """# What the lab found

Real Node.js processes with real faults under real load; what the product says of each beside the label that
the case's author gave it, and beside what peers say of the same samples. `tests/lab/README.md` tells how it
is done and what each figure counts; `python -m tests.lab page` writes this page from the results in
`tests/lab/results`, each of which says with which commit it was measured.
"""


def markdown(found: Mapping[str, Results]) -> str:
    """The page; `found` are results by the name of their folder and scale, such as `frozen-at-10`."""
    parts = (line.rstrip() for name, results in sorted(found.items()) if results for line in _part(name, results))
    return "\n".join((HEAD, *parts))


def write(found: Mapping[str, Results]) -> None:
    """Put the page into the documentation."""
    PAGE.write_text(markdown(found))


def _part(name: str, results: Results) -> Iterable[str]:
    folder, _, scale = name.partition("-at-")
    ours = report.everyone(results)[report.OURS]
    yield f"## {TITLES[folder]}"
    yield ""
    pace = "as slow as life" if scale == "1" else f"{scale} times as fast as life"
    there = len(discovery.names(folder))
    yield f"{len(results)} of {there} cases, {pace}."
    yield ""
    for run in _runs(folder, results):
        yield from _origin(run)
        yield from _sums(report.everyone(run))
    yield from _goals(results)
    yield from _calibration(results)
    yield from _classes([o for o in ours if not o.is_double])
    yield from _senders(results, ours)
    effects = [effect for result in results for effect in score.effects(result)]
    if effects:
        yield from _table(
            ("applied", "figure", "predicted", "measured", ""),
            ((e.name, e.metric, e.predicted, f"{e.measured:.3g}", e.told) for e in effects),
        )
        yield f"{sum(e.is_inside for e in effects)} of {len(effects)} predictions hold what was measured."
        yield ""
    for name, strategy in score.uncompared(results):
        yield f"`{strategy}` was applied in {name}, and nothing that was predicted of it was measured."
        yield ""
    yield from _table(("case", "truth", "said", "first advice", "after", ""), (_row(o) for o in ours))


def _runs(folder: str, results: Results) -> Iterable[Results]:
    """Each set that was frozen had its only run with a commit of its own; other results have one score together."""
    if folder != discovery.SEEN:
        return [results]
    commits = dict.fromkeys(result["commit"] for result in sorted(results, key=lambda result: result["began"]))
    return [[result for result in results if result["commit"] == commit] for commit in commits]


def _origin(results: Results) -> Iterable[str]:
    """When, where and with how many commits: a score of many is no score of one."""
    ordered = sorted(results, key=lambda result: result["began"])
    days = list(dict.fromkeys(kept.day(result["began"]) for result in ordered))
    commits = dict.fromkeys(result["commit"] for result in ordered)
    machines = dict.fromkeys(result["machine"] for result in results)
    when = days[0] if len(days) == 1 else f"{days[0]} to {days[-1]}"
    yield f"Measured {when} with {', '.join(f'`{commit}`' for commit in commits)}; {'; '.join(machines)}."
    yield ""


def _sums(answers: Mapping[str, Sequence[Outcome]]) -> Iterable[str]:
    rows = []
    for who, outcomes in answers.items():
        offers, bad = sum(o.offers for o in outcomes), sum(len(o.forbidden) for o in outcomes)
        bound = f", at most {score.upper_bound(bad, offers):.1%} (95 %)" if offers else ""
        healthy = sum(o.truth is None for o in outcomes)
        rows.append((
            who, str(len(outcomes)), share(score.macro_f1(outcomes)), share(score.acceptable(outcomes)),
            f"{bad} of {offers}{bound}", f"{len(score.false_warnings(outcomes))} of {healthy}",
            _minutes(score.median_seconds(outcomes)),
        ))  # fmt: skip
    names = (
        "",
        "cases",
        "macro-F1",
        "first advice helps",
        "forbidden options",
        "healthy ones warned of",
        "median time",
    )
    return _table(names, rows)


def _goals(results: Results) -> Iterable[str]:
    """What should be reached (decision model 3.4) beside what was."""
    rows = (
        (goal.words, _target(goal), goal.told(goal.value), "reached" if goal.holds else "**missed**")
        for goal in goals(results)
        if goal.target is not None and goal.value is not None
    )
    return _table(("figure", "goal", "measured", ""), rows)


def _target(goal: Goal) -> str:
    return f"at {'least' if goal.at_least else 'most'} {goal.told(goal.target or 0)}"


def _classes(outcomes: Sequence[Outcome]) -> Iterable[str]:
    """Each diagnosis: how often it was right, and how long it took where it was."""
    rows = []
    for found in score.classes(outcomes):
        right = [o for o in outcomes if o.truth == o.said == found.name]
        times = _minutes(score.median_seconds(right)), _minutes(score.longest_seconds(right))
        rows.append((found.name, share(found.precision), share(found.recall), *times))
    return _table(("class", "precision", "recall", "median time", "longest"), rows)


def _calibration(results: Results) -> Iterable[str]:
    sure = outcome.confidences(results)
    error = score.calibration_error(sure)
    if error is not None:
        true, said = sum(is_true for _, is_true in sure), sum(confidence for confidence, _ in sure)
        yield (
            f"{true} of {len(sure)} warnings are true, and their confidence adds up to {said:.1f}: in ten bins it is "
            f"{error:.2f} off on average."
        )
        yield ""


def _senders(results: Results, outcomes: Sequence[Outcome]) -> Iterable[str]:
    """Who reported from inside: with other senders than the probe signals are missing."""
    rows = []
    for sender, name in SENDERS.items():
        found = [o for result, o in zip(results, outcomes, strict=True) if result["telemetry"] == sender]
        faults = [o for o in found if o.truth]
        right, helped = sum(o.is_right for o in found), sum(o.is_acceptable for o in faults)
        if found:
            rows.append((name, str(len(found)), str(right), str(len(faults)), str(helped)))
    return _table(("reported from inside by", "cases", "judged right", "with a fault", "first advice helps"), rows)


def _minutes(seconds: float | None) -> str:
    return "-" if seconds is None else f"{seconds / 60:.1f} min"


def _row(o: Outcome) -> tuple[str, ...]:
    wrong = [name for name in o.wrong if name != o.said]
    notes = [f"also said: {', '.join(wrong)}"] if wrong else []
    notes += [f"forbidden: {', '.join(o.forbidden)}"] if o.forbidden else []
    notes += [f"missed: {', '.join(o.missed)}"] if o.missed else []
    after = "" if o.seconds is None else _minutes(o.seconds)
    truth, said = o.truth or "healthy", o.said or "silent"
    mark = said if o.is_right else f"**{said}**"
    return o.name, truth, mark, o.first or "", after, "; ".join(notes)


def _table(names: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterable[str]:
    yield f"| {' | '.join(names)} |"
    yield f"| {' | '.join('---' for _ in names)} |"
    for row in rows:
        yield f"| {' | '.join(row)} |"
    yield ""

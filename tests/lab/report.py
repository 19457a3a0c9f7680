"""The score as a table for people and as JSON lines for machines."""

from __future__ import annotations

import json
import statistics
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from tests.lab import outcome, score
from tests.lab.outcome import Outcome
from tests.lab.score import Effect

Results = Sequence[dict[str, Any]]

GOAL_F1 = 0.90
GOAL_FIRST = 0.90
GOAL_SECONDS = 360.0
GOAL_LOOP = 0.10
GOAL_P95 = 0.40
GOAL_CALIBRATION = 0.10


def everyone(results: Results) -> dict[str, list[Outcome]]:
    """Outcomes by who answered; Clinic Doctor's only for the cases that it was run on."""
    clinic = [found for result in results if (found := outcome.of_clinic(result))]
    return {
        "Scaling Advisor": [outcome.of_product(result) for result in results],
        "HPA at 70 % CPU": [outcome.of_alarm(result, "hpa") for result in results],
        "ELU above 0.8": [outcome.of_alarm(result, "elu") for result in results],
        **({"Clinic Doctor": clinic} if clinic else {}),
    }


def table(results: Results) -> Iterable[str]:
    """Lines for the terminal: each case, each class, and everybody's sums."""
    answers = everyone(results)
    ours = answers["Scaling Advisor"]
    yield f"{'case':32} {'truth':24} {'said':24} {'first advice':18} after"
    for o in ours:
        mark = "" if o.is_right and (o.truth is None or o.is_acceptable) and not o.forbidden else "  <-"
        after = "" if o.seconds is None else f"{o.seconds:.0f} s"
        yield f"{o.name:32} {o.truth or 'healthy':24} {o.said or 'silent':24} {o.first or '':18} {after}{mark}"
        extra = [name for name in o.wrong if name != o.said]
        if extra or o.forbidden:
            others, harm = ", ".join(extra) or "nothing", ", ".join(o.forbidden) or "nothing"
            yield f"{'':32} also said: {others}; forbidden: {harm}"
    yield ""
    yield f"{'class':32} precision  recall"
    for found in score.classes([o for o in ours if not o.is_double]):
        yield f"{found.name:32} {share(found.precision):>9} {share(found.recall):>7}"
    yield ""
    yield f"{'':18} cases macro-F1 first advice  forbidden false warnings   median"
    for who, outcomes in answers.items():
        healthy = sum(o.truth is None for o in outcomes)
        yield (
            f"{who:18} {len(outcomes):5} {share(score.macro_f1(outcomes)):>8} {share(score.acceptable(outcomes)):>12}"
            f" {sum(len(o.forbidden) for o in outcomes):>4} of {sum(o.offers for o in outcomes):<3}"
            f" {len(score.false_warnings(outcomes)):>7} of {healthy:<4} {_seconds(score.median_seconds(outcomes)):>8}"
        )
    for effect in (effect for result in results for effect in score.effects(result)):
        figure = f"{effect.name}: {effect.metric}"
        yield f"{figure} predicted {effect.predicted}, measured {effect.measured:.3g}: {effect.told}"


def lines(results: Results) -> Iterable[str]:
    """The JSON lines of every bench: one per figure, the best peer beside it."""
    answers = everyone(results)
    ours = answers.pop("Scaling Advisor")
    offers, bad = sum(o.offers for o in ours), sum(len(o.forbidden) for o in ours)
    has_healthy = any(o.truth is None for o in ours)
    false = len(score.false_warnings(ours)) if has_healthy else None
    found = [effect for result in results for effect in score.effects(result)]
    yield _line("lab_macro_f1", score.macro_f1(ours), "1", _best(answers, score.macro_f1), GOAL_F1, at_least=True)
    yield _line(
        "lab_first_advice", score.acceptable(ours), "1", _best(answers, score.acceptable), GOAL_FIRST, at_least=True
    )
    yield _line("lab_forbidden_advice", bad if offers else None, "{option}", ("", None), 0)
    yield _line("lab_forbidden_advice_bound", score.upper_bound(bad, offers) if offers else None, "1", ("", None), None)
    yield _line("lab_false_warnings", false, "{case}", _fewest(answers), 0)
    yield _line("lab_seconds_to_warning", score.median_seconds(ours), "s", ("", None), GOAL_SECONDS)
    yield _line("lab_reopened", sum(o.reopened for o in ours), "{warning}", ("", None), 0)
    yield _line("lab_second_faults_missed", sum(len(o.missed) for o in ours), "{fault}", ("", None), None)
    sure = outcome.confidences(results)
    yield _line("lab_calibration_error", score.calibration_error(sure), "1", ("", None), GOAL_CALIBRATION)
    for metric, goal in (("loop_utilization", GOAL_LOOP), ("p95", GOAL_P95)):
        yield _line(f"lab_{metric}_error", _error(found, metric), "1", ("", None), goal)


def _error(effects: list[Effect], metric: str) -> float | None:
    errors = [effect.error for effect in effects if effect.metric == metric and effect.error is not None]
    return statistics.median(errors) if errors else None


def _best(
    answers: dict[str, list[Outcome]], figure: Callable[[list[Outcome]], float | None]
) -> tuple[str, float | None]:
    known = [(value, who) for who, outcomes in answers.items() if (value := figure(outcomes)) is not None]
    value, who = max(known, default=(None, ""))
    return who, value


def _fewest(answers: dict[str, list[Outcome]]) -> tuple[str, float | None]:
    value, who = min((len(score.false_warnings(outcomes)), who) for who, outcomes in answers.items())
    return who, value


def _line(
    name: str,
    value: float | None,
    unit: str,
    peer: tuple[str, float | None],
    goal: float | None,
    at_least: bool = False,
) -> str:
    who, theirs = peer
    holds = None if value is None or goal is None else value >= goal if at_least else value <= goal
    ratio = value / theirs if value is not None and theirs else None
    told = {"name": name, "value": value, "unit": unit, "peer": who, "peer_value": theirs, "ratio": ratio}
    return json.dumps({**told, "goal": goal, "holds": holds})


def share(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"


def _seconds(value: float | None) -> str:
    return "-" if value is None else f"{value:.0f} s"

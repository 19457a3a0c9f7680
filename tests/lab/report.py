"""The score as a table for people and as JSON lines for machines."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Final

from tests.lab import outcome, score
from tests.lab.goals import Results, goals
from tests.lab.outcome import Outcome

OURS: Final = "Scaling Advisor"

PEERS: Final[Mapping[str, Callable[[list[Outcome]], float | None]]] = {
    "lab_macro_f1": score.macro_f1,
    "lab_first_advice": score.acceptable,
}
"""The figures that a peer's answers have as well, where more is better."""


def everyone(results: Results) -> dict[str, list[Outcome]]:
    """Outcomes by who answered; Clinic Doctor's only for the cases that it was run on."""
    clinic = [found for result in results if (found := outcome.of_clinic(result))]
    return {
        OURS: [outcome.of_product(result) for result in results],
        "HPA at 70 % CPU": [outcome.of_alarm(result, "hpa") for result in results],
        "ELU above 0.8": [outcome.of_alarm(result, "elu") for result in results],
        **({"Clinic Doctor": clinic} if clinic else {}),
    }


def table(results: Results) -> Iterable[str]:
    """Lines for the terminal: each case, each class, and everybody's sums."""
    answers = everyone(results)
    ours = answers[OURS]
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
    peers = {who: found for who, found in everyone(results).items() if who != OURS}
    for goal in goals(results):
        who, theirs = _best(peers, goal.name)
        ratio = goal.value / theirs if goal.value is not None and theirs else None
        told = {"name": goal.name, "value": goal.value, "unit": goal.unit, "peer": who, "peer_value": theirs}
        yield json.dumps({**told, "ratio": ratio, "goal": goal.target, "holds": goal.holds})


def _best(answers: Mapping[str, list[Outcome]], name: str) -> tuple[str, float | None]:
    """Which peer comes best off in this figure, and how well; nobody where it is none of theirs."""
    if name == "lab_false_warnings":
        fewest, who = min((len(score.false_warnings(outcomes)), who) for who, outcomes in answers.items())
        return who, fewest
    if name not in PEERS:
        return "", None
    known = [(value, who) for who, outcomes in answers.items() if (value := PEERS[name](outcomes)) is not None]
    value, who = max(known, default=(None, ""))
    return who, value


def share(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"


def _seconds(value: float | None) -> str:
    return "-" if value is None else f"{value:.0f} s"

"""Judges made-up days and counts: false warnings on healthy services, and how long a leak goes unseen."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass

from advisor.diagnosis import Ruling
from advisor.engine.replay import Replay
from advisor.vocabulary import Severity, Verdict
from tests.replay.services import service
from tests.replay.shapes import HOUR, Shape, drawn

PER_DAY_GOAL = 0.02
LEAK_GOAL = 24 * HOUR


@dataclass(frozen=True)
class Run:
    """One service to judge: what it is called, its shape, how long, and the seed that it is made from."""

    name: str
    shape: Shape
    days: float
    seed: int
    step: float = 30.0


@dataclass(frozen=True)
class Alarm:
    """A rule that began to fire, `after` seconds from the start."""

    rule: str
    severity: str
    after: float
    claim: str


@dataclass(frozen=True)
class Outcome:
    """What came of a run."""

    run: Run
    alarms: tuple[Alarm, ...]

    @property
    def warnings(self) -> tuple[Alarm, ...]:
        """Those that would have woken somebody."""
        return tuple(alarm for alarm in self.alarms if alarm.severity != Severity.INFO)


def judged(run: Run) -> Outcome:
    """Replay one run."""
    whole = service(drawn(run.shape, run.seed), run.days, run.seed, run.name)
    return Outcome(run, tuple(_alarms(Replay(whole, run.step), whole.start)))


def _alarms(replay: Replay, start: float) -> Iterator[Alarm]:
    firing: set[str] = set()
    for judgement in replay:
        for ruling in judgement.rulings:
            if ruling.verdict is not Verdict.FIRING or ruling.held_back_by:
                firing.discard(ruling.rule)
            elif ruling.rule not in firing:
                firing.add(ruling.rule)
                yield _alarm(ruling, judgement.at - start)


def _alarm(ruling: Ruling, after: float) -> Alarm:
    return Alarm(ruling.rule, ruling.reading.severity.value, after, ruling.reading.claim)


def false_warnings(outcomes: Sequence[Outcome]) -> dict[str, object]:
    """Warnings per healthy service-day, with the 95 % upper bound of what the true rate may be."""
    days = sum(outcome.run.days for outcome in outcomes)
    count = sum(len(outcome.warnings) for outcome in outcomes)
    rate = count / days
    return _line("false_warnings_per_service_day", rate, "1/d", PER_DAY_GOAL, rate <= PER_DAY_GOAL) | {
        "service_days": days,
        "warnings": count,
        "upper_95": _upper(count) / days,
        "info": sum(len(outcome.alarms) for outcome in outcomes) - count,
        "seeds": sorted({outcome.run.seed for outcome in outcomes}),
    }


def leaks_found(outcomes: Sequence[Outcome]) -> dict[str, object]:
    """The longest that a leak went unseen, in seconds of series time; infinite if one was not seen at all."""
    delays = [
        min((alarm.after for alarm in outcome.alarms if alarm.rule == "memory-leak"), default=math.inf)
        for outcome in outcomes
    ]
    worst = max(delays)
    return _line("leak_unseen_longest", worst, "s", LEAK_GOAL, worst <= LEAK_GOAL) | {
        "found": sum(map(math.isfinite, delays)),
        "of": len(delays),
        "seeds": sorted({outcome.run.seed for outcome in outcomes}),
    }


def runs(shapes: Mapping[str, Shape], days: float, seeds: Sequence[int]) -> list[Run]:
    """A run for each shape and seed."""
    return [Run(name, shape, days, seed) for seed in seeds for name, shape in shapes.items()]


def told(outcome: Outcome) -> dict[str, object]:
    """An outcome as a line."""
    run = outcome.run
    return {"name": run.name, "seed": run.seed, "days": run.days, "alarms": [asdict(alarm) for alarm in outcome.alarms]}


def _upper(count: int) -> float:
    """95 % upper bound of a Poisson mean after `count` events, by bisection; 3.0 for none (the rule of three)."""
    low, high = float(count), count + 4 * math.sqrt(count + 1) + 4
    for _ in range(60):
        middle = (low + high) / 2
        tail = sum(math.exp(-middle + n * math.log(middle) - math.lgamma(n + 1)) for n in range(count + 1))
        low, high = (middle, high) if tail > 0.05 else (low, middle)
    return high


def _line(name: str, value: float, unit: str, goal: float, holds: bool) -> dict[str, object]:
    return {"name": name, "value": value if math.isfinite(value) else None, "unit": unit, "goal": goal, "holds": holds}

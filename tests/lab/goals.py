"""What the lab should reach (decision model 3.4), and what it reached."""

from __future__ import annotations

import statistics
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from tests.lab import outcome, score
from tests.lab.outcome import Outcome

Results = Sequence[dict[str, Any]]

QUICK: Final = ("event-loop-saturated", "host-cpu-saturated", "downstream-bound")
"""Classes whose times have goals of their own."""

UNEVEN: Final = "uneven-load"


@dataclass(frozen=True, slots=True)
class Goal:
    """One figure of a score.

    Attributes:
        name: that of its JSON line.
        words: what people call it.
        unit: of both figures; "1" is a share.
        target: None for a figure without a goal.
        value: None where no case tells.
        at_least: whether more is better.
    """

    name: str
    words: str
    unit: str
    target: float | None
    value: float | None
    at_least: bool = False

    @property
    def holds(self) -> bool | None:
        """True if it is reached; None where there is nothing to compare."""
        if self.value is None or self.target is None:
            return None
        return self.value >= self.target if self.at_least else self.value <= self.target

    def told(self, figure: float) -> str:
        """One of both figures in words."""
        if self.unit == "s":
            return f"{figure / 60:.1f} min"
        return f"{figure:.2f}" if self.unit == "1" else f"{figure:.0f}"


def goals(results: Results) -> list[Goal]:
    """Every figure of these results, in the order in which they matter."""
    outcomes = [outcome.of_product(result) for result in results]
    return [*_said(outcomes), *_harm(outcomes), *_times(outcomes), *_sure(results)]


def _said(outcomes: Sequence[Outcome]) -> Iterable[Goal]:
    single = [found for found in score.classes([o for o in outcomes if not o.is_double]) if found.hits + found.missed]
    double = [o for o in outcomes if o.is_double]
    yield Goal("lab_macro_f1", "Macro-F1, one fault", "1", 0.90, score.macro_f1(outcomes), at_least=True)
    precision = min((found.precision for found in single if found.precision is not None), default=None)
    yield Goal("lab_least_precision", "Precision, of the worst class", "1", 0.90, precision, at_least=True)
    recall = min((found.recall for found in single if found.recall is not None), default=None)
    yield Goal("lab_least_recall", "Recall, of the worst class", "1", 0.85, recall, at_least=True)
    yield Goal(
        "lab_first_advice", "First advice helps, one fault", "1", 0.90, score.acceptable(outcomes), at_least=True
    )
    first = _share(sum(o.is_acceptable for o in double), len(double))
    yield Goal("lab_first_advice_of_two", "First advice helps, two faults", "1", 0.75, first, at_least=True)
    either = _share(sum(o.helps_early for o in double), len(double))
    yield Goal("lab_early_advice_of_two", "One of the first two helps, two faults", "1", 0.90, either, at_least=True)
    missed = sum(len(o.missed) for o in double) if double else None
    yield Goal("lab_second_faults_missed", "Second faults missed", "{fault}", None, missed)


def _harm(outcomes: Sequence[Outcome]) -> Iterable[Goal]:
    offers, bad = sum(o.offers for o in outcomes), sum(len(o.forbidden) for o in outcomes)
    yield Goal("lab_forbidden_advice", "Forbidden options offered", "{option}", 0, bad if offers else None)
    bound = score.upper_bound(bad, offers) if offers else None
    yield Goal("lab_forbidden_advice_bound", "At most, of all that are offered (95 %)", "1", None, bound)
    false = len(score.false_warnings(outcomes)) if any(o.truth is None for o in outcomes) else None
    yield Goal("lab_false_warnings", "Healthy services warned of", "{case}", 0, false)
    warned = [o for o in outcomes if o.said]
    again = _share(sum(o.reopened for o in outcomes), len(warned))
    yield Goal("lab_reopened", "Times that a warning came back, of all warnings", "1", 0.1, again)


def _times(outcomes: Sequence[Outcome]) -> Iterable[Goal]:
    yield Goal("lab_seconds_to_warning", "Time to the warning, median", "s", 360.0, score.median_seconds(outcomes))
    quick = [o for o in outcomes if o.truth in QUICK]
    words = "Time of loops, hosts and dependencies"
    yield Goal("lab_seconds_of_quick", f"{words}, median", "s", 360.0, score.median_seconds(quick))
    yield Goal("lab_seconds_of_most_quick", f"{words}, nine of ten", "s", 600.0, _nine_of_ten(quick))
    uneven = score.longest_seconds([o for o in outcomes if o.truth == UNEVEN])
    yield Goal("lab_seconds_of_uneven", "Time of uneven load, longest", "s", 720.0, uneven)


def _sure(results: Results) -> Iterable[Goal]:
    off = score.calibration_error(outcome.confidences(results))
    yield Goal("lab_calibration_error", "Confidence off the share that is true", "1", 0.10, off)
    found = [effect for result in results for effect in score.effects(result)]
    for metric, words, target in (("loop_utilization", "loop utilization", 0.10), ("p95", "p95", 0.40)):
        errors = [e.error for e in found if e.metric == metric and e.error is not None]
        error = statistics.median(errors) if errors else None
        yield Goal(f"lab_{metric}_error", f"Prediction of {words} off what is measured, median", "1", target, error)


def _nine_of_ten(outcomes: Collection[Outcome]) -> float | None:
    """Model seconds within which nine of ten of those that were warned of were; None for fewer than two."""
    times = sorted(o.seconds for o in outcomes if o.seconds is not None)
    return statistics.quantiles(times, n=10, method="inclusive")[-1] if len(times) > 1 else None


def _share(some: int, every: int) -> float | None:
    return some / every if every else None

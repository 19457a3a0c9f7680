"""The figures of decision model 3.4 over many outcomes. Plain arithmetic; knows no product."""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from math import comb
from typing import Any

from tests.lab.outcome import Outcome

CONFIDENCE = 0.95
BINS = 10


@dataclass(frozen=True, slots=True)
class ClassScore:
    """How one diagnosis did: right, falsely said, missed."""

    name: str
    hits: int
    false: int
    missed: int

    @property
    def precision(self) -> float | None:
        """Share of what was said that is right; None if it was never said."""
        said = self.hits + self.false
        return self.hits / said if said else None

    @property
    def recall(self) -> float | None:
        """Share of the cases that were found; None without any."""
        cases = self.hits + self.missed
        return self.hits / cases if cases else None

    @property
    def f1(self) -> float:
        """The harmonic mean of both, in counts."""
        return 2 * self.hits / (2 * self.hits + self.false + self.missed)


def classes(outcomes: Sequence[Outcome]) -> list[ClassScore]:
    """One score for each diagnosis that is a truth or was said."""
    names = sorted({name for o in outcomes for name in (o.truth, o.said, *o.wrong) if name})
    return [
        ClassScore(
            name,
            hits=sum(o.truth == o.said == name for o in outcomes),
            false=sum(name in o.wrong or (o.said == name != o.truth and name not in o.wrong) for o in outcomes),
            missed=sum(o.truth == name != o.said for o in outcomes),
        )
        for name in names
    ]


def macro_f1(outcomes: Sequence[Outcome]) -> float | None:
    """The mean F1 over the classes of the single-fault cases. False warnings of healthy services count against them."""
    single = [o for o in outcomes if not o.is_double]
    truths = {o.truth for o in single if o.truth}
    scores = [score.f1 for score in classes(single) if score.name in truths]
    return statistics.fmean(scores) if scores else None


def acceptable(outcomes: Sequence[Outcome]) -> float | None:
    """Share of the single-fault cases whose first way out helps; silence does not."""
    faults = [o for o in outcomes if o.truth and not o.is_double]
    return sum(o.is_acceptable for o in faults) / len(faults) if faults else None


def upper_bound(events: int, trials: int) -> float:
    """The 95 % upper bound of a rate (Clopper and Pearson, one-sided); about 3 / n for none of n."""
    if events >= trials:
        return 1.0
    low, high = events / trials, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        seen = sum(comb(trials, k) * middle**k * (1 - middle) ** (trials - k) for k in range(events + 1))
        low, high = (middle, high) if seen > 1 - CONFIDENCE else (low, middle)
    return high


def median_seconds(outcomes: Sequence[Outcome]) -> float | None:
    """Median model seconds from onset to the right warning, of those that came."""
    times = [o.seconds for o in outcomes if o.seconds is not None]
    return statistics.median(times) if times else None


def longest_seconds(outcomes: Sequence[Outcome]) -> float | None:
    """Most model seconds from onset to the right warning, of those that came."""
    return max((o.seconds for o in outcomes if o.seconds is not None), default=None)


def calibration_error(confidences: Sequence[tuple[float, bool]]) -> float | None:
    """How far confidence lies from the share that is true, in each of ten bins, weighed by what is in it (ECE)."""
    bins: dict[int, list[tuple[float, bool]]] = defaultdict(list)
    for sure, is_true in confidences:
        bins[min(BINS - 1, int(sure * BINS))].append((sure, is_true))
    apart = (abs(sum(sure - is_true for sure, is_true in found)) for found in bins.values())
    return sum(apart) / len(confidences) if confidences else None


def false_warnings(outcomes: Sequence[Outcome]) -> list[str]:
    """The healthy services that were warned of."""
    return [o.name for o in outcomes if o.truth is None and o.wrong]


@dataclass(frozen=True, slots=True)
class Effect:
    """One figure that was predicted, and what it was once the advice had been applied.

    A service at its limit hides how much it is asked for: then only one end is predicted, and the other is None.
    """

    name: str
    metric: str
    low: float | None
    high: float | None
    measured: float

    @property
    def predicted(self) -> str:
        """The range in words."""
        if self.low is None or self.high is None:
            return f"at most {self.high:.3g}" if self.low is None else f"at least {self.low:.3g}"
        return f"{self.low:.3g} to {self.high:.3g}"

    @property
    def error(self) -> float | None:
        """Distance of the middle of the prediction from what was measured, as a share of it; None without a middle."""
        if self.low is None or self.high is None:
            return None
        return abs((self.low + self.high) / 2 - self.measured) / self.measured

    @property
    def is_inside(self) -> bool:
        """What was measured lies in the predicted range."""
        above = self.low is None or self.low <= self.measured
        return above and (self.high is None or self.measured <= self.high)

    @property
    def told(self) -> str:
        """How well it was predicted, in words."""
        inside = "inside" if self.is_inside else "outside"
        return inside if self.error is None else f"{inside}, {self.error:.0%} off the middle"


def effects(result: dict[str, Any]) -> list[Effect]:
    """What was predicted of the applied strategy and measured afterwards."""
    remedy = result.get("remedy")
    if remedy is None:
        return []
    rows = (row["expected"] for row in result["recommendations"])
    expected: list[dict[str, Any]] = next(
        (row[remedy["strategy"]] for row in rows if remedy["strategy"] in row), remedy["expected"]
    )
    found = []
    for item in expected:
        low, high, measured = item["low"], item["high"], remedy["measured"].get(item["metric"])
        if measured and not (low is None and high is None):
            found.append(Effect(result["name"], item["metric"], low, high, measured))
    return found


def uncompared(results: Sequence[dict[str, Any]]) -> list[tuple[str, str]]:
    """Name and strategy of the cases whose advice was applied without a figure that was both predicted and measured."""
    applied = (result for result in results if result.get("remedy"))
    return [(result["name"], result["remedy"]["strategy"]) for result in applied if not effects(result)]

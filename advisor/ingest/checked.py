"""Reads the values of points, and refuses what cannot be true."""

from __future__ import annotations

from advisor.ingest import distributions, rejection
from advisor.ingest.meaning import Meaning
from advisor.ingest.points import ExponentialPoint, HistogramPoint, NumberPoint
from advisor.ingest.readings import Distribution
from advisor.ingest.rejection import Rejected
from advisor.vocabulary import Kind


def number(point: NumberPoint, meaning: Meaning) -> float:
    """The value of a point in its column's unit.

    Raises:
        Rejected: it is no number, or one that cannot be true.
    """
    value = point.as_double
    if type(value) is float and point.as_int is None:  # nearly always; what is no number is neither less nor more
        value *= meaning.factor
        if 0.0 <= value <= meaning.limit:
            return min(value, 1.0) if meaning.is_ratio else value
    given = point.as_double if point.as_int is None else float(point.as_int)
    number = distributions.finite(given, meaning.factor)
    if number is None:
        raise Rejected(rejection.NOT_A_NUMBER)
    return _checked(number, meaning)


def distribution(
    point: HistogramPoint | ExponentialPoint, meaning: Meaning, is_kept: bool
) -> tuple[Distribution, tuple[float, ...] | None]:
    """A point's distribution, and its bounds where they are explicit.

    Raises:
        Rejected: no distribution is expected, or its figures cannot be true.
        ValueError: its buckets cannot be read.
    """
    if meaning.kind is not Kind.HISTOGRAM:
        raise Rejected(rejection.WRONG_KIND)
    if isinstance(point, HistogramPoint):
        found: tuple[Distribution, tuple[float, ...] | None] = distributions.explicit(point, meaning.factor)
    else:
        found = distributions.exponential(point, meaning.factor, is_kept), None
    figures, _ = found
    for value in (float(figures.count), figures.sum, figures.max):
        if value is not None:
            _checked(value, meaning)
    return found


def _checked(value: float, meaning: Meaning) -> float:
    if value < 0:
        raise Rejected(rejection.NEGATIVE)
    if value > meaning.limit:
        raise Rejected(rejection.TOO_LARGE)
    return min(value, 1.0) if meaning.is_ratio else value

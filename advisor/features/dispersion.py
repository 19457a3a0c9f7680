"""How much the durations of requests differ: what decides whether taking turns shares work out evenly."""

from __future__ import annotations

import math
from typing import Final

from advisor.features.histogram import Histogram

WIDEST: Final = 20.0
"""Highest figure that is believed: beyond it the durations follow no usual curve."""

_P95: Final = 1.645  # the 95th percentile of a normal distribution, in standard deviations


def dispersion(latency: Histogram) -> float:
    """Squared coefficient of variation, as of a log-normal curve through median and 95th percentile; 0 without any.

    Durations hold waiting besides work, so it errs on the wide side.
    """
    middle, high = latency.quantile(0.5), latency.quantile(0.95)
    if not high > middle > 0:
        return 0.0
    return min(WIDEST, math.expm1((math.log(high / middle) / _P95) ** 2))

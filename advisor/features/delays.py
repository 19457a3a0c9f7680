"""What the loop's delay timer tells where nobody sums up the delays: OpenTelemetry's figures and prom-client's."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from advisor.features import stats
from advisor.features.sums import Span
from advisor.features.window import Track

SLOP: Final = 0.01
"""The mean lies this share above the median on an idle loop too: prom-client's page of an idle service has 0.0074."""

NOTICED: Final = 0.05
"""Seconds of the longest delay from which others in its row are told from the jitter of a timer (judgement)."""


def share_by_mean(track: Track, span: Span) -> float:
    """The share of time lost to delays, from how far their mean lies above their median; NaN without both.

    The timer fires again one resolution after it could fire last, so the delays add up to the whole time. All
    but the delayed ones are about the median; what the mean has more is what the long ones added.
    """
    means, _ = stats.known(track, "loop_delay_mean", span)
    medians, seconds = stats.known(track, "loop_delay_p50", span)
    if not means.size or means.size != medians.size or not seconds.sum() > 0:
        return math.nan
    above = np.clip(1 - medians / np.maximum(means, 1e-9) - SLOP, 0.0, 1.0)
    return float(np.average(above, weights=seconds))


def share_by_spread(track: Track, span: Span, resolution: float) -> float:
    """The share of time lost to delays, at least, from how widely they spread; NaN without their figures.

    A block adds its square to the variance of all delays, so that this over the longest one is no more than the sum of
    blocks, and all of it where they are alike. On an idle loop the mean shows only what is more than `SLOP`.
    """
    names = ("loop_delay_stddev", "loop_delay_mean", "loop_delay_max")
    spread, mean, longest = (stats.known(track, name, span)[0] for name in names)
    _, seconds = stats.known(track, names[0], span)
    if not spread.size or spread.size != mean.size or spread.size != longest.size or not seconds.sum() > 0:
        return math.nan
    longest = longest - resolution
    share = np.where(longest >= NOTICED, spread**2 / np.maximum(mean * longest, 1e-9), 0.0)
    return float(np.average(np.minimum(share, 1.0), weights=seconds))

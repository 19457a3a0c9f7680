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

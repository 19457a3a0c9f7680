"""Why a point is left out, in the words that its sender reads."""

from __future__ import annotations

from typing import Final

UNREADABLE: Final = "points with unreadable attributes, times or buckets"
NOT_A_NUMBER: Final = "points without a finite number"
NEGATIVE: Final = "points with a negative value"
TOO_LARGE: Final = "points with a value larger than can be true"
IN_THE_FUTURE: Final = "points more than 5 minutes ahead of the server's clock"
TOO_OLD: Final = "points older than 48 hours"
NO_START: Final = "delta points without a start time in the last 48 hours"
WRONG_KIND: Final = "points of a kind that this metric does not have"
SUMMARIES: Final = "points of summaries, which cannot be merged: send histograms"
OUT_OF_ORDER: Final = "points older than the last one of their running total"
NOBODY: Final = "process points of a resource without service.name, service.instance.id or process.pid"


class Rejected(Exception):
    """One point is left out; its only argument is the reason."""

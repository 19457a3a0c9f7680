"""Keeps open advice from changing back and forth while somebody reads it: its first option, and how severe it is."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from advisor.recommendations.content import Content
from advisor.recommendations.models import Recommendation
from advisor.vocabulary import Progress, Severity

LOOKS: Final = 3
"""Looks in a row in which another option must come first before it takes the place of the first."""


def keep_first(row: Recommendation, fresh: Content) -> Content:
    """The new content, with the option that the row has first still first unless another has earned the place.

    A first option that was ruled out gives way at once. The row, which is not saved, counts the looks.
    """
    first, new = _first(row.options), _first(fresh.options)
    if not first or first == new or first not in {option["id"] for option in fresh.options}:
        row.challenger, row.challenger_looks = "", 0
        return fresh
    row.challenger_looks = row.challenger_looks + 1 if row.challenger == new else 1
    row.challenger = new
    if row.challenger_looks >= LOOKS:
        row.challenger, row.challenger_looks = "", 0
        return fresh
    ordered = sorted(fresh.options, key=lambda option: option["id"] != first)
    return replace(fresh, options=[option | {"rank": rank} for rank, option in enumerate(ordered, 1)])


def keep_warning(row: Recommendation, fresh: Content) -> Content:
    """The new content; what the row warned of stays a warning until it is over, and falls to no hint meanwhile."""
    if row.severity != Severity.INFO and fresh.severity == Severity.INFO:
        return replace(fresh, severity=Severity.WARNING.value)
    return fresh


def is_worse_than_ever(row: Recommendation, before: str) -> bool:
    """True for open advice that was as severe as `before` until now, and is more severe than it ever was.

    The steps to open tell by their notes how severe it was when people heard of it.
    """
    now = Severity(row.severity)
    if row.state != Progress.OPEN or now.rank <= Severity(before).rank:
        return False
    as_severe = [severity for severity in Severity if severity.rank >= now.rank]
    return not row.transitions.filter(after=Progress.OPEN, note__in=as_severe).exists()


def _first(options: list[Any]) -> str:
    return str(options[0]["id"]) if options else ""

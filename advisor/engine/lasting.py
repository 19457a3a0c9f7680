"""Trouble that no known change brought about: it was there before one, and is there again when all has warmed up."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import takewhile
from typing import Final

from advisor.diagnosis import Condition, Reading, Rule
from advisor.engine.gate import too_little
from advisor.engine.hold import enough
from advisor.engine.order import is_over
from advisor.features import Snapshot
from advisor.features.lives import CHANGED, changes
from advisor.features.memo import remembered

WARM: Final = 180.0
"""Scaled seconds after a change from which a look counts: processes have been judged for a minute then."""

SEEN: Final = 90.0
"""Scaled seconds that such a look sees: a slow start of two and a half minutes is over by then where deploys follow
each other every four, and 200 requests come where there are two or three a second."""

STEP: Final = 60.0
"""Scaled seconds between two such looks."""


def lasting(
    rule: Rule, reading: Reading, snapshot: Snapshot, read: Callable[[Rule, Snapshot], Reading]
) -> Reading | None:
    """What a rule may say of a service that changes: it was over for its hold time in all looks that count.

    At least one of them lies before the last change. What is read now counts where it says something, else the newest
    of those looks: processes that are replaced again and again are all too young for whole windows. Nothing is
    remembered for it, for what the window shows is read again; None where the rule has to wait.
    """
    if reading.condition in (Condition.UNDER, Condition.BETWEEN) or enough(rule.hold) > _shown(snapshot):
        return None
    looks = _settled(snapshot)
    found = list(takewhile(is_over, (_looked(rule, look, read) for look in looks)))
    if not found or looks[len(found) - 1].now > _last_change(snapshot):
        return None
    seen = (snapshot.now - looks[len(found) - 1].window.start) * snapshot.time_scale
    told = reading if is_over(reading) else found[0]
    return replace(told, hold=0.0) if seen >= enough(rule.hold_of(told)) else None


def _looked(rule: Rule, look: Snapshot, read: Callable[[Rule, Snapshot], Reading]) -> Reading:
    if too_little(look, SEEN, look.coverage(SEEN)) or any(map(look.lacks, rule.needs)):
        return Reading(Condition.UNKNOWN)
    return read(rule, look)


@remembered
def _last_change(snapshot: Snapshot) -> float:
    """When the last known change that the window shows was over, in Unix seconds; its start where there is none."""
    return max([snapshot.window.start, *(until for _, until in _changed(snapshot))])


def _shown(snapshot: Snapshot) -> float:
    """Scaled seconds that the window shows."""
    return (snapshot.now - snapshot.window.start) * snapshot.time_scale


def _changed(snapshot: Snapshot) -> list[tuple[float, float]]:
    """Start and end of the known changes that the window shows, oldest first."""
    return [(change.at, change.until) for change in changes(snapshot, _shown(snapshot)) if change.kind in CHANGED]


@remembered
def _settled(snapshot: Snapshot) -> tuple[Snapshot, ...]:
    """The service as it was at each look that counts, the newest first; empty where figures have not settled now."""
    known = _changed(snapshot)
    if not known or snapshot.now < known[-1][1] + WARM / snapshot.time_scale:
        return ()
    ends = [snapshot.now, *(at for at, _ in reversed(known))]
    starts = [*(until + WARM / snapshot.time_scale for _, until in reversed(known)), snapshot.window.start]
    looks = (at for start, end in zip(starts, ends, strict=True) for at in _looks(snapshot, start, end))
    return tuple(_as_at(snapshot, at) for at in looks)


def _looks(snapshot: Snapshot, start: float, end: float) -> Iterator[float]:
    """The looks of one stretch without a change, from its end back."""
    first = max(start, snapshot.window.start + SEEN / snapshot.time_scale)
    while end >= first:
        yield end
        end -= STEP / snapshot.time_scale


def _as_at(snapshot: Snapshot, at: float) -> Snapshot:
    """One look, without the longer past of rules, which shows what came after it as well."""
    window = replace(snapshot.window, start=at - SEEN / snapshot.time_scale, end=at, recalled={})
    return Snapshot(window, at, snapshot.time_scale)

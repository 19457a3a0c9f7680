"""The questions that come before every rule: is there enough data to say anything (decision model 1.2)."""

from __future__ import annotations

import math
from functools import cache
from typing import Final

from advisor.diagnosis import Rule
from advisor.diagnosis.missing import NOBODY, of_another_runtime, what_to_add
from advisor.diagnosis.words import counted, duration, percent
from advisor.features import Snapshot
from advisor.features.memo import remembered
from advisor.features.process import WARM_UP
from advisor.vocabulary import Entity, columns_of

COMPLETE: Final = 0.8
"""Least share of the expected points of a window."""

GROWN: Final = 0.5
"""Least share of a window that the oldest process must have lived through."""

_OF_THE_LOOP: Final = frozenset(("loop_active", "loop_utilization", "loop_delay_max", "cpu_main"))
"""A rule that needs one of these judges loops, or takes the CPU time of their threads for them."""

_OF_HOSTS: Final = frozenset(columns_of(Entity.HOST)) - frozenset(columns_of(Entity.PROCESS))
"""The columns that only hosts have."""


def unanswerable(rule: Rule, snapshot: Snapshot) -> tuple[str, ...]:
    """What a rule lacks to answer, in words; empty if it can, or if it looks at lives and ends and says so itself."""
    if rule.of_lives or (rule.of_ends and snapshot.gone):
        return ()
    runtime = snapshot.unmeasured_runtime
    if runtime and any(_OF_THE_LOOP.intersection(need) for need in rule.needs):
        return (of_another_runtime(runtime),)
    absent = tuple([what_to_add(need) for need in rule.needs if snapshot.lacks(need)]) if snapshot.processes else ()
    return absent or _too_little(snapshot, rule.window, _needs_hosts(rule.needs))


@remembered
def _too_little(snapshot: Snapshot, window: float, with_hosts: bool) -> tuple[str, ...]:
    return too_little(snapshot, window, _coverage(snapshot, window, with_hosts))


def too_little(snapshot: Snapshot, window: float, complete: float) -> tuple[str, ...]:
    """What is missing in time and points over a window of (scaled) seconds, in words; empty if it is enough.

    `complete` is the share of the expected points that came.
    """
    if not snapshot.processes:
        return (_no_process(snapshot),)
    grown = snapshot.history(window)
    if grown < GROWN:
        rest = (GROWN - grown) * window / snapshot.time_scale
        return (f"{duration(math.ceil(rest))} more of data: its processes started a short while ago",)
    if complete < COMPLETE:
        return (f"Complete data: {percent(complete)} of the expected points came, and {percent(COMPLETE)} are needed",)
    return ()


def _no_process(snapshot: Snapshot) -> str:
    if snapshot.warming:
        young = duration(WARM_UP / snapshot.time_scale)
        return f"A process older than {young}: {counted(snapshot.warming, 'process')} just started"
    return NOBODY


def _coverage(snapshot: Snapshot, window: float, with_hosts: bool) -> float:
    """That of the processes, or of the worst host if that is less and the rule needs a column that only hosts have."""
    of_processes = snapshot.coverage(window)
    if not with_hosts:
        return of_processes
    return min([of_processes, *(m.coverage(window) for m in snapshot.machines if snapshot.on(m))])


@cache
def _needs_hosts(needs: tuple[tuple[str, ...], ...]) -> bool:
    return any(_OF_HOSTS.issuperset(need) for need in needs)

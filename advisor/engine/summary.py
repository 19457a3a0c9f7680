"""What a look at a service comes to: trouble, nothing to do and why, or what is missing to say so (class C0)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from advisor.diagnosis import Advice, Evidence, Ruling, Summary
from advisor.diagnosis.finding import leading
from advisor.diagnosis.words import duration, figure, lowered, percent
from advisor.engine import order
from advisor.engine.gate import too_little
from advisor.engine.registry import ENTRIES, RULES
from advisor.engine.settle import Freeze
from advisor.features import Snapshot
from advisor.features.impact import impact
from advisor.vocabulary import Stand, Verdict

LONG: Final = 300.0
"""Seconds over which the data must be complete, and over which users count as hurt."""

AIM: Final = "downstream-bound"
"""The rule whose limit `slow` is the aim of a service: the p95 from which users are hurt (decision model 1.2)."""

FAILED: Final = 0.01
"""Share of failed requests from which users are hurt: ten times the error budget of 99.9%, above its burn for a page
in 6 h (6 times) and below that of 1 h (14.4 times), SRE workbook ch. 5."""

_UPWARD: Final = ("at least", "above", "over", "more than")
"""Relations of figures that get worse as they grow."""


def summarise(
    snapshot: Snapshot,
    rulings: Sequence[Ruling],
    advice: Sequence[Advice],
    said: Mapping[str, Verdict | None],
    wait: Freeze | None = None,
) -> Summary:
    """The whole in one answer.

    Args:
        snapshot: the service.
        rulings: of the rules that were looked at.
        advice: on those that are pending or firing.
        said: what every rule says, those included that were not looked at.
        wait: what some of them wait for.
    """
    if standing := [name for name, verdict in said.items() if verdict in order.STANDING]:
        return Summary(Stand.TROUBLE, _trouble(standing, rulings, advice))
    missing = _missing(rulings)
    if lacking := too_little(snapshot, LONG, snapshot.coverage(LONG)):
        return Summary(Stand.INSUFFICIENT, f"Too little data to judge it: {lowered(lacking[0])}.", lacking)
    hurt = _hurt(snapshot)
    if hurt and wait:
        return Summary(Stand.INSUFFICIENT, f"{hurt}. {wait.sentence}")
    if hurt:
        more = missing or ("Durations of calls to others, or a profile of the processor, from the probe",)
        return Summary(Stand.UNKNOWN, f"{hurt}, and no rule explains it. What would tell is listed below.", more)
    if not any(said.get(name) is Verdict.CLEAR for name in order.VITAL):
        return Summary(Stand.UNKNOWN, "Nobody can say how it is: signals are missing that every answer needs.", missing)
    waiting = f" {wait.sentence}" if wait else ""
    return Summary(Stand.HEALTHY, f"{_nothing_to_do(rulings)}{waiting}", missing)


def _trouble(standing: Sequence[str], rulings: Iterable[Ruling], advice: Iterable[Advice]) -> str:
    """The claim of what comes first in the order of diagnosis, and why copies do not help if so."""
    first = next(iter(advice), None)
    if first is not None:
        return " ".join((f"{first.ruling.reading.claim}.", *(n for n in first.notes if n.startswith("More copies"))))
    ruling = next((r for r in rulings if r.rule == standing[0] and r.reading.claim), None)
    return f"{ruling.reading.claim}." if ruling else f"{RULES[standing[0]].title}, as it was last looked at."


def _hurt(snapshot: Snapshot) -> str:
    """What users notice, as the beginning of a sentence; empty where it is within bounds or not known."""
    now = impact(snapshot, LONG)
    slow = ENTRIES[AIM].slow
    if now.p95 > slow:
        return f"Users wait: 95% of requests are answered within {duration(now.p95)}, more than {duration(slow)}"
    if now.failed > FAILED:
        what = "are broken off before they are answered" if now.broken > now.failed / 2 else "fail"
        return f"Requests {what}: {percent(now.failed)} of them, more than {percent(FAILED)}"
    return ""


def _missing(rulings: Iterable[Ruling]) -> tuple[str, ...]:
    unknown = (ruling for ruling in rulings if ruling.verdict is Verdict.UNKNOWN and not ruling.note)
    found = (item for ruling in unknown for item in ruling.reading.missing)
    return tuple(dict.fromkeys(found))


def _nothing_to_do(rulings: Iterable[Ruling]) -> str:
    """That nothing is to be done, with the figure that is nearest to its limit."""
    near = [
        (share, item)
        for item in (leading(ruling.reading) for ruling in rulings)
        if item is not None and (share := _used(item)) is not None
    ]
    if not near:
        return "Nothing to do: no rule that can speak sees trouble."
    share, item = max(near, key=lambda one: one[0])
    value, limit = figure(item.value, item.unit), figure(item.limit, item.unit)
    return f"Nothing to do. Nearest to its limit: {lowered(item.label)}, {value}, {percent(share)} of {limit}."


def _used(item: Evidence) -> float | None:
    """The share of its limit that a figure has reached; None for one that does not get worse as it grows."""
    if item.value is None or not item.limit or item.relation not in _UPWARD or item.holds is not False:
        return None
    return item.value / item.limit

"""The longer past of a service, as much as this look needs.

Most of it is asked for at its own pace. What sizes are read from is wanted at every look while a finding stands, so
that is kept in the process that judges and loaded again after its pace.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.conf import settings

from advisor.diagnosis import Recall, RuleState, peak
from advisor.engine import spans
from advisor.features.window import ServiceWindow
from advisor.store import samples

_kept: dict[int, ServiceWindow] = {}


def of(window: ServiceWindow, states: Mapping[str, RuleState]) -> dict[str, ServiceWindow]:
    """By the rule that is due, or the name `peak.PAST`: the past up to the end of a window."""
    asked = spans.recalls(states, window.end, settings.TIME_SCALE)
    return {name: _past(name, window, recall) for name, recall in asked.items()}


def _past(name: str, window: ServiceWindow, recall: Recall) -> ServiceWindow:
    if name != peak.PAST:
        return samples.past(window.service_id, _span(recall, window.end))
    fresh = window.end - recall.pace / settings.TIME_SCALE
    known = _kept.get(window.service_id)
    if known is None or not fresh < known.end <= window.end:
        _forget_before(fresh)
        known = _kept[window.service_id] = samples.past(window.service_id, _span(recall, window.end))
    return known


def _forget_before(end: float) -> None:
    for service_id in [service_id for service_id, past in _kept.items() if past.end <= end]:
        del _kept[service_id]


def forget() -> None:
    """Keep nothing, as in a process that has just started."""
    _kept.clear()


def _span(recall: Recall, end: float) -> samples.Span:
    start, step = end - recall.seconds / settings.TIME_SCALE, recall.step / settings.TIME_SCALE
    return samples.Span(start, end, step, recall.process, recall.host, recall.parts)

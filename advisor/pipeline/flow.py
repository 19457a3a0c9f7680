"""The story of a judgement: load a window, judge it, keep what changed, tell people, show it."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from django.conf import settings
from django.db import transaction
from redis.exceptions import RedisError

from advisor.alerts import dispatch
from advisor.diagnosis import Recall, RuleState
from advisor.engine import spans
from advisor.engine.judge import judge
from advisor.features.snapshot import Snapshot
from advisor.features.window import ServiceWindow
from advisor.live import publish
from advisor.pipeline import busiest, doorbell
from advisor.recommendations import ledger, limits
from advisor.store import samples

_log = logging.getLogger(__name__)


def evaluate(service_ids: Sequence[int], now: datetime) -> int:
    """Look at these services once; returns how many could not be judged.

    One service that fails is logged and left for its next round; the others are not touched by it.
    """
    if not service_ids:
        return 0
    end = now.timestamp()
    scale = settings.TIME_SCALE
    start, since = end - spans.window_seconds(scale), end - spans.lives_seconds(scale)
    windows = samples.windows(service_ids, start, end, since)
    states, own = ledger.states(service_ids), limits.of_services(service_ids)
    failed = 0
    changed: list[int] = []
    while windows:
        service_id, window = windows.popitem()  # what was computed of it goes with it
        try:
            known = replace(
                _with_past(window, states[service_id]),
                limits=own.get(service_id, {}),
                busiest=busiest.of(service_id, states[service_id], end),
            )
            changed += look(known, states[service_id], now)
        except Exception:
            failed += 1
            _log.exception("Service %s (%d) could not be judged", window.name, service_id)
    _show(changed)
    return failed


def look(window: ServiceWindow, states: Mapping[str, RuleState], now: datetime) -> list[int]:
    """Judge one service and keep the outcome; returns the ids of recommendations that look different now.

    What changed and who is told of it are one transaction: neither is ever there without the other.
    """
    judgement = judge(Snapshot(window, now.timestamp(), settings.TIME_SCALE), states)
    with transaction.atomic():
        changes = ledger.record(judgement, now)
        told = dispatch.tell(changes.transitions, now)
        transaction.on_commit(lambda: doorbell.deliver(told), robust=True)
    return changes.recommendations


def _with_past(window: ServiceWindow, states: Mapping[str, RuleState]) -> ServiceWindow:
    """The window with the longer past of the rules that are due for it."""
    asked = spans.recalls(states, window.end, settings.TIME_SCALE)
    past = {rule: samples.past(window.service_id, _span(recall, window.end)) for rule, recall in asked.items()}
    return replace(window, recalled=past) if past else window


def _span(recall: Recall, end: float) -> samples.Span:
    start, step = end - recall.seconds / settings.TIME_SCALE, recall.step / settings.TIME_SCALE
    return samples.Span(start, end, step, recall.process, recall.host, recall.parts)


def _show(recommendation_ids: Sequence[int]) -> None:
    if not recommendation_ids:
        return
    try:
        publish.changes(recommendation_ids)
    except (RedisError, OSError) as error:
        _log.warning("Open pages were not told of changes: %s", error)

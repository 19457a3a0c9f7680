"""Verdicts and recommendations as plain JSON values, for scripts, terminals and webhooks."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from advisor.recommendations.models import Recommendation, RuleVerdict
from advisor.vocabulary import Severity

_URGENCY = {severity.value: rank for rank, severity in enumerate(reversed(Severity))}
_STRATEGY = ("id", "family", "rank", "title", "confidence")
_FIGURE = ("now", "low", "high", "unit")


def advice(service: str | None = None) -> list[dict[str, Any]]:
    """Every recommendation that has not ended, the most urgent first; of one service if its name is given."""
    rows = Recommendation.objects.filter(ended_at__isnull=True).select_related("service")
    if service is not None:
        rows = rows.filter(service__name=service)
    return [one(row) for row in sorted(rows, key=lambda row: (_URGENCY[row.severity], row.formed_at, row.pk))]


def one(row: Recommendation) -> dict[str, Any]:
    """One recommendation. `since` is when it opened (began to form, if it is not open yet); figures in store units."""
    return {
        "service": row.service.name,
        "rule": row.rule,
        "state": row.state,
        "severity": row.severity,
        "since": moment(row.opened_at or row.formed_at),
        "claim": row.claim,
        "notes": row.notes,
        "held_back_by": row.held_back_by,
        "evidence": row.evidence,
        "strategies": [_strategy(option) for option in row.options],
        "rejected": [{"id": item["id"], "reason": item["reason"]} for item in row.rejected],
    }


def verdicts(service: str | None = None) -> list[dict[str, Any]]:
    """Every rule's verdict on every service, with the signals that it looked at."""
    rows = RuleVerdict.objects.select_related("service").order_by("service__name", "service_id", "rule")
    if service is not None:
        rows = rows.filter(service__name=service)
    return [_verdict(row) for row in rows]


def moment(at: datetime) -> str:
    """A point in time as `2026-01-31T12:00:00.000Z`."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _strategy(option: dict[str, Any]) -> dict[str, Any]:
    expected = {item["metric"]: {name: item[name] for name in _FIGURE} for item in option["expected"]}
    return {**{name: option[name] for name in _STRATEGY}, "expected": expected}


def _verdict(row: RuleVerdict) -> dict[str, Any]:
    return {
        "service": row.service.name,
        "rule": row.rule,
        "verdict": row.verdict,
        "since": _unix(row.since),
        "until": _unix(row.until),
        "evaluated": _unix(row.evaluated_at),
        "claim": row.reading.get("claim", ""),
        "held_back_by": row.held_back_by,
        "note": row.note,
        "missing": row.reading.get("missing", []),
        "signals": row.reading.get("evidence", []),
    }


def _unix(seconds: float | None) -> str | None:
    return None if seconds is None else moment(datetime.fromtimestamp(seconds, UTC))

"""The rows that page tests talk about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from advisor.fleet.models import Host, Instance, Service
from advisor.recommendations.models import Recommendation

OPTION: dict[str, Any] = {
    "id": "cluster",
    "family": "cloning",
    "rank": 1,
    "title": "Run 2 workers on the host",
    "why": "One process uses one core.",
    "confidence": 0.9,
    "effort": "15 minutes",
    "risk": "low, reversible",
    "cost": "+80 MB memory",
    "check_first": "Nothing lives in process memory.",
    "expected": [
        {"metric": "p95", "label": "p95", "unit": "s", "now": 0.821, "low": 0.08, "high": 0.13},
        {"metric": "capacity", "label": "Max load", "unit": "{request}/s", "now": 1500, "low": 3500, "high": None},
        {"metric": "loop_utilization", "label": "Loop busy", "unit": "1", "now": 0.95, "low": 0.24, "high": 0.32},
    ],
    "steps": [
        {"text": "Set cluster mode.", "platform": "PM2", "file": "ecosystem.config.js", "code": "instances: 2"},
        {"text": "Start workers.", "platform": "node:cluster", "file": "cluster.mjs", "code": "cluster.fork()"},
        {"text": "Watch this page.", "platform": "", "file": "", "code": ""},
    ],
}
REJECTED = [{"id": "vertical", "title": "A bigger machine", "reason": "One process uses one core; 7 of 8 are idle."}]
EVIDENCE: list[dict[str, Any]] = [
    {"signal": "loop", "label": "Event loop busy", "value": 0.95, "unit": "1", "limit": 0.85, "relation": "at least",
     "holds": True, "subject": "web-01 (101)"},
    {"signal": "host", "label": "Host CPU", "value": 0.14, "unit": "1", "limit": 0.8, "relation": "below",
     "holds": True, "subject": ""},
    {"signal": "gc", "label": "Garbage collection", "value": None, "unit": "1", "limit": None, "relation": "",
     "holds": None, "subject": ""},
]  # fmt: skip


@dataclass
class Cast:
    """Who is there."""

    host: Host
    service: Service
    quiet: Service
    processes: list[Instance]
    now: datetime

    def advise(self, **changes: Any) -> Recommendation:
        """Open advice on the service."""
        values: dict[str, Any] = {
            "service": self.service,
            "rule": "event-loop-saturated",
            "state": "open",
            "severity": "critical",
            "title": "Event loop saturated",
            "claim": "checkout: the event loop is 95% busy while 7 of 8 cores sit idle",
            "confidence": 0.9,
            "evidence": EVIDENCE,
            "options": [OPTION],
            "rejected": REJECTED,
            "formed_at": self.now,
            "opened_at": self.now,
        }
        return Recommendation.objects.create(**(values | changes))

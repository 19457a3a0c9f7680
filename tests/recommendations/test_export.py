"""The shapes that scripts rely on."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from advisor.recommendations import export, ledger
from advisor.recommendations.models import Recommendation
from advisor.vocabulary import Verdict
from tests.recommendations.judgements import NOW, RULE, T, judgement, ruling, service

pytestmark = pytest.mark.django_db


def test_advice_has_the_promised_shape() -> None:
    ledger.record(judgement(service().pk, Verdict.FIRING), NOW)
    (item,) = json.loads(json.dumps(export.advice(), allow_nan=False))
    assert item == {
        "service": "checkout",
        "rule": RULE,
        "state": "open",
        "severity": "warning",
        "since": "2026-01-31T12:00:00.000Z",
        "claim": "checkout: the event loop is 89% busy while 1 of 2 cores sits idle",
        "notes": [],
        "held_back_by": "",
        "evidence": [
            {
                "signal": "loop_utilization",
                "label": "Event loop busy",
                "value": 0.89,
                "unit": "1",
                "limit": 0.85,
                "relation": "at least",
                "holds": True,
                "subject": "pid 7",
                "yours": False,
            }
        ],
        "strategies": [
            {
                "id": "cluster",
                "family": "cloning",
                "rank": 1,
                "title": "Run 2 processes on this host",
                "confidence": 0.8,
                "expected": {
                    "p95": {"now": 0.112, "low": 0.04, "high": 0.06, "unit": "s"},
                    "capacity": {"now": 180.0, "low": 320.0, "high": None, "unit": "{request}/s"},
                },
            }
        ],
        "rejected": [{"id": "vertical", "reason": "1 of 2 cores is idle already"}],
    }


def test_the_most_urgent_comes_first_and_what_ended_is_left_out() -> None:
    for name, verdict in (("calm", Verdict.FIRING), ("hot", Verdict.FIRING), ("done", Verdict.PENDING)):
        ledger.record(judgement(service(name).pk, verdict, name=name), NOW)
    Recommendation.objects.filter(service__name="hot").update(severity="critical")
    Recommendation.objects.filter(service__name="done").update(ended_at=NOW)
    assert [item["service"] for item in export.advice()] == ["hot", "calm"]
    assert [item["service"] for item in export.advice("calm")] == ["calm"]


def test_while_it_forms_since_is_its_beginning() -> None:
    one = service()
    ledger.record(judgement(one.pk, Verdict.PENDING), NOW)
    assert export.advice()[0]["state"] == "forming"
    ledger.record(judgement(one.pk, Verdict.FIRING, T + 10), NOW + timedelta(seconds=10))
    assert export.advice()[0]["since"] == "2026-01-31T12:00:10.000Z"


def test_verdicts_name_signals_times_and_what_is_missing() -> None:
    pending, unknown = ruling(Verdict.PENDING, "a"), ruling(Verdict.UNKNOWN, "b")
    one = judgement(service().pk, Verdict.CLEAR)
    ledger.record(replace(one, rulings=(pending, unknown)), NOW)
    first, second = export.verdicts("checkout")
    assert (first["rule"], first["verdict"], first["missing"]) == ("a", "pending", [])
    assert (first["since"], first["until"]) == ("2026-01-31T12:00:00.000Z", "2026-01-31T12:01:00.000Z")
    assert first["signals"][0]["value"] == 0.89
    assert (second["verdict"], second["until"]) == ("unknown", None)
    assert second["missing"] == ["event loop utilization"]
    assert export.verdicts("nobody") == []

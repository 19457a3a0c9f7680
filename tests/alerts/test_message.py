"""What is said of a transition."""

from __future__ import annotations

import json
import unicodedata

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from advisor.alerts import message
from tests.alerts.outbox_rows import opened, resolved


@pytest.mark.django_db
class TestPayload:
    def test_an_opened_one_says_everything(self) -> None:
        step = opened()
        told = message.payload(step)
        assert told["type"] == "recommendation.opened"
        assert told["timestamp"] == "2026-01-31T12:00:00.000Z"
        data = told["data"]
        assert data["url"] == f"{settings.PUBLIC_URL}/recommendations/{step.recommendation_id}/"
        assert (data["service"], data["rule"], data["state"]) == ("checkout", "event-loop-saturated", "open")
        assert (data["title"], data["severity"]) == ("The event loop is full", "warning")
        assert data["options"][0]["id"] == "cluster"
        assert data["options"][0]["expected"][0]["low"] == 0.04
        assert "steps" not in data["options"][0]
        assert data["rejected"] == [
            {"id": "vertical", "title": "A faster machine", "reason": "1 of 2 cores is idle already"}
        ]
        assert data["evidence"][0]["limit"] == 0.85
        assert "strategies" not in data

    def test_a_resolved_one_says_so(self) -> None:
        step = resolved(opened())
        assert message.payload(step)["type"] == "recommendation.resolved"
        assert message.subject(step).startswith("Resolved: checkout: the event loop")

    def test_it_stays_small(self) -> None:
        step = opened()
        row = step.recommendation
        row.options = row.options * 30
        row.rejected = [{**row.rejected[0], "reason": "ä" * 3000}] * 200
        row.evidence = row.evidence * 500
        told = message.payload(step)
        assert len(json.dumps(told, ensure_ascii=False).encode()) < message.LARGEST_PAYLOAD_BYTES
        assert told["data"]["rejected"][0]["reason"].endswith("ä…")
        assert told["data"]["options"]

    def test_without_a_claim_the_title_is_the_subject(self) -> None:
        step = opened()
        step.recommendation.claim = ""
        assert message.subject(step) == "The event loop is full"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("checkout: 89% busy", "checkout: 89% busy"),
        ("x\r\nBcc: everyone@example.com", "x Bcc: everyone@example.com"),
        ("a\x00b\x1b[0m\u2028c\u202ed\ufeffe\ud800f", "a b [0m c d e f"),
        ("  wide \t spaces  ", "wide spaces"),
        ("x" * 130, "x" * 119 + "…"),
    ],
)
def test_subject_lines_are_harmless(text: str, line: str) -> None:
    assert message.subject_line(text) == line


@given(st.text(st.characters(), max_size=300))
def test_any_name_gives_one_short_line(text: str) -> None:
    line = message.subject_line(text)
    assert len(line) <= message.LONGEST_SUBJECT
    assert not {unicodedata.category(character) for character in line} & {"Cc", "Cs", "Zl", "Zp"}
    assert message.subject_line(line) == line

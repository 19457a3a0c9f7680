from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from advisor.pages.verdicts import verdicts, why
from advisor.recommendations.models import RuleVerdict
from tests.pages.fleet import EVIDENCE, Cast

QUIET: dict[str, Any] = {"value": 0.31, "holds": False}
SILENT = [EVIDENCE[0] | QUIET, EVIDENCE[1]]


def row(cast: Cast, verdict: str, **changes: object) -> RuleVerdict:
    values = {"service": cast.service, "rule": "event-loop-saturated", "verdict": verdict, "evaluated_at": 1000.0}
    return RuleVerdict(**(values | changes))


def test_a_silent_rule_says_its_decisive_figure_against_its_limit(cast: Cast) -> None:
    reading = {"condition": "under", "claim": "checkout: the loop is 31% busy", "evidence": SILENT}
    assert why(row(cast, "clear", reading=reading)) == "Event loop busy: 31% (limit: at least 85%)."


def test_a_pending_rule_says_its_figure_and_when_it_opens(cast: Cast) -> None:
    reading = {"condition": "over", "claim": "The loop is full", "evidence": EVIDENCE}
    said = why(row(cast, "pending", until=1095.0, reading=reading))
    assert said == "The loop is full. Event loop busy: 95% (limit: at least 85%). Opens in about 1 m if it stays."


def test_what_is_held_back_says_why(cast: Cast) -> None:
    reading = {"condition": "over", "claim": "The loop is full", "evidence": EVIDENCE}
    held = row(cast, "firing", reading=reading, held_back_by="gc-pressure", note="Held back: GC comes first.")
    assert why(held) == "The loop is full. Held back: GC comes first."


def test_what_waits_for_a_deploy_keeps_its_claim(cast: Cast) -> None:
    note = "Waits until 2026-03-17 09:12 UTC because of the deploy at 2026-03-17 09:07 UTC: 2 took the place of 1."
    reading = {"condition": "unknown", "claim": "The loop is full", "missing": [note.rstrip(".")]}
    assert why(row(cast, "firing", reading=reading, note=note)) == f"The loop is full. {note}"


def test_what_fires_on_without_data_says_that_nobody_looks(cast: Cast) -> None:
    reading = {"condition": "unknown", "missing": ["Fresh data"]}
    said = why(row(cast, "firing", reading=reading))
    assert said == "As it was last looked at. Cannot say without fresh data."


@pytest.mark.parametrize(
    ("verdict", "reading", "said"),
    [
        ("unknown", {"missing": ["the loop", "requests"]}, "Cannot say without the loop and requests."),
        ("unknown", {"missing": ["More days", "CPU time"]}, "Cannot say without more days and CPU time."),
        ("unknown", {}, "Not enough data yet."),
        ("clear", {}, "Nothing found."),
        ("clear", {"claim": "checkout: all is well"}, "checkout: all is well"),
        ("firing", {"claim": "The loop is full"}, "The loop is full."),
    ],
)
def test_without_a_figure_the_line_still_says_something(
    cast: Cast, verdict: str, reading: dict[str, object], said: str
) -> None:
    assert why(row(cast, verdict, reading=reading)) == said


def test_what_waits_for_a_deploy_says_so_once(cast: Cast) -> None:
    note = (
        "Waits until 2026-03-17 09:12 UTC because of the deploy at 2026-03-17 09:07 UTC: version 2 took the place of 1."
    )
    assert why(row(cast, "unknown", reading={"missing": [note.rstrip(".")]}, note=note)) == note


def test_times_of_a_line_are_the_reader_s(cast: Cast, page: Client) -> None:
    row(cast, "unknown", note="Waits until 2026-03-17 09:12 UTC because of a deploy.", reading={}).save()
    html = page.get(f"/services/{cast.service.pk}/").content.decode()
    assert 'Waits until <time datetime="2026-03-17T09:12:00+00:00"' in html


def test_what_is_held_back_stands_behind_what_is_not(cast: Cast) -> None:
    row(cast, "firing", rule="a", held_back_by="z").save()
    row(cast, "firing", rule="b").save()
    row(cast, "clear", rule="c").save()
    assert [one["row"].rule for one in verdicts(cast.service)] == ["b", "a", "c"]


@pytest.mark.parametrize(
    ("rule", "name"), [("gc-pressure", "Garbage collection pressure"), ("a-rule-of-old", "A rule of old")]
)
def test_a_rule_is_called_by_its_title(cast: Cast, rule: str, name: str) -> None:
    row(cast, "clear", rule=rule).save()
    assert [one["name"] for one in verdicts(cast.service)] == [name]

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from advisor.live import publish
from advisor.pages import recommendation
from advisor.recommendations.models import Recommendation, Transition
from tests.pages.fleet import OPTION, Cast
from tests.pages.test_fleet import words


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[list[int]]:
    calls: list[list[int]] = []
    monkeypatch.setattr(publish, "changes", calls.append)
    return calls


def test_the_page_answers_first_and_then_proves_it(page: Client, cast: Cast) -> None:
    advice = cast.advise()
    html = page.get(f"/recommendations/{advice.pk}/").content
    text = words(html)
    assert "Run 2 workers on the host" in text
    assert "the event loop is 95% busy while 7 of 8 cores sit idle" in text
    assert "<b>95%</b> busy while <b>7 of 8 cores</b>" in html.decode()
    assert "Max load 1,500 → at least 3,500 requests/s" in text
    assert "A bigger machine. One process uses one core; 7 of 8 are idle." in text
    assert "2 of 2 signals speak for it" in text
    assert "Check first: Nothing lives in process memory." in text


def test_the_steps_of_every_option_can_be_opened(page: Client, cast: Cast) -> None:
    other = OPTION | {"id": "decompose", "rank": 2, "title": "Move it out", "check_first": "It is `pure`.", "steps": [
        {"text": "Set `down`.", "platform": "", "file": "pool.mjs", "code": "pool.run()"},
    ]}  # fmt: skip
    html = page.get(f"/recommendations/{cast.advise(options=[OPTION, other]).pk}/").content.decode()
    assert (
        html.index("Steps for option 1")
        < html.index("instances: 2")
        < html.index('<details class="fold" id="steps-decompose">')
    )
    assert html.index('id="steps-decompose"') < html.index("Set <code>down</code>.") < html.index("pool.run()")
    assert "It is <code>pure</code>." in html
    identifiers = re.findall(r' id="([^"]+)"', html)
    assert len(identifiers) == len(set(identifiers))


def test_until_when_an_option_waits_is_told_in_the_reader_s_time(page: Client, cast: Cast) -> None:
    reason = "It was scaled at 2026-03-17 09:12 UTC, to 4 processes."
    advice = cast.advise(rejected=[{"id": "cluster", "title": "Workers", "reason": reason}])
    html = page.get(f"/recommendations/{advice.pk}/").content.decode()
    assert 'It was scaled at <time datetime="2026-03-17T09:12:00+00:00"' in html


def test_what_else_explains_it_stands_beside_the_claim(page: Client, cast: Cast) -> None:
    advice = cast.advise(notes=["More copies will not help: calls take 82%."], held_back_by="gc-pressure")
    html = page.get(f"/recommendations/{advice.pk}/").content
    assert "More copies will not help: calls take 82% ." in words(html)
    assert f'href="/services/{cast.service.pk}/#verdict-gc-pressure"' in html.decode()


def test_acknowledging_is_kept_with_who_and_told(page: Client, cast: Cast, told: list[list[int]]) -> None:
    advice = cast.advise()
    page.post(f"/recommendations/{advice.pk}/acknowledge/")
    advice.refresh_from_db()
    assert (advice.state, advice.acknowledged_by) == ("acknowledged", "owner")
    assert told == [[advice.pk]]
    text = words(page.get(f"/recommendations/{advice.pk}/").content)
    assert "by owner" in text
    assert "Acknowledge Found" not in text


def test_dismissing_ends_the_alarm_on_the_fleet(page: Client, cast: Cast, told: list[list[int]]) -> None:
    advice = cast.advise()
    page.post(f"/recommendations/{advice.pk}/dismiss/")
    assert "The service is healthy" in words(page.get("/").content)
    again = page.post(f"/recommendations/{advice.pk}/dismiss/", follow=True)
    assert "cannot become dismissed" in words(again.content)


def test_a_broker_that_is_away_does_not_undo_the_step(
    page: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(_: list[int]) -> None:
        raise ConnectionError("no broker")

    monkeypatch.setattr(publish, "changes", away)
    advice = cast.advise()
    assert page.post(f"/recommendations/{advice.pk}/acknowledge/").status_code == 302
    assert Recommendation.objects.get().state == "acknowledged"


def test_moves_need_a_token_of_the_form(cast: Cast, person: Any) -> None:
    advice = cast.advise()
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(person)
    assert strict.post(f"/recommendations/{advice.pk}/dismiss/").status_code == 403


def test_a_forming_one_has_no_acknowledge_button(page: Client, cast: Cast) -> None:
    html = page.get(f"/recommendations/{cast.advise(state='forming').pk}/").content.decode()
    assert "/acknowledge/" not in html
    assert "/dismiss/" in html


@pytest.mark.parametrize(
    ("moves", "kinds"),
    [
        (["open"], ["Found now", "Acknowledged ", "Applied ", "Verified "]),
        (["open", "acknowledged"], ["Found done", "Acknowledged now", "Applied ", "Verified "]),
        (["open", "resolved"], ["Found done", "Resolved now"]),
        (["open", "open", "resolved"], ["Found done", "Resolved now"]),
        (["open", "acknowledged", "dismissed"], ["Found done", "Acknowledged done", "Dismissed now"]),
        ([], ["Forming now", "Found ", "Acknowledged ", "Applied "]),
    ],
)
def test_milestones(cast: Cast, moves: list[str], kinds: list[str]) -> None:
    advice = cast.advise(state=moves[-1] if moves else "forming")
    for before, after in zip(["", *moves], moves, strict=False):
        Transition.objects.create(recommendation=advice, before=before, after=after, at=cast.now)
    assert [f"{step.word} {step.kind}" for step in recommendation.milestones(advice)] == kinds


def test_steps_stand_under_their_platform_and_common_ones_under_each() -> None:
    found = recommendation.tabs(OPTION["steps"])
    assert [(name, len(steps)) for name, steps in found] == [("PM2", 2), ("node:cluster", 2)]
    assert recommendation.tabs([{"platform": "", "text": "Do it."}])[0][0] == ""

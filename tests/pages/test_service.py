from __future__ import annotations

from django.test import Client
from pytest_django import Settings

from advisor.charts.chart import Place
from advisor.charts.registry import CHARTS
from advisor.fleet.models import Instance
from advisor.pages.service import why
from advisor.recommendations.models import RuleVerdict
from tests.pages.fleet import EVIDENCE, Cast
from tests.pages.test_fleet import words


def verdict(cast: Cast, **changes: object) -> RuleVerdict:
    values = {"service": cast.service, "rule": "event-loop-saturated", "verdict": "clear", "evaluated_at": 1000.0}
    return RuleVerdict.objects.create(**(values | changes))


def test_the_page_says_what_runs_where_and_who_tells(page: Client, cast: Cast) -> None:
    Instance.objects.update(runtime_version="20.20.2")
    text = words(page.get(f"/services/{cast.service.pk}/").content)
    assert "Node.js 20.20.2, 2 processes on 1 host. Seen from inside by the probe, last report" in text


def test_advice_stands_above_the_charts(page: Client, cast: Cast) -> None:
    advice = cast.advise()
    html = page.get(f"/services/{cast.service.pk}/").content.decode()
    assert html.index(f"/recommendations/{advice.pk}/") < html.index("data-card")


def test_every_chart_has_its_place_and_its_figure(page: Client, cast: Cast) -> None:
    html = page.get(f"/services/{cast.service.pk}/").content.decode()
    for chart in CHARTS.values():
        assert (f'data-card="{chart.id}"' in html) == (chart.place is not Place.PROOF)


def test_the_range_is_part_of_the_address(page: Client, cast: Cast) -> None:
    html = page.get(f"/services/{cast.service.pk}/?range=6h").content.decode()
    assert 'data-range="6h"' in html
    assert '<a href="?range=6h" aria-current="true">' in html


def test_every_verdict_has_its_reason(page: Client, cast: Cast) -> None:
    verdict(cast, verdict="firing", reading={"claim": "The loop is full", "evidence": EVIDENCE})
    verdict(cast, rule="event-loop-blocked", verdict="unknown", reading={"missing": ["the loop", "requests"]})
    text = words(page.get(f"/services/{cast.service.pk}/").content)
    assert "Firing Event loop saturated The loop is full" in text
    assert "Cannot say without the loop and requests." in text


def test_a_pending_verdict_says_when_it_opens(cast: Cast) -> None:
    row = verdict(cast, verdict="pending", until=1095.0, reading={"claim": "The loop is full"})
    assert why(row) == "The loop is full. Opens in about 1 m if it stays."
    assert why(verdict(cast, rule="b", verdict="unknown")) == "Not enough data yet."
    assert why(verdict(cast, rule="c")) == "Nothing found."


def test_faster_time_is_said_on_the_page(page: Client, cast: Cast, settings: Settings) -> None:
    settings.TIME_SCALE = 5.0
    text = words(page.get(f"/services/{cast.service.pk}/").content)
    assert "Demo clock: windows and hold times run 5 times faster." in text
    settings.TIME_SCALE = 1.0
    assert "Demo clock" not in words(page.get("/").content)


def test_there_is_no_page_of_an_unknown_service(page: Client) -> None:
    assert page.get("/services/99/").status_code == 404

from __future__ import annotations

import re
import time

import pytest
from django.db import transaction
from django.test import Client
from pytest_django import Settings

from advisor.charts.chart import Place
from advisor.charts.registry import CHARTS
from advisor.fleet.models import Instance
from advisor.recommendations.models import RuleVerdict, ServiceSummary
from advisor.store import samples
from advisor.store.rows import EventRow, PartRow, ProcessRow, Rows
from advisor.vocabulary import PartKind
from advisor.vocabulary.events import BLOCKED, EXITED, PROFILED, Event
from tests.pages.fleet import EVIDENCE, Cast
from tests.pages.test_fleet import words


def verdict(cast: Cast, **changes: object) -> RuleVerdict:
    values = {"service": cast.service, "rule": "event-loop-saturated", "verdict": "clear", "evaluated_at": 1000.0}
    return RuleVerdict.objects.create(**(values | changes))


def test_the_page_says_what_runs_where_and_who_tells(page: Client, cast: Cast) -> None:
    Instance.objects.update(runtime_version="20.20.2")
    text = words(page.get(f"/services/{cast.service.pk}/").content)
    assert "Node.js 20.20.2, 2 processes on 1 host. Seen from inside by the probe, last report" in text


def test_the_page_says_which_runtime_it_is(page: Client, cast: Cast) -> None:
    first = Instance.objects.filter(service=cast.service).earliest("pk")
    Instance.objects.filter(service=cast.service).update(runtime="nodejs", runtime_version="20.20.2")
    Instance.objects.filter(pk=first.pk).update(runtime="bun", runtime_version="1.4.5")
    text = words(page.get(f"/services/{cast.service.pk}/").content)
    assert "Bun 1.4.5 and Node.js 20.20.2, 2 processes on 1 host" in text


def test_the_page_says_what_the_last_look_came_to(page: Client, cast: Cast) -> None:
    said = {"sentence": "Nobody can say how it is.", "missing": ["The loop: load the probe"]}
    ServiceSummary.objects.update(stand="unknown", **said)
    text = words(page.get(f"/services/{cast.service.pk}/").content)
    assert "No verdict" in text
    assert "Nobody can say how it is. What would tell more: The loop: load the probe" in text


def test_until_when_it_waits_is_told_in_the_reader_s_time(page: Client, cast: Cast) -> None:
    ServiceSummary.objects.update(sentence="Nothing to do. Waits until 2026-03-17 09:12 UTC.")
    html = page.get(f"/services/{cast.service.pk}/").content.decode()
    assert 'Waits until <time datetime="2026-03-17T09:12:00+00:00"' in html


def test_a_sentence_that_the_advice_says_already_is_not_said_twice(page: Client, cast: Cast) -> None:
    advice = cast.advise()
    ServiceSummary.objects.update(stand="trouble", sentence=f"{advice.claim}.", missing=[])
    hidden = 'aria-label="What the last look came to" data-live="stand" hidden'
    assert hidden in page.get(f"/services/{cast.service.pk}/").content.decode()
    ServiceSummary.objects.update(sentence=f"{advice.claim}. More copies will not help: 2 of 2 cores.")
    assert hidden not in page.get(f"/services/{cast.service.pk}/").content.decode()


def test_held_back_advice_names_its_cause(page: Client, cast: Cast) -> None:
    cast.advise(held_back_by="gc-pressure")
    verdict(cast, verdict="firing", held_back_by="gc-pressure", note="Held back: GC comes first.")
    html = page.get(f"/services/{cast.service.pk}/").content.decode()
    assert 'href="#verdict-gc-pressure"' in html
    assert "Held back: GC comes first." in html


def test_advice_stands_above_the_charts(page: Client, cast: Cast) -> None:
    advice = cast.advise()
    html = page.get(f"/services/{cast.service.pk}/").content.decode()
    assert html.index(f"/recommendations/{advice.pk}/") < html.index("data-card")


def test_every_chart_has_its_place_and_its_figure(page: Client, cast: Cast) -> None:
    html = page.get(f"/services/{cast.service.pk}/").content.decode()
    for chart in CHARTS.values():
        assert (f'data-card="{chart.id}"' in html) == (chart.place in {Place.MAIN, Place.MORE})


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


@pytest.fixture
def inside(cast: Cast) -> Cast:
    """A snapshot and some events of a worker that the probe sees from inside."""
    Instance.objects.filter(pk=cast.processes[0].pk).update(role="worker", worker_id=3)
    at, (of, other) = int(time.time() * 1e6) - 1_000_000, cast.processes
    rows = Rows()
    values = {"heap_used": 5e7, "heap_limit": 2e9, "request_time": 10.0}
    rows.processes = [ProcessRow(cast.service.pk, one.pk, at, 10, 0, values) for one in (of, other)]
    parts: list[tuple[PartKind, str, dict[str, float]]] = [
        (PartKind.ROUTE, "GET /pay", {"count": 60, "duration": 10, "errors": 0, "client_errors": 6}),
        (PartKind.DATABASE, "postgresql orders.internal 5432", {"count": 120, "duration": 5}),
        (PartKind.POOL, "orders", {"used": 9, "unused": 1, "capacity": 10, "pending": 4}),
        (PartKind.THREAD, "resizer", {"utilization": 0.4}),
        (PartKind.HANDLE, "TCPSocketWrap", {"active": 12}),
    ]
    rows.parts = [PartRow(cast.service.pk, of.pk, at, 10, 0, *part) for part in parts]
    place: dict[str, str | float | int] = {"function": "render", "file": "/srv/app.js", "line": 12}
    told: list[tuple[Event, dict[str, str | float | int]]] = [
        (BLOCKED, {"duration": 0.4, "cause": "code", **place}),
        (PROFILED, {"share": 0.61, **place}),
        (EXITED, {"cause": "signal", "signal": "SIGKILL", "pid": 77}),
    ]
    rows.events = [EventRow(cast.service.pk, of.pk, at, 0, event.name, 0, said) for event, said in told]
    with transaction.atomic():
        samples.write(rows)
    return cast


def hidden(html: str, region: str) -> bool:
    found = re.search(rf'data-live="{region}"( hidden)?>', html)
    assert found
    return found[1] is not None


def test_the_page_shows_what_the_probe_sees_inside(page: Client, inside: Cast) -> None:
    html = page.get(f"/services/{inside.service.pk}/").content
    text = words(html)
    assert "render /srv/app.js:12 1 400 ms 400 ms" in text.replace("/ ", "/")
    assert "render /srv/app.js:12 61%" in text.replace("/ ", "/")
    assert "web-01 PID 101, worker 3 " in text
    assert "50 MB of 2 GB" in text
    assert "TCP connections TCPSocketWrap 12" in text
    assert "resizer web-01, PID 101 40%" in text
    assert "GET /pay 1 – 0 0.1 100%" in text  # noqa: RUF001 - the dash of words.NOTHING
    assert "orders.internal:5432 PostgreSQL 2 – 0 – 25%" in text  # noqa: RUF001 - likewise
    assert "orders 9 1 10 4 –" in text  # noqa: RUF001 - likewise
    assert "web-01 PID 77 Failed Killed by SIGKILL" in text
    assert "Ended once in the last hour, by SIGKILL." in text
    regions = ("held-up", "threads", "routes", "calls", "pools", "lives")
    assert [region for region in regions if hidden(html.decode(), region)] == []


def test_the_page_says_in_which_pod_a_process_runs(page: Client, inside: Cast) -> None:
    Instance.objects.filter(pid=101).update(details={"k8s.pod.name": "shop-7d9f", "k8s.namespace.name": "<b>"})
    html = page.get(f"/services/{inside.service.pk}/").content
    assert "web-01 PID 101, worker 3 pod shop-7d9f" in words(html)
    assert 'title="namespace &lt;b&gt;"' in html.decode()


def test_the_page_shows_a_command_line_where_it_is_told(page: Client, inside: Cast) -> None:
    Instance.objects.filter(pid=101).update(command_line="node server.js --name <i> --password [redacted]")
    html = page.get(f"/services/{inside.service.pk}/").content.decode()
    assert "node server.js --name &lt;i&gt; --password [redacted]</span>" in html


def test_columns_that_no_route_needs_are_left_out(page: Client, inside: Cast) -> None:
    text = words(page.get(f"/services/{inside.service.pk}/").content)
    assert "4xx/s" in text
    assert "Broken off/s" not in text


def test_what_nobody_reports_is_absent_and_not_zero(page: Client, cast: Cast) -> None:
    Instance.objects.update(inside="")
    html = page.get(f"/services/{cast.service.pk}/").content.decode()
    assert "Seen from outside only" in html
    assert all(hidden(html, region) for region in ("held-up", "threads", "routes", "calls", "pools", "lives"))
    assert "Heap</th>" not in html
    assert 'id="handles"' not in html


def test_the_probe_s_silence_is_an_answer(page: Client, cast: Cast) -> None:
    html = page.get(f"/services/{cast.service.pk}/").content.decode()
    assert "No block of the event loop was reported in the last 24 hours." in html
    assert not hidden(html, "held-up")


def test_faster_time_is_said_on_the_page(page: Client, cast: Cast, settings: Settings) -> None:
    settings.TIME_SCALE = 5.0
    text = words(page.get(f"/services/{cast.service.pk}/").content)
    assert "Demo clock: windows and hold times run 5 times faster." in text
    settings.TIME_SCALE = 1.0
    assert "Demo clock" not in words(page.get("/").content)


def test_there_is_no_page_of_an_unknown_service(page: Client) -> None:
    assert page.get("/services/99/").status_code == 404

"""The numbers behind the charts of a service or a host, as JSON for the page and as CSV for people."""

from __future__ import annotations

import csv
import math
import time
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import partial
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from advisor.charts.chart import Chart, Kind, Place
from advisor.charts.registry import CHARTS, at
from advisor.fleet.models import Host, Service
from advisor.pages import words
from advisor.pages.course import Course, Draw, chosen_range, course
from advisor.recommendations.models import Recommendation
from advisor.store import samples

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@require_safe
def series_json(request: HttpRequest, number: int) -> JsonResponse:
    """All series of a service in a range; with `since` (Unix ms) only from that point on, to be put in place of it."""
    service = get_object_or_404(Service, pk=number)
    found = _course(request, partial(samples.series, service.pk))
    return _json(found, [chart for chart in CHARTS.values() if chart.place is not Place.HOST], marks(service, found))


@require_safe
def host_series_json(request: HttpRequest, number: int) -> JsonResponse:
    """All series of a host, likewise."""
    host = get_object_or_404(Host, pk=number)
    return _json(_course(request, partial(samples.host_series, host.pk)), at(Place.HOST), [])


@require_safe
def series_csv(request: HttpRequest, number: int, chart: str) -> HttpResponse:
    """The numbers of a service's chart: UTC times, and one column a series in the store's unit."""
    return _csv(request, partial(samples.series, get_object_or_404(Service, pk=number).pk), chart)


@require_safe
def host_series_csv(request: HttpRequest, number: int, chart: str) -> HttpResponse:
    """The numbers of a host's chart, likewise."""
    return _csv(request, partial(samples.host_series, get_object_or_404(Host, pk=number).pk), chart)


def _course(request: HttpRequest, draw: Draw) -> Course:
    since = request.GET.get("since", "")
    return course(draw, chosen_range(request), time.time(), int(since) / 1000 if since.isdecimal() else None)


def _json(found: Course, charts: Iterable[Chart], marked: list[dict[str, Any]]) -> JsonResponse:
    return JsonResponse({
        "from": _ms(found.start),
        "to": _ms(found.end),
        "since": _ms(found.since) if found.since is not None else None,
        "x": [_ms(moment) for moment in found.times],
        "series": found.series,
        "grid": {"x": [_ms(moment) for moment in found.columns], "names": found.names, "values": found.grid},
        "heads": {chart.id: head(chart, found) for chart in charts},
        "marks": marked,
    })  # fmt: skip


def _csv(request: HttpRequest, draw: Draw, chart: str) -> HttpResponse:
    if chart not in CHARTS:
        raise Http404("There is no such chart.")
    name = chosen_range(request)
    found = course(draw, name, time.time())
    file = f"{chart}-{name}.csv"
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{file}"'
    times, columns = _columns(CHARTS[chart], found)
    writer = csv.writer(answer)
    writer.writerow(["time", *(guarded(title) for title, _ in columns)])
    for index, moment in enumerate(times):
        figures = ["" if values[index] is None else values[index] for _, values in columns]
        writer.writerow([datetime.fromtimestamp(moment, UTC).isoformat(timespec="seconds"), *figures])
    return answer


def guarded(text: str) -> str:
    """Text that a spreadsheet does not take for a formula (OWASP: CSV injection)."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def _columns(chart: Chart, found: Course) -> tuple[list[float], list[tuple[str, list[float | None]]]]:
    """The times and the titled values of a chart."""
    if chart.kind is Kind.HEAT:
        return found.columns, list(zip(found.names, found.grid, strict=True))
    empty: list[float | None] = [None] * len(found.times)
    return found.times, [(f"{one.name} ({chart.unit})", found.series.get(one.key, empty)) for one in chart.series]


def head(chart: Chart, found: Course) -> dict[str, Any]:
    """What stands above a chart: its newest value in words, and the fixed end of its axis if it has one."""
    subject = chart.series[-1] if chart.kind is Kind.DOTS else chart.series[0]
    value = found.newest(subject.key)
    measure = chart.unit if chart.unit != "{cpu}" else ""
    number, unit = words.figure(value, measure)
    top = found.newest(chart.top_key) if chart.top_key else None
    says = f"of {words.figure_text(top, measure)}" if top is not None else chart.says if chart.says != "of" else ""
    if chart.unit.startswith("{"):
        unit = ""
    text = f"{unit} {says}".strip()
    end = None if top is None else top * chart.factor
    label = f"{chart.title}, now {number} {text}" if value is not None else f"{chart.title}, no numbers in this range"
    return {"now": number, "unit": text if value is not None else "", "label": label.strip(), "top": end}


def marks(service: Service, found: Course) -> list[dict[str, Any]]:
    """The moments in the range at which advice opened."""
    start = datetime.fromtimestamp(found.start, UTC)
    opened = Recommendation.objects.filter(service=service, opened_at__gte=start).values_list("opened_at", flat=True)
    return [{"x": _ms(at.timestamp()), "text": "Recommended"} for at in opened if at is not None]


def _ms(seconds: float) -> int:
    return math.floor(seconds * 1000)

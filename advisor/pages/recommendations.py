"""All advice: what waits for somebody first, then what forms, then what has ended."""

from __future__ import annotations

from datetime import UTC, datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from advisor.pages import urgency, words
from advisor.pages.shell import OPEN
from advisor.recommendations.models import Recommendation
from advisor.vocabulary import Progress

ENDED_SHOWN = 50


@require_safe
def recommendations(request: HttpRequest) -> HttpResponse:
    """The list; what was dismissed, or is on a service that is gone, stands with what ended.

    What passed unopened is not shown.
    """
    rows = Recommendation.objects.select_related("service")
    alive = rows.filter(urgency.is_here(datetime.now(UTC)), ended_at=None)
    waiting = sorted(alive.filter(state__in=OPEN), key=urgency.weight)
    forming = list(alive.filter(state=Progress.FORMING).order_by("formed_at"))
    opened = rows.filter(opened_at__isnull=False)
    others = opened.exclude(pk__in=[one.pk for one in (*waiting, *forming)]).order_by("-updated_at")[:ENDED_SHOWN]
    groups = (("Waiting for you", waiting), ("Forming", forming), ("Earlier", list(others)))
    return render(
        request,
        "recommendations.html",
        {"heading": heading(len(waiting), len(forming)), "groups": [group for group in groups if group[1]]},
    )


def heading(waiting: int, forming: int) -> str:
    """The state in words."""
    if waiting:
        return words.says(waiting, "recommendation waits for you", "recommendations wait for you")
    if forming:
        return words.says(forming, "recommendation is forming", "recommendations are forming")
    return "No advice at the moment"

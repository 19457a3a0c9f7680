"""For supervisors and load balancers: is the process alive, can it do its work."""

from __future__ import annotations

from datetime import UTC, datetime

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from advisor.pipeline.models import Heartbeat

LATE_SECONDS = 90.0
"""Three times the interval between two evaluations; a restarted worker is back sooner."""


@login_not_required
@require_safe
def livez(request: HttpRequest) -> HttpResponse:
    """200 while the process answers at all."""
    return HttpResponse("alive\n", content_type="text/plain")


@login_not_required
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """200 when the database answers, else 503. Says too whether services are still judged: that is others' work."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        return JsonResponse({"database": type(error).__name__}, status=503)
    since = judging_stopped(datetime.now(UTC))
    return JsonResponse({"database": "ok", "judging": f"stopped at {since.isoformat()}" if since else "ok"})


def judging_stopped(now: datetime) -> datetime | None:
    """When services were last judged, if that is too long ago: worker, beat or broker does not move."""
    beat = Heartbeat.objects.filter(name=Heartbeat.EVALUATION).values_list("at", flat=True).first()
    return beat if beat is not None and (now - beat).total_seconds() > LATE_SECONDS else None

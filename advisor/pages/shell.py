"""What surrounds every page: the places to go, how much waits there, and the demo's clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.db.models import OuterRef, Subquery
from django.http import HttpRequest

from advisor.alerts.models import Channel, Delivery
from advisor.fleet.models import Host
from advisor.pages import urgency
from advisor.pages.health import judging_stopped
from advisor.recommendations.models import Recommendation
from advisor.vocabulary import Progress

OPEN = (Progress.OPEN, Progress.ACKNOWLEDGED, Progress.APPLIED, Progress.VERIFYING)
"""The states in which advice waits for somebody or is being watched."""


@dataclass(frozen=True, slots=True)
class Place:
    """An entry of the side bar. `pages` are the URL names below it; `short` is its name on phones."""

    name: str
    icon: str
    page: str
    pages: frozenset[str]
    short: str = ""
    count: int = 0
    current: bool = False


PLACES = (
    Place("Fleet", "fleet", "fleet", frozenset({"fleet", "service", "limits_of_service", "limits_of_entry"})),
    Place(
        "Recommendations", "advice", "recommendations", frozenset({"recommendations", "recommendation"}), short="Advice"
    ),
    Place("Alerts", "alerts", "alerts", frozenset({"alerts", "mail", "mail_message"})),
    Place("Hosts", "hosts", "hosts", frozenset({"hosts", "host", "add_host", "keys", "database"})),
    Place("Rules", "rules", "handbook", frozenset({"handbook", "handbook_entry"})),
)


def context(request: HttpRequest) -> dict[str, Any]:
    """The template variables of the shell. Costs no query for somebody who is not signed in."""
    match = request.resolver_match
    signed_in = hasattr(request, "user") and request.user.is_authenticated
    counts = _counts() if signed_in else {}
    here = match.url_name if match else ""
    return {
        "places": [_place(place, counts, here) for place in PLACES] if signed_in else [],
        "time_scale": settings.TIME_SCALE,
        "judging_stopped": judging_stopped(datetime.now(UTC)) if signed_in else None,
    }


def _place(place: Place, counts: dict[str, int], here: str | None) -> Place:
    return Place(
        place.name, place.icon, place.page, place.pages, place.short or place.name, counts.get(place.page, 0),
        here in place.pages,
    )  # fmt: skip


def _counts() -> dict[str, int]:
    waiting = Recommendation.objects.filter(urgency.is_here(datetime.now(UTC)), state__in=OPEN, ended_at=None)
    return {
        "recommendations": waiting.count(),
        "alerts": _given_up(),
        "hosts": Host.objects.count(),
    }


def _given_up() -> int:
    """Channels in use on which the newest message that came to an end did not arrive."""
    ended = Delivery.objects.filter(channel=OuterRef("pk")).exclude(state=Delivery.State.DUE).order_by("-created_at")
    newest = Channel.objects.filter(enabled=True).annotate(newest=Subquery(ended.values("state")[:1]))
    return newest.filter(newest=Delivery.State.FAILED).count()

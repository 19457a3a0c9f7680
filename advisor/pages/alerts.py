"""How people are told: channels with a test button, and every message with its tries."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from advisor.alerts import dispatch, outbox
from advisor.alerts.models import Attempt, Channel, Delivery
from advisor.alerts.subscribe import subscribe
from advisor.pages import words
from advisor.pages.mail import newest_mails

DELIVERIES_SHOWN = 50
MAILS_SHOWN = 10


@require_safe
def alerts(request: HttpRequest) -> HttpResponse:
    """Channels, delivery log, and the mails that were written as files."""
    return _page(request)


@require_POST
def add_webhook(request: HttpRequest) -> HttpResponse:
    """Add a webhook and show its secret this once; what was typed in stays where it cannot be added."""
    url = request.POST.get("url", "").strip()
    try:
        _, secret = subscribe(url)
    except ValueError as error:
        return _page(request, status=422, url=url, wrong=str(error))
    return _page(request, secret=secret)


def _page(request: HttpRequest, status: int = 200, **webhook: str) -> HttpResponse:
    channels = [_row(channel) for channel in Channel.objects.order_by("name", "pk")]
    log = Delivery.objects.select_related("channel", "transition__recommendation__service")
    return render(request, "alerts.html", {
        "heading": heading(channels),
        "channels": channels,
        "deliveries": [(one, last_try(one.attempts.all())) for one in log.order_by("-created_at")[:DELIVERIES_SHOWN]],
        "mails": newest_mails()[:MAILS_SHOWN],
        "webhook": webhook,
    }, status=status)  # fmt: skip


@require_POST
def send_test(request: HttpRequest, number: int) -> HttpResponse:
    """Send one test message now and say what the channel answered."""
    channel = get_object_or_404(Channel, pk=number)
    attempt = outbox.attempt(dispatch.test(channel, datetime.now(UTC)).id)
    if attempt is None:
        messages.warning(request, f"{channel.name} is busy with other messages; the test is tried within 10 s.")
    elif attempt.ok:
        messages.success(request, f"{channel.name}: delivered in {words.span(attempt.seconds)}. {attempt.answer}")
    else:
        messages.error(request, f"{channel.name}: not delivered. {attempt.answer}")
    return redirect("alerts")


@require_POST
def switch(request: HttpRequest, number: int) -> HttpResponse:
    """Switch a channel off, or on again: the form says which, so that a second press changes nothing."""
    channel = get_object_or_404(Channel, pk=number)
    channel.enabled = request.POST.get("to") == "on"
    channel.save(update_fields=["enabled"])
    if channel.enabled:
        messages.success(request, f"{channel.name} is switched on. It is told of what opens or ends from now on.")
    else:
        messages.success(request, f"{channel.name} is switched off. Nothing more goes there, nor what still waits.")
    return redirect("alerts")


def last_try(attempts: QuerySet[Attempt]) -> Attempt | None:
    """The newest of some tries."""
    return attempts.order_by("-at").first()


def heading(channels: list[dict[str, Any]]) -> str:
    """The state in words."""
    failing = [row for row in channels if row["state"] == "act"]
    if failing:
        return words.says(len(failing), "channel is failing", "channels are failing")
    if not any(row["channel"].enabled for row in channels):
        return "Nobody is told yet"
    return "Every channel works" if any(row["last"] for row in channels) else "Nothing had to be told yet"


def _row(channel: Channel) -> dict[str, Any]:
    last = last_try(Attempt.objects.filter(delivery__channel=channel))
    if not channel.enabled:
        state, word = "off", "Switched off"
    elif last is None:
        state, word = "off", "Not used yet"
    else:
        state, word = ("ok", "Working") if last.ok else ("act", "Failing")
    return {"channel": channel, "last": last, "state": state, "word": word, "target": _target(channel)}


def _target(channel: Channel) -> str:
    """Where messages go; never a secret."""
    if channel.kind == "webhook":
        return f"{channel.config.get('url', '')}, signed"
    return ", ".join(channel.config.get("to") or ["the addresses of ADVISOR_MAIL_TO"])

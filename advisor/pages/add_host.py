"""How a machine, or a service that speaks OpenTelemetry, starts to report here."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from advisor.fleet import tokens
from advisor.fleet.models import Token
from advisor.pages import commands
from advisor.pages.fleet import hosts_now

NEW = timedelta(hours=24)


@require_http_methods(["GET", "HEAD", "POST"])
def add_host(request: HttpRequest) -> HttpResponse:
    """The page; POST makes a token and shows it this once."""
    now = datetime.now(UTC)
    context = {
        "probe_line": commands.probe(),
        "pm2_line": commands.probe_under_pm2(),
        "hosts": [host for host in hosts_now(now) if now - host.first_seen < NEW],
        "made": "",
    }
    if request.method == "POST":
        context |= _make(request)
    return render(request, "add_host.html", context)


def _make(request: HttpRequest) -> dict[str, str]:
    """A fresh token of the kind that was asked for, and its command."""
    person = request.user.get_username()
    if request.POST.get("kind") == Token.Kind.API:
        _, secret = tokens.make(Token.Kind.API, name=f"SDK, by {person}")
        return {"made": "sdk", "command": commands.sdk(secret)}
    _, secret = tokens.make(Token.Kind.HOST, name=f"agent, by {person}")
    return {"made": "agent", "command": commands.agent(secret)}

"""Machines that report, with their clocks and agents."""

from __future__ import annotations

from datetime import UTC, datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from advisor.fleet.models import Host
from advisor.pages import words
from advisor.pages.fleet import hosts_now


@require_safe
def hosts(request: HttpRequest) -> HttpResponse:
    """All hosts, those that report first."""
    found = hosts_now(datetime.now(UTC))
    return render(request, "hosts.html", {"hosts": found, "heading": heading(found)})


def heading(found: list[Host]) -> str:
    """The state in words."""
    if not found:
        return "No host reports yet"
    silent = sum(not host.reporting for host in found)  # type: ignore[attr-defined]  # set by hosts_now
    if silent:
        of_all = f"of {words.count(len(found), 'host')}"
        return words.says(silent, f"{of_all} is silent", f"{of_all} are silent")
    return "The host reports" if len(found) == 1 else f"All {words.in_words(len(found))} hosts report"

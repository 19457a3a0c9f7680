"""Signing in by a link that works once, as `make run` and `make link` print it."""

from __future__ import annotations

from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_safe

from advisor.fleet import links


@login_not_required
@require_safe
def sign_in(request: HttpRequest) -> HttpResponse:
    """How to get a link."""
    return render(request, "sign_in.html")


@login_not_required
@require_GET
@never_cache
def redeem(request: HttpRequest, token: str) -> HttpResponse:
    """Sign in and go to the fleet. Only GET, so that the HEAD request of a link preview does not use the link up."""
    user = links.redeem(token)
    if user is None:
        return render(request, "sign_in.html", {"spent": True}, status=403)
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    return redirect("fleet")

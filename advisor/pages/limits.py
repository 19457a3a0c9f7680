"""Limits of one service: what each rule and way out comes with, and what somebody set instead, with the reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from advisor.diagnosis import Limit
from advisor.engine.registry import RULES, STRATEGIES
from advisor.fleet.models import Service
from advisor.pages import words
from advisor.recommendations import limits
from advisor.recommendations.models import LimitOverride


@dataclass(frozen=True, slots=True)
class Row:
    """One limit as the page shows it.

    Attributes:
        key: its name in the code.
        name: in words.
        default: with its unit, and `reason` why it is this.
        unit: of what is typed in.
        value: what stands in the field, in that unit, and `why` in the field beside it.
        own: what is set for the service; None where nothing is.
        wrong: what is wrong with what was typed.
    """

    key: str
    name: str
    default: str
    reason: str
    unit: str
    value: str
    why: str
    own: LimitOverride | None
    wrong: str


@require_safe
def limits_of_service(request: HttpRequest, number: int) -> HttpResponse:
    """Everything that has limits, with those that are set for this service."""
    service = get_object_or_404(Service, pk=number)
    own = list(LimitOverride.objects.filter(service=service).order_by("entry", "limit"))
    told = [(one, limits.entry_of(one.entry), limits.name_of(one.limit), _shown(one)) for one in own if _is_known(one)]
    groups = (("Rules", RULES.values()), ("Ways out", STRATEGIES.values()))
    choices = [(name, [entry for entry in entries if entry.changeable]) for name, entries in groups]
    heading = words.says(len(told), "limit is your own", "limits are your own") if told else "All limits are defaults"
    return render(request, "limits.html", {"service": service, "heading": heading, "own": told, "choices": choices})


@require_http_methods(["GET", "HEAD", "POST"])
def limits_of_entry(request: HttpRequest, number: int, name: str) -> HttpResponse:
    """The limits of one rule or way out for one service; POST sets one or goes back to its default."""
    service = get_object_or_404(Service, pk=number)
    try:
        entry = limits.entry_of(name)
    except KeyError:
        raise Http404("There is no such rule.") from None
    wrong = _change(request, service, name) if request.method == "POST" else ""
    if request.method == "POST" and not wrong:
        return redirect("limits_of_entry", number, name)
    own = {one.limit: one for one in LimitOverride.objects.filter(service=service, entry=name)}
    typed = {request.POST.get("limit", ""): (request.POST, wrong)} if wrong else {}
    rows = [row(key, limit, own.get(key), *typed.get(key, ({}, ""))) for key, limit in entry.changeable.items()]
    context = {"service": service, "entry": entry, "rows": rows}
    return render(request, "limits_entry.html", context, status=422 if wrong else 200)


def row(key: str, limit: Limit, own: LimitOverride | None, typed: object = None, wrong: str = "") -> Row:
    """A limit with what is set, or with what was typed and is wrong."""
    factor, unit = limits.scale(limit)
    value = f"{(own.value if own else limit.value) * factor:.12g}"
    said = typed if isinstance(typed, dict) and wrong else {}
    return Row(
        key=key,
        name=limits.name_of(key),
        default=limits.text(limit, limit.value),
        reason=limit.reason,
        unit=unit,
        value=said.get("value", value),
        why=said.get("reason", own.reason if own else ""),
        own=own,
        wrong=wrong,
    )


def _change(request: HttpRequest, service: Service, name: str) -> str:
    """Do what was asked for; returns what is wrong with it, if anything."""
    key, limit = request.POST.get("limit", ""), limits.entry_of(name).changeable.get(request.POST.get("limit", ""))
    if limit is None:
        raise Http404("There is no such limit.")
    try:
        if "reset" in request.POST:
            limits.reset(service, name, key)
            messages.success(request, f"{limits.name_of(key)}: back to the default, {limits.text(limit, limit.value)}.")
            return ""
        value = _typed(request.POST.get("value", "")) / limits.scale(limit)[0]
        reason = request.POST.get("reason", "")
        limits.put(service, name, key, value, reason, request.user.get_username(), datetime.now(UTC))
    except ValueError as error:
        return str(error)
    messages.success(
        request, f"{limits.name_of(key)}: {limits.text(limit, value)} for {service.name} from the next look on."
    )
    return ""


def _typed(text: str) -> float:
    try:
        return float(text.strip().replace(",", ""))
    except ValueError:
        raise ValueError("The value must be a number, such as 75 or 0.5.") from None


def _shown(own: LimitOverride) -> str:
    return limits.text(limits.entry_of(own.entry).changeable[own.limit], own.value)


def _is_known(own: LimitOverride) -> bool:
    """False for a limit of a rule that a later version no longer has."""
    entry = RULES.get(own.entry) or STRATEGIES.get(own.entry)
    return entry is not None and own.limit in entry.changeable

"""One recommendation: claim, progress, proof, options with their expected effect, steps, and what was rejected."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe
from redis.exceptions import RedisError

from advisor.charts import registry
from advisor.live import publish
from advisor.pages.course import chosen_range
from advisor.recommendations import ledger
from advisor.recommendations.models import Recommendation, Transition
from advisor.vocabulary import Progress

log = logging.getLogger(__name__)

_WAY = (
    (Progress.OPEN, "Found"),
    (Progress.ACKNOWLEDGED, "Acknowledged"),
    (Progress.APPLIED, "Applied"),
    (Progress.VERIFYING, "Verified"),
)
_ENDS = {
    Progress.VERIFIED: "Verified",
    Progress.DID_NOT_HELP: "Did not help",
    Progress.RESOLVED: "Resolved",
    Progress.DISMISSED: "Dismissed",
    Progress.SNOOZED: "Snoozed",
}


@dataclass(frozen=True, slots=True)
class Milestone:
    """A step of the progress line. `kind` is done, now or empty for what is still to come."""

    word: str
    kind: str
    at: datetime | None = None
    by: str = ""


@require_safe
def recommendation(request: HttpRequest, number: int) -> HttpResponse:
    """The page of one recommendation."""
    advice = get_object_or_404(Recommendation.objects.select_related("service"), pk=number)
    best = advice.options[0] if advice.options else None
    charts = registry.proof(advice.rule)
    judged = [item["holds"] for item in advice.evidence if item.get("holds") is not None]
    return render(request, "recommendation.html", {
        "advice": advice,
        "title": best["title"] if best else advice.title,
        "milestones": milestones(advice),
        "ways": [{"option": option, "tabs": tabs(option["steps"])} for option in advice.options],
        "charts": charts,
        "range": chosen_range(request),
        "figures": {chart.id: registry.SKELETONS[chart.id] for chart in charts},
        "agree": sum(judged),
        "weighed": len(judged),
        "can_acknowledge": advice.ended_at is None and advice.state == Progress.OPEN,
        "can_dismiss": advice.ended_at is None
        and advice.state in (Progress.FORMING, Progress.OPEN, Progress.ACKNOWLEDGED),
    })  # fmt: skip


@require_POST
def acknowledge(request: HttpRequest, number: int) -> HttpResponse:
    """Somebody takes it on; its content stays as it is from here."""
    return _moved(request, number, ledger.acknowledge, "Acknowledged. The content stays as it is from here.")


@require_POST
def dismiss(request: HttpRequest, number: int) -> HttpResponse:
    """Nobody wants it; it stays away until its rule has been clear, or is critical where it was not."""
    done = "Dismissed. It stays away until the finding has gone and come back, or becomes critical."
    return _moved(request, number, ledger.dismiss, done)


def _moved(request: HttpRequest, number: int, move: Any, done: str) -> HttpResponse:
    get_object_or_404(Recommendation, pk=number)
    try:
        move(number, request.user.get_username(), datetime.now(UTC))
        messages.success(request, done)
        publish.changes([number])
    except ledger.NotAllowed as error:
        messages.warning(request, str(error))
    except (OSError, RedisError, TimeoutError) as error:
        log.warning("The change of recommendation %s was stored, but open pages were not told: %s", number, error)
    return redirect("recommendation", number=number)


def milestones(advice: Recommendation) -> list[Milestone]:
    """What has happened and what comes next, with who and when."""
    # Of several steps to one state the first counts: it was found when it opened, not when it became more severe.
    steps: dict[str, Transition] = {step.after: step for step in advice.transitions.order_by("-at", "-pk")}
    if advice.state == Progress.FORMING:
        return [Milestone("Forming", "now", advice.formed_at), *(Milestone(word, "") for _, word in _WAY)][:4]
    passed = [Milestone(word, "done", steps[state].at, steps[state].by) for state, word in _WAY if state in steps]
    if (end := _ENDS.get(Progress(advice.state))) is not None:
        last = steps.get(advice.state)
        return [*passed, Milestone(end, "now", last.at if last else advice.ended_at, last.by if last else "")]
    if passed:
        last_one = passed.pop()
        passed.append(Milestone(last_one.word, "now", last_one.at, last_one.by))
    return [*passed, *(Milestone(word, "") for state, word in _WAY if state not in steps)]


def tabs(steps: list[dict[str, Any]]) -> list[tuple[str, list[dict[str, Any]]]]:
    """The steps by platform, in the order they come; steps for all platforms stand under each."""
    platforms = list(dict.fromkeys(step["platform"] for step in steps if step["platform"]))
    if not platforms:
        return [("", steps)]
    return [(name, [step for step in steps if step["platform"] in ("", name)]) for name in platforms]

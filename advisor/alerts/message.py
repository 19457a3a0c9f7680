"""What people are told of a transition: one subject line and one JSON payload, the same for every channel."""

from __future__ import annotations

import json
import re
from typing import Any

from django.conf import settings

from advisor.recommendations import export
from advisor.recommendations.models import Recommendation, Transition
from advisor.vocabulary import Progress

LARGEST_PAYLOAD_BYTES = 20_000
"""Standard Webhooks asks for less than 20 kB, so that receivers can hold it."""

LONGEST_SUBJECT = 120
_TYPES = {Progress.OPEN: "recommendation.opened", Progress.RESOLVED: "recommendation.resolved"}
_KEPT = (20, 10, 5, 2, 1)
_LONGEST_TEXT = 400
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]+")
"""C0, C1, line and paragraph separators, marks that reorder or hide text, and lone surrogates."""


def subject_line(text: str) -> str:
    """The text as one harmless mail header of at most `LONGEST_SUBJECT` characters."""
    line = " ".join(_CONTROL.sub(" ", text).split())
    return line if len(line) <= LONGEST_SUBJECT else line[: LONGEST_SUBJECT - 1].rstrip() + "…"


def subject(transition: Transition) -> str:
    """The claim sentence; of what is resolved, or more severe than it was, it says so first."""
    row = transition.recommendation
    claim = row.claim or row.title
    if transition.after == Progress.RESOLVED:
        return subject_line(f"Resolved: {claim}")
    return subject_line(f"Now {row.severity}: {claim}" if transition.before == Progress.OPEN else claim)


def payload(transition: Transition) -> dict[str, Any]:
    """The JSON of a transition, smaller than `LARGEST_PAYLOAD_BYTES`; the longest lists are cut if need be."""
    for kept in _KEPT:
        message = _message(transition, kept)
        if len(json.dumps(message, ensure_ascii=False).encode()) < LARGEST_PAYLOAD_BYTES:
            break
    return message


def test_payload(at: str) -> dict[str, Any]:
    """What a channel gets when somebody presses its test button. `at` as in `export.moment`."""
    text = "Scaling Advisor can reach this channel. Nothing needs to be done."
    return {"type": "channel.test", "timestamp": at, "data": {"claim": text, "url": f"{settings.PUBLIC_URL}/alerts/"}}


def _message(transition: Transition, kept: int) -> dict[str, Any]:
    row = transition.recommendation
    data = export.one(row)
    del data["strategies"]
    data.update(
        title=row.title,
        options=[_option(option) for option in row.options],
        rejected=[{name: item[name] for name in ("id", "title", "reason")} for item in row.rejected],
        url=_url(row),
    )
    return {
        "type": _TYPES[Progress(transition.after)],
        "timestamp": export.moment(transition.at),
        "data": _shortened(data, kept),
    }


def _option(option: dict[str, Any]) -> dict[str, Any]:
    """All of an option but its steps, which stand on the page."""
    return {name: value for name, value in option.items() if name != "steps"}


def _url(row: Recommendation) -> str:
    return f"{settings.PUBLIC_URL}/recommendations/{row.pk}/"


def _shortened(value: Any, kept: int) -> Any:
    if isinstance(value, dict):
        return {key: _shortened(item, kept) for key, item in value.items()}
    if isinstance(value, list):
        return [_shortened(item, kept) for item in value[:kept]]
    if isinstance(value, str) and len(value) > _LONGEST_TEXT:
        return value[: _LONGEST_TEXT - 1] + "…"
    return value

"""What an answer of the server means for the batch that it answers."""

from __future__ import annotations

import json
import time

TAKEN, DROPPED, LATER = "taken", "dropped", "later"
"""Stored by the server; wrong for ever; kept and tried again."""

_WRONG_FOR_EVER = (400, 413, 415, 422)
_MOST_RETRY_AFTER_SECONDS = 3600.0
_HINTS = {
    401: "it does not know this token. Put a valid host token into ADVISOR_TOKEN; the data is kept meanwhile",
    403: "this token may not report. Put a host token into ADVISOR_TOKEN; the data is kept meanwhile",
    404: "there is no Scaling Advisor at this address. Check ADVISOR_SERVER; the data is kept meanwhile",
}


def meaning(status: int) -> str:
    """One of the three words above.

    OTLP lets a sender drop whatever it may not retry. Here a wrong token or address keeps the data,
    so that a slip while rotating tokens destroys nothing; only a bad body is dropped.
    """
    if 200 <= status < 300:
        return TAKEN
    return DROPPED if status in _WRONG_FOR_EVER else LATER


def explained(status: int, body: bytes) -> str:
    """The answer in words, with what a person can do."""
    hint = _HINTS.get(status) or status_message(body)
    return f"{status}: {hint}" if hint else str(status)


def status_message(body: bytes) -> str:
    """The `message` of a google.rpc.Status in JSON, empty if there is none."""
    message = _json_object(body).get("message")
    return message[:300] if isinstance(message, str) else ""


def rejected_points(body: bytes) -> tuple[int, str]:
    """How many points a 200 refused, and why (OTLP `partial_success`)."""
    partial = _json_object(body).get("partialSuccess")
    if not isinstance(partial, dict):
        return 0, ""
    count, reason = str(partial.get("rejectedDataPoints", 0)), partial.get("errorMessage")
    return int(count) if count.isdigit() else 0, reason[:300] if isinstance(reason, str) else ""


def retry_after(text: str, now: float) -> float:
    """Seconds that `Retry-After` asks for (a number or an HTTP date), 0 if it says nothing; at most 1 h."""
    if text.isdigit():
        return min(float(text), _MOST_RETRY_AFTER_SECONDS)
    try:
        asked = time.strptime(text, "%a, %d %b %Y %H:%M:%S GMT")
    except ValueError:
        return 0.0
    import calendar  # seldom needed, and it brings datetime

    return min(max(calendar.timegm(asked) - now, 0.0), _MOST_RETRY_AFTER_SECONDS)


def _json_object(body: bytes) -> dict[str, object]:
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}

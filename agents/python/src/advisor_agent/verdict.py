"""What an answer of the server means for the batch that it answers."""

from __future__ import annotations

import json
import time

from advisor_agent.http import number
from advisor_agent.signals import LOGS

TAKEN, DROPPED, LATER = "taken", "dropped", "later"
"""Stored by the server; never to be taken; kept and tried again."""

_WRONG_FOR_EVER = (400, 413, 415, 422)
_NOT_FOUND = 404
_REJECTED = {"rejectedDataPoints": "points", "rejectedLogRecords": "events"}
_MOST_RETRY_AFTER_SECONDS = 3600.0
_HINTS = {
    401: "it does not know this token. Put a valid host token into ADVISOR_TOKEN; the data is kept meanwhile",
    403: "this token may not report. Put a host token into ADVISOR_TOKEN; the data is kept meanwhile",
    404: "there is no Scaling Advisor at this address. Check ADVISOR_SERVER; the data is kept meanwhile",
}


def meaning(status: int, signal: str) -> str:
    """One of the three words above.

    OTLP lets a sender drop whatever it may not retry. Here a wrong token or address keeps the data,
    so that a slip while rotating tokens destroys nothing; only a bad body is dropped. So are events
    that an older server has no path for: metrics wait behind them.
    """
    if 200 <= status < 300:
        return TAKEN
    return DROPPED if status in _WRONG_FOR_EVER or _has_no_path(status, signal) else LATER


def dropping(status: int, body: bytes, signal: str) -> str:
    """What became of a batch that is dropped, in words that follow the server's name."""
    if _has_no_path(status, signal):
        return f"takes no events ({status}), and they are dropped. Update the Scaling Advisor to see them there."
    return f"called a batch wrong, and it is dropped. {explained(status, body)}"


def explained(status: int, body: bytes) -> str:
    """The answer in words, with what a person can do."""
    hint = _HINTS.get(status) or status_message(body)
    return f"{status}: {hint}" if hint else str(status)


def status_message(body: bytes) -> str:
    """The `message` of a google.rpc.Status in JSON, empty if there is none."""
    message = _json_object(body).get("message")
    return message[:300] if isinstance(message, str) else ""


def left_out(body: bytes) -> tuple[str, str]:
    """What a 200 refused ("4 points", "1 events", empty for nothing), and why (OTLP `partial_success`)."""
    partial = _json_object(body).get("partialSuccess")
    if not isinstance(partial, dict):
        return "", ""
    counts = ((number(str(partial.get(key, 0))), unit) for key, unit in _REJECTED.items())
    found = [f"{count} {unit}" for count, unit in counts if count]
    reason = partial.get("errorMessage")
    return " and ".join(found), reason[:300] if isinstance(reason, str) else ""


def retry_after(text: str, now: float) -> float:
    """Seconds that `Retry-After` asks for (a number or an HTTP date), 0 if it says nothing; at most 1 h."""
    seconds = number(text)
    if seconds is not None:
        return min(float(seconds), _MOST_RETRY_AFTER_SECONDS)
    try:
        asked = time.strptime(text, "%a, %d %b %Y %H:%M:%S GMT")
    except ValueError:
        return 0.0
    import calendar  # seldom needed, and it brings datetime

    return min(max(calendar.timegm(asked) - now, 0.0), _MOST_RETRY_AFTER_SECONDS)


def _has_no_path(status: int, signal: str) -> bool:
    return status == _NOT_FOUND and signal == LOGS


def _json_object(body: bytes) -> dict[str, object]:
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}

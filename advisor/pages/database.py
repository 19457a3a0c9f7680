"""How large the database is, class by class, what it will take, and whether its disk has room for that."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from advisor.pages import words
from advisor.store import samples

SOON: Final = 30.0
"""Days: who reads of a full disk within a month still has time to act."""

FAR: Final = 365.0
"""Days beyond which nobody plans: fleets change more than any forecast knows."""

_DAY: Final = 86_400.0


@dataclass(frozen=True, slots=True)
class Row:
    """One class of data as the page shows it, in bytes and rows; None where nothing is known.

    `kept` says for how long, `setting` what changes that; both are empty for what nothing is deleted from by age.
    """

    title: str
    kept: str
    setting: str
    bytes: int
    share: float
    rows: int | None
    growth: float | None
    will_be: float | None


@require_safe
def database(request: HttpRequest) -> HttpResponse:
    """The whole, then each class."""
    found = samples.outlook(datetime.now(UTC))
    rows = [row(course, found.total) for course in found.courses]
    said = {"heading": heading(found), "state": state(found), "sentences": list(sentences(found))}
    return render(request, "database.html", {"outlook": found, "rows": rows, **said})


def row(course: samples.Course, total: int) -> Row:
    """A class of data, and its share of the whole."""
    kept = course.kept
    return Row(
        title=kept.title if kept else "Everything else",
        kept=_span(kept.seconds) if kept else "",
        setting=f"ADVISOR_{kept.setting}" if kept else "",
        bytes=course.bytes,
        share=course.bytes / total if total else 0.0,
        rows=course.rows,
        growth=course.growth,
        will_be=course.will_be,
    )


def heading(found: samples.Outlook) -> str:
    """The state in words."""
    takes = f"The database takes {words.size(found.total)}"
    if found.full_in is not None and found.full_in <= SOON:
        return f"The disk is full in about {_days(found.full_in)}"
    if found.will_be is None:
        return takes
    return f"{takes} and will take about {words.size(found.will_be)}"


def state(found: samples.Outlook) -> tuple[str, str]:
    """The tag beside the heading: a shape and a word."""
    if found.disk is None or found.growth is None:
        return "off", "No forecast"
    if found.full_in is None or found.full_in > FAR:
        return "ok", "Fits"
    return ("act", "Full soon") if found.full_in <= SOON else ("watch", "Grows")


def sentences(found: samples.Outlook) -> Iterator[str]:
    """What stands below the heading: growth, disk, and what is not known yet."""
    if found.growth is None:
        yield "How fast it grows is known after two days: it takes two whole days (UTC) to compare."
    else:
        verb = "grew" if found.growth >= 0 else "shrank"
        yield f"In the last whole days it {verb} by {words.size(abs(found.growth))} a day."
    if found.disk is None:
        yield "Its disk is not seen from here: it is another machine's, or closed to this user."
        return
    room = f"{words.size(found.disk.free)} of {words.size(found.disk.total)} on its disk are free"
    if found.growth is None:
        yield f"{room}."
    elif found.full_in is None:
        yield f"{room}, which is enough for all that is kept."
    else:
        lasts = _days(found.full_in) if found.full_in <= FAR else "more than a year"
        yield f"{room}; with old data going as it is set, that lasts {lasts}."


def _days(days: float) -> str:
    return words.count(max(1, round(days)), "day")


def _span(seconds: float) -> str:
    """A retention: `48 h`, `30 d`, as long as two days in hours."""
    return f"{seconds / 3600:g} h" if seconds < 3 * _DAY else f"{seconds / _DAY:g} d"

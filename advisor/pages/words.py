"""Figures as people read them. Inside there are seconds, bytes and ratios; only here they become ms, MB and %."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime

from advisor.diagnosis import words as spoken
from advisor.diagnosis.words import unit_word

_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_BYTES = ((1e9, "GB"), (1e6, "MB"), (1e3, "kB"))
NOTHING = "–"  # noqa: RUF001 - a dash that is as wide as a digit


def is_number(value: float | None) -> bool:
    """False for None and NaN, which both stand for "not known"."""
    return value is not None and math.isfinite(value)


def count(number: int, one: str, many: str = "") -> str:
    """`3 hosts`; the plural is formed with -s where none is given."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def in_words(number: int) -> str:
    """`three` up to twelve, digits beyond."""
    return _NUMBERS[number] if number < len(_NUMBERS) else f"{number:,}"


def says(number: int, one: str, many: str) -> str:
    """A heading that begins with a number: `Three services need action`."""
    return f"{in_words(number).capitalize()} {one if number == 1 else many}"


def plain(value: float | None) -> str:
    """A number with as many digits as it deserves: 1,428; 3.1; 0.04."""
    if value is None or not math.isfinite(value):
        return NOTHING
    size = abs(value)
    if size >= 10 or value == int(value):
        return f"{value:,.0f}"
    return f"{value:.1f}" if size >= 1 else f"{value:.2g}"


def milliseconds(seconds: float | None) -> str:
    """A time without its unit, which stands in the head of the column."""
    return plain(seconds * 1000) if seconds is not None else NOTHING


def percent(ratio: float | None) -> str:
    """`95%`; below one percent and above 99 with a digit more, below a tenth of one with two."""
    if ratio is None or not math.isfinite(ratio):
        return NOTHING
    if 0.99 < ratio < 1:
        return spoken.percent(ratio)
    if ratio >= 0.01 or ratio == 0:
        return f"{ratio:.0%}"
    if ratio < 0.0001:
        return "<0.01%"
    return f"{ratio:.1%}" if ratio >= 0.001 else f"{ratio:.2%}"


def size(value: float | None) -> str:
    """Bytes as MB or GB, decimal."""
    if value is None or not math.isfinite(value):
        return NOTHING
    for factor, unit in _BYTES:
        if abs(value) >= factor:
            number = value / factor
            return f"{number:.0f} {unit}" if number >= 100 else f"{number:.3g} {unit}"
    return f"{value:.0f} B"


def span(seconds: float) -> str:
    """A time that something took: `96 ms`, `6.4 s`."""
    if abs(seconds) < 1:
        return f"{plain(seconds * 1000)} ms"
    return f"{seconds:.1f} s" if abs(seconds) < 60 else duration(seconds)


def duration(seconds: float) -> str:
    """A time that something has lasted: `22 s`, `22 m`, `1 h 7 m`, `6 d`."""
    whole = max(0, int(seconds))
    minutes, hours, days = whole // 60, whole // 3600, whole // 86400
    if whole < 60:
        return f"{whole} s"
    if hours < 1:
        return f"{minutes} m"
    if days < 1:
        return f"{hours} h {minutes % 60} m" if minutes % 60 else f"{hours} h"
    return f"{days} d"


def clock(at: datetime, now: datetime) -> str:
    """A moment: time today, day and time in the week before, else the date. UTC."""
    days = (now.date() - at.date()).days
    if days == 0:
        return f"{at:%H:%M}"
    return f"{at:%a %H:%M}" if 0 < days < 7 else f"{at:%d %b %Y}"


def figure(value: float | None, unit: str) -> tuple[str, str]:
    """A figure of the store as (number, unit) for people, by its UCUM unit."""
    if value is None or not math.isfinite(value):
        return NOTHING, ""
    if unit == "s":
        number, _, word = span(value).partition(" ")
        return number, word
    if unit == "By":
        number, _, word = size(value).partition(" ")
        return number, word
    if unit == "1":
        return percent(value), ""
    return plain(value), unit_word(unit, value)


def figure_text(value: float | None, unit: str) -> str:
    """`821 ms`, `95%`, `312 MB`."""
    number, word = figure(value, unit)
    return f"{number} {word}".strip()


def between(low: float | None, high: float | None, unit: str) -> str:
    """A range as it is said: `80 to 130 ms`, `at least 3,500 requests/s`, `at most 130 ms`."""
    if low is None and high is None:
        return "not known"
    if high is None:
        return f"at least {figure_text(low, unit)}"
    if low is None:
        return f"at most {figure_text(high, unit)}"
    (first, one), (second, two) = figure(low, unit), figure(high, unit)
    if (first, one) == (second, two):
        return f"{first} {one}".strip()
    if one == two:
        return f"{first} to {second} {two}".strip()
    return f"{first} {one} to {second} {two}".strip()


def listed(items: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return " and ".join([", ".join(items[:-1]), items[-1]]) if len(items) > 1 else "".join(items)


def shortened(path: str, most: int = 64) -> str:
    """A path of at most `most` characters, with whole folders left out in the middle: `/srv/…/lib/query.js`."""
    if len(path) <= most:
        return path
    tail = path[-(most * 2 // 3) :]
    tail = tail[max(0, tail.find("/")) :]
    head = path[: most - len(tail) - 1]
    return f"{head[: head.rfind('/') + 1] or head}…{tail}"

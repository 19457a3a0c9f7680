"""The effect bar: what a figure is now, and the range it is expected in afterwards."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from advisor.pages import words

register = template.Library()

WIDTH = 200


@register.simple_tag
def effect(expectation: dict[str, Any]) -> SafeString:
    """One row: label, bar and words of an `Expectation`. An open end fades out and is said as "at least"."""
    now, low, high, unit = (expectation[key] for key in ("now", "low", "high", "unit"))
    before, after = _without_repeat(words.figure_text(now, unit), words.between(low, high, unit))
    text = f"{before} → {after}"
    return format_html(
        '<span>{}</span><svg viewBox="0 0 {} 14" preserveAspectRatio="none" role="img" aria-label="{}: {}">'
        '<rect class="base" width="{}" height="14" rx="2"/>{}</svg><span class="v"><b>{}</b> → <b>{}</b></span>',
        expectation["label"],
        WIDTH,
        expectation["label"],
        text,
        WIDTH,
        _bars(now, low, high, unit),
        before,
        after,
    )


def _without_repeat(before: str, after: str) -> tuple[str, str]:
    """Both figures, the unit of the first left out where the second ends with the same."""
    number, _, unit = before.partition(" ")
    return (number, after) if unit and after.endswith(f" {unit}") else (before, after)


def _bars(now: float | None, low: float | None, high: float | None, unit: str) -> SafeString:
    """Grey above is now; blue below reaches the sure end, its lighter part the range."""
    top = 1.0 if unit == "1" else 1.12 * max([v for v in (now, low, high) if v is not None] or [1.0])
    if high is None and unit != "1":
        top *= 1.25  # room that shows the range goes on
    scale = WIDTH / (top or 1.0)
    start = (low or 0.0) * scale
    end = WIDTH if high is None else high * scale
    return format_html(
        '<rect class="was" y="1" width="{}" height="5"/><rect class="after" y="8" width="{}" height="5"/>'
        '<rect class="range{}" x="{}" y="8" width="{}" height="5"/>',
        round((now or 0.0) * scale, 1),
        round(start, 1),
        " open" if high is None else "",
        round(start, 1),
        round(max(2.0, end - start), 1),
    )


@register.simple_tag
def range_words(expectation: dict[str, Any]) -> str:
    """The expected range alone: `80 to 130 ms`, `at least 3,500 requests/s`."""
    return words.between(expectation["low"], expectation["high"], expectation["unit"])

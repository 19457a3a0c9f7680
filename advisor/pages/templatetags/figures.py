"""Small drawings that the server makes: icons, tags, sparks, bars and effect bars. All are SVG without styles."""

from __future__ import annotations

from collections.abc import Sequence

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from advisor.engine.registry import RULES
from advisor.pages import words
from advisor.vocabulary import Health, Progress, Verdict

register = template.Library()

_LOOP = RULES["event-loop-saturated"]

_ICONS = {
    "fleet": "M3 5h14M3 10h14M3 15h9",
    "advice": "M10 2.5l2.2 4.6 5 .6-3.7 3.4 1 5-4.5-2.5-4.5 2.5 1-5L2.8 7.7l5-.6z",
    "hosts": "M4.5 3h11a1.5 1.5 0 011.5 1.5v3a1.5 1.5 0 01-1.5 1.5h-11a1.5 1.5 0 01-1.5-1.5v-3a1.5 1.5 0 011.5-1.5z"
    "m0 8h11a1.5 1.5 0 011.5 1.5v3a1.5 1.5 0 01-1.5 1.5h-11a1.5 1.5 0 01-1.5-1.5v-3a1.5 1.5 0 011.5-1.5z"
    "M6 6h.01M6 14h.01",
    "alerts": "M5 8a5 5 0 0110 0c0 4.5 2 6 2 6H3s2-1.5 2-6M8.3 17a2 2 0 003.4 0",
    "rules": "M4 3.5h8l4 4v9H4zM12 3.5v4h4M7 11h6M7 14h4",
    "theme": "M16 11.8A6.6 6.6 0 018.2 4 6.6 6.6 0 1016 11.8z",
    "plus": "M10 4v12M4 10h12",
    "brand": "M4 17v-4M8 17v-7M12 17V7M16 17V3",
}
_SHAPES = {
    "act": "M5 0l5 5-5 5-5-5z",
    "watch": "M5 .6L10 9.4H0z",
    "ok": "M5 .6a4.4 4.4 0 110 8.8a4.4 4.4 0 110-8.8z",
    "shrink": "M0 2h10L5 10z",
    "info": "M2.5 1h5A1.5 1.5 0 019 2.5v5A1.5 1.5 0 017.5 9h-5A1.5 1.5 0 011 7.5v-5A1.5 1.5 0 012.5 1z",
    "off": "M1 4h8v2H1z",
}
_EMPTY = '<svg class="{}" viewBox="0 0 84 22" aria-hidden="true"></svg>'
_NO_SPARK, _NO_BAR = format_html(_EMPTY, "spark"), format_html(_EMPTY, "bar")
_TERMS: dict[str, tuple[str, str]] = {
    Health.ACT: ("act", "Act"),
    Health.WATCH: ("watch", "Watch"),
    Health.NO_VERDICT: ("info", "No verdict"),
    Health.SHRINK: ("shrink", "Can shrink"),
    Health.HEALTHY: ("ok", "Healthy"),
    Health.NO_DATA: ("off", "No data"),
    Progress.FORMING: ("watch", "Forming"),
    Progress.OPEN: ("act", "Open"),
    Progress.ACKNOWLEDGED: ("info", "Acknowledged"),
    Progress.APPLIED: ("info", "Applied"),
    Progress.VERIFYING: ("info", "Verifying"),
    Progress.VERIFIED: ("ok", "Verified"),
    Progress.DID_NOT_HELP: ("act", "Did not help"),
    Progress.RESOLVED: ("ok", "Resolved"),
    Progress.SNOOZED: ("off", "Snoozed"),
    Progress.DISMISSED: ("off", "Dismissed"),
    Verdict.CLEAR: ("ok", "Clear"),
    Verdict.PENDING: ("watch", "Pending"),
    Verdict.FIRING: ("act", "Firing"),
    Verdict.UNKNOWN: ("off", "Unknown"),
}


@register.simple_tag
def icon(name: str) -> SafeString:
    """A line drawing of 20 x 20; it says nothing to screen readers, the word beside it does."""
    return format_html(
        '<svg class="icon" viewBox="0 0 20 20" fill="none" stroke="currentColor" stroke-width="1.6" '
        'stroke-linecap="round" stroke-linejoin="round" aria-hidden="true"><path d="{}"/></svg>',
        _ICONS[name],
    )


@register.simple_tag
def tag(term: str, text: str = "") -> SafeString:
    """A state as shape, word and colour. `term` is a health, progress or verdict, or the name of a shape."""
    kind, word = _TERMS.get(term, (term, term))
    return format_html(
        '<span class="tag {}"><svg viewBox="0 0 10 10" fill="currentColor" aria-hidden="true"><path d="{}"/></svg>'
        "{}</span>",
        kind,
        _SHAPES[kind],
        text or word,
    )


@register.simple_tag
def spark(values: Sequence[float | None], bad: bool = False) -> SafeString:
    """The course of a figure without an axis, the last point marked. Gaps stay gaps; nothing with fewer than two."""
    known = [value for value in values if value is not None and words.is_number(value)]
    if len(known) < 2:
        return _NO_SPARK
    low, high = min(known), max(known)
    scale = 17 / ((high - low) or 1)
    path, x, y, pen_up = "", 0.0, 0.0, True
    for index, value in enumerate(values):
        if value is None or not words.is_number(value):
            pen_up = True
            continue
        x, y = round(index * 80 / (len(values) - 1), 1), round(20 - (value - low) * scale, 1)
        path += f"{'M' if pen_up else 'L'}{x} {y}"
        pen_up = False
    return format_html(
        '<svg class="spark{}" viewBox="0 0 84 22" aria-hidden="true"><path d="{}"/>'
        '<circle cx="{}" cy="{}" r="2"/></svg>',
        " bad" if bad else "",
        path,
        x,
        y,
    )


@register.simple_tag
def bar(share: float | None, calm: bool = False) -> SafeString:
    """A meter beside its number: grey, and as warm as the loop unless it is `calm`."""
    if share is None or not words.is_number(share):
        return _NO_BAR
    return format_html(
        '<svg class="bar {}" viewBox="0 0 56 6" aria-hidden="true"><rect class="t" width="56" height="6" rx="3"/>'
        '<rect class="f" width="{}" height="6" rx="3"/></svg>',
        "" if calm else warmth(share),
        round(max(3.0, 56 * min(share, 1.0)), 1),
    )


@register.filter
def warmth(share: float | None) -> str:
    """How an event loop's busy share looks: `hot` where its rule fires, `warm` where it no longer clears."""
    if share is None or not words.is_number(share):
        return ""
    return "hot" if share >= _LOOP.busy else "warm" if share >= _LOOP.relaxed else ""

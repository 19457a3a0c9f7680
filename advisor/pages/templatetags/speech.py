"""Filters that turn the store's figures into words."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from advisor.pages import words

register = template.Library()
register.filter("plain", words.plain)
register.filter("ms", words.milliseconds)
register.filter("percent", words.percent)
register.filter("size", words.size)
register.filter("duration", words.duration)
register.filter("span", words.span)

_MOMENT = re.compile(r"(\b\d{4}-\d\d-\d\d \d\d:\d\d UTC\b)")
_DECISIVE = re.compile(r"((?<![\w.])\d[\d,]*(?:\.\d+)?(?: of \d+)?(?:%| (?:ms|s|kB|MB|GB|cores?|process(?:es)?)\b)?)")


@register.filter
def unit(value: float | None, name: str) -> str:
    """A figure with its unit, by the store's UCUM unit."""
    return words.figure_text(value, name)


@register.filter
def confidence(share: float | None) -> str:
    """A confidence of 0 to 1 as a word; from 0.8 the field's `high`, from 0.6 `medium`."""
    return "not known" if share is None else "high" if share >= 0.8 else "medium" if share >= 0.6 else "low"


@register.filter
def offset(seconds: float) -> str:
    """A clock difference with its sign: `+0.04 s`."""
    return f"{seconds:+.2f} s"


@register.filter
def restarted(times: float) -> str:
    """`restarted once`, `restarted 12 times`."""
    return "restarted once" if times == 1 else f"restarted {words.plain(times)} times"


@register.filter
def ago(at: datetime | None) -> str:
    """How long ago: `3 s ago`; `never` for nothing."""
    return "never" if at is None else f"{words.duration((datetime.now(UTC) - at).total_seconds())} ago"


@register.filter
def since(at: datetime | None) -> str:
    """How long it has lasted: `1 h 7 m`."""
    return "" if at is None else words.duration((datetime.now(UTC) - at).total_seconds())


@register.filter
def moment(at: datetime | float | None) -> SafeString | str:
    """A point in time in UTC; the page's script turns it into the reader's zone."""
    if at is None:
        return ""
    when = datetime.fromtimestamp(at, UTC) if isinstance(at, int | float) else at.astimezone(UTC)
    return format_html(
        '<time datetime="{}" title="{} UTC">{}</time>',
        when.isoformat(timespec="seconds"),
        f"{when:%Y-%m-%d %H:%M:%S}",
        words.clock(when, datetime.now(UTC)),
    )


@register.filter
def timed(text: str) -> SafeString:
    """A text with its moments (`2026-03-17 09:12 UTC`) as points in time, everything else escaped."""
    parts = enumerate(_MOMENT.split(text))
    return format_html_join("", "{}", ((_point(part) if i % 2 else part,) for i, part in parts))


def _point(text: str) -> SafeString | str:
    """A moment of a text; the text as it is where it is none, such as one of a version's name."""
    try:
        return moment(datetime.strptime(f"{text}+0000", "%Y-%m-%d %H:%M UTC%z"))
    except ValueError:
        return text


@register.simple_tag
def place(file: str, line: int | None) -> SafeString:
    """A place in code as `file:line`; a long path is cut in its middle, and stands in the title in full."""
    end = "" if line is None else f":{line}"
    *folders, name = words.shortened(file).split("/")
    before = format_html_join("", "{}/<wbr>", ((folder,) for folder in folders))
    return format_html('<span class="mono path" title="{}{}">{}{}{}</span>', file, end, before, name, end)


@register.filter
def decisive(claim: str) -> SafeString:
    """A claim with its numbers in bold, everything escaped."""
    parts = enumerate(_DECISIVE.split(claim))
    return format_html_join("", "{}", ((format_html("<b>{}</b>", part) if i % 2 else part,) for i, part in parts))

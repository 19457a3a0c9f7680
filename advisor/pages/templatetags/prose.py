"""The little markup that docstrings and steps use: `code` and [links](https://…). Everything else is text."""

from __future__ import annotations

import re
from collections.abc import Iterator

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

register = template.Library()

_CODE = re.compile(r"(`[^`]+`)")
_MARKUP = re.compile(r"(`[^`]+`|\[[^\]]+\]\(https?://[^)\s]+\))")
_LINK = re.compile(r"\[([^\]]+)\]\((https?://[^)\s]+)\)")


@register.filter
def prose(text: str) -> SafeString:
    """Text with its code and links as elements, all else escaped."""
    return format_html_join("", "{}", ((part,) for part in _parts(_MARKUP, text.removeprefix("- "))))


@register.filter
def coded(text: str) -> SafeString:
    """Text with its `code` as elements, all else escaped: what services send is in it, and makes no links."""
    return format_html_join("", "{}", ((part,) for part in _parts(_CODE, text)))


def _parts(markup: re.Pattern[str], text: str) -> Iterator[str]:
    for index, part in enumerate(markup.split(text)):
        if index % 2 == 0:
            yield part
        elif link := _LINK.fullmatch(part):
            yield format_html('<a href="{}" rel="noreferrer">{}</a>', link[2], link[1])
        else:
            yield format_html("<code>{}</code>", part.strip("`"))

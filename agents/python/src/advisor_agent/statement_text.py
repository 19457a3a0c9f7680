"""The text of a statement as it may be shown: no comment, no value, and short."""

from __future__ import annotations

import re

LENGTH = 120
"""Characters of a statement that are sent."""

_VERBS = ("select", "insert", "update", "delete", "merge", "with", "values", "table")
"""What PostgreSQL normalises begins with one of them. The rest it keeps to the word: `ALTER ROLE x PASSWORD '...'`."""

_TOKEN = re.compile(
    r"""(?P<comment>/\*.*?(?:\*/|$)|--[^\n]*)
    |(?P<value>[a-z]?'(?:[^'\\]|''|\\.)*(?:'|$)|(?P<tag>\$(?:[a-z_]\w*)?\$).*?(?:(?P=tag)|$)
      |(?<![$\w."])\d+(?:\.\d+)?(?![\w"]))
    |"[^"]*(?:"|$)""",
    re.VERBOSE | re.DOTALL | re.IGNORECASE,
)


def shown(text: str) -> str:
    """The text without comments, each value as `?`, on one line, cut; empty for what is no plain query."""
    plain = " ".join(_TOKEN.sub(_replaced, text).split())
    return plain[:LENGTH].rstrip() if plain.lower().startswith(_VERBS) else ""


def _replaced(match: re.Match[str]) -> str:
    if match["comment"]:
        return " "
    return "?" if match["value"] else match[0]

"""The settings file: the flat part of TOML, `key = value`, lists of texts on one line, and comments.

Read by hand, because `tomllib` costs 1.5 MiB of memory for good, and Python before 3.11 has none.
"""

from __future__ import annotations

import re

_LINE = re.compile(
    r"""\s*(?P<key>[A-Za-z0-9_-]+)\s*=\s*
    (?:"(?P<basic>(?:[^"\\]|\\["\\])*)"|'(?P<literal>[^']*)'|(?P<bare>[+-]?[0-9][0-9_]*(?:\.[0-9]+)?|true|false)
    |\[(?P<list>(?:\s*"[^"\\\s]*"\s*,)*(?:\s*"[^"\\\s]*"\s*)?)\s*\])
    \s*(?:\#.*)?""",
    re.VERBOSE,
)
_ITEM = re.compile(r'"([^"]*)"')
_EMPTY = re.compile(r"\s*(?:#.*)?")


class SettingsFileError(Exception):
    """A line that cannot be read; the text names it and says what is understood."""


def read(text: str, path: str) -> dict[str, str]:
    """Key -> value as text, a list as its texts with spaces between.

    SettingsFileError for what is no flat TOML, and for a key that stands there twice.
    """
    found: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if _EMPTY.fullmatch(line):
            continue
        match = _LINE.fullmatch(line)
        if match is None:
            raise SettingsFileError(f'{path}, line {number}: write it as key = "text", key = 10, or key = ["a", "b"].')
        if match["key"] in found:
            raise SettingsFileError(f"{path}, line {number}: {match['key']} is set a second time.")
        found[match["key"]] = _value(match)
    return found


def written(settings: dict[str, str]) -> str:
    """The text of a file with these settings."""
    return "".join(f"{key} = {_quoted(value)}\n" for key, value in settings.items())


def _value(match: re.Match[str]) -> str:
    if match["list"] is not None:
        return " ".join(_ITEM.findall(match["list"]))
    if match["basic"] is not None:
        return re.sub(r"\\(.)", r"\1", match["basic"])
    return match["literal"] if match["literal"] is not None else match["bare"].replace("_", "")


def _quoted(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'

"""The text that Prometheus scrapes: format 0.0.4 and OpenMetrics 1.0, as far as samples go.

https://prometheus.io/docs/instrumenting/exposition_formats/ and https://prometheus.io/docs/specs/om/open_metrics_spec/
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_SAMPLE = re.compile(
    r"""([a-zA-Z_:][a-zA-Z0-9_:]*)[ \t]*
    (?:\{((?:[^"{}]|"(?:[^"\\]|\\.)*")*)\})?[ \t]*
    ([+-]?(?:[0-9]+(?:\.[0-9]*)?(?:[eE][+-]?[0-9]+)?|\.[0-9]+(?:[eE][+-]?[0-9]+)?|(?i:inf|infinity|nan)))
    (?:[ \t]+[+-]?[0-9.eE+-]+)?[ \t]*(?:[ ]\#[ ].*)?\r?""",
    re.VERBOSE,
)
"""Name, labels, value; a time and an exemplar may follow."""

_MOST_DIGITS = 20
_LABEL = re.compile(r'[ \t]*([a-zA-Z_][a-zA-Z0-9_]*)[ \t]*=[ \t]*"((?:[^"\\]|\\.)*)"[ \t]*(,|$)')
_ESCAPE = re.compile(r"\\(.)")
_FIRST_BOUND = re.compile(r'le="([^"\\]*)"(?:,|$)')
_LAST_BOUND = re.compile(r'le="([^"\\,]*)"')


class PageError(Exception):
    """A line that is no sample; the text says where."""


def samples(page: str, wanted: tuple[str, ...]) -> Iterator[tuple[str, str, float]]:
    """Name, labels as they stand there, and value of each sample whose name begins with one of `wanted`.

    Other lines are passed over unread: a busy page has thousands. PageError for a wanted one that cannot be read.
    """
    for line in page.split("\n"):
        if line.startswith(wanted):
            name, _, rest = line.partition("{")
            labels, end, value = rest.rpartition("} ")
            # Nearly all lines are this plain, and the pattern costs three times as much.
            if end and value.isdigit() and value.isascii() and len(value) < _MOST_DIGITS and " # " not in line:
                yield name.rstrip(), labels, int(value)
            else:
                yield _read(line)


def _read(line: str) -> tuple[str, str, float]:
    match = _SAMPLE.fullmatch(line)
    if match is None:
        raise PageError(f"a line cannot be read: {line[:80]}")
    return match[1], match[2] or "", float(match[3])


def labels_of(text: str) -> dict[str, str]:
    """The labels between the braces; PageError for what are none."""
    found: dict[str, str] = {}
    position = 0
    while position < len(text):
        match = _LABEL.match(text, position)
        if match is None or match[1] in found:
            raise PageError(f"labels cannot be read: {text[:80]}")
        value = match[2]
        found[match[1]] = _ESCAPE.sub(_unescaped, value) if "\\" in value else value
        position = match.end()
    return found


def bound_of(text: str) -> tuple[str, str]:
    """A bucket's upper bound, `le`, and its other labels as they stand there.

    Those are the same text for all buckets of a series, so that they need to be understood only once.
    """
    match = _FIRST_BOUND.match(text)
    if match:
        return match[1], text[match.end() :]
    rest, _, last = text.rpartition(",")
    match = _LAST_BOUND.fullmatch(last)
    if match:
        return match[1], rest
    labels = labels_of(text)
    if "le" not in labels:
        raise PageError(f"a bucket has no bound: {text[:80]}")
    bound = labels.pop("le")
    return bound, ",".join(f'{name}="{_escaped(value)}"' for name, value in labels.items())


def _unescaped(match: re.Match[str]) -> str:
    return "\n" if match[1] == "n" else match[1]


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")

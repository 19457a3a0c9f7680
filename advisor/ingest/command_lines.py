"""Command lines as they are kept: without secrets, whoever sent them."""

from __future__ import annotations

import re
from typing import Final

from advisor.ingest.redaction import joined, redacted

_WORD: Final = re.compile(r'"((?:[^"\\]|\\.)*)"(?=\s|$)|\S+')
_ESCAPED: Final = re.compile(r"\\(.)")


def redacted_line(line: str) -> str:
    """A command line that an agent put together, or somebody else, without secrets."""
    words = (found[0] if found[1] is None else _ESCAPED.sub(r"\1", found[1]) for found in _WORD.finditer(line))
    return joined(redacted(words))


def redacted_path(path: str) -> str:
    """The path of a script; blanks in it do not part words."""
    return " ".join(redacted([path]))

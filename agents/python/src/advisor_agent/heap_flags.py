"""What a Node.js process was told of the size of its heap: of all its options these numbers alone are kept."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable

from advisor_agent.command import options_of
from advisor_agent.executable import runtime_by_name

OLD, SEMI, WHOLE = "old-space", "semi-space", "heap"
"""What can be set: the space of old objects, each half of that of young ones, and both together."""

_SIZE = re.compile(r"--max-(old-space|semi-space|heap)-size=(\d{1,9})")
_OTHERWISE = re.compile(
    r"--(no-)?(max-old-space-size-percentage|min-semi-space-size|huge-max-old-generation-size|optimize-for-size"
    r"|lite-mode)(=.*)?"
)
"""Options that move the limit in other ways."""

_MOST_ARGUMENTS = 1000


class HeapFlags:
    """`sizes` are MiB; those that are not set, or set to 0, are missing.

    `is_sure` is False where the process may have been told more than can be seen; `is_otherwise` where its limit does
    not follow from these sizes.
    """

    __slots__ = ("is_otherwise", "is_sure", "sizes")

    def __init__(self, sizes: dict[str, int], is_sure: bool, is_otherwise: bool = False) -> None:
        self.sizes = sizes
        self.is_sure = is_sure
        self.is_otherwise = is_otherwise


def heap_flags_of(environ: str, cmdline: str) -> HeapFlags:
    """Read /proc/PID/environ and cmdline. The last of two sizes counts, and the command line over `NODE_OPTIONS`.

    A title set by the process hides its command line; of PM2's cluster mode the variable `pm2_env` tells it. `node`
    does not start where a size is an argument of its own. A file of variables may hold `NODE_OPTIONS` too.
    """
    variables = dict(line.partition("=")[::2] for line in environ.split("\0"))
    arguments = cmdline.rstrip("\0").split("\0", _MOST_ARGUMENTS)
    is_shown = len(arguments) > 1 and bool(runtime_by_name(arguments[0]))
    by_pm2 = _by_pm2(variables.get("pm2_env", ""))
    given = list(options_of(arguments[1:])) if is_shown else by_pm2 or []
    options = variables.get("NODE_OPTIONS", "").replace('"', "").split()
    words = [word.replace("_", "-") for word in (*options, *given)]
    has_file = any(word.startswith("--env-file") for word in words)
    is_told = bool(environ) and (is_shown or by_pm2 is not None)
    return HeapFlags(
        _sizes(words),
        is_sure=is_told and not has_file,
        is_otherwise=any(_OTHERWISE.fullmatch(word) for word in words),
    )


def _sizes(words: Iterable[str]) -> dict[str, int]:
    found = (_SIZE.fullmatch(word) for word in words)
    last = {one[1]: int(one[2]) for one in found if one}
    return {what: size for what, size in last.items() if size}


def _by_pm2(text: str) -> list[str] | None:
    """The options in PM2's `pm2_env`, None where there are none to read."""
    try:
        words = json.loads(text)["node_args"]
    except (ValueError, LookupError, TypeError, RecursionError):
        return None
    return [word for word in words if isinstance(word, str)] if isinstance(words, list) else None

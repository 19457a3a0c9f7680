"""Connections that nobody uses: the server closes them, after a balancer before it had the time to do so."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from advisor.diagnosis.advice import Step
from advisor.diagnosis.recipes.google_balancer import KEPT as KEPT_BY_GOOGLE
from advisor.diagnosis.recipes.shutdown import IDLE, KEPT
from advisor.diagnosis.words import duration, number

FILE: Final = "idle.mjs"

QUIET: Final = 120
"""Seconds without a byte in the middle of a request from which its client is gone; judgement, twice what balancers wait
for an answer. A longer request that was seen counts twice as well."""


@dataclass(frozen=True, slots=True)
class Held:
    """What one process has open; NaN where it is not known.

    Attributes:
        connections: from outside, without WebSockets.
        sockets: WebSockets.
        rate: requests per second.
        mean: seconds of a request.
        longest: seconds of the longest one.
    """

    connections: float
    sockets: float
    rate: float
    mean: float
    longest: float

    @property
    def at_work(self) -> float:
        """Connections that carry a request at a time (Little's law)."""
        return self.rate * self.mean

    @property
    def quiet(self) -> int:
        """Seconds without a byte from which a request is given up."""
        return QUIET if math.isnan(self.longest) else max(QUIET, math.ceil(2 * self.longest))


def steps(held: Held) -> tuple[Step, ...]:
    """What closes idle connections; nothing where each may be at work, or is a WebSocket."""
    if not held.connections >= 1 or held.at_work >= held.connections:
        return ()
    return (
        Step(f"Close idle connections. {_counted(held)}Call this once, before listen. Behind a balancer keep the "
             f"{KEPT} s (Google's: {KEPT_BY_GOOGLE}): it keeps idle connections for {IDLE} s and must be the one that "
             "closes, else it sends a request into a closed one now and then, which fails with 502. Where clients "
             f"connect directly, 5 s are enough. An answer that is silent for {held.quiet} s (server-sent events, long "
             f"polling) is cut off, so let it send a line before that.{_sockets(held)}", file=FILE,
             code=code(held.quiet)),
    )  # fmt: skip


def _counted(held: Held) -> str:
    if math.isnan(held.at_work):
        return f"{number(held.connections)} are open. "
    busy = max(1, math.ceil(held.at_work))
    return (
        f"{number(held.connections)} are open, and {number(held.rate)} requests a second of {duration(held.mean)} each "
        f"keep {busy:,} at work at a time. "
    )


def _sockets(held: Held) -> str:
    if not held.sockets > 0:
        return ""
    return f" {number(held.sockets)} WebSockets stay: a ping now and then finds those whose client is gone."


def code(quiet: int = QUIET) -> str:
    """The function as a file."""
    return _CODE.format(idle=KEPT, quiet=quiet)


_CODE: Final = """\
// Seconds: `idle` between two requests, longer than the balancer's; `quiet` in the middle of one, without a byte.
export function closeIdle(server, idle = {idle}, quiet = {quiet}) {{
  server.keepAliveTimeout = idle * 1000; // endInOrder of shutdown.mjs sets it too: give it the same `idle`
  server.headersTimeout = Math.max(60, idle + 1) * 1000; // from the connection to its first whole request
  server.timeout = Math.max(quiet, idle + 1) * 1000; // Node.js waits without end by itself
}}
"""

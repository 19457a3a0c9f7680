"""WebSockets of which one process has so many more that their messages fill it, and what moving them brings."""

from __future__ import annotations

import math
from collections.abc import Sequence

from advisor.diagnosis.advice import Expectation
from advisor.diagnosis.words import number
from advisor.features import stats
from advisor.features.balance import Balance
from advisor.features.pieces import explains, ratio
from advisor.features.process import Process


def times(found: Balance) -> str:
    """How many pieces of work the hot process gets beside the others, in words."""
    return "all" if math.isinf(found.rate) else f"{number(found.rate)} times as many"


def unmoved(found: Balance, seconds: float) -> str:
    """Why messages stay where they are when sockets are shared out; empty if they move along."""
    sockets = ratio(_mean([found.hot], seconds), _mean(found.others, seconds))
    if explains(sockets, found.rate):
        return ""
    return (
        f"{found.hot.name} has {times(found)} messages with {number(sockets)} times as many WebSockets: shared out by "
        "their number, they would move few of the messages. Look for the clients or the room that send so many."
    )


def each(found: Balance, seconds: float) -> float:
    """WebSockets of each process where all have the same."""
    return _mean((found.hot, *found.others), seconds)


def expectation(found: Balance, seconds: float) -> Expectation:
    """Those of the hot process fall to the mean."""
    mean = each(found, seconds)
    return Expectation(
        "websockets", f"WebSockets of {found.hot.name}", "{connection}", found.hot.websockets(seconds),
        mean * 0.9, mean * 1.1,
    )  # fmt: skip


def check_first(found: Balance, seconds: float) -> str:
    """What may have put them there, and what they miss elsewhere."""
    return (
        f"Check why {number(found.hot.websockets(seconds))} WebSockets are on {found.hot.name}: an address, a cookie "
        "or a room that many share, or a start before all others. Members of one room on several processes need an "
        "adapter that passes its messages on, and state of a connection in process memory is left behind."
    )


def _mean(processes: Sequence[Process], seconds: float) -> float:
    return stats.mean([process.websockets(seconds) for process in processes])

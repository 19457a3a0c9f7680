"""The pieces that the work of a loop comes in: requests, messages of WebSockets, or connections where nobody counts."""

from __future__ import annotations

import math
from collections.abc import Sequence
from enum import StrEnum
from typing import Final

from advisor.features import stats
from advisor.features.process import Process

FILLED: Final = 0.5
"""Requests cannot be most of the work of loops whose busy time their durations do not make up to this share."""

EXPLAINED: Final = 0.5
"""So much of a difference (in factors) more pieces must make for them to be what sets a process apart."""

_MESSAGES: Final = ("websocket_received", "websocket_sent")


class Piece(StrEnum):
    """What is counted, as one of them is called."""

    REQUEST = "request"
    MESSAGE = "message"
    CONNECTION = "connection"


def total(processes: Sequence[Process], piece: Piece, seconds: float) -> float:
    """How many there were over the last (scaled) seconds, or were open on the mean; NaN where nobody tells."""
    if piece is Piece.CONNECTION:
        return stats.known_sum([rate(process, piece, seconds) for process in processes])
    columns = _MESSAGES if piece is Piece.MESSAGE else ("requests",)
    return stats.known_sum([process.sums(seconds).total(column) for process in processes for column in columns])


def rate(process: Process, piece: Piece, seconds: float) -> float:
    """How many a second, or open; NaN where requests or connections are not told, and 0 messages where none is."""
    if piece is Piece.CONNECTION:
        return process.sums(seconds).level("connections")
    if piece is Piece.REQUEST:
        return process.requests(seconds)
    return stats.known_sum([0.0, *map(process.sums(seconds).rate, _MESSAGES)])


def more(hot: Process, others: Sequence[Process], piece: Piece, seconds: float) -> float:
    """The pieces of a process over the mean of the others; infinite where only it has any."""
    return ratio(rate(hot, piece, seconds), stats.mean([rate(process, piece, seconds) for process in others]))


def ratio(one: float, other: float) -> float:
    """One over the other: infinite over nothing, and 1 where neither is anything; NaN where one is not known."""
    if math.isnan(one) or math.isnan(other):
        return math.nan
    return one / other if other > 0 else math.inf if one > 0 else 1.0


def explains(pieces: float, busier: float) -> bool:
    """True if so many times the pieces make at least half of so many times the work, in factors."""
    if math.isinf(pieces):
        return True
    return busier > 0 and pieces > 0 and math.log(pieces) >= EXPLAINED * math.log(busier)


def counting(hot: Process, others: Sequence[Process], busier: float, seconds: float) -> Piece:
    """What to count where one process is so many times as busy as the others.

    Messages, where they outnumber requests and requests can hardly be the work, as a request takes at least as long as
    the loop works on it; or where more messages explain what more requests do not. Where neither is told, connections
    from outside stand for what comes in by them.
    """
    every = (hot, *others)
    told = [total(every, piece, seconds) for piece in (Piece.REQUEST, Piece.MESSAGE)]
    if all(map(math.isnan, told)):
        return Piece.CONNECTION
    requests, messages = (stats.known_sum([0.0, one]) for one in told)
    if messages <= requests:
        return Piece.REQUEST
    work = stats.known_sum([process.loop(seconds) * process.span(seconds).length for process in every])
    if sum(process.latency(seconds).sum for process in every) < FILLED * work:
        return Piece.MESSAGE
    by_requests, by_messages = (
        explains(more(hot, others, piece, seconds), busier) for piece in (Piece.REQUEST, Piece.MESSAGE)
    )
    return Piece.MESSAGE if by_messages and not by_requests else Piece.REQUEST

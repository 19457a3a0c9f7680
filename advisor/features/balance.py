"""How evenly the work of a service is spread over its processes, and what sets the hottest one apart."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from advisor.features import pieces, routes, stats
from advisor.features.dispersion import WIDEST, dispersion
from advisor.features.histogram import Histogram
from advisor.features.impact import KEPT
from advisor.features.machine_speed import SLOWER, slowness
from advisor.features.pieces import Piece, ratio
from advisor.features.process import MINUTE, OF_CPU, OF_LOOP, Process, busy_of, cpu_main_of
from advisor.features.snapshot import ENOUGH_REQUESTS, Snapshot
from advisor.features.sums import Span, Sums, sums_of_pieces

GENERATION: Final = 60.0
"""Seconds between the starts of two sets of processes from which they count as two releases."""

LIVED: Final = 0.8
"""Least share of the span that a process must have lived to be compared: a new one is not yet found by clients."""

SAME_MIX: Final = 0.10
"""Up to this distance of their shares of requests (total variation), two processes serve the same routes."""

MORE_WAITING: Final = 0.15
"""So much more time busy without computing shows a process that is held up, not one with more work (C11)."""


class Apart(StrEnum):
    """What sets the hottest process apart."""

    MORE = "more pieces of work"
    DEARER = "dearer ones"
    SICK = "the same ones at a higher price"
    SLOWER = "the same ones at a higher price on all of its machine"


@dataclass(frozen=True, slots=True)
class Balance:
    """The spread over the processes that can be compared; shares are 0 to 1.

    Attributes:
        hot: the process with the busiest loop.
        others: all others.
        ratio: its loop over the mean loop; mean over max is the share of capacity that can be used.
        variation: standard deviation over mean of the loops.
        noise: the variation that chance alone makes at so many pieces; NaN for connections, which stay where they are.
        piece: what their work comes in: requests, messages of WebSockets, or connections where nobody counts those.
        pieces: of all of them in the span, or open on the mean; NaN where nobody tells.
        hot_minutes: share of the minutes in which it was hot.
        mean: mean utilization of the loops.
        busy: utilization of its loop.
        rate: its pieces per second over the mean of the others.
        price: time of its loop for a piece, over that of the others; infinite if it has none.
        latency: its 95th percentile over that of the others, of requests; NaN with too few.
        waiting: how much more of its time it is busy without computing.
        slowness: CPU time of a piece on its machine, times that on the others; NaN where it is not the machine.
        apart: what sets it apart.
    """

    hot: Process
    others: tuple[Process, ...]
    ratio: float
    variation: float
    noise: float
    piece: Piece
    pieces: float
    hot_minutes: float
    mean: float
    busy: float
    rate: float
    price: float
    latency: float
    waiting: float
    slowness: float
    apart: Apart


def of(snapshot: Snapshot, seconds: float, hot_from: float) -> Balance | None:
    """The spread over the last (scaled) seconds; None where fewer than two processes can be compared.

    A process is hot in a minute in which its loop is at least `hot_from` times the mean of that minute.
    """
    if len(snapshot.processes) < 2:
        return None
    group = comparable(snapshot, seconds)
    mean = stats.mean([process.loop(seconds) for process in group])
    if len(group) < 2 or not mean > 0:
        return None
    hot = max(group, key=lambda process: process.loop(seconds))
    others = tuple(process for process in group if process is not hot)
    busier = ratio(hot.loop(seconds), stats.mean([p.loop(seconds) for p in others]))
    piece = pieces.counting(hot, others, busier, seconds)
    count, rate = pieces.total(group, piece, seconds), pieces.more(hot, others, piece, seconds)
    waiting = hot.gap(seconds) - stats.mean([p.gap(seconds) for p in others])
    return Balance(
        hot=hot,
        others=others,
        ratio=hot.loop(seconds) / mean,
        variation=math.sqrt(stats.mean([(p.loop(seconds) - mean) ** 2 for p in group])) / mean,
        noise=_noise(group, piece, count, seconds),
        piece=piece,
        pieces=count,
        hot_minutes=_hot_minutes(hot, group, seconds, hot_from),
        mean=mean,
        busy=hot.loop(seconds),
        rate=rate,
        price=ratio(busier, rate),
        latency=ratio(_p95([hot], seconds), _p95(others, seconds)),
        waiting=waiting,
        slowness=slowness(hot, others, seconds, piece),
        apart=_apart(hot, others, seconds, piece, busier, rate, waiting),
    )


def comparable(snapshot: Snapshot, seconds: float) -> tuple[Process, ...]:
    """The processes that should carry equal shares: of the same script and release, and old enough."""
    told = [p for p in snapshot.processes if p.history(seconds) >= LIVED and not math.isnan(p.loop(seconds))]
    kinds = Counter((p.instance.script, p.instance.version) for p in told)
    if not kinds:
        return ()
    usual = kinds.most_common(1)[0][0]
    same = tuple(p for p in told if (p.instance.script, p.instance.version) == usual)
    return same if usual[1] else _without_idle_release(same, seconds, snapshot.time_scale)


def _without_idle_release(group: tuple[Process, ...], seconds: float, time_scale: float) -> tuple[Process, ...]:
    """Leave out processes without work for clients that all started before, or all after, those with it.

    Where no version is told this is how a release stands by (blue and green).
    """
    idle = [p for p in group if _is_idle(p, seconds)]
    serving = [p for p in group if not _is_idle(p, seconds)]
    first, second = _starts(idle), _starts(serving)
    if not (first and second):
        return group
    apart = GENERATION / time_scale
    separate = min(second) - max(first) > apart or min(first) - max(second) > apart
    return tuple(serving) if separate else group


def _is_idle(process: Process, seconds: float) -> bool:
    requests = process.requests(seconds)
    if math.isnan(requests):
        return pieces.rate(process, Piece.CONNECTION, seconds) < KEPT
    return requests == 0 and pieces.rate(process, Piece.MESSAGE, seconds) == 0


def _starts(processes: Sequence[Process]) -> list[float]:
    starts = [process.instance.started for process in processes]
    return [start for start in starts if start is not None] if None not in starts else []


def _noise(group: Sequence[Process], piece: Piece, count: float, seconds: float) -> float:
    """cv0 of the decision model 1.1: counts vary, and so does the work of a piece.

    Nobody times messages, and those of one broadcast come together: they are taken to differ as much as is believed.
    """
    if piece is Piece.CONNECTION:
        return math.nan
    of_messages = piece is Piece.MESSAGE
    spread = WIDEST if of_messages else dispersion(Histogram.merge(*(p.latency(seconds) for p in group)))
    return math.sqrt((1 + spread) * len(group) / count) if count > 0 else math.nan


def _hot_minutes(hot: Process, group: Sequence[Process], seconds: float, hot_from: float) -> float:
    """The share of whole minutes in which the process was hot, of those in which it and the others reported."""
    span, minute = hot.span(seconds), MINUTE / hot.time_scale
    found = []
    for mine, *every in zip(_loops(hot, span, minute), *(_loops(p, span, minute) for p in group), strict=True):
        mean = stats.mean(every)
        if mean > 0 and not math.isnan(mine):
            found.append(mine >= hot_from * mean)
    return sum(found) / len(found) if found else 0.0


def _loops(process: Process, span: Span, width: float) -> list[float]:
    """The loop in each piece of the span, estimated where it is not measured; NaN where nothing is told."""
    return [_loop(piece) for piece in sums_of_pieces(process.track, (*OF_LOOP, *OF_CPU), span, width)]


def _loop(piece: Sums) -> float:
    measured = busy_of(piece)
    return cpu_main_of(piece) if math.isnan(measured) else measured


def _p95(processes: Sequence[Process], seconds: float) -> float:
    latency = Histogram.merge(*(p.latency(seconds) for p in processes))
    return latency.quantile(0.95) if latency.count >= ENOUGH_REQUESTS else math.nan


def _apart(
    hot: Process, others: Sequence[Process], seconds: float, piece: Piece, busier: float, rate: float, waiting: float
) -> Apart:
    """More pieces if they explain at least half of the difference (in factors); else its work is dearer."""
    if pieces.explains(rate, busier):
        return Apart.MORE
    if waiting >= MORE_WAITING or rate < 1 / busier:
        return Apart.SICK
    of_requests = piece is Piece.REQUEST
    if of_requests and _mix_distance(hot, others, seconds) > SAME_MIX:
        return Apart.DEARER
    if slowness(hot, others, seconds, piece) >= SLOWER:
        return Apart.SLOWER
    return Apart.SICK if of_requests else Apart.DEARER  # nobody tells messages apart, so they may well be others


def _mix_distance(hot: Process, others: Sequence[Process], seconds: float) -> float:
    mine, theirs = mix([hot], seconds), mix(others, seconds)
    return sum(abs(mine.get(name, 0.0) - theirs.get(name, 0.0)) for name in mine.keys() | theirs.keys()) / 2


def mix(processes: Sequence[Process], seconds: float) -> dict[str, float]:
    """Routes and their shares of the requests of these processes, 0 to 1."""
    table = routes.table(processes, seconds)
    whole = sum(route.count for route in table)
    return {route.name: route.count / whole for route in table} if whole else {}

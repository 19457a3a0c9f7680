"""Requests that were lost while processes were stopped: failed ones beyond the usual, and those cut off in flight."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from advisor.features import stats
from advisor.features.ends import ERRORS, End
from advisor.features.lives import Change, ChangeKind, changes, stops, unplanned
from advisor.features.process import MINUTE
from advisor.features.snapshot import Snapshot
from advisor.features.sums import Span
from advisor.features.window import Array, Track
from advisor.vocabulary.events import Cause

BEFORE: Final = 30.0
AFTER: Final = 120.0
"""Scaled seconds around the stops of a deploy in which failures are counted (decision model C16)."""

LATER: Final = 600.0
"""Scaled seconds after that in which a version that itself fails goes on failing."""

PAST: Final = 3 * 86400.0

ENDLESS: Final = 10.0
"""Seconds that requests of a route last on the mean from which on it is a stream or waits for news, as the probe has
it: a process that ends cannot wait for it."""

_NOW: Final = 600.0
"""Scaled seconds whose routes stand for those of the last days: the long past tells of processes alone."""

_UNHANDLED: Final = ("SIGTERM", "SIGINT", "SIGHUP")
_FAILED: Final = (*ERRORS, Cause.OUT_OF_WORK)


@dataclass(frozen=True, slots=True)
class Loss:
    """What one deploy cost.

    Attributes:
        change: the deploy.
        stopped: processes that it ended.
        requests: answered around it; 0 while that is not told, as rows of minutes come late.
        rate: of these, a second; the present one while it is not told.
        failed: of those failed or broken off, beyond the usual share.
        cut: in flight in processes that ended all the same: nobody answered them.
        guessed: of these, by the last count of processes that ended by the signal itself, and could tell no more.
        reckoned: of those, by rate and mean duration, where nobody counts requests in flight (Little's law).
        untold: processes that ended so at work, of which not even that is known, as no route is told.
        unhandled: processes that ended by the signal itself, since nothing in them handles it.
        hasty: processes that ended of their own accord with requests in flight.
        later: share of requests that failed in the ten minutes after, outside the next deploys.
    """

    change: Change
    stopped: int
    requests: float
    rate: float
    failed: float
    cut: float
    guessed: float
    reckoned: float
    untold: int
    unhandled: int
    hasty: int
    later: float

    @property
    def lost(self) -> float:
        """Requests lost in all."""
        return self.failed + self.cut

    @property
    def told(self) -> float:
        """Cut off by the word of the process that ended."""
        return self.cut - self.guessed

    @property
    def share(self) -> float:
        """Lost of all requests around the deploy, 0 to 1; 0 while no request around it is told."""
        return self.lost / (self.requests + self.cut) if self.requests > 0 else 0.0

    @property
    def at_once(self) -> float:
        """Cut off, of the requests of the half minute before: they are lost in one moment, and surely."""
        return min(1.0, self.cut / (self.rate * BEFORE)) if self.rate > 0 else 0.0


@dataclass(frozen=True)
class Losses:
    """The last deploys, newest last.

    Attributes:
        deploys: those whose time to count is over.
        usual: share of requests that fail outside all deploys.
        bursts: share of minutes outside all deploys in which as much fails as `lost` takes for a loss.
    """

    deploys: tuple[Loss, ...]
    usual: float
    bursts: float


def losses(snapshot: Snapshot, past: Snapshot, least: float, share: float, times: float) -> Losses:
    """What each deploy of the last (scaled) three days cost.

    Args:
        snapshot: the service now, with its lives.
        past: rows of its processes over those days.
        least: failed requests from which a minute outside deploys counts as a burst.
        share: and share of its requests.
        times: and multiple of the usual share.
    """
    scale = snapshot.time_scale
    deploys = [change for change in changes(snapshot, PAST) if _is_deploy(snapshot, change)]
    spans = [Span(change.at - BEFORE / scale, change.until + AFTER / scale) for change in deploys]
    rows = _rows(past, 60.0 / scale)
    inside = np.zeros(rows.ends.size, bool)
    for span in spans:
        inside |= rows.within(span)
    usual = rows.share(~inside)
    burst = (rows.failed >= least) & (rows.failed >= np.maximum(share, times * usual) * rows.requests) & ~inside
    done = [(c, span) for c, span in zip(deploys, spans, strict=True) if span.end <= snapshot.now]
    return Losses(
        deploys=tuple(_loss(snapshot, past, c, span, rows, usual, ~inside) for c, span in done),
        usual=usual,
        bursts=float(burst.sum() / max(1, (~inside).sum())),
    )


def _is_deploy(snapshot: Snapshot, change: Change) -> bool:
    """Deploys, and restarts and removals in order: whatever stops processes on purpose."""
    ended = stops(snapshot, change)
    if change.kind is ChangeKind.DEPLOY:
        return bool(ended)
    accidents = unplanned(snapshot, PAST)
    return any(end.is_orderly for end in ended) and not any(end in accidents for end in ended)


class _Rows(NamedTuple):
    """End of each row, its requests and those that failed, of all processes together; seconds that a row stands for."""

    ends: Array
    requests: Array
    failed: Array
    width: float

    def within(self, span: Span) -> NDArray[np.bool_]:
        found: NDArray[np.bool_] = (self.ends > span.start) & (self.ends - self.width < span.end)
        return found

    def share(self, where: NDArray[np.bool_]) -> float:
        """Of the requests of these rows, those that failed."""
        every = float(self.requests[where].sum())
        return float(self.failed[where].sum()) / every if every > 0 else 0.0


def _rows(past: Snapshot, minute: float) -> _Rows:
    """Rows of a (scaled) minute, or as long as they come.

    They count what came: a process that ended early in a minute did not fail at the same rate in the rest of it.
    """
    tracks = [one.track for one in past.window.instances if "requests" in one.track.values]
    width = max([minute, *(float(track.spans.max()) for track in tracks if track.spans.size)])
    if not tracks:
        return _Rows(np.empty(0), np.empty(0), np.empty(0), width)
    ticks = np.concatenate([np.ceil(track.times / width) for track in tracks])
    ends, place = np.unique(ticks, return_inverse=True)
    sums: list[Array] = []
    for column in ("requests", "request_errors"):
        figures = [track.came(column) for track in tracks]
        sums.append(np.bincount(place, np.nan_to_num(np.concatenate(figures)), ends.size).astype(float))
    return _Rows(ends * width, sums[0], sums[1], width)


def _loss(
    snapshot: Snapshot, past: Snapshot, change: Change, span: Span, rows: _Rows, usual: float, apart: NDArray[np.bool_]
) -> Loss:
    here = rows.within(span)
    later = rows.within(Span(span.end + rows.width, span.end + LATER / snapshot.time_scale)) & apart
    ended = stops(snapshot, change)
    by_signal = [end for end in ended if end.signal in _UNHANDLED and end.active is None]
    hasty = [end.active for end in ended if end.active and end.cause not in _FAILED]
    counts = [_in_flight(past, end, rows.width) for end in by_signal]
    times = [_at_work(past, end, rows.width) for end, count in zip(by_signal, counts, strict=True) if math.isnan(count)]
    busy = sum(time > 0 for time in times)
    soon = _answered_soon(snapshot) if busy else 0.0
    reckoned = 0.0 if math.isnan(soon) else soon * sum(times)
    guessed = reckoned + sum(count for count in counts if not math.isnan(count))
    requests, seconds = float(rows.requests[here].sum()), float(here.sum()) * rows.width
    return Loss(
        change=change,
        stopped=len(ended),
        requests=requests,
        rate=requests / seconds if requests > 0 else snapshot.rps(MINUTE),
        failed=max(0.0, float(rows.failed[here].sum()) - usual * requests),
        cut=guessed + sum(hasty),
        guessed=guessed,
        reckoned=reckoned,
        untold=busy if math.isnan(soon) else 0,
        unhandled=len(by_signal),
        hasty=len(hasty),
        later=rows.share(later),
    )


def _in_flight(past: Snapshot, end: End, width: float) -> float:
    """Requests in flight in the last minute of a process; NaN where nobody counts them."""
    found = _track(past, end)
    return (
        math.nan if found is None else stats.latest(found, "requests_active", Span(end.at - 2 * width, end.at + width))
    )


def _at_work(past: Snapshot, end: End, width: float) -> float:
    """Requests in flight by Little's law, rate times mean duration; 0 where nobody tells durations.

    The least of the last three minutes: a stream of hours that ended in one of them was not in flight all the time, and
    where no more requests came, none are cut off.
    """
    found = _track(past, end)
    if found is None:
        return 0.0
    times, seconds = stats.known(found, "request_time", Span(end.at - 2 * width, end.at + width))
    return float((times / seconds).min()) if times.size else 0.0


def _track(past: Snapshot, end: End) -> Track | None:
    key = None if end.life is None else end.life.instance_id
    return next((one.track for one in past.window.instances if one.id == key), None)


def _answered_soon(snapshot: Snapshot) -> float:
    """Of the time that requests take now, the share of routes that are no streams; NaN where none is told."""
    routes = snapshot.routes(_NOW)
    return sum(one.time_share for one in routes if one.latency.mean < ENDLESS) if routes else math.nan

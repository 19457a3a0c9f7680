"""Requests that were lost while processes were stopped: failed ones beyond the usual, and those cut off in flight."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from advisor.features import stats
from advisor.features.ends import End
from advisor.features.lives import Change, ChangeKind, changes, stops, unplanned
from advisor.features.snapshot import Snapshot
from advisor.features.sums import Span
from advisor.features.window import Array

BEFORE: Final = 30.0
AFTER: Final = 120.0
"""Scaled seconds around the stops of a deploy in which failures are counted (decision model C16)."""

LATER: Final = 600.0
"""Scaled seconds after that in which a version that itself fails goes on failing."""

PAST: Final = 3 * 86400.0

_UNHANDLED: Final = ("SIGTERM", "SIGINT", "SIGHUP")


@dataclass(frozen=True, slots=True)
class Loss:
    """What one deploy cost.

    Attributes:
        change: the deploy.
        stopped: processes that it ended.
        requests: answered around it.
        failed: of those failed or broken off, beyond the usual share.
        cut: in flight in processes that ended by the signal itself: nobody answered them.
        unhandled: processes that ended by the signal itself, since nothing in them handles it.
        later: share of requests that failed in the ten minutes after.
    """

    change: Change
    stopped: int
    requests: float
    failed: float
    cut: float
    unhandled: int
    later: float

    @property
    def lost(self) -> float:
        """Requests lost in all."""
        return self.failed + self.cut

    @property
    def share(self) -> float:
        """Lost of all requests around the deploy, 0 to 1."""
        return self.lost / (self.requests + self.cut) if self.requests + self.cut > 0 else 0.0


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
    minutes, requests, failed = _per_minute(past, 60.0 / scale)
    inside = np.zeros(minutes.size, bool)
    for span in spans:
        inside |= _within(minutes, span, 60.0 / scale)
    usual = _ratio(failed[~inside], requests[~inside])
    burst = (failed >= least) & (failed >= np.maximum(share, times * usual) * requests) & ~inside
    done = [(c, span) for c, span in zip(deploys, spans, strict=True) if span.end <= snapshot.now]
    return Losses(
        deploys=tuple(_loss(snapshot, past, c, span, (minutes, requests, failed), usual) for c, span in done),
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


def _per_minute(past: Snapshot, width: float) -> tuple[Array, Array, Array]:
    """End of each minute, its requests and those that failed, of all processes together."""
    tracks = [one.track for one in past.window.instances if "requests" in one.track.values]
    if not tracks:
        return np.empty(0), np.empty(0), np.empty(0)
    ticks = np.concatenate([np.ceil(track.times / width) for track in tracks])
    minutes, place = np.unique(ticks, return_inverse=True)
    sums: list[Array] = []
    for column in ("requests", "request_errors"):
        figures = [track.values.get(column, np.zeros(track.times.size)) for track in tracks]
        sums.append(np.bincount(place, np.nan_to_num(np.concatenate(figures)), minutes.size).astype(float))
    return minutes * width, sums[0], sums[1]


def _within(minutes: Array, span: Span, width: float) -> NDArray[np.bool_]:
    found: NDArray[np.bool_] = (minutes > span.start) & (minutes - width < span.end)
    return found


def _ratio(failed: Array, requests: Array) -> float:
    every = float(requests.sum())
    return float(failed.sum()) / every if every > 0 else 0.0


def _loss(
    snapshot: Snapshot, past: Snapshot, change: Change, span: Span, rows: tuple[Array, Array, Array], usual: float
) -> Loss:
    minutes, requests, failed = rows
    width = 60.0 / snapshot.time_scale
    here = _within(minutes, span, width)
    later = _within(minutes, Span(span.end + width, span.end + LATER / snapshot.time_scale), width)
    ended = stops(snapshot, change)
    by_signal = [end for end in ended if end.signal in _UNHANDLED]
    return Loss(
        change=change,
        stopped=len(ended),
        requests=float(requests[here].sum()),
        failed=max(0.0, float(failed[here].sum()) - usual * float(requests[here].sum())),
        cut=sum(_in_flight(past, end, width) for end in by_signal),
        unhandled=len(by_signal),
        later=_ratio(failed[later], requests[later]),
    )


def _in_flight(past: Snapshot, end: End, width: float) -> float:
    """Requests in flight in the last minute of a process; 0 where nobody counts them."""
    if end.life is None:
        return 0.0
    found = next((one for one in past.window.instances if one.id == end.life.instance_id), None)
    active = (
        math.nan
        if found is None
        else stats.latest(found.track, "requests_active", Span(end.at - 2 * width, end.at + width))
    )
    return 0.0 if math.isnan(active) else active

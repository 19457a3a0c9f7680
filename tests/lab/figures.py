"""Figures of a service over the last minutes, by the product's own arithmetic, for peers and for measured effects."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from advisor.features.snapshot import Snapshot

LOOK = 15.0
"""Model seconds between two looks of a peer: an HPA's default period."""

LAST = 300.0
"""Model seconds at the end of the load over which effects are measured."""


def snapshots(
    service: str, start: float, end: float, scale: float, every: float = LOOK
) -> Iterator[tuple[float, Snapshot]]:
    """The service as it was at moments from `start` to `end` (Unix seconds), `every` so many model seconds.

    No moment if it never reported.
    """
    from advisor.features.snapshot import Snapshot  # Django is ready only once the product runs
    from advisor.fleet.models import Service
    from advisor.store import samples

    found = Service.objects.filter(name=service).first()
    if found is None:
        return
    moment = start
    while moment <= end:
        window = samples.windows([found.pk], moment - 600 / scale, moment)[found.pk]
        yield moment, Snapshot(window, moment, scale)
        moment += every / scale


def effect(service: str, now: float, scale: float) -> dict[str, float]:
    """What is `measured` of the service as it was then; nothing where it never reported."""
    _, snapshot = next(snapshots(service, now, now, scale), (now, None))
    return {} if snapshot is None else measured(snapshot)


def measured(snapshot: Snapshot) -> dict[str, float]:
    """The figures that ways out predict, over the last five model minutes, by the names that predictions have.

    A figure that is not known is left out.
    """
    from advisor.features import datastores, descriptors, parts, stats, thread_pool

    waits = [thread_pool.waits(process, LAST) for process in snapshot.processes]
    blocks = [process.blocks(process.span(LAST)) for process in snapshot.processes]
    open_files = [descriptors.descriptors_of(process, LAST).share for process in snapshot.processes]
    found = {
        "loop_utilization": snapshot.loop(LAST),
        "p95": snapshot.p95(LAST),
        "rate": snapshot.rps(LAST),
        "request_time": snapshot.latency(LAST).mean,
        "loop_delay_max": stats.highest([float(told.max()) for told in blocks if told is not None and told.size]),
        "threadpool_wait": stats.highest([max(told) for told in waits if told]),
        "fd_ratio": stats.highest(open_files),
        "db_active": stats.highest([store.active for store in datastores.used_by(snapshot, LAST)]),
        "pool_hold": stats.highest([pool.hold for pool in parts.pools(snapshot, LAST)]),
    }
    return {name: value for name, value in found.items() if not math.isnan(value)}


def of_fewer(service: str, now: float, scale: float, after: int) -> list[dict[str, Any]]:
    """What the product's formulas predict of fewer copies, whether or not it advises them: `scale-down` takes days."""
    from advisor.diagnosis.prediction import Clones, of_clones, of_fewer
    from advisor.features.queueing import Policy

    _, snapshot = next(snapshots(service, now, now, scale), (now, None))
    if snapshot is None or not snapshot.processes:
        return []
    clones = Clones(len(snapshot.processes), after, Policy.ROUND_ROBIN)
    others = [expectation for expectation in of_clones(snapshot, clones) if expectation.metric == "p95"]
    return [dataclasses.asdict(expectation) for expectation in (of_fewer(snapshot, after), *others)]

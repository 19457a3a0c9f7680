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
    """Loop utilization and p95 over the last five model minutes; a figure that is not known is left out."""
    _, snapshot = next(snapshots(service, now, now, scale), (now, None))
    if snapshot is None:
        return {}
    found = {"loop_utilization": snapshot.loop(300.0), "p95": snapshot.p95(300.0), "rate": snapshot.rps(300.0)}
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

"""Gives what each service does now and how the last minutes went: the rows of the fleet table."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import groupby

import numpy as np

from advisor.features.window import Array
from advisor.store.curves import curves, percentiles
from advisor.store.fetch import among, during, within
from advisor.store.lines import PROCESS_LINES, needed
from advisor.store.resample import Raster
from advisor.store.stretches import Stretches, joined, of_rollups, of_samples
from advisor.store.tables import PROCESS

POINTS = 28
"""Points of a sparkline, one a minute."""

_FRESH_MINUTES = 3
"""Minutes read from the samples: the present one, and two in which a rollup may not have run yet."""

_NOW_SECONDS = 60.0

_LINES = {name: PROCESS_LINES[name] for name in ("requests", "errors", "loop_busy", "cpu_cores")}


@dataclass(frozen=True, slots=True)
class Latest:
    """A service now and in the last half hour.

    Attributes:
        now: the figures of the last minute that it reported in the last three: `requests` and `errors` per second,
            `loop_busy` of the busiest process, `cpu_cores`, `p95` in seconds. What is not known is left out.
        requests: requests per second in each of the last `POINTS` minutes, oldest first, NaN in gaps.
        p95: the 95th percentile of request durations in seconds, likewise.
    """

    now: Mapping[str, float]
    requests: Array
    p95: Array


def latest(service_ids: Collection[int], now: float) -> dict[int, Latest]:
    """Each service at `now` (Unix seconds), by two queries whatever their number; the silent ones are left out."""
    minute = int(now // 60)
    raster = Raster((minute - POINTS + 1) * 60.0, 60.0, POINTS)
    fresh_from = (minute - _FRESH_MINUTES + 1) * 60.0
    names = needed(_LINES)
    before = among(PROCESS.owner, service_ids) & during("minute", minute - POINTS + 1, minute - _FRESH_MINUTES)
    rolled = of_rollups(PROCESS, PROCESS.minutes, names, before)
    sampled = of_samples(PROCESS, names, within(PROCESS.owner, service_ids, fresh_from, now))
    clipped = replace(sampled, begins=np.maximum(sampled.begins, fresh_from))
    fresh = dict(_by_service(sampled))
    parts: dict[int, list[Stretches]] = defaultdict(list)
    for service_id, found in (*_by_service(rolled), *_by_service(clipped)):
        parts[service_id].append(found)
    return {service_id: _latest(joined(found), fresh.get(service_id), raster) for service_id, found in parts.items()}


def _by_service(stretches: Stretches) -> Iterator[tuple[int, Stretches]]:
    first = 0
    for service_id, keys in groupby(stretches.keys, lambda key: int(key[0])):
        end = first + len(list(keys))
        yield service_id, stretches.some(first, end)
        first = end


def _latest(stretches: Stretches, fresh: Stretches | None, raster: Raster) -> Latest:
    unknown = np.full(raster.size, np.nan)
    requests = curves({"requests": _LINES["requests"]}, stretches, raster).get("requests")
    p95 = percentiles(stretches, raster).get("p95")
    now = {} if fresh is None else _now(fresh)
    return Latest(now, unknown if requests is None else requests.value, unknown if p95 is None else p95.value)


def _now(fresh: Stretches) -> dict[str, float]:
    cell = Raster(float(fresh.ends.max()) - _NOW_SECONDS, _NOW_SECONDS, 1)
    drawn = curves(_LINES, fresh, cell) | percentiles(fresh, cell)
    return {name: float(curve.value[0]) for name, curve in drawn.items() if name in ("p95", *_LINES)}

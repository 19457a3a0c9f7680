"""Which part of a service stands out by its share of the time: one route, or routes under one path."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from advisor.features.route_cost import OTHERS, route_costs
from advisor.features.snapshot import Snapshot

DEPTH: Final = 3
"""Steps of a path that may make a family: what is deeper is rather one route and its parameters."""


@dataclass(frozen=True, slots=True)
class Work:
    """What the routes take, the heaviest first: (name, share of 0 to 1); `how` and `measured`
    as in `route_cost.Heaviest`."""

    routes: tuple[tuple[str, float], ...]
    how: str
    measured: bool


def work_shares(snapshot: Snapshot, seconds: float) -> Work:
    """The routes by the loop time that they take, else by their request durations; none where none is reported."""
    costs = route_costs(snapshot, seconds)
    named = [cost for cost in costs.routes if cost.name != OTHERS]
    if named:
        top = named[0]
        how = f"loop time by regression, {top.low:.0%} to {top.high:.0%} for {top.name}"
        return Work(tuple((cost.name, cost.share) for cost in named), how, True)
    timed = tuple((route.name, route.time_share) for route in snapshot.routes(seconds))
    return Work(timed, f"estimated from durations: {costs.doubt}", False)


@dataclass(frozen=True, slots=True)
class Part:
    """A route or a family of routes.

    Attributes:
        name: as people say it.
        path: up to its first parameter; empty where the route has none.
        share: of all request time, 0 to 1.
    """

    name: str
    path: str
    share: float


def path_of(route: str) -> str:
    """The path of a route up to its first parameter: `/render/` of `POST /render/:id`; empty where it has none."""
    found = re.search(r"/[\w\-./]*", route)
    return found[0] if found else ""


def standing_out(routes: Sequence[tuple[str, float]], least: float, most: float) -> Part | None:
    """The narrowest part that takes from `least` to less than `most` of the time: a route before its family.

    Routes come as (name, share of all time).
    """
    names = [Part(name, path_of(name), share) for name, share in routes]
    families: dict[str, float] = defaultdict(float)
    for part in names:
        for prefix in _prefixes(part.path):
            families[prefix] += part.share
    deepest = sorted(families, key=lambda prefix: (-prefix.count("/"), -families[prefix], prefix))
    wider = [Part(f"what is under {prefix}", prefix, families[prefix]) for prefix in deepest]
    return next((part for part in (*names, *wider) if least <= part.share < most), None)


def _prefixes(path: str) -> list[str]:
    """The folders of a path, `/api/` and `/api/reports/` of `/api/reports/:id`, and the path itself as a folder."""
    steps = [step for step in path.split("/") if step][:DEPTH]
    return [f"/{'/'.join(steps[:n])}/" for n in range(1, len(steps) + 1)]

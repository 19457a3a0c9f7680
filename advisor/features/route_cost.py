"""What one request of each route costs the loop, by least squares over the samples of a window.

In each sample the loop was active for so long and so many requests of each route ended. The costs that explain
the activity best, none of them negative, are those of the routes (utilization law, by class of request). Request
durations would not do: they count the time that a request waits for others as well.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Final

import numpy as np

from advisor.features.least_squares import non_negative, solved
from advisor.features.memo import remembered
from advisor.features.process import Process
from advisor.features.snapshot import Snapshot
from advisor.features.sums import rows
from advisor.features.window import Array, Track
from advisor.vocabulary import PartKind

MOST: Final = 8
"""Routes told apart; those with the fewest requests are one together."""

OTHERS: Final = "all other routes"

SAMPLES: Final = 20
SAMPLES_EACH: Final = 4
"""Fewer samples than this, in all and for each route, fit by chance."""

OWN: Final = 0.1
"""Least share of a route's ups and downs that the others do not explain: a variance inflation of 10, as usual."""

WIDEST: Final = 0.4
"""A share that may be anything within more than this is not known."""

FULL: Final = 0.95
"""From this utilization on a loop is active all the time, whatever is asked: then routes share all of it."""

UNTOLD: Final = 0.5
"""With more of the work than this in no route, figures of routes hardly follow the loop, and say little."""

BLOCK: Final = 6
"""Samples whose errors count as one, since neighbours are alike: a minute of them (decision model 1.7)."""

SURE: Final = 1.38
"""Standard errors to each side that hold the truth in 80 %: Student's distribution, with ten blocks in ten minutes."""


@dataclass(frozen=True, slots=True)
class RouteCost:
    """What one route costs.

    Attributes:
        name: method and route.
        seconds: loop time of one request.
        share: of all the time that the loops were active, 0 to 1.
        low: of the 80 % interval of the share.
        high: its upper end.
    """

    name: str
    seconds: float
    share: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Costs:
    """The routes' costs, the dearest first; or none, and in `doubt` a sentence why they cannot be told."""

    routes: tuple[RouteCost, ...] = ()
    doubt: str = ""


@remembered
def route_costs(snapshot: Snapshot, seconds: float) -> Costs:
    """What the routes of a service cost its loops over the last (scaled) seconds."""
    names, counts, active = _samples(snapshot, seconds)
    if names and active.sum() >= FULL * counts[:, -1].sum():
        counts[:, -1] = 0.0
    doubt = _doubt(names, counts, len(active))
    if doubt:
        return Costs(doubt=doubt)
    found, untold = _fitted(names, counts, active)
    if untold > UNTOLD:
        return Costs(doubt=f"{untold:.0%} of the loop's work goes with no route")
    wide = next((cost for cost in found if cost.high - cost.low > WIDEST), None)
    if wide is not None:
        span = f"anything from {wide.low:.0%} to {wide.high:.0%}"
        return Costs(doubt=f"the samples leave the share of {wide.name} at {span}")
    return Costs(tuple(sorted(found, key=lambda cost: -cost.share)))


@dataclass(frozen=True, slots=True)
class Heaviest:
    """The route that takes most of the loop's work.

    Attributes:
        name: method and route.
        share: of the loop's work, 0 to 1.
        how: where the figure is from, to be put into brackets.
        measured: False where the share is that of request durations.
    """

    name: str
    share: float
    how: str
    measured: bool


def heaviest_route(snapshot: Snapshot, seconds: float) -> Heaviest | None:
    """The dearest route by its loop time, else by its request durations; None where no route is reported."""
    costs = route_costs(snapshot, seconds)
    named = [cost for cost in costs.routes if cost.name != OTHERS]
    if named:
        top = named[0]
        return Heaviest(top.name, top.share, f"loop time by regression, {top.low:.0%} to {top.high:.0%}", True)
    timed = snapshot.routes(seconds)
    if not timed:
        return None
    return Heaviest(timed[0].name, timed[0].time_share, f"estimated from durations: {costs.doubt}", False)


def _samples(snapshot: Snapshot, seconds: float) -> tuple[tuple[str, ...], Array, Array]:
    """Route names, and of each sample the requests of each route beside its own length, and the active seconds."""
    pieces: list[tuple[dict[str, Array], Array, Array]] = []
    for process in snapshot.processes:
        piece = _of_process(process, seconds)
        if piece is not None:
            pieces.append(piece)
    totals: dict[str, float] = defaultdict(float)
    for counts, _, _ in pieces:
        for name, column in counts.items():
            totals[name] += float(column.sum())
    ranked = sorted((name for name in totals if totals[name]), key=lambda name: -totals[name])
    kept = ranked if len(ranked) <= MOST else ranked[: MOST - 1]
    names = (*kept, OTHERS) if len(kept) < len(ranked) else tuple(kept)
    if not names:
        return (), np.empty((0, 0)), np.empty(0)
    matrix = np.vstack([_matrix(names, *piece[:2]) for piece in pieces])
    return names, matrix, np.concatenate([active for _, _, active in pieces])


def _of_process(process: Process, seconds: float) -> tuple[dict[str, Array], Array, Array] | None:
    track = process.track
    if "loop_active" not in track.values:
        return None
    where = rows(track, process.span(seconds))
    active = track.values["loop_active"][where]
    told = ~np.isnan(active)
    times, counts = track.times[where][told], {}
    for part in process.instance.of_kind(PartKind.ROUTE):
        if "count" in part.track.values and part.track.times.size:
            # Of one export, so of one time; a row in which the route was not called is not sent.
            counts[part.name] = _at(part.track, "count", times)
    return counts, track.spans[where][told], active[told]


def _at(track: Track, column: str, times: Array) -> Array:
    """The figures of the rows of exactly these times; 0 where there is none."""
    places = np.minimum(track.times.searchsorted(times), track.times.size - 1)
    figures = track.values[column][places]
    return np.where((track.times[places] == times) & ~np.isnan(figures), figures, 0.0)


def _matrix(names: tuple[str, ...], counts: dict[str, Array], spans: Array) -> Array:
    zero = np.zeros(spans.size)
    columns = {name: counts.get(name, zero) for name in names}
    if OTHERS in columns:
        columns[OTHERS] = sum((column for name, column in counts.items() if name not in names), zero)
    return np.column_stack([*columns.values(), spans])


def _doubt(names: tuple[str, ...], matrix: Array, samples: int) -> str:
    if not names:
        return "no process reports both its loop and its routes"
    needed = max(SAMPLES, SAMPLES_EACH * len(names))
    if samples < needed:
        return f"{samples} samples are too few for {len(names)} routes, {needed} are needed"
    for place, name in enumerate(names):
        column = matrix[:, place]
        whole = float(((column - column.mean()) ** 2).sum())
        if whole <= 0:
            return f"{name} comes at the same rate all the time"
        if len(names) > 1 and _alone(matrix, place) < OWN * whole:
            return f"{name} and other routes go up and down together"
    return ""


def _alone(matrix: Array, place: int) -> float:
    """What the other columns leave unexplained of one."""
    column, others = matrix[:, place], np.delete(matrix, place, axis=1)
    fit = others @ np.linalg.lstsq(others, column, rcond=None)[0]
    return float(((column - fit) ** 2).sum())


def _fitted(names: tuple[str, ...], matrix: Array, active: Array) -> tuple[list[RouteCost], float]:
    """The routes' costs, and the share of the work that goes with the length of a sample alone."""
    costs = non_negative(matrix, active)
    errors = SURE * _errors(matrix, active - matrix @ costs)
    whole = matrix.sum(axis=0) / max(float(active.sum()), 1e-9)
    shares = np.clip((costs, costs - errors, costs + errors) * whole, 0.0, 1.0).T.tolist()
    told = zip(names, costs.tolist(), shares, strict=False)  # the last is that of the length
    return [RouteCost(name, cost, *share) for name, cost, share in told], shares[-1][0]


def _errors(matrix: Array, left: Array) -> Array:
    """The standard errors of the costs by what is left unexplained, blocks of samples taken together (a sandwich)."""
    scale = np.maximum(np.linalg.norm(matrix, axis=0), 1e-12)
    columns = matrix / scale
    bread = solved(columns.T @ columns, np.eye(scale.size))
    scores = np.add.reduceat(columns * left[:, None], np.arange(0, left.size, BLOCK), axis=0)
    spread = left.size / max(1, left.size - scale.size)
    variances = np.diag(bread @ (scores.T @ scores) @ bread) * spread
    errors: Array = np.sqrt(np.maximum(variances, 0.0)) / scale
    return errors

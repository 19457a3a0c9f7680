"""Which reads of a service a cache may answer, and what forbids it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from advisor.diagnosis.finding import Ruling
from advisor.diagnosis.vetoes import deciding
from advisor.diagnosis.words import percent
from advisor.features import Snapshot
from advisor.features.connections import key_of
from advisor.features.datastores import used_by
from advisor.features.reads import Reads, of_routes, of_statements
from advisor.features.route_cost import RouteCost, route_costs
from advisor.features.statements import statements
from advisor.features.static_routes import static_of

SHARE: Final = 0.20
"""Less of the time than a fifth is hardly felt (decision model C7)."""

DOMINANT: Final = 0.50
"""Below half of the loop's work the rest would soon fill the loop again."""

WRITES: Final = 0.50
"""Each write makes kept answers wrong: from half of all calls on few are asked twice in time."""

NEVER: Final = "and are about money, stock or login: an old answer there is a wrong one, so they are never kept."


@dataclass(frozen=True, slots=True)
class Computed:
    """Routes whose answers are computed anew and may be kept, and those that must not be."""

    costs: tuple[RouteCost, ...]
    exact: tuple[str, ...]

    @property
    def share(self) -> float:
        """Of the loop's work, 0 to 1."""
        return _together(self.costs)


def computed(snapshot: Snapshot, seconds: float) -> Computed | str:
    """By what each route costs the loop, as far as that is known; files are not meant, any server sends them."""
    costs, routes = route_costs(snapshot, seconds), snapshot.routes(seconds)
    if not costs.routes:
        return f"The loop time of 0 routes is known: {costs.doubt}."
    reads, files = of_routes(routes), static_of(routes).names
    if refusal := too_many_writes(reads, "requests"):
        return refusal
    kept = tuple(cost for cost in costs.routes if cost.name in reads.names and cost.name not in files)
    if _together(kept) >= DOMINANT:
        return Computed(kept, reads.exact)
    never = _together(tuple(cost for cost in costs.routes if cost.name in reads.exact))
    if never >= DOMINANT:
        return f"{listed(reads.exact)} take {percent(never)} of the loop's work {NEVER}"
    share, least = percent(_together(kept)), percent(DOMINANT)
    return f"Reads that may be old take {share} of the loop's work, less than {least}."


def _together(costs: tuple[RouteCost, ...]) -> float:
    return min(1.0, sum(cost.share for cost in costs))


def reads_of(snapshot: Snapshot, store: str, seconds: float) -> Reads | str:
    """By the routes and, of a datastore that is named, by its statements; else what forbids it, with its number."""
    held = next((one.write_share for one in used_by(snapshot, seconds) if key_of(one.name) == key_of(store)), math.nan)
    if held >= WRITES:
        return _held_by_writes(store, held)
    routes, found = snapshot.routes(seconds), statements(snapshot, store, seconds) if store else ()
    told = [(of_routes(routes), "requests")] if routes else []
    told += [(of_statements(found), "statements")] if found else []
    if not told:
        return "0 routes and 0 statements are told of: nobody knows what only reads."
    unfit = next((words for reads, what in told if (words := unfit_reads(reads, what))), "")
    return unfit or min((reads for reads, _ in told), key=lambda reads: reads.share)


def not_reads(snapshot: Snapshot, ruling: Ruling) -> str:
    """Why fewer reads do not mend what a rule found that speaks of no reads, with its number."""
    held = next((e for e in ruling.reading.evidence if e.signal == "db_writing"), None)
    if held is not None and held.value is not None:
        return _held_by_writes(held.subject, held.value)
    return f"Fewer reads do not mend this ({deciding(snapshot, ruling)})."


def _held_by_writes(store: str, share: float) -> str:
    return f"Writing holds up {percent(share)} of the sessions of {store}: fewer reads would not free them."


def unfit_reads(reads: Reads, what: str) -> str:
    """Why these must not or need not be kept, in a sentence with its number; empty where they may."""
    if refusal := too_many_writes(reads, what):
        return refusal
    if reads.share >= SHARE:
        return ""
    if reads.exact_share >= SHARE:
        return f"{listed(reads.exact)} take {percent(reads.exact_share)} of the time of {what} {NEVER}"
    return f"Reads that may be old take {percent(reads.share)} of the time of {what}; it pays from {percent(SHARE)} on."


def too_many_writes(reads: Reads, what: str) -> str:
    """The same for writes alone."""
    if reads.writes < WRITES:
        return ""
    return f"{percent(reads.writes)} of the {what} write; from {percent(WRITES)} on it does not pay to keep answers."


def rate_of(snapshot: Snapshot, name: str, store: str, seconds: float) -> float:
    """How often a second a route is asked or a statement of this store runs; NaN for what is neither."""
    rates = {route.name: route.rate for route in snapshot.routes(seconds)}
    if store:
        rates |= {one.text: one.calls * snapshot.rps(seconds) for one in statements(snapshot, store, seconds)}
    return rates.get(name, math.nan)


def listed(names: tuple[str, ...]) -> str:
    """The first three."""
    return ", ".join(names[:3])

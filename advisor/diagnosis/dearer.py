"""What makes the requests of one process dearer than those of its equals (decision model C11)."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from advisor.diagnosis.advice import Step
from advisor.diagnosis.words import counted, number, percent
from advisor.features import Snapshot, balance
from advisor.features.balance import Apart, Balance
from advisor.features.families import work_shares
from advisor.features.pieces import Piece
from advisor.features.programs import part

RULE = "uneven-load"


@dataclass(frozen=True, slots=True)
class Dearer:
    """The route that sets the hot process apart.

    Attributes:
        found: the process and its equals.
        alone: the service as if it were that process alone.
        route: method and route.
        mine: its share of the requests of that process, 0 to 1.
        theirs: of those of the others.
        share: of the work of that process.
        how: where that share is from, to be put into brackets.
        measured: False where the share is that of request durations.
    """

    found: Balance
    alone: Snapshot
    route: str
    mine: float
    theirs: float
    share: float
    how: str
    measured: bool

    @property
    def words(self) -> str:
        """What it is, with its figures, in a sentence."""
        return (
            f"A request costs {self.found.hot.name} {number(self.found.price)} times as much as the others: "
            f"{self.route} is {percent(self.mine)} of its requests and {percent(self.theirs)} of theirs, and takes "
            f"{percent(self.share)} of its work ({self.how})."
        )

    @property
    def who_asks(self) -> Step:
        """How to tell one customer from a route that is dear whoever asks."""
        return Step(
            f"Count who asks {self.found.hot.name} for {self.route}, by customer, key or address, for some minutes of "
            "usual load. If most of it is one customer's, bound the requests of each customer, or give this one a "
            "process of its own; else make the code cheaper."
        )


def dearer_route(snapshot: Snapshot, seconds: float) -> Dearer | str:
    """The route of which the hot process has so much more that its requests are dearer; or why there is none."""
    found = balance.of(snapshot, seconds, 1.0)
    if found is None:
        return f"{counted(len(snapshot.processes), 'process')}: there is no other to compare with."
    return _REFUSED[found.apart](found) if found.apart in _REFUSED else _told(snapshot, found, seconds)


def _more_pieces(found: Balance) -> str:
    more = "all" if math.isinf(found.rate) else f"{number(found.rate)} times as many"
    return f"{found.hot.name} gets {more} {found.piece}s: cheaper ones would be shared out as unevenly."


def _slower(found: Balance) -> str:
    return (
        f"A {found.piece} takes {number(found.slowness)} times the CPU time in each process on the machine of "
        f"{found.hot.name}: the machine is slower, not one route dearer."
    )


def _sick(found: Balance) -> str:
    if math.isinf(found.price):
        done = "answers 0 requests" if found.piece is Piece.REQUEST else "has 0 messages"
        return f"{found.hot.name} {done}: no dearer route keeps it busy."
    cost = f"A {found.piece} costs {found.hot.name} {number(found.price)} times as much as the others"
    return f"{cost}, and no other routes explain that: the process is sick, not its code."


_REFUSED: Final[Mapping[Apart, Callable[[Balance], str]]] = {
    Apart.MORE: _more_pieces,
    Apart.SICK: _sick,
    Apart.SLOWER: _slower,
}


def _told(snapshot: Snapshot, found: Balance, seconds: float) -> Dearer | str:
    if found.piece is Piece.MESSAGE:
        cost = f"A message costs {found.hot.name} {number(found.price)} times as much as the others"
        return f"{cost}, and messages have no names: nobody knows which of them do."
    mine, theirs = balance.mix([found.hot], seconds), balance.mix(found.others, seconds)
    if not (mine and theirs):
        silent = "the others" if mine else found.hot.name
        return f"0 routes of {silent} are told: nobody knows what {found.hot.name} does that the others do not."
    alone = part(snapshot, (found.hot.instance.id,))
    work = work_shares(alone, seconds)
    shares = dict(work.routes)
    route = max(mine, key=lambda name: _more(name, shares, mine, theirs))
    return Dearer(found, alone, route, mine[route], theirs.get(route, 0.0), shares.get(route, 0.0), work.how,
                  work.measured)  # fmt: skip


def _more(
    name: str, shares: Mapping[str, float], mine: Mapping[str, float], theirs: Mapping[str, float]
) -> tuple[float, float]:
    """The work that it would not have with the mix of the others, and how much more of its requests they are."""
    other = theirs.get(name, 0.0)
    return shares.get(name, 0.0) * (1 - other / mine[name]), mine[name] - other

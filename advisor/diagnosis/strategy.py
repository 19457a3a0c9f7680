"""What a file in `strategies` declares, besides its one function."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from advisor.diagnosis.advice import Expectation, Option, Rejection, Step
from advisor.diagnosis.entry import Entry, Limit
from advisor.diagnosis.finding import Ruling
from advisor.features import Snapshot
from advisor.vocabulary import Family

Consider = Callable[[Snapshot, Ruling], Option | Rejection]

UNRANKED = 0
"""The rank of an option before the judge has compared it with the others."""


class Strategy(Entry):
    """One way out: its family, what it is called when it is turned down, and its effort and risk.

    `of_ends` is True where it can answer of a service of which no process is left, by how the last one ended.
    `adds_copies` is True where more processes of the service serve afterwards. A family does not tell: sharing requests
    out otherwise, or another copy of the data, belong to cloning and add none.
    """

    def __init__(
        self,
        module: str,
        *,
        family: Family,
        name: str,
        effort: str,
        risk: str,
        adds_copies: bool = False,
        of_ends: bool = False,
        **limits: Limit,
    ) -> None:
        super().__init__(module, limits)
        self.family = family
        self.name = name
        self.effort = effort
        self.risk = risk
        self.adds_copies, self.of_ends = adds_copies, of_ends
        self._consider: Consider | None = None

    def consider(self, function: Consider) -> Consider:
        """Take the file's one function: it answers a ruling with an option or a rejection."""
        self._consider = function
        return function

    def answer(self, snapshot: Snapshot, ruling: Ruling) -> Option | Rejection:
        """What the strategy's function says.

        Raises:
            LookupError: the file has no function marked with `@strategy.consider`.
        """
        if self._consider is None:
            raise LookupError(f"{self.module} has no function marked with @strategy.consider")
        return self._consider(snapshot, ruling)

    def option(
        self,
        title: str,
        *,
        why: str,
        confidence: float,
        cost: str,
        expected: Sequence[Expectation],
        steps: Sequence[Step],
        check_first: str = "",
        adds_copies: bool | None = None,
    ) -> Option:
        """An option of this strategy, not yet ranked; it adds copies if the strategy does, unless it says otherwise."""
        return Option(
            id=self.id,
            family=self.family,
            rank=UNRANKED,
            title=title,
            why=why,
            confidence=confidence,
            effort=self.effort,
            risk=self.risk,
            cost=cost,
            expected=tuple(expected),
            steps=tuple(steps),
            check_first=check_first,
            adds_copies=self.adds_copies if adds_copies is None else adds_copies,
        )

    def reject(self, reason: str) -> Rejection:
        """A rejection; the reason holds the number that rules the strategy out."""
        return Rejection(self.id, self.name, reason)

"""What a file in `rules` declares, besides its one function."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from advisor.diagnosis.entry import Entry, Limit
from advisor.diagnosis.finding import Reading
from advisor.features import Snapshot

Check = Callable[[Snapshot], Reading]


class Rule(Entry):
    """One kind of trouble: what it needs, when it holds, and which ways out suit it.

    Attributes:
        needs: the columns without which it cannot say; of a group of names any one is enough.
        suggests: ids of the strategies to consider, the one that suits this trouble best first.
        window: seconds that the check looks back; enough points must have come in them.
        hold: seconds that the condition must stay over before the rule fires.
        clear_hold: seconds that the condition must stay under before a firing rule clears.
        place: its step in the order of diagnosis (decision model 1.3); causes before look-alikes.
        explained_by: ids of rules whose trouble looks like this one; they lower its confidence.
    """

    def __init__(
        self,
        module: str,
        *,
        needs: Sequence[str | tuple[str, ...]],
        suggests: Sequence[str],
        window: float,
        hold: float,
        clear_hold: float,
        place: int,
        explained_by: Sequence[str] = (),
        **limits: Limit,
    ) -> None:
        super().__init__(module, limits)
        self.needs = tuple((need,) if isinstance(need, str) else need for need in needs)
        self.suggests = tuple(suggests)
        self.window, self.hold, self.clear_hold = window, hold, clear_hold
        self.place = place
        self.explained_by = tuple(explained_by)
        self._check: Check | None = None

    def check(self, function: Check) -> Check:
        """Take the file's one function: it reads a snapshot that has all that the rule needs."""
        self._check = function
        return function

    def read(self, snapshot: Snapshot) -> Reading:
        """What the rule's function says.

        Raises:
            LookupError: the file has no function marked with `@rule.check`.
        """
        if self._check is None:
            raise LookupError(f"{self.module} has no function marked with @rule.check")
        return self._check(snapshot)

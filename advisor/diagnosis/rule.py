"""What a file in `rules` declares, besides its one function."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from advisor.diagnosis.entry import Entry, Limit
from advisor.diagnosis.finding import Reading, RuleState
from advisor.features import Snapshot
from advisor.vocabulary import PartKind, Severity, Verdict

Check = Callable[[Snapshot], Reading]

UNSURE: Final = 300.0
"""Longest time in seconds until a rule that could not say looks again."""


@dataclass(frozen=True, slots=True)
class Recall:
    """The longer past that a rule looks at, in rollups: `snapshot.recalled(rule.id)`.

    A rule with a recall is only looked at when it is due again, `pace` after the last time.

    Attributes:
        seconds: how far back.
        step: seconds that a row stands for; shorter ones than a real minute come from the samples.
        pace: seconds between two looks.
        process: columns of processes that it reads.
        host: columns of hosts.
        parts: kind of part -> columns.
    """

    seconds: float
    step: float
    pace: float
    process: tuple[str, ...] = ()
    host: tuple[str, ...] = ()
    parts: Mapping[PartKind, tuple[str, ...]] = field(default_factory=dict)


class Rule(Entry):
    """One kind of trouble: what it needs, when it holds, and which ways out suit it.

    Attributes:
        needs: the columns without which it cannot say; of a group of names any one is enough.
        suggests: ids of the strategies to consider, the one that suits this trouble best first.
        window: seconds that the check looks back; enough points must have come in them.
        hold: seconds that the condition must stay over before the rule fires.
        clear_hold: seconds that the condition must stay under before a firing rule clears.
        critical_hold: seconds that are enough instead of `hold` as long as the reading is critical: what is far beyond
            its limit needs less time to prove itself, as fast burns of an error budget do (SRE workbook, ch. 5).
        place: its step in the order of diagnosis (decision model 1.3); causes before look-alikes.
        explained_by: ids of rules whose trouble looks like this one; they lower its confidence.
        settles: True for a rule whose figures a deploy or a change of scale disturbs for a while: it waits until
            they have settled.
        recall: the longer past that it looks at; None for most.
        of_lives: True if it looks at starts and ends: it can speak where no process is left, or all are young.
        of_ends: True if it can speak where no process is left, of how the last one ended.
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
        critical_hold: float = math.inf,
        place: int,
        explained_by: Sequence[str] = (),
        settles: bool = True,
        recall: Recall | None = None,
        of_lives: bool = False,
        of_ends: bool = False,
        **limits: Limit,
    ) -> None:
        super().__init__(module, limits)
        self.needs = tuple((need,) if isinstance(need, str) else need for need in needs)
        self.suggests = tuple(suggests)
        self.window, self.hold, self.clear_hold = window, hold, clear_hold
        self.critical_hold = min(critical_hold, hold)
        self.place = place
        self.explained_by = tuple(explained_by)
        self.settles = settles
        self.recall = recall
        self.of_lives, self.of_ends = of_lives, of_ends
        self._check: Check | None = None

    def hold_of(self, reading: Reading) -> float:
        """Seconds for which what the reading says must stay over before the rule fires."""
        usual = self.critical_hold if reading.severity is Severity.CRITICAL else self.hold
        return min(usual, reading.hold)

    def check(self, function: Check) -> Check:
        """Take the file's one function: it reads a snapshot that has all that the rule needs."""
        self._check = function
        return function

    def is_due(self, state: RuleState, now: float, time_scale: float) -> bool:
        """True if a rule of which this is remembered should be looked at `now` (Unix seconds).

        One that could not say the last time looks again within `UNSURE`: a new service should not wait for an hour.
        """
        if self.recall is None or state.seen is None:
            return True
        pace = min(self.recall.pace, UNSURE) if state.verdict is Verdict.UNKNOWN else self.recall.pace
        return not 0 <= now - state.seen < pace / time_scale

    def read(self, snapshot: Snapshot) -> Reading:
        """What the rule's function says.

        Raises:
            LookupError: the file has no function marked with `@rule.check`.
        """
        if self._check is None:
            raise LookupError(f"{self.module} has no function marked with @rule.check")
        return self._check(snapshot)

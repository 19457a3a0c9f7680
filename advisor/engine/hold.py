"""Hold times: what a reading makes of what is remembered. A pure state machine, so restarts lose nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from advisor.diagnosis import Condition, RuleState
from advisor.vocabulary import Verdict

UNSEEN: Final = 60.0
"""Seconds without a look (two rounds of the default schedule) of which nothing is known."""

EARLY: Final = 5.0
"""Seconds by which a look may come before the end of a hold and be its end, a twentieth of it at most. Rounds are not
exact, and hold times are multiples of them: a second early would leave the rule waiting for another whole round."""

BACK: Final = 2.0
"""Times as fast as it goes forward: what is over in two of three looks, or less often, never fires (judgement: a loop
at 0.9 for two thirds of the time and at 0.45 for one has room on the mean)."""

_KEPT = (Verdict.PENDING, Verdict.FIRING)


@dataclass(frozen=True, slots=True)
class Hold:
    """How long a condition must stay, in seconds of sample time: over to fire, under to clear.

    `pace` is the time between two looks where the rule is not looked at in every round.
    """

    fire: float
    clear: float
    pace: float = 0.0

    def next(self, state: RuleState, condition: Condition, now: float) -> RuleState:
        """The state after a look at `now` (Unix seconds of sample time), which it remembers as seen.

        Over starts or continues the way to firing, under that to clearing; under clears at once what was only
        pending. Between and unknown keep what is pending or firing. They break the way to clearing, and go back on
        that to firing, `BACK` times as fast: one calm look does not start it anew, and noise about the level does not
        fire, nor do missing data. What is pending and was only between for the time to clear ends. A time in which
        nobody looked breaks both ways.
        """
        if state.seen is not None and now - state.seen > max(UNSEEN, self.fire / 2, 2 * self.pace):
            state = RuleState(state.verdict, state.since)
        if condition is Condition.OVER:
            return self._over(state, now)
        if condition is Condition.UNDER:
            return self._under(state, now)
        if condition is Condition.BETWEEN and state.verdict is Verdict.PENDING:
            return self._fading(state, now)
        if state.verdict in _KEPT:
            return RuleState(state.verdict, state.since, _back(state, now), seen=now)
        return _become(state, Verdict.UNKNOWN if condition is Condition.UNKNOWN else Verdict.CLEAR, now)

    def freeze(self, state: RuleState, now: float) -> RuleState:
        """The state after a look that does not count: the verdict stays, and both clocks stop."""
        return RuleState(state.verdict, state.since, seen=now)

    def until(self, state: RuleState) -> float | None:
        """When a pending verdict fires if nothing changes; None where it is not on the way there."""
        if state.verdict is not Verdict.PENDING or state.over_since is None or state.under_since is not None:
            return None
        return state.over_since + self.fire

    def _over(self, state: RuleState, now: float) -> RuleState:
        over_since = _first(state.over_since, now)
        if state.verdict is Verdict.FIRING:
            return RuleState(Verdict.FIRING, state.since, over_since=over_since, seen=now)
        fires = now - over_since >= enough(self.fire)
        return _become(state, Verdict.FIRING if fires else Verdict.PENDING, now, over_since=over_since)

    def _fading(self, state: RuleState, now: float) -> RuleState:
        """Pending, but not over now: it goes back as long as that lasts, and ends when that is all it does."""
        under_since = _first(state.under_since, now)
        if now - under_since < enough(self.clear):
            return RuleState(Verdict.PENDING, state.since, _back(state, now), under_since, now)
        return _become(state, Verdict.CLEAR, now)

    def _under(self, state: RuleState, now: float) -> RuleState:
        under_since = _first(state.under_since, now)
        if state.verdict is Verdict.FIRING and now - under_since < enough(self.clear):
            return RuleState(Verdict.FIRING, state.since, under_since=under_since, seen=now)
        return _become(state, Verdict.CLEAR, now, under_since=under_since)


def enough(hold: float) -> float:
    """Seconds of a hold that count as all of it."""
    return hold - min(EARLY, hold / 20)


def _first(since: float | None, now: float) -> float:
    """When a clock started; one that is ahead of now (a corrected clock) starts anew."""
    return now if since is None or since > now else since


def _back(state: RuleState, now: float) -> float | None:
    """The start of the way to firing once what has passed was gone back on it; None where nothing of it is left."""
    if state.verdict is not Verdict.PENDING or state.over_since is None or state.seen is None:
        return None
    start = state.over_since + (1 + BACK) * max(0.0, now - state.seen)  # what passed does not count, and goes back
    return start if start <= now else None


def _become(
    state: RuleState, verdict: Verdict, now: float, over_since: float | None = None, under_since: float | None = None
) -> RuleState:
    since = state.since if state.verdict is verdict and state.since is not None else now
    return RuleState(verdict, since, over_since, under_since, now)

"""Judges a recording as the product would have judged it at the time, look by look, at full speed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from advisor.diagnosis import Judgement, RuleState
from advisor.engine import spans
from advisor.engine.judge import judge
from advisor.features import ServiceWindow, Snapshot
from advisor.features.condense import condensed, cut


@dataclass(slots=True)
class Replay:
    """One service over a long time.

    Attributes:
        whole: all that was recorded.
        step: seconds between two looks.
        time_scale: as in production, 1, unless it was recorded under another.
    """

    whole: ServiceWindow
    step: float = 30.0
    time_scale: float = 1.0

    def __iter__(self) -> Iterator[Judgement]:
        """One judgement each step, from the first one after the start to the end."""
        states: dict[str, RuleState] = {}
        for n in range(1, int((self.whole.end - self.whole.start) / self.step) + 1):
            now = self.whole.start + n * self.step
            judgement = judge(Snapshot(self._window(now, states), now, self.time_scale), states)
            states.update((ruling.rule, ruling.state) for ruling in judgement.rulings)
            yield judgement

    def _window(self, now: float, states: dict[str, RuleState]) -> ServiceWindow:
        scale = self.time_scale
        recalled = {
            rule: condensed(
                self.whole, now - asked.seconds / scale, now, asked.step / scale, asked.process, asked.host, asked.parts
            )
            for rule, asked in spans.recalls(states, now, scale).items()
        }
        start, since = now - spans.window_seconds(scale), now - spans.lives_seconds(scale)
        return replace(cut(self.whole, start, now, since), recalled=recalled)

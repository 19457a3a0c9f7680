"""dropped-at-deploy beside an autoscaler: processes that it takes away are no deploys, and hide none."""

from __future__ import annotations

from functools import partial

from advisor.diagnosis import Condition
from advisor.features import Snapshot
from advisor.vocabulary import Verdict
from advisor.vocabulary.events import EXITED
from tests.additions import happened, life, with_events, with_lives
from tests.releases import released
from tests.rules.test_dropped_at_deploy import read, rule

HOUR = 3600.0

deployed = partial(released, newest=8 * HOUR, usual=0.0)


def scaled(seen: Snapshot, version: str) -> Snapshot:
    """The same with three processes that were added since the last deploy, and taken away an hour later in order."""
    for place, ago in enumerate((6 * HOUR, 4 * HOUR, 2 * HOUR)):
        seen = with_lives(seen, life(ago + HOUR, ago, 900 + place, version=version))
        seen = with_events(seen, happened(EXITED.name, ago, 900 + place, exit_code=0))
    return seen


def test_deploys_that_lose_requests_are_told_of_however_many_processes_were_taken_away_since() -> None:
    found = rule(scaled(deployed(40, 40, 40), "1.3"))
    assert found.verdict is Verdict.FIRING
    assert found.reading.claim.startswith("shop: 3 of the last 3 deploys dropped requests")


def test_silent_where_neither_loses_any_or_one_deploy_did() -> None:
    assert rule(scaled(deployed(0, 0, 0), "1.3")).verdict is Verdict.CLEAR
    assert read(scaled(deployed(0, 0, 0), "1.3")).condition is Condition.UNDER
    assert rule(scaled(deployed(40, 0, 0), "1.3")).verdict is Verdict.CLEAR

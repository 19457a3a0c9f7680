"""dropped-at-deploy: rows of minutes that a process lived for a part of."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np
import pytest

from advisor.features import Snapshot
from advisor.vocabulary import Verdict
from tests.additions import with_recalled
from tests.answers import ruled
from tests.releases import released

NAME = "dropped-at-deploy"

rule = partial(ruled, NAME)


def told_for(seen: Snapshot, seconds: float) -> Snapshot:
    """The same where each row with failures was told for so many of its 60 seconds, and holds their rate over all."""
    past = seen.recalled(NAME)
    assert past is not None
    first, *others = past.window.instances
    failed = first.track.values["request_errors"]
    covered = {"request_errors": np.where(failed > 0, seconds, first.track.spans)}
    track = replace(first.track, covered=covered)
    window = replace(past.window, instances=(replace(first, track=track), *others))
    return with_recalled(seen, NAME, window)


@pytest.mark.parametrize(("seconds", "verdict"), [(60.0, Verdict.FIRING), (20.0, Verdict.CLEAR), (10.0, Verdict.CLEAR)])
def test_what_failed_in_a_part_of_a_minute_is_not_more_than_that(seconds: float, verdict: Verdict) -> None:
    """18 a minute for 20 s are six: their readiness checks, which fail while they drain."""
    assert rule(told_for(released(18, 18, 18, usual=0.0, rps=10), seconds)).verdict is verdict


def test_the_claim_counts_what_was_told() -> None:
    claim = rule(told_for(released(60, 60, 60, usual=0.0, rps=10), 30.0)).reading.claim
    assert claim.startswith("shop: 3 of the last 3 deploys dropped requests, the newest 30 (1")

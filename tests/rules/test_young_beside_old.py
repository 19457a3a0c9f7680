"""Rules that pick the worst process: one that just began has too little to show, and hides no old one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from advisor.diagnosis import Condition
from advisor.vocabulary import Verdict
from tests.answers import ruled
from tests.builders import Load, snapshot
from tests.rules.test_event_loop_blocked import HEAVY
from tests.rules.test_gc_pressure import CHURNING

BLOCKED = replace(HEAVY, elu=0.16, cpu=0.15, block_every=2.0, age=200.0)
COLLECTING = replace(CHURNING, gc_share=0.2, age=200.0)


@pytest.mark.parametrize(("rule", "old", "young"), [
    ("event-loop-blocked", HEAVY, BLOCKED), ("gc-pressure", CHURNING, COLLECTING),
])  # fmt: skip
def test_a_worse_one_that_just_began_hides_no_old_one(rule: str, old: Load, young: Load) -> None:
    assert ruled(rule, snapshot(old, old, young)).reading.condition is Condition.OVER


@pytest.mark.parametrize(("rule", "young"), [("event-loop-blocked", BLOCKED), ("gc-pressure", COLLECTING)])
def test_silent_where_only_one_that_just_began_shows_it(rule: str, young: Load) -> None:
    assert ruled(rule, snapshot(Load(), Load(), young)).verdict is Verdict.CLEAR
